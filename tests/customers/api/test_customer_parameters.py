"""Every row of the customer table: how it is written, its default, and what is refused."""

from decimal import Decimal
from typing import Any

import pytest

from customers.models import (
    Cadence,
    CadenceStep,
    Company,
    Customer,
    GatewayAccount,
    SignUpPage,
    TaxRate,
    User,
)
from tests.customers.api.conftest import Wire

LONG = "x" * 255

# Parameter, what is sent, what comes back.
ACCEPTED: list[tuple[str, Any, Any]] = [
    ("name", "  Blue Anchor\u0000 ", "Blue Anchor"),
    ("name", LONG, LONG),
    ("name", 4711, "4711"),
    ("number", " A-0007 ", "A-0007"),
    ("number", 12, "12"),
    ("email", " AP@Blue.Example ", "ap@blue.example"),
    ("email", "", None),
    ("autopay", False, False),
    ("autopay", "no", False),
    ("autopay", None, False),
    ("autopay_delay_days", 3, 3),
    ("autopay_delay_days", "365", 365),
    ("autopay_delay_days", 0, 0),
    ("autopay_delay_days", -1, None),
    ("autopay_delay_days", None, None),
    ("payment_terms", "NET 30", "NET 30"),
    ("payment_terms", None, None),
    ("payment_source", None, None),
    ("payment_source", [], None),
    ("payment_source", {"id": 850, "object": "card", "last4": "4242"}, None),
    ("payment_source", {"method": "credit_card", "gateway_token": ""}, None),
    ("attention_to", "Sarah Fisher", "Sarah Fisher"),
    ("address1", "342 Amber St", "342 Amber St"),
    ("address2", LONG, LONG),
    ("city", "Hill Valley", "Hill Valley"),
    ("state", "CA", "CA"),
    ("postal_code", "01234", "01234"),
    ("postal_code", 94523, "94523"),
    ("country", "de", "DE"),
    ("country", None, "US"),
    ("country", "", "US"),
    ("language", "FR", "fr"),
    ("language", None, None),
    ("currency", "EUR", "eur"),
    ("currency", None, None),
    ("chase", False, False),
    ("chase", 0, False),
    ("chase", None, True),
    ("phone", "(820) 297-2983", "(820) 297-2983"),
    ("credit_hold", True, True),
    ("credit_hold", "on", True),
    ("credit_hold", None, False),
    ("credit_limit", 5000, Decimal(5000)),
    ("credit_limit", "1000.125", Decimal("1000.13")),
    ("credit_limit", 0, Decimal(0)),
    ("credit_limit", None, None),
    ("owner", None, None),
    ("taxable", False, False),
    ("taxable", None, True),
    ("taxes", [], []),
    ("taxes", None, []),
    ("tax_id", "893-934835", "893-934835"),
    ("avalara_entity_use_code", "A", "A"),
    ("avalara_exemption_number", "EX-1", "EX-1"),
    ("type", "person", "person"),
    ("type", "government", "government"),
    ("type", "non_profit", "non_profit"),
    ("type", None, "company"),
    ("type", "", "company"),
    ("parent_customer", None, None),
    ("bill_to_parent", True, True),
    ("consolidated", True, True),
    ("notes", "First line\nsecond\tline", "First line\nsecond\tline"),
    ("notes", "n" * 65_535, "n" * 65_535),
    ("sign_up_page", None, None),
    ("ach_gateway", None, None),
    ("cc_gateway", None, None),
    ("metadata", {"rep": "Jan", "vip": True, "size": 3}, {"rep": "Jan", "vip": True, "size": 3}),
    ("metadata", [], {}),
    ("metadata", {"deep": {"a": [1]}}, {"deep": '{"a":[1]}'}),
    ("chasing_cadence", None, None),
    ("next_chase_step", None, None),
]

REFUSED: list[tuple[str, Any, str]] = [
    ("name", None, "name"),
    ("name", "   ", "name"),
    ("name", "x" * 256, "name"),
    ("name", ["Acme"], "name"),
    ("number", "9" * 33, "number"),
    ("number", {"a": 1}, "number"),
    ("email", "nobody", "email"),
    ("email", "a@b.example, c@d.example", "email"),
    ("email", "ap@blue.example\nBcc: x@y.example", "email"),
    ("email", "a" * 250 + "@b.example", "email"),
    ("autopay", "maybe", "autopay"),
    ("autopay_delay_days", 366, "autopay_delay_days"),
    ("autopay_delay_days", -2, "autopay_delay_days"),
    ("autopay_delay_days", 1.5, "autopay_delay_days"),
    ("payment_terms", "t" * 256, "payment_terms"),
    ("payment_source", {"method": "credit_card", "gateway_token": "tok_decline_store"}, "payment_source"),
    ("payment_source", {"invoiced_token": "abc"}, "payment_source"),
    ("payment_source", "tok_visa", "payment_source"),
    ("address1", LONG + "x", "address1"),
    ("postal_code", "1" * 33, "postal_code"),
    ("email", "a@" + ".".join(["İ" * 30] * 5) + ".com", "email"),
    ("country", "ß", "country"),
    ("language", "\u212ak", "language"),
    ("currency", "\u212aRW", "currency"),
    ("country", "XX", "country"),
    ("country", "EU", "country"),
    ("country", "Germany", "country"),
    ("language", "xx", "language"),
    ("language", "eng", "language"),
    ("currency", "dollars", "currency"),
    ("currency", "zzy", "currency"),
    ("chase", "perhaps", "chase"),
    ("phone", "1" * 65, "phone"),
    ("credit_hold", 2, "credit_hold"),
    ("credit_limit", -1, "credit_limit"),
    ("credit_limit", "1,000", "credit_limit"),
    ("credit_limit", "1e400", "credit_limit"),
    ("credit_limit", 10**15, "credit_limit"),
    ("owner", 999, "owner"),
    ("owner", "Jan", "owner"),
    ("taxes", ["unknown"], "taxes.0"),
    ("taxes", "gst", "taxes"),
    ("tax_id", "1" * 65, "tax_id"),
    ("avalara_entity_use_code", "A" * 26, "avalara_entity_use_code"),
    ("avalara_exemption_number", "A" * 26, "avalara_exemption_number"),
    ("type", "robot", "type"),
    ("parent_customer", 999, "parent_customer"),
    ("parent_customer", 2**63, "parent_customer"),
    ("notes", "n" * 65_536, "notes"),
    ("sign_up_page", 999, "sign_up_page"),
    ("chasing_cadence", 999, "chasing_cadence"),
    ("next_chase_step", 999, "next_chase_step"),
    ("ach_gateway", 999, "ach_gateway"),
    ("cc_gateway", "main", "cc_gateway"),
    ("metadata", "none", "metadata"),
    ("metadata", {"k": "v" * 256}, "metadata"),
    ("metadata", {"k" * 41: "v"}, "metadata"),
    ("metadata", {str(index): index for index in range(11)}, "metadata"),
    ("metadata", {"k": None}, "metadata"),
    ("disabled_payment_methods", ["barter"], "disabled_payment_methods.0"),
]


@pytest.mark.parametrize(("name", "sent", "answered"), ACCEPTED)
def test_a_parameter_is_read_and_shown(wire: Wire, name: str, sent: Any, answered: Any) -> None:
    created = wire.create("/customers", {"name": "Acme", name: sent})

    assert created[name] == answered
    assert wire.read(f"/customers/{created['id']}").json == created.json


@pytest.mark.parametrize(("name", "sent", "param"), REFUSED)
def test_a_wrong_parameter_is_refused_by_name(wire: Wire, name: str, sent: Any, param: str) -> None:
    answer = wire.create("/customers", {"name": "Acme", name: sent})

    assert answer.refusal == (400, param)
    assert not Customer.objects.exists()


def test_only_the_name_is_needed_and_every_other_key_has_its_default(wire: Wire) -> None:
    created = wire.create("/customers", name="Acme").json

    unset = {name for name, value in created.items() if value is None}
    assert unset == {
        "email", "autopay_delay_days", "payment_terms", "payment_source", "attention_to", "address1",
        "address2", "city", "state", "postal_code", "language", "currency", "chasing_cadence",
        "next_chase_step", "phone", "credit_limit", "owner", "tax_id", "avalara_entity_use_code",
        "avalara_exemption_number", "parent_customer", "notes", "sign_up_page", "sign_up_url",
        "ach_gateway", "cc_gateway",
    }  # fmt: skip
    assert (created["object"], created["number"], created["type"]) == ("customer", "CUST-0001", "company")
    assert (created["chase"], created["taxable"], created["country"]) == (True, True, "US")
    assert (created["autopay"], created["credit_hold"], created["metadata"]) == (False, False, {})
    assert created["statement_pdf_url"].endswith("/pdf")
    assert isinstance(created["created_at"], int)


def test_defaults_come_from_the_company(wire: Wire) -> None:
    Company.objects.update_or_create(pk=1, defaults={"country": "CA", "payment_terms": "NET 14"})

    created = wire.create("/customers", name="Acme")

    assert (created["country"], created["payment_terms"]) == ("CA", "NET 14")


def test_a_missing_name_is_named(wire: Wire) -> None:
    assert wire.create("/customers", {}).refusal == (400, "name")


def test_the_first_wrong_parameter_in_the_order_of_the_table_is_named(wire: Wire) -> None:
    answer = wire.create("/customers", {"type": "robot", "country": "XX", "email": "x", "name": "Acme"})

    assert answer.refusal == (400, "email")


def test_aliases_of_official_clients_are_read_and_proper_names_win(wire: Wire) -> None:
    created = wire.create(
        "/customers", {"name": "A", "taxid": "T1", "boolean": False, "external_id": "EXT-1"}
    )
    both = wire.create("/customers", {"name": "B", "taxid": "T1", "tax_id": "T2", "boolean": 0, "chase": 1})

    assert (created["tax_id"], created["chase"], created["number"]) == ("T1", False, "EXT-1")
    assert (both["tax_id"], both["chase"]) == ("T2", True)


def test_read_only_and_unknown_parameters_are_ignored(wire: Wire) -> None:
    created = wire.create(
        "/customers",
        {"name": "A", "id": 77, "object": "robot", "created_at": 1, "statement_token": "x" * 24, "balance": 5,
         "sign_up_url": "http://x", "statement_pdf_url": "http://x", "number_key": "zz", "nonsense": []},
    )  # fmt: skip

    assert created["id"] != 77
    assert created["created_at"] > 1
    assert Customer.objects.get().statement_token != "x" * 24
    assert Customer.objects.get().number_key == "cust-0001"


def test_relations_are_ids_out_and_ids_or_objects_in(wire: Wire) -> None:
    jan = User.objects.create(username="jan")
    page = SignUpPage.objects.create(name="Autopay")
    gateway = GatewayAccount.objects.create(name="Test", gateway="test")
    parent = wire.create("/customers", name="Parent").json

    created = wire.create(
        "/customers",
        {"name": "Child", "owner_id": jan.pk, "sign_up_page": str(page.pk), "ach_gateway": gateway.pk,
         "cc_gateway": gateway.pk, "parent_customer": parent},
    )  # fmt: skip

    assert (created["owner"], created["sign_up_page"], created["cc_gateway"]) == (jan.pk, page.pk, gateway.pk)
    assert created["parent_customer"] == parent["id"]
    assert "/sign_up/" in created["sign_up_url"]


def test_an_inactive_user_cannot_own_a_customer(wire: Wire) -> None:
    gone = User.objects.create(username="gone", is_active=False)

    assert wire.create("/customers", name="A", owner=gone.pk).refusal == (400, "owner")


@pytest.mark.parametrize(
    "sent",
    [["gst"], [{"id": "gst", "name": "", "value": 0}], [{"tax_rate": {"id": "gst"}}], ["gst", "gst"]],
)
def test_taxes_are_ids_or_objects_in_and_objects_out(wire: Wire, gst: TaxRate, sent: Any) -> None:
    created = wire.create("/customers", name="Acme", taxes=sent)

    (tax,) = created["taxes"]
    assert (tax["id"], tax["object"], tax["value"]) == ("gst", "tax_rate", 5)


def test_an_archived_tax_rate_is_refused(wire: Wire, gst: TaxRate) -> None:
    TaxRate.objects.update(archived_at="2026-01-01T00:00:00Z")

    assert wire.create("/customers", name="Acme", taxes=["gst"]).refusal == (400, "taxes.0")


def test_disabled_payment_methods_are_kept_and_shown_when_asked_for(wire: Wire) -> None:
    methods = ["check", "cash", "check"]
    created = wire.create("/customers", name="Acme", disabled_payment_methods=methods)
    shown = wire.read(f"/customers/{created['id']}", include="disabled_payment_methods")

    assert "disabled_payment_methods" not in created.json
    assert shown["disabled_payment_methods"] == ["check", "cash"]


def test_autopay_needs_a_gateway(wire: Wire, settings: Any) -> None:
    settings.DELIVERY_MODE = "live"
    GatewayAccount.objects.create(name="Test", gateway="test")

    refused = wire.create("/customers", name="Acme", autopay=True)
    GatewayAccount.objects.create(name="Cards", gateway="stripe")

    assert refused.refusal == (400, "autopay")
    assert wire.create("/customers", name="Acme", autopay=True)["autopay"] is True


def test_autopay_clears_the_terms(wire: Wire) -> None:
    created = wire.create("/customers", name="Acme", autopay=True, payment_terms="NET 30")

    assert (created["autopay"], created["payment_terms"]) == (True, None)


def test_a_cadence_brings_its_first_step_and_refuses_steps_of_others(wire: Wire) -> None:
    gentle, stern = Cadence.objects.create(name="Gentle"), Cadence.objects.create(name="Stern")
    first = CadenceStep.objects.create(
        cadence=gentle, position=1, name="Mail", action="email", schedule="age:5"
    )
    other = CadenceStep.objects.create(
        cadence=stern, position=1, name="Call", action="phone", schedule="age:9"
    )

    created = wire.create("/customers", name="Acme", chasing_cadence=gentle.pk)
    wrong = wire.change(f"/customers/{created['id']}", next_chase_step=other.pk)
    stray = wire.create("/customers", name="Bolt", next_chase_step=other.pk)
    moved = wire.change(f"/customers/{created['id']}", chasing_cadence=stern.pk)
    cleared = wire.change(f"/customers/{created['id']}", chasing_cadence=None)

    assert created["next_chase_step"] == first.pk
    assert wrong.refusal == (400, "next_chase_step")
    assert stray.refusal == (400, "next_chase_step")
    assert moved["next_chase_step"] == other.pk
    assert (cleared["chasing_cadence"], cleared["next_chase_step"]) == (None, None)


def test_the_default_cadence_is_given_on_create_and_when_chasing_is_turned_on(wire: Wire) -> None:
    cadence = Cadence.objects.create(name="Gentle", assignment_mode="default")

    chased = wire.create("/customers", name="Acme")
    spared = wire.create("/customers", name="Bolt", chase=False)
    turned_on = wire.change(f"/customers/{spared['id']}", chase=True)

    assert chased["chasing_cadence"] == cadence.pk
    assert spared["chasing_cadence"] is None
    assert turned_on["chasing_cadence"] == cadence.pk
