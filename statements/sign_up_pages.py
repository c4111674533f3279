"""The page behind `sign_up_url`: a customer turns AutoPay on. No script, no session, one form."""

import secrets
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from customers.autopay.signing_up import offers, sign_up
from customers.errors import Refused
from customers.ledger.events import Actor, acting_as
from customers.models import Company, Customer, PaymentSource
from customers.models.gateway import in_sandbox
from statements.admission import sign_in_first
from statements.documents import locale_of
from statements.labels import labels
from statements.limiting import HOUR, limited, over_limit, too_many, uncount
from statements.page_frame import frame_values
from statements.private_answers import private
from statements.sign_up_form import SignUpForm
from statements.visitors import visitor_of

# Names one filling-in of the form: pressed twice, it is carried out once.
FORM = "form"
DONE = "done"
# How AutoPay stands, by the label that says it.
WORKS, WAITS, BROKEN = "sign_up_on", "sign_up_waits", "sign_up_broken"


# As with signing in (`sign_in_pages`): pages behind links send no referrer, and nothing is done in the name
# of a signed-in visitor. The link is the secret; posts from other sites are not listened to.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@limited
def sign_up_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form, or carry out what was filled in and lead on to the page of thanks."""
    customer = get_customer(token)
    if ask := sign_in_first(request, account=customer, token=token):
        return ask
    by_staff = visitor_of(request).is_staff
    if request.method != "POST" or request.headers.get("Sec-Fetch-Site") == "cross-site" or by_staff:
        # Staff see the page; to allow the company anything is the customer's alone.
        done = DONE in request.GET and _standing(customer) in (WORKS, WAITS)
        return _page(request, customer, form=None if done else _form(customer), preview=by_staff)
    if _too_often(request, customer):
        return private(too_many(HOUR))
    return _signed_up(request, customer)


def get_customer(token: str) -> Customer:
    """Whose link it is; without a sign-up page there is nothing behind it."""
    rows = Customer.objects.select_related("sign_up_page", "payment_source")
    customer = rows.filter(sign_up_token=token, sign_up_page__isnull=False).first()
    if customer is None:
        raise Http404("There is no sign-up page behind this link.")
    return customer


def _signed_up(request: HttpRequest, customer: Customer) -> HttpResponse:
    form = _form(customer, request.POST)
    if not form.is_valid():
        return _page(request, customer, form=form)
    this_form = f"sign-up-form:{customer.pk}:{request.POST.get(FORM, '')[:64]}"
    if not over_limit(this_form, 1, HOUR):
        try:
            _sign_up(request, customer, form)
        except Refused as refused:
            of_source = refused.param == "gateway_token"
            form.add_error("source", form.words["sign_up_refused" if of_source else "sign_up_not_now"])
            return _page(request, customer, form=form)
        except BaseException:
            uncount(this_form)
            raise
    # 303: a reload of what comes next does not send the form again.
    answer = HttpResponseRedirect(f"{request.path}?{DONE}")
    answer.status_code = 303
    return private(answer)


def _sign_up(request: HttpRequest, customer: Customer, form: SignUpForm) -> None:
    visitor = visitor_of(request)
    actor = Actor(
        name="Customer's link",
        request_id=getattr(request, "request_id", ""),
        address=visitor.address or "",
    )
    wanted = form.wanted(user_agent=visitor.user_agent)
    with acting_as(actor):
        sign_up(customer=customer, page=form.page, wanted=wanted, now=timezone.now())


def _form(customer: Customer, data: Any = None) -> SignUpForm:
    page: Any = customer.sign_up_page
    company = Company.get()
    locale = locale_of(company=company, customer=customer)
    return SignUpForm(
        data,
        page=page,
        customer=customer,
        offers=offers(customer),
        words=labels(locale),
        locale=locale,
        company=company.name,
    )


def _page(
    request: HttpRequest, customer: Customer, *, form: SignUpForm | None, preview: bool = False
) -> HttpResponse:
    company = Company.get()
    frame = frame_values(company=company, locale=locale_of(company=company, customer=customer))
    page: Any = customer.sign_up_page
    wrong = form is not None and form.is_bound and bool(form.errors)
    standing = _standing(customer)
    context = {
        **frame,
        "customer": customer.name,
        "header": page.header_text,
        "terms_url": page.tos_url,
        # Browsers let no form lead to another site: the page of thanks does.
        "onward": page.thanks_url if form is None else "",
        "form": form,
        "can_sign_up": form is not None and form.can_be_sent,
        "once": secrets.token_urlsafe(16),
        "sandbox": in_sandbox(),
        "preview": preview,
        "standing": frame["words"][standing].format(source=customer.payment_source) if standing else "",
        "broken": standing == BROKEN,
        "error": wrong,
    }
    return private(render(request, "pages/sign_up.html", context, status=422 if wrong else 200))


def _standing(customer: Customer) -> str:
    """The words for how AutoPay stands; none where it is off."""
    source = customer.payment_source
    if not customer.autopay or source is None:
        return ""
    if source.chargeable and not _is_expired(source):
        return WORKS
    return WAITS if not source.chargeable and not source.verified and not source.failure_reason else BROKEN


def _is_expired(source: PaymentSource) -> bool:
    if not source.exp_year or not source.exp_month:
        return False
    today = timezone.now().astimezone(Company.get().zone)
    return (source.exp_year, source.exp_month) < (today.year, today.month)


def _too_often(request: HttpRequest, customer: Customer) -> bool:
    """Forms like this one are used to try out stolen cards."""
    limit = settings.PUBLIC_SIGN_UPS_PER_HOUR
    address = request.META.get("REMOTE_ADDR", "")
    return over_limit(f"sign-up:{address}", limit, HOUR) or over_limit(
        f"sign-up-of:{customer.pk}", limit, HOUR
    )
