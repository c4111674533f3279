"""What an id can be expanded into: one query for all ids of a page, whatever their number.

A key that may not see a row gets its id only.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet

from customers.api.expansion import Expandable, Loader
from customers.api.visibility import visible_to_caller
from customers.ledger.claims import CLAIMED
from customers.models import (
    Cadence,
    CadenceStep,
    Customer,
    GatewayAccount,
    Invoice,
    SignUpPage,
    User,
)
from customers.wire.chasing import describe_cadence, describe_cadence_step
from customers.wire.customer import customers_by_id
from customers.wire.gateway import describe_gateway
from customers.wire.invoice import describe_invoices
from customers.wire.sign_up_page import describe_sign_up_page
from customers.wire.user import describe_user

WireObject = dict[str, Any]


def customer_rows(rows: QuerySet[Customer]) -> QuerySet[Customer]:
    """With everything that the projection of customers reads."""
    return rows.select_related("payment_source").prefetch_related("taxes")


def document_rows(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same for credit notes, and for what invoices share with them."""
    return rows.prefetch_related("items", "levies__tax_rate")


def invoice_rows(rows: QuerySet[Invoice]) -> QuerySet[Invoice]:
    with_events: QuerySet[Invoice] = document_rows(rows).prefetch_related(
        "payment_plans__instalments", "write_offs"
    )
    return with_events.annotate(claimed=CLAIMED)


def _customers(ids: Collection[Any]) -> Mapping[Any, WireObject]:
    seen = visible_to_caller(Customer.objects.all())
    if seen.query.where:
        ids = list(seen.filter(pk__in=ids).values_list("pk", flat=True))
    return {shape["id"]: shape for shape in customers_by_id(list(ids))}


def _loader(rows: Callable[[], QuerySet[Any]], describe: Callable[[Any], WireObject]) -> Loader:
    def load(ids: Collection[Any]) -> Mapping[Any, WireObject]:
        return {row.pk: describe(row) for row in visible_to_caller(rows().filter(pk__in=ids))}

    return load


def _invoices(ids: Collection[Any]) -> Mapping[Any, WireObject]:
    rows = visible_to_caller(invoice_rows(Invoice.objects.filter(pk__in=ids)))
    return {shape["id"]: shape for shape in describe_invoices(rows)}


def cadence_rows(rows: QuerySet[Cadence]) -> QuerySet[Cadence]:
    """With their steps and how many customers that the key may see are enrolled."""
    seen = visible_to_caller(Customer.objects.all())
    own = Q(customers__in=seen) if seen.query.where else None
    counted: QuerySet[Cadence] = rows.prefetch_related("steps").annotate(
        num_customers=Count("customers", filter=own)
    )
    return counted


def _cadences() -> QuerySet[Cadence]:
    return cadence_rows(Cadence.objects.all())


_gateway = Expandable(_loader(GatewayAccount.objects.all, describe_gateway))

OF_CUSTOMERS: dict[str, Expandable] = {
    "parent_customer": Expandable(_customers),
    "chasing_cadence": Expandable(_loader(_cadences, describe_cadence)),
    "next_chase_step": Expandable(_loader(CadenceStep.objects.all, describe_cadence_step)),
    "owner": Expandable(_loader(User.objects.all, describe_user)),
    "sign_up_page": Expandable(_loader(SignUpPage.objects.all, describe_sign_up_page)),
    "ach_gateway": _gateway,
    "cc_gateway": _gateway,
}
CUSTOMER = Expandable(_customers, OF_CUSTOMERS)
INVOICE = Expandable(_invoices, {"customer": CUSTOMER})
