"""A job from upload to end: stored once, in batches, whatever happens in between."""

import io
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from customers.errors import Refused
from customers.importing import running
from customers.importing.copies import drop_copies
from customers.importing.jobs import check_import, due_imports, run_import, start_import, upload_import
from customers.importing.running import LeaseLost
from customers.importing.writing import InvoiceWriter
from customers.ledger.reconciling import differences
from customers.models import (
    Customer,
    Event,
    ImportBatch,
    ImportJob,
    Invoice,
    LineItem,
    Payment,
    PaymentApplication,
)
from tests.customers.importing.conftest import NOW, clock
from tests.customers.importing.writing_files import ibm_file, ibm_row, own_file, sample, upload

TABLES = (Customer, Invoice, LineItem, Payment, PaymentApplication)


def stored():
    return [model.objects.count() for model in TABLES]


def queued(data, **options):
    job = upload_import(files=[upload(data)], now=NOW, **options)
    return start_import(job=check_import(job=job, now=NOW, clock=clock), now=NOW)


def run(job):
    return run_import(job_id=job.pk, now=NOW, clock=clock)


@pytest.fixture
def small_batches(monkeypatch, company):
    monkeypatch.setattr(running, "BATCH", 5)


def test_a_second_import_of_the_same_file_adds_nothing(bring_in):
    first = bring_in(sample())
    before = stored()

    second = bring_in(sample())

    assert before == [4, 24, 24, 20, 20] == stored()
    assert first.counts["invoices"] == {"created": 24, "already_there": 0, "skipped": 0}
    assert second.counts["invoices"] == {"created": 0, "already_there": 24, "skipped": 0}
    assert second.counts["payments"]["already_there"] == 20
    assert (second.state, second.error_count) == ("finished", 0)


def test_nothing_of_a_file_with_a_bad_row_is_stored(bring_in):
    job = bring_in(ibm_file(ibm_row("1"), ibm_row("2", amount="x")))

    assert job.state == "refused"
    assert job.errors == [
        {"file": "file0.csv", "line": 3, "column": "InvoiceAmount", "reason": '"x" is no amount'}
    ]
    assert stored() == [0, 0, 0, 0, 0]
    with pytest.raises(Refused, match="1 rows are bad"):
        start_import(job=job, now=NOW)


def test_bad_rows_are_left_out_when_asked_for(bring_in):
    job = bring_in(
        ibm_file(ibm_row("1"), ibm_row("2", amount="x", customer="0002-GONE"), ibm_row("3")),
        skip_bad_rows=True,
    )

    assert (job.state, job.error_count) == ("finished", 1)
    assert job.counts["invoices"] == {"created": 2, "already_there": 0, "skipped": 1}
    assert sorted(Invoice.objects.values_list("number", flat=True)) == ["1", "3"]
    assert Customer.objects.count() == 1


def test_only_the_first_thousand_errors_are_listed_and_all_are_counted(bring_in):
    job = bring_in(ibm_file(*(ibm_row(str(number), amount="x") for number in range(1_100))))

    assert (len(job.errors), job.error_count) == (1_000, 1_100)


def test_a_job_killed_between_batches_goes_on_and_doubles_nothing(small_batches, monkeypatch):
    job = queued(sample())
    written = InvoiceWriter.write

    def die(self, rows, now):
        if ImportBatch.objects.count() == 3:
            raise KeyboardInterrupt
        return written(self, rows, now)

    monkeypatch.setattr(InvoiceWriter, "write", die)
    with pytest.raises(KeyboardInterrupt):
        run(job)
    monkeypatch.undo()
    job.refresh_from_db()
    assert (job.state, Invoice.objects.count(), job.cursor["phase"]) == ("running", 10, "invoices")
    assert 0 < job.rows_done < job.rows_total == 24

    later = NOW + timedelta(hours=1)
    assert due_imports(NOW) == []
    assert due_imports(later) == [job.pk]
    job = run_import(job_id=job.pk, now=later, clock=lambda: later) or job

    assert job.state == "finished"
    assert stored() == [4, 24, 24, 20, 20]
    assert job.counts["invoices"] == {"created": 24, "already_there": 0, "skipped": 0}
    assert job.counts["customers"] == {"created": 4, "already_there": 0, "skipped": 0}
    assert list(differences(now=NOW)) == []


def test_a_batch_that_fails_leaves_nothing_of_itself(small_batches, monkeypatch):
    job = queued(sample())
    insert = InvoiceWriter._settle

    def fail(self, settled, tokens, written, now):
        insert(self, settled, tokens, written, now)
        if Invoice.objects.count() > 10:
            raise OperationalError("the disk is full")

    monkeypatch.setattr(InvoiceWriter, "_settle", fail)
    job = run(job)

    assert (job.state, job.lease_token) == ("failed", "")
    assert "the disk is full" in job.failure
    assert stored() == [4, 10, 10, 9, 9]
    assert list(differences(now=NOW)) == []

    monkeypatch.undo()
    assert run(start_import(job=job, now=NOW)).state == "finished"
    assert stored() == [4, 24, 24, 20, 20]


def test_a_fault_of_the_program_fails_the_job_with_a_sentence_and_the_log_has_the_rest(
    small_batches, monkeypatch, caplog
):
    job = queued(sample())
    caplog.set_level("ERROR", logger="duebook.imports")

    def fail(self, rows, now):
        raise RuntimeError("dictionary changed size")

    monkeypatch.setattr(InvoiceWriter, "write", fail)
    job = run(job)

    assert (job.state, job.lease_token, job.lease_until) == ("failed", "", None)
    assert job.failure.startswith("Storing was stopped by a fault of the program")
    assert "dictionary" not in job.failure
    assert "RuntimeError: dictionary changed size" in caplog.text
    assert due_imports(NOW + timedelta(days=1)) == []

    monkeypatch.undo()
    assert run(start_import(job=job, now=NOW)).state == "finished"
    assert stored() == [4, 24, 24, 20, 20]


def test_a_worker_that_lost_its_lease_writes_no_more(small_batches, monkeypatch):
    job = queued(sample())
    written = InvoiceWriter.write

    def take_over(self, rows, now):
        ImportJob.objects.filter(pk=job.pk).update(lease_token="somebody-else")
        return written(self, rows, now)

    monkeypatch.setattr(InvoiceWriter, "write", take_over)
    with pytest.raises(LeaseLost):
        run(job)

    assert Invoice.objects.count() == 0


def test_two_workers_do_not_run_the_same_job(company):
    job = queued(sample())
    ImportJob.objects.filter(pk=job.pk).update(lease_token="somebody", lease_until=NOW + timedelta(minutes=1))

    assert run(job) is None


def test_an_invoice_that_came_in_meanwhile_stops_the_job_and_is_adopted_or_refused(company, monkeypatch):
    job = queued(ibm_file(ibm_row("1"), ibm_row("2")))
    check = running.Storing.run

    def race(self):
        other = queued(ibm_file(ibm_row("2")))
        ImportJob.objects.filter(pk=other.pk).update(state="uploaded")
        monkeypatch.setattr(running.Storing, "run", check)
        start_import(job=check_import(job=other, now=NOW, clock=clock), now=NOW)
        assert run(other).state == "finished"
        check(self)

    monkeypatch.setattr(running.Storing, "run", race)
    job = run(job)
    assert job.state == "failed"
    assert "the same numbers came in from elsewhere" in job.failure

    job = run(start_import(job=job, now=NOW))
    assert job.state == "finished"
    assert job.counts["invoices"] == {"created": 1, "already_there": 1, "skipped": 0}
    assert list(differences(now=NOW)) == []


def test_each_file_is_one_event_and_no_row_has_one(bring_in, company):
    bring_in(
        own_file({"customer": "1", "customer_name": "Blue"}),
        own_file({"customer": "1", "invoice": "I", "date": "2024-05-01", "amount": "5"}),
    )

    events = Event.objects.order_by("pk")
    assert [(event.type, event.data["object"]["file"], event.data["object"]["rows"]) for event in events] == [
        ("import.finished", "file0.csv", 1), ("import.finished", "file1.csv", 1)
    ]  # fmt: skip


def test_the_uploaded_file_is_kept_with_its_digest(company):
    job = upload_import(files=[("C:\\books\\ledger.csv", io.BytesIO(b"abc"))], now=NOW)

    row = job.files.get()
    assert (row.name, row.size, row.sha256[:8]) == ("ledger.csv", 3, "ba7816bf")
    with row.file.open() as stream:
        assert stream.read() == b"abc"


def test_a_job_whose_file_is_gone_asks_for_it_again(company):
    job = upload_import(files=[upload(sample())], now=NOW)
    checked = check_import(job=job, now=NOW, clock=clock)
    drop_copies(job)

    for step in (check_import, start_import):
        with pytest.raises(Refused, match="Upload it again"):
            step(job=checked, now=NOW)
    checked.refresh_from_db()
    assert checked.state == "checked"


def test_a_check_alone_stores_nothing_and_can_be_repeated(company):
    job = upload_import(files=[upload(sample())], now=NOW)

    for _ in range(2):
        job = check_import(job=job, now=NOW, clock=clock)

    assert (job.state, job.rows_total, job.counts["invoices"]["created"]) == ("checked", 24, 24)
    assert stored() == [0, 0, 0, 0, 0]


def test_an_unreadable_file_is_refused_even_when_bad_rows_are_skipped(bring_in):
    job = bring_in(b"a,b\n\xff,1\n", skip_bad_rows=True)

    assert (job.state, job.errors[0]["line"]) == ("refused", 2)
    assert stored() == [0, 0, 0, 0, 0]


def test_queries_do_not_grow_with_the_rows(company, django_assert_max_num_queries):
    """Within a batch: a whole import of 20 rows costs as many queries as one of 800."""
    job = queued(ibm_file(*(ibm_row(f"A{n}", customer=f"X-{n % 20}") for n in range(20))))
    with django_assert_max_num_queries(60) as captured:
        run(job)

    job = queued(ibm_file(*(ibm_row(f"B{n}", customer=f"Y-{n % 200}") for n in range(800))))
    with django_assert_max_num_queries(len(captured)):
        run(job)


def test_twenty_thousand_rows_are_never_held_at_once(company, monkeypatch):
    """Counted, not timed: no step of the way holds more than a batch of rows."""
    largest = 0
    insert = InvoiceWriter.write

    def count(self, rows, now):
        nonlocal largest
        largest = max(largest, len(rows))
        return insert(self, rows, now)

    monkeypatch.setattr(InvoiceWriter, "write", count)
    rows = (ibm_row(f"{n:010}", customer=f"{n % 400:04}-ACORN") for n in range(20_000))
    job = run(queued(ibm_file(*rows)))

    assert (job.state, Invoice.objects.count(), largest) == ("finished", 20_000, running.BATCH)
    assert job.batches.count() == 1 + 20_000 // running.BATCH
    assert len(connection.queries_log) <= connection.queries_limit


def test_sample_contacts_are_flagged_and_refused_in_live_mode(bring_in, settings):
    bring_in(ibm_file(ibm_row(customer="0379-NEVHP")), sample_contacts=True)

    row = Customer.objects.get()
    assert (row.email, row.country) == ("0379-nevhp@example.test", "US")
    assert all((row.address1, row.city, row.state, row.postal_code))
    assert row.metadata == {"country_code": "391", "sample_contact": "yes"}
    settings.DELIVERY_MODE = "live"
    with pytest.raises(Refused, match="live"):
        upload_import(files=[upload(sample())], now=NOW, sample_contacts=True)


def test_sample_contacts_reach_customers_imported_before_and_spare_real_addresses(bring_in):
    data = ibm_file(ibm_row("1"), ibm_row("2", customer="0002-REAL"))
    bring_in(data)
    Customer.objects.filter(number="0002-REAL").update(email="books@real.test")

    job = bring_in(data, sample_contacts=True)

    emails = dict(Customer.objects.values_list("number", "email"))
    assert emails == {"0379-NEVHP": "0379-nevhp@example.test", "0002-REAL": "books@real.test"}
    assert job.counts["sample_contacts"]["created"] == 1
