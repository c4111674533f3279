"""What mail vendors report comes in by their own doors, is kept once and moves the mail."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import new as hmac
from itertools import permutations
from typing import Any

import pytest
from django.test import Client

from customers.models import Event
from notifications import tasks
from notifications.delivering import cancel_messages
from notifications.inbox import simulate, work_off
from notifications.models import BlockedAddress, Message, VendorEvent
from notifications.sending import send_statement
from notifications.wire import describe_message
from statements.statement import Options
from tests.customers.api.conftest import Wire
from tests.notifications.conftest import Debtor
from tests.notifications.mail_vendor import Vendor, mail_vendor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]

DOOR = "/webhooks/mail/postmark/tracking/"
GOOD = "desk:secret"
ADDRESS = "accounts1@example.test"
Mail = Callable[..., Message]


def signed(secret: str) -> str:
    return "Basic " + base64.b64encode(secret.encode()).decode()


@pytest.fixture
def vendor(settings: Any) -> Iterator[Vendor]:
    with mail_vendor() as vendor:
        settings.DELIVERY_MODE = "live"
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        settings.ANYMAIL = vendor.settings()
        yield vendor


@pytest.fixture
def mail(vendor: Vendor, debtor: Debtor, options: Options, now: datetime) -> Mail:
    def send(**words: Any) -> Message:
        [message] = send_statement(customer=debtor(), channel="email", options=options, now=now, **words)
        return message

    return send


def event(message: Message, record: str, **words: Any) -> dict[str, Any]:
    """As Postmark tells it (Postmark, Webhooks)."""
    address = "Email" if record in ("Bounce", "SpamComplaint") else "Recipient"
    at = {"Delivery": "DeliveredAt", "Bounce": "BouncedAt", "SpamComplaint": "BouncedAt"}.get(
        record, "ReceivedAt"
    )
    return {
        "RecordType": record,
        "MessageID": message.vendor_id,
        address: message.recipient,
        at: "2026-08-03T14:00:05Z",
        "Metadata": {"delivery": message.public_id},
        **words,
    }


def report(shown: Any, door: str = DOOR, *, secret: str = GOOD) -> int:
    body = shown if isinstance(shown, str) else json.dumps(shown)
    answer = Client(HTTP_AUTHORIZATION=signed(secret)).post(door, body, content_type="application/json")
    return answer.status_code


def tell(now: datetime, *shown: Any) -> None:
    for each in shown:
        assert report(each) == 200
    work_off(now=datetime.now(UTC) + timedelta(seconds=5))


HARD = {"Type": "HardBounce", "ID": 42, "Description": "The server was unable to deliver your message"}


@pytest.mark.parametrize(
    ("record", "words", "state", "reason", "news", "blocked"),
    [
        ("Delivery", {}, "sent", None, "email.delivered", ""),
        ("Bounce", HARD, "bounced", "bounced", "email.bounced", "bounced"),
        ("Bounce", {"Type": "Transient", "ID": 1}, "deferred", None, "", ""),
        ("Bounce", {"Type": "BadEmailAddress", "ID": 2}, "invalid", "invalid", "email.not_sent", "bounced"),
        ("Bounce", {"Type": "Blocked", "ID": 3}, "rejected", "blocked", "email.not_sent", ""),
        ("SpamComplaint", {"Type": "SpamComplaint", "ID": 4}, "sent", None, "", "complained"),
        ("SubscriptionChange", {"SuppressSending": True, "SuppressionReason": "ManualSuppression"},
         "sent", None, "", "unsubscribed"),
        ("Click", {"OriginalLink": "https://example.test"}, "sent", None, "", ""),
        ("Subscribed again", {}, "sent", None, "", ""),
    ],
)  # fmt: skip
def test_a_report_moves_the_mail_is_news_once_and_blocks_who_is_gone(
    mail: Mail, now: datetime, record: str, words: Any, state: str, reason: str, news: str, blocked: str
) -> None:
    message = mail()
    before = Event.objects.filter(object_type="message").count()

    tell(now, event(message, record, **words), event(message, record, **words))

    message.refresh_from_db()
    shown = describe_message(message)
    assert (shown["state"], shown["reject_reason"]) == (state, reason)
    told = Event.objects.filter(object_type="message").order_by("pk").values_list("type", flat=True)
    assert list(told[before:]) == ([news] if news else [])
    assert list(BlockedAddress.objects.values_list("address", "reason")) == (
        [(message.recipient, blocked)] if blocked else []
    )
    assert VendorEvent.objects.count() == 1


def test_a_mail_that_was_canceled_while_unclear_follows_the_vendor(mail: Mail, now: datetime) -> None:
    message = mail()
    Message.objects.filter(pk=message.pk).update(state="unknown", sent_at=None, vendor="")
    message.refresh_from_db()
    cancel_messages(messages=[message], now=now)
    message.refresh_from_db()
    assert describe_message(message)["state"] == "rejected"

    tell(now, event(message, "Delivery"))

    message.refresh_from_db()
    assert (message.state, describe_message(message)["state"]) == ("delivered", "sent")
    news = Event.objects.filter(object_id=message.public_id).values_list("type", flat=True)
    assert {"email.not_sent", "message.went_after_all", "email.delivered"} <= set(news)


def test_opens_tell_who_looked(mail: Mail, now: datetime) -> None:
    message = mail()
    seen = {"UserAgent": "Mail 1", "Geo": {"IP": "203.0.113.9", "City": "Boston"}}

    tell(now, event(message, "Open", **seen), event(message, "Open", **{**seen, "Geo": {"IP": "no"}}))

    message.refresh_from_db()
    shown = describe_message(message)
    assert shown["opens"] == 2
    assert {entry["ip"] for entry in shown["opens_detail"]} == {"203.0.113.9", None}
    assert {entry["user_agent"] for entry in shown["opens_detail"]} == {"Mail 1"}


def test_reports_in_any_order_end_alike(mail: Mail, now: datetime) -> None:
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("Delivery", {}),
        ("Bounce", {"Type": "Transient"}),
        ("Bounce", HARD),
    ]
    ends = set()
    for number, order in enumerate(permutations(kinds)):
        message = mail()
        tell(now, *(event(message, kind, **words, Order=number) for kind, words in order))
        message.refresh_from_db()
        ends.add(describe_message(message)["state"])

    assert ends == {"bounced"}


def test_a_report_is_matched_by_id_and_recipient_when_the_vendor_forgot_the_rest(
    mail: Mail, now: datetime
) -> None:
    message = mail()

    tell(now, event(message, "Delivery", Metadata={}, Recipient=message.recipient.upper()))

    message.refresh_from_db()
    assert message.state == "delivered"


def test_reports_about_strangers_are_kept_and_change_nothing(mail: Mail, now: datetime) -> None:
    message = mail()
    others = [
        event(message, "Delivery", Metadata={"delivery": "0" * 32}),
        event(message, "Delivery", Metadata={}, Recipient="stranger@example.test"),
        event(message, "Delivery", Metadata={}, MessageID="other"),
    ]

    tell(now, *others)

    message.refresh_from_db()
    assert message.state == "sent"
    assert set(VendorEvent.objects.values_list("outcome", flat=True)) == {"no such message"}


def test_what_becomes_of_a_blind_copy_is_not_what_becomes_of_the_mail(mail: Mail, now: datetime) -> None:
    message = mail(bcc="audit@example.test")

    tell(now, event(message, "Bounce", **HARD, Email="Audit@example.test"))

    message.refresh_from_db()
    assert message.state == "sent"
    assert BlockedAddress.objects.get().address == "audit@example.test"


def test_news_of_an_earlier_sending_does_not_touch_the_present_one(mail: Mail, now: datetime) -> None:
    message = mail()
    Message.objects.filter(pk=message.pk).update(key_number=1)

    tell(now, event(message, "Bounce", **HARD))

    message.refresh_from_db()
    assert message.state == "sent"


def test_a_report_about_an_unclear_mail_settles_it(
    vendor: Vendor, mail: Mail, debtor: Debtor, now: datetime
) -> None:
    vendor.moods[ADDRESS] = "taken reset"
    message = mail()
    assert message.state == "unknown"

    tell(now, event(message, "Delivery", MessageID="pm-77"))

    message.refresh_from_db()
    assert (message.state, message.vendor) == ("delivered", "postmark")


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", '"text"', "[1, 2]", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")],
)
def test_what_cannot_be_read_is_refused(vendor: Vendor, body: str) -> None:
    assert report(body) == 400
    assert not VendorEvent.objects.exists()


@pytest.mark.parametrize("secret", ["desk:wrong", "", "other:secret"])
def test_a_wrong_secret_is_refused_and_changes_nothing(mail: Mail, secret: str) -> None:
    message = mail()

    assert report(event(message, "Bounce", **HARD), secret=secret) == 400
    assert not VendorEvent.objects.exists()


def test_without_a_secret_nothing_is_believed(mail: Mail, settings: Any) -> None:
    message = mail()
    settings.ANYMAIL = {**settings.ANYMAIL, "WEBHOOK_SECRET": ""}

    assert report(event(message, "Delivery")) == 503


def test_the_sandbox_hears_of_no_vendor(mail: Mail, settings: Any) -> None:
    message = mail()
    settings.DELIVERY_MODE = "sandbox"

    assert report(event(message, "Delivery")) == 503


def test_a_vendor_that_is_not_set_up_is_told_so(vendor: Vendor) -> None:
    assert report({}, door="/webhooks/mail/mailgun/tracking/") == 503


@pytest.mark.parametrize("door", ["/webhooks/mail/postmark/inbound/", "/webhooks/mail/nobody/tracking/"])
def test_mails_to_us_and_unknown_vendors_have_no_door(vendor: Vendor, wire: Wire, door: str) -> None:
    """What is no vendor's route belongs to the API: who has no key of ours is a stranger there."""
    assert report({}, door=door) == 401
    assert wire.create(door, {}).refusal == (404, None)
    assert not VendorEvent.objects.exists()


def test_only_posted_reports_are_read(vendor: Vendor) -> None:
    assert Client(HTTP_AUTHORIZATION=signed("desk:secret")).get(DOOR).status_code == 405


@pytest.mark.parametrize(("key", "status"), [("key-1", 200), ("key-2", 400)])
def test_a_vendor_that_signs_is_believed_by_its_signature_too(
    mail: Mail, settings: Any, now: datetime, key: str, status: int
) -> None:
    message = mail()
    settings.ANYMAIL = {**settings.ANYMAIL, "MAILGUN_API_KEY": "k", "MAILGUN_WEBHOOK_SIGNING_KEY": "key-1"}
    signature = hmac(key.encode(), b"1785765605token", sha256).hexdigest()
    shown = {
        "signature": {"timestamp": "1785765605", "token": "token", "signature": signature},
        "event-data": {
            "event": "delivered", "id": "mg-1", "timestamp": 1785765605.5, "recipient": message.recipient,
            "user-variables": {"delivery": message.public_id},
            "message": {"headers": {"message-id": "x@y"}},
        },
    }  # fmt: skip

    assert report(shown, door="/webhooks/mail/mailgun/tracking/") == status

    work_off(now=datetime.now(UTC) + timedelta(seconds=5))
    message.refresh_from_db()
    assert message.state == ("delivered" if status == 200 else "sent")


def test_the_bell_works_off_what_was_kept(mail: Mail, now: datetime) -> None:
    message = mail()
    report(event(message, "Delivery"))

    tasks.work_off_inbox()

    message.refresh_from_db()
    assert message.state == "delivered"


@pytest.mark.parametrize(
    ("news", "state", "opens"),
    [
        ("delivered", "sent", 0),
        ("opened", "sent", 1),
        ("deferred", "deferred", 0),
        ("bounced", "bounced", 0),
        ("complained", "sent", 0),
    ],
)
def test_the_sandbox_can_make_up_what_a_vendor_would_report(
    debtor: Debtor, options: Options, now: datetime, news: str, state: str, opens: int
) -> None:
    [message] = send_statement(customer=debtor(), channel="email", options=options, now=now)

    simulate(message=message, news=news, now=now)

    message.refresh_from_db()
    shown = describe_message(message)
    assert (shown["state"], shown["opens"]) == (state, opens)
    assert BlockedAddress.objects.exists() is (news in ("bounced", "complained"))
    assert VendorEvent.objects.get().processed_at == now


def test_over_the_api_a_mail_is_sent_reported_about_and_read_back(
    vendor: Vendor, wire: Wire, debtor: Debtor
) -> None:
    customer = debtor("Acme")
    [sent] = wire.create(f"/customers/{customer.pk}/emails", to=[{"email": "ap@acme.example"}]).json
    assert (sent["state"], sent["opens"]) == ("sent", 0)
    message = Message.objects.get(public_id=sent["id"])

    tell(
        datetime.now(UTC),
        event(message, "Delivery"),
        event(message, "Open", UserAgent="Mail 1", Geo={"IP": "203.0.113.9"}),
    )

    read = wire.read(f"/emails/{sent['id']}").json
    assert (read["state"], read["opens"]) == ("sent", 1)
    assert read["delivered_at"] is not None
    assert read["opens_detail"] == [
        {"timestamp": read["opens_detail"][0]["timestamp"], "ip": "203.0.113.9", "user_agent": "Mail 1"}
    ]
    told = [item["type"] for item in wire.read("/events").json if item["type"].startswith("email.")]
    assert sorted(told) == ["email.delivered", "email.opened", "email.sent"]


def test_over_the_api_a_mail_that_came_back_says_why(vendor: Vendor, wire: Wire, debtor: Debtor) -> None:
    customer = debtor("Acme")
    [sent] = wire.create(f"/customers/{customer.pk}/emails", to=[{"email": "ap@acme.example"}]).json
    message = Message.objects.get(public_id=sent["id"])

    tell(datetime.now(UTC), event(message, "Bounce", **HARD))

    read = wire.read(f"/emails/{sent['id']}").json
    assert (read["state"], read["reject_reason"]) == ("bounced", "bounced")
    assert read["bounced_at"] is not None
