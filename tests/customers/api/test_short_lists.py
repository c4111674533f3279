"""Lists that hold little or nothing, with everything a list has."""

from collections.abc import Callable

import pytest

from customers.models import Role, User
from tests.customers.api.conftest import Wire


@pytest.mark.parametrize("path", ["/estimates", "/plans", "/subscriptions"])
def test_streams_of_what_is_not_here_are_empty_lists(wire: Wire, path: str) -> None:
    listed = wire.read(path, sort="updated_at ASC", updated_after=5, page=1, per_page=100)

    assert (listed.status, listed.json, listed.headers["X-Total-Count"]) == (200, [], "0")
    assert 'rel="self"' in listed.headers["Link"]
    assert 'rel="last"' in listed.headers["Link"]
    assert wire.create(path, name="X").refusal == (405, None)
    assert wire.read(f"{path}/1").refusal == (404, None)


def test_disabled_payment_methods_are_objects_with_ids(wire: Wire) -> None:
    methods = ["cash", "paypal"]
    first = wire.create("/customers", name="Acme", disabled_payment_methods=methods)["id"]
    second = wire.create("/customers", name="Bolt", disabled_payment_methods=["cash"])["id"]

    listed = wire.read(f"/customers/{first}/disabled_payment_methods")
    other = wire.read(f"/customers/{second}/disabled_payment_methods")

    assert [row["method"] for row in listed.json] == methods
    assert {row["object"] for row in listed.json} == {"disabled_payment_method"}
    ids = [row["id"] for row in [*listed.json, *other.json]]
    assert all(isinstance(pk, int) for pk in ids)
    assert len(set(ids)) == 3
    assert listed.headers["X-Total-Count"] == "2"
    assert (
        wire.read(f"/customers/{first}/disabled_payment_methods", per_page=1, page=2).json == listed.json[1:]
    )


def test_who_may_pay_in_every_way_has_an_empty_list(wire: Wire, acme: int) -> None:
    listed = wire.read(f"/customers/{acme}/disabled_payment_methods")

    assert (listed.json, listed.headers["X-Total-Count"]) == ([], "0")


def test_documents_have_no_files(wire: Wire, acme: int) -> None:
    items = [{"name": "Paper", "unit_cost": 1}]
    for collection in ("invoices", "credit_notes"):
        pk = wire.create(f"/{collection}", customer=acme, items=items)["id"]

        asked = wire.read(f"/{collection}/{pk}/attachments")
        # One official client asks with a POST.
        posted = wire.send("POST", f"/{collection}/{pk}/attachments")

        for answer in (asked, posted):
            assert (answer.status, answer.json, answer.headers["X-Total-Count"]) == (200, [], "0")
        assert wire.read(f"/{collection}/999/attachments").refusal == (404, None)


def test_strangers_have_no_list(wire_as: Callable[..., Wire], acme: int) -> None:
    jan = User.objects.create(username="jan", role=Role.ACCOUNT_MANAGER)
    manager = wire_as(Role.ACCOUNT_MANAGER, jan)

    for pk in (acme, 999):
        answer = manager.read(f"/customers/{pk}/disabled_payment_methods")
        assert answer.refusal == (404, None)
        assert answer.headers["X-Total-Count"] == "0"
