"""Who guesses a password is stopped for a while, and told so on a page of the back office."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.desk import PASSWORD, page_text, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _guarded(settings: Settings) -> None:
    """Other tests log in without being counted."""
    settings.AXES_ENABLED = True


def log_in(password: str, *, name: str = "ada", address: str = "192.0.2.1") -> int:
    form = {"username": name, "password": password}
    return Client(REMOTE_ADDR=address).post(reverse("admin:login"), form).status_code


def test_ten_wrong_passwords_lock_a_name_from_an_address_and_nobody_else() -> None:
    staff("Ada")
    staff("Bea")
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert log_in("wrong") == 200

    assert log_in("wrong") == 429
    assert log_in(PASSWORD) == 429
    assert log_in(PASSWORD, address="192.0.2.2") == 302
    assert log_in(PASSWORD, name="bea") == 302


def test_the_page_says_how_long_and_says_nothing_about_the_name() -> None:
    form = {"username": "nobody", "password": "wrong"}
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = Client(REMOTE_ADDR="192.0.2.1").post(reverse("admin:login"), form)

    assert answer["Retry-After"] == "600"
    assert "Try again in 10 minutes." in page_text(answer)
    assert "nobody" not in page_text(answer)
