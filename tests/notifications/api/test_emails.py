"""POST /customers/:id/emails, word for word."""

import base64
import json
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import ApiKey, Customer, Role
from customers.models.idempotency import IdempotencyKey
from notifications.models import Message
from statements.models import IssuedStatement
from tests.notifications.conftest import Debtor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]

EMAIL_KEYS = {
    "id", "object", "state", "reject_reason", "email", "template", "subject", "message", "opens",
    "opens_detail", "created_at", "updated_at",
}  # fmt: skip


@pytest.fixture
def acme(debtor: Debtor) -> Customer:
    return debtor("Acme")


def post(customer: Customer, body: Any = None, *, key: str = "", form: str = "", **headers: Any) -> Any:
    key = key or ApiKey.issue(name="Warehouse")[1]
    credentials = base64.b64encode(f"{key}:".encode()).decode()
    return Client().generic(
        "POST",
        f"/customers/{customer.pk}/emails",
        form or ("" if body is None else json.dumps(body)),
        content_type="application/x-www-form-urlencoded" if form else "application/json",
        HTTP_AUTHORIZATION=f"Basic {credentials}",
        **headers,
    )


def test_an_empty_request_writes_to_the_customers_own_people(acme: Customer) -> None:
    acme.contacts.create(name="Ann", email="ann@example.test", primary=True)
    acme.contacts.create(name="Ben", email="ben@example.test", primary=False)

    answer = post(acme)

    sent = answer.json()
    assert answer.status_code == 201
    assert [mail["email"] for mail in sent] == ["ann@example.test", "accounts1@example.test"]
    assert sent[0].keys() >= EMAIL_KEYS
    assert sent[0]["object"] == "email"
    assert sent[0]["state"] == "sent"
    assert sent[0]["template"] == "statement_email"
    assert len(sent[0]["id"]) == 32
    assert IssuedStatement.objects.get().type == "balance_forward"


def test_forms_name_recipients_in_brackets(acme: Customer) -> None:
    form = "to[0][email]=ann%40example.test&to[0][name]=Ann&subject=Hello&type=open_item&items=past_due"

    [mail] = post(acme, form=form).json()

    assert (mail["email"], mail["subject"]) == ("ann@example.test", "Hello")
    assert IssuedStatement.objects.get().items == "past_due"


@pytest.mark.parametrize("to", ["ann@example.test", ["ann@example.test"], {"email": "ann@example.test"}])
def test_one_address_may_stand_alone(acme: Customer, to: Any) -> None:
    [mail] = post(acme, {"to": to}).json()

    assert mail["email"] == "ann@example.test"


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"to": [{"email": "ann@example.test"}, {"email": "nobody"}]}, "to.1.email"),
        ({"to": ["ſales@example.test"]}, "to.0.email"),
        ({"bcc": "ſales@example.test"}, "bcc"),
        ({"to": [{"email": "a@example.test\r\nBcc: b@example.test"}]}, "to.0.email"),
        ({"bcc": "ann@example.test, nobody"}, "bcc"),
        ({"template": "made_up"}, "template"),
        ({"subject": "two\nlines"}, "subject"),
        ({"message": "{{#open}}"}, "message"),
        ({"message": "{{>partial}}"}, "message"),
        ({"type": "other"}, "type"),
        ({"type": "open_item", "items": "closed"}, "items"),
        ({"start": 1785560399, "end": 1782882000}, "start"),
        ({"currency": "zzz"}, "currency"),
        ({"to": [f"a{i}@example.test" for i in range(51)]}, "to"),
        ({"subject": "{{nothing}}"}, "subject"),
        ({"subject": "Hello", "message": " {{nothing}} "}, "message"),
    ],
)
def test_bad_words_are_refused_and_nothing_is_created(acme: Customer, body: Any, param: str) -> None:
    answer = post(acme, body)

    assert answer.status_code == 400
    assert answer.json()["type"] == "invalid_request"
    assert answer.json()["param"] == param
    assert not Message.objects.exists()
    assert not IssuedStatement.objects.exists()


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "to": ({"to": [{"email": "bad"}]}, "to.0.email"),
    "bcc": ({"bcc": "bad"}, "bcc"),
    "template": ({"template": "made_up"}, "template"),
    "subject": ({"subject": "a\nb"}, "subject"),
    "message": ({"message": "{{#open}}"}, "message"),
    "type": ({"type": "x"}, "type"),
    "period": ({"start": 1785560399, "end": 1782882000}, "start"),
    "items": ({"type": "open_item", "items": "closed"}, "items"),
    "currency": ({"currency": "zzz"}, "currency"),
}


# The items of a statement are asked about where it has no period.
NEVER_BOTH = {("period", "items")}


@pytest.mark.parametrize(("first", "second"), sorted({*combinations(WRONG, 2)} - NEVER_BOTH))
def test_the_first_wrong_parameter_of_the_table_is_named(acme: Customer, first: str, second: str) -> None:
    (sent, param), (later, _) = WRONG[first], WRONG[second]

    assert post(acme, {**later, **sent}).json()["param"] == param


def test_a_customer_without_any_address_is_refused(debtor: Debtor) -> None:
    answer = post(debtor(email=""))

    assert (answer.status_code, answer.json()["param"]) == (400, "to")


def test_a_repeated_request_answers_the_same_and_sends_once(acme: Customer) -> None:
    _, key = ApiKey.issue(name="Warehouse")

    first = post(acme, key=key, HTTP_IDEMPOTENCY_KEY="statement-july")
    second = post(acme, key=key, HTTP_IDEMPOTENCY_KEY="statement-july")

    assert first.content == second.content
    assert second["Idempotent-Replayed"] == "true"
    assert Message.objects.count() == 1


def test_a_request_that_died_half_way_is_reported_and_not_sent_again(acme: Customer) -> None:
    _, key = ApiKey.issue(name="Warehouse")
    [mail] = post(acme, key=key, HTTP_IDEMPOTENCY_KEY="statement-july").json()
    IdempotencyKey.objects.update(
        state=IdempotencyKey.State.RUNNING,
        status=None,
        body=b"",
        lease_until=timezone.now() - timedelta(seconds=1),
    )

    [again] = post(acme, key=key, HTTP_IDEMPOTENCY_KEY="statement-july").json()

    assert again["id"] == mail["id"]
    assert Message.objects.count() == 1


def test_a_key_that_may_only_read_sends_nothing(acme: Customer) -> None:
    _, key = ApiKey.issue(name="Auditor", role=Role.READ_ONLY)

    assert post(acme, key=key).status_code == 403
    assert not Message.objects.exists()


def test_an_unknown_customer_is_not_found(acme: Customer) -> None:
    acme.pk = 999_999

    assert post(acme).status_code == 404
