"""What the Go client sends, byte by byte, and what it must get back (Invoiced API, client quirks).

Written down from runs of the real library against a recording server.
"""

from collections.abc import Callable

import pytest
from django.utils import timezone

from customers.ledger.crediting import adjust_credit
from customers.models import Cadence, Customer, Note
from notifications.models import WebhookDelivery
from tests.wire.calls import JSON, Caller

# One more than a page has by itself.
ROWS = 101


@pytest.fixture
def go(caller: Caller) -> Caller:
    return caller.like(user_agent="Invoiced Go/2.15.0")


def test_calls_without_a_request_send_null_or_nothing(go: Caller, acme: int) -> None:
    go.create(f"/customers/{acme}/line_items", name="Storage", unit_cost=5)
    address = {"address1": "1 Main St", "city": "Austin", "state": "TX", "postal_code": "78735"}
    go.change(f"/customers/{acme}", address)

    invoice = go.send("POST", f"/customers/{acme}/invoices", b"null", kind=JSON)
    consolidated = go.send("POST", f"/customers/{acme}/consolidate_invoices", b"null", kind=JSON)
    letter = go.send("POST", f"/customers/{acme}/letters", b"null", kind=JSON)
    voided = go.send("POST", f"/invoices/{consolidated['id']}/void", b"", kind=JSON)

    assert (invoice.status, invoice["total"]) == (201, 5)
    assert (consolidated.status, consolidated["total"]) == (200, 5)
    assert (letter.status, letter["num_pages"]) == (201, 1)
    assert (voided.status, voided["voided"]) == (200, True)


def test_two_fields_have_names_of_their_own(caller: Caller, go: Caller) -> None:
    acme = go.create("/customers", name="Acme", taxid="893-934835", boolean=False).json

    assert (acme["tax_id"], acme["taxid"]) == ("893-934835", "893-934835")
    assert (acme["chase"], acme["boolean"]) == (False, False)
    both = go.change(f"/customers/{acme['id']}", taxid="wrong", tax_id="right")
    assert both["tax_id"] == "right"
    assert not {"taxid", "boolean"} & caller.read(f"/customers/{acme['id']}").json.keys()


def test_nulls_stand_for_what_was_not_set(go: Caller, acme: int) -> None:
    contact = go.create(f"/customers/{acme}/contacts", name="Jan", primary=None, sms_enabled=None, email=None)
    assert (contact["primary"], contact["sms_enabled"]) == (True, False)
    path = f"/customers/{acme}/contacts/{contact['id']}"
    go.change(path, primary=False, sms_enabled=True)
    changed = go.change(path, title="Controller", primary=None, sms_enabled=None)
    assert (changed["primary"], changed["sms_enabled"]) == (False, True)

    payment = go.create("/payments", amount=10, metadata=None, applied_to=None)
    assert (payment["customer"], payment["metadata"]) == (None, {})


def test_a_note_goes_to_another_address(caller: Caller, go: Caller, acme: int) -> None:
    note = go.create("/roles", notes="Called", customer_id=acme)

    assert (note.status, note["object"], note["customer"]) == (201, "note", acme)
    assert caller.send("POST", "/roles", {"notes": "x", "customer_id": acme}).refusal == (404, None)


def test_items_and_taxes_as_it_writes_them(go: Caller) -> None:
    assert go.create("/items", name="Hours", service="hours", unit_cost=1)["type"] == "hours"
    rate = go.create("/tax_rates", id="gst", name="GST", value=5).json
    whole = {**dict.fromkeys(rate), "id": "gst", "value": 0}

    acme = go.create("/customers", name="Acme", taxes=[whole])

    assert [(tax["id"], tax["value"]) for tax in acme["taxes"]] == [("gst", 5)]


def test_queries_with_empty_pieces_and_digits_for_booleans(go: Caller, acme: int) -> None:
    assert go.read("/customers?&payment_source=1").json == []
    listed = go.read("/customers?filter%5Bchase%5D=1&sort=name+DESC&payment_source=0")
    assert [row["id"] for row in listed.json] == [acme]
    assert go.read(f"/invoices?start_date=0&end_date=0&filter%5Bcustomer%5D={acme}").status == 200


def many_adjustments(caller: Caller) -> None:
    acme = Customer.objects.get(pk=caller.create("/customers", name="Acme")["id"])
    for _ in range(ROWS):
        adjust_credit(customer=acme, amount=1, currency="usd", now=timezone.now())


def many_notes(caller: Caller) -> None:
    acme = caller.create("/customers", name="Acme")["id"]
    Note.objects.bulk_create(Note(customer_id=acme, notes=f"Note {number}") for number in range(ROWS))


def many_cadences(caller: Caller) -> None:
    Cadence.objects.bulk_create(Cadence(name=f"Cadence {number}") for number in range(ROWS))


def many_attempts(caller: Caller) -> None:
    hook = caller.create("/webhooks", url="https://hooks.example.com/duebook", enabled=False)["id"]
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            endpoint_id=hook,
            event_type="webhook.test",
            payload={"id": 0, "type": "webhook.test"},
            state=WebhookDelivery.State.CANCELED,
            due_at=timezone.now(),
        )
        for _ in range(ROWS)
    )


@pytest.mark.parametrize(
    ("path", "fill"),
    [
        ("/credit_balance_adjustments", many_adjustments),
        ("/notes", many_notes),
        ("/chasing_cadences", many_cadences),
        ("/webhook_attempts", many_attempts),
    ],
)
def test_lists_that_it_would_read_for_ever_come_whole(
    caller: Caller, go: Caller, path: str, fill: Callable[[Caller], None]
) -> None:
    fill(caller)

    whole = go.read(path)

    assert 'rel="next"' not in whole.header("Link")
    assert len({row["id"] for row in whole.json}) == int(whole.header("X-Total-Count")) == ROWS
    assert len(caller.read(path).json) == ROWS - 1
    assert 'rel="next"' in caller.read(path).header("Link")
    assert 'rel="next"' in go.read(f"{path}?per_page={ROWS - 1}").header("Link")
