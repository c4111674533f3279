"""Credit notes in the back office: list, page, issue, apply, move to credit, void."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from customers.admin import registry
from customers.admin.document_form import CreditNoteForm, first_values, values_to_credit
from customers.admin.document_list import DocumentAdmin, StateFilter, choose_customer, customer_of
from customers.admin.document_page import describe_document
from customers.admin.figures import money
from customers.admin.forms import AmountField, DeskForm, minor_of
from customers.admin.pages import act_page, demand, form_page, page
from customers.admin.roles import Right
from customers.ledger.crediting import (
    apply_credit_note,
    credit_note_to_balance,
    issue_credit_note,
    void_credit_note,
)
from customers.models import Company, CreditNote, Customer, Invoice
from customers.money import exponent, to_amount


class UseForm(DeskForm):
    """Where the open part of a credit note goes."""

    invoice = forms.ModelChoiceField(
        queryset=Invoice.objects.none(), required=False, empty_label="The customer's credit balance",
        label="Apply to",
    )  # fmt: skip
    amount = AmountField()

    def __init__(self, data: Any, *, note: CreditNote) -> None:
        super().__init__(data, initial={"amount": to_amount(note.balance, note.currency)})
        rows = Invoice.objects.open().filter(customer=note.customer, currency=note.currency)
        self.fields["invoice"].queryset = rows.order_by("due_date", "pk")  # type: ignore[attr-defined]


@admin.register(CreditNote)
class CreditNoteAdmin(DocumentAdmin):
    list_display = [
        "shown_number",
        "shown_customer",
        "shown_date",
        "shown_total",
        "shown_open",
        "shown_state",
    ]
    list_filter = [StateFilter, "currency"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/use/", view(self.use), name="customers_creditnote_use"),
            path("<int:pk>/void/", view(self.void), name="customers_creditnote_void"),
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        demand(request, Right.MONEY)
        customer = customer_of(request)
        if customer is None:
            return choose_customer(request, title="New credit note: for whom?")
        first = first_values(customer)
        invoice = _invoice_of(request, customer)
        if invoice is not None:
            first |= values_to_credit(invoice)
        form = CreditNoteForm(request.POST or None, customer=customer, initial=first)
        return form_page(
            request,
            title=f"New credit note for {customer.name}",
            form=form,
            perform=lambda: self._issue(form, customer),
            button="Issue credit note",
            template="admin/desk/document_form.html",
            customer=customer,
            digits=exponent(first["currency"]),
            back=reverse("admin:customers_customer_change", args=[customer.pk]),
        )

    def _issue(self, form: CreditNoteForm, customer: Customer) -> tuple[str, str]:
        now, zone = timezone.now(), Company.get().zone
        drafted = form.document(zone=zone, now=now)
        note = issue_credit_note(
            customer=customer, invoice=form.cleaned_data["invoice"], now=now, **drafted.arguments()
        )
        return _url(note.pk), f"Credit note {note.number} was issued: {money(note.total, note.currency)}."

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        demand(request, Right.SEE)
        note: CreditNote = self.document_of(request, object_id)
        usable = note.balance and not note.voided and not note.draft and note.closed_at is None
        use = reverse("admin:customers_creditnote_use", args=[note.pk])
        void = reverse("admin:customers_creditnote_void", args=[note.pk])
        return page(
            request,
            "admin/desk/document.html",
            title=f"Credit note {note.number}",
            back=reverse("admin:customers_creditnote_changelist"),
            links=[("Use open amount", "call_split", use)] if usable else [],
            acts=[]
            if note.voided
            else [("Void", void, "Void this credit note? It then counts in no period.")],
            **describe_document(note, zone=Company.get().zone, now=timezone.now()),
        )

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(_url(self.document_of(request, object_id).pk))

    def use(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.MONEY)
        note: CreditNote = self.document_of(request, pk)
        form = UseForm(request.POST or None, note=note)

        def perform() -> tuple[str, str]:
            amount = minor_of(form.cleaned_data["amount"], note.currency)
            invoice, now = form.cleaned_data["invoice"], timezone.now()
            if invoice is None:
                credit_note_to_balance(credit_note=note, amount=amount, now=now)
                return _url(pk), f"{money(amount, note.currency)} went to the credit balance."
            apply_credit_note(credit_note=note, invoice=invoice, amount=amount, now=now)
            return _url(pk), f"{money(amount, note.currency)} settled invoice {invoice.number}."

        return form_page(
            request, title=f"Use credit note {note.number}", form=form, perform=perform, button="Apply",
            back=_url(pk), facts=[("Open", money(note.balance, note.currency))],
        )  # fmt: skip

    def void(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.MONEY)
        note: CreditNote = self.document_of(request, pk)

        def act() -> str:
            void_credit_note(credit_note=note, now=timezone.now())
            return _url(pk)

        return act_page(request, act=act, back=_url(pk), done=f"Credit note {note.number} was voided.")


def _invoice_of(request: HttpRequest, customer: Customer) -> Invoice | None:
    wanted = request.GET.get("invoice", "")
    return Invoice.objects.filter(customer=customer, pk=int(wanted)).first() if wanted.isdigit() else None


def _url(pk: int) -> str:
    return reverse("admin:customers_creditnote_change", args=[pk])


registry.add_link(registry.Link(
    "Credit note", "assignment_return",
    lambda customer: f"{reverse('admin:customers_creditnote_add')}?customer={customer.pk}",
    right=Right.MONEY, order=50,
))  # fmt: skip
