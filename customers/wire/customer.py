"""The customer of the wire (Invoiced API, Customers)."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection

from customers import links
from customers.models import Customer
from customers.wire.payment_source import SOURCE, describe_payment_source, of_its_kind
from customers.wire.projection import PAIRS, SECONDS, TEXT, Key, Projection, constant, fetch, ids_in, later
from customers.wire.tax_rate import RATE, describe_tax_rate

WireObject = dict[str, Any]

# All documented attributes plus `bill_to_parent` and `consolidated`. Tokens become addresses below.
CUSTOMER = Projection(
    Customer,
    [
        Key("id"),
        constant("object", "customer"),
        Key("name"),
        Key("number"),
        Key("email", form=TEXT),
        Key("autopay"),
        Key("autopay_delay_days"),
        Key("payment_terms", form=TEXT),
        later("payment_source"),
        Key("attention_to", form=TEXT),
        Key("address1", form=TEXT),
        Key("address2", form=TEXT),
        Key("city", form=TEXT),
        Key("state", form=TEXT),
        Key("postal_code", form=TEXT),
        Key("country"),
        Key("language", form=TEXT),
        Key("currency", form=TEXT),
        Key("chase"),
        Key("chasing_cadence", "chasing_cadence_id"),
        Key("next_chase_step", "next_chase_step_id"),
        Key("phone", form=TEXT),
        Key("credit_hold"),
        Key("credit_limit"),
        Key("owner", "owner_id"),
        Key("taxable"),
        later("taxes"),
        Key("tax_id", form=TEXT),
        Key("avalara_entity_use_code", form=TEXT),
        Key("avalara_exemption_number", form=TEXT),
        Key("type"),
        Key("parent_customer", "parent_customer_id"),
        Key("bill_to_parent"),
        Key("consolidated"),
        Key("notes", form=TEXT),
        Key("sign_up_page", "sign_up_page_id"),
        Key("sign_up_url", "sign_up_token"),
        Key("statement_pdf_url", "statement_token"),
        Key("ach_gateway", "ach_gateway_id"),
        Key("cc_gateway", "cc_gateway_id"),
        Key("metadata", form=PAIRS),
        Key("created_at", form=SECONDS),
        Key("updated_at", form=SECONDS),
    ],
)


def describe_customer(row: Customer) -> WireObject:
    source = row.payment_source
    return _complete(
        CUSTOMER.of(row),
        source=describe_payment_source(source) if source else None,
        taxes=[describe_tax_rate(rate) for rate in _taxes(row)],
    )


def customers_by_id(ids: Sequence[int]) -> list[WireObject]:
    """The customers with these ids as they are now, in this order; ids without a row are left out.

    One query, whatever their number, and no rows of the ORM: a customer with several tax rates comes
    several times, once with each.
    """
    if not ids:
        return []
    found: dict[int, WireObject] = {}
    own, with_source = CUSTOMER.width, CUSTOMER.width + SOURCE.width
    for row in fetch(_by_id_sql().format(ids_in(ids))):
        shape = found.get(row[0])
        if shape is None:
            source = None if row[own] is None else of_its_kind(SOURCE.read(row, own))
            shape = found[row[0]] = _complete(CUSTOMER.read(row), source=source, taxes=[])
        if row[with_source] is not None:
            shape["taxes"].append(RATE.read(row, with_source))
    return [found[pk] for pk in ids if pk in found]


def _complete(shape: WireObject, *, source: WireObject | None, taxes: list[WireObject]) -> WireObject:
    """Put in what other tables know, and make addresses out of tokens."""
    shape["payment_source"] = source if source and source["chargeable"] else None
    shape["taxes"] = taxes
    shape["sign_up_url"] = links.sign_up_url(shape["sign_up_url"]) if shape["sign_up_page"] else None
    shape["statement_pdf_url"] = links.statement_pdf_url(shape["statement_pdf_url"])
    return shape


def _taxes(row: Customer) -> list[Any]:
    """Sorted here and not by the query, so that prefetched rows are used."""
    return sorted(row.taxes.all(), key=lambda rate: rate.pk) if row.pk else []


@cache
def _by_id_sql() -> str:
    through = connection.ops.quote_name(Customer.taxes.through._meta.db_table)
    return (
        f"SELECT {CUSTOMER.expressions('c')}, {SOURCE.expressions('s')}, {RATE.expressions('r')}"
        f" FROM {CUSTOMER.table} c LEFT JOIN {SOURCE.table} s ON s.id = c.payment_source_id"
        f" LEFT JOIN {through} l ON l.customer_id = c.id LEFT JOIN {RATE.table} r ON r.id = l.taxrate_id"
        " WHERE c.id IN ({}) ORDER BY r.id"
    )
