"""Sign-up pages over the wire."""

from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Customer, Event, Role, SignUpPage
from tests.customers.api.conftest import Wire, events


def test_a_sign_up_page_has_its_defaults(wire: Wire) -> None:
    created = wire.create("/sign_up_pages", name="AutoPay")

    assert created.status == 201
    assert created.json | {"id": 0, "created_at": 0, "updated_at": 0} == {
        "id": 0, "object": "sign_up_page", "name": "AutoPay", "type": "autopay", "billing_address": True,
        "shipping_address": False, "header_text": None, "tos_url": None, "thanks_url": None,
        "created_at": 0, "updated_at": 0,
    }  # fmt: skip
    assert wire.read(f"/sign_up_pages/{created['id']}").json == created.json
    assert events() == ["sign_up_page.created"]


def test_a_sign_up_page_is_changed_and_removed(wire: Wire) -> None:
    path = f"/sign_up_pages/{wire.create('/sign_up_pages', name='AutoPay')['id']}"

    changed = wire.change(
        path, type="recurring", header_text="Welcome", tos_url="https://our.example/terms", billing_address=0
    )

    assert (changed["type"], changed["header_text"], changed["billing_address"]) == (
        "recurring", "Welcome", False,
    )  # fmt: skip
    assert changed["tos_url"] == "https://our.example/terms"
    assert wire.change(path, changed.json).json == changed.json
    assert wire.change(path, tos_url="")["tos_url"] is None
    assert wire.remove(path).status == 204
    assert wire.read(path).refusal == (404, None)
    assert events()[-1] == "sign_up_page.deleted"
    assert Event.objects.filter(type="sign_up_page.updated").count() == 2


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"name": ""}, "name"),
        ({"type": "free"}, "type"),
        ({"billing_address": "perhaps"}, "billing_address"),
        ({"tos_url": "our terms"}, "tos_url"),
        ({"tos_url": "javascript:alert(1)"}, "tos_url"),
        ({"thanks_url": "ftp://our.example/thanks"}, "thanks_url"),
        ({"thanks_url": "https://our.example/" + "x" * 500}, "thanks_url"),
    ],
)
def test_a_wrong_page_is_refused(wire: Wire, sent: dict[str, Any], param: str) -> None:
    assert wire.create("/sign_up_pages", {"name": "AutoPay", **sent}).refusal == (400, param)
    assert not SignUpPage.objects.exists()


def test_a_page_in_use_stays(wire: Wire, acme: int) -> None:
    page = wire.create("/sign_up_pages", name="AutoPay")["id"]
    # One official client sends the id as text.
    assert wire.change(f"/customers/{acme}", sign_up_page=str(page))["sign_up_url"]

    assert wire.remove(f"/sign_up_pages/{page}").refusal == (400, None)

    wire.change(f"/customers/{acme}", sign_up_page=None)
    assert wire.remove(f"/sign_up_pages/{page}").status == 204


def test_pages_are_listed_and_belong_to_finance(wire_as: Callable[..., Wire]) -> None:
    finance, manager = wire_as(), wire_as(Role.ACCOUNT_MANAGER)
    finance.create("/sign_up_pages", name="B")
    finance.create("/sign_up_pages", name="A", type="recurring")

    assert [row["name"] for row in finance.read("/sign_up_pages").json] == ["B", "A"]
    assert [row["name"] for row in manager.read("/sign_up_pages", sort="name").json] == ["A", "B"]
    found = finance.read("/sign_up_pages", **{"filter[type]": "recurring"}).json
    assert [row["name"] for row in found] == ["A"]
    assert manager.create("/sign_up_pages", name="C").refusal == (403, None)


def test_the_link_is_withheld_from_keys_that_may_only_read(wire_as: Callable[..., Wire]) -> None:
    finance, reader = wire_as(), wire_as(Role.READ_ONLY)
    page = finance.create("/sign_up_pages", name="AutoPay")["id"]
    pairs = {"sign_up_url": "ours"}
    acme = finance.create("/customers", name="Acme", sign_up_page=page, metadata=pairs)["id"]
    finance.create("/customers", name="Child", parent_customer=acme)
    finance.change(f"/customers/{acme}", sign_up_page=None)
    finance.change(f"/customers/{acme}", sign_up_page=page)

    assert str(finance.read(f"/customers/{acme}")["sign_up_url"]).endswith("/sign_up/" + token_of(acme))
    assert reader.read(f"/customers/{acme}")["sign_up_url"] is None
    assert reader.read(f"/customers/{acme}")["metadata"] == pairs
    for path in ("/customers", "/customers?expand=parent_customer", "/events"):
        assert token_of(acme) in finance.read(path).text
        assert token_of(acme) not in reader.read(path).text


def token_of(customer: int) -> str:
    return Customer.objects.get(pk=customer).sign_up_token
