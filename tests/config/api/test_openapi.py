"""The document at /schema: every route with its sentence, its answer and an example; true to the views."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, RequestFactory
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator
from pytest_django import Settings

from config.api.errors import busy, unexpected
from config.api.openapi import problems
from config.api.openapi.answers import ANSWERS
from config.api.openapi.document import Generator
from config.api.openapi.objects import RECORDS
from config.api.openapi.operations import ALIASES, HIDDEN, OPERATIONS
from config.api.openapi.parameters import field_schema, is_known, shape_schema
from customers.api.contacts import ContactShape
from customers.api.customer_shape import CustomerShape
from customers.api.customers import Customers
from customers.api.document_shape import InvoiceShape
from customers.api.fields import Amount, Choice, Flag, Integer, Text
from customers.api.parameter import Field
from customers.api.shapes import ListOf, Shape
from tests.wire.routes import ROUTES

STATUSES = {"400", "401", "403", "404", "405", "429", "500", "503"}


@pytest.fixture(autouse=True)
def _whole_api(settings: Settings) -> None:
    settings.ROOT_URLCONF = "config.urls"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    made: dict[str, Any] = Generator().get_schema()
    return made


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate_schema(document)


def test_every_route_and_method_is_described(document: dict[str, Any]) -> None:
    told = [route for route in ROUTES if route.path.split("/")[1] not in HIDDEN]
    routes = {f"{method} {_braced(route.path)}" for route in told for method in route.methods}

    assert {name for name, _ in operations(document)} == routes


def test_every_operation_says_what_it_does_answers_and_refuses(document: dict[str, Any]) -> None:
    lacking = []
    for name, operation in operations(document):
        if OPERATIONS.get(_key(name)) is None and operation["summary"].partition(" ")[0] in _METHOD_WORDS:
            lacking.append(f"{name}: no summary")
        success = {status: told for status, told in operation["responses"].items() if status < "300"}
        if not any(status == "204" or "content" in told for status, told in success.items()):
            lacking.append(f"{name}: no answer")
        if operation["responses"].keys() - success.keys() != STATUSES:
            lacking.append(f"{name}: not all refusals")
        if not operation["tags"]:
            lacking.append(f"{name}: no tag")

    assert lacking == []


_METHOD_WORDS = {"Post", "Put", "Patch"}


def test_every_operation_has_an_example(document: dict[str, Any]) -> None:
    lacking = []
    for name, operation in operations(document):
        body = operation.get("requestBody")
        if body is not None and not body["content"]["application/json"].get("examples"):
            lacking.append(f"{name}: no example of a body")
        ids = [parameter for parameter in operation["parameters"] if parameter.get("in") == "path"]
        lacking += [f"{name}: no example of {one['name']}" for one in ids if "example" not in one]

    assert lacking == []


def test_operations_have_names_of_their_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]

    assert sorted(names) == sorted(set(names))
    assert all(name.isidentifier() for name in names)


def test_nothing_is_told_of_routes_that_are_not_there(document: dict[str, Any]) -> None:
    assert OPERATIONS.keys() - {_key(name) for name, _ in operations(document)} == set()


def test_every_example_fits_the_form_it_stands_for(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for content in operation.get("requestBody", {"content": {}})["content"].values():
            schema = {**content["schema"], "components": document["components"]}
            for example in content.get("examples", {}).values():
                problems = list(Draft202012Validator(schema).iter_errors(example["value"]))
                assert problems == [], f"{name}: {problems}"


def test_every_answer_is_shown_by_a_whole_object(document: dict[str, Any]) -> None:
    """Not one that the page makes up: its own would be full of "string" and {}."""
    schemas = document["components"]["schemas"]
    shown = {name for _, operation in operations(document) for name in _answered(operation["responses"])}
    records = {record.title: record for record in RECORDS.values()}

    assert {title for title in shown if "examples" not in schemas[title]} == set()
    assert ANSWERS.keys() == {records[title].name for title in shown}
    for title in shown:
        (example,) = schemas[title]["examples"]
        always = [name for name, kind in records[title].keys.items() if kind.always]
        assert sorted(example) == sorted(always), title
        strict = {**schemas[title], "components": document["components"], "additionalProperties": False}
        assert list(Draft202012Validator(strict).iter_errors(example)) == [], title


def test_faults_are_shown_in_the_words_in_which_they_are_answered(document: dict[str, Any]) -> None:
    shown = document["components"]["responses"]
    request = RequestFactory().get("/customers")
    request.request_id = problems.REQUEST_ID  # type: ignore[attr-defined]

    for name, problem in (("Fault", unexpected(request)), ("Busy", busy())):
        example = shown[name]["content"]["application/json"]["example"]
        assert example == problem.body()


def test_an_id_is_shown_before_the_object_that_may_stand_for_it(document: dict[str, Any]) -> None:
    owner = document["components"]["schemas"]["Customer"]["properties"]["owner"]

    assert [kind.get("type", "object") for kind in owner["anyOf"]] == ["integer", "object", "null"]


def _answered(responses: dict[str, Any]) -> set[str]:
    """The records that are answered with success, alone or in a list."""
    found: set[str] = set()
    waiting = [
        content["schema"]
        for status, told in responses.items()
        if status < "300"
        for content in told.get("content", {}).values()
    ]
    while waiting:
        schema = waiting.pop()
        found |= {schema["$ref"].rpartition("/")[2]} if "$ref" in schema else set()
        waiting += [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]
    return found


def test_every_relation_and_more_key_of_a_resource_is_in_its_record() -> None:
    """What can be expanded is an id or an object; what can be included is a key that is there at times."""
    for route in ROUTES:
        record = RECORDS.get(getattr(route.view, "noun", "").lower().replace(" ", "_"))
        for name in getattr(route.view, "expandable", {}) if record else ():
            assert "anyOf" in record.keys[name].schema, f"{route}: {name}"  # type: ignore[union-attr]


def test_a_list_offers_what_its_columns_allow(document: dict[str, Any]) -> None:
    told = {
        parameter["name"]: parameter for parameter in document["paths"]["/customers"]["get"]["parameters"]
    }

    wanted = {name for name, column in Customers.columns.items() if column.filterable}
    assert told["filter"]["schema"]["properties"].keys() == wanted
    assert {"page", "per_page", "sort", "metadata", "updated_after", "expand", "open_balance"} <= told.keys()
    assert "parent_customer" in told["expand"]["description"]
    headers = document["paths"]["/customers"]["get"]["responses"]["200"]["headers"]
    assert {"Link", "X-Total-Count", "X-Request-Id"} == headers.keys()


def test_parameters_are_read_from_the_shape() -> None:
    create, change = shape_schema(CustomerShape), shape_schema(CustomerShape, update=True)

    assert create["required"] == ["name"]
    assert "required" not in change
    assert create["properties"]["name"] == {"type": "string", "minLength": 1, "maxLength": 255}
    assert create["properties"]["email"]["type"] == ["string", "null"]
    assert create["properties"]["type"]["enum"] == ["company", "person", "government", "non_profit"]
    assert create["properties"]["external_id"]["deprecated"]
    assert "customer" in shape_schema(InvoiceShape)["properties"]
    assert "customer" not in shape_schema(InvoiceShape, update=True)["properties"]
    assert shape_schema(ContactShape)["properties"]["sms_enabled"] == {"type": "boolean"}


@pytest.mark.parametrize(
    ("field", "form"),
    [
        (Text(max_length=3, default="a"), {"type": "string", "maxLength": 3, "default": "a"}),
        (Choice(["a"], nullable=True), {"type": ["string", "null"], "enum": ["a", None]}),
        (Integer(minimum=1, maximum=2), {"type": "integer", "minimum": 1, "maximum": 2}),
        (Amount(minimum=0), {"type": "number", "minimum": 0}),
        (Flag(nullable=True), {"type": ["boolean", "null"]}),
    ],
    ids=["text", "choice", "integer", "amount", "flag"],
)
def test_a_field_tells_its_form(field: Field, form: dict[str, Any]) -> None:
    assert field_schema(field) == form


def test_the_form_of_every_parameter_is_known() -> None:
    class Colour(Field):
        pass

    shapes = {getattr(route.view, "shape", Shape) for route in ROUTES}
    shapes |= {told.body for told in OPERATIONS.values() if told.body is not None}
    unknown = {
        f"{shape.__name__}.{name}"
        for shape in shapes
        for name, field in shape.fields.items()
        if not is_known(field)
    }

    assert unknown == set()
    assert not is_known(ListOf(Colour()))


def test_it_is_served_without_a_key_in_both_notations(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["ar.example.com"]
    client = Client(HTTP_HOST="ar.example.com")

    yaml = client.get("/schema")
    as_json = client.get("/schema?format=json")

    assert yaml.status_code == 200
    assert yaml.content.startswith(b"openapi: 3.1")
    assert json.loads(as_json.content)["servers"] == [{"url": "http://ar.example.com"}]


def _braced(path: str) -> str:
    return "/".join(f"{{{piece[1:]}}}" if piece[:1] == ":" else piece for piece in path.split("/"))


def _key(name: str) -> str:
    method, _, path = name.partition(" ")
    first, *rest = path.strip("/").replace("{", ":").replace("}", "").split("/")
    return f"{method} /" + "/".join([ALIASES.get(first, first), *rest])
