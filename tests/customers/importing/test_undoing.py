from typing import Any

import pytest

from customers.errors import Refused
from customers.importing.jobs import check_import, run_import, start_import, upload_import
from customers.importing.undoing import undo_import
from customers.ledger.accounts import create_contact, update_customer
from customers.ledger.crediting import adjust_credit
from customers.ledger.paying import record_payment
from customers.ledger.reconciling import differences
from customers.models import (
    Contact,
    CreditNote,
    Customer,
    Event,
    Invoice,
    LineItem,
    Payment,
    PaymentApplication,
)
from tests.customers.importing.conftest import NOW, clock
from tests.customers.importing.writing_files import ibm_file, ibm_row, own_file, sample, upload

LATER = NOW.replace(hour=20)
TABLES = (Customer, Contact, Invoice, CreditNote, LineItem, Payment, PaymentApplication)


def test_takes_everything_out_again(bring_in):
    job = bring_in(sample())

    job = undo_import(job=job, now=LATER)

    assert job.state == "undone"
    assert [model.objects.count() for model in TABLES] == [0] * len(TABLES)
    assert Event.objects.filter(type="import.undone").count() == 1
    assert bring_in(sample()).counts["invoices"]["created"] == 24


def test_deletes_the_copy_of_the_file_once_the_undoing_is_certain(
    bring_in, django_capture_on_commit_callbacks
):
    job = bring_in(sample())
    kept = job.files.get().file
    assert kept.storage.exists(kept.name)

    with django_capture_on_commit_callbacks() as callbacks:
        undo_import(job=job, now=LATER)
    assert kept.storage.exists(kept.name)
    for callback in callbacks:
        callback()

    assert not kept.storage.exists(kept.name)
    row = job.files.get()
    assert (row.name, bool(row.file), job.has_copies) == ("file0.csv", False, False)


def test_opens_again_what_its_payments_had_settled(bring_in):
    bring_in(ibm_file(ibm_row("1", settled=None, amount="10.00")))
    job = bring_in(ibm_file(ibm_row("1", amount="10.00"), ibm_row("2")))
    assert Invoice.objects.get(number="1").balance == 0

    undo_import(job=job, now=LATER)

    assert [(row.number, row.balance) for row in Invoice.objects.all()] == [("1", 1000)]
    assert list(differences(now=LATER)) == []


@pytest.mark.parametrize(
    "use",
    [
        lambda customer: create_contact(customer=customer, values={"name": "Ann"}, now=LATER),
        lambda customer: update_customer(customer=customer, changes={"name": "New"}, now=LATER),
        lambda customer: adjust_credit(customer=customer, amount=500, currency="usd", now=LATER),
        lambda customer: record_payment(
            customer=customer, amount=100, currency="usd", now=LATER, spread=True
        ),
    ],
    ids=["contact", "changed", "credit", "payment"],
)
def test_is_refused_once_something_of_it_was_used(bring_in, use):
    job = bring_in(sample())
    use(Customer.objects.earliest("pk"))
    before = [model.objects.count() for model in TABLES]

    with pytest.raises(Refused, match="cannot be undone"):
        undo_import(job=job, now=LATER)

    assert [model.objects.count() for model in TABLES] == before
    job.refresh_from_db()
    assert job.state == "finished"


def test_is_refused_for_what_a_later_import_built_upon(bring_in):
    first = bring_in(ibm_file(ibm_row("1", settled=None)))
    second = bring_in(ibm_file(ibm_row("1"), ibm_row("2")))

    with pytest.raises(Refused):
        undo_import(job=first, now=LATER)
    undo_import(job=second, now=LATER)

    assert undo_import(job=first, now=LATER).state == "undone"
    assert Customer.objects.count() == 0


@pytest.fixture
def witnesses(monkeypatch):
    found: list[Any] = []
    monkeypatch.setattr("customers.importing.witnesses._witnesses", found)
    return found


def test_is_refused_once_an_upper_floor_has_shown_it_to_somebody(bring_in, witnesses):
    bring_in(ibm_file(ibm_row("1", settled=None)))
    job = bring_in(ibm_file(ibm_row("2", invoiced="2013-03-04", settled="2013-03-10")))
    asked = []

    def remember(touched, since):
        asked.append((touched, since))
        return "Statement ST-000007"

    witnesses.append(remember)

    with pytest.raises(Refused, match="ST-000007 shows what was imported, so it cannot be undone"):
        undo_import(job=job, now=LATER)

    invoice = Invoice.objects.get(number="2")
    assert asked == [({invoice.customer_id: invoice.date}, NOW)]
    job.refresh_from_db()
    assert job.state == "finished"

    witnesses[:] = [lambda touched, since: None]
    assert undo_import(job=job, now=LATER).state == "undone"


def test_takes_sample_contacts_back(bring_in):
    data = own_file({"customer": "1", "customer_name": "Blue Anchor"})
    bring_in(data)

    undo_import(job=bring_in(data, sample_contacts=True), now=LATER)

    row = Customer.objects.get()
    assert (row.email, row.address1, row.metadata) == ("", "", {})


def test_only_stored_imports_can_be_undone(company):
    job = upload_import(files=[upload(sample())], now=NOW)
    for step in (lambda: None, lambda: check_import(job=job, now=NOW, clock=clock)):
        step()
        with pytest.raises(Refused, match="cannot be undone"):
            undo_import(job=job, now=LATER)

    start_import(job=job, now=NOW)
    run_import(job_id=job.pk, now=NOW, clock=clock)
    undo_import(job=job, now=LATER)
    with pytest.raises(Refused, match="it is undone"):
        undo_import(job=job, now=LATER)
