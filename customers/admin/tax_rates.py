"""Tax rates in the back office."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from customers.admin.document_list import pill
from customers.admin.forms import AmountField, CurrencyField, DeskForm
from customers.admin.pages import act_page, demand
from customers.admin.roles import Right
from customers.admin.settings_list import Act, SettingsList
from customers.ledger.tax_rates import (
    archive_tax_rate,
    create_tax_rate,
    restore_tax_rate,
    update_tax_rate,
)
from customers.models import TaxRate


class TaxRateForm(DeskForm):
    """A rate. Once it is there only its name can be changed: documents compute with the rest."""

    refused_names = {"id": "code"}

    name = forms.CharField(max_length=255)
    code = forms.RegexField(
        r"^[A-Za-z0-9_:-]{2,255}$", label="ID", required=False,
        help_text="How integrations name it. Empty: a number is drawn.",
    )  # fmt: skip
    value = AmountField(label="Rate", decimal_places=6, help_text="Per cent, or an amount.")
    is_percent = forms.BooleanField(label="In per cent", required=False, initial=True)
    currency = CurrencyField(required=False, help_text="Only for a fixed amount.")
    inclusive = forms.BooleanField(required=False, help_text="The tax is contained in the prices.")

    def __init__(self, data: Any, *, rate: TaxRate | None) -> None:
        super().__init__(data, initial=_values(rate))
        if rate is not None:
            for name in ("code", "value", "is_percent", "currency", "inclusive"):
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("is_percent") and values.get("currency"):
            self.add_error("currency", "A rate in per cent has no currency.")
        return values


@admin.register(TaxRate)
class TaxRateAdmin(SettingsList):
    """Rates are archived, never deleted: documents keep what was levied."""

    title = "Taxes"
    list_display = ["name", "code", "shown_value", "shown_state"]
    list_filter = ["is_percent", "inclusive"]
    search_fields = ["name", "code"]

    @admin.display(description="Rate")
    def shown_value(self, rate: TaxRate) -> str:
        value = f"{rate.value.normalize():f}"
        return f"{value} %" if rate.is_percent else f"{value} {rate.currency.upper()}"

    @admin.display(description="State")
    def shown_state(self, rate: TaxRate) -> SafeString:
        return pill("Archived", "") if rate.archived_at else pill("In use", "success")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [path("<int:pk>/archive/", view(self.archive), name="customers_taxrate_archive")]
        return [*own, *super().get_urls()]

    def form_for(self, request: HttpRequest, rate: TaxRate | None) -> HttpResponse:
        form = TaxRateForm(request.POST or None, rate=rate)
        return self.form_page(
            request,
            title=f"Tax {rate.name}" if rate else "New tax",
            form=form,
            perform=lambda: (self.list_url, _save(form, rate)),
            acts=[_archiving(rate)] if rate else [],
        )

    def archive(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.MONEY)

        def act() -> str:
            rate = get_object_or_404(TaxRate, pk=pk)
            put = restore_tax_rate if rate.archived_at else archive_tax_rate
            put(rate=rate, now=timezone.now())
            return self.list_url

        return act_page(request, act=act, back=self.list_url, done="Done.")


def _values(rate: TaxRate | None) -> dict[str, Any]:
    if rate is None:
        return {}
    names = ("name", "code", "is_percent", "currency", "inclusive")
    return {**{name: getattr(rate, name) for name in names}, "value": rate.value.normalize()}


def _archiving(rate: TaxRate) -> Act:
    url = reverse("admin:customers_taxrate_archive", args=[rate.pk])
    return Act(url, "Use again" if rate.archived_at else "Archive")


def _save(form: TaxRateForm, rate: TaxRate | None) -> str:
    values = form.cleaned_data
    if rate is None:
        rate = create_tax_rate(values=values, now=timezone.now())
    else:
        rate = update_tax_rate(rate=rate, changes={"name": values["name"]}, now=timezone.now())
    return f"{rate.name} was saved."
