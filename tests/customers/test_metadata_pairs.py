"""The pairs that lists are filtered by follow the metadata, whoever writes it."""

from typing import Any

import pytest
from django.db import connection

from customers.importing.inserting import Inserter
from customers.models import Customer, Invoice, MetadataPair, Payment
from customers.models.metadata_pair import PAIRED, keep_pairs
from tests.ledgers import at, open_books

pytestmark = pytest.mark.django_db


def pairs(kind: str = "customer") -> dict[int, dict[str, tuple[str, bool]]]:
    found: dict[int, dict[str, tuple[str, bool]]] = {}
    for row in MetadataPair.objects.filter(owner_kind=kind).order_by("owner_id", "key"):
        found.setdefault(row.owner_id, {})[row.key] = (row.value, row.is_flag)
    return found


def customer(name: str, **metadata: Any) -> Customer:
    return Customer(name=name, number=name, number_key=name, metadata=metadata)


def test_one_row_after_the_other() -> None:
    acme = customer("acme", region="north", vip=True, rank=7, share=0.5, words="true")
    acme.save()

    assert pairs() == {
        acme.pk: {
            "region": ("north", False), "vip": ("true", True), "rank": ("7", False),
            "share": ("0.5", False), "words": ("true", False),
        }
    }  # fmt: skip

    acme.metadata = {"region": "south"}
    acme.save()
    assert pairs() == {acme.pk: {"region": ("south", False)}}

    acme.delete()
    assert pairs() == {}


def test_many_rows_at_once(noon: Any) -> None:
    one, two = Customer.objects.bulk_create([customer("one", a="1"), customer("two", a="2", b="")])
    inserter = Inserter(Customer, ["name", "number", "number_key", "sign_up_token", "statement_token"],
                        metadata={"from": "a file"})  # fmt: skip
    [pk] = inserter.reserve(1)
    inserter.insert([(pk, "three", "three", "three", "s" * 24, "t" * 24)], now=noon)

    assert pairs() == {
        one.pk: {"a": ("1", False)},
        two.pk: {"a": ("2", False), "b": ("", False)},
        pk: {"from": ("a file", False)},
    }

    Customer.objects.filter(pk__in=[one.pk, two.pk]).update(metadata={"c": "3"})
    Customer.objects.filter(pk=pk).delete()
    assert pairs() == {one.pk: {"c": ("3", False)}, two.pk: {"c": ("3", False)}}


def test_each_kind_has_pairs_of_its_own() -> None:
    books = open_books("Harbor Group")
    invoice = books.invoice("2026-03-01", "I-1", "100")
    Invoice.objects.filter(pk=invoice.pk).update(metadata={"order": "4711"})
    payment = Payment.objects.create(
        customer=books.customer, date=at("2026-03-02"), currency="usd", amount=1, balance=1,
        metadata={"order": "4712"},
    )  # fmt: skip

    assert pairs("invoice") == {invoice.pk: {"order": ("4711", False)}}
    assert pairs("payment") == {payment.pk: {"order": ("4712", False)}}
    assert pairs() == {}


def test_triggers_that_a_migration_lost_come_back_and_bring_the_pairs_along() -> None:
    kept = customer("kept", a="1")
    kept.save()
    drop = "DROP TRIGGER keep_pairs_{event}{place}"
    with connection.cursor() as cursor:
        for event in ("insert", "update", "delete"):
            place = "_customer" if connection.vendor == "sqlite" else " ON customers_customer"
            cursor.execute(drop.format(event=event, place=place))
    unseen = customer("unseen", b="2")
    unseen.save()
    assert unseen.pk not in pairs()

    keep_pairs()

    assert pairs() == {kept.pk: {"a": ("1", False)}, unseen.pk: {"b": ("2", False)}}
    Customer.objects.filter(pk=kept.pk).update(metadata={})
    assert pairs() == {unseen.pk: {"b": ("2", False)}}


def test_every_paired_table_is_one_of_ours() -> None:
    assert set(PAIRED.values()) <= set(connection.introspection.table_names())
