"""The parameters and headers of lists, from what the list allows (`columns`, `expandable`, ...)."""

from collections.abc import Mapping
from typing import Any

from config.api.openapi.parameters import Json, field_schema
from config.api.pagination import MAX_PER_PAGE
from customers.api.base import Resource
from customers.api.columns import Column
from customers.api.fields import LATEST_TIMESTAMP, Text

_MOMENT: Json = {"type": "integer", "minimum": 0, "maximum": LATEST_TIMESTAMP}

HEADERS: Json = {
    "Link": {"$ref": "#/components/headers/Link"},
    "X-Total-Count": {"$ref": "#/components/headers/TotalCount"},
}
COMPONENT_HEADERS: Json = {
    "Link": {
        "description": "Pages as absolute addresses: `self`, `first`, `previous`, `next`, `last`.",
        "required": True,
        "schema": {"type": "string"},
    },
    "TotalCount": {
        "description": "How many objects match, on all pages.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "RequestId": {
        "description": "Names this request; tell it to whoever runs the server.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Replayed": {
        "description": "`true` when this is the stored answer of an earlier copy of the request.",
        "schema": {"type": "string"},
    },
}


def list_parameters(view: Resource) -> list[Json]:
    found = [*page_parameters(), _sort(view), _filter(view.columns)]
    if any(field.name == "metadata" for field in view.model._meta.concrete_fields):
        found.append(_metadata())
    if "updated_at" in view.columns:
        found += [
            query("updated_after", _MOMENT, "Changed after this second."),
            query("updated_before", _MOMENT, "Changed before this second."),
        ]
    if view.date_column:
        found += [
            query("start_date", _MOMENT, f"`{view.date_column}` is this second or later."),
            query("end_date", _MOMENT, f"`{view.date_column}` is this second or earlier."),
        ]
    return found


def page_parameters() -> list[Json]:
    size = {"type": "integer", "minimum": 1, "maximum": MAX_PER_PAGE, "default": MAX_PER_PAGE}
    return [
        query("page", {"type": "integer", "minimum": 1, "default": 1}, "Which page."),
        query("per_page", size, "How many objects on a page."),
    ]


def shaping_parameters(view: Resource) -> list[Json]:
    """expand, include, exclude: on lists and on single objects."""
    found = []
    if view.expandable:
        found.append(query("expand", _names(), f"Objects instead of ids: {_listed(view.expandable)}."))
    if view.includable:
        found.append(query("include", _names(), f"More keys: {_listed(view.includable)}."))
    found.append(query("exclude", _names(), "Keys to leave out; `id` and `object` stay."))
    return found


def query(name: str, schema: Json, description: str, **more: Any) -> Json:
    return {"name": name, "in": "query", "schema": schema, "description": description, **more}


def _names() -> Json:
    return {"type": "string"}


def _listed(names: Mapping[str, Any]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _sort(view: Resource) -> Json:
    names = [name for name, column in view.columns.items() if column.sorts]
    own = ", ".join(
        f"{name.removeprefix('-')} {'desc' if name[0] == '-' else 'asc'}" for name in view.ordering
    )
    part = f"({'|'.join(names)})( (asc|desc))?"
    text = f"Columns with a direction; without it `{own}`. Columns: {_listed(dict.fromkeys(names))}."
    return query("sort", {"type": "string", "pattern": f"^{part}(,{part})*$"}, text)


def _filter(columns: Mapping[str, Column]) -> Json:
    properties = {name: _filter_value(column) for name, column in columns.items() if column.filterable}
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    text = "`filter[name]=value`: exact, all together; an empty value means unset."
    return query("filter", schema, text, style="deepObject", explode=True, example={})


def _filter_value(column: Column) -> Json:
    schema = field_schema(column.field)
    return {
        key: value for key, value in schema.items() if key in ("type", "enum", "format", "maxLength")
    } or {"type": "string" if isinstance(column.field, Text) else "integer"}


def _metadata() -> Json:
    schema = {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "propertyNames": {"pattern": r"^[A-Za-z0-9_.\- ]{1,40}$"},
    }
    text = "`metadata[key]=value`: exact on the value written as text, all together."
    return query("metadata", schema, text, style="deepObject", explode=True, example={})
