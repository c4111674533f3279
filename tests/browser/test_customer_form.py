"""The long form of a customer, and numbers in lists, at a desk and on a telephone."""

import pytest
from playwright.sync_api import Page, expect

from customers.models import Customer
from tests.browser.desk import Desk
from tests.browser.receivables import open_blue_anchor, open_company

pytestmark = pytest.mark.browser
TELEPHONE, LARGE = (400, 850), (1360, 900)


def pairs(page: Page) -> list[tuple[str, str]]:
    rows = page.locator("#metadata [data-row]:visible")
    return [
        (row.get_by_label("Key").input_value(), row.get_by_label("Value").input_value()) for row in rows.all()
    ]


@pytest.mark.parametrize("size", [TELEPHONE, LARGE])
def test_pairs_of_metadata_are_added_removed_and_kept(staff_desk: Desk, size: tuple[int, int]) -> None:
    books = open_blue_anchor()
    Customer.objects.update(metadata={"region": "north", "stores": 12})
    page = staff_desk.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    staff_desk.open(f"/admin/customers/customer/{books.customer.pk}/edit/", "Edit Blue Anchor")
    assert sorted(pairs(page)) == [("region", "north"), ("stores", "12")]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.get_by_role("button", name="Add pair").click()
    expect(page.locator("#metadata [data-row]").last.get_by_label("Key")).to_be_focused()
    page.keyboard.type("erp id")
    page.keyboard.press("Tab")
    page.keyboard.type("K-10\nK-11")
    region = page.locator("#metadata [data-row]").filter(has=page.locator('input[value="region"]'))
    region.get_by_role("button", name="Remove pair").click()
    staff_desk.press("Save", "Blue Anchor")

    customer = Customer.objects.get(pk=books.customer.pk)
    assert customer.metadata == {"stores": 12, "erp id": "K-10\nK-11"}


def test_a_refused_form_keeps_removed_pairs_out_of_sight_and_ends_at_ten(staff_desk: Desk) -> None:
    open_company()
    page = staff_desk.page
    staff_desk.open("/admin/customers/customer/add/", "New customer")
    add = page.get_by_role("button", name="Add pair")
    for index in range(10):
        add.click()
        page.locator("#metadata [data-row]").nth(index).get_by_label("Key").fill(f"k{index}")
    expect(add).to_be_hidden()
    page.locator("#metadata [data-row]").first.get_by_role("button", name="Remove pair").click()
    expect(add).to_be_visible()

    page.get_by_role("button", name="Create customer").click()
    expect(page.get_by_role("alert")).to_be_visible()
    staff_desk.arrive("New customer")

    assert [key for key, _ in pairs(page)] == [f"k{index}" for index in range(1, 10)]


def test_a_number_in_a_list_stays_in_one_line(staff_desk: Desk) -> None:
    books = open_blue_anchor()
    number = "NORTH-EAST 2024 ANCHOR 000-17"
    books.customer.number = number
    books.customer.name = "Blue Anchor Chandlery and Marine Supplies of the Upper Mississippi"
    books.customer.save()
    staff_desk.page.set_viewport_size({"width": 1024, "height": 800})

    staff_desk.open("/admin/customers/customer/", "Customers")

    shown = staff_desk.page.get_by_role("link", name=number)
    assert shown.evaluate("link => { const r = document.createRange(); r.selectNodeContents(link);"
                          " return new Set([...r.getClientRects()].map(b => b.top)).size }") == 1  # fmt: skip
