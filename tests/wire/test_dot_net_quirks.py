"""What the .NET client sends, byte by byte, and what it must get back (Invoiced API, client quirks).

Written down from the source of the real library.
"""

import pytest

from tests.wire.calls import JSON, Answer, Caller

LINE = [{"name": "Paper", "quantity": 1, "unit_cost": 100}]


@pytest.fixture
def dot_net(caller: Caller) -> Caller:
    return caller.like(user_agent="Invoiced .NET/1.0.0.0")


def test_it_reads_reason_phrases(dot_net: Caller, acme: int) -> None:
    def told(answer: Answer) -> tuple[int, str]:
        return answer.status, answer.reason

    assert told(dot_net.send("POST", "/customers")) == (400, "Bad Request")
    assert told(dot_net.send("GET", "/customers", key="wrong")) == (401, "Unauthorized")
    assert told(dot_net.read("/customers/0")) == (404, "Not Found")
    assert told(dot_net.send("PUT", f"/customers/{acme}")) == (405, "Method Not Allowed")


def test_calls_without_a_body_have_no_type_either(dot_net: Caller, acme: int) -> None:
    note = dot_net.create("/credit_notes", customer=acme, items=LINE)["id"]

    assert dot_net.send("POST", f"/credit_notes/{note}/void").status == 200
    assert dot_net.send("POST", f"/customers/{acme}/emails").status == 201


def test_a_naked_number_is_the_cutoff_date(dot_net: Caller, acme: int) -> None:
    dot_net.bill(acme, 10, date=1700000000)
    late = dot_net.bill(acme, 20, date=1750000000)["id"]

    invoice = dot_net.send("POST", f"/customers/{acme}/consolidate_invoices", b"1720000000", kind=JSON)

    assert (invoice.status, invoice["total"]) == (200, 10)
    assert dot_net.read(f"/invoices/{late}")["voided"] is False


@pytest.mark.usefixtures("gateway")
def test_refunds_are_written_with_apostrophes(dot_net: Caller, acme: int) -> None:
    invoice = dot_net.bill(acme)["id"]
    applied = [{"type": "invoice", "invoice": invoice, "amount": 100}]
    charge = dot_net.create(
        "/charges", customer=acme, amount=100, gateway_token="tok_visa", applied_to=applied
    )["charge"]["id"]

    refund = dot_net.send("POST", f"/charges/{charge}/refunds", b"{'amount':12.5}", kind=JSON)

    assert (refund.status, refund["amount"]) == (201, 12.5)
    assert dot_net.send("PATCH", f"/customers/{acme}", b"{'name':'A'}", kind=JSON).refusal == (400, None)


def test_pages_are_named_in_quotes_and_taxes_are_read_with_numbers(caller: Caller, dot_net: Caller) -> None:
    page = caller.create("/sign_up_pages", name="AutoPay", type="autopay")["id"]
    caller.create("/tax_rates", id="gst", name="GST", value=5)
    acme = dot_net.create("/customers", name="Acme", sign_up_page=str(page), taxes=["gst"])

    (tax,) = acme["taxes"]
    saved = dot_net.change(f"/customers/{acme['id']}", taxes=[tax], name="Acme Ltd")

    assert acme["sign_up_page"] == page
    assert (type(tax["id"]), tax["object"], tax["amount"]) == (int, "tax", 0)
    assert tax["tax_rate"]["id"] == "gst"
    assert [row["tax_rate"]["id"] for row in saved["taxes"]] == ["gst"]
    assert [row["id"] for row in caller.read(f"/customers/{acme['id']}")["taxes"]] == ["gst"]


def test_lists_follow_the_link_as_it_is(dot_net: Caller, acme: int) -> None:
    dot_net.create("/customers", name="Branch")

    listed = dot_net.read("/customers?filter%5Bautopay%5D=False&payment_source=False&per_page=1")

    assert [row["id"] for row in listed.json] == [acme]
    assert "filter%5Bautopay%5D=False" in listed.header("Link")
