"""Customers over the wire: numbers, changes, families, deletion, routes."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from customers.ledger import numbering
from customers.models import Customer, Event, GatewayAccount, Invoice, TaxRate, User
from tests.customers.api.conftest import Wire, bill, events

FORM = {"content_type": "application/x-www-form-urlencoded"}


def test_the_sample_of_the_contract_works_as_a_form(wire: Wire, gst: TaxRate) -> None:
    body = "name=Blue+Anchor&email=AP@Blue.example&metadata[region]=north&taxes[]=gst"

    created = wire.send("POST", "/customers", body, **FORM)

    assert created.status == 201
    assert (created["name"], created["email"]) == ("Blue Anchor", "ap@blue.example")
    assert created["metadata"] == {"region": "north"}
    assert [tax["id"] for tax in created["taxes"]] == ["gst"]
    assert events() == ["customer.created"]


def test_form_text_is_coerced_by_the_type_of_each_field(wire: Wire) -> None:
    body = "name=A&chase=&taxable=0&credit_limit=12.50&autopay_delay_days=7&taxes=&metadata="

    created = wire.send("POST", "/customers", body, **FORM)

    assert (created["chase"], created["taxable"], created["autopay_delay_days"]) == (False, False, 7)
    assert str(created["credit_limit"]) == "12.5"
    assert (created["taxes"], created["metadata"]) == ([], {})


def test_numbers_count_up_and_step_over_those_given_by_hand(wire: Wire) -> None:
    wire.create("/customers", name="A", number="cust-0002")

    numbers = [wire.create("/customers", name="B", number=wish)["number"] for wish in (None, "", "  ")]

    assert numbers == ["CUST-0001", "CUST-0003", "CUST-0004"]


def test_a_number_is_used_once_whatever_its_letter_case(wire: Wire, acme: int) -> None:
    wire.change(f"/customers/{acme}", number="Blue-7")

    assert wire.create("/customers", name="B", number=" bLUE-7 ").refusal == (400, "number")
    assert wire.change(f"/customers/{acme}", number="BLUE-7")["number"] == "BLUE-7"


def test_numbers_are_compared_in_lower_case_and_not_beyond(wire: Wire) -> None:
    first = wire.create("/customers", name="A", number="Straße 7")

    assert wire.create("/customers", name="B", number="STRASSE 7").status == 201
    assert wire.create("/customers", name="C", number="STRAẞE 7").refusal == (400, "number")
    assert [row["id"] for row in wire.read("/customers", **{"filter[number]": "sTRAßE 7"}).json] == [
        first["id"]
    ]


@pytest.mark.parametrize("letter", ["ﬃ", "İ", "ΐ"])
def test_a_number_is_as_long_as_it_is_written(wire: Wire, letter: str) -> None:
    assert wire.create("/customers", name="A", number=letter * 32)["number"] == letter * 32
    assert wire.create("/customers", name="B", number=letter * 33).refusal == (400, "number")
    assert wire.create("/customers", name="B", number=letter * 32).refusal == (400, "number")


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"metadata": {"k": None}}, "number"),
        ({"next_chase_step": 99}, "number"),
        ({"taxes": ["none"], "autopay": True}, "number"),
        ({"name": ""}, "name"),
        ({"number": "FREE", "metadata": {"k": None}}, "metadata"),
        ({"number": None, "autopay": True, "metadata": {"k": None}}, "autopay"),
        ({"number": "FREE", "email": "nobody", "autopay": True}, "email"),
    ],
)
def test_of_several_faults_the_first_in_the_table_is_told(
    wire: Wire, acme: int, settings: Any, body: dict[str, Any], param: str
) -> None:
    settings.DELIVERY_MODE = "live"
    wire.change(f"/customers/{acme}", number="TAKEN")
    bolt = wire.create("/customers", name="Bolt")["id"]

    created = wire.create("/customers", {"name": "Comet", "number": "taken", **body})
    changed = wire.change(f"/customers/{bolt}", {"number": "taken", **body})

    assert created.refusal == changed.refusal == (400, param)
    assert wire.change(f"/customers/{acme}", number="taken", metadata={"k": None}).refusal == (
        400,
        "metadata",
    )


def test_a_step_of_another_cadence_is_told_before_a_parent_that_cannot_be(wire: Wire, acme: int) -> None:
    steps = [{"name": "Mail", "action": "email", "schedule": "age:30"}]
    other = wire.create("/chasing_cadences", name="Other", steps=steps)["steps"][0]["id"]

    answer = wire.change(f"/customers/{acme}", next_chase_step=other, parent_customer=acme)

    assert answer.refusal == (400, "next_chase_step")


def test_two_that_take_the_same_number_at_once_are_told_so(
    wire: Wire, acme: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = wire.create("/customers", name="B").json
    # Both looked before either wrote: the check finds the number free.
    monkeypatch.setattr(numbering, "taken", lambda *_, **__: False)

    assert wire.create("/customers", name="C", number="CUST-0001").refusal == (400, "number")
    assert wire.change(f"/customers/{other['id']}", number="CUST-0001").refusal == (400, "number")
    assert Customer.objects.count() == 2


def test_a_failed_create_leaves_nothing_behind(wire: Wire) -> None:
    assert wire.create("/customers", name="A", type="robot").status == 400

    assert events() == []
    assert wire.create("/customers", name="A")["number"] == "CUST-0001"


def test_a_change_of_what_the_wire_does_not_show_is_told_in_its_event(wire: Wire, acme: int) -> None:
    wire.change(f"/customers/{acme}", disabled_payment_methods=["cash"])
    wire.change(f"/customers/{acme}", city="Hill Valley", disabled_payment_methods=["ach", "check"])

    last, first = Event.objects.filter(type="customer.updated").order_by("-pk")
    assert first.previous == {"disabled_payment_methods": []}
    assert first.data["object"]["disabled_payment_methods"] == ["cash"]
    assert last.previous == {"city": None, "disabled_payment_methods": ["cash"]}
    assert "disabled_payment_methods" not in wire.read(f"/customers/{acme}").json


def test_a_change_is_partial_and_recorded_with_the_old_values(wire: Wire, acme: int) -> None:
    changed = wire.change(f"/customers/{acme}", payment_terms="NET 14", city="Hill Valley")

    assert (changed["payment_terms"], changed["name"]) == ("NET 14", "Acme")
    assert events() == ["customer.created", "customer.updated"]
    assert Event.objects.latest("pk").previous == {"payment_terms": None, "city": None}


@pytest.mark.parametrize("body", ["", "{}", "[]", "null", b"{ }"])
def test_an_empty_change_changes_nothing(wire: Wire, acme: int, body: Any) -> None:
    before = Customer.objects.get().updated_at

    answer = wire.send("PATCH", f"/customers/{acme}", body, content_type="application/json")

    assert answer.status == 200
    assert Customer.objects.get().updated_at == before
    assert events() == ["customer.created"]


def test_a_whole_object_sent_back_changes_nothing(wire: Wire, acme: int, gst: TaxRate) -> None:
    wire.change(f"/customers/{acme}", taxes=["gst"], metadata={"a": "b"}, credit_limit=10)
    wire.change(f"/customers/{acme}", disabled_payment_methods=["cash"])
    before, count = wire.read(f"/customers/{acme}").json, len(events())

    answer = wire.change(f"/customers/{acme}", before | {"disabled_payment_methods": ["cash"]})

    assert answer.json == before
    assert len(events()) == count


def test_lists_and_metadata_replace_the_stored_value(wire: Wire, acme: int, gst: TaxRate) -> None:
    wire.change(f"/customers/{acme}", taxes=["gst"], metadata={"a": "1", "b": "2"})

    changed = wire.change(f"/customers/{acme}", taxes=[], metadata={"b": "3"})

    assert (changed["taxes"], changed["metadata"]) == ([], {"b": "3"})


def test_updated_at_moves_with_every_change_but_not_with_contacts(wire: Wire, acme: int) -> None:
    with time_machine.travel("2030-01-01T00:00:00Z"):
        moved = wire.change(f"/customers/{acme}", metadata={"a": "1"})["updated_at"]
    with time_machine.travel("2030-01-02T00:00:00Z"):
        wire.create(f"/customers/{acme}/contacts", name="Jane")

    assert moved == 1893456000
    assert wire.read(f"/customers/{acme}")["updated_at"] == moved


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"chase": None}, True),
        ({"type": None}, "company"),
        ({"country": ""}, "US"),
        ({"taxable": None}, True),
    ],
)
def test_null_leaves_what_cannot_be_null(wire: Wire, acme: int, sent: dict[str, Any], kept: Any) -> None:
    changed = wire.change(f"/customers/{acme}", sent)

    assert changed[next(iter(sent))] == kept


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_name_cannot_be_taken_away(wire: Wire, acme: int, value: Any) -> None:
    assert wire.change(f"/customers/{acme}", name=value).refusal == (400, "name")


def test_null_and_empty_text_clear_what_may_be_empty(wire: Wire, acme: int) -> None:
    wire.change(f"/customers/{acme}", city="Hill Valley", credit_limit=5, autopay_delay_days=2)

    changed = wire.change(f"/customers/{acme}", city="", email=None, credit_limit=None, autopay_delay_days=-1)

    assert [changed[name] for name in ("city", "email", "credit_limit", "autopay_delay_days")] == [None] * 4


def test_turning_autopay_off_makes_open_invoices_manual(wire: Wire, acme: int) -> None:
    GatewayAccount.objects.create(name="Test", gateway="test")
    wire.change(f"/customers/{acme}", autopay=True)
    invoice = bill(wire, acme)

    changed = wire.change(f"/customers/{acme}", autopay=False)
    after = wire.read(f"/invoices/{invoice['id']}")

    assert (invoice["autopay"], invoice["payment_terms"]) == (True, "AutoPay")
    assert invoice["next_payment_attempt"] > invoice["date"]
    assert changed["autopay"] is False
    assert (after["autopay"], after["payment_terms"], after["next_payment_attempt"]) == (False, None, None)


def test_terms_sent_to_a_customer_on_autopay_are_ignored(wire: Wire, acme: int) -> None:
    GatewayAccount.objects.create(name="Test", gateway="test")
    wire.change(f"/customers/{acme}", autopay=True)

    assert wire.change(f"/customers/{acme}", payment_terms="NET 30")["payment_terms"] is None


def test_no_customer_is_its_own_ancestor(wire: Wire, acme: int) -> None:
    child = wire.create("/customers", name="Child", parent_customer=acme)["id"]

    assert wire.change(f"/customers/{acme}", parent_customer=acme).refusal == (400, "parent_customer")
    assert wire.change(f"/customers/{acme}", parent_customer=child).refusal == (400, "parent_customer")


def test_families_are_at_most_five_levels_deep(wire: Wire, acme: int) -> None:
    youngest = acme
    for _ in range(5):
        youngest = wire.create("/customers", name="Next", parent_customer=youngest)["id"]

    assert wire.create("/customers", name="Sixth", parent_customer=youngest).refusal == (
        400,
        "parent_customer",
    )


def test_a_customer_without_ledger_rows_is_deleted_with_its_contacts(wire: Wire, acme: int) -> None:
    wire.create(f"/customers/{acme}/contacts", name="Jane")

    gone = wire.remove(f"/customers/{acme}")

    assert (gone.status, gone.text) == (204, "")
    assert wire.remove(f"/customers/{acme}").refusal == (404, None)
    assert events()[-1] == "customer.deleted"
    assert Event.objects.latest("pk").data["object"]["name"] == "Acme"


def test_a_deleted_number_is_free_again_but_the_sequence_never_goes_back(wire: Wire, acme: int) -> None:
    wire.remove(f"/customers/{acme}")

    assert wire.create("/customers", name="B")["number"] == "CUST-0002"
    assert wire.create("/customers", name="C", number="CUST-0001").status == 201


@pytest.mark.parametrize("kind", ["invoice", "draft", "credit_note", "payment", "credit", "child", "void"])
def test_a_customer_with_a_history_is_not_deleted(wire: Wire, acme: int, kind: str) -> None:
    if kind == "child":
        wire.create("/customers", name="Child", parent_customer=acme)
    elif kind == "payment":
        wire.create("/payments", customer=acme, amount=5)
    elif kind == "credit":
        wire.create("/credit_balance_adjustments", customer=acme, amount=5)
    elif kind == "credit_note":
        wire.create("/credit_notes", customer=acme, items=[{"name": "Back", "unit_cost": 5}])
    else:
        invoice = bill(wire, acme, draft=kind == "draft")
        if kind == "void":
            wire.create(f"/invoices/{invoice['id']}/void")

    assert wire.remove(f"/customers/{acme}").refusal == (400, None)
    assert Customer.objects.filter(pk=acme).exists()


@pytest.mark.parametrize(
    "path",
    ["/customers/abc", "/customers/balance", "/customers/0", "/customers/-1", "/customers/1.5",
     "/customers/9223372036854775808", "/customers/٣", "/customers/999", "/customers/999/balance",
     "/customers/999/contacts", "/customers/1/2", "/customers//1"],
)  # fmt: skip
def test_what_is_not_there_is_404_in_json(wire: Wire, path: str) -> None:
    assert wire.read(path).refusal == (404, None)


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/customers/{}"), ("POST", "/customers/{}"), ("PATCH", "/customers"), ("DELETE", "/customers"),
     ("OPTIONS", "/customers"), ("POST", "/customers/{}/balance"), ("PUT", "/customers")],
)  # fmt: skip
def test_other_methods_are_405_with_an_allow_header(wire: Wire, acme: int, method: str, path: str) -> None:
    answer = wire.send(method, path.format(acme))

    assert answer.refusal == (405, None)
    assert "GET" in answer.headers["Allow"]


def test_a_trailing_slash_makes_no_difference(wire: Wire, acme: int) -> None:
    assert wire.read(f"/customers/{acme}/").json == wire.read(f"/customers/{acme}").json
    assert wire.create("/customers/", name="B").status == 201


def test_head_answers_like_get_without_a_body(wire: Wire, acme: int) -> None:
    answer = wire.head("/customers")

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["X-Total-Count"] == "1"


def test_relations_are_expanded_on_request(wire: Wire, acme: int) -> None:
    child = wire.create("/customers", name="Child", parent_customer=acme)["id"]

    shown = wire.read(f"/customers/{child}", expand="parent_customer,owner,nonsense", exclude="metadata,id")

    assert shown["parent_customer"] == wire.read(f"/customers/{acme}").json
    assert shown["owner"] is None
    assert "metadata" not in shown.json
    assert shown["id"] == child


def test_the_same_key_and_body_create_one_customer(wire: Wire) -> None:
    first, again = (
        wire.send("POST", "/customers", {"name": "Acme"}, HTTP_IDEMPOTENCY_KEY="once-and-only") for _ in "12"
    )

    assert Customer.objects.count() == 1
    assert (again.status, again.text) == (201, first.text)
    assert again.headers["Idempotent-Replayed"] == "true"


def test_an_invoice_keeps_its_currency_when_the_customer_gets_another(wire: Wire, acme: int) -> None:
    bill(wire, acme)

    wire.change(f"/customers/{acme}", currency="EUR")

    assert Invoice.objects.get().currency == "usd"
    assert bill(wire, acme)["currency"] == "eur"


def test_whoever_left_stays_the_owner_but_is_not_chosen_again(wire: Wire, acme: int) -> None:
    dana, rosa = User.objects.create(username="dana"), User.objects.create(username="rosa")
    wire.change(f"/customers/{acme}", owner=dana.pk)
    User.objects.update(is_active=False)

    kept = wire.change(f"/customers/{acme}", {**wire.read(f"/customers/{acme}").json, "phone": "5"})

    assert (kept["owner"], kept["phone"]) == (dana.pk, "5")
    assert wire.change(f"/customers/{acme}", owner=rosa.pk).refusal == (400, "owner")
    assert wire.create("/customers", name="Bolt", owner=dana.pk).refusal == (400, "owner")


def test_an_archived_rate_stays_but_is_not_put_on_anybody_else(wire: Wire, acme: int, gst: TaxRate) -> None:
    wire.change(f"/customers/{acme}", taxes=["gst"])
    TaxRate.objects.update(archived_at=timezone.now())
    shown = wire.read(f"/customers/{acme}").json
    bolt = wire.create("/customers", name="Bolt")["id"]

    assert wire.change(f"/customers/{acme}", shown)["taxes"] == shown["taxes"]
    assert wire.change(f"/customers/{acme}", taxes=["gst"])["taxes"] == shown["taxes"]
    assert wire.change(f"/customers/{bolt}", taxes=["gst"]).refusal == (400, "taxes.0")
    assert wire.create("/customers", name="Cask", taxes=["gst"]).refusal == (400, "taxes.0")


def test_a_rate_that_is_sent_back_is_not_the_one_that_has_its_id_now(
    wire: Wire, acme: int, gst: TaxRate
) -> None:
    wire.change(f"/customers/{acme}", taxes=["gst"])
    long_ago = gst.created_at - timedelta(days=400)
    TaxRate.objects.update(archived_at=timezone.now(), created_at=long_ago)
    shown = wire.read(f"/customers/{acme}").json
    new = TaxRate.objects.create(code="gst", name="GST", value=9, created_at=timezone.now())

    assert wire.change(f"/customers/{acme}", shown)["taxes"] == shown["taxes"]
    wrapped = [{"id": 1, "object": "tax", "amount": 0, "tax_rate": rate} for rate in shown["taxes"]]
    assert wire.change(f"/customers/{acme}", taxes=wrapped)["taxes"] == shown["taxes"]
    moved = wire.change(f"/customers/{acme}", taxes=["gst"])["taxes"]
    assert [rate["value"] for rate in moved] == [new.value]


def test_autopay_that_is_on_is_sent_back_without_a_gateway(wire: Wire, acme: int, settings: Any) -> None:
    wire.change(f"/customers/{acme}", autopay=True)
    settings.DELIVERY_MODE = "live"
    shown = wire.read(f"/customers/{acme}").json

    assert wire.change(f"/customers/{acme}", {**shown, "phone": "5"})["autopay"] is True
    wire.change(f"/customers/{acme}", autopay=False)
    assert wire.change(f"/customers/{acme}", autopay=True).refusal == (400, "autopay")


def test_a_currency_that_was_given_up_is_kept_but_not_chosen(wire: Wire, acme: int) -> None:
    for code in ("dem", "vef", "xxx", "xts", "xau", "xdr"):
        assert wire.create("/customers", name="Bolt", currency=code).refusal == (400, "currency"), code
        assert wire.change(f"/customers/{acme}", currency=code).refusal == (400, "currency"), code
    # From an import of old documents.
    Customer.objects.update(currency="dem")
    shown = wire.read(f"/customers/{acme}").json

    assert wire.change(f"/customers/{acme}", {**shown, "phone": "5"})["currency"] == "dem"
    assert [row["id"] for row in wire.read("/customers", **{"filter[currency]": "DEM"}).json] == [acme]
