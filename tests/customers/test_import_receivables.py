"""manage.py import_receivables: what people see, and the exit codes scripts rely on."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from customers.importing import running
from customers.importing.writing import InvoiceWriter
from customers.ledger.reconciling import differences
from customers.models import Company, Customer, Event, ImportJob, Invoice
from tests.customers.importing.writing_files import ibm_file, ibm_row, on_disk, own_file, sample

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, what was said, what was complained about."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_receivables", *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    except CommandError as error:
        return error.returncode, out.getvalue(), str(error)
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture(autouse=True)
def company():
    return Company.objects.update_or_create(pk=1, defaults={"time_zone": "America/Chicago"})[0]


def test_imports_a_file_and_says_what_it_did(tmp_path):
    path = on_disk(tmp_path, sample())

    code, said, complained = run(path)

    assert (code, complained) == (0, "")
    assert "24 rows read." in said
    lines = [line.split() for line in said.splitlines()]
    assert ["invoices", "24", "0", "0"] in lines
    assert list(differences(now=datetime.now(UTC))) == []
    assert Event.objects.get().actor == "import"


def test_a_second_run_adds_nothing(tmp_path):
    path = on_disk(tmp_path, sample())
    run(path)

    code, said, _ = run(path)

    assert code == 0
    assert ["payments", "0", "20", "0"] in [line.split() for line in said.splitlines()]
    assert Invoice.objects.count() == 24


def test_a_dry_run_stores_nothing_not_even_a_job(tmp_path):
    good, bad = on_disk(tmp_path, sample()), on_disk(tmp_path, ibm_file(ibm_row(amount="x")), "bad.csv")

    assert run(good, "--dry-run")[0] == 0
    code, said, complained = run(bad, "--dry-run")

    assert code == 1
    assert 'bad.csv, line 2, column InvoiceAmount: "x" is no amount' in complained
    assert "nothing was stored" in said
    assert (ImportJob.objects.count(), Customer.objects.count()) == (0, 0)


def test_bad_rows_refuse_the_file_and_can_be_skipped(tmp_path):
    path = on_disk(tmp_path, ibm_file(ibm_row("1"), ibm_row("2", amount="x")))

    code, _, complained = run(path)
    assert (code, Invoice.objects.count()) == (1, 0)
    assert "Nothing was stored." in complained

    code, said, complained = run(path, "--skip-bad-rows")
    assert (code, Invoice.objects.count()) == (1, 1)
    assert "line 3, column InvoiceAmount" in complained
    assert ["invoices", "1", "0", "1"] in [line.split() for line in said.splitlines()]


def test_only_what_was_stored_leaves_a_copy_of_the_file(tmp_path, django_capture_on_commit_callbacks):
    bad = on_disk(tmp_path, ibm_file(ibm_row("1"), ibm_row("2", amount="x")))
    folder = Path(default_storage.path("imports"))

    def copies():
        return {path for path in folder.rglob("*") if path.is_file()}

    before = copies()
    with django_capture_on_commit_callbacks(execute=True):
        assert run(bad)[0] == 1
        assert run(on_disk(tmp_path, sample(), "good.csv"), "--dry-run")[0] == 0
    assert copies() == before

    run(on_disk(tmp_path, sample(), "good.csv"))
    [kept] = copies() - before
    assert kept.read_bytes() == sample()


def test_wrong_use_is_told_apart_from_bad_files(tmp_path, settings):
    path = on_disk(tmp_path, sample())
    broken = on_disk(tmp_path, b"{", "map.json")

    assert run(str(tmp_path / "nothing.csv"))[0] == 2
    assert run(path, "--map", str(tmp_path / "nothing.json"))[0] == 2
    assert run(path, "--map", broken)[0] == 2
    settings.DELIVERY_MODE = "live"
    code, _, complained = run(path, "--sample-contacts")
    assert code == 2
    assert "refused with DELIVERY_MODE=live" in complained
    assert run(on_disk(tmp_path, b"\xff\xfe\x00", "other.csv"))[0] == 1


def test_reads_several_files_and_a_map(tmp_path):
    people = on_disk(tmp_path, b"Kunde,Firma\n007,Blue Anchor\n", "people.csv")
    documents = on_disk(
        tmp_path, own_file({"customer": "007", "invoice": "1", "date": "2024-05-01", "amount": "5"})
    )
    mapping = on_disk(tmp_path, b"ours,theirs\ncustomer,Kunde\ncustomer_name,Firma\n", "map.csv")

    code, _, complained = run(people, documents, "--map", mapping)

    assert (code, complained) == (0, "")
    assert Invoice.objects.get().customer.name == "Blue Anchor"


def test_gives_sample_contacts(tmp_path):
    run(on_disk(tmp_path, sample()), "--sample-contacts")

    assert Customer.objects.get(number="0000-ACORN").email == "0000-acorn@example.test"


def test_an_interrupted_import_goes_on_with_the_same_command(tmp_path, monkeypatch):
    path = on_disk(tmp_path, sample())
    monkeypatch.setattr(running, "BATCH", 5)
    written = InvoiceWriter.write

    def interrupt(self, rows, now):
        if Invoice.objects.count() == 10:
            raise KeyboardInterrupt
        return written(self, rows, now)

    monkeypatch.setattr(InvoiceWriter, "write", interrupt)
    code, _, complained = run(path)
    assert code == 3
    assert "The same command goes on" in complained
    monkeypatch.undo()

    code, said, _ = run(path)

    assert code == 0
    assert "Going on with import" in said
    assert (ImportJob.objects.count(), Invoice.objects.count()) == (1, 24)


def test_a_fault_of_the_program_is_told_and_the_same_command_goes_on(tmp_path, monkeypatch):
    path = on_disk(tmp_path, sample())

    def fail(self, rows, now):
        raise RuntimeError("unexpected")

    monkeypatch.setattr(InvoiceWriter, "write", fail)
    code, _, complained = run(path)
    assert (code, ImportJob.objects.get().state) == (1, "failed")
    assert "Storing was stopped by a fault of the program" in complained
    monkeypatch.undo()

    code, said, _ = run(path)

    assert (code, Invoice.objects.count()) == (0, 24)
    assert "Going on with import" in said


def test_leaves_a_job_alone_that_another_process_is_storing(tmp_path):
    path = on_disk(tmp_path, sample())
    run(path)
    ImportJob.objects.update(
        state="running", lease_token="other", lease_until=datetime.now(UTC) + timedelta(minutes=1)
    )

    code, _, complained = run(path)

    assert code == 3
    assert "by another process" in complained
