"""The door before public links: open as ever, or for browsers that have signed in at the account."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from customers.models import Company, Customer
from statements.models import SignIn
from statements.private_answers import private
from statements.signing_in import is_signed_in
from statements.visitors import visitor_of

COOKIE = "signed_in"
_SALT = "statements.admission"
# A browser header has an end: who looks after more accounts signs in at the oldest again.
MOST_ACCOUNTS = 10


def sign_in_first(request: HttpRequest, *, account: Customer | None, token: str) -> HttpResponse | None:
    """Where the visitor has to go first; None when the link opens.

    Nothing of the link is shown or logged before. Staff see these things in the back office anyway.
    """
    if may_look(request, account=account):
        return None
    start, _, part = request.path_info.partition(token)
    query = [(name, word) for name, words in request.GET.lists() if name != "part" for word in words]
    words = urlencode([("part", part.strip("/")), *query] if part.strip("/") else query)
    address = f"{start}{token}/sign_in" + (f"?{words}" if words else "")
    return private(HttpResponseRedirect(address))


def may_look(request: HttpRequest, *, account: Customer | None) -> bool:
    """Whether this visitor sees the links of the account. One that is nobody's has nobody to sign in."""
    company = Company.get()
    if not company.sign_in_required or visitor_of(request).is_staff:
        return True
    return account is not None and is_signed_in(
        customer=account, keys=_keys(request), company=company, now=timezone.now()
    )


def let_in(request: HttpRequest, answer: HttpResponse, signed_in: SignIn) -> HttpResponse:
    """The answer with the cookie by which this browser is known, beside its sign-ins at other accounts."""
    keys = [signed_in.key, *(key for key in _keys(request) if key != signed_in.key)]
    answer.set_signed_cookie(
        COOKIE,
        ".".join(keys[:MOST_ACCOUNTS]),
        salt=_SALT,
        max_age=_seconds(),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure() or settings.SESSION_COOKIE_SECURE,
    )
    return answer


def _keys(request: HttpRequest) -> list[str]:
    kept = request.get_signed_cookie(COOKIE, default="", salt=_SALT, max_age=_seconds())
    return [key for key in (kept or "").split(".") if key]


def _seconds() -> int:
    hours: int = settings.PUBLIC_SIGN_IN_HOURS
    return hours * 3600
