"""The sandbox: nothing leaves, everything is there to be looked at."""

from datetime import datetime

import pytest

from customers.errors import Refused
from customers.models import Customer
from notifications.channels.letter.paper import cut_name, expected_delivery
from notifications.channels.sms.segments import segments
from notifications.models import Message
from notifications.sending import send_statement
from notifications.wire import describe_message
from statements.models import IssuedStatement
from statements.statement import Options
from tests.notifications.conftest import Debtor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]


@pytest.fixture
def acme(debtor: Debtor) -> Customer:
    address = {"address1": "1 Main St", "city": "Boston", "state": "MA", "postal_code": "02110"}
    ann = {"name": "Ann", "phone": "(617) 555-0123", "sms_enabled": True}
    return debtor("Acme", contacts=[ann], **address)


def test_a_text_is_recorded_with_its_segments(acme: Customer, options: Options, now: datetime) -> None:
    [text] = send_statement(customer=acme, channel="sms", options=options, now=now)

    issued = IssuedStatement.objects.get()
    assert text.state == "sent"
    assert text.vendor_id.startswith("SMsandbox")
    assert text.request is not None
    assert text.request["To"] == "+16175550123"
    assert text.request["Body"].endswith(f"/statements/{issued.token}")
    assert text.request["Body"].startswith("Harbour Supplies: your account balance is $120.00.")
    assert text.segments == text.request["segments"] == 1
    shown = describe_message(text)
    assert (shown["object"], shown["state"], shown["to"]) == ("text_message", "sent", "+16175550123")


def test_a_letter_is_recorded_as_the_print_house_would_get_it(
    acme: Customer, options: Options, now: datetime
) -> None:
    [letter] = send_statement(customer=acme, channel="letter", options=options, now=now)

    issued = IssuedStatement.objects.get()
    assert letter.state == "sent"
    assert letter.vendor_id.startswith("ltr_sandbox")
    assert letter.request is not None
    assert letter.request["to[address_zip]"] == "02110"
    assert letter.request["from[name]"] == "Harbour Supplies"
    assert letter.request["file"]["sha256"] == issued.sha256
    assert issued.paper == "letter"
    shown = describe_message(letter)
    assert shown["to"] == "Acme\n1 Main St\nBoston, MA 02110"
    assert shown["num_pages"] == 2
    assert shown["expected_delivery_date"] == int(datetime.fromisoformat("2026-08-11T00:00:00Z").timestamp())


def test_a_letter_without_an_address_names_what_is_missing(
    debtor: Debtor, options: Options, now: datetime
) -> None:
    with pytest.raises(Refused) as refusal:
        send_statement(customer=debtor(), channel="letter", options=options, now=now)

    assert refusal.value.param == "address1"
    assert not Message.objects.exists()


def test_more_pages_than_an_envelope_holds_are_refused_before_the_post(
    acme: Customer, options: Options, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("statements.issuing.page_count", lambda content: 200)

    [letter] = send_statement(customer=acme, channel="letter", options=options, now=now)

    assert (letter.state, letter.error_code) == ("failed", "file_pages_exceed_max")


@pytest.mark.parametrize(
    ("body", "encoding", "count"),
    [
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3),
        ("’" + "a" * 159, "GSM-7", 1),
        ("“a” – b…", "GSM-7", 1),
        ("日" + "a" * 69, "UCS-2", 1),
        ("日" + "a" * 70, "UCS-2", 2),
        ("\U0001f600" * 35, "UCS-2", 1),
        ("\U0001f600" * 36, "UCS-2", 2),
    ],
)
def test_segments_are_counted_as_the_networks_do(body: str, encoding: str, count: int) -> None:
    size = segments(body)

    assert (size.encoding, size.count) == (encoding, count)


def test_names_are_cut_at_a_word() -> None:
    long = "Association of Extremely Long Company Names of Boston"

    assert cut_name(long) == "Association of Extremely Long Company"
    assert cut_name("x" * 50) == "x" * 40


def test_a_letter_takes_six_business_days() -> None:
    friday = datetime.fromisoformat("2026-07-31T12:00:00Z").date()

    assert expected_delivery(friday).isoformat() == "2026-08-10"
