"""Chasing cadences: when and how late accounts are reminded. The reminding is done a floor above."""

import re
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from customers.errors import Refused
from customers.ledger.assignment import PARAM, parse_conditions
from customers.ledger.changes import still_there, what_changed
from customers.ledger.events import record_event
from customers.models import Cadence, CadenceStep
from customers.wire import describe

MOST_CADENCES = 100
MOST_STEPS = 100

_SCHEDULE = re.compile(r"(?:age|past_due_age):(?:0|[1-9][0-9]{0,3})")
# Beyond every position in use: steps change places by way of here.
_ASIDE = 1_000


def check_schedule(schedule: str) -> str:
    """`age:30` (days since the oldest open invoice) or `past_due_age:14` (days past its due date)."""
    if not _SCHEDULE.fullmatch(schedule):
        raise Refused("The schedule must look like age:30 or past_due_age:14.")
    return schedule


@transaction.atomic
def create_cadence(
    *, values: Mapping[str, Any], steps: Sequence[Mapping[str, Any]], now: datetime
) -> Cadence:
    """Keep a cadence with its steps in order. `values` and `steps` by column name.

    Raises Refused for no steps or too many, a second default, conditions that make no sense, days that
    do not fit the frequency. Source: Invoiced API, Chasing Cadences.
    """
    if Cadence.objects.count() >= MOST_CADENCES:
        raise Refused(f"There can be at most {MOST_CADENCES} cadences.")
    cadence = Cadence(**values, created_at=now)
    _check(cadence)
    _check_number(steps)
    with _one_default():
        cadence.save()
    for position, step in enumerate(steps):
        columns = {name: value for name, value in step.items() if name != "id"}
        CadenceStep.objects.create(cadence=cadence, position=position, **columns, created_at=now)
    record_event(type="chasing_cadence.created", row=cadence, now=now)
    return cadence


@transaction.atomic
def update_cadence(
    *,
    cadence: Cadence,
    changes: Mapping[str, Any],
    now: datetime,
    steps: Sequence[Mapping[str, Any]] | None = None,
) -> Cadence:
    """Change what is given; `steps` replaces them all, those with a known `id` stay themselves.

    Raises Refused as `create_cadence` does, and for other steps, another order or other schedules while
    customers are enrolled: where they stand would change its meaning.
    """
    cadence = _held(cadence)
    before = describe(cadence)
    for name, value in changes.items():
        setattr(cadence, name, value)
    _check(cadence)
    if steps is not None:
        _check_number(steps)
        _replace_steps(cadence, steps, now)
    previous = what_changed(before, describe(cadence))
    if previous:
        with _one_default():
            cadence.save()
        record_event(type="chasing_cadence.updated", row=cadence, now=now, previous=previous)
    return cadence


@transaction.atomic
def delete_cadence(*, cadence: Cadence, now: datetime) -> None:
    """Remove a cadence in which nobody is enrolled; else raises Refused."""
    cadence = _held(cadence)
    if cadence.customers.exists():
        raise Refused("Customers are enrolled in this cadence, so it cannot be deleted.")
    record_event(type="chasing_cadence.deleted", row=cadence, now=now)
    cadence.delete()


def _held(cadence: Cadence) -> Cadence:
    """Under the full lock: a customer that is being enrolled waits for it."""
    return still_there(cadence)


def _check(cadence: Cadence) -> None:
    """Rules over several attributes."""
    weekly = cadence.frequency == Cadence.Frequency.DAY_OF_WEEK
    if weekly and not cadence.run_days and not 1 <= (cadence.run_date or 0) <= 7:
        raise Refused("A weekly cadence needs its days, 1 (Monday) to 7 (Sunday).", param="run_days")
    if cadence.frequency == Cadence.Frequency.DAY_OF_MONTH and not 1 <= (cadence.run_date or 0) <= 31:
        raise Refused("A monthly cadence needs its day of the month, 1 to 31.", param="run_date")
    if cadence.assignment_mode == Cadence.AssignmentMode.CONDITIONS and not cadence.assignment_conditions:
        raise Refused("Assignment by conditions needs the conditions.", param=PARAM)
    if cadence.assignment_conditions:
        parse_conditions(cadence.assignment_conditions)
    if cadence.assignment_mode == Cadence.AssignmentMode.DEFAULT:
        other = Cadence.objects.filter(assignment_mode=cadence.assignment_mode).exclude(pk=cadence.pk).first()
        if other is not None:
            raise _second_default(other.name)


def _check_number(steps: Sequence[Mapping[str, Any]]) -> None:
    if not steps:
        raise Refused("A cadence needs at least one step.", param="steps")
    if len(steps) > MOST_STEPS:
        raise Refused(f"A cadence can have at most {MOST_STEPS} steps.", param="steps")


def _replace_steps(cadence: Cadence, wanted: Sequence[Mapping[str, Any]], now: datetime) -> None:
    stored = list(cadence.steps.order_by("position", "pk"))
    by_id = {step.pk: step for step in stored}
    for index, step in enumerate(wanted):
        if step.get("id") and step["id"] not in by_id:
            raise Refused(f"Step was not found: {step['id']}", param=f"steps.{index}.id")
    kept = [step["id"] for step in wanted if step.get("id")]
    if len(set(kept)) < len(kept):
        raise Refused("A step is named twice.", param="steps")
    plan = [(step.get("id"), step.get("schedule") or by_id[step["id"]].schedule) for step in wanted]
    moved = plan != [(step.pk, step.schedule) for step in stored]
    if moved and cadence.customers.exists():
        raise Refused("The schedule cannot be changed while customers are enrolled.", param="steps")
    if moved:
        cadence.steps.exclude(pk__in=kept).delete()
        for position, step_id in enumerate(kept):
            CadenceStep.objects.filter(pk=step_id).update(position=_ASIDE + position)
    for position, step in enumerate(wanted):
        _store_step(cadence, by_id.get(step.get("id") or 0), position, step, now)


def _store_step(
    cadence: Cadence, row: CadenceStep | None, position: int, values: Mapping[str, Any], now: datetime
) -> None:
    if row is None:
        row = CadenceStep(cadence=cadence, created_at=now)
    columns = {name: value for name, value in values.items() if name != "id"} | {"position": position}
    if all(getattr(row, name) == value for name, value in columns.items()) and row.pk:
        # Read before it was set aside: the position must be written again.
        CadenceStep.objects.filter(pk=row.pk).update(position=position)
        return
    for name, value in columns.items():
        setattr(row, name, value)
    row.save()


@contextmanager
def _one_default() -> Any:
    """Two that become the default at once both find none; the database refuses the second."""
    try:
        yield
    except IntegrityError as clash:
        if "cadence_one_default" in str(clash) or "assignment_mode" in str(clash):
            raise _second_default("Another one") from clash
        raise


def _second_default(name: str) -> Refused:
    return Refused(f"{name} is the default cadence already.", param="assignment_mode")
