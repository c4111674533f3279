"""Issuing: number a statement, freeze its facts, and make its file, once."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet

from customers.dates import local_day
from customers.leases import FREE, back_off, claim, lease_end, release
from customers.models import Company, Counter, Customer
from statements.archive import page_count
from statements.documents import (
    addressee_of,
    issued_pdf,
    locale_of,
    paper_for,
    sender_of,
    store_file,
    store_lines,
    template_version,
)
from statements.facts import to_facts
from statements.letterhead import Sender
from statements.lines_file import lines_csv, needs_lines_file
from statements.models import IssuedStatement, StatementTemplate
from statements.parties import Parties, to_kept
from statements.signals import documents_settled
from statements.statement import Statement

logger = logging.getLogger("duebook.statements")

MOST_ATTEMPTS = 3
# Statements with more lines than this have their own queue: they must not keep short ones waiting.
LONG_LINES = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement that is to be issued; `by_post` chooses the print house's paper."""

    statement: Statement
    customer: Customer
    by_post: bool = False


def issue_statements(*, plans: Sequence[Plan], now: datetime) -> list[IssuedStatement]:
    """Number statements and freeze their facts, inside the caller's transaction.

    Numbers have no gaps: a transaction that fails gives them back.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Statements are issued inside a transaction.")
    company, template = Company.get(), StatementTemplate.current()
    sender = sender_of(company, template, logo=False)
    first = _take_numbers(len(plans))
    rows = [_row(plan, first + index, company, template, sender, now) for index, plan in enumerate(plans)]
    return IssuedStatement.objects.bulk_create(rows, batch_size=500)


def hold_numbers() -> None:
    """Let nobody else issue until the caller's transaction ends: what is read next stays true till then."""
    Counter.objects.get_or_create(pk="issued_statement", defaults={"template": "ST-%06d"})
    Counter.objects.select_for_update().get(pk="issued_statement")


def cancel_statements(*, statement_ids: Sequence[int], now: datetime) -> int:
    """Mark issued statements as canceled; rows and numbers stay."""
    open_ones = IssuedStatement.objects.filter(pk__in=statement_ids, canceled_at=None)
    return open_ones.update(canceled_at=now, updated_at=now)


def render_now(issued: IssuedStatement, *, now: datetime) -> bool:
    """Make the file inside the caller's request; False when it is not there afterwards."""
    held = claim(_waiting(now).filter(pk=issued.pk), limit=1)
    done = [_render_one(pk, held.token, now) for pk in held.ids]
    issued.refresh_from_db()
    return done == [True] or issued.render_state == IssuedStatement.RenderState.READY


def render_batch(*, now: datetime, long: bool = False) -> int:
    """Make the files of up to one batch of waiting statements; returns how many were leased."""
    begun = time.monotonic()
    rows = _waiting(now).order_by("due_at", "pk")
    rows = rows.filter(line_count__gt=LONG_LINES) if long else rows.filter(line_count__lte=LONG_LINES)
    held = claim(rows, limit=settings.WORK_BATCH_ROWS)
    settled: list[int] = []
    try:
        for pk in held.ids:
            elapsed = time.monotonic() - begun
            if elapsed > settings.WORK_NEW_ROW_SECONDS:
                break
            if _render_one(pk, held.token, now + timedelta(seconds=elapsed)) is not None:
                settled.append(pk)
    finally:
        release(IssuedStatement, held)
        if settled:
            documents_settled.send_robust(sender=IssuedStatement, statement_ids=settled, now=now)
    return len(held.ids)


def waiting_counts(*, now: datetime) -> tuple[int, int]:
    """How many short and long statements wait for their file."""
    rows = _waiting(now)
    short = rows.filter(line_count__lte=LONG_LINES).count()
    return short, rows.count() - short


def _waiting(now: datetime) -> QuerySet[IssuedStatement]:
    return IssuedStatement.objects.to_render(now=now).filter(canceled_at=None)


def _render_one(pk: int, token: str, now: datetime) -> bool | None:
    """One row: True made, False given up, None to be tried again or no longer ours."""
    ours = IssuedStatement.objects.filter(pk=pk, lease_token=token)
    if not ours.update(attempt=F("attempt") + 1, lease_until=lease_end()):
        return None
    issued = IssuedStatement.objects.select_related("customer", "template").get(pk=pk)
    if issued.attempt > MOST_ATTEMPTS:
        return _give_up(ours, issued.error or "The worker ended each time it printed this statement.", now)
    try:
        pdf = issued_pdf(issued)
        made = _made(issued, pdf)
    except Exception as fault:
        # One statement that cannot be printed fails alone.
        logger.exception("statement %s could not be printed", issued.label)
        text = f"{type(fault).__name__}: {fault}"[:500]
        if issued.attempt >= MOST_ATTEMPTS:
            return _give_up(ours, text, now)
        ours.update(error=text, due_at=now + back_off(issued.attempt), updated_at=now, **FREE)
        return None
    return _keep(ours, made, now)


def _made(issued: IssuedStatement, pdf: bytes) -> dict[str, Any]:
    """Store the file, and the single lines beside it where the page shows months; what the row says then."""
    made = {
        "file": store_file(issued, pdf),
        "sha256": sha256(pdf).hexdigest(),
        "page_count": page_count(pdf),
    }
    statement = issued.statement
    if needs_lines_file(statement):
        lines = lines_csv(statement=statement, zone=Company.get().zone)
        made |= {"lines_file": store_lines(issued, lines), "lines_sha256": sha256(lines).hexdigest()}
    return made


def _keep(ours: QuerySet[IssuedStatement], made: dict[str, Any], now: datetime) -> bool | None:
    kept = ours.update(
        **made,
        render_state=IssuedStatement.RenderState.READY,
        rendered_at=now,
        error="",
        updated_at=now,
        **FREE,
    )
    return True if kept else None


def _give_up(ours: QuerySet[IssuedStatement], text: str, now: datetime) -> bool | None:
    state = IssuedStatement.RenderState.FAILED
    return False if ours.update(render_state=state, error=text, updated_at=now, **FREE) else None


def _take_numbers(count: int) -> int:
    """The first of `count` consecutive numbers; other issuers wait until this transaction ends."""
    with transaction.atomic():
        Counter.objects.get_or_create(pk="issued_statement", defaults={"template": "ST-%06d"})
        Counter.objects.filter(pk="issued_statement").update(next_value=F("next_value") + count)
        return int(Counter.objects.get(pk="issued_statement").next_value) - count


def _row(
    plan: Plan,
    number: int,
    company: Company,
    template: StatementTemplate,
    sender: Sender,
    now: datetime,
) -> IssuedStatement:
    statement, customer = plan.statement, plan.customer
    parties = Parties(
        sender, addressee_of(customer), locale_of(company=company, customer=customer), company.zone
    )
    options = statement.options
    start = None if options.start is None else datetime.fromtimestamp(options.start, UTC)
    end = datetime.fromtimestamp(options.end, UTC)
    return IssuedStatement(
        number=number,
        customer=customer,
        type=options.type,
        items=options.items,
        start_at=start,
        end_at=end,
        start_date=None if start is None else local_day(start, company.zone),
        end_date=local_day(end, company.zone),
        currency=statement.currency,
        members=[member.id for member in statement.members],
        facts=to_facts(statement),
        parties=to_kept(parties),
        headline=statement.headline,
        amount_due=statement.amount_due,
        line_count=len(statement.lines) + len(statement.open_lines) + len(statement.credit_lines),
        paper=paper_for(company=company, customer=customer, by_post=plan.by_post),
        by_post=plan.by_post,
        template=template if template.pk else None,
        template_version=template_version(template, company),
        due_at=now,
        created_at=now,
    )
