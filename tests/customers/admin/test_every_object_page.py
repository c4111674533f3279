"""Every page about one row, as every role, for a row that is theirs and one that is not.

The demo company has a row of everything; half of its customers belong to the account manager. Pages are found
in the URL resolver, so a new one is walked without being named here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.core.management import call_command
from django.db.models import Max, Model
from django.test import Client, TestCase
from django.urls import URLPattern, URLResolver, reverse

from customers.models import Charge, Customer, Role, User
from statements.models import IssuedStatement
from tests.desk import at_desk, staff

# Pages whose id names another kind of row than the model they are registered with.
ABOUT: dict[str, type[Model]] = {
    "customers_charge_settle": Charge,
    "customers_charge_return": Charge,
    "statements_issuedstatement_preview": Customer,
    "statements_issuedstatement_preview_pdf": Customer,
    "statements_issuedstatement_customer_link": Customer,
    "statements_issuedstatement_preview_facts": Customer,
    "notifications_message_send": Customer,
    "notifications_message_look": Customer,
    "notifications_message_send_again": IssuedStatement,
    "notifications_message_look_again": IssuedStatement,
}
# What else an address names beside the row.
MORE: dict[str, dict[str, str]] = {
    "statements_issuedstatement_facts": {"kind": "json"},
    "statements_issuedstatement_preview_facts": {"kind": "csv"},
    "notifications_message_act": {"act": "cancel"},
    "notifications_message_simulate": {"news": "opened"},
    "notifications_statementrun_act": {"act": "cancel"},
}
OURS = ("customers", "statements", "notifications")
# Pages about settings and the whole company: an account manager has no part in them, whoever owns what.
WHOLE_COMPANY = {
    "apikey", "user", "company", "importjob", "requestlog", "statementrun", "statementschedule",
    "webhookendpoint", "messagetemplate", "cadence", "item", "taxrate", "signuppage",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """An address of the back office that takes one id."""

    name: str
    kwarg: str
    model: type[Model]
    more: Mapping[str, str]

    def of(self, row: Model) -> str:
        return reverse(f"admin:{self.name}", kwargs={self.kwarg: row.pk, **self.more})


def pages() -> Iterator[Page]:
    for entry in admin.site.get_urls():
        patterns = entry.url_patterns if isinstance(entry, URLResolver) else [entry]
        for pattern in patterns:
            if isinstance(pattern, URLPattern) and (page := _page(pattern)):
                yield page


def _page(pattern: URLPattern) -> Page | None:
    if pattern.name is None:
        return None
    more = MORE.get(pattern.name, {})
    names = [name for name in pattern.pattern.converters if name not in more]
    if names not in (["pk"], ["object_id"]):
        return None
    label, model_name, *_ = pattern.name.split("_")
    return Page(pattern.name, names[0], ABOUT.get(pattern.name) or apps.get_model(label, model_name), more)


def path_to_customer(model: type[Model]) -> str | None:
    """How a row leads to its customer; None where it has none."""
    if model is Customer:
        return "pk"
    try:
        model._meta.get_field("customer")
    except FieldDoesNotExist:
        return None
    return "customer"


def everything() -> dict[str, tuple[int, Any]]:
    """How many rows each table has, and when one was changed last."""
    models = [model for model in apps.get_models() if model._meta.app_label in OURS]
    return {
        model._meta.label: (
            model._default_manager.count(),
            model._default_manager.aggregate(last=Max("updated_at"))["last"]
            if any(field.name == "updated_at" for field in model._meta.fields)
            else None,
        )
        for model in models
    }


class EveryObjectPageTests(TestCase):
    users: ClassVar[dict[str, User]]
    mine: ClassVar[set[int]]

    @classmethod
    def setUpTestData(cls) -> None:
        call_command("load_demo", customers=24, now="2026-03-31T17:00:00Z", verbosity=0)
        cls.users = {role: staff(f"Walker {role}", role=role) for role in Role.values}
        cls.mine = set(Customer.objects.order_by("pk").values_list("pk", flat=True)[::2])
        Customer.objects.update(owner=None)
        Customer.objects.filter(pk__in=cls.mine).update(owner=cls.users[Role.ACCOUNT_MANAGER])

    def rows(self, page: Page) -> dict[str, Any]:
        """A row of a customer of the account manager's, and one of somebody else's."""
        path, found = path_to_customer(page.model), page.model._default_manager.order_by("pk")
        if path is None:
            return {"any": found.first()}
        return {
            "mine": found.filter(**{f"{path}__in": self.mine}).first(),
            "not mine": found.exclude(**{f"{path}__in": self.mine}).first(),
        }

    def walk(self, role: str, method: str) -> dict[tuple[str, str], int]:
        """The status of every page for a role; "there is no such row" counts as 404 in either form."""
        desk, statuses = at_desk(self.users[role]), {}
        for page in pages():
            for whose, row in self.rows(page).items():
                if row is not None:
                    answer = getattr(desk, method)(page.of(row))
                    gone = answer.status_code == 302 and answer["Location"] == reverse("admin:index")
                    statuses[page.name, whose] = 404 if gone else answer.status_code
        return statuses

    def test_no_page_fails_for_any_role(self) -> None:
        for role in Role.values:
            statuses = self.walk(role, "get")

            assert len(statuses) > 100, "the walk has lost its way"
            assert {key: status for key, status in statuses.items() if status >= 500} == {}, role

    def test_what_is_not_theirs_is_not_there_for_account_managers(self) -> None:
        for method in ("get", "post"):
            statuses = self.walk(Role.ACCOUNT_MANAGER, method)

            strange = {key: status for key, status in statuses.items() if key[1] == "not mine"}
            assert len(strange) > 30
            assert {key: status for key, status in strange.items() if status not in (403, 404)} == {}, method

    def test_account_managers_have_no_part_in_the_whole_company(self) -> None:
        statuses = self.walk(Role.ACCOUNT_MANAGER, "post")

        open_ones = {
            name: status
            for (name, _), status in statuses.items()
            if name.split("_")[1] in WHOLE_COMPANY and status not in (302, 403, 404, 405)
        }
        assert open_ones == {}

    def test_who_may_only_read_changes_nothing(self) -> None:
        before = everything()

        statuses = self.walk(Role.READ_ONLY, "post")

        # Pages that only show answer a sent form by showing themselves again.
        showing = ("_change", "_delete", "_history", "_preview", "_pdf", "_progress", "_mail", "_document")
        acting = {key: status for key, status in statuses.items() if not key[0].endswith(showing)}
        assert len(acting) > 20
        assert {key: status for key, status in acting.items() if status not in (302, 403, 404, 405)} == {}
        assert everything() == before

    def test_their_own_customers_are_open_to_account_managers(self) -> None:
        statuses = self.walk(Role.ACCOUNT_MANAGER, "get")

        for name in ("customers_customer_change", "customers_invoice_change", "customers_payment_change"):
            assert statuses[name, "mine"] == 200


@pytest.mark.parametrize("page", sorted({page.name for page in pages()}))
def test_nobody_comes_in_without_a_login(client: Client, db: None, page: str) -> None:
    known = {entry.name: entry for entry in pages()}[page]

    answer = client.get(reverse(f"admin:{page}", kwargs={known.kwarg: 1, **known.more}))

    assert answer.status_code in (302, 404)
    assert answer.status_code == 404 or "/admin/login" in answer["Location"]
