"""A refused form may be sent again; a performed one leads to its one result."""

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Invoice, Payment
from tests.desk import token_of
from tests.ledgers import Books

pytestmark = pytest.mark.django_db


def test_a_refused_form_can_be_mended_and_sent_again(desk: Client, books: Books) -> None:
    where = reverse("admin:customers_payment_add") + f"?customer={books.customer.pk}"
    name = f"use_{books.invoices['INV-2'].pk}"
    form = {
        "amount": "60", "currency": "usd", "date": "2026-04-10", "method": "check", "spread": "by_hand",
        name: "60", "once": token_of(desk.get(where)),
    }  # fmt: skip
    assert desk.post(where, form).status_code == 422

    answer = desk.post(where, {**form, name: "50"})

    assert answer.status_code == 302
    assert Payment.objects.get().balance == 10_00


def test_two_forms_are_two_acts(desk: Client, books: Books) -> None:
    where = reverse("admin:customers_invoice_add") + f"?customer={books.customer.pk}"
    form = {
        "date": "2026-03-10", "currency": "usd", "items-TOTAL_FORMS": 1, "items-INITIAL_FORMS": 0,
        "items-0-name": "Rope", "items-0-quantity": "1", "items-0-unit_cost": "5",
    }  # fmt: skip

    for _ in range(2):
        desk.post(where, {**form, "once": token_of(desk.get(where))})

    assert Invoice.objects.count() == 4
