"""The page that shows the API's document: everything on it comes from this host, and it can be tried."""

from decimal import Decimal

import pytest
from playwright.sync_api import Locator, expect

from customers.models import ApiKey, Customer, TaxRate
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def open_operation(desk: Desk, tag: str, operation: str) -> Locator:
    """Log in with a key and open one operation to be tried."""
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
    page.locator(f"#operations-tag-{tag}").click()
    shown = page.locator(f"#operations-{tag}-{operation}")
    shown.locator(".opblock-summary-control").click()
    shown.get_by_role("button", name="Try it out").click()
    return shown


def execute(operation: Locator) -> Locator:
    """Send it; the status of the answer."""
    operation.get_by_role("button", name="Execute").click()
    return operation.locator(".live-responses-table .response-col_status").last


def test_a_request_can_be_tried_on_the_page(desk: Desk) -> None:
    listed = open_operation(desk, "Customers", "listCustomers")

    expect(execute(listed)).to_contain_text("200")


def test_a_form_is_sent_as_it_is_filled_in(desk: Desk) -> None:
    for code in ("gst", "pst"):
        TaxRate.objects.create(code=code, name=code.upper(), value=Decimal(5))
    create = open_operation(desk, "Customers", "createCustomer")
    create.get_by_label("Request content type").select_option("application/x-www-form-urlencoded")

    with desk.page.expect_request("**/customers") as sent:
        expect(execute(create)).to_contain_text("201")
    assert sent.value.post_data == "name=Acme"

    entry = create.locator
    entry('tr[data-property-name="name"] input').first.fill("Branch")
    for code in ("gst", "pst"):
        entry('tr[data-property-name="taxes[]"]').get_by_role("button", name="Add").click()
        entry('tr[data-property-name="taxes[]"] input[type=text]').last.fill(code)
    entry('tr[data-property-name="metadata"] textarea').fill('{"region": "north"}')
    with desk.page.expect_response("**/customers") as answered:
        execute(create)

    assert answered.value.status == 201, answered.value.text()
    branch = Customer.objects.get(name="Branch")
    assert [rate.code for rate in branch.taxes.order_by("pk")] == ["gst", "pst"]
    assert branch.metadata == {"region": "north"}


def test_a_form_changes_what_is_filled_in_and_nothing_else(desk: Desk) -> None:
    acme = Customer.objects.create(name="Acme", number="A1", email="ap@acme.example", currency="usd")
    change = open_operation(desk, "Customers", "updateCustomer")
    change.get_by_label("Request content type").select_option("application/x-www-form-urlencoded")
    change.locator('tr[data-param-name="id"] input').fill(str(acme.pk))

    expect(execute(change)).to_contain_text("200")

    acme.refresh_from_db()
    assert (acme.name, acme.email, acme.payment_terms) == ("Acme", "ap@acme.example", "NET 14")
