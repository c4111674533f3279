"""The page behind `sign_up_url`: a customer stores a way to pay and turns AutoPay on."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from customers.autopay.collecting import charge_due_invoices
from customers.ledger.accounts import create_contact
from customers.models import Company, Customer, Event, GatewayAccount, PaymentSource, SignUpPage
from customers.wire.customer import customers_by_id
from tests.desk import at_desk, staff
from tests.ledgers import Books, at, open_books
from tests.statements.sign_ins import give, mailed, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(db: None) -> Books:
    books = open_books("Blue Anchor", email="ann@acme.example", city="Boston", country="US")
    Company.objects.update(name="Harbour", email="ar@harbour.example")
    page = SignUpPage.objects.create(name="Start", billing_address=False)
    Customer.objects.update(sign_up_page=page)
    books.customer.refresh_from_db()
    return books


@pytest.fixture
def customer(books: Books) -> Customer:
    return books.customer


def link(customer: Customer) -> str:
    """As the API hands it out."""
    [shown] = customers_by_id([customer.pk])
    return str(shown["sign_up_url"]).removeprefix("http://127.0.0.1:8000")


def fill_in(customer: Customer, **values: str) -> Any:
    return send_from(visitor(), customer, **values)


def send_from(client: Client, customer: Customer, **values: str) -> Any:
    sent = {"form": "one", "source": "tok_visa", "allow": "on", **values}
    return client.post(link(customer), {name: value for name, value in sent.items() if value})


def change_page(**columns: Any) -> None:
    SignUpPage.objects.update(**columns)


def test_the_link_of_the_api_opens_the_form(customer: Customer) -> None:
    answer = visitor().get(link(customer))

    words = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "I allow Harbour to collect my invoices" in words
    assert "Visa" in words
    assert "No money moves" in words
    assert "Billing address" not in words


def test_signing_up_stores_the_source_and_turns_autopay_on(customer: Customer) -> None:
    answer = fill_in(customer)

    assert (answer.status_code, answer["Location"]) == (303, f"{link(customer)}?done")
    customer.refresh_from_db()
    assert customer.autopay
    assert customer.payment_source is not None
    assert customer.payment_source.last4 == "4242"
    done = visitor().get(answer["Location"]).content.decode()
    assert "Thank you" in done
    assert "collected from Visa" in done
    assert "<form" not in done


def test_invoices_are_collected_from_then_on(books: Books, customer: Customer) -> None:
    fill_in(customer)
    invoice = books.invoice("2026-07-01", "I-1", "120")

    charge_due_invoices(now=at("2026-07-02"), most=10, seconds=60)

    invoice.refresh_from_db()
    assert invoice.balance == 0


def test_the_consent_is_kept_with_the_terms_and_who_gave_it(customer: Customer) -> None:
    change_page(tos_url="https://harbour.example/terms")

    assert fill_in(customer).status_code == 422
    fill_in(customer, form="two", terms="on")

    event = Event.objects.get(type="autopay.signed_up")
    assert (event.actor, event.address, event.customer_id) == ("Customer's link", "127.0.0.1", customer.pk)
    assert event.data["terms"] == "https://harbour.example/terms"
    assert event.data["page"] == "Start"
    assert "Firefox" in event.data["user_agent"]
    assert set(Event.objects.values_list("type", flat=True)) >= {"payment_source.created", "customer.updated"}


def test_addresses_are_asked_for_when_the_page_says_so(customer: Customer) -> None:
    change_page(billing_address=True, shipping_address=True)
    words = visitor().get(link(customer)).content.decode()
    assert 'value="Boston"' in words

    lacking = fill_in(customer, billing_address1=" ", billing_city="Salem", billing_country="US")
    assert lacking.status_code == 422
    assert lacking.content.decode().count("Fill this in.") == 5
    assert 'value="Salem"' in lacking.content.decode()
    fill_in(
        customer,
        form="two",
        billing_address1="1 Quay",
        billing_city="Salem",
        billing_country="US",
        shipping_name="Dock 7",
        shipping_address1="9 Pier",
        shipping_city="Lyon",
        shipping_country="FR",
    )

    customer.refresh_from_db()
    assert (customer.address1, customer.city, customer.country) == ("1 Quay", "Salem", "US")
    contact = customer.contacts.get(title="Shipping")
    assert (contact.name, contact.address1) == ("Dock 7", "9 Pier")
    assert (contact.city, contact.country) == ("Lyon", "FR")
    assert not contact.primary


def test_the_shipping_address_is_kept_once(customer: Customer) -> None:
    change_page(shipping_address=True)
    there = {"shipping_name": "Dock", "shipping_address1": "9 Pier", "shipping_country": "FR"}

    fill_in(customer, **there, shipping_city="Lyon")
    fill_in(customer, **there, shipping_city="Nice", form="two")

    assert customer.contacts.get(title="Shipping").city == "Nice"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"source": ""}, "Choose a payment method."),
        ({"source": "tok_sepa"}, "Choose a payment method."),
        ({"allow": ""}, "Tick this box to go on."),
        ({"source": "tok_decline_store"}, "This payment method was not accepted."),
        ({"billing_address1": "4242 4242 4242 4242"}, "Leave card numbers out of this form."),
        ({"billing_address1": "x" * 256}, "This can have 255 characters at most."),
        ({"billing_country": "XX"}, "Fill this in."),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(
    customer: Customer, values: dict[str, str], said: str
) -> None:
    change_page(billing_address=True)
    address = {"billing_address1": "1 Quay", "billing_city": "Salem", "billing_country": "US"}
    before = Event.objects.count()

    answer = fill_in(customer, **{**address, **values})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "4242 4242" not in answer.content.decode()
    customer.refresh_from_db()
    assert (customer.autopay, customer.city) == (False, "Boston")
    assert not PaymentSource.objects.exists()
    assert Event.objects.count() == before


def test_a_form_that_is_sent_twice_is_carried_out_once(customer: Customer) -> None:
    first, second = fill_in(customer), fill_in(customer)

    assert first["Location"] == second["Location"]
    assert customer.payment_sources.count() == 1


def test_who_has_signed_up_can_use_another_way_to_pay(customer: Customer) -> None:
    fill_in(customer)
    words = visitor().get(link(customer)).content.decode()
    assert "AutoPay is on: your invoices are collected from Visa" in words
    assert "Use another payment method" in words

    fill_in(customer, form="two", source="tok_bank_unverified")

    customer.refresh_from_db()
    assert customer.payment_source is not None
    assert customer.payment_source.kind == "bank_account"
    assert "charged only after it was verified" in visitor().get(f"{link(customer)}?done").content.decode()


@pytest.mark.parametrize(
    "columns", [{"chargeable": False, "failure_reason": "Lost"}, {"exp_year": 2020, "exp_month": 1}]
)
def test_who_has_a_card_that_is_of_no_more_use_is_asked_for_another(
    customer: Customer, columns: dict[str, Any]
) -> None:
    fill_in(customer)
    PaymentSource.objects.update(**columns)

    for path in (link(customer), f"{link(customer)}?done"):
        words = visitor().get(path).content.decode()
        assert "can no longer be charged" in words
        assert "AutoPay is on" not in words
        assert "Use another payment method" in words


def test_a_contact_who_can_be_reached_is_never_taken_for_the_address(customer: Customer) -> None:
    change_page(shipping_address=True)
    create_contact(
        customer=customer,
        values={"name": "Joe", "title": "Shipping", "email": "joe@acme.example"},
        now=at("2026-07-01"),
    )

    fill_in(
        customer,
        shipping_name="Dock",
        shipping_address1="9 Pier",
        shipping_city="Lyon",
        shipping_country="FR",
    )

    assert set(customer.contacts.values_list("name", "city")) == {("Joe", ""), ("Dock", "Lyon")}


def test_only_the_customer_can_allow_anything(customer: Customer) -> None:
    client = at_desk(staff())
    words = client.get(link(customer)).content.decode()
    assert "Preview" in words
    assert "Turn on AutoPay" not in words

    assert send_from(client, customer).status_code == 200

    assert not PaymentSource.objects.exists()
    assert not Event.objects.filter(type="autopay.signed_up").exists()


def test_a_fault_on_the_way_lets_the_same_form_be_sent_again(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr("customers.autopay.signing_up.update_customer", fail)
        with pytest.raises(RuntimeError):
            fill_in(customer)
    assert not PaymentSource.objects.exists()

    fill_in(customer)

    customer.refresh_from_db()
    assert customer.autopay


def test_what_is_wrong_with_no_card_blames_no_card(customer: Customer) -> None:
    PaymentSource.objects.bulk_create(
        PaymentSource(customer=customer, kind="card", last4="4242", gateway="test") for _ in range(50)
    )

    answer = fill_in(customer)

    assert answer.status_code == 422
    assert "not possible online at the moment" in answer.content.decode()
    assert "was not accepted" not in answer.content.decode()


def test_the_page_leads_on_to_the_companys_own(customer: Customer) -> None:
    change_page(thanks_url="https://harbour.example/thanks?a=1&b=2")

    done = visitor().get(fill_in(customer)["Location"]).content.decode()

    assert '<meta http-equiv="refresh" content="0; url=https://harbour.example/thanks?a=1&amp;b=2">' in done
    assert "refresh" not in visitor().get(link(customer)).content.decode()


def test_thanks_are_for_those_who_signed_up(customer: Customer) -> None:
    words = visitor().get(f"{link(customer)}?done").content.decode()

    assert "Thank you" not in words
    assert "Turn on AutoPay" in words


def test_methods_that_the_customer_may_not_use_are_not_offered(customer: Customer) -> None:
    Customer.objects.update(disabled_payment_methods=["credit_card"])
    words = visitor().get(link(customer)).content.decode()
    assert "tok_visa" not in words
    assert "tok_bank" in words

    assert fill_in(customer).status_code == 422


def test_without_a_gateway_that_can_be_offered_the_page_says_so(
    customer: Customer, settings: Settings
) -> None:
    settings.DELIVERY_MODE = "live"

    words = visitor().get(link(customer)).content.decode()

    assert "not possible online at the moment" in words
    assert "<form" not in words
    assert "ar@harbour.example" in words
    assert fill_in(customer).status_code == 422


def test_the_customers_own_gateway_keeps_the_source(customer: Customer) -> None:
    GatewayAccount.objects.create(name="First", gateway="test", enabled=True)
    second = GatewayAccount.objects.create(name="Second", gateway="test", enabled=True)
    Customer.objects.update(cc_gateway=second)

    fill_in(customer)

    assert customer.payment_sources.get().gateway_account == second


def test_there_is_nothing_without_a_page_or_behind_another_link(customer: Customer) -> None:
    path = link(customer)
    for wrong in ("/sign_up", "/sign_up/", "/sign_up/abc", f"/sign_up/{customer.statement_token}"):
        assert visitor().get(wrong).status_code == 404
    Customer.objects.update(sign_up_page=None)

    assert visitor().get(path).status_code == 404
    assert visitor().post(path, {"source": "tok_visa", "allow": "on"}).status_code == 404


def test_posts_from_other_sites_are_not_listened_to(customer: Customer) -> None:
    answer = visitor().post(
        link(customer), {"source": "tok_visa", "allow": "on"}, headers={"sec-fetch-site": "cross-site"}
    )

    assert answer.status_code == 200
    assert not PaymentSource.objects.exists()


def test_a_visitor_signs_in_first_where_links_ask_for_it(customer: Customer) -> None:
    Company.objects.update(sign_in_required=True)
    client, path = visitor(), link(customer)
    assert client.get(path)["Location"] == f"{path}/sign_in"
    assert send_from(client, customer).status_code == 302
    assert not PaymentSource.objects.exists()

    client.post(f"{path}/sign_in", {"email": "ann@acme.example"})
    code = next(line for line in mailed().text.splitlines() if line.isdigit() and len(line) == 6)
    assert give(client, path, "ann@acme.example", code)["Location"] == path

    assert send_from(client, customer).status_code == 303
    assert PaymentSource.objects.exists()


def test_somebody_who_tries_many_cards_has_to_wait(customer: Customer, settings: Settings) -> None:
    settings.PUBLIC_SIGN_UPS_PER_HOUR = 2

    answers = [fill_in(customer, form=str(n), source="tok_decline_store").status_code for n in range(3)]

    assert answers == [422, 422, 429]


def test_the_page_speaks_the_language_of_its_reader(customer: Customer) -> None:
    Customer.objects.update(language="ar", country="AE")

    words = visitor().get(link(customer)).content.decode()

    assert 'dir="rtl"' in words
    assert "الدفع التلقائي" in words


def test_what_the_company_wrote_is_text(customer: Customer) -> None:
    change_page(header_text="Welcome <b>aboard</b>\n\nPlease sign up.")

    words = visitor().get(link(customer)).content.decode()

    assert "Welcome &lt;b&gt;aboard&lt;/b&gt;" in words
    assert "<p>Please sign up.</p>" in words


def test_looking_changes_nothing(customer: Customer) -> None:
    before = (Event.objects.count(), Customer.objects.get().updated_at)
    visitor().get(link(customer))
    visitor().head(link(customer))

    assert (Event.objects.count(), Customer.objects.get().updated_at) == before
