"""Cards and charges on the customer's page, and the buttons of the sandbox."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.autopay.charging import ChargeRequest, charge_customer
from customers.autopay.sources import WantedSource, attached, store_source
from customers.ledger.applying import Application
from customers.links import sign_up_url
from customers.models import Charge, Customer, Event, Invoice, Payment, PaymentSource, Role, SignUpPage
from tests.desk import at_desk, page_text, staff
from tests.ledgers import Books


def keep(customer: Customer, kind: str) -> PaymentSource:
    with attached(customer=customer, wanted=WantedSource(token=kind)) as kept:
        return store_source(customer=customer, kept=kept, now=timezone.now())


def charged(books: Books, kind: str) -> Charge:
    invoice = books.invoices["INV-1"]
    part = Application(type="invoice", amount=10_000, invoice=invoice)
    request = ChargeRequest(amount=10_000, currency="usd", applications=[part], token=kind)
    return charge_customer(customer=books.customer, request=request, now=timezone.now())


def tab_of(desk: Client, books: Books) -> str:
    page = desk.get(reverse("admin:customers_customer_change", args=[books.customer.pk]), {"tab": "charges"})
    return page_text(page)


def press(desk: Client, charge: Charge, act: str, once: str = "a") -> Any:
    return desk.post(reverse(f"admin:customers_charge_{act}", args=[charge.pk]), {"once": once}, follow=True)


def test_sources_and_charges_are_shown(desk: Client, books: Books) -> None:
    keep(books.customer, "tok_visa")
    keep(books.customer, "tok_bank_unverified")
    charged(books, "tok_decline_charge")

    shown = tab_of(desk, books)

    assert "Visa ····4242" in shown
    assert "Default" in shown
    assert "Waiting for verification" in shown
    assert "Your card was declined." in shown
    assert "$100.00" in shown


def test_a_customer_without_any_says_so(desk: Client, books: Books) -> None:
    assert "No card or bank account is stored." in tab_of(desk, books)


def test_the_sign_up_link_is_for_those_who_may_send_it(desk: Client, books: Books) -> None:
    assert "Sign-up link" not in tab_of(desk, books)
    Customer.objects.update(sign_up_page=SignUpPage.objects.create(name="Card on file"))
    link = sign_up_url(books.customer.sign_up_token)

    shown = desk.get(reverse("admin:customers_customer_change", args=[books.customer.pk]), {"tab": "charges"})

    assert f'href="{link}"' in shown.content.decode()
    assert "Card on file" in page_text(shown)
    assert "Sign-up link" not in tab_of(at_desk(staff("Rita", Role.READ_ONLY)), books)


def test_a_new_sign_up_link_ends_the_old_one(desk: Client, books: Books) -> None:
    Customer.objects.update(sign_up_page=SignUpPage.objects.create(name="Card on file"))
    old = books.customer.sign_up_token
    url = reverse("admin:customers_customer_sign_up_link", args=[books.customer.pk])
    assert at_desk(staff("Rita", Role.READ_ONLY)).post(url, {"once": "x"}).status_code == 403

    said = page_text(desk.post(url, {"once": "a"}, follow=True))

    assert "The customer has a new sign-up link" in said
    assert Client().get(f"/sign_up/{old}").status_code == 404
    books.customer.refresh_from_db()
    assert Client().get(f"/sign_up/{books.customer.sign_up_token}").status_code == 200
    assert Event.objects.latest("pk").previous == {"sign_up_url": sign_up_url(old)}


def test_a_pending_debit_is_settled_once_at_the_press_of_a_button(desk: Client, books: Books) -> None:
    charge = charged(books, "tok_bank")
    assert "Simulate settled" in tab_of(desk, books)

    first = press(desk, charge, "settle")
    press(desk, charge, "settle")

    assert "The debit arrived." in page_text(first)
    assert Payment.objects.get(charge=charge).status == "succeeded"
    assert Invoice.objects.get(number="INV-1").balance == 0
    assert "Simulate settled" not in tab_of(desk, books)
    assert "not pending" in page_text(press(desk, charge, "return", once="b"))


def test_a_pending_debit_comes_back_at_the_press_of_a_button(desk: Client, books: Books) -> None:
    charge = charged(books, "tok_bank")

    press(desk, charge, "return")

    assert Charge.objects.get().status == "failed"
    assert Invoice.objects.get(number="INV-1").balance == 10_000


def test_in_live_mode_nothing_is_simulated(desk: Client, books: Books, settings: Any) -> None:
    charge = charged(books, "tok_bank")
    settings.DELIVERY_MODE = "live"

    assert "Simulate settled" not in tab_of(desk, books)
    press(desk, charge, "settle")

    assert Charge.objects.get().status == "pending"


@pytest.mark.parametrize(("role", "status"), [("read_only", 403), ("account_manager", 403)])
def test_simulating_needs_the_right_to_move_money(books: Books, role: str, status: int) -> None:
    charge = charged(books, "tok_bank")
    person = staff("Max", role=role)
    Customer.objects.update(owner=person)
    desk = at_desk(person)

    assert "Simulate settled" not in tab_of(desk, books)
    assert press(desk, charge, "settle").status_code == status
    assert desk.get(reverse("admin:customers_charge_settle", args=[999])).status_code == status


def test_a_charged_payment_has_no_button_to_void_it(desk: Client, books: Books) -> None:
    payment = charged(books, "tok_visa").payment
    assert payment is not None

    page = desk.get(reverse("admin:customers_payment_change", args=[payment.pk]))

    assert reverse("admin:customers_payment_void", args=[payment.pk]) not in page_text(page)


def test_a_deleted_account_takes_its_cards_along(desk: Client, db: None) -> None:
    customer = Customer.objects.create(name="Bolt", number="B-1")
    keep(customer, "tok_visa")
    url = reverse("admin:customers_customer_remove", args=[customer.pk])

    desk.post(url, {"once": "a"})
    again = desk.post(url, {"once": "a"})

    assert again.status_code == 404
    assert not PaymentSource.objects.exists()
