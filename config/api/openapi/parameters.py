"""Parameters as JSON Schema, read from the very fields that read requests (`customers.api`).

The document tells the plain form of each parameter. Other forms that the wire accepts too (numbers as
text, `yes` for true, a whole object for its id) are a matter of old clients, not of the document.
"""

import inspect
from collections.abc import Mapping
from decimal import Decimal
from functools import singledispatch
from typing import Any

from customers.api.codes import Country, Currency, Language
from customers.api.fields import (
    LATEST_TIMESTAMP,
    Amount,
    Choice,
    Email,
    Flag,
    Integer,
    Related,
    Text,
    Timestamp,
)
from customers.api.parameter import ABSENT, Field
from customers.api.shapes import ListOf, MapOf, Metadata, Nested, Shape
from customers.api.tasks import OnUpdate
from customers.api.wrapping import NullMeansDefault, OnCreate
from customers.wire.metadata import MAX_METADATA_KEY, MAX_METADATA_KEYS, MAX_METADATA_VALUE

Json = dict[str, Any]

_PLAIN = frozenset({Text, Email, Choice, Integer, Amount, Flag, ListOf, MapOf, Nested})


def shape_schema(shape: type[Shape], *, update: bool = False) -> Json:
    """The parameters of one endpoint. With `update` none is required, and those for creating are out."""
    other = OnCreate if update else OnUpdate
    fields = {name: field for name, field in shape.fields.items() if not isinstance(field, other)}
    schema: Json = {"type": "object", "properties": {}}
    if shape.__doc__ and shape.__doc__ != Shape.__doc__:
        schema["description"] = _paragraph(shape.__doc__)
    for name, field in fields.items():
        schema["properties"][name] = field_schema(field, update=update)
    for name, field in fields.items():
        for alias in field.aliases:
            alike = {**field_schema(field, update=update), "deprecated": True}
            schema["properties"][alias] = {**alike, "description": f"Another name of `{name}`."}
    required = [name for name, field in fields.items() if is_required(field)]
    # Another name of a required parameter would do as well, so only those without one can be demanded.
    if required and not update:
        schema["required"] = [name for name in required if not fields[name].aliases]
    return schema


def field_schema(field: Field, *, update: bool = False) -> Json:
    """One parameter with its default, what it says about itself, and whether it may be null."""
    schema = dict(form_of(field))
    inner = unwrapped(field)
    if _is_nullable(field) and not inner.required:
        schema = _or_null(schema)
    if not update and inner.default is not ABSENT and isinstance(inner.default, str | bool | int):
        schema["default"] = inner.default
    if "description" not in schema and type(field) not in _PLAIN and (said := _said_by(field)):
        schema["description"] = said
    return schema


def is_required(field: Field) -> bool:
    return unwrapped(field).required


def unwrapped(field: Field) -> Field:
    inner = getattr(field, "inner", None)
    return unwrapped(inner) if isinstance(inner, Field) else field


def form_of(field: Field) -> Json:
    """The form that the field's class tells itself, else that of the kind it extends."""
    if field.form is None:
        return schema_of(field)
    return dict(field.form) if isinstance(field.form, Mapping) else shape_schema(field.form)


@singledispatch
def schema_of(field: Field) -> Json:
    """The plain form of a general kind. Of unknown ones the document tells nothing; a test asks for it."""
    return {}


def is_known(field: Field) -> bool:
    """Whether the document knows the form of this field and of what is inside it."""
    inside = [getattr(field, name, None) for name in ("inner", "item", "value")]
    fields = [*(part for part in inside if isinstance(part, Field))]
    if isinstance(field, Nested):
        fields += field.shape.fields.values()
    told = field.form is not None or schema_of.dispatch(type(field)) is not schema_of.dispatch(object)
    return told and all(map(is_known, fields))


@schema_of.register
def _(field: Text) -> Json:
    schema: Json = {"type": "string", "maxLength": field.max_length}
    if field.required:
        schema["minLength"] = 1
    return schema


@schema_of.register
def _(field: Email) -> Json:
    return {"type": "string", "format": "email", "maxLength": field.max_length}


@schema_of.register
def _(field: Choice) -> Json:
    return {"type": "string", "enum": list(field.words)}


@schema_of.register
def _(field: Country) -> Json:
    return {"type": "string", "pattern": "^[A-Z]{2}$"}


@schema_of.register(Language)
def _(field: Text) -> Json:
    return {"type": "string", "pattern": "^[a-z]{2}$"}


@schema_of.register(Currency)
def _(field: Text) -> Json:
    return {"type": "string", "pattern": "^[a-z]{3}$"}


@schema_of.register
def _(field: Integer) -> Json:
    return {"type": "integer", "minimum": field.minimum, "maximum": field.maximum}


@schema_of.register
def _(field: Amount) -> Json:
    schema: Json = {"type": "number"}
    for word, bound in (("minimum", field.minimum), ("maximum", field.maximum)):
        if bound is not None:
            schema[word] = int(bound) if bound == int(bound) else float(Decimal(bound))
    return schema


@schema_of.register
def _(field: Flag) -> Json:
    return {"type": "boolean"}


@schema_of.register
def _(field: Timestamp) -> Json:
    return {
        "type": "integer",
        "minimum": 0,
        "maximum": LATEST_TIMESTAMP,
        "description": "Unix seconds; the text `now` is understood, too.",
    }


@schema_of.register
def _(field: Related) -> Json:
    kind: Json = {"type": "integer", "minimum": 1} if field.by == "pk" else {"type": "string", "minLength": 1}
    return {**kind, "description": f"The id of another object: {field.noun.lower()}."}


@schema_of.register
def _(field: Nested) -> Json:
    return shape_schema(field.shape)


@schema_of.register
def _(field: ListOf) -> Json:
    schema = {"type": "array", "items": field_schema(field.item), "maxItems": field.max_items}
    return {**schema, "minItems": 1} if field.required else schema


@schema_of.register
def _(field: MapOf) -> Json:
    return {
        "type": "object",
        "additionalProperties": field_schema(field.value),
        "maxProperties": field.max_keys,
    }


@schema_of.register
def _(field: Metadata) -> Json:
    value = {"type": ["string", "number", "boolean"], "maxLength": MAX_METADATA_VALUE}
    return {
        "type": "object",
        "additionalProperties": value,
        "propertyNames": {"minLength": 1, "maxLength": MAX_METADATA_KEY},
        "maxProperties": MAX_METADATA_KEYS,
        "description": "Your own key/value pairs; replaces what is stored as a whole.",
    }


@schema_of.register(OnCreate)
@schema_of.register(OnUpdate)
@schema_of.register(NullMeansDefault)
def _(field: Any) -> Json:
    return field_schema(field.inner)


def _is_nullable(field: Field) -> bool:
    inner = getattr(field, "inner", None)
    return field.nullable or (isinstance(inner, Field) and _is_nullable(inner))


def _or_null(schema: Json) -> Json:
    if "type" not in schema:
        return (
            schema if {"type": "null"} in schema.get("anyOf", []) else {"anyOf": [schema, {"type": "null"}]}
        )
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    joined = {**schema, "type": list(dict.fromkeys([*kinds, "null"]))}
    if "enum" in joined:
        joined["enum"] = list(dict.fromkeys([*joined["enum"], None]))
    return joined


def _said_by(field: Field) -> str:
    """What the field's own class says about itself, for readers of the document."""
    return _paragraph(type(field).__doc__ or "")


def _paragraph(text: str) -> str:
    """The first paragraph of a docstring in one line."""
    return " ".join(inspect.cleandoc(text).partition("\n\n")[0].split())
