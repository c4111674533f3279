"""POST /customers/:id/text_messages, word for word."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Contact, Event
from customers.models.idempotency import IdempotencyKey
from notifications.models import Message, TextDay
from statements.models import IssuedStatement
from tests.customers.api.conftest import Answer, Wire

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]

TEXT = "{{company_name}}: {{customer_name}} {{customer_number}} owes {{balance}} {{url}} {{contact_name}}"
KEYS = {"id", "object", "state", "to", "message", "created_at", "updated_at"}


@pytest.fixture
def ann(acme: int) -> Contact:
    return agreed(acme, "Ann", "(617) 555-0123")


def agreed(customer: int, name: str, phone: str, **words: Any) -> Contact:
    words = {"sms_enabled": True, "country": "US", **words}
    return Contact.objects.create(customer_id=customer, name=name, phone=phone, **words)


def text(wire: Wire, customer: int, body: Any = None, **fields: Any) -> Answer:
    return wire.create(f"/customers/{customer}/text_messages", body, **fields)


def test_a_text_goes_to_the_contacts_who_agreed(wire: Wire, acme: int, ann: Contact) -> None:
    agreed(acme, "Ben", "617 555 0124", sms_enabled=False)

    [sent] = text(wire, acme, message=TEXT).json

    issued = IssuedStatement.objects.get()
    assert sent.keys() >= KEYS
    assert (sent["object"], sent["state"], sent["to"]) == ("text_message", "sent", "+16175550123")
    assert sent["message"] == (
        f"My company: Acme CUST-0001 owes $0.00 http://127.0.0.1:8000/statements/{issued.token} Ann"
    )
    assert len(sent["id"]) == 32
    assert sent["failure_reason"] is None
    assert Event.objects.get(type="text_message.sent").data["object"]["id"] == sent["id"]


def test_the_documented_request_works_as_printed(wire: Wire, acme: int) -> None:
    agreed(acme, "Bob Smith", "11234567890")
    body = {
        "to": [{"name": "Bob Smith", "phone": "11234567890"}],
        "message": "{{company_name}}: You have a new account statement {{url}}",
    }

    [sent] = text(wire, acme, body).json

    assert sent["to"] == "+11234567890"
    assert sent["contact_name"] == "Bob Smith"


def test_forms_name_recipients_in_brackets(wire: Wire, acme: int, ann: Contact) -> None:
    form = "message=Hello&to%5B0%5D%5Bphone%5D=6175550123&type=open_item&items=past_due"

    answer = Answer(wire.post(f"/customers/{acme}/text_messages", form, "application/x-www-form-urlencoded"))

    assert [sent["to"] for sent in answer.json] == ["+16175550123"]
    assert IssuedStatement.objects.get().items == "past_due"


@pytest.mark.parametrize("phone", ["6175550123", "+1 617-555-0123", "1 (617) 555 0123", 16175550123])
def test_a_number_is_a_contacts_whatever_its_punctuation(
    wire: Wire,
    acme: int,
    ann: Contact,
    phone: Any,
) -> None:
    [sent] = text(wire, acme, message="Hello", to=[{"phone": phone}]).json

    assert (sent["to"], sent["contact_name"]) == ("+16175550123", "Ann")


def test_the_same_digits_are_the_contacts_own_number_abroad(wire: Wire, acme: int) -> None:
    agreed(acme, "Eva", "0151 12345678", country="DE")

    [sent] = text(wire, acme, message="Hallo", to=[{"phone": "015112345678"}]).json

    assert sent["to"] == "+4915112345678"


def test_who_never_agreed_is_left_out(wire: Wire, acme: int, ann: Contact) -> None:
    both = [{"phone": "6175550199"}, {"phone": "6175550123"}]

    assert [sent["to"] for sent in text(wire, acme, message="Hello", to=both).json] == ["+16175550123"]


def test_the_restriction_is_a_setting(wire: Wire, acme: int, settings: Any) -> None:
    settings.SMS_REQUIRE_ENABLED_CONTACT = False

    [sent] = text(wire, acme, message="Hello", to=[{"phone": "6175550199"}]).json

    assert (sent["to"], sent["contact_name"]) == ("+16175550199", "Acme")


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "message"),
        ({"message": ""}, "message"),
        ({"message": None}, "message"),
        ({"message": "{{#open}}"}, "message"),
        ({"message": "{{>partial}}"}, "message"),
        ({"message": "{{nobody}}"}, "message"),
        ({"message": "x" * 1601}, "message"),
        ({"message": {"text": "x"}}, "message"),
        ({"message": "x", "to": [{"phone": "6175550199"}]}, "to"),
        ({"message": "x", "to": [{"phone": "call me"}]}, "to.0.phone"),
        ({"message": "x", "to": [{"name": "Ann"}]}, "to.0.phone"),
        ({"message": "x", "to": [{"phone": "+49 30 901820"}]}, "to.0.phone"),
        ({"message": "x", "to": [{"phone": "1\n2"}]}, "to.0.phone"),
        ({"message": "x", "to": [{"phone": "6175550123"}] * 51}, "to"),
        ({"message": "x", "type": "other"}, "type"),
        ({"message": "x", "type": "open_item", "items": "closed"}, "items"),
        ({"message": "x", "start": 1785560399, "end": 1782882000}, "start"),
        ({"message": "x", "end": "yesterday"}, "end"),
        ({"message": "x", "currency": "zzz"}, "currency"),
    ],
)
def test_bad_words_are_refused_and_nothing_is_created(
    wire: Wire,
    acme: int,
    ann: Contact,
    body: Any,
    param: str,
) -> None:
    assert text(wire, acme, body).refusal == (400, param)
    assert not Message.objects.exists()
    assert not IssuedStatement.objects.exists()


def test_nobody_who_agreed_is_a_refusal(wire: Wire, acme: int) -> None:
    assert text(wire, acme, message="Hello").refusal == (400, "to")


def test_in_live_mode_without_a_vendor_nothing_is_created(
    wire: Wire,
    acme: int,
    ann: Contact,
    settings: Any,
) -> None:
    settings.DELIVERY_MODE = "live"

    answer = text(wire, acme, message="Hello")

    assert answer.refusal == (400, None)
    assert "not connected" in answer.json["message"]
    assert not Message.objects.exists()


def test_one_number_gets_one_text_a_day(wire: Wire, acme: int, ann: Contact) -> None:
    text(wire, acme, message="Hello")

    assert text(wire, acme, message="Hello again").refusal == (400, "to")
    assert Message.objects.count() == 1
    TextDay.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert text(wire, acme, message="Hello again").status == 201


def test_a_text_that_never_arrived_leaves_its_number_free(
    wire: Wire,
    acme: int,
    ann: Contact,
) -> None:
    text(wire, acme, message="Hello")

    Message.objects.update(state="failed")
    assert text(wire, acme, message="Again").status == 201
    Message.objects.filter(state="sent").update(state="unknown", sending_since=timezone.now())
    assert text(wire, acme, message="Once more").refusal == (400, "to")


def test_the_daily_text_is_a_setting(wire: Wire, acme: int, ann: Contact, settings: Any) -> None:
    settings.SMS_ONCE_PER_DAY = False

    assert [text(wire, acme, message="Hello").status for _ in range(2)] == [201, 201]


def test_the_sandbox_sends_at_night_and_notes_why_it_would_not(
    wire: Wire,
    acme: int,
    ann: Contact,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    night = datetime.fromisoformat("2026-08-03T04:30:00+00:00")  # 23:30 in Chicago, 0:30 in Boston
    monkeypatch.setattr("django.utils.timezone.now", lambda: night)

    [sent] = text(wire, acme, message="Hello").json

    row = Message.objects.get(public_id=sent["id"])
    assert sent["state"] == "sent"
    assert row.request is not None
    assert row.request["remark"] == "It is 23:30 in America/Chicago; texts go from 08:00 to 20:59 only."


def test_a_repeated_request_answers_the_same_and_sends_once(
    wire: Wire,
    acme: int,
    ann: Contact,
) -> None:
    path, body = f"/customers/{acme}/text_messages", {"message": "Hello"}

    first = wire.send("POST", path, body, HTTP_IDEMPOTENCY_KEY="text-july")
    second = wire.send("POST", path, body, HTTP_IDEMPOTENCY_KEY="text-july")

    assert (first.status, first.text) == (201, second.text)
    assert Message.objects.count() == 1


def test_a_request_that_died_half_way_is_reported_and_not_sent_again(
    wire: Wire,
    acme: int,
    ann: Contact,
) -> None:
    path, body = f"/customers/{acme}/text_messages", {"message": "Hello"}
    [sent] = wire.send("POST", path, body, HTTP_IDEMPOTENCY_KEY="text-july").json
    IdempotencyKey.objects.update(
        state=IdempotencyKey.State.RUNNING, status=None, body=b"", lease_until=timezone.now() - timedelta(1)
    )

    [again] = wire.send("POST", path, body, HTTP_IDEMPOTENCY_KEY="text-july").json

    assert again["id"] == sent["id"]
    assert Message.objects.count() == 1


def test_reading_keys_and_strangers_send_nothing(
    wire_as: Any,
    wire: Wire,
    acme: int,
    ann: Contact,
) -> None:
    assert text(wire_as("read_only"), acme, message="Hello").refusal == (403, None)
    assert text(wire_as("account_manager"), acme, message="Hello").refusal == (404, None)
    assert text(wire, 999_999, message="Hello").refusal == (404, None)
    assert not Message.objects.exists()
