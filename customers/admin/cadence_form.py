"""The form of a chasing cadence with its steps."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from customers.admin.forms import AmountField, DeskForm, dress
from customers.ledger.assignment import LONGEST
from customers.ledger.cadences import MOST_STEPS
from customers.models import Cadence, CadenceStep, User

COLUMNS = (
    "name", "paused", "time_of_day", "frequency", "run_date", "run_days", "min_balance", "assignment_mode",
    "assignment_conditions",
)  # fmt: skip
AGES = (("past_due_age", "days after the due date"), ("age", "days after the invoice date"))

_LABELS = {
    "name": "Step", "action": "What", "days": "Days", "counted": "Counted from", "assigned_user": "Who",
}  # fmt: skip
_DAYS = re.compile(r"[1-7](?:,[1-7])*")


def _active_staff() -> Any:
    return User.objects.filter(is_active=True, is_staff=True).order_by("username")


class StepForm(forms.Form):
    """One step; `id` names a stored one."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(max_length=255)
    action = forms.ChoiceField(choices=CadenceStep.Action.choices)
    days = forms.IntegerField(min_value=0, max_value=9_999)
    counted = forms.ChoiceField(choices=AGES)
    assigned_user = forms.ModelChoiceField(queryset=User.objects.none(), required=False, empty_label="–")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assigned_user"].queryset = _active_staff()  # type: ignore[attr-defined]
        dress(self)
        for name, label in _LABELS.items():
            self.fields[name].widget.attrs["aria-label"] = label

    def step(self) -> dict[str, Any]:
        values = self.cleaned_data
        return {
            "id": values["id"],
            "name": values["name"],
            "action": values["action"],
            "schedule": f"{values['counted']}:{values['days']}",
            "assigned_user": values["assigned_user"],
        }


class Steps(forms.BaseFormSet[StepForm]):
    """The steps in their order; emptied and removed rows do not count."""

    deletion_widget = forms.HiddenInput

    def filled(self) -> list[StepForm]:
        return [
            form
            for form in self.forms
            if (form.has_changed() or form.initial) and not form.cleaned_data.get("DELETE")
        ]


StepForms: Any = forms.formset_factory(
    StepForm, formset=Steps, extra=0, can_delete=True, max_num=MOST_STEPS, validate_max=True
)


class CadenceForm(DeskForm):
    refused_names: Mapping[str, str] = {"steps": ""}

    name = forms.CharField(max_length=255)
    paused = forms.BooleanField(required=False)
    frequency = forms.ChoiceField(choices=Cadence.Frequency.choices)
    time_of_day = forms.IntegerField(label="Hour of the day", min_value=0, max_value=23, initial=9)
    run_days = forms.CharField(
        label="Days of the week", required=False, help_text="For weekly: 1 (Monday) to 7, such as 1,4."
    )
    run_date = forms.IntegerField(
        label="Day of the month", required=False, min_value=1, max_value=31, help_text="For monthly."
    )
    min_balance = AmountField(label="Only above a balance of", required=False)
    assignment_mode = forms.ChoiceField(label="New customers", choices=Cadence.AssignmentMode.choices)
    assignment_conditions = forms.CharField(
        label="Conditions", required=False, max_length=LONGEST, widget=forms.Textarea,
        help_text="For example: country == US and type != person and metadata.region in [north, south]",
    )  # fmt: skip

    def __init__(self, data: Any, *, cadence: Cadence | None) -> None:
        stored = list(cadence.steps.order_by("position", "pk")) if cadence else []
        first = [_shown(step) for step in stored] if data is None else None
        self.rows: Any = StepForms(data, prefix="steps", initial=first)
        super().__init__(data, initial={name: getattr(cadence, name) for name in COLUMNS} if cadence else {})

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.rows.is_valid()])

    def clean_run_days(self) -> str:
        days = re.sub(r"\s", "", self.cleaned_data["run_days"])
        if days and not _DAYS.fullmatch(days):
            raise forms.ValidationError("Write days as numbers from 1 to 7 with commas between.")
        return ",".join(sorted(set(days.split(",")))) if days else ""

    def steps(self) -> list[dict[str, Any]]:
        return [row.step() for row in self.rows.filled()]


def _shown(step: CadenceStep) -> dict[str, Any]:
    counted, _, days = step.schedule.partition(":")
    return {
        "id": step.pk, "name": step.name, "action": step.action, "days": days, "counted": counted,
        "assigned_user": step.assigned_user_id,
    }  # fmt: skip
