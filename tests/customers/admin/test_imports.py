"""The import pages: upload, map columns, dry run, store, undo."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from customers.importing.copies import drop_copies
from customers.importing.jobs import run_import
from customers.models import Customer, ImportJob, Invoice
from tests.desk import at_desk, page_text, staff
from tests.ledgers import at

ADD = reverse("admin:customers_importjob_add")
GOOD = (
    b"customer,customer_name,invoice,date,due_date,currency,amount\n"
    b"00017,Blue Anchor,0001,2026-01-05,2026-02-04,USD,12.50\n"
)
GERMAN = b"Kunde;Firma;Beleg;Datum;Betrag;Sachbearbeiter\n17;Seil & Segel;R-1;05.01.2026;1.234,50;Ute\n"
pytestmark = pytest.mark.django_db


def url(act: str, job: ImportJob) -> str:
    return reverse(f"admin:customers_importjob_{act}", args=[job.pk])


def upload(desk: Client, content: bytes, name: str = "items.csv") -> ImportJob:
    desk.post(ADD, {"file": SimpleUploadedFile(name, content)})
    return ImportJob.objects.get()


def test_an_upload_shows_the_first_rows_and_what_is_recognised(desk: Client) -> None:
    job = upload(desk, GOOD)

    shown = desk.get(url("change", job))

    assert shown.context["recognised"] is True
    assert "00017" in page_text(shown)
    assert not Customer.objects.exists()


def test_a_dry_run_counts_and_stores_nothing(desk: Client) -> None:
    job = upload(desk, GOOD)

    desk.post(url("check", job))

    shown = desk.get(url("change", job))
    assert shown.context["may_start"] is True
    assert ("Invoices", 1, 0, 0) in shown.context["counts"]
    assert not Invoice.objects.exists()


def test_bad_rows_are_shown_with_line_column_and_reason(desk: Client) -> None:
    job = upload(desk, GOOD + b"00018,Quay,0002,2026-01-05,2025-01-01,USD,1.00\n")

    desk.post(url("check", job))

    shown = desk.get(url("change", job))
    [error] = shown.context["errors"]
    assert (error["line"], error["column"]) == (3, "due_date")
    assert shown.context["may_start"] is False
    assert error["reason"] in page_text(shown)


def test_a_refused_import_whose_file_is_gone_still_has_its_page(desk: Client) -> None:
    job = upload(desk, GOOD + b"00018,Quay,0002,2026-01-05,2025-01-01,USD,1.00\n")
    desk.post(url("check", job))
    drop_copies(job)

    shown = desk.get(url("change", job))

    assert shown.status_code == 200
    assert len(shown.context["errors"]) == 1
    assert (shown.context["may_check"], shown.context["may_start"]) == (False, False)
    assert "Upload it again" in page_text(desk.post(url("check", job), follow=True))


def test_foreign_columns_are_mapped_and_then_stored(desk: Client) -> None:
    job = upload(desk, GERMAN)
    shown = desk.get(url("change", job))
    assert shown.context["recognised"] is False
    titles = shown.context["map_form"].titles
    wanted = {
        "Kunde": "customer",
        "Firma": "customer_name",
        "Beleg": "invoice",
        "Datum": "date",
        "Betrag": "amount",
        "Sachbearbeiter": "-ignore",
    }
    form = {f"column_{titles.index(title)}": ours for title, ours in wanted.items()}

    desk.post(url("map", job), {**form, "decimal_mark": ",", "date_format": "DD.MM.YYYY", "currency": "EUR"})
    desk.post(url("start", job))
    run_import(job_id=job.pk, now=at("2026-03-02"))

    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.currency, invoice.total) == ("R-1", "eur", 1_234_50)


def test_two_columns_cannot_be_the_same(desk: Client) -> None:
    job = upload(desk, GERMAN)

    answer = desk.post(url("map", job), {"column_0": "customer", "column_1": "customer", "decimal_mark": "."})

    assert answer.status_code == 422
    assert "Two columns are customer." in page_text(answer)


def test_the_progress_loads_the_page_anew_once_it_is_done(desk: Client) -> None:
    job = upload(desk, GOOD)
    desk.post(url("check", job))
    desk.post(url("start", job))
    assert "HX-Refresh" not in desk.get(url("progress", job)).headers
    assert 'hx-trigger="every 1s"' in page_text(desk.get(url("change", job)))

    run_import(job_id=job.pk, now=at("2026-03-02"))

    answer = desk.get(url("progress", job))
    assert answer.headers["HX-Refresh"] == "true"
    assert 'aria-valuenow="100"' in page_text(answer)


def test_an_import_can_be_undone(desk: Client) -> None:
    job = upload(desk, GOOD)
    desk.post(url("check", job))
    desk.post(url("start", job))
    run_import(job_id=job.pk, now=at("2026-03-02"))

    desk.post(url("undo", job))

    assert not Customer.objects.exists()


def test_a_file_that_is_no_table_says_so(desk: Client) -> None:
    job = upload(desk, b"\xd0\xcf\x11\xe0 old excel", "old.xls")

    shown = desk.get(url("change", job))

    assert shown.context["tables"][0].problem
    assert shown.context["tables"][0].problem in shown.content.decode()


@pytest.mark.parametrize("role", ["read_only", "account_manager"])
def test_only_finance_imports(role: str) -> None:
    desk = at_desk(staff("Rita", role=role))

    assert desk.get(ADD).status_code == 403
    assert desk.get(reverse("admin:customers_importjob_changelist")).status_code == 403
