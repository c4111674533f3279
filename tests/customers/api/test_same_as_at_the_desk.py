"""A role may do the same with a key as at the desk."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from customers.models import Role, User
from tests.customers.api.conftest import Wire, bill
from tests.desk import at_desk

ADMIN = {Role.ADMIN}
FINANCE = {Role.ADMIN, Role.FINANCE}
MANAGER = {*FINANCE, Role.ACCOUNT_MANAGER}

# The call, the page, and who may. Without a body nothing comes of either but where there is nothing to say.
ACTS: list[tuple[str, str, str, set[Role]]] = [
    ("POST /customers", "customers_customer_add", "", FINANCE),
    ("PATCH /customers/{customer}", "customers_customer_edit", "customer", MANAGER),
    ("POST /customers/{customer}/contacts", "customers_customer_edit", "customer", MANAGER),
    ("POST /customers/{customer}/emails", "notifications_message_send", "customer", MANAGER),
    ("POST /notes", "customers_note_add", "", MANAGER),
    ("POST /tasks", "customers_task_add", "", MANAGER),
    ("POST /invoices", "customers_invoice_add", "", FINANCE),
    ("POST /credit_notes", "customers_creditnote_add", "", FINANCE),
    ("POST /payments", "customers_payment_add", "", FINANCE),
    ("POST /credit_balance_adjustments", "customers_creditadjustment_add", "", FINANCE),
    ("POST /tax_rates", "customers_taxrate_add", "", FINANCE),
    ("POST /items", "customers_item_add", "", FINANCE),
    ("POST /chasing_cadences", "customers_cadence_add", "", FINANCE),
    ("POST /sign_up_pages", "customers_signuppage_add", "", FINANCE),
    ("POST /webhooks", "notifications_webhookendpoint_add", "", ADMIN),
    ("POST /invoices/{invoice}/void", "customers_invoice_void", "invoice", FINANCE),
    ("DELETE /invoices/{invoice}", "customers_invoice_remove", "invoice", FINANCE),
    ("DELETE /customers/{customer}", "customers_customer_remove", "customer", FINANCE),
]


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_the_same_with_a_key_as_at_the_desk(
    wire: Wire, wire_as: Callable[..., Wire], role: Role
) -> None:
    someone = User.objects.create(username="jan", role=role, is_staff=True)
    customer = wire.create("/customers", name="Acme", owner=someone.pk)["id"]
    rows: dict[str, Any] = {"customer": customer, "invoice": bill(wire, customer)["id"]}
    key, desk = wire_as(role, someone), at_desk(someone)
    found = {}

    for call, page, about, _ in ACTS:
        method, path = call.split()
        url = reverse(f"admin:{page}", args=[rows[about]] if about else [])
        statuses = desk.post(url).status_code, key.send(method, path.format(**rows), {}).status
        found[call, page] = statuses

    assert {status for pair in found.values() for status in pair} <= {200, 201, 204, 302, 400, 403, 422}
    for call, page, _, roles in ACTS:
        allowed = tuple(status != 403 for status in found[call, page])
        assert allowed == (role in roles, role in roles), (call, page, found[call, page])
