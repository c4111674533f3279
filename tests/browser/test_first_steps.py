"""Coming in: the login, and the first day of a new installation."""

import pytest
from axes.models import AccessAttempt
from playwright.sync_api import expect

from customers.models import Company, User
from tests.browser.conftest import PASSWORD
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser

NEW_PASSWORD = "a quite different horse"


def test_staff_log_in_with_their_password_only(desk: Desk, greta: User) -> None:
    Company.objects.update_or_create(pk=1, defaults={"name": "Harbour Supplies"})
    desk.open("/admin/", "Log in")

    _log_in(desk, "a wrong password")
    desk.arrive("Log in")
    expect(desk.page.get_by_text("Please enter the correct username and password")).to_be_visible()

    _log_in(desk, PASSWORD)
    desk.arrive("Dashboard")
    expect(desk.page.get_by_text("No customers yet.")).to_be_visible()


def test_too_many_wrong_passwords_are_answered_with_a_page(desk: Desk, greta: User) -> None:
    AccessAttempt.objects.create(username=greta.username, ip_address="127.0.0.1", failures_since_start=10)
    desk.open("/admin/", "Log in")

    _log_in(desk, PASSWORD)

    desk.arrive("Locked for a while")
    expect(desk.page.get_by_text("Try again in 10 minutes.")).to_be_visible()
    # The browser notes each status of a fault; here it is meant.
    [note] = desk.troubles
    assert "429" in note
    desk.troubles.clear()


def test_the_first_login_asks_for_an_own_password_and_then_sets_up_the_company(
    desk: Desk, greta: User
) -> None:
    User.objects.filter(pk=greta.pk).update(must_change_password=True)
    desk.open("/admin/", "Log in")
    _log_in(desk, PASSWORD)
    desk.arrive("Password change")

    desk.field("Old password").fill(PASSWORD)
    desk.field("New password").fill(NEW_PASSWORD)
    desk.field("New password confirmation").fill(NEW_PASSWORD)
    desk.press("Change password", "Set up Duebook")
    _set_up_company(desk)

    desk.arrive("Dashboard")
    greta.refresh_from_db()
    assert not greta.must_change_password
    company = Company.get()
    assert (company.name, company.city, company.time_zone) == ("Blue Anchor Ltd", "Bergen", "Europe/Oslo")
    assert company.set_up_steps["paper"] == "skipped"


def _set_up_company(desk: Desk) -> None:
    """Two steps are filled in, the others skipped."""
    save, skip = (desk.page.get_by_role("button", name=name) for name in ("Save and go on", "Skip"))
    _arrive_at_step(desk, 1)
    desk.field("Name").fill("Blue Anchor Ltd")
    desk.field("City").fill("Bergen")
    save.click()
    _arrive_at_step(desk, 2)
    desk.field("Time zone").select_option("Europe/Oslo")
    save.click()
    for number in (3, 4, 5):
        _arrive_at_step(desk, number)
        skip.click()


def _arrive_at_step(desk: Desk, number: int) -> None:
    expect(desk.page.get_by_text(f"Step {number} of 5")).to_be_visible()
    desk.arrive("Set up Duebook")


def _log_in(desk: Desk, password: str) -> None:
    desk.field("Username").fill("greta")
    desk.field("Password").fill(password)
    desk.page.get_by_role("button", name="Log in").click()
