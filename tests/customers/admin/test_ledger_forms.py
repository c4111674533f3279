"""Money through the back office: every change is the ledger's own, with its own words of refusal."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.ledger.drafting import LevyInput, LineInput
from customers.ledger.issuing import issue_invoice
from customers.ledger.reconciling import differences
from customers.models import CreditAdjustment, CreditNote, Invoice, Payment, Role, TaxRate
from tests.desk import at_desk, lines, page_text, staff, token_of
from tests.ledgers import Books

pytestmark = pytest.mark.django_db


def url(name: str, *args: Any, **query: Any) -> str:
    words = "&".join(f"{key}={value}" for key, value in query.items())
    return reverse(f"admin:customers_{name}", args=args) + (f"?{words}" if words else "")


def line(name: str, price: str, quantity: str = "1") -> dict[str, str]:
    return {"name": name, "description": "", "quantity": quantity, "unit_cost": price, "taxable": "on"}


def invoice_form(*rows: dict[str, str], **values: Any) -> dict[str, Any]:
    return {"date": "2026-03-10", "currency": "usd", **lines(*rows), **values}


def test_issues_an_invoice_with_lines(desk: Client, books: Books) -> None:
    form = invoice_form(
        line("Rope", "12.50", "4"), line("Paint", "9.99"), number="INV-9", payment_terms="NET 10"
    )

    answer = desk.post(url("invoice_add", customer=books.customer.pk), form)

    invoice = Invoice.objects.get(number="INV-9")
    assert answer.headers["Location"] == url("invoice_change", invoice.pk)
    assert (invoice.total, invoice.balance, invoice.draft) == (59_99, 59_99, False)
    assert invoice.items.count() == 2


def test_saves_a_draft_and_issues_it_later(desk: Client, books: Books) -> None:
    form = invoice_form(line("Rope", "10"), number="INV-9", draft="1")
    desk.post(url("invoice_add", customer=books.customer.pk), form)
    invoice = Invoice.objects.get(number="INV-9")
    assert invoice.draft

    desk.post(url("invoice_issue", invoice.pk))

    invoice.refresh_from_db()
    assert not invoice.draft


def test_a_document_needs_a_line(desk: Client, books: Books) -> None:
    answer = desk.post(url("invoice_add", customer=books.customer.pk), invoice_form(line("", "")))

    assert answer.status_code == 422
    assert "needs at least one line" in page_text(answer)
    assert Invoice.objects.count() == 2


def test_a_due_date_before_the_date_is_refused_beside_it(desk: Client, books: Books) -> None:
    form = invoice_form(line("Rope", "10"), due_date="2026-03-01")

    answer = desk.post(url("invoice_add", customer=books.customer.pk), form)

    assert answer.context["form"]["due_date"].errors == ["The due date lies before the invoice date."]
    assert Invoice.objects.count() == 2


def test_a_customer_on_hold_gets_no_invoice(desk: Client, books: Books) -> None:
    books.customer.credit_hold = True
    books.customer.save()

    answer = desk.post(url("invoice_add", customer=books.customer.pk), invoice_form(line("Rope", "10")))

    assert "is on credit hold" in page_text(answer)
    assert Invoice.objects.count() == 2


def test_an_invoice_form_sent_twice_issues_once(desk: Client, books: Books) -> None:
    where = url("invoice_add", customer=books.customer.pk)
    form = invoice_form(line("Rope", "10"), once=token_of(desk.get(where)))

    desk.post(where, form)
    desk.post(where, form)

    assert Invoice.objects.count() == 3


def test_voids_an_invoice(desk: Client, books: Books) -> None:
    desk.post(url("invoice_void", books.invoices["INV-1"].pk))

    assert Invoice.objects.get(number="INV-1").voided


def test_a_paid_invoice_cannot_be_voided(desk: Client, books: Books) -> None:
    books.pay("2026-03-05", "100", on=[("INV-1", "100")])

    answer = desk.post(url("invoice_void", books.invoices["INV-1"].pk), follow=True)

    assert "has payments or credit notes applied and cannot be voided" in page_text(answer)


def test_writes_off_and_reopens(desk: Client, books: Books) -> None:
    invoice = books.invoices["INV-1"]
    desk.post(url("invoice_write_off", invoice.pk), {"date": "2026-03-10", "reason": "bad_debt"})
    invoice.refresh_from_db()
    assert (invoice.balance, invoice.closed_at is not None) == (0, True)

    desk.post(url("invoice_reopen", invoice.pk))

    invoice.refresh_from_db()
    assert (invoice.balance, invoice.closed_at) == (100_00, None)


def test_credits_an_invoice_with_lines(desk: Client, books: Books) -> None:
    invoice = books.invoices["INV-1"]
    form = invoice_form(line("Damaged", "40"), invoice=invoice.pk)

    desk.post(url("creditnote_add", customer=books.customer.pk, invoice=invoice.pk), form)

    invoice.refresh_from_db()
    note = CreditNote.objects.get()
    assert (note.total, note.balance, invoice.balance) == (40_00, 0, 60_00)


def test_a_new_credit_note_begins_with_the_lines_of_its_invoice(desk: Client, books: Books) -> None:
    invoice = books.invoices["INV-1"]

    shown = desk.get(url("creditnote_add", customer=books.customer.pk, invoice=invoice.pk))

    first = shown.context["form"].rows.forms[0]
    assert (first["name"].value(), first["unit_cost"].value()) == ("Services", "100")


def as_it_came(shown: Any) -> dict[str, Any]:
    """What a browser sends when nothing on the page was changed."""
    form = shown.context["form"]
    rows = [(row.prefix, row) for row in form.rows.initial_forms]
    values = {name: form[name].value() for name in form.fields}
    values |= {f"{prefix}-{name}": row[name].value() for prefix, row in rows for name in row.fields}
    count = len(rows)
    values |= {"items-TOTAL_FORMS": count, "items-INITIAL_FORMS": count, "once": token_of(shown)}
    return {name: value for name, value in values.items() if value not in (None, False, "")}


def test_an_invoice_is_credited_to_the_cent_with_its_taxes_and_discounts(desk: Client, books: Books) -> None:
    rate = TaxRate.objects.create(code="vat", name="VAT", value=Decimal("8.25"))
    old = TaxRate.objects.create(code="old", name="Old tax", value=2, archived_at=timezone.now())
    invoice = issue_invoice(
        customer=books.customer,
        lines=[
            LineInput(
                name="Rope",
                unit_cost=Decimal("12.50"),
                quantity=Decimal(4),
                catalog_item="rope",
                type="product",
                discounts=(LevyInput(amount=3_33),),
                taxes=(LevyInput(tax_rate=rate), LevyInput(amount=77)),
            ),
            LineInput(name="Freight", unit_cost=Decimal(7), discountable=False),
        ],
        discounts=[LevyInput(amount=1_01)],
        taxes=[LevyInput(tax_rate=rate), LevyInput(tax_rate=old), LevyInput(amount=19)],
        values={},
        now=timezone.now(),
    )
    where = url("creditnote_add", customer=books.customer.pk, invoice=invoice.pk)
    shown = desk.get(where)
    assert "VAT (8.25 %)" in page_text(shown)

    desk.post(where, as_it_came(shown))

    note = CreditNote.objects.get()
    invoice.refresh_from_db()
    assert (note.total, note.subtotal, invoice.balance) == (invoice.total, invoice.subtotal, 0)
    first = note.items.order_by("position").first()
    assert first is not None
    assert (first.catalog_item, first.type) == ("rope", "product")
    assert first.levies.count() == 3


def test_half_of_a_line_has_half_of_its_discount(desk: Client, books: Books) -> None:
    line = LineInput(
        name="Rope", unit_cost=Decimal(10), quantity=Decimal(4), discounts=(LevyInput(amount=5),)
    )
    invoice = issue_invoice(customer=books.customer, lines=[line], values={}, now=timezone.now())
    where = url("creditnote_add", customer=books.customer.pk, invoice=invoice.pk)

    desk.post(where, as_it_came(desk.get(where)) | {"items-0-quantity": "2"})

    assert CreditNote.objects.get().total == 20_00 - 3


def payment_form(amount: str, spread: str, **values: Any) -> dict[str, Any]:
    form = {"amount": amount, "currency": "usd", "date": "2026-04-10", "method": "check", "spread": spread}
    return {**form, **values}


def test_records_a_payment_oldest_first_and_keeps_the_rest(desk: Client, books: Books) -> None:
    desk.post(url("payment_add", customer=books.customer.pk), payment_form("170", "oldest_first"))

    payment = Payment.objects.get()
    assert payment.balance == 20_00
    assert list(Invoice.objects.order_by("pk").values_list("balance", flat=True)) == [0, 0]


def test_records_a_payment_spread_by_hand(desk: Client, books: Books) -> None:
    use = {f"use_{books.invoices['INV-2'].pk}": "50", f"use_{books.invoices['INV-1'].pk}": "25"}

    desk.post(url("payment_add", customer=books.customer.pk), payment_form("80", "by_hand", **use))

    assert Payment.objects.get().balance == 5_00
    assert list(Invoice.objects.order_by("pk").values_list("balance", flat=True)) == [75_00, 0]


def test_too_much_on_one_invoice_is_refused_beside_its_amount(desk: Client, books: Books) -> None:
    name = f"use_{books.invoices['INV-2'].pk}"

    answer = desk.post(
        url("payment_add", customer=books.customer.pk), payment_form("80", "by_hand", **{name: "60"})
    )

    assert answer.status_code == 422
    assert (
        "Only 50.00 USD open" in str(answer.context["form"][name].errors)
        or answer.context["form"][name].errors
    )
    assert not Payment.objects.exists()


def test_more_than_the_payment_has_is_refused(desk: Client, books: Books) -> None:
    use = {f"use_{books.invoices['INV-1'].pk}": "100"}

    answer = desk.post(url("payment_add", customer=books.customer.pk), payment_form("80", "by_hand", **use))

    assert "More is applied than the payment has left." in page_text(answer)
    assert not Payment.objects.exists()


def test_applies_refunds_and_takes_back(desk: Client, books: Books) -> None:
    desk.post(url("payment_add", customer=books.customer.pk), payment_form("200", "unapplied"))
    payment = Payment.objects.get()
    assert payment.balance == 200_00

    desk.post(url("payment_apply", payment.pk), {"spread": "oldest_first"})
    desk.post(url("payment_refund", payment.pk), {"amount": "20", "date": "2026-04-12"})
    payment.refresh_from_db()
    assert payment.balance == 30_00

    desk.post(url("payment_returned", payment.pk), {"date": "2026-04-20", "reason": "bounced"})
    assert list(Invoice.objects.order_by("pk").values_list("balance", flat=True)) == [100_00, 50_00]


def test_a_refund_of_more_than_is_unapplied_is_refused_beside_the_amount(desk: Client, books: Books) -> None:
    desk.post(url("payment_add", customer=books.customer.pk), payment_form("10", "unapplied"))
    payment = Payment.objects.get()

    answer = desk.post(url("payment_refund", payment.pk), {"amount": "11", "date": "2026-04-12"})

    assert answer.context["form"]["amount"].errors == ["Only 10.00 USD of this payment are unapplied."]


def test_voids_a_payment(desk: Client, books: Books) -> None:
    payment = books.pay("2026-03-05", "100", on=[("INV-1", "100")])

    desk.post(url("payment_void", payment.pk))

    assert Invoice.objects.get(number="INV-1").balance == 100_00


def test_grants_and_takes_credit_but_never_below_zero(desk: Client, books: Books) -> None:
    where = url("creditadjustment_add", customer=books.customer.pk)
    form = {"act": "grant", "amount": "30", "currency": "USD", "date": "2026-03-10", "notes": "Sorry"}
    desk.post(where, form)

    answer = desk.post(where, {**form, "act": "take", "amount": "31"})

    assert CreditAdjustment.objects.get().amount == 30_00
    assert "would fall below zero" in str(answer.context["form"]["amount"].errors)


def test_spends_credit_on_an_invoice(desk: Client, books: Books) -> None:
    books.credit("2026-03-10", "30")

    desk.post(url("invoice_spend_credit", books.invoices["INV-1"].pk), {"amount": "30"})

    assert Invoice.objects.get(number="INV-1").balance == 70_00


def test_the_books_balance_after_all_of_it(desk: Client, books: Books) -> None:
    desk.post(url("payment_add", customer=books.customer.pk), payment_form("170", "oldest_first"))
    desk.post(url("invoice_add", customer=books.customer.pk), invoice_form(line("Rope", "10")))

    assert list(differences(now=timezone.now())) == []


@pytest.mark.parametrize("role", [Role.READ_ONLY, Role.ACCOUNT_MANAGER])
def test_only_finance_moves_money(books: Books, role: str) -> None:
    user = staff("Rita", role=role)
    books.customer.owner = user
    books.customer.save()
    desk, invoice = at_desk(user), books.invoices["INV-1"]

    for where in (
        url("invoice_add", customer=books.customer.pk),
        url("payment_add", customer=books.customer.pk),
        url("creditnote_add", customer=books.customer.pk),
        url("creditadjustment_add", customer=books.customer.pk),
        url("invoice_void", invoice.pk),
        url("invoice_write_off", invoice.pk),
    ):
        assert desk.get(where).status_code == 403
        assert desk.post(where).status_code == 403
    assert "Record payment" not in page_text(desk.get(url("invoice_change", invoice.pk)))
