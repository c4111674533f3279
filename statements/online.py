"""The statement as a page in a browser: the same facts, words and figures as on paper, as plain values."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Min

from customers.dates import local_day
from customers.ledger.families import members_of
from customers.links import statement_url
from customers.models import Company, CreditAdjustment, Customer, Invoice, Payment
from customers.money import is_currency
from statements.documents import issued_parties, locale_of, parties_of
from statements.formatting import is_right_to_left, month_name
from statements.letterhead import Sender
from statements.looks import look_of, own_accent
from statements.models import IssuedStatement, StatementTemplate
from statements.online_payment import payment_page
from statements.paper import figures
from statements.paper.open_items_table import describe_item
from statements.paper.phrasing import Phrases, phrases_for
from statements.paper.tables import describe_credit, describe_movement
from statements.paper.ways import bank_lines
from statements.statement import Statement

# More lines than a page shows at once: the files have them all.
LINES_SHOWN = 200
MOST_MONTHS = 36


def page_values(
    *, statement: Statement, customer: Customer, company: Company, issued: IssuedStatement | None = None
) -> dict[str, Any]:
    """Everything that the page says, finished; an issued statement in the words and look it was sent with."""
    if issued is None:
        template = StatementTemplate.current()
        parties = parties_of(company=company, customer=customer, template=template, logo=False)
    else:
        template = issued.template or StatementTemplate()
        parties = issued_parties(issued, company=company, customer=customer, logo=False)
    locale, sender = parties.locale, parties.sender
    look = look_of(template, company=company, locale=locale)
    say = phrases_for(locale=locale, currency=statement.currency, zone=parties.zone, own=look.labels)
    label, figure = figures.due_figure(statement, say)
    return {
        "words": say.words,
        "language": locale.replace("_", "-"),
        "direction": "rtl" if is_right_to_left(locale) else "ltr",
        "accent": own_accent(template),
        "company": sender.name,
        "customer": parties.addressee.name,
        "customer_number": parties.addressee.number,
        "number": issued.label if issued else "",
        "heading": figures.heading(statement, say),
        "label": label,
        "figure": figure,
        "notes": figures.due_notes(statement, say),
        "summary": figures.summary(statement, say),
        "changed": figures.changed_note(statement, say),
        "table": _movements(statement, say)
        if statement.options.type == "balance_forward"
        else _open_items(statement, say),
        "memo": figures.memo(statement, say),
        "memo_note": say.word("whole_account") if statement.options.items == "past_due" else "",
        "aging_label": say.word("aging" if statement.aging.basis == "due_date" else "aging_by_date"),
        "aging": figures.aging(statement, say),
        "credit": _credit(statement, say),
        "pay_url": payment_page(customer=customer, statement=statement, company=company),
        "ways": _ways(statement, sender, template, say),
        "contact": _contact(sender, say),
        "current_url": statement_url(customer.statement_token) if issued else None,
    }


def choices(
    *, words: Mapping[str, Any], statement: Statement, customer: Customer, company: Company, now: datetime
) -> dict[str, Any]:
    """What else the page can show: kind, month, currency. For a customer's own link only."""
    locale = locale_of(company=company, customer=customer)
    members = members_of([customer.pk])[customer.pk]
    months = _months(customer, members, company, now)
    return {
        "months": [(f"{month:%Y-%m}", month_name(month, locale)) for month in months],
        "chosen_month": str(words.get("month") or ""),
        "chosen_type": statement.options.type,
        "past_due_only": statement.options.items == "past_due",
        "currencies": _currencies(members, statement.currency),
        "chosen_currency": statement.currency,
    }


def _open_items(statement: Statement, say: Phrases) -> dict[str, Any]:
    names, lines = _names(statement), statement.open_lines
    partly = statement.options.items == "past_due" and any(line.overdue != line.balance for line in lines)
    columns = ["due_date", "days_late"] if any(line.days_late for line in lines) else ["due_date"]
    columns += ["total", "balance", *(["past_due"] if partly else [])]
    rows = []
    for line in lines[:LINES_SHOWN]:
        cells = {
            "due_date": "" if line.due_at is None else say.day(line.due_at),
            "days_late": str(line.days_late or ""),
            "total": say.plain(line.total),
            "balance": say.plain(line.balance),
            "past_due": say.plain(line.overdue),
        }
        rows.append(_row(say, line.at, names, line.member_id, describe_item(line, say), columns, cells))
    empty = "no_past_due_items" if statement.options.items == "past_due" else "no_open_items"
    total = (say.word(figures.total_label(statement)), say.money(statement.total))
    return _table(say, names, columns, rows, len(lines), total, "" if lines else say.word(empty))


def _movements(statement: Statement, say: Phrases) -> dict[str, Any]:
    names, lines = _names(statement), statement.lines
    columns = ["amount", "balance"]
    rows = []
    for line in lines[:LINES_SHOWN]:
        amount = "" if line.type == "previous_balance" else say.plain(line.amount)
        cells = {"amount": amount, "balance": say.plain(line.balance)}
        rows.append(_row(say, line.at, names, line.member_id, describe_movement(line, say), columns, cells))
    total = (say.word("account_balance"), say.money(statement.closing))
    note = "" if len(lines) > 1 else say.word("no_activity")
    return _table(say, names, columns, rows, len(lines), total, note)


def _credit(statement: Statement, say: Phrases) -> dict[str, Any] | None:
    if statement.options.type == "open_item" or not (
        statement.credit_lines or statement.opening_credit or statement.closing_credit
    ):
        return None
    names, lines = _names(statement), statement.credit_lines
    columns = ["amount", "balance"]
    start = (statement.options.start or statement.options.end) - 1
    opening = {"amount": "", "balance": say.plain(statement.opening_credit)}
    rows = [_row(say, start, names, None, say.word("previous_balance"), columns, opening)]
    for line in lines[:LINES_SHOWN]:
        cells = {"amount": say.plain(line.amount), "balance": say.plain(line.balance)}
        rows.append(_row(say, line.at, names, line.member_id, describe_credit(line, say), columns, cells))
    total = (say.word("credit_balance"), say.money(statement.closing_credit))
    return _table(say, names, columns, rows, len(lines), total, "")


def _row(
    say: Phrases,
    at: int,
    names: Mapping[int, str],
    member_id: int | None,
    text: str,
    columns: list[str],
    cells: Mapping[str, str],
) -> dict[str, Any]:
    return {
        "date": say.day(at),
        "member": names.get(member_id or 0, ""),
        "text": text,
        "cells": [(say.word(name), cells[name]) for name in columns],
    }


def _table(
    say: Phrases,
    names: Mapping[int, str],
    columns: list[str],
    rows: list[dict[str, Any]],
    count: int,
    total: tuple[str, str],
    note: str,
) -> dict[str, Any]:
    capped = count > LINES_SHOWN
    return {
        "consolidated": bool(names),
        "columns": [say.word(name) for name in columns],
        "span": 2 + bool(names) + len(columns) - 1,
        "all": 2 + bool(names) + len(columns),
        "rows": rows,
        "total": total,
        "note": note,
        "capped": say.say("online_capped", count=str(LINES_SHOWN), total=str(count)) if capped else "",
    }


def _names(statement: Statement) -> dict[int, str]:
    return {member.id: member.name for member in statement.members} if statement.consolidated else {}


def _ways(statement: Statement, sender: Sender, template: StatementTemplate, say: Phrases) -> list[str]:
    """How to pay by hand: the company's own words, its bank account, its address."""
    if not statement.to_pay:
        return []
    lines = [line.strip() for line in template.payment_text.splitlines() if line.strip()]
    if sender.iban:
        lines += [say.say("transfer_to", name=say.name(sender.name)), *bank_lines(sender).split("\n")]
    if sender.remit_to or sender.address_lines:
        address = sender.remit_to or (sender.name, *sender.address_lines)
        lines.append(say.word("pay_to_address" if lines else "remit_to"))
        lines += [say.name(line) for line in address]
    return lines


def _contact(sender: Sender, say: Phrases) -> str:
    reach = " · ".join(filter(None, (sender.email, sender.phone)))
    return say.say("questions", contact=reach) if reach else ""


def _months(customer: Customer, members: tuple[int, ...], company: Company, now: datetime) -> list[date]:
    """Back to when the customer came or was first billed, three years at most; the newest first."""
    first = Invoice.objects.issued().filter(customer__in=members).aggregate(first=Min("date"))["first"]
    begun = min(filter(None, (customer.created_at, first)))
    oldest = local_day(begun, company.zone).replace(day=1)
    month = local_day(now, company.zone).replace(day=1)
    months: list[date] = []
    while len(months) < MOST_MONTHS and (month >= oldest or not months):
        months.append(month)
        month = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    return months


def _currencies(members: tuple[int, ...], shown: str) -> list[tuple[str, str]]:
    """Every currency in which the account has a document or payment; one alone is no choice."""
    found = {shown}
    for model in (Invoice, Payment, CreditAdjustment):
        rows = model._default_manager.filter(customer__in=members)
        found |= set(rows.order_by().values_list("currency", flat=True).distinct())
    known = sorted(code for code in found if is_currency(code))
    return [(code, code.upper()) for code in known] if len(known) > 1 else []
