"""How numbers of customers and documents look, and where their counting stands."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction

from customers.errors import Refused
from customers.ledger.events import record_fact
from customers.models import Counter, CreditNote, Customer, Invoice
from customers.wire.values import clean_text

TEMPLATES: dict[type[models.Model], str] = {
    Customer: "CUST-%04d",
    Invoice: "INV-%04d",
    CreditNote: "CN-%04d",
}
# Twelve digits and the text around them fill the 32 characters of a number.
LARGEST_NEXT = 10**12 - 1
LONGEST_TEXT = 20
_PLACE = re.compile(r"%(?:0(?:[1-9]|1[0-2]))?d")


@dataclass(frozen=True, slots=True)
class Sequence:
    """A template with one `%d` or `%04d`, and the number that is taken next."""

    template: str
    next_value: int

    def __str__(self) -> str:
        return self.template % self.next_value


def sequence_of(model: type[models.Model]) -> Sequence:
    counter = Counter.objects.filter(pk=_kind(model)).first()
    return Sequence(counter.template, counter.next_value) if counter else Sequence(TEMPLATES[model], 1)


@transaction.atomic
def set_sequence(
    model: type[models.Model],
    *,
    now: datetime,
    template: str | None = None,
    next_value: int | None = None,
    param: str = "next_value",
) -> Sequence:
    """Change how new numbers look, or go on from a later one. Numbers that were given stay.

    Raises Refused (`param`) for a number below the one that is next: the sequence never goes back.
    """
    before = sequence_of(model)
    Counter.objects.get_or_create(pk=_kind(model), defaults={"template": before.template})
    if template is not None:
        Counter.objects.filter(pk=_kind(model)).update(template=check_template(template))
    if next_value is not None:
        # Somebody may take a number at this moment: one conditional step decides.
        rows = Counter.objects.filter(pk=_kind(model), next_value__lte=next_value)
        if next_value > LARGEST_NEXT or not rows.update(next_value=next_value):
            stands = sequence_of(model).next_value
            raise Refused(f"The next number must lie between {stands} and {LARGEST_NEXT}.", param)
    after = sequence_of(model)
    if after != before:
        name = f"{model._meta.verbose_name} numbers"
        record_fact(
            type="company.updated", object_type="company", object_id="1",
            data={"object": {name: str(after)}}, previous={name: str(before)}, now=now,
        )  # fmt: skip
    return after


def check_template(template: str) -> str:
    """Raises Refused for a template that would not give every object its own number."""
    text, places = _PLACE.subn("", template)
    if places != 1 or "%" in text:
        raise Refused("Write %d once, or %04d for four digits with zeros, and no other %.")
    if len(text) > LONGEST_TEXT:
        raise Refused(f"The text around the number can have at most {LONGEST_TEXT} characters.")
    if template != clean_text(template) or "\n" in template or "\t" in template:
        raise Refused("The template must be one line without blanks at its ends.")
    return template


def _kind(model: type[models.Model]) -> str:
    return model._meta.model_name or ""
