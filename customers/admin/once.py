"""Forms that work once: pressing a button twice does a thing once and shows its one result."""

import secrets
from collections.abc import Callable

from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

FIELD = "once"
_KEPT = "done_forms"
_MOST = 50


def new_form_token() -> str:
    return secrets.token_urlsafe(16)


def do_once(request: HttpRequest, act: Callable[[], str]) -> tuple[str, bool]:
    """Run `act` in one transaction and return the address it leads to, and whether it ran.

    The token of the form and the address are kept in the session's row, under its lock: a second copy
    of the request waits for the first and gets the first one's address. What `act` raises undoes all.
    """
    token = request.POST.get(FIELD, "")
    with transaction.atomic():
        session = Session.objects.select_for_update().get(session_key=request.session.session_key)
        data = session.get_decoded()
        done = data.get(_KEPT, {})
        if token and token in done:
            return str(done[token]), False
        url = act()
        if token:
            done[token] = url
            data[_KEPT] = dict(list(done.items())[-_MOST:])
            session.session_data = request.session.encode(data)
            session.save(update_fields=["session_data"])
    return url, True


def claim_form(request: HttpRequest, url: str) -> str | None:
    """For acts that must not run inside a transaction: take the form's token first.

    Returns None when this request may act, else the address that the first copy leads to.
    """
    there, ran = do_once(request, lambda: url)
    return None if ran else there


def give_back(request: HttpRequest) -> None:
    """The claimed act was refused: the form may be sent again."""
    token = request.POST.get(FIELD, "")
    with transaction.atomic():
        session = Session.objects.select_for_update().get(session_key=request.session.session_key)
        data = session.get_decoded()
        if data.get(_KEPT, {}).pop(token, None) is not None:
            session.session_data = request.session.encode(data)
            session.save(update_fields=["session_data"])
