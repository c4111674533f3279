"""What an installation needs, checked one by one: `manage.py doctor` prints it."""

import shutil
import smtplib
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.db import DatabaseError, connection
from django.utils import timezone

from config.health import check_database, check_queue
from config.reach import public_url_problem
from customers.errors import Refused
from notifications.delivering import list_stops
from notifications.vendors import VENDORS, check_vendor, describe_vendor

Level = Literal["ok", "warning", "failure"]

PDF_PACKAGES = (
    "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-core fonts-droid-fallback"
)
INSTALL_PDF = (
    f"Debian, Ubuntu: sudo apt-get install --no-install-recommends {PDF_PACKAGES}; macOS: brew install pango"
)
# Scripts that the shipped typeface lacks, each by one of its letters.
_SCRIPTS = {"627": "Arabic", "5d0": "Hebrew", "3042": "Japanese", "4e2d": "Chinese"}
LEAST_FREE_BYTES = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: what was looked at, how it is, and what to do about it."""

    subject: str
    level: Level
    text: str


def diagnose() -> Iterator[Finding]:
    """Look at everything; a part that cannot be looked at is a failure, not the end of the report."""
    for look in (
        pdf_libraries,
        data_folder,
        data_kept_private,
        secrets_kept,
        database,
        queue,
        mail,
        texts_and_letters,
        stopped_channels,
        public_url,
    ):
        yield from look()


def pdf_libraries() -> Iterator[Finding]:
    try:
        from weasyprint import HTML
        from weasyprint.text.ffi import FROM_UNITS  # noqa: F401  opens the system's libraries

        document = HTML(string="<p>Duebook</p>").write_pdf()
    except (ImportError, OSError) as error:
        yield Finding("PDF libraries", "failure", f"{str(error).splitlines()[0]}. {INSTALL_PDF}")
        return
    if not (document or b"").startswith(b"%PDF"):
        yield Finding("PDF libraries", "failure", f"A test line did not become a PDF. {INSTALL_PDF}")
        return
    yield Finding("PDF libraries", "ok", "a test line became a PDF")
    yield _font_subsetting()
    yield from _fonts_for_all_scripts()


def _font_subsetting() -> Finding:
    from weasyprint.text import ffi

    if getattr(ffi, "harfbuzz_subset", None):
        return Finding("Font subsetting", "ok", "harfbuzz-subset is installed")
    text = "harfbuzz-subset is missing: PDFs are larger and far slower to make. Install libharfbuzz-subset0"
    return Finding("Font subsetting", "warning", text)


def _fonts_for_all_scripts() -> Iterator[Finding]:
    """Without a font a name or label in its script prints as empty boxes, and nobody is told."""
    fc_list = shutil.which("fc-list")
    if fc_list is None:
        return
    missing = [name for letter, name in _SCRIPTS.items() if not _output([fc_list, f":charset={letter}"])]
    if missing:
        text = f"none for {', '.join(missing)}: such texts print as boxes. Install fonts-noto-core and "
        yield Finding("Fonts", "warning", f"{text}fonts-droid-fallback (or fonts-noto-cjk)")
    else:
        yield Finding("Fonts", "ok", f"there are some for {', '.join(_SCRIPTS.values())}")


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    return done.stdout.strip()


def data_folder() -> Iterator[Finding]:
    folder = Path(settings.DATA_DIR)
    mark = folder / ".doctor"
    try:
        mark.touch()
        mark.unlink()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        yield Finding("Data folder", "failure", f"{folder} cannot be written: {error.strerror}")
        return
    if free < LEAST_FREE_BYTES:
        yield Finding("Data folder", "warning", f"{folder} has only {free // 1024**2} MB left")
        return
    yield Finding("Data folder", "ok", f"{folder}, {free // 1024**3} GB free")


def data_kept_private() -> Iterator[Finding]:
    """Other users of this machine must not read the folder or the embedded database."""
    folder = Path(settings.DATA_DIR)
    loose = [f"chmod 700 {folder}"] if folder.is_dir() and _others_may_use(folder) else []
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        files = [Path(name + end) for end in ("", "-wal", "-shm")]
        loose += [f"chmod 600 {path}" for path in files if path.is_file() and _others_may_use(path)]
    if loose:
        yield Finding("Privacy", "warning", f"others can read your data: {' && '.join(loose)}")
    else:
        yield Finding("Privacy", "ok", "only the owner can read the data folder and the database file")


def _others_may_use(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def secrets_kept() -> Iterator[Finding]:
    """Drawn secrets must be readable by their owner alone."""
    folder = Path(settings.SECRETS_DIR)
    kept = sorted(folder.iterdir()) if folder.is_dir() else []
    loose = [path.name for path in kept if _others_may_use(path)]
    if loose:
        yield Finding("Secrets", "failure", f"others can read {', '.join(loose)}: chmod 600 {folder}/*")
        return
    yield Finding("Secrets", "ok", f"kept in {folder}" if kept else "from the environment")


def database() -> Iterator[Finding]:
    state = check_database()
    if state == "unreachable":
        yield Finding("Database", "failure", f"{connection.vendor} does not answer; look at DATABASE_URL")
        return
    yield Finding("Database", "ok", _database_name())
    if state == "ok":
        yield Finding("Migrations", "ok", "all applied")
    else:
        yield Finding("Migrations", "failure", "some are not applied: manage.py migrate")


def _database_name() -> str:
    try:
        version = ".".join(str(part) for part in connection.get_database_version())
    except DatabaseError:
        return connection.display_name
    return f"{connection.display_name} {version}"


def queue() -> Iterator[Finding]:
    name = "embedded, in the data folder" if settings.CELERY_BROKER_URL == "filesystem://" else "Redis"
    if check_queue() == "ok":
        yield Finding("Queue", "ok", name)
    else:
        yield Finding("Queue", "failure", f"{name}: does not answer; look at CELERY_BROKER_URL")


def mail() -> Iterator[Finding]:
    if settings.DELIVERY_MODE == "sandbox":
        yield Finding("Mail", "ok", "sandbox: recorded for staff, nothing leaves this machine")
        return
    if "smtp" not in settings.EMAIL_BACKEND:
        yield Finding("Mail", "ok", f"by {settings.EMAIL_BACKEND}")
        return
    if not settings.EMAIL_HOST:
        yield Finding("Mail", "failure", "not connected: set EMAIL_HOST and EMAIL_PORT")
        return
    yield _greet_mail_server()


def _greet_mail_server() -> Finding:
    name = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    backend = get_connection(timeout=10)
    try:
        backend.open()
    except (OSError, smtplib.SMTPException) as error:
        return Finding("Mail", "failure", f"{name} refuses us: {error}")
    finally:
        if isinstance(backend, EmailBackend):
            backend.close()
    return Finding("Mail", "ok", f"{name} greets us")


def texts_and_letters() -> Iterator[Finding]:
    """Each vendor signs us in, if it is connected; a stopped channel has a line of its own."""
    if settings.DELIVERY_MODE == "sandbox":
        yield Finding("Texts and letters", "ok", "sandbox: recorded for staff, nothing leaves this machine")
    elif check_database() == "ok":
        yield from (_ask_vendor(channel) for channel in VENDORS)


def _ask_vendor(channel: str) -> Finding:
    state = describe_vendor(channel)
    subject = f"{state.label}s ({state.name})"
    if not state.stored:
        text = f"not connected: they are refused. manage.py connect_vendor {VENDORS[channel]}, or Vendors in "
        return Finding(subject, "warning", f"{text}the back office")
    try:
        said = check_vendor(channel=channel, now=timezone.now())
    except Refused as refused:
        return Finding(subject, "failure", refused.message)
    return Finding(subject, "ok", f"{said} {state.text}")


def stopped_channels() -> Iterator[Finding]:
    """What a vendor refused as a whole waits until somebody releases it."""
    if check_database() != "ok":
        return
    for stop in list_stops():
        yield Finding(
            f"{stop.label} channel",
            "failure",
            f"stopped since {stop.held_at:%Y-%m-%d %H:%M} UTC, {stop.waiting} messages wait: {stop.reason} "
            "Mend the cause, then press Release under Sent messages in the back office",
        )


def public_url() -> Iterator[Finding]:
    problem = public_url_problem(settings.PUBLIC_URL)
    if problem is None:
        yield Finding("Public address", "ok", settings.PUBLIC_URL)
    elif settings.DELIVERY_MODE == "live":
        yield Finding("Public address", "warning", problem)
    else:
        yield Finding("Public address", "ok", f"{settings.PUBLIC_URL} (fine for the sandbox)")
