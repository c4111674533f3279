"""What staff note about a customer stays in the house, whatever leaves it."""

import re
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from customers.ledger.accounts import update_customer
from customers.ledger.drafting import LineInput
from customers.ledger.issuing import issue_invoice
from customers.models import Contact, Customer, Invoice
from notifications.sending import send_statement
from statements.building import build_statement
from statements.data_file import statement_json
from statements.lines_file import lines_csv
from statements.models import IssuedStatement
from statements.statement import Options
from tests.ledgers import CHICAGO, at, first_second
from tests.notifications.conftest import (  # noqa: F401  fixtures
    JULY_END,
    NOW,
    Debtor,
    company,
    debtor,
    sink,
)
from tests.notifications.mail_server import Sink

pytestmark = pytest.mark.django_db
MARKER = "zwrbltx"
OPEN = Options(type="open_item", end=JULY_END)
JULY = Options(type="balance_forward", start=first_second("2026-07-01"), end=JULY_END)


@pytest.fixture
def acme(debtor: Debtor) -> Customer:  # noqa: F811
    """Marked wherever staff write for themselves: notes and metadata of the account and its child."""
    acme = debtor(
        "Acme", notes=f"Pays late {MARKER}", metadata={"secret": f"{MARKER}-1"}, phone="+13125550100",
        address1="1 Main St", city="Chicago", state="IL", postal_code="60601",
    )  # fmt: skip
    child = debtor("North", parent_customer=acme, metadata={MARKER: "x"})
    update_customer(customer=child, changes={"notes": MARKER}, now=at("2026-07-01"))
    Contact.objects.create(customer=acme, name="Jo", phone="+13125550101", sms_enabled=True)
    line = LineInput(name="Goods", unit_cost=Decimal(5), metadata={"cost": MARKER})
    issue_invoice(customer=acme, lines=[line], values={"metadata": {"m": MARKER}}, now=at("2026-07-12"))
    return acme


def printed(content: bytes) -> str:
    """All texts of a file: pages, metadata, links."""
    reader = PdfReader(BytesIO(content))
    texts = [page.extract_text() for page in reader.pages]
    texts += [str(reader.metadata), str(reader.xmp_metadata and reader.xmp_metadata.stream.get_data())]
    texts += [str(note.get_object()) for page in reader.pages for note in page.get("/Annots") or ()]
    return "\n".join(texts)


def everything(acme: Customer, settings: Any) -> Iterator[tuple[str, str]]:
    """Whatever leaves the house about this customer's statement, with the name of its way."""
    browser = Client()
    for options in (OPEN, JULY):
        for channel in ("email", "sms", "letter"):
            # Only mail has a server here; what the others would carry is written all the same.
            settings.DELIVERY_MODE = "live" if channel == "email" else "sandbox"
            for message in send_statement(customer=acme, channel=channel, options=options, now=NOW):
                message.refresh_from_db()
                kept = (
                    message.subject,
                    message.text,
                    message.html,
                    str(message.address),
                    str(message.request),
                )
                yield f"{channel} {options.type}", "\n".join(kept)
        statement = build_statement(customer=acme, options=options)
        yield "json", statement_json(statement=statement, zone=CHICAGO).decode()
        yield "csv", lines_csv(statement=statement, zone=CHICAGO).decode()
    tokens = [acme.statement_token, *IssuedStatement.objects.values_list("token", flat=True)[:3]]
    for token in tokens:
        for path in ("", "?type=balance_forward&month=2026-07", "/csv"):
            yield f"page{path}", browser.get(f"/statements/{token}{path}").content.decode()
        yield "pdf", printed(browser.get(f"/statements/{token}/pdf").content)
    for issued in IssuedStatement.objects.all():
        yield "snapshot", str(issued.facts)
    for invoice in Invoice.objects.all():
        yield "invoice", printed(browser.get(f"/invoices/{invoice.token}/pdf").content)
        yield "invoice page", browser.get(f"/invoices/{invoice.token}").content.decode()


def test_private_notes_and_metadata_never_leave(acme: Customer, sink: Sink, settings: Any) -> None:  # noqa: F811
    settings.SMS_ONCE_PER_DAY = False
    texts = list(everything(acme, settings))
    texts += [("mail", _raw(taken.mail)) for taken in sink.taken]

    assert {name for name, _ in texts} >= {"mail", "sms open_item", "letter open_item", "csv", "json", "pdf"}
    assert {name for name, text in texts if MARKER in re.sub(r"\s", "", text)} == set()
    assert any("Acme" in text for name, text in texts if name == "pdf")


def _raw(mail: Any) -> str:
    """A mail with its parts decoded; the PDF's texts, too."""
    parts = [str(mail["Subject"])]
    for part in mail.walk():
        content = part.get_payload(decode=True) or b""
        is_pdf = part.get_content_type() == "application/pdf"
        parts.append(printed(content) if is_pdf else content.decode(errors="replace"))
    return "\n".join(parts)
