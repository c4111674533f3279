"""Reading what was sent: lists of a customer, single messages, their present state."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Contact, Customer, Role, User
from customers.wire import describe
from notifications.models import Message
from notifications.tracking import record_open
from tests.customers.api.conftest import Wire, bill

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]

HOME = {"address1": "1 Main St", "city": "Boston", "state": "MA", "postal_code": "02110"}
EMAIL = {
    "id", "object", "state", "reject_reason", "email", "template", "subject", "message", "opens",
    "opens_detail", "created_at", "updated_at", "customer", "related_to", "sent_at", "delivered_at",
    "bounced_at",
}  # fmt: skip
TEXT = {
    "id", "object", "state", "to", "contact_name", "message", "created_at", "updated_at", "customer",
    "related_to", "sent_at", "delivered_at", "failure_reason",
}  # fmt: skip
LETTER = {
    "id", "object", "state", "to", "num_pages", "expected_delivery_date", "created_at", "updated_at",
    "customer", "related_to", "sent_at", "delivered_at", "failure_reason",
}  # fmt: skip

Mails = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def _each_mail_counts(settings: Any) -> None:
    """These tests send the same mail many times, as nobody does."""
    settings.EMAIL_DEBOUNCE_SECONDS = 0


@pytest.fixture
def housed(wire: Wire) -> int:
    pk: int = wire.create("/customers", name="Acme", email="ap@acme.example", **HOME)["id"]
    Contact.objects.create(customer_id=pk, name="Ann", phone="6175550123", sms_enabled=True, primary=False)
    return pk


def mail(wire: Wire, customer: int, **words: Any) -> str:
    [sent] = wire.create(f"/customers/{customer}/emails", words).json
    pk: str = sent["id"]
    return pk


def touch(public_id: str, **changes: Any) -> None:
    Message.objects.filter(public_id=public_id).update(**changes)


@pytest.mark.parametrize(
    ("kind", "keys", "body"),
    [("emails", EMAIL, {}), ("text_messages", TEXT, {"message": "Hello"}), ("letters", LETTER, {})],
)
def test_what_was_sent_is_read_with_the_keys_of_the_answer(
    wire: Wire, housed: int, kind: str, keys: set[str], body: dict[str, Any]
) -> None:
    answer = wire.create(f"/customers/{housed}/{kind}", body).json
    sent = answer[0] if isinstance(answer, list) else answer

    [listed] = wire.read(f"/customers/{housed}/{kind}").json
    single = wire.read(f"/{kind}/{sent['id'].upper()}").json

    # A letter is told to be queued, whatever became of it within the request.
    if kind == "letters":
        sent |= {"state": "sent", "sent_at": single["sent_at"]}
    assert listed == single == sent
    assert single.keys() == keys
    assert (single["customer"], single["related_to"]) == (housed, None)
    assert single["sent_at"] is not None


def test_a_text_is_read_by_its_id(wire: Wire, housed: int) -> None:
    [sent] = wire.create(f"/customers/{housed}/text_messages", message="Hello").json

    read = wire.read(f"/text_messages/{sent['id']}")

    assert (read["object"], read["message"], read["contact_name"]) == ("text_message", "Hello", "Ann")


def test_a_letter_is_read_by_its_id(wire: Wire, housed: int) -> None:
    sent = wire.create(f"/customers/{housed}/letters", {})

    read = wire.read(f"/letters/{sent['id']}")

    assert (read["object"], read["to"]) == ("letter", "Acme\n1 Main St\nBoston, MA 02110")


def test_lists_are_arrays_for_every_client(wire: Wire, housed: int) -> None:
    wire.create(f"/customers/{housed}/letters", {})

    answer = wire.get(f"/customers/{housed}/letters", HTTP_USER_AGENT="Invoiced Python/3.0.0")

    assert [letter["object"] for letter in answer.json()] == ["letter"]


def test_the_newest_comes_first_and_of_one_moment_the_later_stored(wire: Wire, housed: int) -> None:
    first, second, third = (mail(wire, housed) for _ in range(3))
    Message.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    touch(first, created_at=timezone.now())

    answer = wire.read(f"/customers/{housed}/emails")

    assert [row["id"] for row in answer.json] == [first, third, second]
    assert answer.headers["X-Total-Count"] == "3"
    assert 'rel="self"' in answer.headers["Link"]
    assert [row["id"] for row in wire.read(f"/customers/{housed}/emails", per_page=1, page=2).json] == [third]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("created_at asc", [0, 1, 2]),
        ("opens desc", [2, 0, 1]),
        ("sent_at desc", [1, 2, 0]),
        ("state asc,created_at desc", [2, 1, 0]),
        ("updated_at ASC", [1, 0, 2]),
    ],
)
def test_lists_are_sorted_on_request(wire: Wire, housed: int, sort: str, order: list[int]) -> None:
    now = timezone.now()
    ids = [mail(wire, housed) for _ in range(3)]
    touch(ids[0], created_at=now - timedelta(9), opens=1, sent_at=now - timedelta(9), updated_at=now)
    touch(ids[1], created_at=now - timedelta(8), opens=0, sent_at=now, updated_at=now - timedelta(1))
    touch(
        ids[2], created_at=now - timedelta(7), opens=5, sent_at=now - timedelta(5), state="failed",
        updated_at=now + timedelta(1),
    )  # fmt: skip

    listed = [row["id"] for row in wire.read(f"/customers/{housed}/emails", sort=sort).json]

    assert listed == [ids[index] for index in order]


@pytest.mark.parametrize("kind", ["emails", "text_messages", "letters"])
@pytest.mark.parametrize("name", ["created_at", "updated_at", "sent_at", "state", "opens"])
def test_every_kind_of_list_has_the_documented_sorts(wire: Wire, housed: int, kind: str, name: str) -> None:
    assert wire.read(f"/customers/{housed}/{kind}", sort=f"{name} desc").status == 200


def test_lists_are_filtered(wire: Wire, housed: int) -> None:
    path = f"/customers/{housed}/emails"
    ann = mail(wire, housed, to=[{"email": "Ann@Example.test"}])
    own = mail(wire, housed)
    touch(own, state="bounced", reason="timed_out", opens=2)

    def found(**query: Any) -> list[str]:
        return [row["id"] for row in wire.read(path, **query).json]

    assert found(**{"filter[email]": "ANN@example.TEST"}) == [ann]
    assert found(**{"filter[state]": "soft-bounced"}) == [own]
    assert found(**{"filter[state]": "sent"}) == [ann]
    assert found(**{"filter[template]": "statement_email"}) == [own, ann]
    assert found(**{"filter[opens]": "2"}) == [own]
    assert found(**{"filter[template]": "made_up"}) == []
    touch(ann, created_at=datetime.fromisoformat("2026-01-05T12:00:00+00:00"))
    assert found(**{"filter[created_at]": "1767614400"}) == [ann]
    assert found(start_date=1767614400, end_date=1767614400) == [ann]
    assert found(start_date=1767614401) == [own]
    assert found(updated_after=4000000000) == []
    assert found(updated_after=0) == [own, ann]


def test_texts_are_found_by_their_number(wire: Wire, housed: int) -> None:
    wire.create(f"/customers/{housed}/text_messages", message="Hello")

    for number in ("+16175550123", "16175550123"):
        assert len(wire.read(f"/customers/{housed}/text_messages", **{"filter[to]": number}).json) == 1
    assert wire.read(f"/customers/{housed}/text_messages", **{"filter[to]": "+16175550124"}).json == []


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ({"filter[state]": "delivered"}, "filter"),
        ({"filter[message]": "x"}, "filter"),
        ({"filter[email][]": "x"}, "filter"),
        ({"sort": "email asc"}, "sort"),
        ({"sort": "state sideways"}, "sort"),
        ({"metadata[a]": "b"}, "metadata"),
        ({"related_to": "letter,15"}, "related_to"),
        ({"related_to": "invoice"}, "related_to"),
        ({"related_to": "invoice,x"}, "related_to"),
        ({"related_to": "invoice,99999999999999999999"}, "related_to"),
    ],
)
def test_words_that_no_list_knows_are_refused(wire: Wire, housed: int, query: Any, param: str) -> None:
    assert wire.read(f"/customers/{housed}/emails", **query).refusal == (400, param)


def test_what_was_sent_about_one_document_is_found(wire: Wire, housed: int) -> None:
    invoice = bill(wire, housed)["id"]
    [about] = wire.create(f"/invoices/{invoice}/emails", {}).json
    mail(wire, housed)

    path = f"/customers/{housed}/emails"
    assert [row["id"] for row in wire.read(path, related_to=f"invoice,{invoice}").json] == [about["id"]]
    assert wire.read(path, related_to=f"credit_note,{invoice}").json == []
    assert len(wire.read(path, related_to="").json) == 2


def test_opens_are_told_without_a_query_for_each(
    wire: Wire, housed: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(4):
        row = Message.objects.get(public_id=mail(wire, housed))
        for minute in range(7):
            moment = timezone.now() + timedelta(minutes=2 * minute)
            record_open(tracking_id=row.tracking_id, ip="203.0.113.9", user_agent="Mail 1", now=moment)

    with django_assert_max_num_queries(8):
        listed = wire.read(f"/customers/{housed}/emails").json

    assert [(row["opens"], len(row["opens_detail"])) for row in listed] == [(7, 5)] * 4
    times = [entry["timestamp"] for entry in listed[0]["opens_detail"]]
    assert times == sorted(times, reverse=True)
    assert listed[0]["opens_detail"][0].keys() == {"timestamp", "ip", "user_agent"}
    assert listed[0] == wire.read(f"/emails/{listed[0]['id']}").json
    assert (
        listed[0]["opens_detail"] == describe(Message.objects.get(public_id=listed[0]["id"]))["opens_detail"]
    )


def test_ids_open_in_any_letter_case_and_others_are_not_found(wire: Wire, housed: int) -> None:
    pk = mail(wire, housed)

    assert wire.read(f"/emails/{pk.upper()}")["id"] == pk
    for path in (
        "/emails/15",
        "/emails/x",
        f"/emails/{'0' * 32}",
        f"/emails/{pk}0",
        f"/letters/{pk}",
        "/emails",
    ):
        assert wire.read(path).refusal == (404, None), path


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE", "OPTIONS"])
def test_single_messages_are_only_read(wire: Wire, housed: int, method: str) -> None:
    answer = wire.send(method, f"/emails/{mail(wire, housed)}")

    assert answer.refusal == (405, None)
    assert answer.headers["Allow"] == "GET, HEAD"


def test_lists_can_expand_and_exclude(wire: Wire, housed: int) -> None:
    mail(wire, housed)

    [row] = wire.read(f"/customers/{housed}/emails", expand="customer", exclude="message,subject").json

    assert row["customer"]["name"] == "Acme"
    assert not {"message", "subject"} & row.keys()


def test_after_the_customer_is_gone_the_message_stays(wire: Wire, housed: int) -> None:
    pk = mail(wire, housed)
    assert wire.remove(f"/customers/{housed}").status == 204

    assert wire.read(f"/customers/{housed}/emails").refusal == (404, None)
    assert wire.read(f"/emails/{pk}")["customer"] is None


def test_a_managers_key_reads_what_its_own_customers_got(wire: Wire, wire_as: Any, housed: int) -> None:
    max_ = User.objects.create(username="max", role=Role.ACCOUNT_MANAGER)
    own = wire.create("/customers", name="Own", email="own@example.test", owner=max_.pk)["id"]
    theirs, other = mail(wire, own), mail(wire, housed)
    managed = wire_as(Role.ACCOUNT_MANAGER, max_)

    assert [row["id"] for row in managed.read(f"/customers/{own}/emails").json] == [theirs]
    assert managed.read(f"/emails/{theirs}").status == 200
    assert managed.read(f"/emails/{other}").refusal == (404, None)
    assert managed.read(f"/customers/{housed}/emails").refusal == (404, None)
    Customer.objects.filter(pk=own).update(owner=None)
    assert managed.read(f"/emails/{theirs}").refusal == (404, None)


def test_reading_keys_read(wire: Wire, wire_as: Any, housed: int) -> None:
    pk = mail(wire, housed)

    assert wire_as(Role.READ_ONLY).read(f"/emails/{pk}").status == 200


@pytest.mark.parametrize("sort", ["state asc", "state desc", "state asc,created_at desc", "sent_at desc", ""])
def test_pages_are_walked_in_every_order(wire: Wire, housed: int, sort: str) -> None:
    ids = [mail(wire, housed) for _ in range(5)]
    touch(ids[1], state="failed")
    touch(ids[3], state="queued", sent_at=None, vendor="", due_at=timezone.now() + timedelta(9))
    whole = [row["id"] for row in wire.read(f"/customers/{housed}/emails", sort=sort).json]

    pages = [wire.read(f"/customers/{housed}/emails", sort=sort, per_page=2, page=page) for page in (1, 2, 3)]

    assert [row["id"] for page in pages for row in page.json] == whole
    assert sorted(whole) == sorted(ids)
