"""An import that a statement has shown to a customer is not undone any more."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from customers.errors import Refused
from customers.importing.jobs import check_import, run_import, start_import, upload_import
from customers.importing.undoing import undo_import
from customers.models import Customer, ImportJob
from statements.building import build_statement
from statements.issuing import Plan, cancel_statements, issue_statements
from statements.models import IssuedStatement
from statements.statement import Options
from tests.ledgers import at, last_second, open_books

NOW = at("2026-08-03")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def customer(db: None) -> Customer:
    return open_books("Blue Anchor").customer


@pytest.fixture
def job(customer: Customer) -> ImportJob:
    """An invoice of 15 July, imported for a customer who was there before."""
    row = f"{customer.number},I-9,2026-07-15,2026-08-15,USD,12.50"
    text = f"customer,invoice,date,due_date,currency,amount\n{row}\n"
    job = upload_import(files=[("items.csv", io.BytesIO(text.encode()))], now=NOW)
    job = start_import(job=check_import(job=job, now=NOW, clock=lambda: NOW), now=NOW)
    done = run_import(job_id=job.pk, now=NOW, clock=lambda: NOW)
    assert done is not None
    assert done.counts["invoices"]["created"] == 1
    return done


def issue(customer: Customer, end: str = "2026-07-31", now: Any = LATER) -> IssuedStatement:
    options = Options(type="open_item", end=last_second(end))
    plan = Plan(build_statement(customer=customer, options=options), customer)
    with transaction.atomic():
        [issued] = issue_statements(plans=[plan], now=now)
    return issued


def test_a_statement_that_shows_the_import_keeps_it(customer: Customer, job: ImportJob) -> None:
    issued = issue(customer)

    with pytest.raises(Refused, match=f"Statement {issued.label} shows what was imported"):
        undo_import(job=job, now=LATER)

    assert customer.invoices.count() == 1


def test_a_statement_of_the_parent_keeps_what_a_member_got(customer: Customer, job: ImportJob) -> None:
    parent = Customer.objects.create(name="Harbour Group", number="HG-1")
    issued = issue(parent)
    IssuedStatement.objects.filter(pk=issued.pk).update(members=[parent.pk, customer.pk])

    with pytest.raises(Refused, match=issued.label):
        undo_import(job=job, now=LATER)


@pytest.mark.parametrize("case", ["ends before", "issued before", "canceled", "somebody else's"])
def test_other_statements_do_not_keep_it(customer: Customer, job: ImportJob, case: str) -> None:
    if case == "ends before":
        issue(customer, end="2026-07-14")
    elif case == "issued before":
        issue(customer, now=NOW - timedelta(hours=1))
    elif case == "canceled":
        cancel_statements(statement_ids=[issue(customer).pk], now=LATER)
    else:
        issue(Customer.objects.create(name="Quay", number="Q-1"))

    assert undo_import(job=job, now=LATER).state == "undone"
    assert customer.invoices.count() == 0
