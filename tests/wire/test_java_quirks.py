"""What the Java client sends, byte by byte, and what it must get back (Invoiced API, client quirks).

Written down from runs of the real library against a recording server.
"""

import pytest

from customers.models import CreditNote
from tests.wire.calls import JSON, Caller

LINE = [{"name": "Paper", "quantity": 1, "unit_cost": 100}]


@pytest.fixture
def java(caller: Caller) -> Caller:
    return caller.like(user_agent="unirest-java/1.3.11", accept=JSON)


def test_saving_sends_the_whole_object_back(java: Caller, acme: int) -> None:
    java.change(f"/customers/{acme}", credit_limit=1500.75, taxable=True, metadata={"region": "north"})
    shown = java.read(f"/customers/{acme}").json
    # Values that are null or empty are left out; amounts are whole numbers there.
    sent = {name: value for name, value in shown.items() if value not in (None, [], {}, "")}
    sent |= {"name": "Acme Ltd", "credit_limit": 1500, "updated_at": 1, "status": "x"}

    saved = java.change(f"/customers/{acme}", sent)

    assert saved.status == 200
    differences = {name for name, value in saved.json.items() if value != shown[name]}
    assert differences - {"updated_at"} == {"name", "credit_limit"}
    assert saved["metadata"] == {"region": "north"}


def test_no_bytes_at_all_are_no_parameters(java: Caller, acme: int) -> None:
    invoice = java.bill(acme)["id"]

    refused = java.send("POST", f"/invoices/{invoice}/pay", b"", kind=JSON)

    assert refused.refusal == (400, None)
    assert java.send("POST", f"/invoices/{invoice}/void", b"{ }", kind=JSON)["voided"] is True


def test_a_payment_is_voided_by_a_delete_that_answers_it(java: Caller, acme: int) -> None:
    payment = java.create("/payments", customer=acme, amount=10)["id"]

    voided = java.send("DELETE", f"/payments/{payment}", kind=JSON)

    assert (voided.status, voided["id"], voided["voided"]) == (200, payment, True)


def test_document_types_are_left_out(caller: Caller, java: Caller, acme: int) -> None:
    caller.create("/credit_balance_adjustments", customer=acme, amount=100)
    note = caller.create("/credit_notes", customer=acme, items=LINE)["id"]
    invoice = caller.bill(acme, 300)["id"]
    applied = {
        "type": "credit_note", "credit_note": note, "document_type": "invoice", "invoice": invoice,
        "amount": 50,
    }  # fmt: skip
    payment = caller.create("/payments", customer=acme, amount=0, applied_to=[applied])["id"]

    (for_all,) = caller.read(f"/payments/{payment}?include=applied_to")["applied_to"]
    (for_java,) = java.read(f"/payments/{payment}?include=applied_to")["applied_to"]

    assert for_all["document_type"] == "invoice"
    assert for_java == {name: value for name, value in for_all.items() if name != "document_type"}
    assert CreditNote.objects.get(pk=note).balance == 5000


def test_notes_name_the_customer_and_plans_are_posted(java: Caller, acme: int) -> None:
    assert java.create("/notes", notes="Called", customer=acme)["customer"] == acme
    invoice = java.bill(acme)["id"]
    parts = [{"date": 1900000000, "amount": 60}, {"date": 1910000000, "amount": 40}]

    plan = java.send("POST", f"/invoices/{invoice}/payment_plan", {"installments": parts})

    assert (plan.status, plan["status"]) == (200, "active")
