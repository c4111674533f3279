"""Users and API keys."""

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import ApiKey, Event, User
from tests.desk import page_text, staff

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
