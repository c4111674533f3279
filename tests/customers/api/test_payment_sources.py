"""Stored cards and bank accounts over the wire."""

from typing import Any

import pytest

from customers.autopay import sources
from customers.autopay.gateways import GatewayRefused
from customers.autopay.gateways.sandbox import SandboxGateway
from customers.models import Customer, Event, GatewayAccount, PaymentSource, Role, User
from tests.customers.api.conftest import Wire, bill, events
from tests.customers.api.wallet import store

PAN = "4242 4242 4242 4242"


def default_of(wire: Wire, customer: int) -> Any:
    source = wire.read(f"/customers/{customer}")["payment_source"]
    return source["id"] if source else None


def test_a_card_is_stored_and_becomes_the_default(wire: Wire, acme: int) -> None:
    created = wire.create(
        f"/customers/{acme}/payment_sources",
        method="credit_card", gateway_token="tok_visa", receipt_email="Pay@Acme.example",
    )  # fmt: skip

    assert created.status == 201
    given = {
        "id": 0,
        "gateway_id": "",
        "gateway_customer": "",
        "exp_year": 0,
        "created_at": 0,
        "updated_at": 0,
    }
    assert created.json | given == given | {
        "object": "card", "last4": "4242", "brand": "Visa", "exp_month": 12, "funding": "credit",
        "gateway": "test", "merchant_account": None, "chargeable": True, "failure_reason": None,
        "receipt_email": "pay@acme.example",
    }  # fmt: skip
    assert created["exp_year"] > 2000
    assert wire.read(f"/customers/{acme}")["payment_source"] == created.json
    assert wire.read(f"/customers/{acme}/payment_sources").json == [created.json]
    assert events() == ["customer.created", "payment_source.created", "customer.updated"]
    assert Event.objects.latest("pk").previous == {"payment_source": None}


def test_a_verified_bank_account_can_be_charged_at_once(wire: Wire, acme: int) -> None:
    created = store(wire, acme, "tok_bank", method="ach")

    assert (created["object"], created["last4"], created["routing_number"]) == (
        "bank_account",
        "6789",
        "110000000",
    )
    assert (created["verified"], created["chargeable"], created["currency"]) == (True, True, "usd")
    assert not created.keys() & {"brand", "exp_month", "exp_year", "funding"}


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        ("tok_mastercard", ("card", "4444", "Mastercard", "credit")),
        ("tok_visa_debit", ("card", "5556", "Visa", "debit")),
        ("tok_amex", ("card", "8431", "American Express", "credit")),
        ("tok_decline_charge", ("card", "0002", "Visa", "credit")),
        ("pm_card_visa", ("card", "4242", "Visa", "credit")),
        ("pm_card_mastercard", ("card", "4444", "Mastercard", "credit")),
        ("pm_card_amex", ("card", "8431", "American Express", "credit")),
        ("pm_card_visa_debit", ("card", "5556", "Visa", "debit")),
        ("pm_card_chargeDeclined", ("card", "0002", "Visa", "credit")),
        ("btok_us_verified", ("bank_account", "6789", None, None)),
        ("tok_bank_pending", ("bank_account", "6789", None, None)),
    ],
)
def test_the_published_test_names_are_known(wire: Wire, acme: int, token: str, shown: Any) -> None:
    created = store(wire, acme, token)

    assert (created["object"], created["last4"], created.get("brand"), created.get("funding")) == shown


def test_the_token_may_come_under_either_name_and_as_a_form(wire: Wire, acme: int) -> None:
    path = f"/customers/{acme}/payment_sources"
    form = {"content_type": "application/x-www-form-urlencoded"}

    assert wire.create(path, invoiced_token="tok_visa").status == 201
    assert (
        wire.send("POST", path, "gateway_token=tok_amex&make_default=1", **form)["brand"]
        == "American Express"
    )
    assert wire.read(f"/customers/{acme}")["payment_source"]["brand"] == "American Express"


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({}, "gateway_token"),
        ({"gateway_token": "tok_visa", "invoiced_token": "tok_visa"}, "gateway_token"),
        ({"gateway_token": "tok_nobody_knows"}, "gateway_token"),
        ({"gateway_token": "tok_decline_store"}, "gateway_token"),
        ({"invoiced_token": "tok_decline_store"}, "invoiced_token"),
        ({"gateway_token": ["tok_visa"]}, "gateway_token"),
        ({"gateway_token": "tok_visa", "method": "barter"}, "method"),
        ({"gateway_token": "tok_visa", "method": "check"}, "method"),
        ({"gateway_token": "tok_visa", "method": "ach"}, "method"),
        ({"gateway_token": "tok_bank", "method": "credit_card"}, "method"),
        ({"gateway_token": "tok_visa", "make_default": "perhaps"}, "make_default"),
        ({"gateway_token": "tok_visa", "receipt_email": "nobody"}, "receipt_email"),
        ({"gateway_token": PAN}, "gateway_token"),
        ({"gateway_token": "4242424242424242"}, "gateway_token"),
        ({"gateway_token": "tok_visa", "number": 4242424242424242}, "number"),
        ({"gateway_token": "tok_visa", "card": {"number": "4000-0566-5566-5556"}}, "card.number"),
    ],
)
def test_a_wrong_source_is_refused(wire: Wire, acme: int, sent: dict[str, Any], param: str) -> None:
    answer = wire.create(f"/customers/{acme}/payment_sources", sent)

    assert answer.refusal == (400, param)
    assert "4242" not in answer.text
    assert not PaymentSource.objects.exists()
    assert events() == ["customer.created"]


def test_a_disabled_method_is_refused_whatever_it_is_called(wire: Wire, acme: int) -> None:
    wire.change(f"/customers/{acme}", disabled_payment_methods=["credit_card", "ach"])
    path = f"/customers/{acme}/payment_sources"

    assert wire.create(path, gateway_token="tok_visa", method="credit_card").refusal == (400, "method")
    assert wire.create(path, gateway_token="tok_visa").refusal == (400, "method")
    assert wire.create(path, gateway_token="tok_bank", method="ach").refusal == (400, "method")
    assert not PaymentSource.objects.exists()


def test_only_the_first_source_becomes_the_default_by_itself(wire: Wire, acme: int) -> None:
    first, second = store(wire, acme), store(wire, acme, "tok_amex")
    assert default_of(wire, acme) == first["id"]

    third = store(wire, acme, "tok_mastercard", make_default=True)

    assert default_of(wire, acme) == third["id"]
    listed = [row["id"] for row in wire.read(f"/customers/{acme}/payment_sources").json]
    assert listed == [third["id"], first["id"], second["id"]]


def test_the_default_of_a_customer_moves_its_updated_at(wire: Wire, acme: int) -> None:
    before = Customer.objects.get().updated_at

    store(wire, acme)

    assert Customer.objects.get().updated_at > before


def test_removing_the_default_leaves_none(wire: Wire, acme: int) -> None:
    card, bank = store(wire, acme), store(wire, acme, "tok_bank")

    assert wire.remove(f"/customers/{acme}/bank_accounts/{card['id']}").refusal == (404, None)
    assert wire.remove(f"/customers/{acme}/cards/{card['id']}").status == 204

    assert default_of(wire, acme) is None
    assert [row["id"] for row in wire.read(f"/customers/{acme}/payment_sources").json] == [bank["id"]]
    assert wire.remove(f"/customers/{acme}/cards/{card['id']}").refusal == (404, None)
    assert wire.remove(f"/customers/{acme}/bank_accounts/{bank['id']}").status == 204
    assert events()[-3:] == ["payment_source.deleted", "customer.updated", "payment_source.deleted"]


def test_the_next_source_after_the_default_was_removed_takes_its_place(wire: Wire, acme: int) -> None:
    card, bank = store(wire, acme), store(wire, acme, "tok_bank")
    wire.remove(f"/customers/{acme}/cards/{card['id']}")

    third = store(wire, acme, "tok_amex")

    assert bank["id"] < third["id"] == default_of(wire, acme)


def test_a_new_source_takes_the_place_of_a_default_that_was_given_up(wire: Wire, acme: int) -> None:
    store(wire, acme, "tok_visa")
    PaymentSource.objects.update(chargeable=False, failure_reason="Lost")

    second = store(wire, acme, "tok_amex")

    assert default_of(wire, acme) == second["id"]


def test_a_bank_account_that_waits_for_its_verification_stays_the_default(wire: Wire, acme: int) -> None:
    bank = store(wire, acme, "tok_bank_unverified")
    store(wire, acme, "tok_amex")
    assert default_of(wire, acme) is None

    wire.send("POST", f"/customers/{acme}/bank_accounts/{bank['id']}/verify", {"amount1": 35, "amount2": 45})

    assert default_of(wire, acme) == bank["id"]


def test_a_source_that_the_gateway_will_not_let_go_stays(
    wire: Wire, acme: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = store(wire, acme)

    def refuse(self: Any, *, token: str) -> None:
        raise GatewayRefused("The payment method is in use.")

    monkeypatch.setattr(SandboxGateway, "detach", refuse)

    assert wire.remove(f"/customers/{acme}/cards/{card['id']}").refusal == (400, None)
    assert wire.remove(f"/customers/{acme}").refusal == (400, None)
    assert PaymentSource.objects.get().pk == card["id"]


def test_what_the_gateway_has_forgotten_is_not_charged_when_the_account_stays(
    wire: Wire, acme: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, waiting = store(wire, acme), store(wire, acme, "tok_bank_unverified", method="ach")
    last = store(wire, acme, "tok_amex")
    forgotten: list[str] = []

    def refuse_the_last(self: Any, *, token: str) -> None:
        if token == last["gateway_id"]:
            raise GatewayRefused("The payment method is in use.")
        forgotten.append(token)

    monkeypatch.setattr(SandboxGateway, "detach", refuse_the_last)

    assert wire.remove(f"/customers/{acme}").refusal == (400, None)
    assert forgotten == [card["gateway_id"], waiting["gateway_id"]]
    assert default_of(wire, acme) is None
    assert Customer.objects.get().payment_source is None
    assert [row["id"] for row in wire.read(f"/customers/{acme}/payment_sources").json] == [last["id"]]
    every = wire.read(f"/customers/{acme}/payment_sources", include_hidden=1).json
    assert [(row["chargeable"], row["failure_reason"]) for row in every] == [
        (False, "Removed at the gateway."), (False, "Removed at the gateway."), (True, None),
    ]  # fmt: skip
    assert events()[-3:] == ["customer.updated", "payment_source.updated", "payment_source.updated"]
    verified = wire.create(f"/customers/{acme}/bank_accounts/{waiting['id']}/verify", amount1=35, amount2=45)
    assert verified.refusal == (400, None)

    monkeypatch.undo()
    assert wire.remove(f"/customers/{acme}").status == 204


def test_sources_of_an_account_that_got_a_history_meanwhile_are_not_charged(
    wire: Wire, acme: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(wire, acme)

    def bill_meanwhile(self: Any, *, token: str) -> None:
        bill(wire, acme)

    monkeypatch.setattr(SandboxGateway, "detach", bill_meanwhile)

    assert wire.remove(f"/customers/{acme}").refusal == (400, None)
    assert Customer.objects.get().payment_source is None
    assert not PaymentSource.objects.get().chargeable


def test_a_source_of_another_customer_is_not_there(wire: Wire, acme: int) -> None:
    card, other = store(wire, acme), wire.create("/customers", name="Bolt")["id"]

    assert wire.remove(f"/customers/{other}/cards/{card['id']}").refusal == (404, None)
    assert wire.read(f"/customers/{other}/payment_sources").json == []
    assert wire.read("/customers/999/payment_sources").refusal == (404, None)
    assert wire.read(f"/customers/{acme}/cards/{card['id']}").refusal == (405, None)


def test_a_bank_account_is_verified_by_its_two_amounts(wire: Wire, acme: int) -> None:
    bank = store(wire, acme, "tok_bank_unverified", method="ach")
    path = f"/customers/{acme}/bank_accounts/{bank['id']}/verify"
    assert (bank["verified"], bank["chargeable"], default_of(wire, acme)) == (False, False, None)
    assert [row["id"] for row in wire.read(f"/customers/{acme}/payment_sources").json] == [bank["id"]]

    wrong = wire.create(path, amount1=35, amount2=46)
    right = wire.create(path, amount1=45, amount2="35")
    again = wire.create(path, amount1=35, amount2=45)

    assert wrong.refusal == again.refusal == (400, None)
    assert (right.status, right["verified"], right["chargeable"]) == (200, True, True)
    assert default_of(wire, acme) == bank["id"]
    assert events()[-2:] == ["payment_source.updated", "customer.updated"]


@pytest.mark.parametrize(
    ("sent", "param"),
    [({}, "amount1"), ({"amount1": 35}, "amount2"), ({"amount1": 0.35, "amount2": 45}, "amount1")],
)
def test_verifying_needs_whole_cents(wire: Wire, acme: int, sent: dict[str, Any], param: str) -> None:
    bank = store(wire, acme, "tok_bank_unverified")

    assert wire.create(f"/customers/{acme}/bank_accounts/{bank['id']}/verify", sent).refusal == (400, param)


def test_a_card_is_not_verified(wire: Wire, acme: int) -> None:
    card = store(wire, acme)

    path = f"/customers/{acme}/bank_accounts/{card['id']}/verify"
    assert wire.create(path, amount1=35, amount2=45).refusal == (404, None)


def test_sources_that_can_no_longer_be_charged_are_hidden_unless_asked_for(wire: Wire, acme: int) -> None:
    card = store(wire, acme)
    PaymentSource.objects.update(chargeable=False, failure_reason="Lost")
    path = f"/customers/{acme}/payment_sources"

    assert wire.read(path).json == []
    assert [row["id"] for row in wire.read(path, include_hidden="1").json] == [card["id"]]
    assert default_of(wire, acme) is None


def test_a_customer_has_at_most_fifty_sources(wire: Wire, acme: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sources.MOST_SOURCES == 50
    monkeypatch.setattr(sources, "MOST_SOURCES", 1)
    store(wire, acme)

    assert wire.create(f"/customers/{acme}/payment_sources", gateway_token="tok_visa").refusal == (400, None)


def test_a_marked_request_stores_its_source_once(wire: Wire, acme: int) -> None:
    path, key = f"/customers/{acme}/payment_sources", {"HTTP_IDEMPOTENCY_KEY": "store-4711"}

    first = wire.send("POST", path, {"gateway_token": "tok_visa"}, **key)
    again = wire.send("POST", path, {"gateway_token": "tok_visa"}, **key)

    assert first.json == again.json
    assert PaymentSource.objects.count() == 1


def test_a_customer_can_be_created_together_with_its_card(wire: Wire) -> None:
    created = wire.create("/customers", name="Acme", payment_source={"gateway_token": "tok_visa"})

    assert created.status == 201
    assert created["payment_source"]["last4"] == "4242"
    assert events() == ["customer.created", "payment_source.created", "customer.updated"]


def test_a_form_brings_a_card_along(wire: Wire) -> None:
    form = "name=Acme&payment_source[method]=credit_card&payment_source[gateway_token]=tok_visa"

    created = wire.send("POST", "/customers", form, content_type="application/x-www-form-urlencoded")

    assert created["payment_source"]["last4"] == "4242"


def test_a_refused_card_leaves_no_customer(wire: Wire) -> None:
    body = {"name": "Acme", "payment_source": {"method": "credit_card", "gateway_token": "tok_decline_store"}}

    assert wire.create("/customers", body).refusal == (400, "payment_source")
    assert not Customer.objects.exists()
    assert events() == []


@pytest.mark.parametrize(
    "sent",
    [
        {"payment_source": {"gateway_token": "tok_visa", "method": "ach"}},
        {"payment_source": {"gateway_token": "tok_bank", "method": "credit_card"}},
        {"payment_source": {"gateway_token": "tok_visa"}, "disabled_payment_methods": ["credit_card"]},
        {
            "payment_source": {"gateway_token": "tok_visa", "method": "credit_card"},
            "disabled_payment_methods": ["credit_card"],
        },
    ],
)
def test_a_card_that_does_not_fit_its_customer_leaves_none(wire: Wire, sent: dict[str, Any]) -> None:
    assert wire.create("/customers", name="Acme", **sent).refusal == (400, "payment_source")
    assert not Customer.objects.exists()
    assert not PaymentSource.objects.exists()


def test_a_new_source_goes_to_the_gateway_that_is_chosen_with_it(wire: Wire) -> None:
    first, second = (GatewayAccount.objects.create(name=name, gateway="test") for name in ("A", "B"))
    visa, bank = {"gateway_token": "tok_visa"}, {"gateway_token": "tok_bank", "method": "ach"}

    created = wire.create("/customers", name="Acme", cc_gateway=second.pk, payment_source=visa)
    path = f"/customers/{created['id']}"
    by_bank = wire.change(path, ach_gateway=second.pk, payment_source=bank)
    moved = wire.change(path, cc_gateway=first.pk, payment_source=visa)

    kept = [answer["payment_source"]["merchant_account"] for answer in (created, by_bank, moved)]
    assert kept == [second.pk, second.pk, first.pk]
    shown = wire.read(path)
    assert (shown["cc_gateway"], shown["ach_gateway"]) == (first.pk, second.pk)


def test_a_method_may_be_allowed_or_disabled_together_with_a_new_source(wire: Wire, acme: int) -> None:
    path, visa = f"/customers/{acme}", {"gateway_token": "tok_visa"}
    wire.change(path, disabled_payment_methods=["credit_card"])

    allowed = wire.change(path, disabled_payment_methods=[], payment_source=visa)
    disabled = wire.change(path, disabled_payment_methods=["credit_card"], payment_source=visa)

    assert (allowed.status, allowed["payment_source"]["last4"]) == (200, "4242")
    assert disabled.refusal == (400, "payment_source")
    assert Customer.objects.get(pk=acme).disabled_payment_methods == []


def test_a_customer_that_cannot_be_created_gives_its_card_back(
    wire: Wire, acme: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[str] = []
    monkeypatch.setattr(SandboxGateway, "detach", lambda self, *, token: given_back.append(token))
    body = {"name": "Bolt", "number": "CUST-0001", "payment_source": {"gateway_token": "tok_visa"}}

    assert wire.create("/customers", body).refusal == (400, "number")
    assert len(given_back) == 1
    assert not PaymentSource.objects.exists()


def test_other_parameters_are_looked_at_before_the_gateway_is_asked(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SandboxGateway, "attach", None)
    body = {"name": "", "payment_source": {"gateway_token": "tok_visa"}}

    assert wire.create("/customers", body).refusal == (400, "name")


@pytest.mark.parametrize("echoed", [{"id": 7, "object": "card"}, None, [], {}])
def test_a_source_that_is_sent_back_changes_nothing(wire: Wire, acme: int, echoed: Any) -> None:
    card = store(wire, acme)

    changed = wire.change(f"/customers/{acme}", payment_source=echoed, name="Acme")

    assert changed["payment_source"]["id"] == card["id"]
    assert PaymentSource.objects.count() == 1


def test_a_new_source_on_update_becomes_the_default(wire: Wire, acme: int) -> None:
    store(wire, acme)

    changed = wire.change(f"/customers/{acme}", payment_source={"gateway_token": "tok_amex"}, city="Paris")

    assert (changed["payment_source"]["brand"], changed["city"]) == ("American Express", "Paris")
    refused = wire.change(f"/customers/{acme}", payment_source={"gateway_token": "tok_no"}, city="Rome")
    assert refused.refusal == (400, "payment_source")
    assert wire.read(f"/customers/{acme}")["city"] == "Paris"


def test_a_card_number_beside_a_customer_is_refused(wire: Wire) -> None:
    body = {"name": "Acme", "payment_source": {"number": PAN, "gateway_token": "tok_visa"}}

    assert wire.create("/customers", body).refusal == (400, "payment_source.number")
    assert wire.create("/customers", {"name": "A", "payment_source": {"number": PAN}}).refusal[0] == 400
    assert not Customer.objects.exists()


@pytest.mark.parametrize("role", [Role.READ_ONLY, Role.ACCOUNT_MANAGER])
def test_storing_and_removing_needs_the_power_over_money(
    wire: Wire, wire_as: Any, acme: int, role: str
) -> None:

    card = store(wire, acme)
    user = User.objects.create_user(username="max", role=role)
    Customer.objects.update(owner=user)
    limited = wire_as(role, user=user)

    assert limited.read(f"/customers/{acme}/payment_sources").status == 200
    assert limited.create(f"/customers/{acme}/payment_sources", gateway_token="tok_visa").refusal[0] == 403
    assert limited.remove(f"/customers/{acme}/cards/{card['id']}").refusal[0] == 403
    changed = limited.change(f"/customers/{acme}", payment_source={"gateway_token": "tok_amex"})
    assert changed.refusal[0] == 403
    assert PaymentSource.objects.count() == 1


def test_in_live_mode_test_tokens_mean_nothing(wire: Wire, acme: int, settings: Any) -> None:
    settings.DELIVERY_MODE = "live"

    assert wire.create(f"/customers/{acme}/payment_sources", gateway_token="tok_visa").refusal == (400, None)
    assert not PaymentSource.objects.exists()


def test_an_account_without_a_history_goes_with_its_cards(wire: Wire, acme: int) -> None:
    store(wire, acme)

    assert wire.remove(f"/customers/{acme}").status == 204
    assert not PaymentSource.objects.exists()


def test_an_account_with_a_history_keeps_its_cards(
    wire: Wire, acme: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(wire, acme)
    bill(wire, acme)
    monkeypatch.setattr(SandboxGateway, "detach", None)

    assert wire.remove(f"/customers/{acme}").refusal == (400, None)
    assert PaymentSource.objects.exists()
