"""What an operation says of itself that no view declares: a sentence, its answer, its examples.

Resources need only examples; the rest is read from the view. Endpoints say everything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from config.api.openapi.types import Type
from customers.api.parameter import Field
from customers.api.shapes import Shape

# The ids in the examples, by kind of object. No two are alike, so that a test can put real ones in.
SAMPLE_IDS: Mapping[str, int | str] = {
    "customer": 15,
    "contact": 10403,
    "note": 501,
    "task": 788,
    "invoice": 46225,
    "credit_note": 8441,
    "line_item": 7092,
    "payment": 20939,
    "credit_balance_adjustment": 20725,
    "card": 448,
    "bank_account": 9595,
    "charge": 46374,
    "payment_plan": 4324,
    "chasing_cadence": 3041,
    "sign_up_page": 6603,
    "member": 280,
    "event": 1228003,
    "webhook": 5511,
    "webhook_attempt": 5512,
    "tax_rate": "sales-tax",
    "item": "delivery",
    "email": "f45382c6fbc44d44aa7f9a55eb2ce731",
    "text_message": "8fb0c4d1b17a4b7e8f4e6fd52a6dcf6d",
    "letter": "2678c1e7e6dd1011ce13fb6b76db42df",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one route.

    `status` and `answers` are those of success; no `answers` is an empty answer. `body` and `query` are the
    shapes or single fields that are read. `examples` are whole bodies by title, `calls` whole queries.
    """

    summary: str = ""
    answers: Type | None = None
    status: int = 200
    body: type[Shape] | None = None
    query: Mapping[str, tuple[Field, str]] = field(default_factory=dict)
    examples: Mapping[str, Any] = field(default_factory=dict)
    calls: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    tag: str = ""
    more: str = ""


Table = Mapping[str, Operation]
