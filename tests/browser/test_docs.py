"""The page that shows the API's document: everything on it comes from this host, and it can be tried."""

import pytest
from playwright.sync_api import expect

from customers.models import ApiKey
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def test_a_request_can_be_tried_on_the_page(desk: Desk) -> None:
    _, key = ApiKey.issue(name="Reader")
    page = desk.page

    desk.open("/docs", "Duebook")
    expect(page.get_by_role("heading", name="Duebook")).to_be_visible()
    expect(page.get_by_role("link", name="Customers", exact=True)).to_be_visible()
    desk.judge()
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_label("Username").fill(key)
    page.get_by_label("Username").press("Enter")
    page.get_by_role("button", name="Close", exact=True).first.click()
    page.locator("#operations-tag-Customers").click()
    page.locator("#operations-Customers-listCustomers").get_by_text("List customers").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()

    expect(page.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
