"""The page at which a visitor signs in with a code by mail: no script, no session, two small forms."""

import unicodedata
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from customers.models import Company, Customer
from customers.wire.values import is_email
from statements.admission import let_in, may_look
from statements.document_pages import get_row
from statements.documents import locale_of
from statements.formatting import locale_for
from statements.limiting import HOUR, limited, over_limit, too_many
from statements.page_frame import frame_values
from statements.pages import get_subject
from statements.private_answers import private
from statements.sign_up_pages import get_customer
from statements.signing_in import CODE_MINUTES, ask_for_code, give_code
from statements.visitors import visitor_of

LONGEST_ADDRESS = 254
# Where a link can lead on to, its first part where nothing else was asked for.
PARTS = {
    "statements": ("", "pdf", "csv"),
    "sign_up": ("",),
    "invoices": ("", "pdf", "payment"),
    "credit_notes": ("", "pdf"),
    "payments": ("pdf",),
}


# Pages behind links send no referrer, and browsers then post without an origin that could be compared.
# Nothing is done in the name of a signed-in visitor here; posts from other sites are not listened to.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@limited
def sign_in_page(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """Ask for an address, then for the code; then on to what the link shows."""
    account = _account_behind(kind, token)
    onward = _onward(request, kind, token)
    if may_look(request, account=account):
        return private(HttpResponseRedirect(onward))
    if request.method != "POST" or request.headers.get("Sec-Fetch-Site") == "cross-site":
        return _page(request, account)
    address = request.POST.get("email", "").strip()
    if len(address) > LONGEST_ADDRESS or not is_email(address):
        return _page(request, account, email=address[:LONGEST_ADDRESS], error="sign_in_wrong_email")
    if "code" in request.POST:
        return _try_code(request, account, address, onward)
    return _send_code(request, account, address)


def _account_behind(kind: str, token: str) -> Customer | None:
    if kind == "statements":
        return get_subject(token).customer
    return get_customer(token) if kind == "sign_up" else get_row(kind, token).customer


def _send_code(request: HttpRequest, account: Customer | None, address: str) -> HttpResponse:
    from_where = request.META.get("REMOTE_ADDR", "")
    whose = account.pk if account is not None else ""
    if over_limit(f"link-code:{from_where}", settings.PUBLIC_CODES_PER_HOUR, HOUR) or over_limit(
        f"link-code-of:{whose}", settings.PUBLIC_CODES_OF_ACCOUNT_PER_HOUR, HOUR
    ):
        return private(too_many(HOUR))
    # Programs that fill in forms of links they find in mails hear what everybody hears.
    if account is not None and not visitor_of(request).is_program:
        ask_for_code(customer=account, address=address, now=timezone.now())
    return _page(request, account, email=address, asked=True)


def _try_code(request: HttpRequest, account: Customer | None, address: str, onward: str) -> HttpResponse:
    code = _digits(request.POST["code"][:64])
    now = timezone.now()
    signed_in = account and give_code(customer=account, address=address, code=code, now=now)
    if not signed_in:
        return _page(request, account, email=address, asked=True, error="sign_in_wrong_code")
    # 303: the browser gets what the link shows, and a reload does not post the code again.
    answer = HttpResponseRedirect(onward)
    answer.status_code = 303
    return private(let_in(request, answer, signed_in))


def _page(request: HttpRequest, account: Customer | None, **shown: Any) -> HttpResponse:
    """The page says nothing of the account, only whose customers it is for."""
    company = Company.get()
    if account is None:
        locale = locale_for(company.language, company.country)
    else:
        locale = locale_of(company=company, customer=account)
    frame = frame_values(company=company, locale=locale)
    words, error = frame["words"], shown.get("error")
    context = {
        **frame,
        "again": request.get_full_path(),
        "asked": shown.get("asked", False),
        "email": shown.get("email", ""),
        "error": words[error] if error else "",
        "holds": words["sign_in_holds"].format(minutes=CODE_MINUTES),
    }
    return private(render(request, "pages/sign_in.html", context, status=422 if error else 200))


def _onward(request: HttpRequest, kind: str, token: str) -> str:
    """What was asked for before; never an address that the request could choose."""
    wanted = request.GET.get("part", "")
    part = wanted if wanted in PARTS[kind] else PARTS[kind][0]
    words = request.GET.copy()
    words.pop("part", None)
    query = words.urlencode()
    return f"/{kind}/{token}" + (f"/{part}" if part else "") + (f"?{query}" if query else "")


def _digits(text: str) -> str:
    """The code as it was sent, however it was typed: with spaces, in Arabic digits."""
    return "".join(str(unicodedata.decimal(letter)) for letter in text if letter.isdecimal())
