"""Whole stories over the wire, with the books checked at the end of each."""

import time_machine

from customers.models import Company
from tests.customers.api.conftest import Wire, events

NOON = 1767290400
DAY = 86_400


def test_from_a_new_customer_to_a_settled_account(wire: Wire) -> None:
    Company.objects.update_or_create(pk=1, defaults={"time_zone": "America/Chicago"})
    with time_machine.travel(NOON, tick=False):
        customer = wire.create("/customers", name="Acme", payment_terms="NET 30")["id"]
        wire.create(f"/customers/{customer}/contacts", name="Jane", email="jane@acme.example")
        first = wire.create(
            "/invoices", customer=customer, items=[{"name": "Paper", "quantity": 10, "unit_cost": 20}]
        )
        second = wire.create("/invoices", customer=customer, items=[{"name": "Ink", "unit_cost": "49.99"}])
    balance = f"/customers/{customer}/balance"

    with time_machine.travel(NOON + 31 * DAY, tick=False):
        assert str(wire.read(balance)["total_outstanding"]) == "249.99"
        assert wire.read(balance)["past_due"] is True
        assert wire.read(f"/invoices/{first['id']}")["status"] == "past_due"
        paid = wire.create(
            "/payments", amount=300, method="wire_transfer",
            applied_to=[
                {"type": "invoice", "invoice": first["id"], "amount": 200},
                {"type": "invoice", "invoice": second["id"], "amount": "49.99"},
                {"type": "credit", "amount": "50.01"},
            ],
        )  # fmt: skip
        assert (paid["customer"], paid["balance"]) == (customer, 0)
        settled = wire.read(balance).json
        assert (settled["total_outstanding"], settled["past_due"]) == (0, False)
        assert str(settled["available_credits"]) == "50.01"

    with time_machine.travel(NOON + 40 * DAY, tick=False):
        third = wire.create("/invoices", customer=customer, items=[{"name": "Clips", "unit_cost": 60}])
        assert str(third["balance"]) == "9.99"
        assert wire.read(balance)["available_credits"] == 0
        assert wire.read("/customers", open_balance="1").json[0]["id"] == customer
        note = wire.create(
            "/credit_notes", customer=customer, invoice=third["id"],
            items=[{"name": "Bent clips", "unit_cost": "9.99"}],
        )  # fmt: skip
        assert note["status"] == "paid"
        assert wire.read(f"/invoices/{third['id']}")["paid"] is True
        assert wire.remove(f"/customers/{customer}").refusal == (400, None)

    assert str(wire.read(balance, as_of=NOON + 30 * DAY)["total_outstanding"]) == "249.99"
    assert wire.read(balance)["total_outstanding"] == 0
    assert events()[0] == "customer.created"


def test_a_payment_that_was_a_mistake(wire: Wire, acme: int) -> None:
    with time_machine.travel(NOON, tick=False):
        invoice = wire.create("/invoices", customer=acme, items=[{"name": "Paper", "unit_cost": 80}])
    with time_machine.travel(NOON + DAY, tick=False):
        part = [{"type": "invoice", "invoice": invoice["id"], "amount": 80}]
        payment = wire.create("/payments", amount=80, applied_to=part)
    with time_machine.travel(NOON + 2 * DAY, tick=False):
        assert wire.remove(f"/payments/{payment['id']}")["voided"] is True
        assert wire.create(f"/invoices/{invoice['id']}/void")["voided"] is True

    for day in range(3):
        then = wire.read(f"/customers/{acme}/balance", as_of=NOON + day * DAY)
        assert (then["total_outstanding"], then["available_credits"]) == (0, 0)


def test_an_integration_that_follows_updated_at_misses_nothing(wire: Wire) -> None:
    """As the sync tools do: walk by `updated_at`, remember the newest, ask for what came after."""
    with time_machine.travel(NOON, tick=False):
        ids = [wire.create("/customers", name=name)["id"] for name in ("A", "B", "C")]
    with time_machine.travel(NOON + DAY, tick=False):
        wire.change(f"/customers/{ids[1]}", notes="moved")

    walk = wire.read("/customers", sort="updated_at ASC", per_page=2, include="updated_at")
    rest = wire.get(walk.headers["Link"].partition('rel="next"')[0].rpartition("<")[2].partition(">")[0])
    later = wire.read("/customers", updated_after=NOON + 1, sort="updated_at ASC")

    assert [row["id"] for row in walk.json + rest.json()] == [ids[0], ids[2], ids[1]]
    assert [row["id"] for row in later.json] == [ids[1]]
