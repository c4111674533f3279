"""Customers, what they are billed and what they pay, entered by hand."""

from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customers.ledger.reconciling import differences
from customers.models import Contact, Customer, Invoice, Payment
from tests.browser.desk import Desk
from tests.browser.receivables import open_blue_anchor, open_company

pytestmark = pytest.mark.browser


def test_a_customer_is_created_with_a_contact(staff_desk: Desk) -> None:
    open_company()
    page = staff_desk.page
    staff_desk.open("/admin/customers/customer/", "Customers")
    staff_desk.follow("New customer", "New customer")

    staff_desk.field("Name").fill("Glasshouse Café")
    staff_desk.field("Email").fill("ap@glasshouse.example")
    staff_desk.field("City").fill("Peoria")
    page.get_by_role("button", name="Add contact").click()
    contact = page.locator("#contacts [data-row]")
    contact.get_by_label("Name").fill("Ines Ferro")
    contact.get_by_label("Email").fill("ines@glasshouse.example")
    contact.get_by_label("Primary").check()
    staff_desk.press("Create customer", "Glasshouse Café")

    expect(page.get_by_text("Glasshouse Café was created.")).to_be_visible()
    staff_desk.follow("Contacts", "Glasshouse Café")
    expect(staff_desk.row("Ines Ferro", "Primary", "ines@glasshouse.example")).to_be_visible()
    customer = Customer.objects.get()
    assert (customer.name, customer.city) == ("Glasshouse Café", "Peoria")
    assert Contact.objects.get().customer == customer


def test_an_invoice_with_two_lines_is_issued(staff_desk: Desk) -> None:
    books = open_blue_anchor()
    page = staff_desk.page
    staff_desk.open(f"/admin/customers/customer/{books.customer.pk}/change/", "Blue Anchor")
    staff_desk.follow("New invoice", "New invoice for Blue Anchor")

    _fill_line(staff_desk, 0, "Rope", "12", "9.95")
    page.get_by_role("button", name="Add line").click()
    _fill_line(staff_desk, 1, "Splicing", "1.5", "80")
    expect(page.locator("[data-lines-total]")).to_have_text("239.40")
    staff_desk.press("Issue invoice", "Invoice INV-")

    invoice = Invoice.objects.latest("pk")
    assert (invoice.total, invoice.balance, invoice.draft) == (23_940, 23_940, False)
    assert [(row.name, row.quantity) for row in invoice.items.order_by("position")] == [
        ("Rope", Decimal(12)),
        ("Splicing", Decimal("1.5")),
    ]
    expect(staff_desk.row("Rope", "119.40")).to_be_visible()
    expect(staff_desk.row("Splicing", "120.00")).to_be_visible()


def test_a_payment_is_spread_by_hand_over_open_invoices(staff_desk: Desk) -> None:
    books = open_blue_anchor()
    page = staff_desk.page
    staff_desk.open(f"/admin/customers/customer/{books.customer.pk}/change/", "Blue Anchor")
    staff_desk.follow("Record payment", "Payment from Blue Anchor")

    staff_desk.field("Amount").fill("300")
    staff_desk.field("Reference").fill("CHK-77")
    page.get_by_role("radio", name="By hand").check()
    page.get_by_role("button", name="All of INV-1").click()
    page.get_by_label("Amount for INV-2").fill("150")
    expect(page.locator("[data-rest]")).to_have_text("50.00")
    staff_desk.press("Record payment", "Payment")

    expect(page.get_by_text("$300.00 from Blue Anchor were recorded.")).to_be_visible()
    expect(staff_desk.row("INV-1", "$100.00")).to_be_visible()
    expect(staff_desk.row("INV-2", "$150.00")).to_be_visible()
    assert Payment.objects.get().balance == 5_000
    assert list(Invoice.objects.order_by("number").values_list("balance", flat=True)) == [0, 10_050]
    assert list(differences(now=timezone.now())) == []


def test_a_payment_applied_beyond_its_amount_is_refused_and_nothing_is_kept(staff_desk: Desk) -> None:
    books = open_blue_anchor()
    page = staff_desk.page
    staff_desk.open(f"/admin/customers/payment/add/?customer={books.customer.pk}", "Payment from Blue Anchor")

    staff_desk.field("Amount").fill("60")
    page.get_by_role("radio", name="By hand").check()
    page.get_by_role("button", name="All of INV-1").click()
    page.get_by_role("button", name="Record payment").click()
    expect(page.get_by_role("alert")).to_be_visible()
    staff_desk.arrive("Payment from Blue Anchor")

    expect(page.get_by_label("Amount for INV-1")).to_have_value("100.00")
    assert not Payment.objects.exists()


def _fill_line(desk: Desk, position: int, item: str, quantity: str, price: str) -> None:
    line = desk.page.locator("tbody [data-row]").nth(position)
    line.get_by_label("Item").fill(item)
    line.get_by_label("Quantity").fill(quantity)
    line.get_by_label("Price").fill(price)
