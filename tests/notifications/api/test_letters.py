"""POST /customers/:id/letters, word for word."""

from typing import Any

import pytest

from notifications.models import Message
from statements.models import IssuedStatement
from tests.customers.api.conftest import Wire

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]

KEYS = {"id", "state", "to", "num_pages", "expected_delivery_date", "created_at", "updated_at"}
HOME = {"address1": "1 Main St", "city": "Boston", "state": "MA", "postal_code": "02110"}


@pytest.fixture
def housed(wire: Wire) -> int:
    pk: int = wire.create("/customers", name="Acme", **HOME)["id"]
    return pk


def test_a_letter_goes_to_the_billing_address(wire: Wire, housed: int) -> None:
    letter = wire.create(f"/customers/{housed}/letters", {"type": "open_item"})

    assert letter.status == 201
    assert letter.json.keys() >= KEYS
    assert letter["object"] == "letter"
    assert letter["to"] == "Acme\n1 Main St\nBoston, MA 02110"
    assert (letter["num_pages"], letter["state"], letter["sent_at"]) == (2, "queued", None)
    assert wire.read(f"/letters/{letter['id']}")["state"] == "sent"
    assert letter["expected_delivery_date"] > letter["created_at"]
    assert letter.headers["Vary"] == "User-Agent"
    assert IssuedStatement.objects.get().type == "open_item"


@pytest.mark.parametrize("body", ["", "null", "[]", "{}", "{ }"])
def test_nothing_at_all_asks_for_the_usual_statement(wire: Wire, housed: int, body: str) -> None:
    answer = wire.send("POST", f"/customers/{housed}/letters", body, content_type="application/json")

    assert answer.status == 201
    assert IssuedStatement.objects.get().type == "balance_forward"


@pytest.mark.parametrize("agent", ["Invoiced Python/3.0.0", "Invoiced Ruby/3.0.0", "Invoiced PHP/2.4.2"])
def test_three_clients_get_an_array_of_one(
    wire: Wire,
    housed: int,
    agent: str,
    settings: Any,
) -> None:
    path = f"/customers/{housed}/letters"

    shimmed = wire.send("POST", path, {}, HTTP_USER_AGENT=agent)
    settings.CLIENT_SHIMS = False
    plain = wire.send("POST", path, {}, HTTP_USER_AGENT=agent)

    assert [letter["object"] for letter in shimmed.json] == ["letter"]
    assert shimmed.headers["Vary"] == "User-Agent"
    assert plain.json["object"] == "letter"


@pytest.mark.parametrize(
    "agent", ["Invoiced Go/2.15.0", "unirest-java/1.3.11", "Invoiced .NET/1.0", "curl/8"]
)
def test_the_others_get_the_documented_object(wire: Wire, housed: int, agent: str) -> None:
    answer = wire.send("POST", f"/customers/{housed}/letters", {}, HTTP_USER_AGENT=agent)

    assert answer.json["object"] == "letter"


def test_fields_of_the_address_can_be_overridden(wire: Wire, housed: int) -> None:
    body = {
        "name": "Acme AP",
        "address1": "9 Kai",
        "city": "Hamburg",
        "postal_code": "20457",
        "country": "de",
    }

    letter = wire.create(f"/customers/{housed}/letters", {**body, "state": ""})

    assert letter["to"].split("\n")[:2] == ["Acme AP", "9 Kai"]
    address = Message.objects.get().address
    assert address is not None
    assert address["country"] == "DE"


@pytest.mark.parametrize(
    ("sent", "to"),
    [
        ({"address1": "Kai 9", "city": "Hamburg", "postal_code": "20457", "country": "DE"},
         "Acme\nKai 9\n20457 Hamburg"),
        ({"address1": "9 Elm St"}, "Acme\n9 Elm St\nBoston, MA 02110"),
        ({"address1": "9 Elm St", "address2": "Floor 2"}, "Acme\n9 Elm St\nFloor 2\nBoston, MA 02110"),
        ({"postal_code": "02111"}, "Acme\n1 Main St\nSuite 4\nBoston, MA 02111"),
        ({"country": "US", "name": "Acme AP"}, "Acme AP\n1 Main St\nSuite 4\nBoston, MA 02110"),
    ],
)  # fmt: skip
def test_two_addresses_are_never_mixed(wire: Wire, housed: int, sent: dict[str, str], to: str) -> None:
    wire.change(f"/customers/{housed}", address2="Suite 4")

    letter = wire.create(f"/customers/{housed}/letters", sent)

    assert letter["to"].removesuffix("\nGERMANY") == to


@pytest.mark.parametrize(
    ("sent", "missing"),
    [
        ({"country": "DE"}, "address1"),
        ({"country": "DE", "address1": "Kai 9"}, "city"),
        ({"address1": "5 Oak St", "city": "Austin", "postal_code": "78701"}, "state"),
        ({"address1": "5 Oak St", "city": "Austin", "state": "TX"}, "postal_code"),
    ],
)
def test_a_part_of_another_place_is_no_address(
    wire: Wire, housed: int, sent: dict[str, str], missing: str
) -> None:
    assert wire.create(f"/customers/{housed}/letters", sent).refusal == (400, missing)
    assert not Message.objects.exists()


@pytest.mark.parametrize("missing", ["address1", "city", "state", "postal_code"])
def test_an_address_without_a_part_names_it(wire: Wire, missing: str) -> None:
    pk = wire.create("/customers", name="Acme", **{**HOME, missing: ""})["id"]

    assert wire.create(f"/customers/{pk}/letters", {}).refusal == (400, missing)
    assert not Message.objects.exists()


def test_other_countries_need_no_state(wire: Wire) -> None:
    home = {"address1": "9 Kai", "city": "Hamburg", "postal_code": "20457", "country": "DE"}
    pk = wire.create("/customers", name="Anker", **home)["id"]

    assert wire.create(f"/customers/{pk}/letters", {})["to"] == "Anker\n9 Kai\n20457 Hamburg"


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"type": "other"}, "type"),
        ({"type": "open_item", "items": "closed"}, "items"),
        ({"start": 1785560399, "end": 1782882000}, "start"),
        ({"country": "ZZ"}, "country"),
        ({"address1": "x" * 256}, "address1"),
        ({"name": ["x"]}, "name"),
    ],
)
def test_bad_words_are_refused_and_nothing_is_created(
    wire: Wire,
    housed: int,
    body: Any,
    param: str,
) -> None:
    assert wire.create(f"/customers/{housed}/letters", body).refusal == (400, param)
    assert not Message.objects.exists()
    assert not IssuedStatement.objects.exists()


def test_in_live_mode_without_a_print_house_nothing_is_created(
    wire: Wire,
    housed: int,
    settings: Any,
) -> None:
    settings.DELIVERY_MODE = "live"

    answer = wire.create(f"/customers/{housed}/letters", {})

    assert answer.refusal == (400, None)
    assert "not connected" in answer.json["message"]
    assert not Message.objects.exists()


def test_reading_keys_send_nothing(wire_as: Any, housed: int) -> None:
    assert wire_as("read_only").create(f"/customers/{housed}/letters", {}).refusal == (403, None)
