"""How long links live: new ones for old, and those that end by themselves."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone

from customers.ledger.statement_links import renew_statement_link
from customers.models import Company, Customer, Event
from customers.wire import describe
from statements.building import build_statement
from statements.issuing import Plan, issue_statements
from statements.linking import renew_issued_link
from statements.models import IssuedStatement
from statements.statement import Options
from tests.ledgers import at, last_second, open_books

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(db: None) -> Customer:
    cache.clear()
    books = open_books("Acme")
    books.invoice("2026-01-06", "I-1", "500")
    return books.customer


@pytest.fixture
def issued(acme: Customer) -> IssuedStatement:
    statement = build_statement(
        customer=acme, options=Options(type="open_item", end=last_second("2026-01-31"))
    )
    with transaction.atomic():
        [row] = issue_statements(plans=[Plan(statement, acme)], now=timezone.now())
    return row


def test_a_new_link_ends_the_old_one_and_the_wire_has_the_new_one(client: Client, acme: Customer) -> None:
    old = acme.statement_token

    renewed = renew_statement_link(customer=acme, now=at("2026-02-01"))

    assert client.get(f"/statements/{old}").status_code == 404
    assert client.get(f"/statements/{old}/pdf").status_code == 404
    assert client.get(f"/statements/{renewed.statement_token}").status_code == 200
    assert describe(renewed)["statement_pdf_url"].endswith(f"/statements/{renewed.statement_token}/pdf")
    event = Event.objects.filter(type="customer.updated").latest("pk")
    assert event.data["object"]["statement_pdf_url"].endswith(f"{renewed.statement_token}/pdf")
    assert event.previous == {"statement_pdf_url": describe(acme)["statement_pdf_url"]}


def test_the_link_of_a_sent_statement_is_replaced_without_telling_it_to_the_trail(
    client: Client, issued: IssuedStatement
) -> None:
    old, statement = issued.token, issued.statement

    renewed = renew_issued_link(issued=issued, now=at("2026-02-01"))

    assert client.get(f"/statements/{old}").status_code == 404
    assert client.get(f"/statements/{renewed.token}").status_code == 200
    renewed.refresh_from_db()
    assert renewed.statement == statement
    event = Event.objects.get(type="issued_statement.link_renewed")
    assert old not in str(event.data)
    assert renewed.token not in str(event.data)


def test_links_of_sent_statements_end_where_the_company_says_so(
    client: Client, acme: Customer, issued: IssuedStatement
) -> None:
    Company.objects.update(statement_link_days=30)
    assert client.get(f"/statements/{issued.token}").status_code == 200

    IssuedStatement.objects.update(created_at=timezone.now() - timedelta(days=31))

    assert client.get(f"/statements/{issued.token}").status_code == 404
    assert client.get(f"/statements/{issued.token}/pdf").status_code == 404
    assert client.get(f"/statements/{issued.token}/csv").status_code == 404
    assert client.get(f"/statements/{acme.statement_token}").status_code == 200


def test_unknown_replaced_ended_canceled_and_malformed_links_get_one_answer(
    client: Client, acme: Customer, issued: IssuedStatement
) -> None:
    replaced = acme.statement_token
    renew_statement_link(customer=acme, now=at("2026-02-01"))
    IssuedStatement.objects.update(canceled_at=timezone.now())
    paths = [
        f"/statements/{'x' * 24}",
        f"/statements/{replaced}",
        f"/statements/{issued.token}",
        f"/statements/{issued.token}/pdf",
        "/statements/1",
        "/statements/short/pdf",
        "/statements/../statements/etc",
        "/statements/" + "y" * 48,
    ]

    answers = [client.get(path) for path in paths]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    kept = ("Cache-Control", "X-Robots-Tag", "Referrer-Policy", "X-Content-Type-Options", "Content-Type")
    assert len({tuple(answer[name] for name in kept) for answer in answers}) == 1
    assert answers[0]["Cache-Control"] == "private, no-store"


def test_the_link_of_a_deleted_customer_opens_nothing(client: Client, issued: IssuedStatement) -> None:
    IssuedStatement.objects.update(customer=None)

    assert client.get(f"/statements/{issued.token}").status_code == 404


def test_one_link_opens_only_so_often_whoever_asks(client: Client, acme: Customer, settings: Any) -> None:
    settings.PUBLIC_LINK_OPENS_PER_MINUTE = 2
    other = open_books("Other").customer

    answers = [
        client.get(f"/statements/{acme.statement_token}", REMOTE_ADDR=f"203.0.113.{number}")
        for number in range(3)
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert client.get(f"/statements/{other.statement_token}").status_code == 200
