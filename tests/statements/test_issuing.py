"""Numbers, frozen facts, files."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction

from customers.models import Company, Customer
from statements.building import build_statement
from statements.documents import read_file
from statements.facts import from_facts, to_facts
from statements.issuing import Plan, issue_statements, render_batch, render_now
from statements.models import IssuedStatement
from statements.signals import documents_settled
from statements.statement import Line, Options, Statement
from tests.ledgers import at, first_second, last_second, open_books

NOW = at("2026-08-03")


@pytest.fixture
def books(db: None) -> Any:
    books = open_books("Blue Anchor")
    books.invoice("2026-07-06", "I-1", "340.00", due="2026-08-05")
    books.pay("2026-07-22", "100.00", "ACH 1", on=[("I-1", "100.00")])
    return books


def built(customer: Customer, **words: Any) -> Statement:
    period = {"start": first_second("2026-07-01")} if words.get("type") == "balance_forward" else {}
    options = Options(**{"type": "open_item", "end": last_second("2026-07-31"), **period, **words})
    return build_statement(customer=customer, options=options)


def issue(customer: Customer, **words: Any) -> IssuedStatement:
    with transaction.atomic():
        [issued] = issue_statements(plans=[Plan(built(customer, **words), customer)], now=NOW)
    return issued


def fake_pdf(monkeypatch: pytest.MonkeyPatch, make: Callable[[IssuedStatement], bytes]) -> None:
    monkeypatch.setattr("statements.issuing.issued_pdf", make)
    monkeypatch.setattr("statements.issuing.page_count", lambda content: 1)


@pytest.mark.parametrize("kind", ["open_item", "balance_forward"])
def test_facts_come_back_as_the_very_same_statement(books: Any, kind: str) -> None:
    issued = issue(books.customer, type=kind)

    kept = IssuedStatement.objects.get(pk=issued.pk)

    assert kept.statement == built(books.customer, type=kind)
    assert kept.headline == 24000
    assert kept.end_date.isoformat() == "2026-07-31"
    assert (kept.start_date is None) == (kind == "open_item")


def test_odd_texts_and_missing_values_survive_the_snapshot(books: Any) -> None:
    statement = built(books.customer, type="balance_forward")
    odd = Line(type="payment", at=1, amount=0, balance=0, number='"\\ \u202e日本', member_id=None)
    statement = replace(statement, lines=(*statement.lines, odd), changed_since=(17, -5))

    assert from_facts(to_facts(statement)) == statement


def test_the_file_is_made_once_and_is_what_was_hashed(books: Any) -> None:
    issued = issue(books.customer)

    assert render_now(issued, now=NOW)
    assert render_now(issued, now=NOW)

    content = read_file(issued)
    assert content.startswith(b"%PDF")
    assert issued.sha256 == sha256(content).hexdigest()
    assert issued.page_count == 1
    assert issued.attempt == 1
    assert issued.label == "ST-000001"


def test_a_file_that_was_changed_is_not_handed_out(books: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_pdf(monkeypatch, lambda issued: b"%PDF as issued")
    issued = issue(books.customer)
    render_now(issued, now=NOW)
    with default_storage.open(str(issued.file.name), "wb") as file:
        file.write(b"%PDF forged")

    with pytest.raises(ValueError, match="changed"):
        read_file(issued)


def test_a_file_cut_short_by_a_crash_is_written_again(books: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_pdf(monkeypatch, lambda issued: b"%PDF the same bytes each time")
    issued = issue(books.customer)
    render_now(issued, now=NOW)
    name = str(issued.file.name)
    with default_storage.open(name, "wb") as file:
        file.write(b"%P")
    IssuedStatement.objects.update(render_state="queued", file="", sha256="", rendered_at=None, page_count=0)

    issued.refresh_from_db()
    assert render_now(issued, now=NOW)

    assert issued.file.name == name
    assert read_file(issued) == b"%PDF the same bytes each time"


def test_one_statement_that_cannot_be_printed_fails_alone_after_three_tries(
    books: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(issued: IssuedStatement) -> bytes:
        if issued.number == 1:
            raise RuntimeError("no ink")
        return b"%PDF fine"

    fake_pdf(monkeypatch, make)
    told: list[int] = []
    documents_settled.connect(lambda statement_ids, **_: told.extend(statement_ids), weak=False)
    bad, good = issue(books.customer), issue(books.customer)

    for hours in range(4):
        render_batch(now=NOW + timedelta(hours=hours))

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.render_state, bad.attempt, bad.error) == ("failed", 3, "RuntimeError: no ink")
    assert good.render_state == "ready"
    assert told == [good.pk, bad.pk]


def test_a_statement_that_kills_its_worker_is_given_up(books: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_pdf(monkeypatch, lambda issued: b"%PDF")
    issued = issue(books.customer)
    IssuedStatement.objects.update(attempt=3, lease_token="dead", lease_until=at("2020-01-01"))

    render_batch(now=NOW)

    issued.refresh_from_db()
    assert issued.render_state == "failed"
    assert "worker ended" in issued.error


def test_numbers_of_a_transaction_that_failed_are_given_again(books: Any) -> None:
    plan = Plan(built(books.customer), books.customer)
    with transaction.atomic():
        issue_statements(plans=[plan, plan], now=NOW)
        transaction.set_rollback(True)

    assert issue(books.customer).number == 1


def test_long_statements_do_not_keep_short_ones_waiting(books: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_pdf(monkeypatch, lambda issued: b"%PDF")
    long, short = issue(books.customer), issue(books.customer)
    IssuedStatement.objects.filter(pk=long.pk).update(line_count=5000)

    assert render_batch(now=NOW) == 1
    short.refresh_from_db()
    long.refresh_from_db()
    assert (short.render_state, long.render_state) == ("ready", "queued")
    assert render_batch(now=NOW, long=True) == 1


@pytest.mark.django_db(transaction=True)
def test_issuers_at_the_same_time_leave_no_gap_and_no_double() -> None:
    customer = open_books("Blue Anchor").customer
    plan = Plan(built(customer), customer)
    Company.get()

    def work(_: int) -> None:
        try:
            with transaction.atomic():
                issue_statements(plans=[plan, plan, plan], now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(6)))

    numbers = list(IssuedStatement.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 19))


def test_a_snapshot_of_the_first_shape_is_still_read(books: Any) -> None:
    issued = issue(books.customer)
    facts = dict(issued.facts)
    del facts["past_due"]
    facts["aging"] = {"current": 0, "days_1_30": 24000, "days_31_60": 0, "days_61_90": 0, "over_90": 0}

    statement = from_facts(facts)

    assert statement.aging.buckets == (0, 24000, 0, 0, 0)
    assert statement.aging.bounds == (1, 31, 61, 91)
    assert statement.past_due == 24000
