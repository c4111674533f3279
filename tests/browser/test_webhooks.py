"""An integrator's endpoint is set up, watched and mended."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customers.ledger.accounts import create_customer
from notifications.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from notifications.webhooks_out.endpoints import switch_off
from tests.browser.desk import Desk
from tests.browser.receivables import open_company

pytestmark = pytest.mark.browser


def test_a_webhook_is_set_up_and_mended_when_it_failed(staff_desk: Desk) -> None:
    open_company()
    page = staff_desk.page
    staff_desk.open("/admin/notifications/webhookendpoint/", "Webhooks")
    staff_desk.open("/admin/notifications/webhookendpoint/add/", "New webhook")
    staff_desk.field("Address").fill("https://hooks.example.com:25/")
    staff_desk.press("Save", "New webhook")
    expect(page.get_by_text("The port must be 443, 80 or one from 8000 to 8999.")).to_be_visible()

    staff_desk.field("Address").fill("https://hooks.example.com/duebook")
    page.get_by_label("Customers", exact=True).check()
    staff_desk.press("Save", "Secret of the webhook")
    endpoint = WebhookEndpoint.objects.get()
    expect(page.locator("#secret")).to_have_text(re.compile(r"[\w-]{43}"))
    staff_desk.follow("Done", "Webhook")
    expect(page.get_by_text("Nothing was sent yet.")).to_be_visible()

    _fail(endpoint)
    staff_desk.open("/admin/", "Dashboard")
    expect(page.get_by_role("alert")).to_contain_text("hooks.example.com was switched off")
    staff_desk.follow("hooks.example.com", "Webhook")
    expect(staff_desk.row("customer.created", "Given up", "No answer within 30 seconds.")).to_be_visible()
    staff_desk.field("Switched on").check()
    staff_desk.press("Save", "Webhook")
    page.get_by_role("button", name="Send customer.created").click()
    staff_desk.arrive("Webhook")

    assert WebhookDelivery.objects.get().state == "queued"
    expect(page.get_by_role("status").first).to_have_text("On")


def _fail(endpoint: WebhookEndpoint) -> None:
    create_customer(values={"name": "Blue Anchor"}, now=timezone.now())
    delivery = WebhookDelivery.objects.get()
    WebhookAttempt.objects.create(
        delivery=delivery, number=1, started_at=timezone.now(), error="No answer within 30 seconds."
    )
    WebhookDelivery.objects.update(state="failed", attempt=48)
    switch_off(endpoint_id=endpoint.pk, reason="It did not answer for two days.", now=timezone.now())
