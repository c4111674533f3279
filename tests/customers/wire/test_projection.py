"""Wire objects fetched as tuples are those made from rows, for whatever a row may hold."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.encoding import to_json
from customers.models import (
    Cadence,
    CadenceStep,
    Contact,
    Customer,
    GatewayAccount,
    PaymentSource,
    SignUpPage,
    TaxRate,
    User,
)
from customers.wire.contact import CONTACT, contacts_by_id, describe_contact
from customers.wire.customer import CUSTOMER, customers_by_id, describe_customer
from customers.wire.payment_source import SOURCE
from customers.wire.projection import Projection
from customers.wire.tax_rate import RATE

pytestmark = pytest.mark.django_db

relaxed = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
flags = st.booleans()
# The last microseconds of a second, too: a database that rounds would show the next one.
moments = st.builds(
    lambda day, last: datetime(1971, 1, 1, tzinfo=UTC) + timedelta(days=day, microseconds=-last),
    st.integers(0, 40_000),
    st.integers(0, 999) | st.integers(0, 86_399_999_999),
)
pairs = st.dictionaries(
    st.text("abcäß \"'\\{}", min_size=1, max_size=8),
    texts | flags | st.integers(-(10**15) + 1, 10**15 - 1) | st.sampled_from([0.5, -12.25, 1e-4]),
    max_size=4,
)
limits = st.none() | st.decimals(0, 10**15, places=2, allow_nan=False, allow_infinity=False)


@pytest.fixture
def related(db: None) -> dict[str, list[Any]]:
    """What a customer can point to; nothing is always possible."""
    cadence = Cadence.objects.create(name="Usual")
    step = CadenceStep.objects.create(
        cadence=cadence, position=1, name="Call", action="phone", schedule="age:3"
    )
    gateway = GatewayAccount.objects.create(name="Test", gateway="test")
    return {
        "chasing_cadence": [None, cadence],
        "next_chase_step": [None, step],
        "owner": [None, User.objects.create(username="ann")],
        "sign_up_page": [None, SignUpPage.objects.create(name="Join")],
        "ach_gateway": [None, gateway],
        "cc_gateway": [None, gateway],
        "parent_customer": [None, Customer.objects.create(name="Top", number="T", number_key="t")],
    }


@st.composite
def customers(draw: Callable[..., Any]) -> dict[str, Any]:
    autopay = draw(flags)
    return {
        **{
            name: draw(texts)[:length]
            for name, length in {
                "email": 12, "attention_to": 12, "address1": 12, "address2": 12, "city": 12, "state": 12,
                "postal_code": 12, "language": 2, "currency": 3, "phone": 12, "tax_id": 12, "notes": 12,
                "avalara_entity_use_code": 12, "avalara_exemption_number": 12,
            }.items()
        },
        **{
            name: draw(flags)
            for name in ("chase", "credit_hold", "taxable", "bill_to_parent", "consolidated")
        },
        "name": draw(texts.filter(bool)),
        "autopay": autopay,
        "payment_terms": "" if autopay else draw(texts),
        "autopay_delay_days": draw(st.none() | st.integers(0, 365)),
        "credit_limit": draw(limits),
        "type": draw(st.sampled_from(Customer.Type.values)),
        "country": draw(st.sampled_from(["US", "DE"])),
        "metadata": draw(pairs),
        "created_at": draw(moments),
    }  # fmt: skip


@st.composite
def sources(draw: Callable[..., Any]) -> dict[str, Any] | None:
    if draw(flags):
        return None
    return {
        "kind": draw(st.sampled_from(PaymentSource.Kind.values)), "last4": "4242", "brand": draw(texts),
        "exp_month": draw(st.none() | st.integers(1, 12)), "exp_year": draw(st.none() | st.just(2030)),
        "bank_name": draw(texts), "routing_number": draw(texts), "verified": draw(flags),
        "gateway": "test", "gateway_token": draw(texts), "gateway_customer": draw(texts),
        "chargeable": draw(flags), "failure_reason": draw(texts), "receipt_email": draw(texts),
        "created_at": draw(moments),
    }  # fmt: skip


rates = st.fixed_dictionaries(
    {
        "name": texts,
        "value": st.decimals(0, 10**6, places=6, allow_nan=False, allow_infinity=False),
        "is_percent": st.just(True),
        "inclusive": flags,
        "metadata": pairs,
        "created_at": moments,
    }
)


@relaxed
@given(values=customers(), source=sources(), taxes=st.lists(rates, max_size=3), data=st.data())
def test_a_customer_is_the_same_both_ways(
    related: dict[str, list[Any]],
    values: dict[str, Any],
    source: dict[str, Any] | None,
    taxes: list[dict[str, Any]],
    data: st.DataObject,
) -> None:
    with transaction.atomic():
        chosen = {name: data.draw(st.sampled_from(rows)) for name, rows in related.items()}
        row = Customer.objects.create(**values, **chosen, number="C-1", number_key="c-1")
        if source is not None:
            row.payment_source = PaymentSource.objects.create(**source, customer=row)
            row.save()
        rows = [TaxRate.objects.create(code=f"t{n}", **rate) for n, rate in enumerate(taxes)]
        row.taxes.set(reversed(rows))
        Customer.objects.filter(pk=row.pk).update(updated_at=values["created_at"])

        [fetched] = customers_by_id([row.pk])
        made = describe_customer(Customer.objects.get(pk=row.pk))

        assert fetched == made
        assert list(fetched) == list(made) == list(CUSTOMER.names)
        assert to_json(fetched) == to_json(made)
        assert [type(value) for value in fetched.values()] == [type(value) for value in made.values()]
        transaction.set_rollback(True)  # each example begins without the rows of the one before


@relaxed
@given(
    values=st.fixed_dictionaries(
        {
            **dict.fromkeys(["name", "title", "department", "email", "phone", "address1", "city"], texts),
            "primary": flags,
            "sms_enabled": flags,
            "created_at": moments,
        }
    )
)
def test_a_contact_is_the_same_both_ways(related: dict[str, list[Any]], values: dict[str, Any]) -> None:
    with transaction.atomic():
        row = Contact.objects.create(**values, customer=related["parent_customer"][1])

        assert contacts_by_id([row.pk]) == [describe_contact(Contact.objects.get(pk=row.pk))]
        transaction.set_rollback(True)


@pytest.mark.parametrize("projection", [CUSTOMER, SOURCE, RATE, CONTACT])
def test_every_key_has_a_name_of_its_own(projection: Projection) -> None:
    assert len(set(projection.names)) == projection.width


def test_the_order_is_that_of_the_ids_and_strangers_are_left_out(related: dict[str, list[Any]]) -> None:
    one, two = (
        Customer.objects.create(name=name, number=name, number_key=name, credit_limit=Decimal("1.50"))
        for name in ("a", "b")
    )

    assert [row["id"] for row in customers_by_id([two.pk, 10**9, one.pk])] == [two.pk, one.pk]
    assert customers_by_id([]) == []
