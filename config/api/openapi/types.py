"""The words in which answers are described: wire types as JSON Schema.

    CONTACT = record(
        "contact",
        "A person at a customer.",
        id=ID,
        name=STRING,
        title=STRING | NULL,
        country=STRING | NULL,
        created_at=MOMENT,
    )

Every key of a record is always there unless it says `.at_times("with include=aging")`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Type:
    """What a value in an answer may be. `a | NULL` and `a | b` allow either."""

    schema: Json
    always: bool = True

    def __or__(self, other: "Type") -> "Type":
        return replace(self, schema=_either(self.schema, other.schema))

    def at_times(self, when: str) -> "Type":
        """The key is only there at times; `when` tells readers."""
        return replace(self, schema={**self.schema, "description": f"Only {when}."}, always=False)

    def says(self, description: str) -> "Type":
        return replace(self, schema={**self.schema, "description": description})


@dataclass(frozen=True, slots=True)
class Record:
    """An object of the wire with its keys; a component of the document under `title`."""

    name: str
    description: str
    keys: Mapping[str, Type] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return "".join(word.capitalize() for word in self.name.split("_"))

    def schema(self) -> Json:
        return {
            "type": "object",
            "description": self.description,
            "properties": {name: kind.schema for name, kind in self.keys.items()},
            "required": [name for name, kind in self.keys.items() if kind.always],
        }


def record(name: str, description: str, /, **keys: Type) -> Record:
    """A record, its keys in the order of the wire."""
    return Record(name, description, keys)


def _either(one: Json, other: Json) -> Json:
    """Plain types are joined in one list of types, everything else stands side by side."""
    plain = all("type" in schema and "properties" not in schema for schema in (one, other))
    if not plain or {"enum", "const"} & one.keys() & other.keys():
        return {"anyOf": [*_alternatives(one), *_alternatives(other)]}
    joined = {**one, **other, "type": [*_types(one), *_types(other)]}
    if "enum" in joined:
        joined["enum"] = [*joined["enum"], None]
    return joined


def _alternatives(schema: Json) -> list[Json]:
    alone = schema.keys() == {"anyOf"}
    return list(schema["anyOf"]) if alone else [schema]


def _types(schema: Json) -> list[str]:
    kinds = schema["type"]
    return list(kinds) if isinstance(kinds, list) else [kinds]


def word(*words: str) -> Type:
    """One of the documented words."""
    return Type({"type": "string", "enum": list(words)})


def kind(name: str) -> Type:
    """The value of `object`."""
    return Type({"type": "string", "const": name})


def one(name: str) -> Type:
    """Another record, by its name."""
    title = "".join(part.capitalize() for part in name.split("_"))
    return Type({"$ref": f"#/components/schemas/{title}"})


def many(item: Type) -> Type:
    return Type({"type": "array", "items": item.schema})


def expandable(*names: str) -> Type:
    """The id of another object, or with `expand` the object itself."""
    return Type({"anyOf": [INTEGER.schema, *(one(name).schema for name in names)]})


STRING = Type({"type": "string"})
INTEGER = Type({"type": "integer"})
NUMBER = Type({"type": "number"})
BOOLEAN = Type({"type": "boolean"})
NULL = Type({"type": "null"})
ANYTHING = Type({})
ID = Type({"type": "integer", "minimum": 1})
AMOUNT = Type({"type": "number", "description": "In the currency's own unit."})
MOMENT = Type({"type": "integer", "description": "Unix seconds."})
CURRENCY = Type({"type": "string", "pattern": "^[a-z]{3}$"})
EMPTY_LIST = Type({"type": "array", "maxItems": 0})
METADATA = Type(
    {
        "type": "object",
        "description": "An integrator's own key/value pairs.",
        "additionalProperties": {"type": ["string", "number", "boolean"]},
    }
)
