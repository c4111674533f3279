"""Customers, contacts, balance."""

from config.api.openapi.operation import SAMPLE_IDS, Operation, Table
from config.api.openapi.types import many, one
from customers.api.balance import BalanceShape
from customers.api.fields import Flag, Integer

_YES_OR_NO = Flag()

OPERATIONS: Table = {
    "GET /customers": Operation(
        query={
            "payment_source": (_YES_OR_NO, "Only customers with (or without) a default payment source."),
            "open_balance": (_YES_OR_NO, "Only customers with (or without) an open invoice."),
            "balance": (_YES_OR_NO, "Only customers with (or without) a credit balance."),
            "owner": (Integer(minimum=-1), "The id of the member who owns them; -1: nobody."),
        },
        calls={
            "By name, ten at a time": {"sort": "name asc", "per_page": "10"},
            "One email address": {"filter[email]": "billing@acme.example"},
            "By your own key": {"metadata[account_rep]": "Jan"},
            "What changed": {"updated_after": "1750000000", "sort": "updated_at asc"},
        },
    ),
    "POST /customers": Operation(
        examples={
            "The least": {"name": "Acme"},
            "An account with terms": {
                "name": "Acme",
                "email": "billing@acme.example",
                "payment_terms": "NET 30",
                "address1": "342 Amber St",
                "city": "Hill Valley",
                "state": "CA",
                "postal_code": "94523",
                "country": "US",
                "credit_limit": 5000,
                "taxes": [SAMPLE_IDS["tax_rate"]],
                "metadata": {"account_rep": "Jan"},
            },
        },
    ),
    "GET /customers/:id": Operation(calls={"With its aging": {"include": "aging"}}),
    "PATCH /customers/:id": Operation(
        examples={"Other terms": {"payment_terms": "NET 14", "attention_to": "Sarah Fisher"}}
    ),
    "GET /customers/:customer/balance": Operation(
        "Get the balance of a customer",
        answers=one("balance"),
        query={name: (field, "") for name, field in BalanceShape.fields.items()},
        calls={"In euro": {"currency": "eur"}},
    ),
    "GET /customers/:customer/disabled_payment_methods": Operation(
        "List ways to pay that a customer may not use", answers=many(one("disabled_payment_method"))
    ),
    "POST /customers/:customer/contacts": Operation(
        examples={
            "A contact": {"name": "Nancy Talty", "email": "nancy@acme.example", "title": "Controller"},
            "For text messages": {"name": "Joe Bloggs", "phone": "+15125550123", "sms_enabled": True},
        },
    ),
    "PATCH /customers/:customer/contacts/:id": Operation(
        examples={"Another address": {"email": "n.talty@acme.example", "primary": False}}
    ),
}
