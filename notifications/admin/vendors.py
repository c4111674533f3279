"""Vendors in the back office: who carries each channel, whether it can, and the way to connect it."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin

from customers.admin.once import FIELD, claim_form, give_back, new_form_token
from customers.admin.pages import demand, outside_act, page
from customers.admin.roles import Right, RoleRights
from customers.errors import Refused
from notifications.admin.vendor_form import FORMS, TrialForm, describe_page
from notifications.delivering import hold_channel, release_channel
from notifications.models import Message, VendorAccount
from notifications.tasks import ring_channels
from notifications.vendors import (
    VENDORS,
    check_vendor,
    describe_vendor,
    describe_vendors,
    disconnect_vendor,
    send_trial,
)

LIST = "admin:notifications_vendoraccount_changelist"
VENDOR = "admin:notifications_vendoraccount_channel"


@admin.register(VendorAccount)
class VendorAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    """Three channels, so the list is a page of its own."""

    view_right = Right.SETTINGS

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "notifications_vendoraccount"
        return [
            path("", view(list_page), name=f"{name}_changelist"),
            path("<slug:channel>/", view(vendor_page), name=f"{name}_channel"),
            path("<slug:channel>/try/", view(trial_page), name=f"{name}_try"),
            path("<slug:channel>/act/<slug:act>/", view(act), name=f"{name}_act"),
        ]


def list_page(request: HttpRequest) -> HttpResponse:
    """Every channel with its vendor and its state."""
    demand(request, Right.SETTINGS)
    rows = [
        {"state": state, "url": reverse(VENDOR, args=[state.channel]), **describe_page(state)}
        for state in describe_vendors()
    ]
    return page(request, "admin/desk/vendors.html", title="Vendors", vendors=rows)


def vendor_page(request: HttpRequest, channel: str) -> HttpResponse:
    """One channel: its state, what can be done about it, and the form that connects its vendor."""
    demand(request, Right.SETTINGS)
    _known(channel)
    state = describe_vendor(channel)
    form = FORMS[channel](request.POST or None, account=state.account) if channel in FORMS else None
    if request.method == "POST" and form is not None and form.is_valid():
        here = reverse(VENDOR, args=[channel])
        done = f"{state.name} is connected."
        if (answer := _once(request, form, form.connect, here, done)) is not None:
            return answer
        state = describe_vendor(channel)
    return _shown(request, channel, form, TrialForm(channel=channel))


def trial_page(request: HttpRequest, channel: str) -> HttpResponse:
    """Send a test and lead to it."""
    demand(request, Right.SETTINGS)
    _known(channel)
    if request.method != "POST":
        return HttpResponseRedirect(reverse(VENDOR, args=[channel]))
    trial = TrialForm(request.POST, channel=channel)
    if trial.is_valid():
        outbox = reverse("admin:notifications_message_changelist")
        sent: list[Message] = []

        def send() -> None:
            sent.append(send_trial(channel=channel, to=trial.cleaned_data["to"], now=timezone.now()))

        answer = _once(request, trial, send, outbox, "")
        if sent:
            messages.info(request, f"{sent[0]}: {sent[0].get_state_display().lower()}.")
            return HttpResponseRedirect(reverse("admin:notifications_message_change", args=[sent[0].pk]))
        if answer is not None:
            return answer
    account = describe_vendor(channel).account
    form = FORMS[channel](None, account=account) if channel in FORMS else None
    return _shown(request, channel, form, trial)


def act(request: HttpRequest, channel: str, act: str) -> HttpResponse:
    """Check, hold, release, disconnect."""
    demand(request, Right.SETTINGS)
    _known(channel)
    here = reverse(VENDOR, args=[channel])
    name = describe_vendor(channel).name
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "hold": (lambda: _hold(request, channel), f"{name} is stopped: what is to be sent waits."),
        "release": (lambda: _release(channel), f"{name} runs again."),
    }
    if channel in VENDORS:
        acts |= {
            "check": (
                lambda: check_vendor(channel=channel, now=timezone.now()),
                f"{name} takes the credentials.",
            ),
            "disconnect": (
                lambda: disconnect_vendor(channel=channel, now=timezone.now()),
                f"{name} is disconnected, its credentials are forgotten.",
            ),
        }
    if act not in acts:
        raise Http404("There is no such act.")
    perform, done = acts[act]
    return outside_act(request, act=perform, url=here, back=here, done=done)


def _hold(request: HttpRequest, channel: str) -> None:
    who = request.user.get_username()
    hold_channel(channel=channel, reason=f"Stopped by {who}.", now=timezone.now())


def _release(channel: str) -> None:
    release_channel(channel=channel, now=timezone.now())
    ring_channels()


def _known(channel: str) -> None:
    if channel not in Message.Channel.values:
        raise Http404("There is no such channel.")


def _once(
    request: HttpRequest, form: Any, perform: Callable[[], Any], url: str, done: str
) -> HttpResponse | None:
    """Perform what asks a vendor, once; None when it was refused, with the reason on the form."""
    already = claim_form(request, url)
    if already is not None:
        messages.info(request, "This form was already sent; here is its result.")
        return HttpResponseRedirect(already)
    try:
        perform()
    except Refused as refused:
        give_back(request)
        form.refuse(refused)
        return None
    if done:
        messages.success(request, done)
    return HttpResponseRedirect(url)


def _shown(request: HttpRequest, channel: str, form: Any, trial: TrialForm) -> HttpResponse:
    state = describe_vendor(channel)
    answer = page(
        request,
        "admin/desk/vendor.html",
        title=state.label,
        back=reverse(LIST),
        state=state,
        form=form,
        button="Save" if state.stored else "Connect",
        trial=trial,
        once=request.POST.get(FIELD) or new_form_token(),
        trial_once=new_form_token(),
        try_url=reverse("admin:notifications_vendoraccount_try", args=[channel]),
        acts=_acts(state.channel, state.stored, state.account),
        **describe_page(state),
    )
    answer.status_code = 422 if request.method == "POST" else 200
    return answer


def _acts(channel: str, stored: bool, account: VendorAccount | None) -> list[dict[str, str]]:
    def button(act: str, title: str, question: str = "") -> dict[str, str]:
        url = reverse("admin:notifications_vendoraccount_act", args=[channel, act])
        return {"url": url, "title": title, "question": question}

    held = account is not None and account.held_at is not None
    found = [
        button("release", "Release", "Release it? Everything that waits will be sent.")
        if held
        else button("hold", "Stop", "Stop it? What is to be sent waits until it is released.")
    ]
    if stored and channel in VENDORS:
        found.append(button("check", "Check the credentials"))
        found.append(button("disconnect", "Disconnect", "Disconnect? The credentials are forgotten."))
    return found
