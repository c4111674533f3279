"""Customers and their contacts: create, change, delete."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from customers.errors import Refused
from customers.ledger.assignment import cadence_for
from customers.ledger.changes import still_there, what_changed
from customers.ledger.enrolment import make_invoices_manual
from customers.ledger.events import record_event
from customers.ledger.locking import ancestors_of, lock_accounts, lock_lineage
from customers.ledger.numbering import claim_number, claimed
from customers.models import (
    Charge,
    Company,
    Contact,
    CreditAdjustment,
    CreditNote,
    Customer,
    Invoice,
    LineItem,
    Note,
    Payment,
    PaymentSource,
    Task,
)
from customers.models.gateway import can_charge
from customers.wire import describe, object_name
from customers.wire.customer import customers_by_id

DEEPEST_LEVEL = 5
MOST_CHILDREN = 1_000
MOST_CONTACTS = 100

# What the wire form does not show; events name it all the same, when it changes.
UNSEEN = ("disabled_payment_methods", "statement_channel", "paperless_from_date", "child_statements")


@transaction.atomic(savepoint=False)
def create_customer(*, values: Mapping[str, Any], now: datetime) -> Customer:
    """Open an account. `values` are attributes by column name; only `name` is needed.

    Relations are rows (`owner`, `parent_customer`, ...) and `taxes` a list of rates.
    Raises Refused for a number in use, a cycle or depth over five, AutoPay without a gateway.
    One that is to be chased and has no cadence gets the one that takes it. Source: Invoiced API, Customers.
    """
    wanted = {**_defaults(), **values}
    taxes = wanted.pop("taxes", [])
    parent = wanted.get("parent_customer")
    lock_lineage(parent_id=wanted.get("parent_customer_id", parent and parent.pk))
    wanted["number"] = claim_number(Customer, wanted.pop("number", None))
    customer = Customer(**wanted, created_at=now)
    _settle(customer, set(wanted), was=None)
    if customer.chase and customer.chasing_cadence is None:
        customer.chasing_cadence = cadence_for(customer)
        _settle_chasing(customer, {"chasing_cadence"}, was=None)
    with claimed(Customer, customer.number):
        customer.save()
    if taxes:
        customer.taxes.set(taxes)
    record_event(type="customer.created", row=customer, shape=_shown(customer), now=now)
    return customer


@transaction.atomic(savepoint=False)
def update_customer(*, customer: Customer, changes: Mapping[str, Any], now: datetime) -> Customer:
    """Change the attributes that are given, and nothing else; nothing is recorded when nothing changes.

    Raises Refused as `create_customer` does. Source: Invoiced API, Customers.
    """
    if (parent := changes.get("parent_customer")) is not None:
        lock_lineage(customer_id=customer.pk, parent_id=parent.pk)
    customer = still_there(customer)
    before, stored = _shown(customer), _columns(customer)
    was_autopay = customer.autopay
    chased, cadence_id = customer.chase, customer.chasing_cadence_id
    wanted = dict(changes)
    taxes = wanted.pop("taxes", None)
    if "number" in wanted:
        wanted["number"] = claim_number(Customer, wanted["number"] or customer.number, but=customer.pk)
    for name, value in wanted.items():
        setattr(customer, name, value)
    _settle(customer, set(wanted), was=cadence_id, was_autopay=was_autopay)
    if customer.chase and not chased and customer.chasing_cadence is None and "chasing_cadence" not in wanted:
        customer.chasing_cadence = cadence_for(customer)
        _settle_chasing(customer, {"chasing_cadence"}, was=None)
    changed = what_changed(stored, _columns(customer))
    if taxes is not None:
        customer.taxes.set(taxes)
    # Also when it is off already: an invoice may be on AutoPay by itself, and this is a no to that, too.
    if changes.get("autopay") is False:
        make_invoices_manual(customer=customer, now=now)
    if not changed and (taxes is None or _shown(customer)["taxes"] == before["taxes"]):
        return customer
    with claimed(Customer, customer.number):
        customer.save(update_fields=changed)
    after = _shown(customer)
    unseen = [name for name in UNSEEN if name in changed]
    previous = what_changed(before, after) | {name: changed[name] for name in unseen}
    shape = after | {name: getattr(customer, name) for name in unseen}
    record_event(type="customer.updated", row=customer, shape=shape, previous=previous, now=now)
    return customer


def _shown(customer: Customer) -> dict[str, Any]:
    """As the database has it now, with its taxes and payment source, in one query."""
    return customers_by_id([customer.pk])[0]


def _columns(customer: Customer) -> dict[str, Any]:
    return {field.name: getattr(customer, field.attname) for field in Customer._meta.concrete_fields}


@transaction.atomic
def delete_customer(*, customer: Customer, now: datetime) -> None:
    """Remove an account that never had a ledger row nor children; its numbers stay used by nobody.

    Contacts, notes, tasks, pending line items and payment sources go with it, each with its event.
    """
    lock_accounts([customer.pk])
    customer = still_there(customer)
    check_deletable(customer)
    for model in (Contact, Note, Task, LineItem, PaymentSource):
        for row in model._default_manager.filter(customer=customer).order_by("pk"):
            record_event(type=f"{object_name(row)}.deleted", row=row, now=now)
    record_event(type="customer.deleted", row=customer, now=now)
    customer.delete()


def check_deletable(customer: Customer) -> None:
    """Raises Refused for an account with a ledger row, also a voided or failed one, or with children."""
    ledger = (Invoice, CreditNote, Payment, CreditAdjustment, Charge)
    if any(model.objects.filter(customer=customer).exists() for model in ledger):
        raise Refused("This customer has documents or payments and cannot be deleted.")
    if customer.children.exists():
        raise Refused("This customer has child accounts and cannot be deleted.")


@transaction.atomic
def create_contact(*, customer: Customer, values: Mapping[str, Any], now: datetime) -> Contact:
    """Add a person to an account; the country follows the customer's unless given."""
    lock_accounts([customer.pk])
    if customer.contacts.count() >= MOST_CONTACTS:
        raise Refused(f"A customer can have at most {MOST_CONTACTS} contacts.")
    contact = Contact.objects.create(
        **{"country": customer.country, **values}, customer=customer, created_at=now
    )
    record_event(type="contact.created", row=contact, now=now)
    return contact


@transaction.atomic
def update_contact(*, contact: Contact, changes: Mapping[str, Any], now: datetime) -> Contact:
    before = describe(contact)
    for name, value in changes.items():
        setattr(contact, name, value)
    previous = what_changed(before, describe(contact))
    if previous:
        contact.save()
        record_event(type="contact.updated", row=contact, now=now, previous=previous)
    return contact


@transaction.atomic
def delete_contact(*, contact: Contact, now: datetime) -> None:
    record_event(type="contact.deleted", row=contact, now=now)
    contact.delete()


def _defaults() -> dict[str, Any]:
    """What the company has set for new accounts: three of its columns, by hand, because reading its whole
    row takes as long as writing the account."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT country, autopay, payment_terms FROM {Company._meta.db_table} WHERE id = 1")
        row = cursor.fetchone()
    if row is None:
        company = Company.get()
        row = company.country, company.autopay, company.payment_terms
    return {"country": row[0], "autopay": bool(row[1]), "payment_terms": row[2]}


def _settle(customer: Customer, given: set[str], *, was: int | None, was_autopay: bool = False) -> None:
    """Bring attributes that depend on each other into agreement, whatever was given; `was` is the cadence
    before. AutoPay that is on already asks for nothing: clients send it back with everything else."""
    if customer.autopay:
        customer.payment_terms = ""
        if "autopay" in given and not was_autopay:
            check_gateway()
    _settle_chasing(customer, given, was=was)
    if given & {"parent_customer", "parent_customer_id"}:
        _check_parent(customer)


def check_gateway() -> None:
    """Raises Refused (`autopay`) where nothing could be charged."""
    if not can_charge():
        raise Refused("AutoPay needs a connected payment gateway.", param="autopay")


def _settle_chasing(customer: Customer, given: set[str], *, was: int | None) -> None:
    """A cadence that is new begins with its first step; one that an account has gone through stays so."""
    cadence, step = customer.chasing_cadence, customer.next_chase_step
    if step is not None and (cadence is None or step.cadence_id != cadence.pk):
        if "next_chase_step" in given:
            raise Refused("This step is not part of the chasing cadence.", param="next_chase_step")
        step = None
    if cadence is not None and step is None and cadence.pk != was:
        step = cadence.steps.order_by("position").first()
    customer.next_chase_step = step


def _check_parent(customer: Customer) -> None:
    """No account is its own ancestor, and no tree is deeper than five levels below its root.

    Called under `lock_lineage`; the tree is read as it is now, not as the caller's rows remember it.
    """
    parent_id = customer.parent_customer_id
    if parent_id is None:
        return
    above = [parent_id, *ancestors_of(parent_id, most=DEEPEST_LEVEL + 1)]
    if customer.pk is not None and customer.pk in above:
        raise Refused("A customer cannot be its own parent or ancestor.", param="parent_customer")
    if len(above) + _levels_below(customer) > DEEPEST_LEVEL:
        raise Refused(f"Accounts can be nested at most {DEEPEST_LEVEL} levels deep.", param="parent_customer")
    siblings = Customer.objects.filter(parent_customer=parent_id).exclude(pk=customer.pk or 0)
    if siblings.count() >= MOST_CHILDREN:
        raise Refused(f"A customer can have at most {MOST_CHILDREN:,} children.", param="parent_customer")


def _levels_below(customer: Customer) -> int:
    if customer._state.adding:
        return 0
    levels, generation = 0, [customer.pk]
    while levels <= DEEPEST_LEVEL:
        generation = list(
            Customer.objects.filter(parent_customer__in=generation)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        if not generation:
            break
        levels += 1
    return levels
