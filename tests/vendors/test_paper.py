"""What fits on an address label and into an envelope, and what never leaves because it does not."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from customers.errors import Refused
from customers.models import Customer
from notifications.channels.letter.paper import check_address, file_problem, sheets, state_code
from notifications.looking_ahead import Draft, look_ahead
from notifications.models import Message, VendorAccount
from notifications.sending import send_statement
from statements.building import build_statement
from statements.statement import Options
from tests.vendors.conftest import paper
from tests.vendors.lob_server import LobServer

pytestmark = pytest.mark.django_db

Reader = Callable[..., Customer]
Post = Callable[..., Message]


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


def test_who_is_to_open_a_letter_stands_below_the_name(post: Post, lob: LobServer) -> None:
    post(name="Acme", attention_to="Wilhelmina Fitzgerald-Montgomery, Deputy Director")
    post(name="Bolt")

    first, second = (letter["fields"] for letter in lob.letters)
    assert (first["to[name]"], first["to[company]"]) == ("Acme", "Attn: Wilhelmina Fitzgerald-Montgomery,")
    assert "to[company]" not in second


def test_a_territory_is_at_home(post: Post, lob: LobServer) -> None:
    post(country="PR", city="San Juan", state="", postal_code="00901")

    fields = lob.letters[0]["fields"]
    assert (fields["to[address_country]"], fields["to[address_state]"]) == ("US", "PR")


def test_states_may_be_written_out_and_streets_abroad_may_be_long() -> None:
    assert [state_code(text) for text in ("TX", "tx", "New  York", "D.C.", "AE", "Bavaria")] == [
        "TX", "TX", "NY", "DC", "AE", None,
    ]  # fmt: skip
    check_address({"country": "DE", "address1": "x" * 200, "city": "Bremen", "postal_code": "28195"})


def test_a_letter_without_an_address_in_the_united_states_is_not_sent_for_the_company(
    lob: LobServer, reader: Reader, options: Options, now: datetime, company: Any
) -> None:
    company.country = "DE"
    company.save()

    with pytest.raises(Refused, match="United States"):
        send_statement(customer=reader(), channel="letter", options=options, now=now)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("printed", "country", "pages", "told", "stops"),
    [
        ({}, "US", 10, "Costs one letter of 6 sheets: 10 pages on both sides and the address page.", False),
        (
            {"double_sided": False, "address_placement": "top_first_page"}, "US", 10,
            "Costs one letter of 10 sheets: 10 pages on one side. It needs a large envelope", False,
        ),
        ({"double_sided": False}, "US", 100, "101 sheets are more than an envelope holds (60).", True),
        ({}, "DE", 10, "Costs one letter of 6 sheets", False),
        ({}, "DE", 12, "7 sheets are more than an envelope abroad holds (6).", True),
    ],
)  # fmt: skip
def test_what_a_letter_costs_is_told_by_how_it_is_printed_and_where_it_goes(
    lob: LobServer,
    reader: Any,
    options: Options,
    now: datetime,
    printed: Any,
    country: str,
    pages: int,
    told: str,
    stops: bool,
) -> None:
    VendorAccount.objects.filter(channel="letter").update(settings=printed)
    customer = reader(country=country)
    statement = build_statement(customer=customer, options=options, now=now)

    ahead = look_ahead(draft=Draft("letter"), statement=statement, customer=customer, pages=pages, now=now)

    [hint] = ahead.hints
    assert hint.text.startswith(told)
    assert hint.stops is stops
