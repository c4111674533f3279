"""What keys of each role may do and see."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from customers.api.customer_shape import CustomerShape
from customers.models import (
    ApiKey,
    Cadence,
    CadenceStep,
    Customer,
    Event,
    GatewayAccount,
    Role,
    SignUpPage,
    TaxRate,
    User,
)
from customers.roles import CONTACT_DATA
from tests.customers.api.conftest import Wire, bill
from tests.desk import at_desk, lines

WireAs = Callable[..., Wire]

WRITES = [
    ("POST", "/customers", {"name": "B"}),
    ("PATCH", "/customers/{customer}", {"notes": "x"}),
    ("DELETE", "/customers/{customer}", None),
    ("POST", "/customers/{customer}/contacts", {"name": "Jane"}),
    ("PATCH", "/customers/{customer}/contacts/{contact}", {"name": "X"}),
    ("DELETE", "/customers/{customer}/contacts/{contact}", None),
    ("POST", "/invoices", {"customer": 1}),
    ("PATCH", "/invoices/{invoice}", {"notes": "x"}),
    ("DELETE", "/invoices/{invoice}", None),
    ("POST", "/invoices/{invoice}/void", None),
    ("POST", "/credit_notes", {"customer": 1}),
    ("PATCH", "/credit_notes/1", {"notes": "x"}),
    ("DELETE", "/credit_notes/1", None),
    ("POST", "/credit_notes/1/void", None),
    ("POST", "/payments", {"amount": 1}),
    ("PATCH", "/payments/1", {"notes": "x"}),
    ("DELETE", "/payments/1", None),
    ("POST", "/credit_balance_adjustments", {"customer": 1, "amount": 1}),
    ("PATCH", "/credit_balance_adjustments/1", {"notes": "x"}),
    ("DELETE", "/credit_balance_adjustments/1", None),
]
# What an account manager may do with the own customers.
EDITS = {write[:2] for write in WRITES if "contacts" in write[1] or write[:2] == WRITES[1][:2]}


@pytest.fixture
def jan(db: None) -> User:
    return User.objects.create(username="jan", role=Role.ACCOUNT_MANAGER, is_staff=True)


@pytest.fixture
def books(wire: Wire, jan: User) -> dict[str, int]:
    """A customer of Jan's with a contact and an invoice, and one that is nobody's."""
    customer = wire.create("/customers", name="Acme", owner=jan.pk)["id"]
    stray = wire.create("/customers", name="Bolt")["id"]
    return {
        "customer": customer,
        "contact": wire.create(f"/customers/{customer}/contacts", name="Jane")["id"],
        "invoice": bill(wire, customer)["id"],
        "stray": stray,
        "stray_invoice": bill(wire, stray)["id"],
    }


def test_a_read_only_key_reads_and_changes_nothing(wire_as: WireAs, books: dict[str, int]) -> None:
    reader = wire_as(Role.READ_ONLY)
    count = Event.objects.count()

    for method, path, body in WRITES:
        assert reader.send(method, path.format(**books), body).refusal == (403, None), (method, path)

    assert Event.objects.count() == count
    assert len(reader.read("/customers").json) == 2
    assert reader.read(f"/customers/{books['customer']}/balance")["total_outstanding"] == 100


def test_an_account_manager_edits_contact_data_only(
    wire_as: WireAs, books: dict[str, int], jan: User
) -> None:
    manager = wire_as(Role.ACCOUNT_MANAGER, jan)

    for method, path, body in WRITES:
        answer = manager.send(method, path.format(**books), body)
        fits = answer.status < 300 if (method, path) in EDITS else answer.status == 403
        assert fits, (method, path, answer.text)


@pytest.mark.parametrize(
    "sent",
    [{"credit_hold": True}, {"credit_limit": 5}, {"taxes": ["gst"]}, {"taxable": False}, {"owner": None},
     {"number": "X"}, {"currency": "eur"}, {"parent_customer": None, "bill_to_parent": True},
     {"payment_terms": "NET 5"}, {"disabled_payment_methods": ["check"]}],
)  # fmt: skip
def test_an_account_manager_does_not_change_money_or_responsibility(
    wire_as: WireAs, books: dict[str, int], jan: User, gst: TaxRate, sent: dict[str, Any]
) -> None:
    manager = wire_as(Role.ACCOUNT_MANAGER, jan)
    path = f"/customers/{books['customer']}"
    before = manager.read(path).json

    assert manager.change(path, sent).refusal == (403, None)
    assert manager.read(path).json == before


def test_an_account_manager_may_send_a_whole_customer_back(
    wire_as: WireAs, books: dict[str, int], jan: User
) -> None:
    manager = wire_as(Role.ACCOUNT_MANAGER, jan)
    path = f"/customers/{books['customer']}"

    changed = manager.change(path, manager.read(path).json | {"city": "Oslo", "email": "new@acme.example"})

    assert (changed["city"], changed["email"]) == ("Oslo", "new@acme.example")


def test_an_account_manager_may_send_taxes_back_in_another_order(
    wire: Wire, wire_as: WireAs, books: dict[str, int], jan: User, gst: TaxRate
) -> None:
    wire.create("/tax_rates", id="pst", name="PST", value=7)
    path = f"/customers/{books['customer']}"
    wire.change(path, taxes=["gst", "pst"])
    manager = wire_as(Role.ACCOUNT_MANAGER, jan)

    assert manager.change(path, taxes=["pst", "gst"], city="Oslo")["city"] == "Oslo"
    assert manager.change(path, taxes=["pst"]).refusal == (403, None)


def test_an_account_manager_cannot_tell_a_customer_of_others_from_none(
    wire: Wire, wire_as: WireAs, books: dict[str, int], jan: User
) -> None:
    manager = wire_as(Role.ACCOUNT_MANAGER, jan)
    path = f"/customers/{books['customer']}"

    hidden = manager.change(path, parent_customer=books["stray"])
    missing = manager.change(path, parent_customer=999_999)

    assert hidden.refusal == missing.refusal == (400, "parent_customer")
    assert hidden.json["message"].replace(str(books["stray"]), "999999") == missing.json["message"]
    # What the customer has already may be sent back: the answer names it.
    wire.change(path, parent_customer=books["stray"])
    assert manager.change(path, parent_customer=books["stray"], city="Oslo")["city"] == "Oslo"


def test_an_account_manager_sees_own_customers_and_what_is_theirs(
    wire: Wire, wire_as: WireAs, books: dict[str, int], jan: User
) -> None:
    manager = wire_as(Role.ACCOUNT_MANAGER, jan)
    wire.create("/payments", amount=5)
    wire.change(f"/customers/{books['customer']}", parent_customer=books["stray"])

    assert [row["name"] for row in manager.read("/customers").json] == ["Acme"]
    assert [row["id"] for row in manager.read("/invoices").json] == [books["invoice"]]
    assert manager.read("/payments").json == []
    assert manager.read(f"/invoices/{books['invoice']}").status == 200
    for path in ("customers/{stray}", "customers/{stray}/balance", "customers/{stray}/contacts",
                 "invoices/{stray_invoice}"):  # fmt: skip
        assert manager.read("/" + path.format(**books)).refusal == (404, None)
    shown = manager.read(f"/customers/{books['customer']}", expand="parent_customer")
    assert shown["parent_customer"] == books["stray"]


def test_an_account_managers_key_without_a_user_sees_nobody(wire_as: WireAs, books: dict[str, int]) -> None:
    nobody = wire_as(Role.ACCOUNT_MANAGER)

    assert nobody.read("/customers").json == []
    assert nobody.read("/invoices").json == []
    assert nobody.read(f"/customers/{books['stray']}").refusal == (404, None)


def test_a_revoked_key_reads_nothing(wire: Wire, books: dict[str, int]) -> None:
    ApiKey.objects.update(revoked_at="2026-01-01T00:00:00Z")

    answer = wire.read("/customers")

    assert answer.refusal == (401, None)
    assert answer.headers["X-Total-Count"] == "0"
    assert wire.create("/customers", name="B").refusal == (401, None)


def test_what_a_key_did_is_signed_with_its_name(wire: Wire, acme: int) -> None:
    event = Event.objects.get()

    assert (event.actor, event.customer_id) == ("API key Warehouse", acme)
    assert event.request_id


def changed_values(parent: int) -> dict[str, Any]:
    """Another value for every parameter of a customer, as the API takes it."""
    cadence = Cadence.objects.create(name="Weekly")
    step = CadenceStep.objects.create(
        cadence=cadence, position=0, name="Mail", action="email", schedule="age:9"
    )
    gateway = GatewayAccount.objects.create(name="Test", gateway="test").pk
    texts = (
        "name", "number", "attention_to", "address1", "address2", "city", "state", "postal_code", "phone",
        "payment_terms", "tax_id", "avalara_entity_use_code", "avalara_exemption_number", "notes",
    )  # fmt: skip
    return {
        **dict.fromkeys(texts, "NET 5"),
        "email": "new@acme.example", "country": "DE", "language": "de", "currency": "eur", "type": "person",
        "autopay": True, "autopay_delay_days": 3, "chase": False, "credit_hold": True, "credit_limit": 5,
        "taxable": False, "bill_to_parent": True, "consolidated": True,
        "chasing_cadence": cadence.pk, "next_chase_step": step.pk,
        "owner": User.objects.create(username="ann", is_staff=True).pk,
        "taxes": [TaxRate.objects.create(code="vat", name="VAT", value=5).code],
        "parent_customer": parent, "sign_up_page": SignUpPage.objects.create(name="Sign up").pk,
        "ach_gateway": gateway, "cc_gateway": gateway, "metadata": {"area": "north"},
        "disabled_payment_methods": ["check"],
    }  # fmt: skip


def columns_of(pk: int) -> dict[str, Any]:
    """What is stored of a customer, without when."""
    row = vars(Customer.objects.get(pk=pk))
    return {name: str(value) for name, value in row.items() if name not in ("_state", "updated_at")}


def test_account_managers_change_the_same_of_a_customer_with_a_key_and_at_the_desk(
    wire_as: WireAs, books: dict[str, int], jan: User
) -> None:
    manager, pk = wire_as(Role.ACCOUNT_MANAGER, jan), books["customer"]
    sister = Customer.objects.create(name="Sister", number="SISTER", owner=jan)
    changes = changed_values(sister.pk)
    assert {*changes, "payment_source"} == set(CustomerShape.fields)

    before, [stored] = columns_of(pk), Customer.objects.filter(pk=pk).values()
    refused = {
        name for name in changes if manager.change(f"/customers/{pk}", {name: changes[name]}).status == 403
    }
    by_key = columns_of(pk).items() - before.items()
    Customer.objects.filter(pk=pk).update(**stored)
    form = {name: value for name, value in changes.items() if value is not False and name != "metadata"}
    form["taxes"] = TaxRate.objects.get().pk
    answer = at_desk(jan).post(
        reverse("admin:customers_customer_edit", args=[pk]),
        {**form, "parent_number": "CUST-0002", "statement_channel": "letter", "child_statements": "both",
         "paperless_from_date": "2026-01-01", **lines(prefix="contacts"),
         **lines({"key": "area", "value": "north"}, prefix="metadata")},
    )  # fmt: skip

    assert answer.status_code == 302
    at_the_desk = columns_of(pk).items() - before.items()
    assert refused == changes.keys() - CONTACT_DATA
    assert at_the_desk == by_key
    assert not Customer.taxes.through.objects.exists()
    assert {each for name, _ in by_key for each in (name, name.removesuffix("_id"))} >= CONTACT_DATA


def test_an_account_manager_learns_nothing_of_a_parent_that_is_not_theirs(
    wire: Wire, books: dict[str, int], jan: User
) -> None:
    wire.change(f"/customers/{books['customer']}", parent_customer=books["stray"])
    wire.create("/customers", name="Crow", parent_customer=books["customer"])
    number = wire.read(f"/customers/{books['stray']}")["number"]
    desk = at_desk(jan)
    edit = reverse("admin:customers_customer_edit", args=[books["customer"]])
    page = reverse("admin:customers_customer_change", args=[books["customer"]])

    assert number not in desk.get(edit).content.decode()
    told = desk.get(page, {"tab": "contacts"}).content.decode()
    assert "Bolt" not in told
    assert "Crow" not in told
    for tried in (number, "CUST-9999"):
        answer = desk.post(edit, {"name": "Acme", "type": "company", "country": "US", "parent_number": tried,
                                  **lines(prefix="contacts"), **lines(prefix="metadata")})  # fmt: skip
        assert answer.status_code == 302
    assert Customer.objects.get(pk=books["customer"]).parent_customer_id == books["stray"]
