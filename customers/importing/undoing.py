"""Undoing an import, as long as nothing of it was used."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import F, Min, Q, Sum

from customers.errors import Refused
from customers.importing.copies import drop_copies
from customers.importing.sample_contacts import FLAG, sample_contact
from customers.importing.witnesses import first_sighting
from customers.ledger.events import record_fact
from customers.ledger.locking import lock_accounts
from customers.ledger.settling import reschedule_invoices
from customers.models import (
    Contact,
    CreditNote,
    Customer,
    Event,
    ImportJob,
    Invoice,
    LineItem,
    Payment,
    PaymentApplication,
)
from customers.wire import object_name

State = ImportJob.State
Ranges = list[list[int]]

# In the order in which they can be deleted: what names others goes first.
_KINDS: tuple[tuple[str, type[models.Model]], ...] = (
    ("applications", PaymentApplication),
    ("payments", Payment),
    ("credit_notes", CreditNote),
    ("invoices", Invoice),
    ("contacts", Contact),
    ("customers", Customer),
)
# What statements show, and the moment from which they show it.
_DATED: tuple[tuple[str, type[models.Model], str], ...] = (
    ("invoices", Invoice, "date"),
    ("credit_notes", CreditNote, "date"),
    ("payments", Payment, "date"),
    ("applications", PaymentApplication, "effective_at"),
)
# Lines belong to their document; events are history and stay.
_OWN_PARTS: tuple[type[models.Model], ...] = (LineItem, Event)


@transaction.atomic
def undo_import(*, job: ImportJob, now: datetime) -> ImportJob:
    """Take out everything an import has created, and open again what its payments had settled.

    Raises Refused with the reason when something of it was changed, paid, sent or built upon since.
    """
    job = ImportJob.objects.get(pk=job.pk)
    if job.state not in (State.FINISHED, State.FAILED):
        raise Refused(f"This import cannot be undone: it is {job.get_state_display().lower()}.")
    if ImportJob.objects.filter(pk=job.pk, state=job.state).update(state=State.UNDONE) != 1:
        raise Refused("This import is being worked on.")
    created = [batch.created for batch in job.batches.order_by("sequence")]
    lock_accounts(_accounts(created))
    whole = {kind: sorted(span for part in created for span in part.get(kind, [])) for kind, _ in _KINDS}
    for part in created:
        _refuse_used(part, whole)
    _refuse_shown(job, created)
    for part in reversed(created):
        _open_again(part, now)
    for kind, model in _KINDS:
        for part in reversed(created):
            model._default_manager.filter(_within("pk", part.get(kind, []))).delete()
    for part in created:
        _take_samples_back(part.get("sample_contacts", []), now)
    job.batches.all().delete()
    drop_copies(job)
    ImportJob.objects.filter(pk=job.pk).update(undone_at=now, updated_at=now)
    names = list(job.files.order_by("position").values_list("name", flat=True))
    record_fact(
        type="import.undone", object_type="import", object_id=str(job.pk),
        data={"object": {"object": "import", "id": job.pk, "files": names, "counts": job.counts}}, now=now,
    )  # fmt: skip
    return ImportJob.objects.get(pk=job.pk)


def _accounts(created: list[dict[str, Ranges]]) -> Iterator[int]:
    """Everybody whose ledger is touched."""
    for part in created:
        for kind in ("customers", "sample_contacts"):
            yield from Customer.objects.filter(_within("pk", part.get(kind, []))).values_list("pk", flat=True)
        for kind, model in (("invoices", Invoice), ("credit_notes", CreditNote), ("payments", Payment)):
            rows = model._default_manager.filter(_within("pk", part.get(kind, [])))
            yield from rows.values_list("customer_id", flat=True).distinct()
        uses = PaymentApplication.objects.filter(_within("pk", part.get("applications", [])))
        yield from uses.values_list("customer_id", flat=True).distinct()


def _refuse_used(part: dict[str, Ranges], whole: dict[str, Ranges]) -> None:
    for kind, model in _KINDS:
        ranges = part.get(kind, [])
        if not ranges:
            continue
        rows = model._default_manager.filter(_within("pk", ranges))
        if kind == "applications":
            if rows.exclude(ended_at=None).exists():
                raise Refused("A payment of the import was taken off its invoice, so it cannot be undone.")
        else:
            _refuse_changed(rows)
        _refuse_built_upon(model, ranges, whole)


def _refuse_changed(rows: models.QuerySet[Any]) -> None:
    """Every change by hand or by the API is an event of its row; an import writes none for rows."""
    ids = [str(pk) for pk in rows.order_by("pk").values_list("pk", flat=True)]
    events = Event.objects.filter(object_type=object_name(rows.model()), object_id__in=ids)
    event = events.order_by("pk").first()
    if event is not None:
        changed = rows.get(pk=int(event.object_id))
        raise Refused(f"{_label(changed)} was changed after the import, so it cannot be undone.")


def _refuse_built_upon(model: type[models.Model], ranges: Ranges, whole: dict[str, Ranges]) -> None:
    """Any row that names one of ours and is not ours, whichever floor it belongs to."""
    kind_of = {other: kind for kind, other in _KINDS}
    for relation in model._meta.related_objects:
        other = relation.related_model
        if not isinstance(other, type) or other in _OWN_PARTS or relation.many_to_many:
            continue
        naming = other._default_manager.filter(_within(f"{relation.field.name}__pk", ranges))
        own = whole.get(kind_of.get(other, ""), [])
        ids = list(naming.order_by("pk").values_list("pk", flat=True))
        if not all(_contains(own, pk) for pk in ids):
            name = other._meta.verbose_name
            raise Refused(f"A {name} was added to what was imported, so it cannot be undone.")


def _refuse_shown(job: ImportJob, created: list[dict[str, Ranges]]) -> None:
    """What a customer was told on paper stays true, also for customers who were there before."""
    touched: dict[int, datetime] = {}
    for part in created:
        for kind, model, column in _DATED:
            rows = model._default_manager.filter(_within("pk", part.get(kind, [])))
            firsts = rows.exclude(customer=None).values_list("customer_id").annotate(first=Min(column))
            for customer_id, first in firsts.order_by():
                touched[customer_id] = min(first, touched.get(customer_id, first))
    found = first_sighting(touched, job.started_at or job.created_at) if touched else None
    if found:
        raise Refused(f"{found} shows what was imported, so it cannot be undone.")


def _contains(ranges: Ranges, pk: int) -> bool:
    """Whether an id lies in one of the sorted ranges."""
    place = bisect_right(ranges, pk, key=lambda span: span[0]) - 1
    return place >= 0 and pk <= ranges[place][1]


def _open_again(part: dict[str, Ranges], now: datetime) -> None:
    """What payments of the import had settled on older invoices is open again."""
    uses = PaymentApplication.objects.filter(_within("pk", part.get("applications", [])))
    sums = uses.filter(invoice__isnull=False).values_list("invoice_id").annotate(sum=Sum("amount"))
    settled = dict(sums.order_by("invoice_id"))
    for invoice_id, amount in settled.items():
        rows = Invoice.objects.filter(pk=invoice_id, voided_at=None, closed_at=None)
        if rows.update(balance=F("balance") + amount, updated_at=now) != 1:
            raise Refused("An invoice that the import had paid was closed since, so it cannot be undone.")
    now_open = Invoice.objects.filter(pk__in=settled).values_list("pk", "balance")
    reschedule_invoices(before={pk: balance - settled[pk] for pk, balance in now_open}, now=now)


def _take_samples_back(ranges: Ranges, now: datetime) -> None:
    for customer in Customer.objects.filter(_within("pk", ranges)).order_by("pk"):
        sample = sample_contact(customer.number)
        if customer.email == sample["email"] and customer.address1 == sample["address1"]:
            for name in sample:
                if name != "country":
                    setattr(customer, name, "")
            customer.metadata = {key: text for key, text in customer.metadata.items() if key != FLAG}
            customer.updated_at = now
            customer.save()


def _within(column: str, ranges: Iterable[list[int]]) -> Q:
    found = Q(pk__in=[])
    for first, last in ranges:
        found |= Q(**{f"{column}__range": (first, last)})
    return found


def _label(row: Any) -> str:
    return f"{str(row._meta.verbose_name).capitalize()} {row}"
