"""The same objects under the paths that some clients build, and lists that are there for them alone."""

from tests.customers.api.conftest import Wire, bill


def life_of_a_note(wire: Wire, notes: str) -> None:
    made = wire.create(notes, notes="Pays on Fridays.")
    assert (made.status, made["object"]) == (201, "note")
    path = f"{notes}/{made['id']}"

    assert wire.read(path).json == made.json
    assert [row["id"] for row in wire.read(notes).json] == [made["id"]]
    assert wire.change(path, notes="Pays on Mondays.")["notes"] == "Pays on Mondays."
    assert wire.remove(path).status == 204
    assert wire.read(path).status == 404


def test_notes_live_below_their_customer(wire: Wire, acme: int) -> None:
    life_of_a_note(wire, f"/customers/{acme}/notes")


def test_notes_live_below_a_customer_in_the_singular(wire: Wire, acme: int) -> None:
    life_of_a_note(wire, f"/customer/{acme}/notes")


def test_notes_live_below_their_invoice(wire: Wire, acme: int) -> None:
    life_of_a_note(wire, f"/invoices/{bill(wire, acme)['id']}/notes")


def test_notes_live_below_an_invoice_in_the_singular(wire: Wire, acme: int) -> None:
    life_of_a_note(wire, f"/invoice/{bill(wire, acme)['id']}/notes")


def test_a_note_of_somebody_else_is_not_found(wire: Wire, acme: int) -> None:
    other = wire.create("/customers", name="Other")["id"]
    note = wire.create(f"/customers/{other}/notes", notes="Theirs")["id"]

    for path in (f"/customers/{acme}/notes/{note}", f"/customer/{acme}/notes/{note}"):
        assert wire.read(path).status == 404
        assert wire.remove(path).status == 404


def test_a_cadence_is_read_under_the_longer_name(wire: Wire) -> None:
    step = {"name": "Reminder", "action": "email", "schedule": "age:30"}
    made = wire.create("/chasing_cadences", name="Polite", time_of_day=8, frequency="daily", steps=[step])

    assert wire.read(f"/customer_chasing_cadences/{made['id']}").json == made.json


def test_a_payment_plan_may_be_posted_as_well_as_put(wire: Wire, acme: int) -> None:
    path = f"/invoices/{bill(wire, acme, '100')['id']}/payment_plan"

    plan = wire.create(path, installments=[{"date": 1900000000, "amount": 100}])

    assert (plan.status, plan["status"]) == (200, "active")
    assert wire.read(path)["installments"][0]["amount"] == 100


def test_what_the_sync_tool_reads_but_nobody_keeps_is_an_empty_list(wire: Wire) -> None:
    for path in ("/estimates", "/plans", "/subscriptions"):
        answer = wire.read(path)

        assert (answer.status, answer.json, answer.headers["X-Total-Count"]) == (200, [], "0")
        assert 'rel="self"' in answer.headers["Link"]
