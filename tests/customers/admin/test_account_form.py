"""Every attribute of the Customers API can be set in the form, by the API's own rules."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.api.customer_shape import CustomerShape
from customers.models import Customer, Event, GatewayAccount, PaymentSource, TaxRate, User
from tests.desk import at_desk, lines, page_text, staff
from tests.ledgers import Books

pytestmark = pytest.mark.django_db
ACCOUNT = {
    "name": "Blue Anchor",
    "number": "BA-1",
    "type": "company",
    "country": "US",
    "statement_channel": "email",
    "chase": "on",
    "taxable": "on",
    **lines(prefix="contacts"),
    **lines(prefix="metadata"),
}
ELSEWHERE = {
    "parent_customer": "parent_number",  # by number, not by id
    "metadata": "metadata",  # rows below the form
    "payment_source": None,  # stored through a gateway only; shown
}


def edit_url(customer: Customer) -> str:
    return reverse("admin:customers_customer_edit", args=[customer.pk])


def send(desk: Client, customer: Customer, **values: Any) -> Any:
    return desk.post(edit_url(customer), {**ACCOUNT, **values})


def test_every_parameter_of_the_api_is_in_the_form(desk: Client, books: Books) -> None:
    context = desk.get(edit_url(books.customer)).context
    fields = {*context["form"].form.fields, context["metadata"].prefix}

    wanted = {ELSEWHERE.get(name, name) for name in CustomerShape.fields} - {None}

    assert wanted - fields == set()
    assert "No card or bank account is stored." in page_text(desk.get(edit_url(books.customer)))


def test_every_field_is_on_the_page(desk: Client, books: Books) -> None:
    answer = desk.get(edit_url(books.customer))

    shown = answer.content.decode()
    missing = [name for name in answer.context["form"].form.fields if f'name="{name}"' not in shown]
    # Boxes of a list that is empty have nothing to show.
    assert missing == ["taxes"]


def test_gateways_that_are_enabled_are_offered_and_stored(desk: Client, books: Books) -> None:
    bank = GatewayAccount.objects.create(name="Bank debits", gateway="test")
    cards = GatewayAccount.objects.create(name="Cards", gateway="stripe")
    GatewayAccount.objects.create(name="Gone", gateway="test", enabled=False)

    page = page_text(desk.get(edit_url(books.customer)))
    send(desk, books.customer, ach_gateway=bank.pk, cc_gateway=cards.pk, disabled_payment_methods=["paypal"])

    assert "Bank debits" in page
    assert "Gone" not in page
    books.customer.refresh_from_db()
    assert (books.customer.ach_gateway, books.customer.cc_gateway) == (bank, cards)
    assert books.customer.disabled_payment_methods == ["paypal"]


def test_the_way_statements_travel_is_in_the_history(desk: Client, books: Books) -> None:
    send(
        desk, books.customer,
        statement_channel="letter", paperless_from_date="2031-05-01", child_statements="both",
    )  # fmt: skip

    event = Event.objects.filter(type="customer.updated").latest("pk")
    assert (event.previous or {}).items() >= {
        "statement_channel": "email", "paperless_from_date": None, "child_statements": "",
    }.items()  # fmt: skip
    assert event.data["object"]["paperless_from_date"] == "2031-05-01"
    shown = reverse("admin:customers_customer_change", args=[books.customer.pk])
    page = page_text(desk.get(shown, {"tab": "history"}))
    assert "child statements" in page
    assert "paperless from date" in page


def test_what_is_no_longer_offered_stays_with_who_has_it(desk: Client, books: Books) -> None:
    customer = books.customer
    gateway = GatewayAccount.objects.create(name="Gone", gateway="test", enabled=False)
    left = User.objects.create(username="left", is_active=False)
    rate = TaxRate.objects.create(code="old", name="Old", value=5, archived_at="2026-01-01T00:00:00Z")
    Customer.objects.filter(pk=customer.pk).update(cc_gateway=gateway, owner=left)
    customer.taxes.add(rate)

    answer = send(
        desk, customer, cc_gateway=gateway.pk, owner=left.pk, taxes=[rate.pk], phone="+1 312 555 0100"
    )

    assert answer.status_code == 302
    customer.refresh_from_db()
    assert (customer.cc_gateway, customer.owner, customer.phone) == (gateway, left, "+1 312 555 0100")
    assert list(customer.taxes.all()) == [rate]


def test_account_managers_cannot_choose_a_gateway(books: Books) -> None:
    manager, gateway = staff("Max", role="account_manager"), GatewayAccount.objects.create(name="Cards")
    Customer.objects.update(owner=manager)

    answer = send(at_desk(manager), books.customer, cc_gateway=gateway.pk, notes="Called")

    assert answer.status_code == 302
    books.customer.refresh_from_db()
    assert (books.customer.cc_gateway, books.customer.notes) == (None, "Called")


def test_the_stored_card_is_shown(desk: Client, books: Books) -> None:
    source = PaymentSource.objects.create(
        customer=books.customer, kind="card", brand="Visa", last4="4242", gateway="test"
    )
    Customer.objects.update(payment_source=source)

    assert "Visa ····4242" in page_text(desk.get(edit_url(books.customer)))


@pytest.mark.parametrize(
    ("name", "entered", "stored"),
    [
        ("country", "de", "DE"),
        ("language", "FR", "fr"),
        ("currency", "EUR", "eur"),
        ("email", "AP@Blue.Example", "ap@blue.example"),
        ("credit_limit", "1000.5", 1000.5),
    ],
)
def test_codes_and_addresses_are_kept_as_the_api_keeps_them(
    desk: Client, books: Books, name: str, entered: str, stored: Any
) -> None:
    send(desk, books.customer, **{name: entered})

    books.customer.refresh_from_db()
    assert getattr(books.customer, name) == stored


@pytest.mark.parametrize(
    ("name", "entered"),
    [
        ("country", "ZZ"),
        ("country", ""),
        ("country", "ß"),
        ("language", "\u212ak"),
        ("currency", "\u212aRW"),
        ("email", "a@" + ".".join(["İ" * 30] * 5) + ".com"),
        ("language", "qq"),
        ("currency", "XXZ"),
        ("email", "nobody"),
        ("credit_limit", "-1"),
        ("credit_limit", "1000000000000000"),
        ("autopay_delay_days", "366"),
    ],
)
def test_what_the_api_refuses_is_refused_beside_its_field(
    desk: Client, books: Books, name: str, entered: str
) -> None:
    answer = send(desk, books.customer, **{name: entered})

    assert answer.status_code == 422
    assert answer.context["form"][name].errors
