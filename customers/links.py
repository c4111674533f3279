"""Public addresses, from settings and never from a request's Host."""

from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed


def portal(path: str) -> str:
    """An absolute address that customers can open: `PORTAL_BASE_URL`, else `PUBLIC_URL`."""
    return _base() + path


@cache
def _base() -> str:
    """Once: a list of customers holds a hundred addresses."""
    base: str = settings.PORTAL_BASE_URL or settings.PUBLIC_URL
    return base.rstrip("/")


def _forget_base(**_: Any) -> None:
    _base.cache_clear()


setting_changed.connect(_forget_base)


def statement_url(token: str) -> str:
    return portal(f"/statements/{token}")


def statement_pdf_url(token: str) -> str:
    return portal(f"/statements/{token}/pdf")


def statement_csv_url(token: str) -> str:
    return portal(f"/statements/{token}/csv")


def sign_up_url(token: str) -> str:
    return portal(f"/sign_up/{token}")


def invoice_url(token: str) -> str:
    return portal(f"/invoices/{token}")


def payment_pdf_url(token: str) -> str:
    return portal(f"/payments/{token}/pdf")


def credit_note_url(token: str) -> str:
    return portal(f"/credit_notes/{token}")
