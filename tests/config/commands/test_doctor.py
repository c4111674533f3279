import smtplib
import sys
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from config import diagnosis
from notifications.delivering import hold_channel

pytestmark = pytest.mark.django_db


def doctor() -> tuple[str, int]:
    out, code = StringIO(), 0
    try:
        call_command("doctor", stdout=out, stderr=StringIO(), no_color=True)
    except SystemExit as end:
        code = int(str(end.code))
    return out.getvalue(), code


@pytest.fixture
def live(settings):
    settings.DELIVERY_MODE = "live"
    settings.PUBLIC_URL = "https://ar.example.com"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    return settings


def test_a_healthy_installation_passes():
    report, code = doctor()

    assert code == 0, report
    assert "failure" not in report
    for subject in (
        "PDF libraries",
        "Data folder",
        "Database",
        "Migrations",
        "Queue",
        "Mail",
        "Public address",
    ):
        assert f"ok       {subject}" in report


def test_names_the_packages_when_the_pdf_libraries_are_missing(monkeypatch):
    # What an import of a module that is None gives: ImportError.
    monkeypatch.setitem(sys.modules, "weasyprint", None)

    report, code = doctor()

    assert code == 1
    assert "failure  PDF libraries" in report
    assert "apt-get install --no-install-recommends libpango-1.0-0" in report


def test_a_script_that_would_print_as_boxes_is_worth_a_warning(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(
        diagnosis, "_output", lambda command: "" if ":charset=3042" in command else "Noto Sans"
    )

    report, code = doctor()

    assert code == 0
    assert "warning  Fonts: none for Japanese: such texts print as boxes" in report
    assert "fonts-droid-fallback" in report


def test_slow_pdfs_are_worth_a_warning(monkeypatch):
    from weasyprint.text import ffi

    monkeypatch.setattr(ffi, "harfbuzz_subset", None)

    assert diagnosis._font_subsetting().level == "warning"


def test_migrations_that_wait_are_a_failure(monkeypatch):
    monkeypatch.setattr(diagnosis, "check_database", lambda: "not migrated")

    report, code = doctor()

    assert code == 1
    assert "failure  Migrations: some are not applied: manage.py migrate" in report


def test_a_database_that_does_not_answer_is_a_failure_and_the_report_goes_on(monkeypatch):
    monkeypatch.setattr(diagnosis, "check_database", lambda: "unreachable")

    report, code = doctor()

    assert code == 1
    assert "failure  Database" in report
    assert "Public address" in report


def test_a_queue_that_does_not_answer_is_a_failure(monkeypatch):
    monkeypatch.setattr(diagnosis, "check_queue", lambda: "unreachable")

    report, code = doctor()

    assert code == 1
    assert "failure  Queue" in report


def test_secrets_that_others_can_read_are_a_failure(settings, tmp_path: Path):
    settings.SECRETS_DIR = tmp_path
    (tmp_path / "secret_key").write_text("x" * 64)
    (tmp_path / "secret_key").chmod(0o644)

    report, code = doctor()

    assert code == 1
    assert "failure  Secrets: others can read secret_key" in report


def test_a_data_folder_that_is_gone_is_a_failure(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"

    report, code = doctor()

    assert code == 1
    assert "failure  Data folder" in report


def test_live_mode_without_a_mail_server_is_a_failure(live):
    live.EMAIL_HOST = ""

    report, code = doctor()

    assert code == 1
    assert "failure  Mail: not connected" in report


def test_a_mail_server_that_refuses_us_is_a_failure(live, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise smtplib.SMTPAuthenticationError(535, b"bad credentials")

    monkeypatch.setattr("django.core.mail.backends.smtp.EmailBackend.open", refuse)

    report, code = doctor()

    assert code == 1
    assert "failure  Mail: 127.0.0.1:9 refuses us" in report


def test_a_loopback_address_is_worth_a_warning_in_live_mode_only(live, monkeypatch):
    monkeypatch.setattr("django.core.mail.backends.smtp.EmailBackend.open", lambda self: True)
    live.PUBLIC_URL = "http://127.0.0.1:8000"

    report, code = doctor()

    assert code == 0, report
    assert "warning  Public address" in report


def test_a_data_folder_that_others_can_read_is_worth_a_warning(settings, tmp_path: Path):
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(0o755)

    report, code = doctor()

    assert code == 0, report
    assert f"warning  Privacy: others can read your data: chmod 700 {tmp_path}" in report


def test_a_database_file_that_others_can_read_is_worth_a_warning(settings, tmp_path: Path, monkeypatch):
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(0o700)
    file = tmp_path / "duebook.sqlite3"
    file.touch()
    here = SimpleNamespace(vendor="sqlite", settings_dict={"NAME": str(file)})
    monkeypatch.setattr(diagnosis, "connection", here)

    file.chmod(0o644)
    [loose] = diagnosis.data_kept_private()
    file.chmod(0o600)
    [tight] = diagnosis.data_kept_private()

    assert (loose.level, loose.text) == ("warning", f"others can read your data: chmod 600 {file}")
    assert tight.level == "ok"


def test_a_stopped_channel_is_a_failure_with_what_to_do(noon):
    hold_channel(channel="email", reason="The mail server refused our login.", now=noon)

    report, code = doctor()

    assert code == 1
    assert "failure  Email channel: stopped since 2026-03-02 12:00 UTC, 0 messages wait: The mail" in report
    assert "press Release under Sent messages" in report
