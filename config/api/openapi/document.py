"""The whole document: which routes it holds, and the parts that all operations share."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView

from config.api.links import link_base
from config.api.openapi import lists, problems
from config.api.openapi.answers import ANSWERS
from config.api.openapi.objects import RECORDS
from config.api.openapi.parameters import Json
from customers.api.idempotency import HEADER, LONGEST, SHORTEST
from customers.api.view import ApiView

FIRST_TAGS = (
    "Customers", "Contacts", "Invoices", "Credit notes", "Payments", "Credit balance adjustments", "Emails",
    "Text messages", "Letters", "Payment sources", "Charges",
)  # fmt: skip
LAST_TAG = "Others"

DESCRIPTION = """\
Customers, their ledger and their statements. The API speaks the wire of Invoiced's Customers API.

**Keys.** HTTP Basic with the API key as user name and an empty password, or `Authorization: Bearer <key>`.

**Bodies** are JSON or forms (`metadata[key]=value`, `items[0][name]=…`). Unknown and read-only parameters are
ignored. `PATCH` changes what is sent and leaves the rest; lists and `metadata` are replaced as a whole.

**Answers** are JSON. Amounts are numbers in the currency's own unit, moments are Unix seconds.

**Refusals** are one flat object with `type`, `message` and, when one parameter is to blame, `param`.

**Lists** are plain arrays; the headers `Link` and `X-Total-Count` lead through the pages.

**Retries.** A write with an `Idempotency-Key` is done once, however often it is sent within a day.
"""


def api_only(endpoints: Sequence[Any], **_: Any) -> list[Any]:
    """The routes of the API in the spelling of its users: no trailing slash."""
    return [
        (path.rstrip("/"), regex, method, view)
        for path, regex, method, view in endpoints
        if issubclass(view.cls, ApiView)
    ]


def complete(result: Json, **_: Any) -> Json:
    """Add what no single operation holds. The records that nobody refers to stay out."""
    result["info"]["description"] = DESCRIPTION
    result["tags"] = [{"name": name} for name in _tags(result["paths"])]
    components = result.setdefault("components", {})
    schemas = {**components.get("schemas", {}), problems.ERROR.title: problems.ERROR.schema()}
    schemas |= _referred_to({"paths": result["paths"], "schemas": schemas})
    components["schemas"] = dict(sorted(schemas.items()))
    components["responses"] = problems.components()
    components["headers"] = lists.COMPONENT_HEADERS
    components["parameters"] = {"IdempotencyKey": _idempotency_key()}
    components["securitySchemes"] = {
        "Basic": {"type": "http", "scheme": "basic", "description": "The key as user name, no password."},
        "Bearer": {"type": "http", "scheme": "bearer", "description": "The same key as token."},
    }
    return result


def _tags(paths: Json) -> list[str]:
    """Those that programs begin with first, the others by name."""
    used = {tag for methods in paths.values() for operation in methods.values() for tag in operation["tags"]}
    return [*(tag for tag in FIRST_TAGS if tag in used), *sorted(used - {*FIRST_TAGS, LAST_TAG}), LAST_TAG]


def _referred_to(part: Any) -> Json:
    """The records that are named in `part`, and those that these name."""
    by_title = {record.title: record for record in RECORDS.values()}
    found: Json = {}
    waiting = _names_in(part)
    while waiting:
        title = waiting.pop()
        if title in by_title and title not in found:
            record = by_title[title]
            shown = {"examples": [ANSWERS[record.name]]} if record.name in ANSWERS else {}
            # What the page takes from it would be the names of the types: "string", 0, {}.
            found[title] = {**record.schema(), **shown}
            waiting |= _names_in(found[title])
    return found


def _names_in(part: Any) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"].rpartition("/")[2]} if "$ref" in part else set()
        return own.union(*(_names_in(value) for value in part.values()))
    if isinstance(part, list):
        return set().union(*(_names_in(value) for value in part))
    return set()


def _idempotency_key() -> Json:
    return {
        "name": HEADER,
        "in": "header",
        "schema": {"type": "string", "minLength": SHORTEST, "maxLength": LONGEST, "pattern": "^[!-~]+$"},
        "description": "Any text of your own that names this request: a copy is not done again.",
    }


class Generator(SchemaGenerator):
    """Makes the document once for each process: routes do not change while it runs."""

    _made: Json | None = None

    def get_schema(self, request: HttpRequest | None = None, public: bool = False) -> Json:
        if Generator._made is None:
            Generator._made = super().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        servers = [] if request is None else [{"url": link_base(request)}]
        return {**Generator._made, "servers": servers or [{"url": "/"}]}


class Document(SpectacularAPIView):
    """`GET /schema`: YAML, or JSON for who asks for it (`Accept`, or `?format=json`)."""

    generator_class = Generator
