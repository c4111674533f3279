"""Letters by Lob: each kind of answer, and what becomes of the letter."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from customers.models import Customer
from notifications.delivering import (
    ask_vendor,
    deliver_batch,
    send_again,
    sweep_stale,
)
from notifications.models import Message, VendorAccount
from notifications.sending import send_statement
from notifications.wire import describe_message
from statements.models import IssuedStatement
from statements.statement import Options
from statements.tasks import render_statements
from tests.vendors.conftest import fresh
from tests.vendors.lob_server import LobServer
from tests.vendors.server import always, each_fifth, first, free_port

pytestmark = pytest.mark.django_db

Reader = Callable[..., Customer]
Post = Callable[..., Message]


def test_a_letter_is_handed_over_with_everything_lob_needs(post: Post, lob: LobServer) -> None:
    row = post("Acme", address2="Floor 2", state="Massachusetts")

    [letter] = lob.letters
    fields = letter["fields"]
    assert (row.state, row.vendor, row.vendor_id) == ("sent", "lob", letter["id"])
    assert row.expected_delivery_date == date(2026, 8, 14)
    assert {name: fields[f"to[{name}]"] for name in ("name", "address_line2", "address_state")} == {
        "name": "Acme", "address_line2": "Floor 2", "address_state": "MA",
    }  # fmt: skip
    assert (fields["from[name]"], fields["from[address_country]"]) == ("Harbour Supplies", "US")
    assert fields["use_type"] == "operational"
    assert fields["address_placement"] == "insert_blank_page"
    assert fields["metadata[delivery]"] == row.public_id
    assert list(lob.by_key) == [f"del-{row.public_id}"]
    assert letter["send_date"] is None
    assert describe_message(row)["num_pages"] == 2


def test_options_of_the_vendor_are_printed_by(post: Post, lob: LobServer) -> None:
    VendorAccount.objects.update(
        settings={"address_placement": "top_first_page", "color": True, "return_envelope": True}
    )

    post()

    fields = lob.letters[0]["fields"]
    assert (fields["address_placement"], fields["color"]) == ("top_first_page", "true")
    assert (fields["return_envelope"], fields["perforated_page"]) == ("true", "1")


@pytest.mark.parametrize(
    "fault",
    [
        "reset before", "500 before", "503 before", "reset after", "time-out after", "500 after", "garbage",
        "cut", "slow",
    ],
)  # fmt: skip
def test_an_unclear_letter_is_repeated_under_its_key_and_printed_once(
    post: Post, lob: LobServer, now: datetime, fault: str
) -> None:
    lob.script = first(fault)
    row = post()
    assert row.state == "unknown"
    assert describe_message(row)["state"] == "queued"

    ask_vendor(channel="letter", now=now + timedelta(seconds=15))

    assert fresh(row).state == "sent"
    assert lob.copies == {row.public_id: 1}
    assert len({request.headers["Idempotency-Key"] for request in lob.requests[1:]}) == 1
    bodies = [request.body.split(b"\r\n", 1)[1] for request in lob.requests[1:] if request.method == "POST"]
    assert len(bodies) == 2


def test_a_letter_of_a_worker_that_died_is_repeated_under_its_key(
    post: Post, lob: LobServer, now: datetime
) -> None:
    row = post()
    dead = {"state": "sending", "vendor": "", "vendor_id": "", "sent_at": None, "lease_token": "dead"}
    Message.objects.filter(pk=row.pk).update(**dead, lease_until=now - timedelta(days=999))

    sweep_stale(now=now)
    ask_vendor(channel="letter", now=now)

    assert fresh(row).state == "sent"
    assert lob.copies == {row.public_id: 1}


def test_when_lob_has_forgotten_the_key_the_letter_is_looked_up_and_never_repeated(
    post: Post, lob: LobServer, now: datetime
) -> None:
    lob.script, lob.keeps_keys = first("reset after"), False
    row = post()
    Message.objects.update(first_tried_at=datetime.now(UTC) - timedelta(hours=21))

    ask_vendor(channel="letter", now=now + timedelta(seconds=15))

    assert (fresh(row).state, fresh(row).vendor_id) == ("sent", lob.letters[0]["id"])
    assert lob.orders == 1


def test_an_unclear_letter_that_our_rules_forbid_meanwhile_is_looked_up(
    post: Post, lob: LobServer, now: datetime
) -> None:
    lob.script = first("reset after")
    row = post()
    IssuedStatement.objects.update(page_count=100)
    VendorAccount.objects.filter(channel="letter").update(settings={"double_sided": False})

    ask_vendor(channel="letter", now=now + timedelta(seconds=15))

    assert (fresh(row).state, fresh(row).vendor_id) == ("sent", lob.letters[0]["id"])
    assert lob.orders == 1


def test_a_letter_that_is_nowhere_when_the_key_is_over_waits_for_staff(
    post: Post, lob: LobServer, now: datetime
) -> None:
    lob.script = always("500 before")
    row = post()
    ask_vendor(channel="letter", now=now + timedelta(seconds=15))
    Message.objects.update(first_tried_at=datetime.now(UTC) - timedelta(hours=21))

    ask_vendor(channel="letter", now=now + timedelta(days=1))
    orders = lob.orders
    ask_vendor(channel="letter", now=now + timedelta(days=2))

    assert (fresh(row).state, fresh(row).ask_at) == ("unknown", None)
    assert lob.orders == orders == 2
    assert lob.letters == []


def test_a_conflict_is_looked_up_before_anything_else(post: Post, lob: LobServer, now: datetime) -> None:
    lob.codes["Twin"] = (409, "conflict")

    row = post("Twin")

    assert (row.state, row.error_code) == ("queued", "conflict")
    assert lob.requests[-1].method == "GET"


@pytest.mark.parametrize(
    ("status", "code", "state", "reason"),
    [
        (422, "failed_deliverability_strictness", "failed", "invalid"),
        (422, "address_length_exceeds_limit", "failed", "invalid"),
        (422, "invalid_file_dimensions", "failed", "document"),
        (422, "unembedded_fonts", "failed", "document"),
        (422, "something_new", "failed", "other"),
        (401, "invalid_api_key", "held", ""),
        (403, "feature_limit_reached", "held", ""),
        (402, "payment_method_unverified", "held", ""),
        (403, "something_new", "held", ""),
        (429, "rate_limit_exceeded", "queued", ""),
        (500, "internal_server_error", "unknown", ""),
        (408, "request_timeout", "unknown", ""),
    ],
)
def test_error_codes_are_judged_by_the_table_and_unknown_ones_by_their_status(
    post: Post, lob: LobServer, status: int, code: str, state: str, reason: str
) -> None:
    lob.codes["Acme"] = (status, code)

    row = post("Acme")

    assert (row.state, row.reason, row.error_code) == (state, reason, code)
    assert lob.letters == []


def test_a_vendor_out_of_reach_is_tried_again(post: Post, lob: LobServer, now: datetime, live: Any) -> None:
    live.LOB_BASE_URL = f"http://127.0.0.1:{free_port()}"
    row = post()
    assert row.state == "queued"
    live.LOB_BASE_URL = lob.url

    deliver_batch(channel="letter", now=now + timedelta(minutes=1))

    assert fresh(row).state == "sent"


def test_a_letter_that_came_to_a_definite_end_is_sent_again_under_another_key(
    post: Post, lob: LobServer, now: datetime
) -> None:
    row = post()
    Message.objects.filter(pk=row.pk).update(state="bounced", bounced_at=now)

    assert send_again(messages=[fresh(row)], now=now) == 1
    deliver_batch(channel="letter", now=now)

    assert list(lob.by_key) == [f"del-{row.public_id}", f"del-{row.public_id}-1"]
    assert fresh(row).vendor_id == lob.letters[1]["id"]


def test_an_unclear_letter_that_staff_send_again_keeps_its_key(
    post: Post, lob: LobServer, now: datetime
) -> None:
    lob.script = first("reset after")
    row = post()

    send_again(messages=[fresh(row)], now=now)
    deliver_batch(channel="letter", now=now)

    assert fresh(row).state == "sent"
    assert lob.copies == {row.public_id: 1}


def test_faults_of_every_kind_on_every_fifth_letter_leave_one_of_each(
    lob: LobServer, reader: Reader, options: Options, now: datetime
) -> None:
    for _ in range(60):
        send_statement(customer=reader(), channel="letter", options=options, now=now, deliver=False)
    while IssuedStatement.objects.exclude(render_state="ready").exists():
        render_statements()
    lob.script = each_fifth()

    present = datetime.now(UTC)
    for second in range(0, 600, 5):
        moment = present + timedelta(seconds=second)
        deliver_batch(channel="letter", now=moment)
        ask_vendor(channel="letter", now=moment)
        if not Message.objects.exclude(state="sent").exists():
            break

    left = Message.objects.exclude(state="sent").values_list("state", "error_code", "error_text", "attempt")
    assert list(left) == []
    assert set(lob.copies.values()) == {1}
    assert len(lob.copies) == 60
