"""All settings of the company on one page."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from customers.admin.numbers import NUMBERS, number_fields, take_numbers
from customers.admin.pages import demand, form_page
from customers.admin.roles import Right
from customers.admin.set_up import STEPS, CompanyForm, logo_url, save_company
from customers.models import Company

SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Company", STEPS[0].fields),
    ("Time zone, currency, language", STEPS[1].fields),
    ("Paper and logo", ("paper_size", "logo")),
    ("Bank account", ("iban", "bic")),
    ("Terms", ("payment_terms", "autopay", "autopay_delay_days", "apply_credits")),
    ("Numbers", NUMBERS),
    ("Aging", ("aging_bounds", "aging_basis")),
    ("Links", ("statement_link_days", "sign_in_required")),
    ("Mails", STEPS[4].fields),
)


class SettingsForm(CompanyForm):
    """The company's columns and what counts its numbers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, only=sum((names for _, names in SECTIONS), ()), **kwargs)
        self.fields.update(number_fields())


def company_page(request: HttpRequest) -> HttpResponse:
    demand(request, Right.SETTINGS)
    company = Company.get()
    sent = request.POST if request.method == "POST" else None
    form = SettingsForm(sent, request.FILES or None, instance=company)

    def perform() -> tuple[str, str]:
        with transaction.atomic():
            take_numbers(form, now=timezone.now())
            save_company(company, [name for name in form.take() if name not in NUMBERS])
        return reverse("admin:customers_company_changelist"), "The settings were saved."

    return form_page(
        request, title="Company", form=form, perform=perform, template="admin/desk/sections_form.html",
        logo_url=logo_url(company),
        sections=[
            (title, [form[name] for name in (*names, *_extra(names)) if name in form.fields])
            for title, names in SECTIONS
        ],
    )  # fmt: skip


def _extra(names: tuple[str, ...]) -> tuple[str, ...]:
    return ("remove_logo",) if "logo" in names else ()
