"""Live mode against vendors on loopback ports, with waiting made short."""

from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfWriter

from customers.models import Company, Contact, Customer
from notifications.models import Message
from notifications.sending import send_statement
from notifications.vendors import connect_lob, connect_twilio
from statements.statement import Options
from tests.customers.api.conftest import acme, gst, wire, wire_as
from tests.notifications.conftest import Debtor, company, debtor, now, options
from tests.vendors.lob_server import KEY, SECRET, LobServer, lob_server
from tests.vendors.twilio_server import ACCOUNT, SENDER, TOKEN, TwilioServer, twilio_server

__all__ = ["acme", "company", "debtor", "gst", "now", "options", "wire", "wire_as"]

HOME = {"address1": "1 Main St", "city": "Boston", "state": "MA", "postal_code": "02110"}


@pytest.fixture
def live(settings: Any) -> Any:
    settings.DELIVERY_MODE = "live"
    settings.VENDOR_TIMEOUT_SECONDS = 0.5
    settings.VENDOR_CONNECT_SECONDS = 0.5
    settings.TWILIO_PER_SECOND = settings.LOB_PER_SECOND = 0
    settings.RETRY_FIRST_SECONDS, settings.RETRY_MOST_SECONDS = 1, 4
    settings.SMS_QUIET_HOURS = None
    return settings


@pytest.fixture
def twilio(live: Any, company: Company) -> Iterator[TwilioServer]:
    """Twilio, connected."""
    with twilio_server() as server:
        live.TWILIO_BASE_URL = server.url
        connect_twilio(account_sid=ACCOUNT, auth_token=TOKEN, sender=SENDER, now=timezone.now())
        yield server
    assert server.broken_contracts == []


@pytest.fixture
def lob(live: Any, company: Company, letter_pdf: bytes) -> Iterator[LobServer]:
    """Lob, connected."""
    with lob_server() as server:
        live.LOB_BASE_URL = server.url
        connect_lob(api_key=KEY, webhook_secret=SECRET, now=timezone.now())
        yield server
    assert server.broken_contracts == []


@pytest.fixture
def letter_pdf(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Two pages of US Letter in the place of printing, which costs a tenth of a second each."""
    pdf = paper(612, 792)
    monkeypatch.setattr("statements.issuing.issued_pdf", lambda issued: pdf)
    return pdf


def paper(width: float, height: float, pages: int = 2) -> bytes:
    writer, file = PdfWriter(), BytesIO()
    for _ in range(pages):
        writer.add_blank_page(width, height)
    writer.write(file)
    return file.getvalue()


@pytest.fixture
def reader(debtor: Debtor) -> Callable[..., Customer]:
    """Makes a customer who takes texts and letters, each with a number and a house of its own."""
    made = 0

    def make(name: str = "", **values: Any) -> Customer:
        nonlocal made
        made += 1
        phone = values.pop("phone", f"+1617555{made:04d}")
        customer = debtor(name or f"Reader {made}", **{**HOME, "address1": f"{made} Main St", **values})
        Contact.objects.create(customer=customer, name="Ann", phone=phone, sms_enabled=True)
        return customer

    return make


def fresh(message: Message) -> Message:
    """The row as it stands."""
    return Message.objects.get(pk=message.pk)


@pytest.fixture
def post(
    lob: LobServer, reader: Callable[..., Customer], options: Options, now: datetime
) -> Callable[..., Message]:
    """Sends one letter as the API does and returns its row."""

    def send(name: str = "", **values: Any) -> Message:
        [row] = send_statement(customer=reader(name, **values), channel="letter", options=options, now=now)
        return row

    return send


@pytest.fixture
def letter(lob: LobServer, reader: Callable[..., Customer], options: Options, now: datetime) -> Message:
    [row] = send_statement(customer=reader(), channel="letter", options=options, now=now)
    return row
