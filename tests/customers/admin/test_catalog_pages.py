"""Taxes, items, cadences and sign-up pages at the desk."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.ledger.accounts import create_customer
from customers.ledger.cadences import create_cadence
from customers.models import Cadence, CadenceStep, Customer, Event, Item, SignUpPage, TaxRate
from tests.desk import at_desk, lines, page_text, staff, token_of
from tests.ledgers import at

pytestmark = pytest.mark.django_db
NOW = at("2026-03-02")
STEP = {"name": "Call", "action": "phone", "days": "14", "counted": "past_due_age"}
CADENCE = {"name": "Firm", "frequency": "daily", "time_of_day": "9", "assignment_mode": "none"}


def url(name: str, *args: Any) -> str:
    return reverse(f"admin:customers_{name}", args=args)


def test_a_tax_is_added_renamed_archived_and_used_again(desk: Client) -> None:
    first = {"name": "VAT", "code": "vat", "value": "19", "is_percent": "on"}
    desk.post(url("taxrate_add"), first)
    rate = TaxRate.objects.get()

    desk.post(url("taxrate_change", rate.pk), {"name": "Umsatzsteuer", "value": "7", "code": "other"})
    rate.refresh_from_db()

    assert (rate.name, rate.code, rate.value) == ("Umsatzsteuer", "vat", Decimal(19))
    desk.post(url("taxrate_archive", rate.pk))
    assert TaxRate.objects.get().archived_at is not None
    desk.post(url("taxrate_archive", rate.pk))
    assert TaxRate.objects.get().archived_at is None
    assert list(Event.objects.order_by("pk").values_list("type", flat=True)) == [
        "tax_rate.created", "tax_rate.updated", "tax_rate.deleted", "tax_rate.created",
    ]  # fmt: skip
    assert Event.objects.last().actor == "Ada"  # type: ignore[union-attr]


def test_what_the_ledger_refuses_stands_beside_its_field(desk: Client) -> None:
    TaxRate.objects.create(code="vat", name="VAT", value=19)

    taken = desk.post(url("taxrate_add"), {"name": "X", "code": "vat", "value": "1", "is_percent": "on"})
    fixed = desk.post(url("taxrate_add"), {"name": "X", "code": "fee", "value": "1"})

    assert taken.context["form"].errors["code"] == ["The tax rate id vat is already in use."]
    assert fixed.context["form"].errors["currency"] == ["A fixed amount needs its currency."]
    assert TaxRate.objects.count() == 1


def test_a_code_that_was_taken_meanwhile_cannot_be_used_again(desk: Client) -> None:
    old = TaxRate.objects.create(code="vat", name="Old", value=19, archived_at=NOW)
    TaxRate.objects.create(code="vat", name="New", value=20)

    answer = desk.post(url("taxrate_archive", old.pk), follow=True)

    assert "already in use" in page_text(answer)
    assert TaxRate.objects.get(pk=old.pk).archived_at is not None


def test_an_item_is_added_changed_and_archived(desk: Client) -> None:
    rate = TaxRate.objects.create(code="vat", name="VAT", value=19)
    body = {"name": "Paper", "code": "paper", "unit_cost": "4.50", "taxable": "on", "taxes": [rate.pk]}
    desk.post(url("item_add"), body)
    item = Item.objects.get()

    desk.post(url("item_change", item.pk), {**body, "code": "other", "name": "White paper", "unit_cost": ""})
    item.refresh_from_db()

    assert (item.name, item.code, item.unit_cost, item.discountable) == (
        "White paper",
        "paper",
        Decimal(0),
        False,
    )
    assert list(item.taxes.all()) == [rate]
    desk.post(url("item_archive", item.pk))
    assert "Archived" in page_text(desk.get(url("item_changelist")))


def test_a_cadence_is_written_with_its_steps(desk: Client) -> None:
    answer = desk.post(url("cadence_add"), {**CADENCE, **lines(STEP, {**STEP, "days": "30"}, prefix="steps")})

    assert answer.status_code == 302
    steps = CadenceStep.objects.order_by("position").values_list("name", "schedule")
    assert list(steps) == [("Call", "past_due_age:14"), ("Call", "past_due_age:30")]


def test_a_cadence_needs_steps_and_conditions_that_make_sense(desk: Client) -> None:
    empty = desk.post(url("cadence_add"), {**CADENCE, **lines(prefix="steps")})
    wrong = {"assignment_mode": "conditions", "assignment_conditions": "height > 5"}
    senseless = desk.post(url("cadence_add"), {**CADENCE, **wrong, **lines(STEP, prefix="steps")})

    assert "A cadence needs at least one step." in page_text(empty)
    assert "assignment_conditions" in senseless.context["form"].errors
    assert not Cadence.objects.exists()


def test_steps_of_a_cadence_keep_their_place_while_customers_are_enrolled(desk: Client) -> None:
    step = {"name": "Call", "action": "phone", "schedule": "age:5", "email_template_id": "kept"}
    cadence = create_cadence(values={"name": "Firm"}, steps=[step], now=NOW)
    create_customer(values={"name": "Acme", "chasing_cadence": cadence}, now=NOW)
    row = {"id": cadence.steps.get().pk, "name": "Ring", "action": "phone", "days": "5", "counted": "age"}
    page = url("cadence_change", cadence.pk)

    desk.post(page, {**CADENCE, **lines(row, prefix="steps"), "once": token_of(desk.get(page))})
    moved = desk.post(page, {**CADENCE, **lines({**row, "days": "6"}, prefix="steps")})
    removed = desk.post(url("cadence_remove", cadence.pk), follow=True)

    stored = cadence.steps.get()
    assert (stored.name, stored.schedule, stored.email_template_id) == ("Ring", "age:5", "kept")
    assert "cannot be changed while customers are enrolled" in page_text(moved)
    assert "cannot be deleted" in page_text(removed)


def test_a_cadence_without_customers_is_deleted(desk: Client) -> None:
    step = {"name": "Call", "action": "phone", "schedule": "age:5"}
    cadence = create_cadence(values={"name": "Firm"}, steps=[step], now=NOW)

    desk.post(url("cadence_remove", cadence.pk))

    assert not Cadence.objects.exists()


def test_a_sign_up_page_is_added_changed_and_deleted_when_nobody_is_sent_there(desk: Client) -> None:
    desk.post(url("signuppage_add"), {"name": "AutoPay", "type": "autopay", "billing_address": "on"})
    page = SignUpPage.objects.get()
    desk.post(url("signuppage_change", page.pk), {"name": "Sign up", "type": "recurring"})
    page.refresh_from_db()
    assert (page.name, page.type, page.billing_address) == ("Sign up", "recurring", False)
    assert (Event.objects.get(type="sign_up_page.updated").previous or {})["name"] == "AutoPay"
    create_customer(values={"name": "Acme", "sign_up_page": page}, now=NOW)

    refused = desk.post(url("signuppage_remove", page.pk), follow=True)
    assert "assigned to customers" in page_text(refused)

    Customer.objects.update(sign_up_page=None)
    desk.post(url("signuppage_remove", page.pk))
    assert not SignUpPage.objects.exists()


@pytest.mark.parametrize("kind", ["taxrate", "item", "cadence", "signuppage"])
def test_what_is_gone_leads_back_to_its_list(desk: Client, kind: str) -> None:
    for pk in ("999", "x"):
        answer = desk.get(url(f"{kind}_change", pk))
        assert answer.headers["Location"] == url(f"{kind}_changelist")


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        ("read_only", (403, 403)),
        ("account_manager", (403, 403)),
        ("finance", (200, 422)),
        ("admin", (200, 422)),
    ],
)
@pytest.mark.parametrize("kind", ["taxrate", "item", "cadence", "signuppage"])
def test_the_catalog_belongs_to_who_moves_money(role: str, statuses: tuple[int, int], kind: str) -> None:
    desk, its_list = at_desk(staff("Rita", role=role)), url(f"{kind}_changelist")

    shown, refused = desk.get(its_list), desk.post(url(f"{kind}_add"), {"name": ""})

    assert (shown.status_code, refused.status_code) == statuses
    assert (its_list in page_text(desk.get(url("customer_changelist")))) == (statuses[0] == 200)


def test_lists_show_what_things_are(desk: Client) -> None:
    TaxRate.objects.create(code="vat", name="VAT", value=Decimal("19.500000"))
    Item.objects.create(code="paper", name="Paper", unit_cost=Decimal("1200.5"), currency="eur")

    assert "19.5 %" in page_text(desk.get(url("taxrate_changelist")))
    assert "1,200.5 EUR" in page_text(desk.get(url("item_changelist")))
