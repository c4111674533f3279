"""Everything of unclear fate on one page, and the sandbox's vendors to play."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Event
from notifications.channels.email.blocking import block_address
from notifications.models import BlockedAddress, Message, OptOut
from notifications.sending import send_statement
from statements.options import day_options
from tests.desk import at_desk, page_text, staff
from tests.ledgers import CHICAGO

Debtor = Callable[..., Customer]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]
PAGE = reverse("admin:notifications_message_unclear")
LIST = reverse("admin:notifications_message_changelist")
HOME = {"address1": "1 Quay", "city": "Boston", "state": "MA", "postal_code": "02110"}
JO = {"name": "Jo", "phone": "+13125550100", "sms_enabled": True}


def sent(customer: Customer, channel: str, now: datetime) -> Message:
    options = day_options(type="open_item", zone=CHICAGO, end_day=now.date())
    return send_statement(customer=customer, channel=channel, options=options, now=now)[0]


def unclear(customer: Customer, channel: str, now: datetime) -> Message:
    message = sent(customer, channel, now)
    Message.objects.filter(pk=message.pk).update(
        state="unknown", sent_at=None, vendor="", sending_since=now, handed_over_at=now,
        error_text="The answer never came.",
    )  # fmt: skip
    return message


def decide(desk: Client, act: str, *chosen: Message, **data: Any) -> str:
    data |= {"act": act, "chosen": [message.pk for message in chosen], "once": f"{act}{len(chosen)}{data}"}
    return page_text(desk.post(PAGE, data, follow=True))


@pytest.fixture
def three(debtor: Debtor, now: datetime) -> list[Message]:
    customer = debtor("North", contacts=[JO], **HOME)
    return [unclear(customer, channel, now) for channel in ("email", "sms", "letter")]


def test_every_unclear_message_is_listed_with_advice_for_its_channel(
    three: list[Message], debtor: Debtor, now: datetime, settings: Any
) -> None:
    clear = sent(debtor("South"), "email", now)
    desk = at_desk()

    shown = page_text(desk.get(PAGE))

    for message in three:
        assert reverse("admin:notifications_message_change", args=[message.pk]) in shown
    assert clear.recipient not in shown
    for words in ("keeps its Message-ID", "Twilio is asked twice", "Lob is asked", "The answer never came."):
        assert words in shown
    assert "reports what it delivers by itself" not in shown
    settings.ANYMAIL = {"WEBHOOK_SECRET": "a:b"}
    assert "reports what it delivers by itself" in page_text(desk.get(PAGE))
    assert "3 messages are unclear" in page_text(desk.get(LIST))


@pytest.mark.parametrize(
    ("act", "state", "told"),
    [("send-again", "queued", []), ("mark-as-sent", "sent", []), ("cancel", "canceled", ["email.not_sent"])],
)
def test_the_chosen_ones_are_decided_about_and_it_is_written_down(
    three: list[Message], act: str, state: str, told: list[str]
) -> None:
    desk = at_desk(staff("Greta", role="finance"))

    said = decide(desk, act, three[0])

    states = list(Message.objects.order_by("pk").values_list("state", flat=True))
    assert "1 message " in said
    assert states == [state, "unknown", "unknown"]
    audit = Event.objects.get(type=f"message.{act.replace('-', '_')}")
    assert (audit.actor, audit.object_id) == ("Greta", three[0].public_id)
    assert [e.type for e in Event.objects.filter(type__in=["email.not_sent"])] == told


def test_all_of_one_channel_are_decided_about_at_once(debtor: Debtor, now: datetime) -> None:
    mails = [unclear(debtor(), "email", now) for _ in range(3)]
    text = unclear(debtor(contacts=[JO]), "sms", now)

    said = decide(at_desk(), "mark-as-sent", all="email")

    assert "3 messages marked as sent." in said
    assert set(Message.objects.filter(pk__in=[m.pk for m in mails]).values_list("state", flat=True)) == {
        "sent"
    }
    text.refresh_from_db()
    assert text.state == "unknown"


def test_what_was_settled_meanwhile_is_left_alone(three: list[Message]) -> None:
    Message.objects.filter(pk=three[0].pk).update(state="delivered", sent_at="2026-08-03T14:00Z", vendor="x")

    said = decide(at_desk(), "send-again", three[0])

    assert "may be settled by now" in said
    assert Message.objects.get(pk=three[0].pk).state == "delivered"


@pytest.mark.parametrize(
    "data", [{"act": "nonsense"}, {"act": "send-again"}, {"act": "send-again", "chosen": "x"}]
)
def test_nothing_happens_without_a_choice(three: list[Message], data: dict[str, str]) -> None:
    at_desk().post(PAGE, {**data, "once": "x"})

    assert Message.objects.filter(state="unknown").count() == 3


@pytest.mark.parametrize("role", ["read_only", "account_manager"])
def test_only_finance_and_admins_decide(three: list[Message], role: str) -> None:
    desk = at_desk(staff("Rita", role=role))

    assert desk.get(PAGE).status_code == 403
    assert desk.post(PAGE, {"act": "cancel", "all": "email"}).status_code == 403
    assert "are unclear" not in page_text(desk.get(LIST))
    assert Message.objects.filter(state="unknown").count() == 3


def test_many_unclear_messages_are_paged_at_the_same_price(
    debtor: Debtor, now: datetime, django_assert_max_num_queries: Any
) -> None:
    template = unclear(debtor(), "email", now)
    for number in range(120):
        Message.objects.create(
            channel="email", recipient=f"a{number}@example.test", recipient_key=f"a{number}@example.test",
            customer=template.customer, state="unknown", sending_since=now, handed_over_at=now,
        )  # fmt: skip
    desk = at_desk()
    desk.get(PAGE)

    with django_assert_max_num_queries(12):
        first = page_text(desk.get(PAGE))
    assert "a119@example.test" not in first
    assert "a119@example.test" in page_text(desk.get(PAGE, {"email_page": 2}))


@pytest.mark.parametrize(
    ("channel", "news", "state"),
    [
        ("email", "delivered", "delivered"),
        ("email", "opened", "sent"),
        ("email", "bounced", "bounced"),
        ("sms", "delivered", "delivered"),
        ("sms", "failed", "failed"),
        ("sms", "stop", "sent"),
        ("letter", "delivered", "delivered"),
        ("letter", "returned_to_sender", "bounced"),
    ],
)
def test_staff_play_the_vendor_of_a_recorded_message(
    debtor: Debtor, now: datetime, channel: str, news: str, state: str
) -> None:
    message = sent(debtor("North", contacts=[JO], **HOME), channel, now)
    desk, where = at_desk(), reverse("admin:notifications_message_change", args=[message.pk])
    button = reverse("admin:notifications_message_simulate", args=[message.pk, news])
    assert button in page_text(desk.get(where))

    desk.post(button, {"once": "a"})
    desk.post(button, {"once": "a"})

    message.refresh_from_db()
    assert message.state == state
    assert message.opens == (1 if news == "opened" else 0)
    assert OptOut.objects.filter(number="+13125550100").exists() is (news == "stop")


def test_nobody_plays_the_vendor_of_what_really_went_out(
    debtor: Debtor, now: datetime, settings: Any
) -> None:
    message = sent(debtor(), "email", now)
    desk = at_desk()
    settings.DELIVERY_MODE = "live"

    where = reverse("admin:notifications_message_change", args=[message.pk])
    assert "Play the vendor" not in page_text(desk.get(where))
    desk.post(reverse("admin:notifications_message_simulate", args=[message.pk, "bounced"]), {"once": "a"})

    message.refresh_from_db()
    assert message.state == "sent"


def test_a_blocked_address_is_shown_and_lifted(debtor: Debtor, now: datetime) -> None:
    message = sent(debtor(), "email", now)
    block_address(address=message.recipient, reason="bounced", now=now, message=message)
    desk, where = at_desk(), reverse("admin:notifications_message_change", args=[message.pk])
    assert "is blocked" in page_text(desk.get(where))

    desk.post(reverse("admin:notifications_message_unblock", args=[message.pk]), {"once": "a"})

    assert not BlockedAddress.objects.exists()
    assert Event.objects.get(type="email_address.unblocked").actor == "Ada"


def test_blocked_addresses_are_listed_and_lifted_together(debtor: Debtor, now: datetime) -> None:
    for number in range(3):
        block_address(address=f"a{number}@example.test", reason="complained", now=now)
    here = reverse("admin:notifications_blockedaddress_changelist")
    chosen = list(BlockedAddress.objects.order_by("pk").values_list("pk", flat=True))[:2]
    reader, desk = at_desk(staff("Rita", role="read_only")), at_desk()

    assert "Reported a mail as spam" in page_text(reader.get(here))
    reader.post(here, {"action": "unblock", "_selected_action": chosen})
    assert BlockedAddress.objects.count() == 3
    said = page_text(desk.post(here, {"action": "unblock", "_selected_action": chosen}, follow=True))

    assert "2 addresses are written to again." in said
    assert BlockedAddress.objects.get().address == "a2@example.test"
    assert at_desk(staff("Mona", role="account_manager")).get(here).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "unknown"}, ["a"]),
        ({"state": "trouble"}, ["a", "d"]),
        ({"channel__exact": "email"}, ["a", "b", "d"]),
        ({"run": "none"}, ["a", "b", "c", "d"]),
        ({"run": "1"}, []),
        ({"run": "x"}, ["a", "b", "c", "d"]),
        ({"written": "2026-08-03"}, ["a", "b", "c"]),
        ({"written": "2026-07-01..2026-08-02"}, ["d"]),
        ({"written": "today"}, []),
        ({"written": "nonsense"}, ["a", "b", "c", "d"]),
        ({"q": "a@example"}, ["a"]),
        ({"q": "Northern"}, ["c"]),
    ],
)
def test_the_list_is_narrowed_by_state_channel_run_day_and_recipient(
    debtor: Debtor, now: datetime, query: dict[str, str], found: list[str]
) -> None:
    facts = {
        "a": {"state": "unknown", "sending_since": now},
        "b": {"state": "sent", "sent_at": now, "vendor": "x"},
        "c": {"channel": "sms", "customer": debtor("Northern")},
        "d": {"state": "failed", "created_at": now.replace(month=7)},
    }
    for name, values in facts.items():
        address = f"{name}@example.test"
        usual = {"channel": "email", "recipient": address, "recipient_key": address, "created_at": now}
        Message.objects.create(**{**usual, **values})

    rows = at_desk().get(LIST, query).context["cl"].queryset

    assert sorted(row.recipient[0] for row in rows) == found
