"""A visitor who signs in at a link, step by step."""

import re
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client

from customers.models import Company
from notifications.models import Message
from statements.models import SignIn
from tests.ledgers import Books, open_books

ANN = "ann@acme.example"
PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def open_guarded() -> Books:
    """An account with one invoice, of a company whose links ask for a code."""
    books = open_books("Acme Secret Works", email=ANN)
    Company.objects.update(name="Harbour", email="ar@harbour.example", sign_in_required=True)
    books.invoice("2026-01-06", "I-1", "500")
    return books


def visitor() -> Client:
    return Client(headers={"user-agent": PERSON})


def ask(client: Client, link: str, email: str, **extra: Any) -> HttpResponse:
    return client.post(f"{link}/sign_in", {"email": email}, **extra)  # type: ignore[return-value]


def give(client: Client, link: str, email: str, code: str, query: str = "") -> HttpResponse:
    return client.post(f"{link}/sign_in{query}", {"email": email, "code": code})  # type: ignore[return-value]


def code_in(message: Message) -> str:
    found = re.search(r"^\d{6}$", message.text, re.MULTILINE)
    assert found is not None
    return found[0]


def mailed() -> Message:
    """The newest mail with a code."""
    return Message.objects.filter(template="sign_in_code_email").latest("pk")


def sign_in(client: Client, link: str, email: str) -> HttpResponse:
    assert ask(client, link, email).status_code == 200
    return give(client, link, email, code_in(mailed()))


def later(**words: int) -> None:
    """Time passes: what was asked for and given lies further back."""
    for row in SignIn.objects.all():
        row.asked_at -= timedelta(**words)
        row.signed_in_at = row.signed_in_at and row.signed_in_at - timedelta(**words)
        row.save()
