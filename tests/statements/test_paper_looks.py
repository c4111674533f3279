"""Paper as a company wants it: colour, window, own words, blocks; and texts that are too long for a line."""

from dataclasses import replace
from typing import Any

import pytest

from statements.letterhead import Look
from statements.paper.colours import READABLE, contrast, least_contrast, tint
from statements.paper.measuring import text_width, wrap
from statements.printing import ACCENT, SHEETS, sheet_names
from statements.rendering import render_statement
from statements.samples import FAR, LONG, SAMPLES, SOUTH
from statements.statement import Memo, Statement
from tests.statements.paper_samples import (
    ADDRESSEE,
    EDITION,
    NORTHWIND,
    SENDER,
    balance_forward,
    open_items,
)
from tests.statements.printed import read, text_of, words_of
from tests.statements.test_paper import model_of

MILLIMETRE = 72.0 / 25.4
FAMILY = (NORTHWIND, SOUTH, FAR)


def printed(statement: Statement, **changes: Any) -> bytes:
    return render_statement(
        statement=statement,
        sender=changes.pop("sender", SENDER),
        addressee=changes.pop("addressee", ADDRESSEE),
        edition=replace(EDITION, **changes),
    )


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_aging_stays_on_the_page_of_a_wide_table(paper: Any) -> None:
    statement = open_items(8, members=FAMILY, scale=10**6)

    first, *rest = [page.extract_text() for page in read(printed(statement, paper=paper)).pages]

    assert "Aging by days past due" in first
    assert all("Please return this slip" in text for text in rest)


def test_the_credit_section_stays_on_the_page_where_it_fits() -> None:
    pages = read(printed(balance_forward(5, credit=True))).pages

    assert "Credit balance" in pages[0].extract_text().split("Aging")[1]


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "fr_FR", "nl_NL", "pt_BR"])
@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_numbers_too_long_for_a_line_stand_on_two_and_lose_nothing(locale: str, paper: Any) -> None:
    number = "KUNDE-2026-0000000000000000042-B"  # as long as numbers can be
    model = model_of(
        open_items(2),
        addressee=replace(ADDRESSEE, number=number, tax_id="DE123456789"),
        locale=locale,
        paper=paper,
    )

    for facts in (model["facts"], model["slip"]["facts"]):
        [fact] = [fact for fact in facts if fact.text.replace("\n", "") == number]
        room = {"letter": 214, "a4": 204}[paper] - text_width(fact.label, 8.5)
        assert all(text_width(line, 6.5 if fact.small else 8.5) <= room for line in fact.text.split("\n"))


def test_facts_on_two_lines_stay_clear_of_the_amount_due() -> None:
    addressee = replace(LONG, tax_id="")
    pdf = printed(open_items(5), addressee=addressee, number="ST-2026-0000000000000317-EXTRA-LONG-NUMBER")
    words = words_of(read(pdf).pages[0])

    below = min(word.y for word in words if word.text == "Amount due")
    facts = [word.y for word in words if word.x > 340 and 80 < word.y < below]
    assert below - max(facts) > 9


def test_a_text_breaks_between_words_before_it_breaks_at_signs() -> None:
    assert wrap("Invoice INV-10480", 60, 8.5, 3) == ["Invoice", "INV-10480"]
    assert wrap("aaaa-bbbb-cccc", text_width("aaaa-bbbb-", 8.5), 8.5, 3) == ["aaaa-bbbb-", "cccc"]


def test_the_slip_lists_three_items_side_by_side_where_they_fit() -> None:
    assert model_of(open_items(7))["slip"]["across"] == 3
    assert model_of(open_items(7, scale=10**9))["slip"]["across"] == 2


def test_pages_carry_the_running_balance_to_each_other() -> None:
    statement = balance_forward(60)
    pages = [page.extract_text() for page in read(printed(statement, look=Look(carried=True))).pages]
    carried = [line for text in pages for line in text.splitlines() if "Carried forward" in line]
    brought = [line for text in pages for line in text.splitlines() if "Brought forward" in line]

    assert len(carried) == len(brought) == 1
    assert carried[0].split()[-1] == brought[0].split()[-1]
    figure = carried[0].split()[-1]
    assert figure in {f"{line.balance / 100:,.2f}" for line in statement.lines}
    assert "Carried forward" not in text_of(printed(statement))


def test_what_is_carried_of_open_items_is_their_sum_so_far() -> None:
    statement = open_items(60)
    first, second, *_ = [
        page.extract_text() for page in read(printed(statement, look=Look(carried=True))).pages
    ]
    shown = sum("Invoice INV-" in line for line in first.splitlines())

    figure = f"{sum(line.balance for line in statement.open_lines[:shown]) / 100:,.2f}"
    assert f"Carried forward {figure}" in first
    assert f"Brought forward {figure}" in second


def test_open_items_can_be_grouped_by_account_with_a_sum_for_each() -> None:
    statement = open_items(18, members=FAMILY)
    table = model_of(statement, look=Look(grouped=True))["detail"]

    heads = [row["head"] for row in table["rows"] if "head" in row]
    sums = [row["figures"][-1] for row in table["rows"] if "sum" in row]
    assert [head.split(" · ")[-1] for head in heads] == [member.number for member in FAMILY]
    assert sums == [
        f"{sum(line.balance for line in statement.open_lines if line.member_id == member.id) / 100:,.2f}"
        for member in FAMILY
    ]
    assert "Customer" not in [column["label"] for column in table["columns"]]
    text = text_of(printed(statement, look=Look(grouped=True)))
    assert text.count("Total of this account") == 3


def test_an_account_by_itself_is_not_grouped() -> None:
    table = model_of(open_items(5), look=Look(grouped=True))["detail"]

    assert not [row for row in table["rows"] if "head" in row]


def test_the_window_can_be_on_the_right() -> None:
    words = words_of(read(printed(open_items(3), paper="a4", look=Look(window="right"))).pages[0])
    block = [word for word in words if word.text in {"Northwind Outfitters, Inc.", "2201 Congress Street"}]

    assert len(block) == 2
    for word in block:
        assert 117 * MILLIMETRE <= word.x <= 122 * MILLIMETRE
        assert 62.7 * MILLIMETRE <= word.y <= 90 * MILLIMETRE
    zone = {
        word.text
        for word in words
        if word.x > 110 * MILLIMETRE and 62 * MILLIMETRE < word.y < 90 * MILLIMETRE
    }
    assert zone == {"Northwind Outfitters, Inc.", "2201 Congress Street", "Austin, TX 78701"}


def test_us_letter_has_its_window_where_it_is() -> None:
    assert sheet_names("statement", "letter", Look(window="right")) == (
        "ua.css",
        "statement.css",
        "letter.css",
    )


def test_own_words_footer_and_payment_text_are_printed() -> None:
    look = Look(
        labels=(("statement", "Statement of your account with us"), ("slip", "Return this")),
        footer="Registered in Delaware, No. 4711",
        payment_text=("Wires only.", "Quote the number."),
    )
    pages = [page.extract_text() for page in read(printed(open_items(40), look=look)).pages]

    assert "Statement of your account with us" in pages[0]
    assert all("Registered in Delaware, No. 4711" in text for text in pages)
    assert "How to pay\nWires only.\nQuote the number." in pages[-1]
    assert "Return this" in pages[-1]
    assert "Wires only" not in text_of(printed(balance_forward(2, opening=-90_000), look=look))


@pytest.mark.parametrize(
    ("switched_off", "gone"),
    [
        ({"aging": False}, "Aging by days past due"),
        ({"memo": False}, "Unapplied payments"),
    ],
)
def test_blocks_can_be_left_out(switched_off: dict[str, Any], gone: str) -> None:
    statement = open_items(4, memo=Memo(unapplied=900))

    assert gone in text_of(printed(statement))
    assert gone not in text_of(printed(statement, look=Look(**switched_off)))


def test_the_code_can_be_left_out() -> None:
    def pictures(**changes: Any) -> int:
        return len(read(printed(open_items(3), **changes)).pages[0].images)

    assert pictures() == 1
    assert pictures(look=Look(code=False)) == 0


def test_the_sheet_has_the_colours_that_an_accent_takes_the_place_of() -> None:
    sheet = (SHEETS / "statement.css").read_text("utf-8")

    assert f"#{ACCENT}" in sheet
    assert f"#{tint(ACCENT)}" in sheet


def test_an_accent_colours_the_page_and_changes_the_bytes() -> None:
    plain, coloured = printed(open_items(3)), printed(open_items(3), look=Look(accent="7a1f4b"))

    assert coloured != plain
    assert printed(open_items(3), look=Look(accent="7a1f4b")) == coloured
    assert printed(open_items(3)) == plain


def test_the_contrast_of_colours_is_reckoned_as_the_guidelines_say() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.01)
    assert least_contrast("1d4e89") > READABLE
    assert least_contrast("ffd700") < READABLE
    assert tint("1d4e89") == "eef2f6"  # as the style sheet has it


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_no_text_of_any_sample_leaves_the_page(name: str, paper: Any) -> None:
    sample = SAMPLES[name]
    pdf = printed(sample.build(), addressee=sample.addressee, locale=sample.locale, paper=paper)

    for page in read(pdf).pages:
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        for word in words_of(page):
            # A sixteenth of an inch, as print houses ask.
            assert word.x >= 4.5, word
            assert 4.5 <= word.y <= height - 4.5, word
            assert word.x <= width - 4.5, word


@pytest.mark.parametrize("name", ["open", "forward", "late", "family", "credit", "pages", "long"])
def test_the_paper_of_every_sample_shows_all_its_amounts(name: str) -> None:
    sample = SAMPLES[name]
    statement = sample.build()
    text = text_of(printed(statement, addressee=sample.addressee, locale=sample.locale)).replace("\n", " ")

    lines: list[Any] = [*statement.open_lines, *statement.lines, *statement.credit_lines]
    amounts = [line.balance for line in lines]
    for amount in (*amounts, *statement.aging.buckets, statement.headline):
        assert f"{abs(amount) / 100:,.2f}" in text
