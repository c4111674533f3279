"""What lies ready before the first customer comes: the catalog, further taxes, cadences, a sign-up page."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from config.demo.company import House
from config.demo.trading import CATALOGUE
from customers.ledger.cadences import create_cadence
from customers.ledger.items import create_item
from customers.ledger.sign_up_pages import create_sign_up_page
from customers.ledger.tax_rates import create_tax_rate
from customers.models import SignUpPage, User

SERVICES = ("Repair and service, per hour", "Delivery")


def stock_shelf(*, house: House, now: datetime) -> SignUpPage:
    """Everything that customers are assigned to or billed with; the sign-up page is for AutoPay."""
    create_tax_rate(
        values={"code": "vat-de-reduced", "name": "Umsatzsteuer, ermäßigt", "value": Decimal(7),
                "inclusive": True}, now=now,
    )  # fmt: skip
    recycling = create_tax_rate(
        values={"code": "recycling-fee", "name": "Recycling fee", "value": Decimal("1.50"),
                "is_percent": False, "currency": "usd"}, now=now,
    )  # fmt: skip
    for name, price, _ in CATALOGUE:
        service = name in SERVICES
        values = {
            "code": re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"),
            "name": name,
            "unit_cost": Decimal(price),
            "type": "service" if service else "product",
            "discountable": not service,
            "taxes": [recycling] if name.startswith("Bulbs") else [],
        }
        create_item(values=values, now=now)
    for cadence, steps in _cadences(house.finance):
        create_cadence(values=cadence, steps=steps, now=now)
    page = {
        "name": "AutoPay by card",
        "header_text": "Store a card once; we charge each invoice on its due date.",
        "tos_url": "https://www.prairie-lantern.example/terms",
        "thanks_url": "https://www.prairie-lantern.example/thank-you",
    }
    return create_sign_up_page(values=page, now=now)


def _cadences(finance: User) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    def step(name: str, action: str, days: int, user: User | None = None) -> dict[str, Any]:
        return {
            "name": name, "action": action, "schedule": f"past_due_age:{days}", "assigned_user": user
        }  # fmt: skip

    friendly = {"name": "Friendly, then firm", "assignment_mode": "default", "min_balance": Decimal(25)}
    abroad = {
        "name": "Abroad, in writing", "assignment_mode": "conditions", "frequency": "day_of_week",
        "run_days": "2,4", "assignment_conditions": "country in [DE, FR, JP]",
    }  # fmt: skip
    return [
        (
            friendly,
            [
                step("Friendly reminder", "email", 3),
                step("Text message", "sms", 10),
                step("Call accounts payable", "phone", 21, finance),
                step("Letter", "mail", 35),
                step("Decide what to do", "escalate", 60, finance),
            ],
        ),
        (abroad, [step("Reminder", "email", 7), step("Letter", "mail", 30)]),
    ]
