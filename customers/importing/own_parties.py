"""Customers and contacts in our own layout."""

import json
from typing import Any

from customers.importing.cells import minor_units, read_country, read_currency, read_email, read_language
from customers.importing.faults import BadCell
from customers.importing.intake import Intake
from customers.importing.roll import Facts
from customers.importing.rows import RowReader
from customers.models import Customer
from customers.money import to_amount

_ADDRESS = ("attention_to", "address1", "address2", "city", "state")
_FLAGS = ("credit_hold", "chase", "taxable")
_TYPES = {value: value for value in Customer.Type.values}
_CHANNELS = {value: value for value in Customer.StatementChannel.values}


def read_customer(row: RowReader, intake: Intake) -> None:
    """Take a customer row. Fields that are left blank get the defaults of a new customer."""
    number = row.number("customer")
    facts: Facts = {"name": row.text("customername", 255)}
    facts |= _address(row, _ADDRESS)
    facts["type"] = row.one_of("type", _TYPES, "")
    facts["language"] = row.read("language", read_language, "")
    facts["currency"] = row.read("currency", read_currency, "")
    facts["payment_terms"] = row.text("paymentterms", 255)
    facts["tax_id"] = row.text("taxid", 64)
    facts["notes"] = row.text("notes", 65_535, several_lines=True)
    facts["statement_channel"] = row.one_of("statementchannel", _CHANNELS, "")
    paperless = row.day("paperlessfromdate")
    facts["paperless_from_date"] = paperless.isoformat() if paperless else ""
    facts["credit_limit"] = _credit_limit(row)
    facts = {field: value for field, value in facts.items() if value != ""}
    for flag in _FLAGS:
        if row.raw(flag.replace("_", "")) != "":
            facts[flag] = row.yes_no(flag.replace("_", ""), False)
    facts |= {f"metadata.{name}": value for name, value in row.metadata().items()}
    if not row.faults:
        intake.customer(row, number, facts, own=True)


def read_contact(row: RowReader, intake: Intake) -> None:
    """Take a contact row. Only who agreed to texts may have `sms_enabled`."""
    number = row.number("customer")
    facts: dict[str, Any] = {"name": row.text("contactname", 255, required=True)}
    facts |= _address(row, _ADDRESS[1:])
    facts["title"] = row.text("title", 255)
    facts["department"] = row.text("department", 255)
    facts = {field: value for field, value in facts.items() if value != ""}
    facts["primary"] = row.yes_no("primary", True)
    facts["sms_enabled"] = row.yes_no("smsenabled", False)
    if row.faults:
        return
    key = intake.customer(row, number, {})
    if not row.faults:
        intake.contact(row, key, facts, json.dumps(facts))


def _address(row: RowReader, fields: tuple[str, ...]) -> Facts:
    address: Facts = {field: row.text(field.replace("_", ""), 255) for field in fields}
    address["email"] = row.read("email", read_email, "")
    address["phone"] = row.text("phone", 64)
    address["postal_code"] = row.text("postalcode", 32)
    address["country"] = row.read("country", read_country, "")
    return address


def _credit_limit(row: RowReader) -> str:
    """A limit in the company's money has two decimals, whatever the currency."""
    limit = row.decimal("creditlimit")
    if limit is None:
        return ""
    try:
        minor = minor_units(limit, "usd")
    except BadCell:
        row.fault("creditlimit", f"{limit} has more than two decimals, or is too large")
        return ""
    if minor < 0:
        row.fault("creditlimit", f"{limit} is negative")
    return str(to_amount(minor, "usd"))
