"""Start-up checks: what is half set, and settings that would work against each other."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.utils.module_loading import import_string

from config.font_library import can_subset_fonts
from config.reach import public_url_problem

Apps = Sequence[AppConfig] | None


@register(Tags.compatibility)
def check_work_timings(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """A lease must outlive the work it covers, or two workers hold the same row."""
    found: list[CheckMessage] = []
    if settings.VENDOR_TIMEOUT_SECONDS >= settings.CELERY_TASK_TIME_LIMIT:
        found.append(
            Error("VENDOR_TIMEOUT_SECONDS must be below WORK_HARD_LIMIT_SECONDS.", id="duebook.E001")
        )
    if settings.CELERY_TASK_TIME_LIMIT >= settings.WORK_LEASE_SECONDS:
        found.append(Error("WORK_HARD_LIMIT_SECONDS must be below WORK_LEASE_SECONDS.", id="duebook.E002"))
    if settings.RETRY_FIRST_SECONDS > settings.RETRY_MOST_SECONDS:
        found.append(Error("RETRY_FIRST_SECONDS must not exceed RETRY_MOST_SECONDS.", id="duebook.E003"))
    return found


@register(Tags.compatibility)
def check_mail(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """Half of a mail account is worse than none: it fails at the first statement instead of at the start."""
    if bool(settings.EMAIL_HOST_USER) != bool(settings.EMAIL_HOST_PASSWORD):
        return [Error("Set both EMAIL_HOST_USER and EMAIL_HOST_PASSWORD, or neither.", id="duebook.E004")]
    try:
        import_string(settings.EMAIL_BACKEND)
    except ImportError as missing:
        # Amazon SES, for one, needs a library that does not come along.
        return [Error(f"EMAIL_BACKEND cannot be used: {missing}", id="duebook.E006")]
    if settings.DELIVERY_MODE == "live" and not settings.EMAIL_HOST and "smtp" in settings.EMAIL_BACKEND:
        return [
            checks.Warning(
                "DELIVERY_MODE is live, but mail is not connected: every e-mail will be refused.",
                hint="Set EMAIL_HOST and EMAIL_PORT, or EMAIL_BACKEND and ANYMAIL.",
                id="duebook.W001",
            )
        ]
    return []


@register(Tags.compatibility)
def check_public_url(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """Links in live messages must be reachable by customers."""
    problem = public_url_problem(settings.PUBLIC_URL) if settings.DELIVERY_MODE == "live" else None
    return [checks.Warning(problem, hint="Set PUBLIC_URL.", id="duebook.W002")] if problem else []


@register(Tags.compatibility)
def check_font_subsetting(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """Without this library fonts are cut down by a slower one, for every document anew."""
    if can_subset_fonts():
        return []
    return [
        checks.Warning(
            "harfbuzz-subset is missing: PDFs are larger and far slower to make.",
            hint="Install libharfbuzz-subset0.",
            id="duebook.W006",
        )
    ]


@register(Tags.security, deploy=True)
def check_deployment(app_configs: Apps, **_: Any) -> list[CheckMessage]:
    """What a production installation must not leave at its default."""
    found: list[CheckMessage] = []
    if "*" in settings.ALLOWED_HOSTS:
        found.append(Error("ALLOWED_HOSTS must name the hosts.", id="duebook.E005"))
    if urlsplit(settings.PUBLIC_URL).scheme != "https":
        found.append(checks.Warning("PUBLIC_URL is not https.", id="duebook.W003"))
    if settings.CELERY_BROKER_URL == "filesystem://":
        found.append(
            checks.Warning(
                "The embedded queue serves one machine only.",
                hint="Set CELERY_BROKER_URL to a Redis address.",
                id="duebook.W004",
            )
        )
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        found.append(
            checks.Warning(
                "The embedded database serves one machine only.", hint="Set DATABASE_URL.", id="duebook.W005"
            )
        )
    return found
