"""The set-up page of a new installation: a few steps, each of which can be skipped."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from customers.admin.forms import CurrencyField, dress
from customers.admin.logo import LogoField
from customers.admin.pages import demand, form_page
from customers.admin.roles import Right
from customers.ages import bounds_of
from customers.ledger.events import record_fact
from customers.models import Company

ZONES = [
    (name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name or name == "UTC"
]


class BoundsField(forms.CharField):
    """Days from which the buckets of the aging begin, written with commas: 1, 31, 61, 91."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.clean(data) != initial)
        except forms.ValidationError:
            return True

    def clean(self, value: Any) -> list[int]:
        parts = [part.strip() for part in str(super().clean(value)).split(",") if part.strip()]
        try:
            return list(bounds_of([int(part) for part in parts]))
        except ValueError as wrong:
            text = str(wrong) if all(part.isdecimal() for part in parts) else "Write days like 1, 31, 61, 91."
            raise forms.ValidationError(text) from None


class CompanyForm(forms.ModelForm[Company]):
    """Any part of the company's settings, in the theme's look."""

    time_zone = forms.ChoiceField(choices=ZONES)
    currency = CurrencyField()
    aging_bounds = BoundsField(help_text="First day of each age, with commas: 1, 31, 61, 91.")
    logo = LogoField(required=False)
    remove_logo = forms.BooleanField(required=False)

    class Meta:
        model = Company
        exclude = ["set_up_steps", "created_at"]
        help_texts = {
            "country": "Two letters.",
            "language": "Two letters: of letters and mails to customers without an own one.",
            "payment_terms": "For customers without own terms, for example NET 30.",
            "sender_name": "Who mails come from. Empty: the company's name.",
            "bcc": "Addresses, separated by commas.",
            "statement_link_days": "Empty: they stay open. A customer's own link does not end.",
            "sign_in_required": "Statements, invoices, credit notes and receipts open with a code that "
            "is mailed to an address of the account. It needs a connected mail server.",
        }

    def __init__(self, *args: Any, only: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = (*only, "remove_logo") if "logo" in only and self.instance.logo else only
        for name in set(self.fields) - set(wanted):
            del self.fields[name]
        self.order_fields(wanted)
        dress(self)

    def take(self) -> list[str]:
        """Put the values on the company, not saved; returns the names of what changed."""
        company = self.save(commit=False)
        if self.cleaned_data.get("remove_logo"):
            company.logo = ""
        return [name for name in self.changed_data if name != "remove_logo"] + (
            ["logo"] if self.cleaned_data.get("remove_logo") else []
        )

    def refuse(self, refused: Any) -> None:
        self.add_error(refused.param if refused.param in self.fields else None, refused.message)


@dataclass(frozen=True, slots=True)
class Step:
    slug: str
    title: str
    lead: str
    fields: tuple[str, ...]


STEPS = (
    Step(
        "company", "Your company", "It stands on the letterhead of every statement.",
        ("name", "address1", "address2", "city", "state", "postal_code", "country", "phone", "email",
         "website", "tax_id"),
    ),
    Step(
        "region", "Time zone and currency",
        "The time zone decides which day it is: an invoice due today is not late.",
        ("time_zone", "currency", "language"),
    ),
    Step("paper", "Paper size", "Of statements; letters by post are always US Letter.", ("paper_size",)),
    Step("logo", "Logo", "A PNG or JPEG picture, printed at the top of statements.", ("logo",)),
    Step(
        "sender", "Sender of mails", "Who customers see, and who gets a copy.",
        ("sender_name", "sender_email", "bcc"),
    ),
)  # fmt: skip


def steps_of(company: Company) -> list[dict[str, Any]]:
    """The checklist: every step with its state. Empty when nothing is left to do.

    A company that got its name in another way (a demo, a restored copy) needs no list.
    """
    states: Mapping[str, str] = company.set_up_steps or {}
    named = company.name != Company._meta.get_field("name").default
    if (named and not states) or all(states.get(step.slug) == "done" for step in STEPS):
        return []
    return [
        {
            "title": step.title,
            "url": reverse("admin:customers_company_set_up_step", args=[step.slug]),
            "done": states.get(step.slug) == "done",
            "skipped": states.get(step.slug) == "skipped",
        }
        for step in STEPS
    ]


def is_fresh(company: Company) -> bool:
    """Nobody has seen the set-up page yet, and nobody has named the company."""
    return not company.set_up_steps and bool(steps_of(company))


def set_up_page(request: HttpRequest, slug: str = "") -> HttpResponse:
    """One step after the other; the last one leads to the dashboard."""
    demand(request, Right.SETTINGS)
    company = Company.get()
    if not company.set_up_steps:  # seen: the dashboard does not lead here again by itself
        save_company(company, [], {"seen": "done"})
    step = next((step for step in STEPS if step.slug == slug), None) or _next(company)
    if step is None:
        return HttpResponseRedirect(reverse("admin:index"))
    if request.method == "POST" and "skip" in request.POST:
        return HttpResponseRedirect(_mark(company, step, "skipped"))
    if request.method == "POST" and "hide" in request.POST:
        save_company(company, [], {step.slug: "done" for step in STEPS})
        return HttpResponseRedirect(reverse("admin:index"))
    sent = request.POST if request.method == "POST" else None
    form = CompanyForm(sent, request.FILES or None, instance=company, only=step.fields)

    def perform() -> tuple[str, str]:
        return _mark(company, step, "done", form.take()), ""

    return form_page(
        request, title="Set up Duebook", form=form, perform=perform, button="Save and go on",
        template="admin/desk/set_up.html", step=step, logo_url=logo_url(company), steps=steps_of(company),
        number=STEPS.index(step) + 1, count=len(STEPS),
    )  # fmt: skip


def _next(company: Company) -> Step | None:
    states = company.set_up_steps or {}
    return next((step for step in STEPS if step.slug not in states), None)


def _mark(company: Company, step: Step, state: str, changed: list[str] | None = None) -> str:
    save_company(company, changed or [], {step.slug: state})
    following = _next(company)
    if following is None:
        return reverse("admin:index")
    return reverse("admin:customers_company_set_up_step", args=[following.slug])


def save_company(company: Company, changed: list[str], steps: Mapping[str, str] | None = None) -> None:
    """Store the company's settings with an entry in the audit trail."""
    now = timezone.now()
    before = {
        name: str(getattr(Company.objects.get(pk=company.pk), name))
        for name in changed
        if hasattr(company, name)
    }
    if "sign_in_required" in changed:
        company.sign_in_switched_at = now
    with transaction.atomic():
        company.set_up_steps = {**(company.set_up_steps or {}), **(steps or {})}
        company.save()
        if changed:
            after = {name: str(getattr(company, name)) for name in before}
            record_fact(
                type="company.updated", object_type="company", object_id=str(company.pk),
                data={"object": after}, previous=before, now=now,
            )  # fmt: skip


def logo_url(company: Company) -> str:
    return reverse("admin:customers_company_logo") if company.logo else ""


def logo_file(request: HttpRequest) -> HttpResponse:
    """The logo as it was written; always a PNG or what an earlier version kept."""
    demand(request, Right.SEE)
    company = Company.get()
    name = company.logo.name or ""
    if not name or not company.logo.storage.exists(name):
        raise Http404("There is no logo.")
    kind = "image/png" if name.lower().endswith(".png") else "application/octet-stream"
    with company.logo.open() as file:
        return HttpResponse(file.read(), content_type=kind)
