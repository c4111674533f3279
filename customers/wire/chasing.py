"""Cadences and their steps of the wire (Invoiced API, Chasing Cadences)."""

from typing import Any

from customers.models import Cadence, CadenceStep
from customers.wire.values import seconds, text


def describe_cadence(row: Cadence) -> dict[str, Any]:
    """With its steps in order; lists annotate `num_customers`, else it is counted here."""
    enrolled = getattr(row, "num_customers", None)
    return {
        "id": row.pk,
        "object": "chasing_cadence",
        "name": row.name,
        "paused": row.paused,
        "time_of_day": row.time_of_day,
        "frequency": row.frequency,
        "run_date": row.run_date or 0,
        "run_days": text(row.run_days),
        "last_run": seconds(row.last_run_at),
        "next_run": seconds(row.next_run_at),
        "min_balance": row.min_balance,
        "num_customers": row.customers.count() if enrolled is None and row.pk else enrolled or 0,
        "assignment_mode": row.assignment_mode,
        "assignment_conditions": text(row.assignment_conditions),
        "steps": [
            describe_cadence_step(step)
            for step in sorted(row.steps.all(), key=lambda step: (step.position, step.pk))
        ],
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }


def describe_cadence_step(row: CadenceStep) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "action": row.action,
        "schedule": row.schedule,
        "email_template_id": text(row.email_template_id),
        "sms_template_id": text(row.sms_template_id),
        "assigned_user_id": row.assigned_user_id,
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }
