"""Payments in the back office: list, page, record, apply, refund, returned, void."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from customers.admin import registry
from customers.admin.document_list import choose_customer, customer_of, pill
from customers.admin.figures import cell, day_of, money
from customers.admin.forms import AmountField, DayField, DeskForm, minor_of, moment_of, today
from customers.admin.pages import act_page, demand, form_page, page, rights_of
from customers.admin.payment_form import METHODS, PaymentForm, SpreadForm, first_payment
from customers.admin.payment_page import describe_payment, state_of
from customers.admin.roles import Right, RoleRights, own_rows
from customers.admin.zone import desk_zone
from customers.ledger.paying import apply_payment, record_payment, spread_payment, void_payment
from customers.ledger.refunding import refund_payment, reverse_payment
from customers.models import Company, Customer, Invoice, Payment
from customers.money import exponent, to_amount


class RefundForm(DeskForm):
    amount = AmountField()
    invoice = forms.ModelChoiceField(
        queryset=Invoice.objects.none(), required=False, label="From",
        empty_label="The unapplied part", help_text="An invoice that is chosen reopens by the amount.",
    )  # fmt: skip
    date = DayField()
    notes = forms.CharField(widget=forms.Textarea, required=False)


class ReturnForm(DeskForm):
    date = DayField()
    reason = forms.CharField(max_length=255, required=False)


class PaymentStateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("unapplied", "Something unapplied"),
            ("pending", "Pending"),
            ("voided", "Voided"),
            ("unmatched", "Without customer"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        live = queryset.filter(voided_at=None)
        chosen = {
            "unapplied": live.filter(status=Payment.Status.SUCCEEDED, balance__gt=0),
            "pending": live.filter(status=Payment.Status.PENDING),
            "voided": queryset.exclude(voided_at=None),
            "unmatched": live.filter(customer=None),
        }
        return chosen.get(self.value() or "", queryset)


@admin.register(Payment)
class PaymentAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    add_right = Right.MONEY
    list_display = [
        "shown_date", "shown_customer", "shown_method", "shown_reference", "shown_amount", "shown_unapplied",
        "shown_state",
    ]  # fmt: skip
    list_display_links = ["shown_date", "shown_reference"]
    list_filter = [PaymentStateFilter, "method", "currency"]
    list_select_related = ["customer", "reversal"]
    list_fullwidth = True
    list_per_page = 50
    actions = None
    ordering = ["-date", "-pk"]
    search_fields = ["reference", "customer__name"]
    search_help_text = "Reference or customer"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        return own_rows(super().get_queryset(request), request.user)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Payment], search_term: str
    ) -> tuple[QuerySet[Payment], bool]:
        for word in search_term.split():
            people = Customer.objects.filter(Q(name__icontains=word) | Q(number__iexact=word))
            queryset = queryset.filter(Q(reference__icontains=word) | Q(customer__in=people.values("pk")))
        return queryset, False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        extra = {"title": "Payments", "may": rights_of(request), **(extra_context or {})}
        shown: HttpResponse = super().changelist_view(request, extra)
        return shown

    @admin.display(description="Date", ordering="date")
    def shown_date(self, payment: Payment) -> str:
        return day_of(payment.date, desk_zone())

    @admin.display(description="Customer", ordering="customer__name")
    def shown_customer(self, payment: Payment) -> str:
        return payment.customer.name if payment.customer else "–"

    @admin.display(description="Method")
    def shown_method(self, payment: Payment) -> str:
        return dict(METHODS).get(payment.method, payment.method)

    @admin.display(description="Reference")
    def shown_reference(self, payment: Payment) -> str:
        return payment.reference or "–"

    @admin.display(description="Amount")
    def shown_amount(self, payment: Payment) -> SafeString:
        return cell([(payment.amount, payment.currency)])

    @admin.display(description="Unapplied")
    def shown_unapplied(self, payment: Payment) -> SafeString:
        return cell([(0 if payment.voided else payment.balance, payment.currency)])

    @admin.display(description="State")
    def shown_state(self, payment: Payment) -> SafeString:
        return pill(*state_of(payment))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(f"<int:pk>/{act}/", view(getattr(self, act)), name=f"customers_payment_{act}")
            for act in ("apply", "refund", "returned", "void")
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        demand(request, Right.MONEY)
        customer = customer_of(request)
        if customer is None:
            return choose_customer(request, title="Record a payment: from whom?")
        first = first_payment(customer, request.GET.get("invoice", ""))
        form = PaymentForm(request.POST or None, customer=customer, initial=first)
        return form_page(
            request, title=f"Payment from {customer.name}", form=form,
            perform=lambda: _record(form, customer), button="Record payment",
            template="admin/desk/payment_form.html", customer=customer,
            digits=exponent(first["currency"]),
            back=reverse("admin:customers_customer_change", args=[customer.pk]),
        )  # fmt: skip

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        demand(request, Right.SEE)
        payment = self._payment(request, object_id)
        return page(
            request,
            "admin/desk/payment.html",
            title=f"Payment {payment}" if payment.reference else str(payment),
            back=reverse("admin:customers_payment_changelist"),
            **describe_payment(payment, Company.get().zone),
        )

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(_url(self._payment(request, object_id).pk))

    def apply(self, request: HttpRequest, pk: int) -> HttpResponse:
        payment = self._for_money(request, pk)
        if payment.customer is None:
            raise Http404("This payment has no customer.")
        form = SpreadForm(request.POST or None, customer=payment.customer, currency=payment.currency)
        form.fields["spread"].choices = form.fields["spread"].choices[:2]  # type: ignore[attr-defined]
        return form_page(
            request, title=f"Apply {payment}", form=form, perform=lambda: _apply(form, payment),
            button="Apply", template="admin/desk/payment_form.html", customer=payment.customer,
            digits=exponent(payment.currency), available=to_amount(payment.balance, payment.currency),
            available_shown=money(payment.balance, payment.currency), back=_url(pk),
        )  # fmt: skip

    def refund(self, request: HttpRequest, pk: int) -> HttpResponse:
        payment = self._for_money(request, pk)
        first = {"date": today(), "amount": to_amount(payment.balance, payment.currency) or None}
        form = RefundForm(request.POST or None, initial=first)
        settled = Invoice.objects.filter(applications__payment=payment, applications__ended_at=None)
        form.fields["invoice"].queryset = settled.distinct().order_by("pk")  # type: ignore[attr-defined]

        def perform() -> tuple[str, str]:
            values, now = form.cleaned_data, timezone.now()
            amount = minor_of(values["amount"], payment.currency)
            date = moment_of(values["date"], zone=Company.get().zone, now=now)
            refund_payment(
                payment=payment, amount=amount, now=now, date=date, invoice=values["invoice"],
                notes=values["notes"],
            )  # fmt: skip
            return _url(pk), f"{money(amount, payment.currency)} were refunded."

        return form_page(
            request, title=f"Refund {payment}", form=form, perform=perform, button="Record refund",
            back=_url(pk), facts=[("Unapplied", money(payment.balance, payment.currency))],
            lead="This records that money was given back. It moves no money by itself.",
        )  # fmt: skip

    def returned(self, request: HttpRequest, pk: int) -> HttpResponse:
        payment = self._for_money(request, pk)
        form = ReturnForm(request.POST or None, initial={"date": today()})

        def perform() -> tuple[str, str]:
            values, now = form.cleaned_data, timezone.now()
            date = moment_of(values["date"], zone=Company.get().zone, now=now)
            reverse_payment(payment=payment, now=now, date=date, reason=values["reason"])
            return _url(pk), "The payment was taken back; what it had settled is open again."

        return form_page(
            request, title=f"{payment} came back", form=form, perform=perform, button="Record the return",
            danger=True, back=_url(pk), facts=[("Amount", money(payment.amount, payment.currency))],
            lead="The bank took this payment back: a bounced check, a returned debit, a lost dispute.",
        )  # fmt: skip

    def void(self, request: HttpRequest, pk: int) -> HttpResponse:
        payment = self._for_money(request, pk)

        def act() -> str:
            void_payment(payment=payment, now=timezone.now())
            return _url(pk)

        return act_page(request, act=act, back=_url(pk), done="The payment was voided.")

    def _payment(self, request: HttpRequest, pk: Any) -> Payment:
        payment: Payment | None = self.get_object(request, str(pk))
        if payment is None:
            raise Http404("There is no such payment.")
        return payment

    def _for_money(self, request: HttpRequest, pk: int) -> Payment:
        demand(request, Right.MONEY)
        return self._payment(request, pk)


def _record(form: PaymentForm, customer: Customer) -> tuple[str, str]:
    values, now = form.cleaned_data, timezone.now()
    currency = values["currency"]
    payment = record_payment(
        customer=customer,
        amount=minor_of(values["amount"], currency),
        currency=currency,
        applications=form.applications(currency),
        spread=values["spread"] == "oldest_first",
        values={
            "date": moment_of(values["date"], zone=Company.get().zone, now=now) or now,
            **{name: values[name] for name in ("method", "reference", "notes")},
        },
        now=now,
    )
    return _url(payment.pk), f"{money(payment.amount, currency)} from {customer.name} were recorded."


def _apply(form: SpreadForm, payment: Payment) -> tuple[str, str]:
    now = timezone.now()
    if form.cleaned_data["spread"] == "oldest_first":
        spread_payment(payment=payment, now=now)
    else:
        apply_payment(payment=payment, applications=form.applications(payment.currency), now=now)
    return _url(payment.pk), "The payment was applied."


def _url(pk: int) -> str:
    return reverse("admin:customers_payment_change", args=[pk])


registry.add_link(registry.Link(
    "Record payment", "payments",
    lambda customer: f"{reverse('admin:customers_payment_add')}?customer={customer.pk}",
    right=Right.MONEY, order=30,
))  # fmt: skip
