"""Bodies as forms: the same parameters under the names that they have there, `items[0][name]`, `taxes[]`.

The page at /docs makes an entry of each of them. Whatever has no value in the example begins empty there,
which means that it is not sent: a made-up value would be refused, or worse, taken.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from config.api.openapi.parameters import Json

_KEPT = ("type", "enum", "description", "format", "pattern", "minimum", "maximum", "maxLength", "deprecated")


def form_content(schema: Json, example: Any) -> Json:
    """The media type of a form for the body `schema` of JSON, filled in like `example`."""
    values = dict(_leaves(example if isinstance(example, dict) else {}))
    properties: Json = {}
    required: list[str] = []
    for name, kind, is_required in _parameters(schema, values):
        properties[name] = {**kind, "examples": [values.get(name, _nothing(kind))]}
        required += [name] * is_required
    content: Json = {"schema": {"type": "object", "properties": properties}}
    if required:
        content["schema"]["required"] = required
    if encoding := {
        name: _ENCODING[kind["type"]] for name, kind in properties.items() if kind["type"] in _ENCODING
    }:
        content["encoding"] = encoding
    return content


# Without it the page writes lists with commas and maps as one text of JSON.
_ENCODING: Mapping[str, Json] = {
    "array": {"style": "form", "explode": True},
    "object": {"style": "deepObject", "explode": True},
}


def _nothing(kind: Json) -> Any:
    return [] if kind["type"] == "array" else ""


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The example under the names of a form; lists of plain values and maps at the top stay whole."""
    if isinstance(value, dict) and name.rpartition("[")[2] not in ("metadata", "metadata]"):
        for key, inner in value.items():
            yield from _leaves(inner, f"{name}[{key}]" if name else key)
    elif isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
        for index, entry in enumerate(value):
            yield from _leaves(entry, f"{name}[{index}]")
    elif isinstance(value, list):
        yield f"{name}[]", value
    else:
        yield name, value


def _parameters(
    schema: Json, values: Json, name: str = "", needed: bool = True
) -> Iterator[tuple[str, Json, bool]]:
    """Name, form and whether it must be there, of everything that can be sent; entries of lists as many as
    the example has, but at least one."""
    for key, given in schema.get("properties", {}).items():
        inner = _plain(given)
        at = f"{name}[{key}]" if name else key
        is_required = needed and key in schema.get("required", ())
        if inner["type"] == "array":
            yield from _list(inner, values, at, is_required)
        elif inner.get("properties"):
            yield from _parameters(inner, values, at, is_required)
        else:
            yield at, _kept(inner), is_required


def _list(schema: Json, values: Json, name: str, needed: bool) -> Iterator[tuple[str, Json, bool]]:
    item = _plain(schema["items"])
    if not item.get("properties"):
        yield f"{name}[]", {**_kept(schema), "items": _kept(item)}, needed
        return
    entries = {int(key[len(name) + 1 :].partition("]")[0]) for key in values if key.startswith(f"{name}[")}
    for index in sorted(entries | {0}):
        yield from _parameters(item, values, f"{name}[{index}]", needed)


def _plain(schema: Json) -> Json:
    """The first of several forms; a form has no null, it leaves out."""
    schema = {**schema, **schema["anyOf"][0]} if "anyOf" in schema else schema
    kind = schema["type"]
    return {**schema, "type": next(one for one in kind if one != "null") if isinstance(kind, list) else kind}


def _kept(schema: Json) -> Json:
    kept = {word: schema[word] for word in _KEPT if word in schema}
    if "enum" in kept:
        kept["enum"] = [word for word in kept["enum"] if word is not None]
    if schema["type"] == "object":
        kept["additionalProperties"] = {"type": "string"}
    return kept
