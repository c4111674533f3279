"""Types that Go, Java and .NET decode strictly: another JSON type makes them fail on the whole answer."""

from collections.abc import Mapping
from typing import Any

from tests.wire.calls import Caller
from tests.wire.house import furnish

WHOLE, NUMBER, TEXT, FLAG, MAP, LIST = "whole number", "number", "text", "flag", "map", "list"
MOMENTS = {"created_at": WHOLE, "updated_at": WHOLE}


def kinds(**names: str) -> dict[str, str]:
    """`whole="id customer"` and so on, as one table of names."""
    words = {"whole": WHOLE, "number": NUMBER, "text": TEXT, "flag": FLAG, "map": MAP, "list": LIST}
    return {name: words[word] for word, listed in names.items() for name in listed.split()} | MOMENTS


LINE = kinds(
    whole="id", number="quantity unit_cost amount", text="catalog_item name type plan",
    flag="discountable taxable",
    list="discounts taxes", map="metadata",
)  # fmt: skip
DOCUMENT = kinds(
    whole="id customer date", number="subtotal total balance",
    text="number status currency url pdf_url name notes",
    flag="draft closed paid sent voided", list="items taxes discounts", map="metadata",
)  # fmt: skip
TABLE: dict[str, Mapping[str, str]] = {
    "customers": kinds(
        whole="id autopay_delay_days chasing_cadence next_chase_step owner parent_customer sign_up_page "
        "ach_gateway cc_gateway",
        number="credit_limit",
        text="name number email payment_terms attention_to address1 address2 city state postal_code country "
        "language currency phone tax_id avalara_entity_use_code avalara_exemption_number type notes "
        "sign_up_url statement_pdf_url object",
        flag="autopay chase credit_hold taxable bill_to_parent", map="metadata payment_source", list="taxes",
    ),
    "contacts": kinds(whole="id", text="name title email phone country", flag="primary sms_enabled"),
    "payment_sources": kinds(
        whole="id exp_month exp_year", text="object brand last4 funding gateway gateway_id gateway_customer",
        flag="chargeable",
    ),
    "invoices": DOCUMENT | kinds(
        whole="due_date attempt_count next_payment_attempt payment_plan subscription", flag="autopay",
        map="ship_to", text="payment_terms purchase_order payment_url",
    ),
    "credit_notes": DOCUMENT | kinds(whole="invoice"),
    "payments": kinds(
        whole="id customer date", number="amount balance",
        text="method source reference status pdf_url currency",
        flag="matched voided", map="charge metadata",
    ),
    "credit_balance_adjustments": kinds(whole="id customer date", number="amount", text="currency notes"),
    "charges": kinds(
        whole="id customer", number="amount amount_refunded", text="currency status gateway gateway_id",
        flag="refunded disputed", map="payment_source", list="refunds",
    ),
    "tax_rates": kinds(
        number="value", text="id name currency object", flag="is_percent inclusive", map="metadata"
    ),
    "items": kinds(
        number="unit_cost", text="id name type currency description", flag="taxable discountable",
        list="taxes", map="metadata",
    ),
    "line_items": LINE | kinds(whole="customer"),
    "notes": kinds(whole="id customer invoice", text="notes", map="user metadata"),
    "tasks": kinds(
        whole="id customer_id user_id due_date completed_date completed_by_user_id chase_step_id",
        text="name action", flag="complete",
    ),
    "chasing_cadences": kinds(
        whole="id time_of_day num_customers run_date last_run next_run", number="min_balance",
        text="name frequency assignment_mode assignment_conditions", flag="paused", list="steps",
    ),
    "sign_up_pages": kinds(whole="id", text="name type header_text tos_url thanks_url"),
    "emails": kinds(
        whole="opens", text="id object state email template subject message reject_reason",
        list="opens_detail"
    ),
    "text_messages": kinds(text="id state to message"),
    "letters": kinds(whole="num_pages expected_delivery_date", text="id state to"),
}  # fmt: skip
NESTED = {"customers", "emails", "text_messages", "letters", "contacts", "payment_sources", "line_items"}
NEVER_NULL = {"created_at", "updated_at"}


def fits(value: Any, kind: str) -> bool:
    if kind == WHOLE:
        return type(value) is int
    if kind == NUMBER:
        return type(value) in (int, float)
    return type(value) is {TEXT: str, FLAG: bool, MAP: dict, LIST: list}[kind]


def strange(row: Mapping[str, Any], table: Mapping[str, str]) -> dict[str, Any]:
    """Keys that are missing or of another type. Null is read by all of them."""
    missing = dict.fromkeys(table.keys() - row.keys(), "missing")
    empty = {name: None for name in NEVER_NULL & table.keys() if row.get(name) is None}
    wrong = {
        name: row[name]
        for name, kind in table.items()
        if row.get(name) is not None and not fits(row[name], kind)
    }
    return missing | empty | wrong


def test_every_object_has_the_types_that_are_decoded(caller: Caller) -> None:
    house = furnish(caller)
    found = {}
    for collection, table in TABLE.items():
        below = f"/customers/{house.first('customers')}" if collection in NESTED - {"customers"} else ""
        rows = caller.read(f"{below}/{collection}").json
        assert rows, collection
        for row in rows:
            if problems := strange(row, table):
                found[collection] = problems

    assert found == {}


def test_parts_of_objects_too(caller: Caller) -> None:
    house = furnish(caller, sent=False)
    tax, customer = house.first("tax_rates"), house.first("customers")
    caller.change(f"/customers/{customer}", taxes=[tax], metadata={"a": {"b": [1]}, "c": 1.5, "d": True})
    items = [{"catalog_item": house.first("items"), "discounts": [{"amount": 0.1}], "taxes": [{"amount": 1}]}]
    invoice = caller.create(
        "/invoices", customer=customer, items=items, discounts=[{"amount": 0.1}], taxes=[{"tax_rate": tax}]
    )
    (line,) = invoice["items"]

    assert strange(line, LINE) == {}
    for part in (*invoice["taxes"], *line["taxes"]):
        assert strange(part, {"id": WHOLE, "amount": NUMBER, "tax_rate": MAP}) == {}
    for part in (*invoice["discounts"], *line["discounts"]):
        assert strange(part, {"id": WHOLE, "amount": NUMBER, "coupon": MAP, "expires": WHOLE}) == {}
    assert invoice["taxes"][0]["tax_rate"]["id"] == tax
    shown = caller.read(f"/customers/{customer}")
    assert strange(shown["taxes"][0], TABLE["tax_rates"]) == {}
    # Whatever is nested goes back as text: one client reads a map of texts only.
    assert shown["metadata"] == {"a": '{"b":[1]}', "c": 1.5, "d": True}
    steps = caller.read(f"/chasing_cadences/{house.first('chasing_cadences')}")["steps"]
    step = kinds(whole="id assigned_user_id", text="name action schedule email_template_id sms_template_id")
    assert [strange(row, step) for row in steps] == [{}]


def test_numbers_are_written_as_short_as_they_are(caller: Caller) -> None:
    """Go cannot read `470.0` where it expects whole numbers; nobody reads exponents."""
    acme = caller.create("/customers", name="Acme", credit_limit="470.00")
    caller.bill(acme["id"], 300.0)
    body = caller.read(f"/customers/{acme['id']}").body

    assert b'"credit_limit":470,' in body
    assert b'"balance":300,' in caller.read("/invoices").body
    assert b'"credit_limit":51.15,' in caller.change(f"/customers/{acme['id']}", credit_limit=51.15).body


def test_the_balance_and_events(caller: Caller) -> None:
    house = furnish(caller, sent=False)
    balance = caller.read(f"/customers/{house.first('customers')}/balance").json

    table = {
        "currency": TEXT, "available_credits": NUMBER, "due_now": NUMBER, "total_outstanding": NUMBER,
        "open_credit_notes": NUMBER, "past_due": FLAG, "history": LIST,
    }  # fmt: skip
    assert strange(balance, table) == {}
    point = {"timestamp": WHOLE, "currency": TEXT, "balance": NUMBER}
    assert [strange(row, point) for row in balance["history"]] == [{}] * len(balance["history"])
    for event in caller.read("/events?include=user").json:
        assert strange(event, {"id": WHOLE, "timestamp": WHOLE, "type": TEXT, "data": MAP, "user": MAP}) == {}
        assert event["data"]["object"].get("metadata", {}) != []
