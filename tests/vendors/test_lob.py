"""Letters by Lob: each kind of answer, and what becomes of the letter."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from customers.errors import Refused
from customers.models import Customer, Event
from notifications.channels.letter.paper import check_address, file_problem, sheets, state_code
from notifications.delivering import (
    ask_vendor,
    cancel_messages,
    deliver_batch,
    send_again,
    stop_letters,
    sweep_stale,
    want_stopped,
)
from notifications.models import Message, VendorAccount
from notifications.runs import RunRequest, cancel_run, plan_run, progress_of, start_run
from notifications.sending import send_statement
from notifications.wire import describe_message
from statements.models import IssuedStatement
from statements.statement import Options
from statements.tasks import render_statements
from tests.vendors.conftest import fresh, paper
from tests.vendors.lob_server import LobServer
from tests.vendors.server import always, each_fifth, first, free_port

pytestmark = pytest.mark.django_db

Reader = Callable[..., Customer]
Post = Callable[..., Message]


@pytest.fixture
def post(lob: LobServer, reader: Reader, options: Options, now: datetime) -> Post:
    """Sends one letter as the API does and returns its row."""

    def send(name: str = "", **values: Any) -> Message:
        [row] = send_statement(customer=reader(name, **values), channel="letter", options=options, now=now)
        return row

    return send


@pytest.fixture
def run_of_letters(lob: LobServer, reader: Reader) -> Callable[[int], Any]:
    """Hands over the letters of a run of so many."""

    def start(count: int) -> Any:
        for _ in range(count):
            reader()
        present = datetime.now(UTC)
        run, _ = start_run(request=RunRequest(type="open_item", channel="letter"), now=present)
        plan_run(run_id=run.pk, now=present)
        render_statements()
        deliver_batch(channel="letter", now=datetime.now(UTC))
        return run

    return start


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


@pytest.mark.parametrize(
    ("pdf", "code"),
    [
        (paper(595, 842), "invalid_file_dimensions"),
        (b"no pdf at all", "invalid_file"),
        (b"%PDF-1.4" + b"0" * 5 * 1024 * 1024, "file_size_exceeds_limit"),
    ],
)
def test_what_lob_cannot_print_never_leaves(
    post: Post, lob: LobServer, monkeypatch: pytest.MonkeyPatch, pdf: bytes, code: str
) -> None:
    monkeypatch.setattr("statements.issuing.issued_pdf", lambda issued: pdf)
    monkeypatch.setattr("statements.issuing.page_count", lambda content: 1)

    row = post()

    assert (row.state, row.reason, row.error_code) == ("failed", "document", code)
    assert lob.orders == 0
    assert file_problem(pdf) is not None


@pytest.mark.parametrize(
    ("country", "pages", "state"),
    [("US", 118, "sent"), ("US", 120, "failed"), ("DE", 10, "sent"), ("DE", 12, "failed")],
)
def test_an_envelope_holds_sixty_sheets_and_six_abroad(
    post: Post, lob: LobServer, monkeypatch: pytest.MonkeyPatch, country: str, pages: int, state: str
) -> None:
    monkeypatch.setattr("statements.issuing.page_count", lambda content: pages)

    assert post(country=country).state == state
    assert len(lob.letters) == (state == "sent")


def test_sheets_are_counted_as_they_are_printed() -> None:
    assert [sheets(pages) for pages in (1, 2, 3)] == [2, 2, 3]
    assert sheets(3, blank_page=False) == 2
    assert sheets(3, double_sided=False) == 4


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"address1": "x" * 65}, "address1"),
        ({"address2": "x" * 65}, "address2"),
        ({"city": "x" * 201}, "city"),
        ({"state": "Atlantis"}, "state"),
        ({"postal_code": "1234"}, "postal_code"),
        ({"postal_code": "12345-67"}, "postal_code"),
    ],
)
def test_an_address_that_would_come_back_is_refused_by_name(
    lob: LobServer, reader: Reader, options: Options, now: datetime, changes: Any, param: str
) -> None:
    with pytest.raises(Refused) as refusal:
        send_statement(customer=reader(**changes), channel="letter", options=options, now=now)

    assert refusal.value.param == param
    assert not Message.objects.exists()
    assert lob.orders == 0


def test_an_address_abroad_has_its_state_beside_the_city(post: Post, lob: LobServer) -> None:
    post(country="CA", city="Toronto", state="ON", postal_code="M5V 2T6")

    fields = lob.letters[0]["fields"]
    assert (fields["to[address_city]"], fields["to[address_zip]"]) == ("Toronto ON", "M5V 2T6")
    assert "to[address_state]" not in fields


def test_a_territory_is_at_home(post: Post, lob: LobServer) -> None:
    post(country="PR", city="San Juan", state="", postal_code="00901")

    fields = lob.letters[0]["fields"]
    assert (fields["to[address_country]"], fields["to[address_state]"]) == ("US", "PR")


def test_states_may_be_written_out_and_streets_abroad_may_be_long() -> None:
    assert [state_code(text) for text in ("TX", "tx", "New  York", "D.C.", "AE", "Bavaria")] == [
        "TX", "TX", "NY", "DC", "AE", None,
    ]  # fmt: skip
    check_address({"country": "DE", "address1": "x" * 200, "city": "Bremen", "postal_code": "28195"})


def test_the_letters_of_a_run_wait_an_hour_so_that_a_wrong_run_can_be_stopped(
    run_of_letters: Any, lob: LobServer
) -> None:
    run = run_of_letters(3)
    rows = Message.objects.filter(run=run)
    assert {row.state for row in rows} == {"sent"}
    dates = [datetime.fromisoformat(letter["send_date"]) for letter in lob.letters]
    assert all(timedelta(minutes=59) < date - datetime.now(UTC) < timedelta(minutes=61) for date in dates)

    assert cancel_run(run=run, now=datetime.now(UTC))
    assert stop_letters(now=datetime.now(UTC)) == 3

    assert {row.state for row in rows.all()} == {"canceled"}
    assert lob.copies == {}
    assert progress_of(run).skip_reasons == {"canceled": 3}
    assert Event.objects.filter(type="letter.failed").count() == 3
    assert {describe_message(row)["state"] for row in rows.all()} == {"canceled"}


def test_without_a_window_the_letters_of_a_run_go_at_once(
    run_of_letters: Any, lob: LobServer, settings: Any
) -> None:
    settings.LETTER_CANCEL_SECONDS = 0

    run_of_letters(1)

    assert lob.letters[0]["send_date"] is None


@pytest.mark.parametrize("fault", ["reset before", "reset after", "500 before", "429", "time-out after"])
def test_taking_a_letter_back_is_tried_until_it_is_known(post: Post, lob: LobServer, fault: str) -> None:
    row, present = post(), datetime.now(UTC)
    lob.orders, lob.script = 0, first(fault)
    assert want_stopped(messages=Message.objects.all(), now=present) == 1

    stop_letters(now=present)
    assert fresh(row).state == "sent"
    stop_letters(now=present + timedelta(seconds=30))

    assert fresh(row).state == "canceled"
    assert lob.copies == {}


def test_a_letter_in_print_cannot_be_taken_back(post: Post, lob: LobServer) -> None:
    row, present = post(), datetime.now(UTC)
    lob.printing = True
    want_stopped(messages=Message.objects.all(), now=present)

    stop_letters(now=present)
    stop_letters(now=present + timedelta(minutes=1))

    row = fresh(row)
    assert (row.state, row.cancel_wanted_at) == ("sent", None)
    assert lob.orders == 2
    assert "cannot be stopped any more" in row.message_events.get(type="resolved").data["act"]
    assert want_stopped(messages=Message.objects.all(), now=present) == 0


def test_an_unclear_letter_that_nobody_wants_any_more_is_looked_up_not_repeated(
    run_of_letters: Any, lob: LobServer
) -> None:
    lob.script = first("reset after")
    run = run_of_letters(1)
    row = Message.objects.get()
    assert row.state == "unknown"
    cancel_run(run=run, now=datetime.now(UTC))

    ask_vendor(channel="letter", now=datetime.now(UTC) + timedelta(minutes=1))
    stop_letters(now=datetime.now(UTC) + timedelta(minutes=2))

    assert fresh(row).state == "canceled"
    assert lob.copies == {}


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


def test_waiting_letters_are_canceled_without_a_word_to_lob(
    lob: LobServer, reader: Reader, options: Options, now: datetime
) -> None:
    rows = send_statement(customer=reader(), channel="letter", options=options, now=now, deliver=False)

    assert cancel_messages(messages=rows, now=now) == 1
    assert lob.orders == 0


def test_a_letter_without_an_address_in_the_united_states_is_not_sent_for_the_company(
    lob: LobServer, reader: Reader, options: Options, now: datetime, company: Any
) -> None:
    company.country = "DE"
    company.save()

    with pytest.raises(Refused, match="United States"):
        send_statement(customer=reader(), channel="letter", options=options, now=now)
    assert not Message.objects.exists()


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
