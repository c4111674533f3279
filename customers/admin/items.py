"""Catalog items in the back office."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
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
from customers.admin.tax_choices import TaxChoices
from customers.ledger.items import archive_item, create_item, restore_item, update_item
from customers.models import Item, TaxRate

_COLUMNS = (
    "name", "code", "unit_cost", "currency", "description", "type", "taxable", "discountable", "gl_account",
    "avalara_tax_code", "avalara_location_code",
)  # fmt: skip


class ItemForm(DeskForm):
    """An item: what a line takes over when it names it."""

    refused_names = {"id": "code"}

    name = forms.CharField(max_length=255)
    code = forms.RegexField(
        r"^[A-Za-z0-9_:-]{2,255}$", label="ID", required=False,
        help_text="How lines and integrations name it. Empty: a number is drawn.",
    )  # fmt: skip
    unit_cost = AmountField(label="Price", signed=True, decimal_places=6, required=False)
    currency = CurrencyField(required=False, help_text="Empty: the price is in whatever currency is billed.")
    description = forms.CharField(widget=forms.Textarea, required=False, max_length=65_535)
    type = forms.CharField(max_length=64, required=False, help_text="For example product or service.")
    taxable = forms.BooleanField(required=False, initial=True)
    taxes = TaxChoices(queryset=TaxRate.objects.none(), required=False)
    discountable = forms.BooleanField(required=False, initial=True)
    gl_account = forms.CharField(label="Ledger account", max_length=255, required=False)
    avalara_tax_code = forms.CharField(label="Avalara tax code", max_length=25, required=False)
    avalara_location_code = forms.CharField(label="Avalara location code", max_length=50, required=False)

    def __init__(self, data: Any, *, item: Item | None) -> None:
        super().__init__(data, initial=_values(item))
        own = item.taxes.values("pk") if item else TaxRate.objects.none()
        rates = TaxRate.objects.filter(Q(archived_at=None) | Q(pk__in=own)).order_by("name", "pk")
        self.fields["taxes"].queryset = rates  # type: ignore[attr-defined]
        self.fields["code"].disabled = item is not None

    def values(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        found["unit_cost"] = found["unit_cost"] or 0
        found["taxes"] = list(found["taxes"])
        return found


@admin.register(Item)
class ItemAdmin(SettingsList):
    """Items are archived, never deleted: lines keep their copy."""

    title = "Items"
    list_display = ["name", "code", "shown_price", "type", "shown_state"]
    list_filter = ["type", "taxable"]
    search_fields = ["name", "code", "description"]

    @admin.display(description="Price", ordering="unit_cost")
    def shown_price(self, item: Item) -> str:
        return f"{item.unit_cost.normalize():,f} {item.currency.upper()}".strip()

    @admin.display(description="State")
    def shown_state(self, item: Item) -> SafeString:
        return pill("Archived", "") if item.archived_at else pill("In use", "success")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [path("<int:pk>/archive/", view(self.archive), name="customers_item_archive")]
        return [*own, *super().get_urls()]

    def form_for(self, request: HttpRequest, item: Item | None) -> HttpResponse:
        form = ItemForm(request.POST or None, item=item)
        return self.form_page(
            request,
            title=f"Item {item.name}" if item else "New item",
            form=form,
            perform=lambda: (self.list_url, _save(form, item)),
            acts=[_archiving(item)] if item else [],
        )

    def archive(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.MONEY)

        def act() -> str:
            item = get_object_or_404(Item, pk=pk)
            put = restore_item if item.archived_at else archive_item
            put(item=item, now=timezone.now())
            return self.list_url

        return act_page(request, act=act, back=self.list_url, done="Done.")


def _values(item: Item | None) -> dict[str, Any]:
    if item is None:
        return {}
    found = {name: getattr(item, name) for name in _COLUMNS}
    return {**found, "unit_cost": item.unit_cost.normalize(), "taxes": list(item.taxes.all())}


def _archiving(item: Item) -> Act:
    url = reverse("admin:customers_item_archive", args=[item.pk])
    return Act(url, "Use again" if item.archived_at else "Archive")


def _save(form: ItemForm, item: Item | None) -> str:
    values = form.values()
    if item is None:
        item = create_item(values=values, now=timezone.now())
    else:
        values.pop("code")
        item = update_item(item=item, changes=values, now=timezone.now())
    return f"{item.name} was saved."
