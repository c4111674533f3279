"""The log of views: people, programs, and what is not a view at all."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from statements import viewing
from statements.building import build_statement
from statements.issuing import Plan, issue_statements
from statements.models import IssuedStatement, StatementView
from statements.statement import Options
from statements.tasks import forget_views
from statements.viewing import Sending, readings_of, record_view
from statements.visitors import Visitor
from tests.desk import at_desk
from tests.ledgers import at, last_second, open_books

pytestmark = pytest.mark.django_db

SENT = at("2026-02-02", "09:00:00")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def acme(db: None) -> Customer:
    books = open_books("Acme")
    books.invoice("2026-01-06", "I-1", "500")
    return books.customer


@pytest.fixture
def issued(acme: Customer) -> IssuedStatement:
    statement = build_statement(
        customer=acme, options=Options(type="open_item", end=last_second("2026-01-31"))
    )
    with transaction.atomic():
        [row] = issue_statements(plans=[Plan(statement, acme)], now=SENT)
    return row


@pytest.fixture
def mailed(monkeypatch: pytest.MonkeyPatch) -> list[Sending]:
    """How the statement was sent; a test may add to it."""
    sendings = [Sending("email", SENT)]
    monkeypatch.setattr(viewing, "_lookups", [lambda issued_id: sendings])
    return sendings


def view(
    issued: IssuedStatement, after: float, *, agent: str = FIREFOX, address: str = "203.0.113.9", **facts: Any
) -> bool:
    assert issued.customer is not None
    visitor = Visitor(address, agent, facts.get("is_program", False), facts.get("is_staff", False))
    part = facts.get("part", "page")
    return record_view(
        customer=issued.customer,
        issued=issued,
        part=part,
        visitor=visitor,
        now=SENT + timedelta(seconds=after),
    )


def test_a_reader_is_logged_with_time_address_browser_and_channel(
    issued: IssuedStatement, mailed: list[Sending]
) -> None:
    assert view(issued, 3600)

    row = StatementView.objects.get()
    assert (row.issued, row.part, row.channel, row.address) == (issued, "page", "email", "203.0.113.9")
    assert (row.user_agent, row.is_bot, row.at) == (FIREFOX, False, SENT + timedelta(hours=1))


def test_a_statement_that_went_by_several_ways_does_not_guess(
    issued: IssuedStatement, mailed: list[Sending]
) -> None:
    mailed.append(Sending("sms", SENT))

    view(issued, 3600)

    assert StatementView.objects.get().channel == ""


def test_who_opens_a_mails_link_at_once_is_a_scanner(issued: IssuedStatement, mailed: list[Sending]) -> None:
    view(issued, 2)

    assert StatementView.objects.get().is_bot


def test_several_within_seconds_of_sending_are_all_scanners(
    issued: IssuedStatement, mailed: list[Sending]
) -> None:
    view(issued, 12, address="198.51.100.1")
    assert not StatementView.objects.get().is_bot
    view(issued, 14, address="198.51.100.2")
    view(issued, 900)

    assert list(StatementView.objects.order_by("pk").values_list("is_bot", flat=True)) == [True, True, False]


def test_a_reader_who_goes_on_from_the_page_to_its_pdf_stays_one(
    issued: IssuedStatement, mailed: list[Sending]
) -> None:
    view(issued, 18)
    view(issued, 25, part="file")

    reading = readings_of([issued.pk])[issued.pk]
    assert (reading.readers, reading.programs) == (2, 0)
    assert reading.first_at == SENT + timedelta(seconds=18)


def test_a_reader_with_the_pdf_open_is_not_taken_back_by_a_scanner(
    issued: IssuedStatement, mailed: list[Sending]
) -> None:
    view(issued, 10)
    view(issued, 13, part="file")
    view(issued, 20, address="198.51.100.1")
    view(issued, 22, address="198.51.100.2")

    rows = StatementView.objects.order_by("pk").values_list("address", "is_bot")
    assert list(rows) == [
        ("203.0.113.9", False), ("203.0.113.9", False), ("198.51.100.1", True), ("198.51.100.2", True),
    ]  # fmt: skip


def test_a_reader_between_scanners_counts_from_the_pdf_on(
    issued: IssuedStatement, mailed: list[Sending]
) -> None:
    view(issued, 18)
    view(issued, 20, address="198.51.100.1")
    view(issued, 25, part="file")

    assert readings_of([issued.pk])[issued.pk].first_at == SENT + timedelta(seconds=25)


def test_a_scanner_that_follows_the_page_to_its_pdf_stays_one(
    issued: IssuedStatement, mailed: list[Sending]
) -> None:
    view(issued, 2)
    view(issued, 8, part="file")

    assert readings_of([issued.pk])[issued.pk].readers == 0


def test_a_text_message_may_be_opened_at_once(issued: IssuedStatement, mailed: list[Sending]) -> None:
    mailed[:] = [Sending("sms", SENT)]

    view(issued, 4)

    assert not StatementView.objects.get().is_bot


def test_programs_never_count_as_having_read(issued: IssuedStatement, mailed: list[Sending]) -> None:
    view(issued, 300, agent="curl/8", is_program=True)
    assert readings_of([issued.pk])[issued.pk].first_at is None

    view(issued, 600)
    view(issued, 4000)

    reading = readings_of([issued.pk])[issued.pk]
    assert (reading.first_at, reading.readers, reading.programs) == (SENT + timedelta(seconds=600), 2, 1)


def test_the_same_look_counts_once(issued: IssuedStatement, mailed: list[Sending]) -> None:
    assert view(issued, 300)
    assert not view(issued, 330)
    assert view(issued, 400)


def test_staff_do_not_count(issued: IssuedStatement, mailed: list[Sending]) -> None:
    assert not view(issued, 300, is_staff=True)
    assert not StatementView.objects.exists()


@pytest.mark.parametrize(
    ("headers", "program"),
    [
        ({"HTTP_USER_AGENT": FIREFOX}, False),
        (
            {
                "HTTP_USER_AGENT": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605"
                " (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
            },
            False,
        ),
        ({"HTTP_USER_AGENT": ""}, True),
        ({"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Googlebot/2.1)"}, True),
        ({"HTTP_USER_AGENT": "facebookexternalhit/1.1 Facebot Twitterbot/1.0"}, True),
        ({"HTTP_USER_AGENT": "Slackbot-LinkExpanding 1.0"}, True),
        ({"HTTP_USER_AGENT": "WhatsApp/2.23"}, True),
        ({"HTTP_USER_AGENT": "python-requests/2.32"}, True),
        ({"HTTP_USER_AGENT": "Mozilla/5.0 (Windows NT 10.0; BingPreview/1.0b)"}, True),
        ({"HTTP_USER_AGENT": "Barracuda Sentinel (EE)"}, True),
        ({"HTTP_USER_AGENT": FIREFOX, "HTTP_SEC_PURPOSE": "prefetch;prerender"}, True),
        ({"HTTP_USER_AGENT": FIREFOX, "HTTP_PURPOSE": "prefetch"}, True),
        ({"HTTP_USER_AGENT": FIREFOX, "HTTP_X_MOZ": "prefetch"}, True),
    ],
)
def test_programs_say_what_they_are(client: Client, acme: Customer, headers: Any, program: bool) -> None:
    client.get(f"/statements/{acme.statement_token}", **headers)

    row = StatementView.objects.get()
    assert (row.customer, row.issued, row.is_bot) == (acme, None, program)


def test_page_file_and_lines_are_told_apart_and_head_is_a_program(client: Client, acme: Customer) -> None:
    link = f"/statements/{acme.statement_token}"
    for path in (link, f"{link}/pdf", f"{link}/csv"):
        client.get(path, HTTP_USER_AGENT=FIREFOX)
    client.head(link, HTTP_USER_AGENT="Mozilla/5.0")

    rows = StatementView.objects.order_by("pk").values_list("part", "is_bot")
    assert list(rows) == [("page", False), ("file", False), ("lines", False), ("page", True)]


def test_staff_at_their_desks_leave_no_trace(acme: Customer) -> None:
    at_desk().get(f"/statements/{acme.statement_token}", HTTP_USER_AGENT=FIREFOX)

    assert not StatementView.objects.exists()


def test_a_link_nobody_has_leaves_no_trace(client: Client, acme: Customer) -> None:
    client.get(f"/statements/{'x' * 24}", HTTP_USER_AGENT=FIREFOX)

    assert not StatementView.objects.exists()


def test_a_log_that_fails_does_not_keep_the_page_from_its_reader(
    monkeypatch: pytest.MonkeyPatch, client: Client, acme: Customer
) -> None:
    def broken(*_: Any) -> bool:
        raise DatabaseError("database is locked")

    monkeypatch.setattr(viewing, "_record", broken)

    assert client.get(f"/statements/{acme.statement_token}").status_code == 200


def test_views_are_forgotten_in_time(acme: Customer, settings: Any) -> None:
    settings.VIEW_LOG_DAYS = 90
    for days in (1, 89, 91, 400):
        _log(acme, timezone.now() - timedelta(days=days))

    forget_views()

    assert StatementView.objects.count() == 2


def test_an_address_that_is_none_is_left_out(client: Client, acme: Customer) -> None:
    client.get(f"/statements/{acme.statement_token}", HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="unix:")

    assert StatementView.objects.get().address is None


def _log(customer: Customer, moment: datetime) -> None:
    StatementView.objects.create(customer=customer, at=moment, part="page")
