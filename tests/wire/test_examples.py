"""Every example of the document at /schema, done on a live server; the answers must be as it tells.

The examples name ids that are not there; each is replaced by one that is.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import pytest

from config.api.openapi.answers import ANSWERS
from config.api.openapi.operation import SAMPLE_IDS
from tests.wire.calls import Answer, Caller
from tests.wire.described import Described, Document
from tests.wire.house import House, furnish

Ids = dict[str, Any]

# First what makes objects, then what reads and changes them, at last what takes them away.
_TURN = {"POST": 0, "GET": 1, "PATCH": 2, "PUT": 2, "DELETE": 4}
_ACTS_AT_THE_END = ("/void",)


@pytest.fixture
def document() -> Document:
    return Document()


def test_every_example_is_answered_as_told(caller: Caller, document: Document) -> None:
    house = furnish(caller)
    wrong, done = [], 0

    for operation in sorted(document.operations, key=turn):
        for title, (query, body) in tries(operation).items():
            ids = ids_for(operation, house, caller)
            answer = call(caller, operation, ids, query, body)
            faults = [] if answer.status == operation.status else [answer.body.decode()[:300]]
            faults += document.problems(operation, answer)
            faults += differences_to_what_is_shown(f"{operation.key} ({title})", answer)
            wrong += [f"{operation.key} ({title}): {answer.status} {fault}" for fault in faults]
            done += 1

    assert wrong == []
    assert done >= len(document.operations)


# Which example makes the object by which the document shows the answers of a kind.
SHOWN = {
    "POST /customers (an_account_with_terms)": "customer",
    "POST /customers/{customer}/contacts (a_contact)": "contact",
    "POST /notes (about_an_invoice)": "note",
    "POST /tasks (a_call)": "task",
    "POST /tax_rates (per_cent)": "tax_rate",
    "POST /items (an_item)": "item",
    "POST /invoices (with_discount_and_tax)": "invoice",
    "POST /credit_notes (for_an_invoice)": "credit_note",
    "POST /invoices/{invoice}/payment_plan (two_halves)": "payment_plan",
    "POST /payments (a_check_for_an_invoice)": "payment",
    "POST /credit_balance_adjustments (grant_credit)": "credit_balance_adjustment",
    "POST /charges/{charge}/refunds (a_part_of_it)": "refund",
    "POST /chasing_cadences (three_steps)": "chasing_cadence",
    "POST /sign_up_pages (for_autopay)": "sign_up_page",
    "POST /invoices/{document}/letters (to_the_address_of_the_account)": "letter",
}


def differences_to_what_is_shown(example: str, answer: Answer) -> list[str]:
    if example not in SHOWN or answer.status >= 300:
        return []
    shown = ANSWERS[SHOWN[example]]
    told, given = {name: outline(value) for name, value in shown.items() if name != "id"}, answer.json
    return [
        f"{name}: {outline(given.get(name))} is shown as {value}"
        for name, value in told.items()
        if outline(given.get(name)) != value
    ]


def outline(value: Any) -> Any:
    """What is the same each time: numbers, moments and texts with digits differ from run to run."""
    if isinstance(value, dict):
        return {name: outline(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [outline(inner) for inner in value]
    is_fixed = value is None or isinstance(value, bool) or (isinstance(value, str) and value.isalpha())
    return value if is_fixed else "number" if isinstance(value, int | float) else "text"


def turn(operation: Described) -> tuple[int, str]:
    late = operation.path.endswith(_ACTS_AT_THE_END)
    return (3 if late else _TURN[operation.method], operation.key)


def tries(operation: Described) -> dict[str, tuple[Mapping[str, Any], Any]]:
    """Queries and bodies by title; an operation without examples is called plainly."""
    found: dict[str, tuple[Mapping[str, Any], Any]] = {}
    for title, body in operation.bodies.items():
        found[title] = ({}, body)
    for title, query in operation.calls.items():
        found[title] = (query, None)
    if operation.method in ("GET", "DELETE") or not found:
        found["plain"] = ({}, None)
    return found


def call(caller: Caller, operation: Described, ids: Ids, query: Mapping[str, Any], body: Any) -> Answer:
    path = operation.path
    for name in names_in(path):
        path = path.replace(f"{{{name}}}", str(ids[kind_of(operation.path, name)]))
    pairs = [f"{quote(name)}={quote(str(put_in(value, ids)))}" for name, value in query.items()]
    path += f"?{'&'.join(pairs)}" if pairs else ""
    return caller.send(operation.method, path, b"" if body is None else put_in(body, ids))


def put_in(value: Any, ids: Ids) -> Any:
    """The example with ids that are there."""
    if isinstance(value, dict):
        return {name: put_in(item, ids) for name, item in value.items()}
    if isinstance(value, list):
        return [put_in(item, ids) for item in value]
    samples = {sample: kind for kind, sample in SAMPLE_IDS.items()}
    if isinstance(value, str) and "," in value:
        kind, _, _id = value.partition(",")
        return f"{kind},{ids[kind]}" if kind in ids else value
    if isinstance(value, str) and value.isdigit() and int(value) in samples:
        return str(ids[samples[int(value)]])
    known = not isinstance(value, bool) and isinstance(value, int | str) and value in samples
    return ids[samples[value]] if known else value


def names_in(path: str) -> list[str]:
    return [piece[1:-1] for piece in path.split("/") if piece[:1] == "{"]


def kind_of(path: str, name: str) -> str:
    if name in SAMPLE_IDS:
        return name
    pieces = path.split("/")
    before = pieces[pieces.index(f"{{{name}}}") - 1]
    return {"customer_chasing_cadences": "chasing_cadence"}.get(before, before.removesuffix("s"))


def ids_for(operation: Described, house: House, caller: Caller) -> Ids:
    """What the house has; where an operation needs an object in a certain state, one made for it."""
    ids: Ids = {collection.removesuffix("s"): found[0] for collection, found in house.made.items()}
    # Nobody makes these over the wire: events come of everything, members of the back office.
    for collection in ("events", "members", "webhook_attempts"):
        if found := caller.read(f"/{collection}").json:
            ids[collection.removesuffix("s")] = found[0]["id"]
    ids["card"] = ids.get("payment_source")
    prepare = PREPARED.get(operation.key, lambda caller, ids: {})
    return {**ids, **prepare(caller, ids)}


def _fresh(path: str, kind: str, **body: Any) -> Callable[[Caller, Ids], Ids]:
    """An object of its own, for what can be done to each only once."""

    def make(caller: Caller, ids: Ids) -> Ids:
        given = {name: ids.get(value[1:], value) if isinstance(value, str) and value[:1] == ":" else value
                 for name, value in body.items()}  # fmt: skip
        found = caller.create(path.format(**ids), given).json
        return {kind: found["id"]}

    return make


_LINES = [{"name": "Paper", "quantity": 1, "unit_cost": 55}]
_INVOICE = _fresh("/invoices", "invoice", customer=":customer", items=_LINES)
_CREDIT_NOTE = _fresh("/credit_notes", "credit_note", customer=":customer", items=_LINES)
_NOTE = _fresh("/notes", "note", customer_id=":customer", notes="Gone soon")
# The example that bills what is waiting takes away those that were there.
_LINE = _fresh("/customers/{customer}/line_items", "line_item", name="Waiting", unit_cost=5)
_CADENCE = _fresh(
    "/chasing_cadences", "chasing_cadence", name="Gone", time_of_day=8, frequency="daily",
    steps=[{"name": "Reminder", "action": "email", "schedule": "age:30"}],
)  # fmt: skip

_BANK = _fresh("/customers/{customer}/payment_sources", "bank_account", gateway_token="tok_bank_unverified")
_CARD = _fresh("/customers/{customer}/payment_sources", "card", gateway_token="tok_visa")
_WEBHOOK = _fresh("/webhooks", "webhook", url="https://hooks.example.com/gone", events=[])


def _to_be_collected(caller: Caller, ids: Ids) -> Ids:
    """An AutoPay invoice of a customer whose card is good."""
    customer = caller.create("/customers", name="By itself", autopay=True)["id"]
    caller.create(f"/customers/{customer}/payment_sources", gateway_token="tok_visa")
    return {"invoice": caller.bill(customer)["id"]}


def _planned(caller: Caller, ids: Ids) -> Ids:
    invoice = caller.bill(ids["customer"], 50)["id"]
    caller.create(f"/invoices/{invoice}/payment_plan", installments=[{"date": 1900000000, "amount": 50}])
    return {"invoice": invoice}


def _to_be_planned(caller: Caller, ids: Ids) -> Ids:
    return {"invoice": caller.bill(ids["customer"], 50)["id"]}


def _charged(caller: Caller, ids: Ids) -> Ids:
    return _INVOICE(caller, ids) | {"card": _CARD(caller, ids)["card"]}


PREPARED: dict[str, Callable[[Caller, Ids], Ids]] = {
    "DELETE /customers/{id}": _fresh("/customers", "customer", name="Gone"),
    "DELETE /customers/{customer}/contacts/{id}": _fresh(
        "/customers/{customer}/contacts", "contact", name="Gone"
    ),
    "GET /customers/{customer}/line_items/{id}": _LINE,
    "PATCH /customers/{customer}/line_items/{id}": _LINE,
    "DELETE /customers/{customer}/line_items/{id}": _LINE,
    "POST /customers/{customer}/invoices": _LINE,
    "DELETE /customers/{customer}/cards/{id}": _CARD,
    "DELETE /customers/{customer}/bank_accounts/{id}": _BANK,
    "POST /customers/{customer}/bank_accounts/{id}/verify": _BANK,
    "POST /charges": _charged,
    "POST /invoices/{id}/pay": _to_be_collected,
    "GET /invoices/{invoice}/payment_plan": _planned,
    "PUT /invoices/{invoice}/payment_plan": _to_be_planned,
    "POST /invoices/{invoice}/payment_plan": _to_be_planned,
    "DELETE /invoices/{invoice}/payment_plan": _planned,
    "POST /webhooks/{id}/test": _WEBHOOK,
    "DELETE /webhooks/{id}": _WEBHOOK,
    "POST /payments": _INVOICE,
    "POST /credit_notes": _INVOICE,
    "DELETE /invoices/{id}": _INVOICE,
    "POST /invoices/{id}/void": _INVOICE,
    "DELETE /credit_notes/{id}": _CREDIT_NOTE,
    "POST /credit_notes/{id}/void": _CREDIT_NOTE,
    "DELETE /payments/{id}": _fresh("/payments", "payment", customer=":customer", amount=5),
    "DELETE /credit_balance_adjustments/{id}": _fresh(
        "/credit_balance_adjustments", "credit_balance_adjustment", customer=":customer", amount=5
    ),
    "DELETE /notes/{id}": _NOTE,
    "DELETE /customers/{customer}/notes/{id}": _NOTE,
    "DELETE /customer/{customer}/notes/{id}": _NOTE,
    "DELETE /invoices/{invoice}/notes/{id}": _fresh("/notes", "note", invoice_id=":invoice", notes="Gone"),
    "DELETE /invoice/{invoice}/notes/{id}": _fresh("/notes", "note", invoice_id=":invoice", notes="Gone"),
    "DELETE /tasks/{id}": _fresh(
        "/tasks", "task", customer_id=":customer", name="Gone", action="phone", due_date=1900000000
    ),
    "DELETE /tax_rates/{id}": _fresh("/tax_rates", "tax_rate", name="Gone", value=1),
    "DELETE /items/{id}": _fresh("/items", "item", name="Gone"),
    "DELETE /chasing_cadences/{id}": _CADENCE,
    "DELETE /customer_chasing_cadences/{id}": _CADENCE,
    "DELETE /sign_up_pages/{id}": _fresh("/sign_up_pages", "sign_up_page", name="Gone", type="autopay"),
}
