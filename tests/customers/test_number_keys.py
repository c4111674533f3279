"""Numbers that were kept before they were compared in lower case only."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from customers.models import Customer

pytestmark = pytest.mark.django_db
MIGRATION: Any = import_module("customers.migrations.0015_numbers_in_lower_case")


def test_keys_that_were_folded_are_written_anew_and_back() -> None:
    street = Customer.objects.create(name="Anchor", number="Straße 7")
    plain = Customer.objects.create(name="Bolt", number="CUST-7")
    Customer.objects.filter(pk=street.pk).update(number_key="strasse 7")

    MIGRATION.forwards(apps, None)

    assert Customer.objects.with_number("STRAßE 7").get() == street
    assert Customer.objects.with_number("cust-7").get() == plain

    MIGRATION.backwards(apps, None)

    street.refresh_from_db()
    assert street.number_key == "strasse 7"
