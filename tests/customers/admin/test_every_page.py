"""Every address of the back office, as every role: no fault, and nothing that is not theirs."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver, reverse
from unfold.admin import ModelAdmin

from customers.models import Role
from tests.desk import at_desk, staff
from tests.ledgers import Books

pytestmark = pytest.mark.django_db


def plain_pages() -> Iterator[str]:
    """The names of all pages that need no id."""
    for entry in admin.site.get_urls():
        patterns = entry.url_patterns if isinstance(entry, URLResolver) else [entry]
        for pattern in patterns:
            if isinstance(pattern, URLPattern) and pattern.name and _is_plain(pattern):
                yield pattern.name


def _is_plain(pattern: URLPattern) -> bool:
    return not pattern.pattern.converters and "(?P" not in str(pattern.pattern)


PAGES = sorted(set(plain_pages()) - {"logout", "autocomplete", "view_on_site"})


@pytest.mark.parametrize("role", [value for value, _ in Role.choices])
def test_every_page_answers_every_role(books: Books, role: str) -> None:
    desk, statuses = at_desk(staff("Ro", role=role)), {}

    for name in PAGES:
        statuses[name] = desk.get(reverse(f"admin:{name}")).status_code

    assert {name: status for name, status in statuses.items() if status >= 500 or status == 400} == {}
    assert statuses["customers_customer_changelist"] == 200


def test_every_list_wears_the_theme() -> None:
    plain = [
        str(row._meta.label) for row, page in admin.site._registry.items() if not isinstance(page, ModelAdmin)
    ]

    assert plain == []


def test_what_belongs_to_others_customers_does_not_exist(books: Books) -> None:
    payment = books.pay("2026-03-05", "10", on=[("INV-1", "10")])
    note = books.credit_note("2026-03-06", "CN-1", "5.00")
    desk = at_desk(staff("Max", role="account_manager"))
    hidden = {
        "customers_customer_change": books.customer.pk,
        "customers_invoice_change": books.invoices["INV-1"].pk,
        "customers_payment_change": payment.pk,
        "customers_creditnote_change": note.pk,
        "statements_issuedstatement_preview": books.customer.pk,
        "statements_issuedstatement_preview_pdf": books.customer.pk,
        "notifications_message_send": books.customer.pk,
    }

    statuses = {
        name: desk.get(reverse(f"admin:{name}", args=[pk])).status_code for name, pk in hidden.items()
    }

    assert statuses == dict.fromkeys(hidden, 404)
    assert "INV-1" not in desk.get(reverse("admin:customers_invoice_open_items")).content.decode()
