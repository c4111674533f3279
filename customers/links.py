"""Public addresses, from settings and never from a request's Host."""

from django.conf import settings


def portal(path: str) -> str:
    """An absolute address that customers can open: `PORTAL_BASE_URL`, else `PUBLIC_URL`."""
    base: str = settings.PORTAL_BASE_URL or settings.PUBLIC_URL
    return base.rstrip("/") + path


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
