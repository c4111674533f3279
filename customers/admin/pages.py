"""How a page of the back office is made: one frame, one way to answer a form."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone

from customers.admin.once import FIELD, claim_form, do_once, give_back, new_form_token
from customers.admin.roles import Right, may
from customers.errors import Refused
from customers.models import Event


def demand(request: HttpRequest, right: Right) -> None:
    """403 for those who may not."""
    if not may(request.user, right):
        raise PermissionDenied


def page(request: HttpRequest, template: str, *, title: str, **context: Any) -> TemplateResponse:
    """A page in the frame of the back office."""
    site = admin.site
    request.current_app = site.name
    frame = {
        **site.each_context(request),
        "title": title,
        "may": rights_of(request),
        "act_token": new_form_token(),
    }
    return TemplateResponse(request, template, {**frame, **context})


def rights_of(request: HttpRequest) -> dict[str, bool]:
    """For templates: `may.money`, `may.edit_accounts`, ..."""
    return {right.name.lower(): may(request.user, right) for right in Right}


def form_page(
    request: HttpRequest,
    *,
    title: str,
    form: Any,
    perform: Callable[[], tuple[str, str]],
    button: str = "Save",
    template: str = "admin/desk/form.html",
    **context: Any,
) -> HttpResponse:
    """Show a form; when it is sent and valid, perform it once and go where it leads.

    `perform` returns an address and a sentence of success; what the domain refuses is shown beside
    the field it names and nothing is changed.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said: list[str] = []
            try:
                url, ran = do_once(request, lambda: _said(perform(), said))
            except Refused as refused:
                form.refuse(refused)
            else:
                for sentence in said if ran else ["This form was already sent; here is its result."]:
                    if sentence:
                        messages.success(request, sentence)
                return HttpResponseRedirect(url)
    token = request.POST.get(FIELD) or new_form_token()
    shown = page(request, template, title=title, form=form, button=button, once=token, **context)
    shown.status_code = status
    return shown


def _said(outcome: tuple[str, str], said: list[str]) -> str:
    url, sentence = outcome
    said.append(sentence)
    return url


def act_page(request: HttpRequest, *, act: Callable[[], str], back: str, done: str) -> HttpResponse:
    """A button without questions: perform on POST, tell the refusal as a message, go back."""
    if request.method == "POST":
        try:
            url, ran = do_once(request, act)
        except Refused as refused:
            messages.error(request, refused.message)
            return HttpResponseRedirect(back)
        if ran and done:
            messages.success(request, done)
        return HttpResponseRedirect(url)
    return HttpResponseRedirect(back)


def outside_act(
    request: HttpRequest, *, act: Callable[[], None], url: str, back: str, done: str
) -> HttpResponse:
    """As `act_page`, for acts that ask a gateway or vendor and must not run inside a transaction."""
    if request.method != "POST" or claim_form(request, url) is not None:
        return HttpResponseRedirect(url if request.method == "POST" else back)
    try:
        act()
    except Refused as refused:
        give_back(request)
        messages.error(request, refused.message)
        return HttpResponseRedirect(back)
    messages.success(request, done)
    return HttpResponseRedirect(url)


_VERBS = {"created": "Created", "updated": "Changed", "deleted": "Deleted"}


def history_of(object_type: str, object_id: Any, zone: Any, most: int = 50) -> list[dict[str, str]]:
    """The audit trail of one object, newest first, for the foot of its page."""
    from customers.admin.figures import minute_of

    rows = Event.objects.filter(object_type=object_type, object_id=str(object_id)).order_by("-pk")[:most]
    return [
        {
            "when": minute_of(row.recorded_at, zone),
            "who": row.actor,
            "what": _VERBS.get(row.type.rpartition(".")[2], row.type.rpartition(".")[2].replace("_", " ")),
            "fields": ", ".join(sorted(name.replace("_", " ") for name in row.previous or {})),
            # Only what programs ask is in the request log.
            "request": row.request_id if row.api_key_id else "",
        }
        for row in rows
    ]


def read_clock() -> Any:
    """The interface reads the clock, the domain gets `now`."""
    return timezone.now()
