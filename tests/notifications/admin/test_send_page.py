"""Sending one statement from the customer's page: what is chosen, what is shown beforehand, what happens."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Company, Contact, Customer
from notifications.channels.email.blocking import block_address
from notifications.channels.sms.optouts import record_word
from notifications.models import Message
from notifications.sending import send_statement
from statements.models import IssuedStatement
from statements.options import day_options
from tests.desk import at_desk, page_text, staff, token_of
from tests.ledgers import CHICAGO
from tests.notifications.wordings import in_use

Debtor = Callable[..., Customer]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_pdf")]
HOME = {"address1": "1 Quay", "city": "Boston", "state": "MA", "postal_code": "02110"}
ANN = {
    "name": "Ann",
    "email": "Ann@north.test",
    "phone": "+13125550100",
    "sms_enabled": True,
    "primary": True,
}
BEN = {
    "name": "Ben",
    "email": "ben@north.test",
    "phone": "+13125550101",
    "sms_enabled": True,
    "primary": False,
}


@pytest.fixture
def north(debtor: Debtor) -> Customer:
    return debtor("North", contacts=[ANN, BEN], email="ap@north.test", **HOME)


@pytest.fixture
def desk(db: None) -> Client:
    return at_desk()


def where(customer: Customer, *, look: bool = False) -> str:
    name = "admin:notifications_message_look" if look else "admin:notifications_message_send"
    return f"{reverse(name, args=[customer.pk])}?end=2026-08-03"


def begun(desk: Client, customer: Customer) -> dict[str, Any]:
    """What the browser sends when nobody touches the form."""
    answer = desk.get(where(customer))
    form = answer.context["form"]
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {"once": token_of(answer), **{name: value or "" for name, value in data.items()}}


def send(desk: Client, customer: Customer, **changes: Any) -> Any:
    return desk.post(where(customer), {**begun(desk, customer), **changes}, follow=True)


def look(desk: Client, customer: Customer, **changes: Any) -> str:
    answer = desk.post(where(customer, look=True), {**begun(desk, customer), **changes})
    assert answer.status_code == 200
    return page_text(answer)


def recipients() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("recipient", flat=True))


def test_untouched_it_goes_to_the_usual_people_in_the_usual_words(desk: Client, north: Customer) -> None:
    version = in_use("statement_email", "Hello {{contact_name}}", subject="Yours")
    send(desk, north)

    assert recipients() == ["ann@north.test", "ap@north.test"]
    first = Message.objects.order_by("pk")[0]
    assert (first.subject, first.text, first.template_version) == ("Yours", "Hello Ann", version)


def test_contacts_are_ticked_others_added_and_blind_copies_go_along(desk: Client, north: Customer) -> None:
    send(
        desk, north, mail_to=["ben@north.test"], to="carl@north.test; dora@north.test", bcc="audit@north.test"
    )

    assert recipients() == ["ben@north.test", "carl@north.test", "dora@north.test"]
    messages = list(Message.objects.order_by("pk"))
    assert [message.recipient_name for message in messages] == ["Ben", "North", "North"]
    assert [message.bcc for message in messages] == [["audit@north.test"], [], []]


def test_own_words_take_the_place_of_the_templates(desk: Client, north: Customer) -> None:
    send(desk, north, subject="For {{customer_name}}", message="You owe {{balance}}.")

    message = Message.objects.order_by("pk")[0]
    assert (message.subject, message.text) == ("For North", "You owe $120.00.")


def test_another_template_is_chosen(desk: Client, north: Customer) -> None:
    version = in_use("quarterly", "Quarter", subject="Quarterly")

    send(desk, north, mail_template="quarterly")

    message = Message.objects.order_by("pk")[0]
    assert (message.template, message.subject, message.template_version) == (
        "quarterly",
        "Quarterly",
        version,
    )


@pytest.mark.parametrize(
    ("words", "type", "items", "days"),
    [
        ({"type": "balance_forward", "start": "2026-07-01", "end": "2026-07-31"}, "balance_forward", "open",
         ("2026-07-01", "2026-07-31")),
        ({"type": "open_item", "items": "past_due", "end": "2026-09-30"}, "open_item", "past_due",
         (None, "2026-09-30")),
    ],
)  # fmt: skip
def test_type_period_and_what_is_past_due_are_chosen(
    desk: Client, north: Customer, words: dict[str, str], type: str, items: str, days: tuple[str | None, str]
) -> None:
    send(desk, north, **words)

    issued = IssuedStatement.objects.get()
    start = None if issued.start_date is None else issued.start_date.isoformat()
    assert (issued.type, issued.items, (start, issued.end_date.isoformat())) == (type, items, days)


def test_a_text_goes_to_ticked_numbers_in_its_own_words(desk: Client, north: Customer) -> None:
    send(desk, north, channel="sms", text_to=["+13125550101"])

    message = Message.objects.get()
    assert (message.channel, message.recipient, message.recipient_name) == ("sms", "+13125550101", "Ben")
    assert message.text.startswith("Harbour Supplies: your account balance is $120.00.")


def test_a_letter_goes_to_the_billing_address(desk: Client, north: Customer) -> None:
    send(desk, north, channel="letter")

    message = Message.objects.get()
    assert message.recipient == "North\n1 Quay\nBoston, MA 02110"


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"mail_to": [], "to": ""}, "to", "Choose at least one recipient."),
        ({"to": "not an address"}, "to", "is not an email address"),
        ({"to": "gone@north.test"}, "to", "is blocked"),
        ({"bcc": "audit"}, "bcc", "is not an email address"),
        ({"message": "{{#open"}, "message", "not closed"),
        ({"subject": "{{>x}}"}, "subject", "is not allowed"),
        ({"mail_to": ["stranger@north.test"]}, "mail_to", "not one of the available choices"),
        ({"mail_template": "made_up"}, "mail_template", "not one of the available choices"),
        ({"type": "balance_forward", "start": "2026-08-09", "end": "2026-08-01"}, "start", "start"),
        ({"channel": "sms", "text_to": [], "to": ""}, "to", "Choose at least one recipient."),
        ({"channel": "sms", "text_to": [], "to": "+13125559999"}, "to", "agreed to text messages"),
        ({"channel": "sms", "message": "x" * 1601}, "message", "at most 1600"),
    ],
)
def test_what_is_refused_is_shown_beside_its_entry_and_can_be_mended(
    desk: Client, north: Customer, now: datetime, changes: dict[str, Any], field: str, why: str
) -> None:
    block_address(address="gone@north.test", reason="bounced", now=now)
    data = {**begun(desk, north), **changes}

    refused = desk.post(where(north), data)

    assert refused.status_code == 422
    assert why in str(refused.context["form"][field].errors)
    assert not Message.objects.exists()
    mended = {**begun(desk, north), "once": data["once"]}
    assert desk.post(where(north), mended).status_code == 302
    assert Message.objects.count() == 2


def test_pressed_twice_it_is_sent_once(desk: Client, north: Customer) -> None:
    data = begun(desk, north)

    first, second = desk.post(where(north), data), desk.post(where(north), data)

    assert first.headers["Location"] == second.headers["Location"]
    assert (Message.objects.count(), IssuedStatement.objects.count()) == (2, 1)


def test_who_sends_it_again_from_another_form_is_told_that_it_went_out(desk: Client, north: Customer) -> None:
    send(desk, north)

    said = page_text(send(desk, north))

    assert "went out a moment ago and was not sent twice" in said
    assert Message.objects.count() == 2


def test_the_page_shows_the_mail_the_document_and_to_whom_it_goes(desk: Client, north: Customer) -> None:
    shown = page_text(desk.get(where(north)))

    assert 'sandbox srcdoc="' in shown
    assert "$120.00" in shown
    assert "ann@north.test<br>ap@north.test" in shown
    assert reverse("admin:statements_issuedstatement_preview_pdf", args=[north.pk]) in shown
    assert not Message.objects.exists()
    assert not IssuedStatement.objects.exists()


def test_rules_of_texts_are_told_beforehand(
    desk: Client, north: Customer, now: datetime, settings: Any, time_machine: Any
) -> None:
    time_machine.move_to(now)
    assert "Costs 2 segments: 1 for each of 2." in look(desk, north, channel="sms")
    options = day_options(type="open_item", zone=CHICAGO, end_day=now.date())
    send_statement(customer=north, channel="sms", options=options, now=now, to=["+13125550100"], message="Hi")
    record_word(number="+13125550101", stop=True, said_at=now, source="test", now=now)
    north.contacts.filter(name="Ben").update(sms_enabled=True)  # staff may say so, but Ben said no

    told = look(desk, north, channel="sms", text_to=["+13125550100", "+13125550101"])

    assert "+13125550100 has had a text; the next one may go on Aug 4 at 09:00." in told
    assert "+13125550101 has opted out of text messages" in told
    assert "Nobody is left to send this text to." in told


def test_a_text_at_night_is_told_of_before_it_is_refused(
    desk: Client, north: Customer, now: datetime, time_machine: Any
) -> None:
    time_machine.move_to(now.replace(hour=4))

    assert "The sandbox sends all the same." in look(desk, north, channel="sms")


def test_a_reader_whose_day_never_meets_ours_is_told_of(desk: Client, north: Customer, settings: Any) -> None:
    settings.SMS_QUIET_HOURS = (time(9), time(17))
    Contact.objects.create(customer=north, name="Asha", phone="+919820123456", sms_enabled=True)

    told = look(desk, north, channel="sms", text_to=["+919820123456"])

    assert "both in America/Chicago and in Asia/Calcutta: the reader&#x27;s own decide." in told


def test_the_price_of_a_letter_and_what_its_address_lacks_are_told(desk: Client, north: Customer) -> None:
    assert "Costs one letter of 2 sheets: 1 page on both sides and the address page." in look(
        desk, north, channel="letter"
    )
    north.city = ""
    north.save()
    assert "needs the recipient&#x27;s city" in look(desk, north, channel="letter")


def test_blocked_addresses_and_repeated_mails_are_told_of(
    desk: Client, north: Customer, now: datetime
) -> None:
    send(desk, north)
    block_address(address="ann@north.test", reason="bounced", now=timezone.now())

    page = page_text(desk.get(where(north)))

    assert "Ann &lt;Ann@north.test&gt;, primary – blocked" in page
    assert "ap@north.test got this very mail less than 5 minutes ago" in page
    assert "ann@north.test is blocked" in look(desk, north, mail_to=["ann@north.test"])


def test_a_channel_that_is_not_connected_is_told_of(desk: Client, north: Customer, settings: Any) -> None:
    settings.DELIVERY_MODE = "live"

    assert "Text messages are not connected" in look(desk, north, channel="sms")


def test_own_customers_only(north: Customer) -> None:
    for role, status in (("account_manager", 404), ("read_only", 403)):
        desk = at_desk(staff(role.title(), role=role))
        assert desk.get(where(north)).status_code == status
        assert desk.post(where(north, look=True), {}).status_code == status


def test_the_companys_blind_copies_stand_in_the_form_and_can_be_taken_out(
    desk: Client, north: Customer
) -> None:
    Company.objects.update(bcc="audit@harbour.example")

    send(desk, north, mail_to=["ben@north.test"], bcc="")
    send(desk, north)

    assert [message.bcc for message in Message.objects.order_by("pk")] == [[], ["audit@harbour.example"], []]


def test_an_issued_statement_is_sent_again_with_the_same_form(desk: Client, north: Customer) -> None:
    send(desk, north)
    issued = IssuedStatement.objects.get()
    again = reverse("admin:notifications_message_send_again", args=[issued.pk])
    page = desk.get(again)
    assert "$120.00" in page_text(page)

    desk.post(
        again, {"channel": "email", "mail_to": ["ben@north.test"], "chosen": "1", "once": token_of(page)}
    )

    assert recipients()[2:] == ["ben@north.test"]
    assert IssuedStatement.objects.count() == 1
    shown = desk.post(
        reverse("admin:notifications_message_look_again", args=[issued.pk]),
        {"channel": "letter", "chosen": "1"},
    )
    assert "Costs one letter" in page_text(shown)
