"""Every body can be sent as a form, too: under names that are read as the same parameters."""

from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator

from config.api.openapi.document import Generator
from config.api.openapi.forms import form_content
from config.api.parsers import FORM_TYPE, JSON_TYPE
from customers.api.brackets import parse_form

Bodies = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def bodies() -> Bodies:
    """The content of each body by operation."""
    paths = Generator().get_schema()["paths"]
    return {
        f"{method.upper()} {path}": told["requestBody"]["content"]
        for path, methods in paths.items()
        for method, told in methods.items()
        if "requestBody" in told
    }


def sent(form: dict[str, Any]) -> str:
    """What the page sends when nothing was changed: entries without a value are left out."""
    pairs: list[tuple[str, Any]] = []
    for name, told in form["schema"]["properties"].items():
        (value,) = told["examples"]
        if isinstance(value, dict):
            assert form["encoding"][name] == {"style": "deepObject", "explode": True}
            pairs += [(f"{name}[{key}]", inner) for key, inner in value.items()]
        elif isinstance(value, list):
            assert form["encoding"][name] == {"style": "form", "explode": True}
            pairs += [(name, inner) for inner in value]
        elif value != "":
            pairs.append((name, value))
    return "&".join(f"{quote(name)}={quote(as_text(value))}" for name, value in pairs)


def as_text(value: Any) -> Any:
    """A tree with its leaves as a form has them."""
    if isinstance(value, dict):
        return {key: as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_text(inner) for inner in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_the_untouched_form_says_what_the_first_example_says(bodies: Bodies) -> None:
    for name, content in bodies.items():
        example = next(iter(content[JSON_TYPE]["examples"].values()))["value"]
        text = sent(content[FORM_TYPE])

        assert parse_form(text) == as_text(example), name


def test_what_is_not_in_the_example_begins_without_a_value(bodies: Bodies) -> None:
    form = bodies["POST /customers"][FORM_TYPE]["schema"]

    filled = {name: told["examples"] for name, told in form["properties"].items() if any(told["examples"])}
    assert filled == {"name": ["Acme"]}
    assert form["required"] == ["name"]
    assert form["properties"]["taxes[]"]["type"] == "array"
    assert form["properties"]["owner"]["type"] == "integer"


def test_every_parameter_of_a_body_has_an_entry_in_the_form(bodies: Bodies) -> None:
    components = Generator().get_schema()["components"]["schemas"]
    for name, content in bodies.items():
        shape = components[content[JSON_TYPE]["schema"]["$ref"].rpartition("/")[2]]
        entries = {entry.partition("[")[0] for entry in content[FORM_TYPE]["schema"]["properties"]}

        assert entries == shape["properties"].keys(), name
        Draft202012Validator.check_schema(content[FORM_TYPE]["schema"])


def test_lists_of_objects_have_as_many_entries_as_the_example() -> None:
    line = {"type": "object", "properties": {"name": {"type": ["string", "null"]}}, "required": ["name"]}
    schema = {"type": "object", "properties": {"items": {"type": "array", "items": line}}}

    one = form_content(schema, {})
    two = form_content(schema, {"items": [{"name": "Ink"}, {"name": "Pen"}]})

    assert one["schema"]["properties"] == {"items[0][name]": {"type": "string", "examples": [""]}}
    assert [told["examples"] for told in two["schema"]["properties"].values()] == [["Ink"], ["Pen"]]
    assert "encoding" not in two
