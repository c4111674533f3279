"""What the import tests share."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from customers.importing.checking import Check, check_sources
from customers.importing.jobs import check_import as check_job
from customers.importing.jobs import run_import, start_import, upload_import
from customers.importing.mapping import Mapping
from customers.ledger.reconciling import differences
from customers.models import Company, ImportJob
from tests.customers.importing.writing_files import source, upload

NOW = datetime(2014, 2, 3, 15, 30, tzinfo=UTC)


def clock() -> datetime:
    return NOW


@pytest.fixture
def company(db: None) -> Company:
    return Company.objects.update_or_create(pk=1, defaults={"time_zone": "America/Chicago"})[0]


@pytest.fixture
def check(company: Company) -> Any:
    """Pass one over files; their stages are closed at the end of the test."""
    checks: list[Check] = []

    def run(*files: bytes, mapping: Mapping | None = None, names: tuple[str, ...] = ()) -> Check:
        given = [
            source(data, names[index] if names else f"file{index}.csv") for index, data in enumerate(files)
        ]
        checks.append(check_sources(given, mapping=mapping or Mapping(), company=company))
        return checks[-1]

    yield run
    for found in checks:
        found.stage.close()


@pytest.fixture
def bring_in(company: Company) -> Callable[..., ImportJob]:
    """Import files as the back office does: upload, check, start, run. The books must agree after it."""

    def run(*files: bytes, names: tuple[str, ...] = (), **options: Any) -> ImportJob:
        given = [
            upload(data, names[index] if names else f"file{index}.csv") for index, data in enumerate(files)
        ]
        job = upload_import(files=given, now=NOW, **options)
        job = check_job(job=job, now=NOW, clock=clock)
        if job.state == ImportJob.State.CHECKED or job.skip_bad_rows:
            start_import(job=job, now=NOW)
            job = run_import(job_id=job.pk, now=NOW, clock=clock) or job
        assert list(differences(now=NOW)) == []
        return job

    return run
