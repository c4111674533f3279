"""Chasing cadences with their steps (Invoiced API, Chasing Cadences)."""

from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from customers.api.base import Resource
from customers.api.columns import Column
from customers.api.fields import Amount, Choice, Flag, Integer, Related, Text, Timestamp
from customers.api.parameter import Field, Place
from customers.api.relations import cadence_rows
from customers.api.shapes import ListOf, Nested, Shape
from customers.api.visibility import visible_to_caller
from customers.errors import Refused
from customers.ledger.assignment import LONGEST
from customers.ledger.cadences import (
    MOST_STEPS,
    check_schedule,
    create_cadence,
    delete_cadence,
    update_cadence,
)
from customers.models import Cadence, CadenceStep, Customer, User

ACTIONS = tuple(CadenceStep.Action.values)
MODES = tuple(Cadence.AssignmentMode.values)
FREQUENCIES = tuple(Cadence.Frequency.values)


def _members() -> QuerySet[User]:
    return User.objects.filter(is_active=True)


class RunDays(Field):
    """Days of the week as `1,3,5`, 1 being Monday; a list of numbers counts, too."""

    empty = ""
    form = {"type": "string", "pattern": "^[1-7](,[1-7])*$"}

    def is_blank(self, raw: Any, place: Place) -> bool:
        return raw == [] or super().is_blank(raw, place)

    def convert(self, raw: Any, place: Place) -> Any:
        parts = raw.split(",") if isinstance(raw, str) else raw if isinstance(raw, list) else [raw]
        days = {Integer(minimum=1, maximum=7).convert(part, place) for part in parts}
        return ",".join(str(day) for day in sorted(days))


def _unset_when_zero(day: int) -> int | None:
    return day or None


class StepShape(Shape):
    id = Integer(nullable=True)
    name = Text()
    action = Choice(ACTIONS)
    schedule = Text(max_length=32, check=check_schedule)
    email_template_id = Text(nullable=True, max_length=64)
    sms_template_id = Text(nullable=True, max_length=64)
    assigned_user_id = Related(
        _members, noun="User", kept="assigned_user", nullable=True, label="Assigned user"
    )


class Step(Nested):
    """One step. A new one needs name, action and schedule; one with an id changes only what is sent."""

    def __init__(self) -> None:
        super().__init__(StepShape)

    def convert(self, raw: Any, place: Place) -> Any:
        values = super().convert(raw, place)
        for name in ("name", "action", "schedule"):
            if not values.get(name) and not values.get("id"):
                raise Refused(f"{name.capitalize()} is missing.", f"{place.param}.{name}")
        if "assigned_user_id" in values:
            values["assigned_user"] = values.pop("assigned_user_id")
        return values

    def stored_in(self, raw: dict[str, Any], place: Place) -> CadenceStep | None:
        number = StepShape.fields["id"].read(raw.get("id"), place.below("id"), update=False)
        if place.stored is None or number is None:
            return None
        steps: QuerySet[CadenceStep] = place.stored.steps.select_related("assigned_user")
        return steps.filter(pk=number).first()


class CadenceShape(Shape):
    name = Text(required=True)
    paused = Flag()
    time_of_day = Integer(minimum=0, maximum=23)
    frequency = Choice(FREQUENCIES)
    run_date = Integer(minimum=0, maximum=31, nullable=True, check=_unset_when_zero)
    run_days = RunDays(nullable=True)
    min_balance = Amount(minimum=0, decimals=4, nullable=True)
    assignment_mode = Choice(MODES)
    assignment_conditions = Text(nullable=True, max_length=LONGEST)
    steps = ListOf(Step(), required=True, max_items=MOST_STEPS)


def _enrolled() -> Coalesce:
    """How many customers that the key may see are enrolled, as the answer shows it."""
    seen = visible_to_caller(Customer.objects.filter(chasing_cadence=OuterRef("pk")))
    counts = seen.order_by().values("chasing_cadence").annotate(count=Count("pk"))
    return Coalesce(Subquery(counts.values("count")), 0)


def _with_number(rows: QuerySet[Any], number: int | None) -> QuerySet[Any]:
    return rows.none() if number is None else rows.alias(enrolled=_enrolled()).filter(enrolled=number)


class Cadences(Resource):
    noun = "Chasing cadence"
    model = Cadence
    shape = CadenceShape
    columns = {
        "id": Column(Integer()),
        "name": Column(Text()),
        "paused": Column(Flag()),
        "time_of_day": Column(Integer()),
        "frequency": Column(Choice(FREQUENCIES)),
        "run_date": Column(Integer()),
        "run_days": Column(Text()),
        "min_balance": Column(Amount()),
        "num_customers": Column(Integer(), narrow=_with_number, sorted_by=_enrolled),
        "assignment_mode": Column(Choice(MODES)),
        "created_at": Column(Timestamp()),
        "updated_at": Column(Timestamp()),
    }
    whole_list_for_go = True

    def wire_rows(self) -> QuerySet[Any]:
        return cadence_rows(self.rows())

    def create_row(self, values: dict[str, Any], *, now: datetime) -> Cadence:
        return create_cadence(steps=[_new(step) for step in values.pop("steps")], values=values, now=now)

    def change_row(self, row: Cadence, values: dict[str, Any], *, now: datetime) -> None:
        update_cadence(cadence=row, steps=values.pop("steps", None), changes=values, now=now)

    def delete_row(self, row: Cadence, *, now: datetime) -> None:
        delete_cadence(cadence=row, now=now)


def _new(step: dict[str, Any]) -> dict[str, Any]:
    """A step of a new cadence has no id yet, whatever is sent."""
    for name in ("name", "action", "schedule"):
        if not step.get(name):
            raise Refused(f"Every step needs its {name}.", "steps")
    return {name: value for name, value in step.items() if name != "id"}
