"""What nobody should send: it is refused in one shape, or stored harmlessly and read back by everybody."""

from typing import Any

import pytest

from customers.models import Customer, Event, Invoice, Payment
from tests.customers.api.conftest import Wire

JSON = {"content_type": "application/json"}
FORM = {"content_type": "application/x-www-form-urlencoded"}

PATHS = ["/customers", "/invoices", "/payments", "/credit_notes", "/credit_balance_adjustments"]

# Whole bodies, written by hand.
BODIES: list[tuple[str | bytes, str | None]] = [
    ("{", None),
    ("[1]", None),
    ('"text"', None),
    ("true", None),
    (b"\xff\xfe", None),
    ('{"name": NaN}', "name"),
    ('{"name": "A", "name": "B"}', "name"),
    ('{"name": "\\ud800"}', "name"),
    ('{"name": "A", "metadata": {"k": "\\udfff"}}', "metadata.k"),
    ('{"name": "A", "metadata": {"\\ud800": "v"}}', "metadata"),
    ('{"name": "A", "credit_limit": 1e400}', "credit_limit"),
    ('{"name": "A", "credit_limit": ' + "9" * 60 + "}", "credit_limit"),
    ('{"name": "A", "owner": 99999999999999999999}', "owner"),
    ('{"a":' * 2000 + "1" + "}" * 2000, None),
]


@pytest.mark.parametrize(("body", "param"), BODIES)
def test_a_body_that_cannot_be_meant_is_refused(wire: Wire, body: str | bytes, param: str | None) -> None:
    answer = wire.send("POST", "/customers", body, **JSON)

    assert answer.refusal == (400, param)
    assert not Customer.objects.exists()


def test_too_deep_a_body_is_refused_with_its_place(wire: Wire) -> None:
    body = '{"name": "A", "metadata": {"k": ' + "[" * 8 + "]" * 8 + "}}"

    assert wire.send("POST", "/customers", body, **JSON).refusal == (400, "metadata")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", ["", "{}", "[]", "null", "a", "[[[", '{"amount": {}}'])
def test_every_resource_refuses_a_body_without_meaning(wire: Wire, path: str, body: str) -> None:
    answer = wire.send("POST", path, body, **JSON)

    assert answer.status == 400
    assert answer.refusal[1] in (None, "name", "customer", "amount")
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("name", "sent", "kept"),
    [
        ("name", "A\u0000c\u0007me\u0085", "Acme"),
        ("name", "=1+1", "=1+1"),
        ("name", "O'Brien <b>&amp; 北京 🌊 \u202eabc", "O'Brien <b>&amp; 北京 🌊 \u202eabc"),
        ("name", "\u200bÅ\u0308 क\u200dष", "\u200bÅ\u0308 क\u200dष"),
        ("notes", "\u200b\u2060\ufeff", None),
        ("notes", "a\r\nb\tc", "a\nb\tc"),
        ("metadata", {"k\u0000": "v\u0000w"}, {"k": "vw"}),
        ("metadata", {"big": 10**30, "long": 0.1234567890123456789}, None),
    ],
)
def test_strange_text_is_cleaned_stored_and_read_back(wire: Wire, name: str, sent: Any, kept: Any) -> None:
    created = wire.create("/customers", {"name": "Acme", name: sent})

    assert created.status == 201
    assert kept is None or created[name] == kept
    assert wire.read(f"/customers/{created['id']}")[name] == created[name]
    assert wire.read("/customers").json[0][name] == created[name]


@pytest.mark.parametrize(
    ("form", "param"),
    [
        ("name[]=A", "name"),
        ("name=A&taxes[a]=b", "taxes"),
        ("name=A&metadata=plain", "metadata"),
        ("name=A&metadata[a][b][c][d][e][f][g][h][i]=1", "metadata"),
        ("name=%ff", None),
        ("&".join(f"k{index}=1" for index in range(1001)), None),
    ],
)
def test_forms_have_their_limits(wire: Wire, form: str, param: str | None) -> None:
    assert wire.send("POST", "/customers", form, **FORM).refusal == (400, param)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x"])
def test_other_kinds_of_content_are_refused(wire: Wire, kind: str) -> None:
    assert wire.send("POST", "/customers", "name=Acme", content_type=kind).refusal == (400, None)


@pytest.mark.parametrize(
    "query",
    ["filter[name]=%00", "filter[id]=99999999999999999999", "metadata[a'b]=1", "filter=1", "sort[]=name",
     "filter[name][__icontains]=a", "metadata[a][b]=c", "filter[created_at]=now()", "sort=name--", "page=0",
     "page=99999999999999999999", "per_page=-1", "page[]=1", "expand=" + "a." * 500, "include[]=aging",
     "updated_after=-1", "updated_after[]=1", "filter[%ff]=1", "?&&=&"],
)  # fmt: skip
def test_no_query_brings_a_list_down(wire: Wire, acme: int, query: str) -> None:
    for path in ("/customers", "/invoices", f"/customers/{acme}/contacts"):
        assert wire.get(f"{path}?{query}").status_code in (200, 400)


def test_amounts_are_kept_within_reach_of_sums(wire: Wire, acme: int) -> None:
    most = "9999999999999.99"
    line = {"name": "A", "unit_cost": most}

    for _ in range(3):
        assert wire.create("/invoices", customer=acme, items=[line]).status == 201
        assert wire.create("/payments", customer=acme, amount=most).status == 201

    assert str(wire.read(f"/customers/{acme}/balance")["total_outstanding"]) == "29999999999999.97"
    for body in ({"quantity": "99999999999999", "unit_cost": "99999999999999"}, {"unit_cost": 10**13}):
        refused = wire.create("/invoices", customer=acme, items=[{"name": "A", **body}])
        assert refused.refusal == (400, "items.0")
    assert Invoice.objects.count() == Payment.objects.count() == 3


def test_currencies_without_or_with_many_decimals_have_the_same_reach(wire: Wire, acme: int) -> None:
    for currency, amount, over in (
        ("jpy", "999999999999999", "1000000000000000"),
        ("kwd", "999999999999.999", "1000000000000"),
        ("clf", "99999999999.9999", "100000000000"),
    ):
        kept = wire.create("/payments", customer=acme, amount=amount, currency=currency)
        refused = wire.create("/payments", customer=acme, amount=over, currency=currency)
        assert str(kept["amount"]) == amount
        assert refused.refusal == (400, "amount"), currency


def test_a_whole_model_sent_in_writes_only_what_is_a_parameter(wire: Wire, acme: int) -> None:
    invoice = wire.create("/invoices", customer=acme, items=[{"name": "A", "unit_cost": 5}]).json
    body = {field.name: 7 for field in Invoice._meta.fields} | {
        "customer_id": 9, "voided_at": 1, "closed_at": 1, "draft": False, "autopay": False, "number": "N",
        "currency": "usd", "date": invoice["date"], "due_date": None, "next_payment_attempt": None,
        "disabled_payment_methods": [], "ship_to": None, "metadata": {}, "calculate_taxes": False,
    }  # fmt: skip

    changed = wire.change(f"/invoices/{invoice['id']}", body)

    assert (changed["total"], changed["balance"], changed["voided"], changed["closed"]) == (
        5,
        5,
        False,
        False,
    )
    assert (changed["id"], changed["customer"], changed["attempt_count"]) == (invoice["id"], acme, 0)
    assert changed["url"] == invoice["url"]


@pytest.mark.parametrize(
    "nothing",
    ["\u200b", " \u200b\u2060 \ufeff", "\u3164", "\u2800", "\u00a0", "\u202e\u202c", "\ufe0f", "\u00ad"],
)
def test_a_name_in_which_nothing_can_be_seen_is_no_name(wire: Wire, acme: int, nothing: str) -> None:
    assert wire.create("/customers", name=nothing).refusal == (400, "name")
    assert wire.change(f"/customers/{acme}", name=nothing).refusal == (400, "name")
    assert wire.change(f"/customers/{acme}", notes=nothing)["notes"] is None
