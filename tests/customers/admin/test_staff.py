"""Users and API keys."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from customers.dates import start_of_day
from customers.models import ApiKey, Company, Event, User
from tests.desk import at_desk, page_text, staff

pytestmark = pytest.mark.django_db


def test_a_new_user_gets_a_one_time_password(desk: Client) -> None:
    form = {"username": "sam", "password": "one-time-secret-9", "role": "finance", "is_active": "on"}

    desk.post(reverse("admin:customers_user_add"), form)

    sam = User.objects.get(username="sam")
    assert (sam.role, sam.is_staff, sam.must_change_password) == ("finance", True, True)
    assert sam.check_password("one-time-secret-9")
    event = Event.objects.get(type="user.created")
    assert "one-time-secret-9" not in str(event.data)


def test_a_weak_password_is_refused(desk: Client) -> None:
    form = {"username": "sam", "password": "12345678", "role": "finance", "is_active": "on"}

    answer = desk.post(reverse("admin:customers_user_add"), form)

    assert answer.context["form"]["password"].errors
    assert not User.objects.filter(username="sam").exists()


def test_nobody_switches_themselves_off(desk: Client) -> None:
    ada = User.objects.get(username="ada")

    desk.post(reverse("admin:customers_user_change", args=[ada.pk]), {"username": "ada", "role": "admin"})

    ada.refresh_from_db()
    assert ada.is_active


def test_a_role_can_be_changed_by_another_admin(desk: Client) -> None:
    sam = staff("Sam", role="read_only")

    desk.post(
        reverse("admin:customers_user_change", args=[sam.pk]),
        {"username": "sam", "role": "finance", "is_active": "on"},
    )

    sam.refresh_from_db()
    assert (sam.role, sam.must_change_password) == ("finance", False)


def test_a_key_is_shown_once_and_only_its_digest_is_kept(desk: Client) -> None:
    answer = desk.post(reverse("admin:customers_apikey_add"), {"name": "Shop", "role": "finance"})

    key = answer.context["key"]
    row = ApiKey.objects.get()
    assert row.digest == ApiKey.digest_of(key)
    assert key not in page_text(desk.get(reverse("admin:customers_apikey_change", args=[row.pk])))
    assert key not in str(Event.objects.get(type="api_key.created").data)


def test_a_key_can_be_revoked(desk: Client) -> None:
    row, _ = ApiKey.issue(name="Shop")

    desk.post(reverse("admin:customers_apikey_revoke", args=[row.pk]))

    row.refresh_from_db()
    assert row.revoked_at is not None


def test_a_key_that_is_drawn_twice_by_a_double_click_is_one_key(desk: Client) -> None:
    form = {"name": "Shop", "role": "finance", "once": "x"}

    desk.post(reverse("admin:customers_apikey_add"), form)
    again = desk.post(reverse("admin:customers_apikey_add"), form)

    assert again.status_code == 302
    assert ApiKey.objects.count() == 1


def test_a_key_acts_for_somebody_until_the_end_of_a_day(desk: Client) -> None:
    max_ = staff("Max", role="account_manager")
    form = {"name": "Shop", "role": "account_manager", "user": max_.pk, "last_day": "2090-12-31"}

    answer = desk.post(reverse("admin:customers_apikey_add"), form)

    row = ApiKey.objects.get()
    assert row.digest == ApiKey.digest_of(answer.context["key"])
    assert (row.user, row.expires_at) == (max_, start_of_day(date(2091, 1, 1), Company.get().zone))
    told = Event.objects.get(type="api_key.created").data["object"]
    assert (told["role"], told["user"], told["last4"]) == ("account_manager", "max", row.last4)
    shown = page_text(desk.get(reverse("admin:customers_apikey_change", args=[row.pk])))
    assert "Max" in shown
    assert "Jan 1, 2091" in shown


def test_the_list_tells_whom_a_key_acts_for_and_until_when(desk: Client) -> None:
    max_, last = staff("Max", role="account_manager"), start_of_day(date(2091, 1, 1), Company.get().zone)
    ApiKey.issue(name="Shop", role="account_manager", user=max_)
    ApiKey.objects.update(expires_at=last)
    ApiKey.issue(name="Web")

    shown = re.sub(r"<[^>]+>", " ", page_text(desk.get(reverse("admin:customers_apikey_changelist"))))

    assert "2 API keys" in shown
    assert "Api key" not in shown
    assert "Dec 31, 2090" in shown
    assert "Max" in shown


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"name": "Shop", "role": "account_manager"}, "user"),
        ({"name": "Shop", "role": "finance", "last_day": "2020-01-01"}, "last_day"),
        ({"name": "Shop", "role": "finance", "last_day": "9999-12-31"}, "last_day"),
        ({"name": "Shop", "role": "finance", "user": "999"}, "user"),
        ({"name": "", "role": "finance"}, "name"),
        ({"name": "Shop", "role": "king"}, "role"),
    ],
)
def test_a_key_that_cannot_be_is_not_drawn(desk: Client, form: dict[str, str], field: str) -> None:
    answer = desk.post(reverse("admin:customers_apikey_add"), form)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked_once(desk: Client) -> None:
    row, _ = ApiKey.issue(name="Shop")

    for once in ("a", "b"):
        desk.post(reverse("admin:customers_apikey_revoke", args=[row.pk]), {"once": once})

    assert Event.objects.get(type="api_key.revoked").actor == "Ada"


@pytest.mark.parametrize("role", ["read_only", "account_manager", "finance"])
def test_only_admins_have_to_do_with_keys(role: str) -> None:
    row, _ = ApiKey.issue(name="Shop")
    desk = at_desk(staff("Ro", role=role))

    for name, args in (("changelist", []), ("add", []), ("change", [row.pk])):
        assert desk.get(reverse(f"admin:customers_apikey_{name}", args=args)).status_code == 403
    assert desk.post(reverse("admin:customers_apikey_revoke", args=[row.pk])).status_code == 403
    assert ApiKey.objects.get().revoked_at is None
