"""What the keys of each role may do on every route: 403 where they may not, done where they may.

The table is written by hand: a new route fails here until somebody says whose it is.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from customers.api.permissions import EDIT, MONEY, READ, SEND, SETUP
from customers.models import ApiKey, Role, User
from customers.roles import Right
from tests.wire.calls import Caller
from tests.wire.house import FURNITURE, NOBODY, SENT, House, furnish
from tests.wire.routes import ROUTES, Route

# A line with a method goes before one without.
WRITING: dict[Right, str] = {
    # There are no files: the answer is the same for all.
    READ: "/invoices/:id/attachments /credit_notes/:id/attachments",
    EDIT: """
        PATCH/customers/:id /customers/:customer/contacts /customers/:customer/contacts/:id
        /notes /notes/:id /customers/:customer/notes /customers/:customer/notes/:id
        /customer/:customer/notes /customer/:customer/notes/:id /invoices/:invoice/notes
        /invoices/:invoice/notes/:id /invoice/:invoice/notes /invoice/:invoice/notes/:id /roles
        /tasks /tasks/:id
    """,
    SEND: """
        /customers/:customer/emails /customers/:customer/text_messages /customers/:customer/letters
        /invoices/:document/emails /invoices/:document/text_messages /invoices/:document/letters
        /credit_notes/:document/emails /payments/:document/emails
    """,
    MONEY: """
        /customers /customers/:id /invoices /invoices/:id /invoices/:id/void /invoices/:id/pay
        /invoices/:invoice/payment_plan /credit_notes /credit_notes/:id /credit_notes/:id/void
        /payments /payments/:id /charges /charges/:charge/refunds /customers/:customer/payment_sources
        /customers/:customer/cards/:id /customers/:customer/bank_accounts/:id
        /customers/:customer/bank_accounts/:id/verify /credit_balance_adjustments
        /credit_balance_adjustments/:id /tax_rates /tax_rates/:id /items /items/:id
        /customers/:customer/line_items /customers/:customer/line_items/:id /customers/:customer/invoices
        /customers/:customer/consolidate_invoices /chasing_cadences /chasing_cadences/:id
        /customer_chasing_cadences /customer_chasing_cadences/:id /sign_up_pages /sign_up_pages/:id
    """,
    SETUP: """
        /webhooks /webhooks/:id /webhooks/:id/test /webhooks/:id/rotate /webhook_attempts/:id/retries
    """,
}
ALLOWED = {
    Role.READ_ONLY: {READ},
    Role.ACCOUNT_MANAGER: {READ, EDIT, SEND},
    Role.FINANCE: {READ, EDIT, SEND, MONEY},
    Role.ADMIN: {READ, EDIT, SEND, MONEY, SETUP},
}
# What comes of a call that is allowed and has nothing to act upon here; the others are done.
OTHERWISE = {
    "POST /roles": "found by requests of one client only",
    "GET /invoices/:invoice/payment_plan": "no plan yet",
    "GET /webhook_attempts/:id": "nothing was delivered",
    "POST /webhook_attempts/:id/retries": "nothing was delivered",
}
PLAN = {"installments": [{"date": 1900000000, "amount": 50}]}
BODIES: dict[str, dict[str, Any]] = {
    "POST /invoices/:invoice/payment_plan": PLAN,
    "PUT /invoices/:invoice/payment_plan": PLAN,
    "POST /charges/:charge/refunds": {"amount": 1},
    "POST /customers/:customer/bank_accounts/:id/verify": {"amount1": 35, "amount2": 45},
    "POST /customers/:customer/notes": {"notes": "A note"},
    "POST /customer/:customer/notes": {"notes": "A note"},
    "POST /invoices/:invoice/notes": {"notes": "A note"},
    "POST /invoice/:invoice/notes": {"notes": "A note"},
}
# Where an object of a path is made when it is not made at the path itself.
MADE_AT = {
    "/customers/:customer/cards": "/customers/:customer/payment_sources",
    "/customers/:customer/bank_accounts": "/customers/:customer/payment_sources",
    "/customer_chasing_cadences": "/chasing_cadences",
    "/invoice": "/invoices",
}
BANK_ACCOUNT = {"gateway_token": "tok_bank_unverified", "method": "ach"}
MADE_WITH: dict[str, dict[str, Any]] = {
    "/invoices/:id/pay": {"autopay": True},
    "/customers/:customer/bank_accounts/:id": BANK_ACCOUNT,
    "/customers/:customer/bank_accounts/:id/verify": BANK_ACCOUNT,
}


def needed(method: str, route: Route) -> Right:
    if method == "GET":
        return SETUP if route.path.startswith("/webhook") else READ
    for line in (f"{method}{route}", str(route)):
        for right, paths in WRITING.items():
            if line in paths.split():
                return right
    raise AssertionError(f"Say above what {method} {route} needs.")


def calls() -> Iterator[tuple[str, Route]]:
    """Reading first, deleting last."""
    for methods in ({"GET"}, {"PATCH", "POST", "PUT"}, {"DELETE"}):
        for route in ROUTES:
            for method in sorted(route.methods & methods):
                yield method, route


@pytest.mark.parametrize("role", Role)
def test_a_role_does_what_it_may_and_nothing_else(caller: Caller, role: Role) -> None:
    house, jan = furnish(caller), User.objects.create(username="jan", role=role)
    for pk in house.made["customers"]:
        caller.change(f"/customers/{pk}", {"owner": jan.pk})
    asker = Caller(caller.url, ApiKey.issue(name="Integration", role=role, user=jan)[1])

    wrong = []
    for method, route in calls():
        told = f"{method} {route}"
        allowed = needed(method, route) in ALLOWED[role]
        path = prepared(caller, asker, house, method, route) if allowed else house.path(route)
        body = body_of(house, method, route)
        answer = asker.send(method, path, body if method in ("PATCH", "POST", "PUT") else b"")
        fits = answer.status in (400, 404) if told in OTHERWISE else answer.status < 300
        if not (fits if allowed else answer.status == 403 or told == "POST /roles"):
            wrong.append((told, answer.status, answer.body.decode()[:200]))

    assert not wrong, "\n".join(f"{told}: {status} {said}" for told, status, said in wrong)


def body_of(house: House, method: str, route: Route) -> dict[str, Any]:
    told, path = f"{method} {route}", MADE_AT.get(route.path, route.path)
    if method == "POST" and told not in BODIES:
        return dict(SENT.get(path, FURNITURE[path](house, 9) if path in FURNITURE else {}))
    return BODIES.get(told, {"notes": "x"})


def prepared(caller: Caller, asker: Caller, house: House, method: str, route: Route) -> str:
    """The path of a call of `asker`; where it writes to something, `caller` makes that for it alone."""
    above, found, below = route.path.rpartition("/:")
    kind = above.rpartition("/")[2]
    of_a_customer = kind in ("customers", "customer") and method != "DELETE"
    if not found or of_a_customer or f"{method} {route}" in OTHERWISE:
        return house.path(route)
    if method == "GET":
        if house.first(kind) == NOBODY:
            house.made[kind] = [asker.read(above).json[0]["id"]]
        return house.path(route)
    parent = next(each for each in ROUTES if each.path == MADE_AT.get(above, above))
    body = {**body_of(house, "POST", parent), **MADE_WITH.get(route.path, {})}
    made = caller.create(house.path(parent), body).json
    pk = made["charge"]["id"] if kind == "charges" else made["id"]
    own = f"{above}/{pk}/{below.partition('/')[2]}".rstrip("/")
    path = house.path(Route(own, route.methods, route.view, is_list=False))
    if method == "DELETE" and path.endswith("/payment_plan"):
        caller.send("PUT", path, PLAN)
    return path
