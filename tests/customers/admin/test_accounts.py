"""The customer's page and its form."""

import pytest
from django.test import Client
from django.urls import reverse

from customers.ledger.accounts import create_contact, create_customer
from customers.models import Contact, Customer, Event
from tests.desk import at_desk, lines, page_text, staff, token_of
from tests.ledgers import Books, at

ADD = reverse("admin:customers_customer_add")
pytestmark = pytest.mark.django_db
ACCOUNT = {
    "name": "North Pier",
    "type": "company",
    "country": "US",
    "statement_channel": "email",
    "chase": "on",
    **lines(prefix="metadata"),
}
NO_ROWS = {**lines(prefix="contacts"), **lines(prefix="metadata")}


def edit_url(customer: Customer) -> str:
    return reverse("admin:customers_customer_edit", args=[customer.pk])


def page_url(customer: Customer) -> str:
    return reverse("admin:customers_customer_change", args=[customer.pk])


def test_creates_a_customer_with_contacts_signed_by_staff(desk: Client) -> None:
    contacts = lines(
        {"name": "Jo Fields", "email": "jo@north-pier.example", "primary": "on"}, prefix="contacts"
    )

    answer = desk.post(ADD, {**ACCOUNT, **contacts, "number": "NP-7", "payment_terms": "NET 14"})

    customer = Customer.objects.get(number="NP-7")
    assert answer.headers["Location"] == page_url(customer)
    assert (customer.name, customer.payment_terms) == ("North Pier", "NET 14")
    assert [contact.name for contact in customer.contacts.all()] == ["Jo Fields"]
    event = Event.objects.get(type="customer.created")
    assert (event.actor, event.address) == ("Ada", "127.0.0.1")


def test_the_address_has_its_town_on_one_line(desk: Client, books: Books) -> None:
    where = {"address1": "420 Foundry Ave", "city": "Dubuque", "state": "IA", "postal_code": "52014"}
    Customer.objects.filter(pk=books.customer.pk).update(**where)

    assert "Dubuque, IA 52014" in page_text(desk.get(page_url(books.customer)))


def test_a_number_in_use_is_refused_beside_the_field_and_nothing_is_stored(
    desk: Client, books: Books
) -> None:
    answer = desk.post(ADD, {**ACCOUNT, **lines(prefix="contacts"), "number": "ba-1"})

    assert answer.status_code == 422
    assert "number ba-1 is already in use" in page_text(answer)
    assert answer.context["form"]["number"].errors
    assert Customer.objects.count() == 1


def test_pressing_the_button_twice_creates_one_customer(desk: Client) -> None:
    form = {**ACCOUNT, **lines(prefix="contacts"), "once": token_of(desk.get(ADD))}

    first, second = desk.post(ADD, form), desk.post(ADD, form)

    assert Customer.objects.count() == 1
    assert first.headers["Location"] == second.headers["Location"]


def test_changes_only_what_was_changed(desk: Client, books: Books) -> None:
    shown = desk.get(edit_url(books.customer)).context["form"]
    values = {name: field for name in shown.fields if (field := shown[name].value()) not in (None, False, [])}

    desk.post(edit_url(books.customer), {**values, **NO_ROWS, "phone": "+1 312 555 0100"})

    event = Event.objects.get(type="customer.updated")
    assert set(event.previous or {}) == {"phone"}


def test_a_cycle_of_parents_is_refused_beside_the_parent(desk: Client, books: Books) -> None:
    answer = desk.post(
        edit_url(books.customer),
        {**ACCOUNT, **lines(prefix="contacts"), "number": "BA-1", "parent_number": "BA-1"},
    )

    assert answer.status_code == 422
    assert "cannot be its own parent" in str(answer.context["form"]["parent_number"].errors)


def test_removes_a_contact(desk: Client, books: Books) -> None:
    contact = create_contact(customer=books.customer, values={"name": "Gone"}, now=at("2026-01-02"))
    form = {
        "contacts-TOTAL_FORMS": 1, "contacts-INITIAL_FORMS": 1, "contacts-0-id": contact.pk,
        "contacts-0-name": "Gone", "contacts-0-DELETE": "on",
    }  # fmt: skip

    desk.post(edit_url(books.customer), {**ACCOUNT, **form, "number": "BA-1"})

    assert not Contact.objects.exists()
    assert Event.objects.filter(type="contact.deleted").exists()


def test_account_managers_cannot_raise_a_credit_limit(books: Books) -> None:
    manager = staff("Max", role="account_manager")
    books.customer.owner = manager
    books.customer.save()
    desk = at_desk(manager)

    desk.post(edit_url(books.customer), {
        **ACCOUNT, **lines(prefix="contacts"), "number": "BA-1", "phone": "123", "credit_limit": "99999",
    })  # fmt: skip

    books.customer.refresh_from_db()
    assert (books.customer.phone, books.customer.credit_limit) == ("123", None)
    assert books.customer.owner == manager


@pytest.mark.parametrize(("role", "offered"), [("account_manager", False), ("finance", True)])
def test_who_moves_money_opens_and_deletes_accounts(role: str, offered: bool) -> None:
    someone = staff("Max", role=role)
    customer = create_customer(values={"name": "Empty", "owner": someone}, now=at("2026-01-02"))
    desk, remove = at_desk(someone), reverse("admin:customers_customer_remove", args=[customer.pk])

    assert (remove in page_text(desk.get(page_url(customer)))) == offered
    assert (ADD in page_text(desk.get(reverse("admin:customers_customer_changelist")))) == offered
    assert desk.get(ADD).status_code == (200 if offered else 403)
    assert desk.post(remove).status_code == (302 if offered else 403)
    assert Customer.objects.exists() != offered


def test_what_is_not_yours_does_not_exist(books: Books) -> None:
    desk = at_desk(staff("Max", role="account_manager"))

    assert desk.get(page_url(books.customer)).status_code == 404
    assert desk.get(edit_url(books.customer)).status_code == 404


def test_the_ledger_shows_the_running_balance_newest_first(desk: Client, books: Books) -> None:
    books.pay("2026-03-10", "30.00", "CHK 1", on=[("INV-1", "30.00")])

    entries = desk.get(page_url(books.customer), {"tab": "ledger"}).context["entries"]

    assert [(entry["name"], entry["balance"]) for entry in entries] == [
        ("Payment", "$120.00"),
        ("Invoice", "$150.00"),
        ("Invoice", "$100.00"),
    ]


def test_the_open_items_are_those_of_the_day(desk: Client, books: Books) -> None:
    items = desk.get(page_url(books.customer), {"as_of": "2026-02-15"}).context["items"]

    assert [(item["number"], item["open"], item["days_late"]) for item in items] == [("INV-1", "$100.00", 14)]


def test_a_customer_with_documents_cannot_be_deleted(desk: Client, books: Books) -> None:
    answer = desk.post(reverse("admin:customers_customer_remove", args=[books.customer.pk]), follow=True)

    assert "has documents or payments and cannot be deleted" in page_text(answer)
    assert Customer.objects.count() == 1
