"""The sync tool from its package, in an environment of its own: full and incremental runs, under change."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.utils import timezone

from customers.ledger.accounts import create_customer, update_customer
from customers.models import Customer
from tests.wire.calls import Caller
from tests.wire.house import furnish
from tests.wire.passing import door_to
from tests.wire.syncing import Harvest, Tap, tap_environment, whole_catalog

STREAMS = {"credit_notes", "customers", "estimates", "invoices", "plans", "subscriptions"}
NONE_HERE = {"estimates", "plans", "subscriptions"}
PAGE = 100


@pytest.fixture(scope="session")
def tap_python(pytestconfig: pytest.Config) -> Path:
    """Kept in pytest's own cache from run to run."""
    assert pytestconfig.cache is not None
    return tap_environment(pytestconfig.cache.mkdir("tap-invoiced"))


@pytest.fixture(scope="session")
def catalog(tap_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return whole_catalog(tap_python, tmp_path_factory.mktemp("tap"))


@pytest.fixture
def tap(tap_python: Path, catalog: Any, tmp_path: Path, caller: Caller) -> Tap:
    return Tap(tap_python, catalog, tmp_path, caller.key)


def create_customers(*names: str) -> list[Customer]:
    return [create_customer(values={"name": name}, now=timezone.now()) for name in names]


def wait_for_the_next_second() -> None:
    """The tool remembers whole seconds."""
    begun = int(time.time())
    while int(time.time()) == begun:
        time.sleep(0.02)


def assert_valid(harvest: Harvest) -> None:
    for stream, records in harvest.records.items():
        for record in records:
            jsonschema.validate(record, harvest.schemas[stream], jsonschema.Draft4Validator)
            assert record["created_at"] <= record["updated_at"]


def test_a_full_run_reads_everything_as_its_schemas_say(tap: Tap, caller: Caller) -> None:
    house = furnish(caller, sent=False)
    rich = house.first("customers")
    caller.change(
        f"/customers/{rich}", taxes=[house.first("tax_rates")], metadata={"a": [1]}, credit_limit=99.5
    )

    harvest = tap.sync(caller.url)

    assert harvest.status == 0, harvest.log
    assert harvest.schemas.keys() == STREAMS
    assert {stream for stream in STREAMS if harvest.records[stream]} == STREAMS - NONE_HERE
    assert_valid(harvest)
    for stream in STREAMS - NONE_HERE:
        rows = caller.read(f"/{stream}").json
        assert {record["id"] for record in harvest.records[stream]} == {row["id"] for row in rows}
        newest = max(row["updated_at"] for row in rows)
        assert harvest.state["bookmarks"][stream] == {"updated_at": newest}
    (shown,) = (record for record in harvest.records["customers"] if record["id"] == rich)
    assert (shown["credit_limit"], shown["metadata"]) == (99.5, {"a": "[1]"})
    assert shown["taxes"][0]["id"] == house.first("tax_rates")


def test_an_incremental_run_reads_what_changed_since(tap: Tap, caller: Caller) -> None:
    old, changed = create_customers("Old", "Changed")
    first = tap.sync(caller.url)
    wait_for_the_next_second()
    caller.change(f"/customers/{changed.pk}", name="Changed again")
    create_customers("New")

    second = tap.sync(caller.url, first.state)

    assert (first.status, second.status) == (0, 0), second.log
    assert first.names("customers") == ["Old", "Changed"]
    # Rows of the remembered second itself may come again: none of them can be left out.
    assert second.names("customers")[-2:] == ["Changed again", "New"]
    third = tap.sync(caller.url, second.state)
    assert "Old" not in third.names("customers")
    assert (
        third.state["bookmarks"]["customers"]["updated_at"]
        >= Customer.objects.get(pk=old.pk).updated_at.timestamp()
    )


def test_nothing_is_lost_while_rows_change_between_pages(tap: Tap, caller: Caller) -> None:
    names = [f"Customer {number:03}" for number in range(2 * PAGE + 50)]
    rows = create_customers(*names)

    def disturb(path: str) -> None:
        """The first page has been read: its rows move to the end, one is deleted, new ones come."""
        if path.startswith("/customers?") and "page=2&" in f"{path}&":
            for row in rows[:20]:
                update_customer(customer=row, changes={"name": f"{row.name} moved"}, now=timezone.now())
            Customer.objects.filter(pk=rows[30].pk).delete()
            create_customers("New one", "New two")

    with door_to(caller.url) as door:
        door.before = disturb
        full = tap.sync(door.url)
        incremental = tap.sync(door.url, full.state)

    assert (full.status, incremental.status) == (0, 0), full.log + incremental.log
    seen = set(full.names("customers"))
    assert set(names) <= seen, sorted(set(names) - seen)
    latest = {
        record["id"]: record["name"] for run in (full, incremental) for record in run.records["customers"]
    }
    for pk, name in Customer.objects.values_list("pk", "name"):
        assert latest[pk] == name
    pages = [path for path in door.asked if path.startswith("/customers?")]
    assert len(pages) >= 3
    assert all("sort=updated_at%20ASC" in path for path in pages)


def test_rows_of_one_second_are_not_lost_at_a_page_boundary(tap: Tap, caller: Caller) -> None:
    names = [f"Customer {number:03}" for number in range(PAGE + 5)]
    create_customers(*names)
    Customer.objects.update(updated_at=timezone.now().replace(microsecond=0))

    harvest = tap.sync(caller.url)

    assert sorted(harvest.names("customers")) == names


def test_a_key_that_is_not_valid_ends_it_at_once(tap: Tap, caller: Caller) -> None:
    begun = time.monotonic()

    refused = replace(tap, key="revoked").sync(caller.url)

    assert refused.status != 0
    assert "(401)" in refused.log
    assert time.monotonic() - begun < 20  # a server error would have been tried again for half a minute
    assert not refused.records
