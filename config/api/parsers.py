"""Bodies: strict JSON, PHP-style forms, and every spelling of "no parameters".

One parser reads them all, because the official clients label bodies loosely: JSON under a form
type, forms without any type, nothing at all under a JSON type.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from customers.api.brackets import parse_form
from customers.errors import Refused

MAX_DEPTH = 8
MAX_KEYS = 1000
MAX_NUMBER_LENGTH = 50
MAX_EXPONENT = 308

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


class WireParser(BaseParser):
    """Reads any accepted body into a plain dict (`FormData` when it came as form text).

    A view may set `bare_number = "cutoff_date"`, the parameter that a naked JSON number stands for,
    and `single_quotes = True` where one official client is known to quote JSON with apostrophes.
    """

    media_type = "*/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        body = stream.read()
        view = (parser_context or {}).get("view")
        kind = (media_type or "").partition(";")[0].strip().lower()
        if body.strip() in (b"", b"null"):
            return {}
        if kind == JSON_TYPE:
            return _parameters(_json_of(body, view), view)
        if kind not in (FORM_TYPE, ""):
            raise Refused(f"The content type {kind[:100]} is not supported; send JSON or a form.")
        return _sniffed(body, view)


def _sniffed(body: bytes, view: Any) -> dict[str, Any]:
    """Form text, unless it starts like JSON and is JSON."""
    if body.lstrip()[:1] in (b"{", b"["):
        try:
            value = parse_json(body)
        except ParseError:
            pass
        else:
            return _parameters(value, view)
    return parse_form(body.strip())


def _json_of(body: bytes, view: Any) -> Any:
    try:
        return parse_json(body)
    except ParseError:
        if getattr(view, "single_quotes", False) and b'"' not in body:
            return parse_json(body.replace(b"'", b'"'))
        raise


def _parameters(value: Any, view: Any) -> dict[str, Any]:
    if value is None or value == []:
        return {}
    if isinstance(value, dict):
        return value
    name = getattr(view, "bare_number", None)
    if name and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return {name: value}
    raise ParseError("The body must be a JSON object.")


class _Flaw:
    """Stands in the parsed tree for something unacceptable, until its place is known."""

    def __init__(self, rule: str) -> None:
        self.rule = rule


def parse_json(body: bytes) -> Any:
    """Strict JSON with exact numbers (`int`, `Decimal`).

    Raises `ParseError` for text that is not JSON in UTF-8, and `Refused`, with the place, for
    repeated keys, numbers out of range, lone surrogates, and nesting beyond 8 levels.
    """
    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            parse_int=_integer,
            parse_float=_decimal,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError:
        raise ParseError("The body is not valid UTF-8.") from None
    except RecursionError:
        raise ParseError(f"The body is nested deeper than {MAX_DEPTH} levels.") from None
    except ValueError:
        raise ParseError("The body is not valid JSON.") from None
    # Lone surrogates can only come from escapes: raw ones are not UTF-8.
    _inspect(value, "", 0, escapes=b"\\u" in body)
    return value


def _integer(text: str) -> int | _Flaw:
    return int(text) if len(text) <= MAX_NUMBER_LENGTH else _Flaw("is a number with too many digits")


def _decimal(text: str) -> Decimal | _Flaw:
    if len(text) > MAX_NUMBER_LENGTH:
        return _Flaw("is a number with too many digits")
    number = Decimal(text)
    return number if abs(number.adjusted()) <= MAX_EXPONENT else _Flaw("is a number out of range")


def _constant(text: str) -> _Flaw:
    return _Flaw("is not a number that JSON knows")


def _object(pairs: list[tuple[str, Any]]) -> Any:
    if len(pairs) > MAX_KEYS:
        return _Flaw(f"has more than {MAX_KEYS:,} keys")
    built = dict(pairs)
    if len(built) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                built[key] = _Flaw("is given twice")
            seen.add(key)
    return built


def _inspect(value: Any, path: str, depth: int, *, escapes: bool) -> None:
    if isinstance(value, str):
        if escapes and not _is_unicode(value):
            raise _flawed(path, "holds half of a surrogate pair")
    elif isinstance(value, dict):
        _check_depth(path, depth)
        for key, item in value.items():
            if escapes and not _is_unicode(key):
                raise _flawed(path, "has a key that holds half of a surrogate pair")
            _inspect(item, f"{path}.{key}" if path else key, depth + 1, escapes=escapes)
    elif isinstance(value, list):
        _check_depth(path, depth)
        for index, item in enumerate(value):
            if not isinstance(item, bool | int) and item is not None:
                _inspect(item, f"{path}.{index}", depth + 1, escapes=escapes)
    elif isinstance(value, _Flaw):
        raise _flawed(path, value.rule)


def _check_depth(path: str, depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise _flawed(path.partition(".")[0], f"is nested deeper than {MAX_DEPTH} levels")


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _flawed(path: str, rule: str) -> Refused:
    return Refused(f"{path or 'The body'} {rule}.", path or None)
