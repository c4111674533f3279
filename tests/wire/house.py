"""A furnished installation: three objects of every kind that the API can make, made over the wire."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from customers.models import GatewayAccount, User
from tests.wire.calls import Caller
from tests.wire.routes import ROUTES, Route

Body = Mapping[str, Any]
HOW_MANY = 3
NOBODY = 999_999
# Ids of messages are hexadecimal digits.
MESSAGES = {"emails", "text_messages", "letters"}
NO_MESSAGE = "0" * 32
LINE = [{"name": "Paper", "quantity": 2, "unit_cost": 25}]
STEP = {"name": "Reminder", "action": "email", "schedule": "age:30"}


@dataclass
class House:
    """Ids by collection: `made["customers"][0]` is the one that everything nested belongs to."""

    made: dict[str, list[Any]] = field(default_factory=dict)

    def first(self, collection: str) -> Any:
        """Some routes have an alias that names their parent in the singular."""
        made = self.made.get(collection) or self.made.get(f"{collection}s")
        return made[0] if made else NO_MESSAGE if collection in MESSAGES else NOBODY

    def path(self, route: Route) -> str:
        """The route with ids that exist: the number after `/invoices` is an invoice's."""
        pieces = route.path.split("/")
        places = pairwise(pieces)
        return route.at({piece[1:]: self.first(before) for before, piece in places if piece[:1] == ":"})


# In this order; the body gets the house and a number.
FURNITURE: dict[str, Callable[[House, int], Body]] = {
    "/tax_rates": lambda house, n: {"name": f"Tax {n}", "value": n},
    "/items": lambda house, n: {"name": f"Item {n}", "unit_cost": n},
    "/chasing_cadences": lambda house, n: {
        "name": f"Cadence {n}", "time_of_day": 8, "frequency": "daily", "steps": [STEP],
    },
    "/sign_up_pages": lambda house, n: {"name": f"Page {n}", "type": "autopay"},
    "/customers": lambda house, n: {
        "name": f"Customer {n}", "email": f"ap{n}@acme.example", "consolidated": True,
        "address1": "1 Main St", "city": "Austin", "state": "TX", "postal_code": "78735",
        "disabled_payment_methods": ["cash", "check", "paypal"],
    },
    "/customers/:customer/contacts": lambda house, n: {
        "name": f"Contact {n}", "email": f"contact{n}@acme.example", "phone": f"512555120{n}",
        "sms_enabled": True,
    },
    "/customers/:customer/payment_sources": lambda house, n: {"gateway_token": "tok_visa"},
    "/customers/:customer/line_items": lambda house, n: {"name": f"Line {n}", "unit_cost": n},
    "/invoices": lambda house, n: {"customer": house.first("customers"), "items": LINE},
    "/credit_notes": lambda house, n: {"customer": house.first("customers"), "items": LINE},
    "/payments": lambda house, n: {"customer": house.first("customers"), "amount": n},
    "/credit_balance_adjustments": lambda house, n: {"customer": house.first("customers"), "amount": n},
    "/charges": lambda house, n: {
        "customer": house.first("customers"), "amount": n, "method": "credit_card",
        "gateway_token": "tok_visa",
        "applied_to": [{"type": "invoice", "invoice": house.first("invoices"), "amount": n}],
    },
    "/notes": lambda house, n: {"invoice_id": house.first("invoices"), "notes": f"Note {n}"},
    "/tasks": lambda house, n: {
        "name": f"Task {n}", "action": "phone", "customer_id": house.first("customers"),
        "due_date": 1900000000 + n,
    },
    "/webhooks": lambda house, n: {"url": f"https://hooks.example.com/{n}", "events": ["invoice.created"]},
}  # fmt: skip


# Each is sent once: to three addresses, to three telephones.
SENT: dict[str, Body] = {
    "/customers/:customer/emails": {"to": ["jan@acme.example", "may@acme.example", "ann@acme.example"]},
    "/customers/:customer/text_messages": {"message": "{{company_name}}: {{balance}}"},
    "/customers/:customer/letters": {},
    "/invoices/:invoice/letters": {},
}


def furnish(caller: Caller, *, sent: bool = True) -> House:
    """Only what has a route is made; a kind that has no line above is made by nobody.

    `sent=False` leaves the messages out: their documents take a while to print.
    """
    GatewayAccount.objects.create(name="Test gateway", gateway=GatewayAccount.Gateway.TEST)
    house = House()
    for n in range(1, HOW_MANY + 1):
        User.objects.create(username=f"member{n}", email=f"member{n}@acme.example", first_name="Jan")
    for path, body_of in FURNITURE.items():
        for n in range(1, HOW_MANY + 1):
            _make(caller, house, path, body_of(house, n))
    for path, body in SENT.items() if sent else ():
        _make(caller, house, path, body)
    return house


def _make(caller: Caller, house: House, path: str, body: Body) -> None:
    route = next((route for route in ROUTES if _plain(route.path) == _plain(path)), None)
    if route is None or "POST" not in route.methods:
        return
    answer = caller.create(house.path(route), dict(body)).json
    made = answer if isinstance(answer, list) else [answer]
    if path == "/charges":
        # The answer is the payment that the charge made.
        made = [made[0]["charge"]]
    house.made.setdefault(path.rpartition("/")[2], []).extend(row["id"] for row in made)


def _plain(path: str) -> str:
    """Without the names of the ids: these are the views' own business."""
    return "/".join(":" if piece[:1] == ":" else piece for piece in path.split("/"))
