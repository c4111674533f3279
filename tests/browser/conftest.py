"""The product behind a real browser: Debian's Chromium, a fresh profile each time."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, expect, sync_playwright

from customers.models import User
from customers.models.staff import Role
from tests.browser.desk import Desk
from tests.browser.product import Product, product_on_tests_database

PASSWORD = "correct horse battery"
# Generous: the machine may be busy with other tests.
PATIENCE_MS = 30_000
CHROMIUM = ("chromium", "chromium-browser")
# The browser of a test speaks to nobody but the product.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip


@pytest.fixture(scope="session")
def binary() -> str:
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        pytest.skip("there is no Chromium on this machine (apt-get install chromium)")
    return found


@pytest.fixture(scope="session")
def nursery(
    binary: str, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    folder: Path = tmp_path_factory.mktemp("data")
    with product_on_tests_database(folder) as product:
        yield product


@pytest.fixture(scope="package")
def chromium(binary: str) -> Iterator[Browser]:
    """Ends with this folder: while it runs, the thread has an event loop that other tests must not meet."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # That loop makes the framework take plain code for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=binary, args=FLAGS)
        yield browser
        browser.close()
        # Beside a loop the framework opens connections of their own: nobody else would close them.
        connections.close_all()


@pytest.fixture
def product(transactional_db: None, nursery: Product) -> Iterator[Product]:
    """Served for this test; ends before the tables are emptied."""
    nursery.start("web")
    yield nursery
    nursery.stop()


@pytest.fixture
def desk(product: Product, chromium: Browser) -> Iterator[Desk]:
    """A browser where nobody is logged in. Whatever goes wrong on the way fails the test at its end."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    desk = Desk(context.new_page(), product.url)
    yield desk
    context.close()
    desk.assert_nothing_was_wrong()


@pytest.fixture
def greta(transactional_db: None) -> User:
    """Leads finance and may do everything."""
    # The product keeps passwords better than the settings of tests do.
    secret = Argon2PasswordHasher().encode(PASSWORD, "salt-for-tests-only")
    names = {"first_name": "Greta", "last_name": "Lind", "is_staff": True, "is_superuser": True}
    return User.objects.create(username="greta", role=Role.ADMIN, password=secret, **names)


@pytest.fixture
def staff_desk(desk: Desk, greta: User) -> Desk:
    """Greta has logged in before."""
    client = Client()
    client.force_login(greta)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    desk.page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": desk.url}])
    return desk
