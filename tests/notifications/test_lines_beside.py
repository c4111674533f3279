"""Statements too long for paper: their single lines travel beside them, or are told where they are."""

import csv
from datetime import date, datetime, timedelta
from decimal import Decimal
from email.message import Message as Mail
from hashlib import sha256
from importlib import import_module
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from pypdf import PdfReader

from customers.ledger.drafting import LineInput
from customers.ledger.issuing import issue_invoice
from customers.models import Customer
from notifications.runs import RunRequest, drive, start_run
from notifications.sending import send_statement
from notifications.sending_again import send_again
from statements.documents import read_lines
from statements.models import IssuedStatement
from statements.statement import Options
from tests.ledgers import at
from tests.notifications.conftest import Debtor
from tests.notifications.mail_server import Sink

pytestmark = pytest.mark.django_db


@pytest.fixture
def short_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two lines are too many for paper: as 2,001 are, without writing so many invoices."""
    for room in ("paper.tables", "paper.open_items_table", "lines_file"):
        monkeypatch.setattr(import_module(f"statements.{room}"), "LINES_PRINTED", 1)


@pytest.fixture
def debt(debtor: Debtor, short_paper: None) -> Any:
    moment = at("2026-07-11")
    customer = debtor("Acme", address1="1 Quay", city="Boston", state="MA", postal_code="02110", country="US")
    line = LineInput(name="Goods", unit_cost=Decimal("33.50"))
    issue_invoice(customer=customer, lines=[line], values={"date": moment}, now=moment)
    return customer


def files_of(mail: Mail) -> dict[str, bytes]:
    found = {}
    for part in mail.walk():
        if name := part.get_filename():
            found[name] = bytes(part.get_payload(decode=True))
    return found


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def only_statement() -> IssuedStatement:
    return IssuedStatement.objects.get()


def test_a_mail_carries_the_lines_beside_the_months(
    sink: Sink, debt: Any, options: Options, now: datetime
) -> None:
    [message] = send_statement(customer=debt, channel="email", options=options, now=now)

    files = files_of(sink.taken[0].mail)
    assert list(files) == ["Acme Statement.pdf", "Acme Statement.csv"]
    issued = only_statement()
    assert files["Acme Statement.csv"] == read_lines(issued)
    assert sha256(files["Acme Statement.csv"]).hexdigest() == issued.lines_sha256
    rows = list(csv.DictReader(StringIO(files["Acme Statement.csv"].decode("utf-8-sig"))))
    assert [row["balance"] for row in rows] == ["120.00", "33.50"]
    assert "2 lines, shown by month." in text_of(files["Acme Statement.pdf"])
    assert message.note == ""


def test_a_statement_that_fits_has_no_file_beside_it(
    sink: Sink, debtor: Debtor, options: Options, now: datetime
) -> None:
    send_statement(customer=debtor("Acme"), channel="email", options=options, now=now)

    assert list(files_of(sink.taken[0].mail)) == ["Acme Statement.pdf"]
    assert (only_statement().lines_file.name, only_statement().lines_sha256) == ("", "")


def test_lines_that_are_too_large_together_with_the_document_are_told_by_the_link(
    sink: Sink, debt: Any, options: Options, now: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_ATTACHMENT_MAX_MB = 1
    monkeypatch.setattr("statements.issuing.lines_csv", lambda **_: b"date\n" + b"x" * (1024 * 1024 - 100))

    [message] = send_statement(customer=debt, channel="email", options=options, now=now)

    [taken] = sink.taken
    assert list(files_of(taken.mail)) == ["Acme Statement.pdf"]
    assert message.note == (
        "The file of lines (1.0 MB) was too large to attach: the mail carries the link instead."
    )
    text = next(part for part in taken.mail.walk() if part.get_content_type() == "text/plain")
    assert only_statement().token in text.get_payload(decode=True).decode()  # type: ignore[union-attr]


def test_paper_of_every_way_says_where_the_lines_are_and_they_are_there(
    debt: Any, options: Options, now: datetime, client: Client
) -> None:
    for channel in ("email", "letter"):
        send_statement(customer=debt, channel=channel, options=options, now=now)

    assert IssuedStatement.objects.count() == 2
    for issued in IssuedStatement.objects.all():
        with default_storage.open(str(issued.file.name)) as file:
            words = text_of(file.read()).replace("\n", "")
        assert f"/statements/{issued.token}/csv" in words
        assert client.get(f"/statements/{issued.token}/csv").content == read_lines(issued)


def test_a_run_names_currency_and_day_since_it_may_send_several(
    sink: Sink, debtor: Debtor, now: datetime
) -> None:
    customer, moment = debtor("Acme"), at("2026-07-11")
    line = LineInput(name="Goods", unit_cost=Decimal("33.50"))
    issue_invoice(customer=customer, lines=[line], values={"date": moment, "currency": "eur"}, now=moment)
    request = RunRequest(type="open_item", channel="email", end_day=date(2026, 7, 31))
    run, _ = start_run(request=request, now=now)

    drive(run_id=run.pk, clock=lambda: now)

    names = {name for taken in sink.taken for name in files_of(taken.mail)}
    assert names == {"Acme Statement USD 2026-07-31.pdf", "Acme Statement EUR 2026-07-31.pdf"}


def test_who_gets_it_again_gets_the_same_lines(
    sink: Sink, debt: Any, options: Options, now: datetime
) -> None:
    send_statement(customer=debt, channel="email", options=options, now=now)
    Customer.objects.update(name="Renamed")

    send_again(issued=only_statement(), channel="email", now=now + timedelta(hours=1))

    first, second = (files_of(taken.mail) for taken in sink.taken)
    assert first == second
    assert len(first) == 2
