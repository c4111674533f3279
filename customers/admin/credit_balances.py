"""The credit balance in the back office: every grant and every taking, and the form for a new one."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from customers.admin import registry
from customers.admin.document_list import choose_customer, customer_of
from customers.admin.figures import cell, day_of, money
from customers.admin.forms import AmountField, CurrencyField, DayField, DeskForm, minor_of, moment_of, today
from customers.admin.pages import demand, form_page
from customers.admin.roles import Right, RoleRights, own_rows
from customers.admin.zone import desk_zone
from customers.ledger.crediting import adjust_credit
from customers.models import Company, CreditAdjustment, CreditBalance, Customer


class CreditForm(DeskForm):
    act = forms.ChoiceField(
        label="What", choices=[("grant", "Grant credit"), ("take", "Take credit")], initial="grant",
        widget=forms.RadioSelect,
    )  # fmt: skip
    amount = AmountField()
    currency = CurrencyField()
    date = DayField()
    notes = forms.CharField(widget=forms.Textarea, required=False)


@admin.register(CreditAdjustment)
class CreditAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    add_right = Right.MONEY
    list_display = ["shown_date", "shown_customer", "shown_amount", "shown_notes"]
    list_display_links = ["shown_customer"]
    list_select_related = ["customer"]
    list_filter = ["currency"]
    list_per_page = 50
    actions = None
    ordering = ["-date", "-pk"]
    search_fields = ["customer__name", "customer__number", "notes"]
    search_help_text = "Customer or note"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CreditAdjustment]:
        return own_rows(super().get_queryset(request), request.user)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        shown: HttpResponse = super().changelist_view(request, {"title": "Credits", **(extra_context or {})})
        return shown

    @admin.display(description="Date", ordering="date")
    def shown_date(self, row: CreditAdjustment) -> str:
        return day_of(row.date, desk_zone())

    @admin.display(description="Customer", ordering="customer__name")
    def shown_customer(self, row: CreditAdjustment) -> str:
        return row.customer.name

    @admin.display(description="Amount")
    def shown_amount(self, row: CreditAdjustment) -> SafeString:
        return cell([(row.amount, row.currency)])

    @admin.display(description="Notes")
    def shown_notes(self, row: CreditAdjustment) -> str:
        return row.notes or "–"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The customer's ledger tells the rest."""
        row = self.get_object(request, object_id)
        if row is None:
            return HttpResponseRedirect(reverse("admin:customers_creditadjustment_changelist"))
        return HttpResponseRedirect(_url(row.customer_id))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return self.change_view(request, object_id)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        demand(request, Right.MONEY)
        customer = customer_of(request)
        if customer is None:
            return choose_customer(request, title="Grant credit: to whom?")
        currency = customer.currency or Company.get().currency
        form = CreditForm(request.POST or None, initial={"currency": currency, "date": today()})
        balances = CreditBalance.objects.filter(customer=customer).order_by("currency")
        return form_page(
            request,
            title=f"Credit of {customer.name}",
            form=form,
            perform=lambda: _adjust(form, customer),
            button="Record",
            back=_url(customer.pk),
            facts=[("Credit balance", money(row.amount, row.currency)) for row in balances if row.amount],
        )


def _adjust(form: CreditForm, customer: Customer) -> tuple[str, str]:
    values, now = form.cleaned_data, timezone.now()
    amount = minor_of(values["amount"], values["currency"])
    adjust_credit(
        customer=customer,
        amount=-amount if values["act"] == "take" else amount,
        currency=values["currency"],
        date=moment_of(values["date"], zone=Company.get().zone, now=now),
        notes=values["notes"],
        now=now,
    )
    verb = "taken" if values["act"] == "take" else "granted"
    return _url(customer.pk), f"{money(amount, values['currency'])} credit were {verb}."


def _url(pk: int) -> str:
    return reverse("admin:customers_customer_change", args=[pk]) + "?tab=ledger"


registry.add_link(registry.Link(
    "Grant credit", "savings",
    lambda customer: f"{reverse('admin:customers_creditadjustment_add')}?customer={customer.pk}",
    right=Right.MONEY, order=40,
))  # fmt: skip
