"""A server as it is installed (gunicorn on a loopback port), a key, and callers that use both."""

import sys
from collections.abc import Callable, Iterator

import invoiced
import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from customers.ledger.reconciling import differences
from customers.models import ApiKey, Event, GatewayAccount, Role
from tests.browser.product import Product, product_on_tests_database, wait_until_quiet
from tests.wire.calls import Caller


@pytest.fixture(scope="session")
def served(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Up for the whole run: between two tests it has nothing to do, so the tables can be emptied."""
    folder = tmp_path_factory.mktemp("wire")
    with (
        (folder / "log").open("wb") as log,
        product_on_tests_database(folder, _environment(), log) as product,
    ):
        try:
            product.start("web")
        except ValueError:
            pytest.fail(f"the server did not start:\n{(folder / 'log').read_text()}")
        yield product


@pytest.fixture
def _log(served: Product) -> Iterator[None]:
    """What the server says during a test is shown when the test fails."""
    log = served.data_dir / "log"
    before = log.stat().st_size
    yield
    sys.stderr.write(log.read_bytes()[before:].decode(errors="replace"))


def _environment() -> dict[str, str]:
    settled = {
        # Keys that the tests issue are good for the server, too.
        "API_KEY_PEPPER": settings.API_KEY_PEPPER,
        "ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS),
        # The tests run at any hour, and write to one number more than once a day.
        "SMS_QUIET_HOURS": "",
        "SMS_ONCE_PER_DAY": "false",
    }
    store = settings.CACHES["default"]
    if "redis" in store["BACKEND"].lower():
        # Two test processes must not share counters.
        settled["CACHE_URL"] = str(store["LOCATION"])
    return settled


@pytest.fixture
def key_of(transactional_db: None) -> Callable[[str], str]:
    """Issues a key for a role."""
    return lambda role: ApiKey.issue(name="Integration", role=role)[1]


@pytest.fixture
def caller(served: Product, _log: None, key_of: Callable[[str], str]) -> Iterator[Caller]:
    """Full of rights. At the end every stored figure must equal what its rows say."""
    cache.clear()
    yield Caller(served.url, key_of(Role.ADMIN))
    wait_until_quiet()
    if Event.objects.exclude(object_type__in=["customer", "contact"]).exists():
        assert [str(difference) for difference in differences(now=timezone.now())] == []


@pytest.fixture
def client(caller: Caller) -> invoiced.Client:
    """The official Python client, pointed at the server as its users do it."""
    client = invoiced.Client(caller.key)
    client.api_url = caller.url
    return client


@pytest.fixture
def gateway(transactional_db: None) -> GatewayAccount:
    """The built-in gateway, as staff connect it to try things out."""
    return GatewayAccount.objects.create(name="Test gateway", gateway=GatewayAccount.Gateway.TEST)


@pytest.fixture
def acme(caller: Caller) -> int:
    """The id of a customer that was created over the wire."""
    pk: int = caller.create("/customers", name="Acme", email="ap@acme.example", consolidated=True)["id"]
    return pk
