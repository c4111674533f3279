"""Work in the background, watched from the page that started it. Real workers, the real queue."""

import pytest
from playwright.sync_api import FilePayload, expect

from customers.models import Customer, Invoice, Payment
from notifications.models import Message, StatementRun
from tests.browser.desk import Desk
from tests.browser.product import Product
from tests.browser.receivables import open_blue_anchor, open_company, open_paper_mill
from tests.ledgers import open_books

pytestmark = pytest.mark.browser

FILE = """\
record,customer,customer_name,email,invoice,payment,date,due_date,amount,method
customer,007,Bright Kiln Pottery,ap@kiln.example,,,,,,
customer,008,Copper Fern Florists,ap@fern.example,,,,,,
invoice,007,,,K-1,,2026-01-05,2026-02-04,120.00,
invoice,008,,,F-1,,2026-01-06,2026-02-05,75.50,
payment,007,,,K-1,P-1,2026-01-20,,50.00,check
"""


def test_a_run_is_tried_started_and_watched_to_its_end(staff_desk: Desk, product: Product) -> None:
    open_blue_anchor()
    open_paper_mill()
    open_books("Quiet Cove", email="ap@quiet-cove.example")
    page = staff_desk.page
    staff_desk.open("/admin/notifications/statementrun/", "Statement runs")
    staff_desk.open("/admin/notifications/statementrun/add/", "New statement run")
    page.get_by_role("button", name="Dry run").click()
    expect(page.locator("#preview")).to_contain_text("$430.50")
    staff_desk.arrive("New statement run")
    assert not Message.objects.exists()

    staff_desk.press("Start: send 2 statements", "Open item as of")
    state = page.locator("#progress").get_by_role("status")
    expect(state).to_have_text("Planning")
    product.start("worker")
    product.start("timetable")
    expect(state).to_have_text("Finished")
    staff_desk.arrive("Open item as of")

    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "100")
    for outcome, count in {"sent": 2, "skipped": 1, "failed": 0, "unknown": 0, "pending": 0}.items():
        expect(page.locator(f"#count-{outcome}")).to_have_text(str(count))
    expect(staff_desk.row("Quiet Cove", "Skipped")).to_be_visible()
    assert StatementRun.objects.get().state == "finished"
    assert sorted(Message.objects.values_list("channel", "state")) == [("email", "sent"), ("letter", "sent")]


def test_a_file_is_uploaded_checked_and_stored_in_the_background(staff_desk: Desk, product: Product) -> None:
    open_company()
    page = staff_desk.page
    staff_desk.open("/admin/customers/importjob/add/", "Import receivables")
    upload = FilePayload(name="receivables.csv", mimeType="text/csv", buffer=FILE.encode())
    staff_desk.field("Files").set_input_files(upload)
    staff_desk.press("Upload", "Import")

    page.get_by_role("button", name="Check: dry run").click()
    expect(page.get_by_role("button", name="Store 5 rows")).to_be_visible()
    staff_desk.arrive("Import")
    expect(staff_desk.row("Invoices", "2")).to_be_visible()
    assert not Customer.objects.exists()

    page.get_by_role("button", name="Store 5 rows").click()
    state = page.locator("#progress").get_by_role("status")
    expect(state).to_have_text("Waiting")
    staff_desk.arrive("Import")
    product.start("worker")
    expect(state).to_have_text("Stored")
    staff_desk.arrive("Import")

    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "100")
    assert list(Customer.objects.order_by("number").values_list("number", flat=True)) == ["007", "008"]
    assert list(Invoice.objects.order_by("number").values_list("number", "balance")) == [
        ("F-1", 7_550),
        ("K-1", 7_000),
    ]
    assert Payment.objects.get().amount == 5_000
