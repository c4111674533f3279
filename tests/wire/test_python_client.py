"""The official Python client as it is installed from its package: how it reads answers, errors and pages."""

from collections.abc import Callable, Iterator

import invoiced
import pytest
from invoiced.errors import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    InvalidRequestError,
    RateLimitError,
)

from customers.models import Customer, Role
from tests.browser.product import Product
from tests.wire.calls import Caller


def test_an_object_lives_from_create_to_delete(client: invoiced.Client) -> None:
    customer = client.Customer.create(name="Acme", email="billing@acme.example", metadata={"region": "north"})
    assert isinstance(customer, invoiced.Customer)
    assert customer.number == "CUST-0001"

    customer.payment_terms = "NET 14"
    customer["notes"] = "Pays late."
    assert customer.save(city="Austin") is True
    assert (customer.payment_terms, customer.notes, customer.city) == ("NET 14", "Pays late.", "Austin")
    assert customer.save() is False  # nothing to send

    found = client.Customer.retrieve(customer.id)
    assert dict(found) == dict(customer)
    found.notes = None
    assert found.save() is True
    assert client.Customer.retrieve(customer.id).notes is None

    assert customer.delete() is True
    assert dict(customer) == {"id": found.id}
    with pytest.raises(InvalidRequestError) as refused:
        client.Customer.retrieve(found.id)
    assert refused.value.status_code == 404


def test_refusals_become_the_exceptions_of_the_client(
    client: invoiced.Client, key_of: Callable[[str], str]
) -> None:
    with pytest.raises(InvalidRequestError) as missing:
        client.Customer.create()
    assert missing.value.status_code == 400
    assert missing.value.error["type"] == "invalid_request"
    assert missing.value.error["param"] == "name"
    assert str(missing.value) == f"(400): {missing.value.error['message']}"

    client.api_key = key_of(Role.READ_ONLY)
    with pytest.raises(InvalidRequestError) as forbidden:
        client.Customer.create(name="Acme")
    assert forbidden.value.status_code == 403

    client.api_key = "wrong"
    with pytest.raises(AuthenticationError) as unknown:
        client.Customer.list()
    assert unknown.value.status_code == 401
    assert not Customer.objects.exists()


def test_a_method_that_is_not_offered_is_an_api_error(client: invoiced.Client) -> None:
    customer = client.Customer.create(name="Acme")

    with pytest.raises(ApiError) as refused:
        client.request("PUT", f"/customers/{customer.id}", {"name": "Other"})

    assert refused.value.status_code == 405
    assert client.Customer.retrieve(customer.id).name == "Acme"


@pytest.fixture
def _own_limits(transactional_db: None, served: Product) -> Iterator[None]:
    """The limiter may live in the memory of the web process: a new one has counted nothing yet."""
    _restart(served)
    yield
    _restart(served)


def _restart(served: Product) -> None:
    served.stop()
    served.start("web")


@pytest.mark.usefixtures("_own_limits")
def test_too_many_guesses_are_a_rate_limit_error(client: invoiced.Client) -> None:
    for guess in range(10):
        client.api_key = f"guess {guess}"
        with pytest.raises(AuthenticationError):
            client.Customer.list()

    client.api_key = "one more guess"
    with pytest.raises(RateLimitError) as limited:
        client.Customer.list()

    assert limited.value.status_code == 429
    assert limited.value.error["type"] == "invalid_request"


def test_nobody_listening_is_a_connection_error(client: invoiced.Client) -> None:
    client.api_url = "http://127.0.0.1:1"

    with pytest.raises(ApiConnectionError, match="error connecting"):
        client.Customer.list()


def test_pages_come_with_their_metadata(client: invoiced.Client, caller: Caller) -> None:
    names = [f"Customer {number}" for number in range(5)]
    for name in names:
        client.Customer.create(name=name)

    found: list[str] = []
    page = 1
    while True:
        customers, metadata = client.Customer.list(per_page=2, page=page, sort="name asc,id desc")
        found += [customer.name for customer in customers]
        assert metadata.total_count == 5
        assert metadata.links["self"].startswith(f"{caller.url}/customers?")
        if "next" not in metadata.links:
            break
        page += 1

    assert (found, page) == (names, 3)
    assert metadata.links.keys() == {"self", "first", "previous", "last"}
    empty, metadata = client.Customer.list(filter={"name": "Nobody"})
    assert (empty, metadata.total_count) == ([], 0)
    assert metadata.links.keys() == {"self", "first", "last"}


@pytest.mark.usefixtures("gateway")
def test_filters_in_the_forms_that_python_sends(client: invoiced.Client) -> None:
    acme = client.Customer.create(name="Acme, Inc.; <Ltd>", metadata={"account rep": "Jan"}, autopay=True)
    child = client.Customer.create(name="Branch", parent_customer=acme.id, credit_hold=True)

    def found(**parameters: object) -> list[int]:
        customers, metadata = client.Customer.list(**parameters)
        assert metadata.total_count == len(customers)
        return [customer.id for customer in customers]

    assert found(filter={"name": "Acme, Inc.; <Ltd>"}) == [acme.id]
    assert found(filter={"autopay": True}) == [acme.id]
    assert found(filter={"autopay": False, "credit_hold": True}) == [child.id]
    assert found(filter={"parent_customer": None}) == [acme.id]
    assert found(filter={"parent_customer": acme.id}) == [child.id]
    assert found(metadata={"account rep": "Jan"}) == [acme.id]
    assert found(payment_source=True) == []
    assert found(payment_source=False, open_balance=False) == [acme.id, child.id]
    assert found(updated_after=acme.created_at - 1, expand=["parent_customer"]) == [acme.id, child.id]
    with pytest.raises(InvalidRequestError) as refused:
        client.Customer.list(filter={"nonsense": 1})
    assert refused.value.error["param"] == "filter"


def test_the_same_key_makes_one_object(client: invoiced.Client) -> None:
    first = client.Customer.create(idempotency_key="order-4711", name="Acme")
    again = client.Customer.create(idempotency_key="order-4711", name="Acme")

    assert dict(again) == dict(first)
    assert Customer.objects.count() == 1
    with pytest.raises(InvalidRequestError) as refused:
        client.Customer.create(idempotency_key="order-4711", name="Other")
    assert refused.value.status_code == 400
    first.name = "Acme Ltd"
    assert first.save(idempotency_key="order-4712") is True


@pytest.mark.parametrize(
    "collection", ["Coupon", "CustomField", "EmailTemplate", "GlAccount", "Theme", "Inbox", "LateFeeSchedule"]
)
def test_what_comes_later_is_plainly_not_there(client: invoiced.Client, collection: str) -> None:
    with pytest.raises(InvalidRequestError) as missing:
        getattr(client, collection).list()

    assert missing.value.status_code == 404


@pytest.mark.parametrize("collection", ["Estimate", "Plan", "Subscription"])
def test_what_the_sync_tool_reads_is_empty(client: invoiced.Client, collection: str) -> None:
    rows, metadata = getattr(client, collection).list()

    assert (rows, metadata.total_count) == ([], 0)
