"""Invoices in the back office: list, page, issue, void, write off, reopen, and all open items."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.views import ChangeList

from customers.admin import registry
from customers.admin.document_form import InvoiceForm, first_values
from customers.admin.document_list import DocumentAdmin, InvoiceStateFilter, choose_customer, customer_of
from customers.admin.document_page import describe_document
from customers.admin.figures import day_of, money
from customers.admin.forms import AmountField, DayField, DeskForm, minor_of, moment_of, today
from customers.admin.open_items import open_items_page
from customers.admin.pages import act_page, demand, form_page, page
from customers.admin.roles import Right
from customers.admin.roll_forward import movements_page, roll_forward_page
from customers.admin.zone import desk_zone
from customers.ledger.closing import reopen_invoice, write_off_invoice
from customers.ledger.crediting import apply_credit
from customers.ledger.issuing import delete_invoice, issue_invoice, update_invoice, void_invoice
from customers.models import Company, CreditBalance, Customer, Invoice, WriteOff
from customers.money import exponent, to_amount


class WriteOffForm(DeskForm):
    date = DayField()
    reason = forms.ChoiceField(choices=WriteOff.Reason.choices)
    notes = forms.CharField(widget=forms.Textarea, required=False)


class SpendCreditForm(DeskForm):
    amount = AmountField()


@admin.register(Invoice)
class InvoiceAdmin(DocumentAdmin):
    list_display = [
        "shown_number", "shown_customer", "shown_date", "shown_due", "shown_total", "shown_open",
        "shown_state",
    ]  # fmt: skip
    list_filter = [InvoiceStateFilter, "currency", "autopay"]

    @admin.display(description="Due", ordering="due_date")
    def shown_due(self, invoice: Invoice) -> str:
        return day_of(invoice.due_date, desk_zone()) or "–"

    def get_urls(self) -> list[URLPattern]:
        view, own = self.admin_site.admin_view, []
        for act in ("issue", "void", "write_off", "reopen", "spend_credit", "remove"):
            name = f"customers_invoice_{act}"
            own.append(path(f"<int:pk>/{act.replace('_', '-')}/", view(getattr(self, act)), name=name))
        own.append(path("open-items/", view(open_items_page), name="customers_invoice_open_items"))
        own.append(path("roll-forward/", view(roll_forward_page), name="customers_invoice_roll_forward"))
        own.append(path("movements/", view(movements_page), name="customers_invoice_movements"))
        return [*own, *super().get_urls()]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ChangeList  # type: ignore[no-any-return]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        demand(request, Right.MONEY)
        customer = customer_of(request)
        if customer is None:
            return choose_customer(request, title="New invoice: for whom?")
        first = first_values(customer)
        form = InvoiceForm(request.POST or None, customer=customer, initial=first)
        return form_page(
            request,
            title=f"New invoice for {customer.name}",
            form=form,
            perform=lambda: self._issue(form, customer),
            button="Issue invoice",
            second_button="Save as draft",
            second_name="draft",
            template="admin/desk/document_form.html",
            customer=customer,
            digits=exponent(first["currency"]),
            back=reverse("admin:customers_customer_change", args=[customer.pk]),
        )

    def _issue(self, form: InvoiceForm, customer: Customer) -> tuple[str, str]:
        now, zone = timezone.now(), Company.get().zone
        drafted = form.document(zone=zone, now=now)
        invoice = issue_invoice(customer=customer, now=now, **drafted.arguments())
        verb = "saved as a draft" if invoice.draft else "issued"
        return _url(
            invoice.pk
        ), f"Invoice {invoice.number} was {verb}: {money(invoice.total, invoice.currency)}."

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        demand(request, Right.SEE)
        invoice = self.document_of(request, object_id)
        return page(
            request,
            "admin/desk/document.html",
            title=f"Invoice {invoice.number}",
            back=reverse("admin:customers_invoice_changelist"),
            links=_links(invoice),
            document_links=[(link, link.url(invoice)) for link in registry.invoice_links(request.user)],
            acts=_acts(invoice),
            **describe_document(invoice, zone=Company.get().zone, now=timezone.now()),
        )

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(_url(self.document_of(request, object_id).pk))

    def issue(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = self._for_money(request, pk)

        def act() -> str:
            update_invoice(invoice=invoice, changes={"draft": False}, now=timezone.now())
            return _url(pk)

        return act_page(request, act=act, back=_url(pk), done=f"Invoice {invoice.number} was issued.")

    def void(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = self._for_money(request, pk)

        def act() -> str:
            void_invoice(invoice=invoice, now=timezone.now())
            return _url(pk)

        return act_page(request, act=act, back=_url(pk), done=f"Invoice {invoice.number} was voided.")

    def reopen(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = self._for_money(request, pk)

        def act() -> str:
            reopen_invoice(invoice=invoice, now=timezone.now())
            return _url(pk)

        return act_page(request, act=act, back=_url(pk), done=f"Invoice {invoice.number} is open again.")

    def remove(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = self._for_money(request, pk)

        def act() -> str:
            delete_invoice(invoice=invoice, now=timezone.now())
            return reverse("admin:customers_invoice_changelist")

        return act_page(request, act=act, back=_url(pk), done=f"Invoice {invoice.number} was deleted.")

    def write_off(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = self._for_money(request, pk)
        form = WriteOffForm(request.POST or None, initial={"date": today()})
        open_now = money(invoice.balance, invoice.currency)

        def perform() -> tuple[str, str]:
            now, values = timezone.now(), form.cleaned_data
            date = moment_of(values["date"], zone=Company.get().zone, now=now)
            write_off_invoice(
                invoice=invoice, now=now, date=date, reason=values["reason"], notes=values["notes"]
            )
            return _url(pk), f"{open_now} of invoice {invoice.number} were written off."

        return form_page(
            request, title=f"Write off invoice {invoice.number}", form=form, perform=perform,
            button="Write off", danger=True, back=_url(pk),
            facts=[("Customer", invoice.customer.name), ("Open", open_now)],
            lead="The open amount is given up from this day on; before it, statements show the invoice.",
        )  # fmt: skip

    def spend_credit(self, request: HttpRequest, pk: int) -> HttpResponse:
        invoice = self._for_money(request, pk)
        currency = invoice.currency
        there = CreditBalance.objects.filter(customer=invoice.customer, currency=currency).first()
        credit = there.amount if there else 0
        most = to_amount(min(credit, invoice.balance), currency)
        form = SpendCreditForm(request.POST or None, initial={"amount": most})

        def perform() -> tuple[str, str]:
            amount = minor_of(form.cleaned_data["amount"], currency)
            apply_credit(customer=invoice.customer, invoice=invoice, amount=amount, now=timezone.now())
            return _url(pk), f"{money(amount, currency)} credit were applied."

        return form_page(
            request, title=f"Apply credit to invoice {invoice.number}", form=form, perform=perform,
            button="Apply credit", back=_url(pk),
            facts=[("Credit balance", money(credit, currency)), ("Open", money(invoice.balance, currency))],
        )  # fmt: skip

    def _for_money(self, request: HttpRequest, pk: int) -> Invoice:
        demand(request, Right.MONEY)
        invoice: Invoice = self.document_of(request, pk)
        return invoice


def _links(invoice: Invoice) -> list[tuple[str, str, str]]:
    """Pages that can be opened from the invoice: title, icon, address."""
    if invoice.draft or invoice.voided or invoice.closed_at:
        return []
    found = []
    if invoice.balance:
        pay = reverse("admin:customers_payment_add")
        found.append(
            ("Record payment", "payments", f"{pay}?customer={invoice.customer_id}&invoice={invoice.pk}")
        )
        found.append(
            ("Apply credit", "savings", reverse("admin:customers_invoice_spend_credit", args=[invoice.pk]))
        )
    note = reverse("admin:customers_creditnote_add")
    found.append(
        ("Credit note", "assignment_return", f"{note}?customer={invoice.customer_id}&invoice={invoice.pk}")
    )
    if invoice.balance:
        found.append(
            ("Write off", "money_off", reverse("admin:customers_invoice_write_off", args=[invoice.pk]))
        )
    return found


def _acts(invoice: Invoice) -> list[tuple[str, str, str]]:
    """Buttons that act at once: title, address, question."""

    def to(act: str) -> str:
        return reverse(f"admin:customers_invoice_{act}", args=[invoice.pk])

    if invoice.voided:
        return []
    if invoice.draft:
        return [("Issue", to("issue"), ""), ("Delete draft", to("remove"), "Delete this draft?")]
    if invoice.closed_at:
        return [("Reopen", to("reopen"), "")]
    return [("Void", to("void"), "Void this invoice? It then counts in no period.")]


def _url(pk: int) -> str:
    return reverse("admin:customers_invoice_change", args=[pk])


registry.add_link(registry.Link(
    "New invoice", "receipt_long",
    lambda customer: f"{reverse('admin:customers_invoice_add')}?customer={customer.pk}",
    right=Right.MONEY, order=20,
))  # fmt: skip
