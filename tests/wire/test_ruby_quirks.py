"""What the Ruby client sends, byte by byte, and what it must get back (Invoiced API, client quirks).

It writes brackets of queries as they are, blanks as `+`, nil as nothing, and an empty body as `{}`. Of its
answers it looks at the status, at both headers of lists, and at an `id` in whatever stands in an array.
"""

import pytest

from tests.wire.calls import JSON, Answer, Caller
from tests.wire.links import python_links

ADDRESS = {"address1": "1 Main St", "city": "Austin", "state": "TX", "postal_code": "78735"}


@pytest.fixture
def ruby(caller: Caller) -> Caller:
    return caller.like(user_agent="Invoiced Ruby/3.0.0", accept="*/*")


def ids(answer: Answer) -> list[int]:
    """A list as it reads one: without both headers it fails."""
    assert answer.header("X-Total-Count") == str(len(answer.json))
    assert {"self", "first", "last"} <= python_links(answer.header("Link")).keys()
    return [row["id"] for row in answer.json]


def test_brackets_of_queries_are_raw_and_blanks_are_plus_signs(ruby: Caller, acme: int) -> None:
    branch = ruby.create(
        "/customers", name="Blue Anchor & Söhne", parent_customer=acme, metadata={"account rep": "Jan"}
    )["id"]

    assert ids(ruby.read("/customers?filter[name]=Blue+Anchor+%26+S%C3%B6hne")) == [branch]
    assert ids(ruby.read("/customers?metadata[account+rep]=Jan&sort=name+asc%2Cid+desc")) == [branch]
    assert ids(ruby.read(f"/customers?filter[parent_customer]={acme}&filter[chase]=true")) == [branch]
    # nil has no value.
    assert ids(ruby.read("/customers?filter[parent_customer]=")) == [acme]
    assert ids(ruby.read("/customers?filter[credit_hold]=true&payment_source=false")) == []
    listed = ruby.read(f"/customers?expand[]=parent_customer&expand[]=owner&filter[id]={branch}")
    assert listed[0]["parent_customer"]["id"] == acme


def test_what_is_created_is_saved_with_what_has_changed_and_deleted(ruby: Caller) -> None:
    made = ruby.create("/customers", name="Acme", payment_terms="NET 30")
    path = f"/customers/{made['id']}"

    saved = ruby.change(path, payment_terms="NET 14", notes=None)
    untouched = ruby.send("PATCH", path, b"{}", kind=JSON)
    gone = ruby.send("DELETE", path, kind=JSON)

    assert (made.status, saved.status, saved["payment_terms"], saved["notes"]) == (201, 200, "NET 14", None)
    assert (untouched.status, untouched["name"]) == (200, "Acme")
    assert (gone.status, gone.body) == (204, b"")


def test_pages_are_counted_by_links_with_brackets(ruby: Caller) -> None:
    for number in range(3):
        ruby.create("/customers", name=f"Acme {number}", metadata={"region": "north"})

    first = ruby.read("/customers?metadata[region]=north&per_page=2&page=1&sort=name+asc")
    last = ruby.read("/customers?metadata[region]=north&per_page=2&page=2&sort=name+asc")

    assert first.header("X-Total-Count") == last.header("X-Total-Count") == "3"
    assert "next" in python_links(first.header("Link"))
    assert "next" not in python_links(last.header("Link"))
    assert [row["name"] for row in [*first.json, *last.json]] == ["Acme 0", "Acme 1", "Acme 2"]


def test_the_same_key_answers_the_same_again(ruby: Caller) -> None:
    key = {"Idempotency-Key": "order-4711"}

    first = ruby.send("POST", "/customers", {"name": "Acme"}, headers=key)
    again = ruby.send("POST", "/customers", {"name": "Acme"}, headers=key)

    assert (first.status, again.status, first.body) == (201, 201, again.body)
    assert again.header("Idempotent-Replayed") == "true"


def test_whatever_is_sent_is_answered_in_an_array(ruby: Caller, acme: int) -> None:
    ruby.change(f"/customers/{acme}", ADDRESS)
    ruby.create(f"/customers/{acme}/contacts", name="Jan", phone="+15125550123", sms_enabled=True)
    invoice = ruby.bill(acme)["id"]

    for path, body in (
        (f"/customers/{acme}/emails", b"{}"),
        (f"/customers/{acme}/text_messages", b'{"message":"{{company_name}}"}'),
        (f"/customers/{acme}/letters", b"{}"),
        (f"/invoices/{invoice}/letters", b"{}"),
    ):
        answer = ruby.send("POST", path, body, kind=JSON)

        assert (answer.status, len(answer.json)) == (201, 1), path
        assert len(answer[0]["id"]) == 32


def test_paths_that_it_builds_below_the_customer(ruby: Caller, acme: int) -> None:
    note = ruby.create(f"/customers/{acme}/notes", notes="Called")
    step = {"name": "Reminder", "action": "email", "schedule": "age:30"}
    cadence = ruby.create("/customer_chasing_cadences", name="Polite", time_of_day=8, steps=[step])

    assert (note.status, note["customer"]) == (201, acme)
    assert ids(ruby.read(f"/customers/{acme}/notes")) == [note["id"]]
    assert ids(ruby.read("/customer_chasing_cadences")) == [cadence["id"]]


def test_success_is_exactly_200_where_it_asks_for_that(ruby: Caller, acme: int) -> None:
    invoice = ruby.bill(acme)["id"]
    plan = f"/invoices/{invoice}/payment_plan"
    parts = [{"date": 1900000000, "amount": 60}, {"date": 1910000000, "amount": 40}]

    made = ruby.send("PUT", plan, {"installments": parts}, headers={"Idempotency-Key": "plan-4711"})
    read = ruby.read(plan)
    canceled = ruby.send("DELETE", plan, kind=JSON)
    voided = ruby.send("POST", f"/invoices/{invoice}/void", b"{}", kind=JSON)
    ruby.create(f"/customers/{acme}/line_items", name="Storage", unit_cost=5)
    billed = ruby.send("POST", f"/customers/{acme}/invoices", b"{}", kind=JSON)
    joined = ruby.send("POST", f"/customers/{acme}/consolidate_invoices", b"{}", kind=JSON)

    assert (made.status, read.status, read["id"], canceled.status) == (200, 200, made["id"], 204)
    assert (voided.status, voided["status"]) == (200, "voided")
    assert (billed.status, joined.status, joined["total"]) == (201, 200, 5)


def test_refusals_have_a_message(ruby: Caller, acme: int) -> None:
    assert ruby.send("POST", "/customers", b"{}", kind=JSON).refusal == (400, "name")
    assert ruby.read("/customers/999999").refusal == (404, None)
    assert ruby.read("/customers?filter[colour]=red").refusal == (400, "filter")
    assert ruby.send("GET", "/customers", key="wrong").refusal == (401, None)
