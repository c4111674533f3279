"""Every curl sample of the documentation, run as printed; the answers must be what was printed below.

Each test names all places where the answer differs, with the reason: one more or one less fails.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from customers.models import Customer, GatewayAccount
from tests.wire.calls import Answer, Caller
from tests.wire.comparing import changed, unlike
from tests.wire.samples import CURL, PRINTED, Sample, run_by_hand, run_with_curl

Run = Callable[..., Answer]

# Go, .NET and the sync tool can only read an object here; the printed `[]` comes from the printing.
METADATA = {"metadata"}
# Given by the server.
OWN = {"id", "created_at", "updated_at", "statement_pdf_url"}
ADDRESS = {
    "attention_to": "Sarah Fisher", "address1": "342 Amber St", "city": "Hill Valley", "state": "CA",
    "postal_code": "94523", "tax_id": "893-934835", "phone": "(820) 297-2983",
}  # fmt: skip


@pytest.fixture(params=["curl", "by hand"])
def run(request: pytest.FixtureRequest, caller: Caller) -> Run:
    """With the program where there is one; without it the same bytes go over a socket."""
    if request.param == "curl" and CURL is None:
        pytest.skip("there is no curl on this machine")

    def call(sample: Sample, pk: int | None = None) -> Answer:
        words = sample.words(caller, pk)
        return run_with_curl(words) if request.param == "curl" else run_by_hand(words, caller)

    return call


@pytest.fixture
def acme(caller: Caller) -> int:
    """The customer of the printed answers."""
    pk: int = caller.create(
        "/customers",
        name="Acme",
        email="billing@acmecorp.com",
        payment_terms="NET 30",
        type="company",
        **ADDRESS,
    )["id"]
    return pk


def below(list_place: str, names: set[str]) -> set[str]:
    return {f"{list_place}.{name}" for name in names}


def test_no_sample_was_forgotten() -> None:
    calls = {name for name, printed in PRINTED.items() if "curl" in printed}

    assert calls == {
        "create", "retrieve", "update", "balance", "email", "text_message", "letter", "delete", "list",
    }  # fmt: skip


def test_create_a_customer(run: Run) -> None:
    sample = Sample.named("create")

    answer = run(sample)

    assert answer.status == 201
    assert unlike(sample.answer, answer.json).keys() == METADATA
    assert changed(sample.answer, answer.json).keys() == OWN | METADATA
    assert answer["metadata"] == {}


def test_retrieve_a_customer(run: Run, acme: int) -> None:
    sample = Sample.named("retrieve")

    answer = run(sample, acme)

    assert answer.status == 200
    assert unlike(sample.answer, answer.json).keys() == METADATA
    assert changed(sample.answer, answer.json).keys() == OWN | METADATA


def test_update_a_customer(run: Run, caller: Caller) -> None:
    sample = Sample.named("update")
    pk = caller.create("/customers", name="Acme", email="billing@acmecorp.com", payment_terms="NET 30")["id"]

    answer = run(sample, pk)

    assert answer.status == 200
    assert unlike(sample.answer, answer.json).keys() == METADATA
    differences = changed(sample.answer, answer.json)
    # The call sets NET 14; the printed answer was not brought up to date.
    assert differences.pop("payment_terms") == ("NET 30", "NET 14")
    assert differences.keys() == OWN | METADATA


def test_get_the_balance(run: Run, caller: Caller, gateway: GatewayAccount) -> None:
    sample = Sample.named("balance")
    # Nothing of the printed 470 is due now: invoices that AutoPay collects are not due before they are late.
    pk = caller.create("/customers", name="Acme", autopay=True)["id"]
    caller.bill(pk, 470)
    for moment, amount in ((1464040550, 100), (1464041624, -50)):
        caller.create("/credit_balance_adjustments", customer=pk, amount=amount, date=moment)

    # The printed path lacks the id. It is no route: `balance` is not a number.
    stray = run(sample)
    mended = run(replace(sample, call=sample.call.replace("customers/", "customers/:id/")), pk)

    assert stray.refusal == (404, None)
    assert mended.status == 200
    assert unlike(sample.answer, mended.json) == {}
    assert changed(sample.answer, mended.json) == {}


def test_send_a_statement_email(run: Run, caller: Caller) -> None:
    sample = Sample.named("email")
    pk = caller.create("/customers", name="Dunder Mifflin, Inc.", email="client@example.com")["id"]

    answer = run(sample, pk)

    assert answer.status == 201
    assert unlike(sample.answer, answer.json) == {}
    # The wording is the installation's own.
    assert changed(sample.answer, answer.json).keys() == below(
        "[]", {"id", "created_at", "updated_at", "subject", "message"}
    )


def test_send_a_statement_sms(run: Run, caller: Caller) -> None:
    sample = Sample.named("text_message")
    # A backslash is missing at the end of one line: no shell would read the rest as one command.
    mended = replace(sample, call=sample.call.replace('{{url}}"\n', '{{url}}" \\\n'))
    pk = caller.create("/customers", name="Acme")["id"]
    caller.create(f"/customers/{pk}/contacts", name="Bob Loblaw", phone="11234567890", sms_enabled=True)

    answer = run(mended, pk)

    assert answer.status == 201
    assert unlike(sample.answer, answer.json) == {}
    # The printed number is another one than in the call.
    assert changed(sample.answer, answer.json).keys() == below(
        "[]", {"id", "created_at", "updated_at", "message", "to"}
    )
    assert answer.json[0]["to"] == "+11234567890"


def test_send_a_statement_letter(run: Run, caller: Caller) -> None:
    sample = Sample.named("letter")
    address = {"address1": "5301 Southwest Pkwy", "city": "Austin", "state": "TX", "postal_code": "78735"}
    pk = caller.create("/customers", name="Acme Inc.", **address)["id"]

    answer = run(sample, pk)

    assert answer.status == 201
    assert unlike(sample.answer, answer.json) == {}
    differences = changed(sample.answer, answer.json)
    # Nothing leaves the sandbox: it has taken the letter at once.
    assert differences.pop("state", None) in (None, ("queued", "sent"))
    assert differences.keys() == {"id", "created_at", "updated_at", "expected_delivery_date"}
    assert answer["expected_delivery_date"] > answer["created_at"]


def test_delete_a_customer(run: Run, acme: int) -> None:
    answer = run(Sample.named("delete"), acme)

    assert (answer.status, answer.reason, answer.body) == (204, "No Content", b"")
    assert not Customer.objects.filter(pk=acme).exists()


def test_list_all_customers(run: Run, acme: int) -> None:
    sample = Sample.named("list")

    answer = run(sample)

    assert answer.status == 200
    assert unlike(sample.answer, answer.json).keys() == below("[]", METADATA)
    assert changed(sample.answer, answer.json).keys() == below("[]", OWN | METADATA)
    assert answer.header("X-Total-Count") == "1"


def test_the_customer_object(caller: Caller, gateway: GatewayAccount) -> None:
    """The table of attributes prints a customer with a card and metadata."""
    printed = Sample.named("object").answer
    source: Any = {"method": "credit_card", "gateway_token": "tok_visa"}

    answer = caller.create(
        "/customers", name="Acme", email="billing@acmecorp.com", autopay=True, metadata=printed["metadata"],
        payment_source=source,
    )  # fmt: skip

    assert unlike(printed, answer.json) == {}
    card = {f"payment_source.{name}" for name in ("id", "exp_month", "exp_year")}
    assert changed(printed, answer.json).keys() == OWN | card
