"""The numbers of customers and documents on the company's page."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.ledger.accounts import create_customer
from customers.ledger.sequences import sequence_of
from customers.models import Company, CreditNote, Customer, Invoice
from tests.desk import at_desk
from tests.ledgers import at

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:customers_company_changelist")
NOON = at("2026-03-02")


def fields_of(desk: Client) -> dict[str, Any]:
    """What a browser would send when nothing is touched, with the hidden first values."""
    context = desk.get(PAGE).context
    form: Any = context["form"]
    shown = {bound.html_name: bound.value() for bound in form if bound.name not in ("logo", "remove_logo")}
    hidden = {bound.html_initial_name: bound.value() for bound in form if bound.field.show_hidden_initial}
    said = {
        name: value for name, value in (shown | hidden).items() if value is not None and value is not False
    }
    return {**said, "aging_bounds": "1, 31, 61, 91", "once": context["once"]}


def test_staff_set_how_numbers_look_and_where_they_go_on() -> None:
    desk = at_desk()

    answer = desk.post(PAGE, fields_of(desk) | {
        "customer_template": "C%05d", "customer_next": "42", "invoice_template": "RE-%d",
        "credit_note_next": "7",
    })  # fmt: skip

    assert answer.status_code == 302, answer.context["form"].errors
    assert create_customer(values={"name": "Acme"}, now=NOON).number == "C00042"
    assert str(sequence_of(Invoice)) == "RE-1"
    assert str(sequence_of(CreditNote)) == "CN-0007"
    assert "C%05d" in desk.get(PAGE).content.decode()


def test_wrong_numbers_are_told_beside_their_field_and_nothing_is_saved() -> None:
    desk = at_desk()
    for name in ("Acme", "Bolt"):
        create_customer(values={"name": name}, now=NOON)
    name = Company.get().name
    for field, value, said in (
        ("invoice_template", "INV-%s", "Write %d once"),
        ("customer_next", "1", "between 3 and"),
        ("credit_note_next", "0", "greater than or equal to 1"),
    ):
        answer = desk.post(PAGE, fields_of(desk) | {"name": "Harbour", field: value})

        assert answer.status_code == 422
        assert said in answer.context["form"].errors[field][0]
        assert Company.get().name == name
    assert str(sequence_of(Customer)) == "CUST-0003"


def test_a_customer_that_comes_while_the_page_is_open_does_not_stand_in_the_way() -> None:
    desk = at_desk()
    open_page = fields_of(desk)
    create_customer(values={"name": "Acme"}, now=NOON)

    answer = desk.post(PAGE, open_page | {"name": "Harbour"})

    assert answer.status_code == 302
    assert Company.get().name == "Harbour"
    assert str(sequence_of(Customer)) == "CUST-0002"
