"""The background tasks of an import: thin, repeatable, quiet about work that is done."""

from datetime import UTC, datetime

import pytest

from customers import tasks
from customers.importing.jobs import start_import, upload_import
from customers.models import Company, ImportJob, Invoice
from tests.customers.importing.writing_files import sample, upload

pytestmark = pytest.mark.django_db


def test_checks_starts_and_stores_in_the_background(monkeypatch):
    Company.get()
    now = datetime.now(UTC)
    job = upload_import(files=[upload(sample())], now=now)
    rung = []
    monkeypatch.setattr(tasks.run_import, "delay", lambda **options: rung.append(options))

    tasks.check_import(job_id=job.pk)
    tasks.sweep_imports()
    assert rung == []
    start_import(job=job, now=now)
    tasks.sweep_imports()
    assert rung == [{"job_id": job.pk}]
    for _ in range(2):
        tasks.run_import(job_id=job.pk, unknown_option="from a newer release")

    job.refresh_from_db()
    assert (job.state, Invoice.objects.count()) == (ImportJob.State.FINISHED, 24)
