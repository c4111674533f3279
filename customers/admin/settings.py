"""Company and taxes in the back office."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from customers.admin import registry
from customers.admin.document_list import pill
from customers.admin.forms import CurrencyField, dress
from customers.admin.pages import act_page, demand, form_page
from customers.admin.roles import Right, RoleRights
from customers.admin.set_up import company_page, logo_file, set_up_page
from customers.ledger.events import record_fact
from customers.models import Company, TaxRate


@admin.register(Company)
class CompanyAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    """One company, so its list is its page."""

    view_right = Right.SETTINGS

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        added = [path(f"x/{extra.path}", view(extra.view), name=extra.name) for extra in registry.pages()]
        return [
            path("", view(company_page), name="customers_company_changelist"),
            path("set-up/", view(set_up_page), name="customers_company_set_up"),
            path("set-up/<slug:slug>/", view(set_up_page), name="customers_company_set_up_step"),
            path("logo/", view(logo_file), name="customers_company_logo"),
            *added,
            path(
                "<path:object_id>/change/",
                view(lambda request, object_id: company_page(request)),
                name="customers_company_change",
            ),
        ]


class TaxRateForm(forms.ModelForm[TaxRate]):
    currency = CurrencyField(required=False, help_text="Only for a fixed amount.")

    class Meta:
        model = TaxRate
        fields = ["name", "code", "value", "is_percent", "currency", "inclusive"]
        help_texts = {
            "value": "Per cent, or an amount.",
            "inclusive": "The tax is contained in the prices.",
            "code": "How integrations name it.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("is_percent") and values.get("currency"):
            self.add_error("currency", "A rate in per cent has no currency.")
        if values.get("is_percent") is False and not values.get("currency"):
            self.add_error("currency", "A fixed amount needs its currency.")
        return values

    def refuse(self, refused: Any) -> None:
        self.add_error(refused.param if refused.param in self.fields else None, refused.message)


@admin.register(TaxRate)
class TaxRateAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    """Rates are archived, never deleted: documents keep what was levied."""

    view_right = Right.SETTINGS
    add_right = change_right = Right.SETTINGS
    list_display = ["name", "code", "shown_value", "shown_state"]
    list_filter = ["is_percent", "inclusive"]
    search_fields = ["name", "code"]
    ordering = ["name", "pk"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[TaxRate]:
        rows: QuerySet[TaxRate] = super().get_queryset(request)
        return rows

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        shown: HttpResponse = super().changelist_view(request, {"title": "Taxes", **(extra_context or {})})
        return shown

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

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return self._form(request, None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return self._form(request, TaxRate.objects.filter(pk=object_id).first())

    def _form(self, request: HttpRequest, rate: TaxRate | None) -> HttpResponse:
        demand(request, Right.SETTINGS)
        form = TaxRateForm(request.POST or None, instance=rate)
        return form_page(
            request,
            title=f"Tax {rate.name}" if rate else "New tax",
            form=form,
            perform=lambda: (_list(), _save_rate(form)),
            back=_list(),
            archive=reverse("admin:customers_taxrate_archive", args=[rate.pk]) if rate else "",
            archived=bool(rate and rate.archived_at),
            template="admin/desk/tax_form.html",
        )

    def archive(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.SETTINGS)

        def act() -> str:
            rate = TaxRate.objects.get(pk=pk)
            rate.archived_at = None if rate.archived_at else timezone.now()
            rate.save()
            _record(rate, "tax_rate.updated")
            return _list()

        return act_page(request, act=act, back=_list(), done="Done.")


def _save_rate(form: TaxRateForm) -> str:
    with transaction.atomic():
        new = form.instance.pk is None
        rate = form.save()
        _record(rate, "tax_rate.created" if new else "tax_rate.updated")
    return f"{rate.name} was saved."


def _record(rate: TaxRate, type: str) -> None:
    data = {
        "code": rate.code,
        "name": rate.name,
        "value": str(rate.value),
        "archived": bool(rate.archived_at),
    }
    record_fact(
        type=type, object_type="tax_rate", object_id=str(rate.pk), data={"object": data}, now=timezone.now()
    )


def _list() -> str:
    return reverse("admin:customers_taxrate_changelist")
