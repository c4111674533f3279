"""The context of finished strings: what it says, and what it never lets through to the page."""

import functools
import itertools
import operator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from statements.paper import TABLE, build_model
from statements.paper.measuring import clean, cut, text_width, wrap
from statements.paper.payment_codes import creditor_reference, transfer_payload
from statements.paper.rows import LINES_PRINTED
from statements.paper.ways import payment_code, transfer_code
from statements.statement import Aging, AutoPay, Member, Memo, OpenLine, Options, Statement
from tests.statements.paper_samples import (
    ADDRESSEE,
    EDITION,
    END,
    NORTHWIND,
    SENDER,
    balance_forward,
    open_items,
)

SOUTH = Member(id=2, name="Northwind South", number="CUST-00043")


def model_of(statement: Statement, **changes: Any) -> dict[str, Any]:
    return build_model(
        statement=statement,
        sender=changes.pop("sender", SENDER),
        addressee=changes.pop("addressee", ADDRESSEE),
        edition=replace(EDITION, **changes),
    )


def labels_of(table: dict[str, Any]) -> list[str]:
    return [column["label"] for column in table["columns"]]


def test_shows_days_late_only_when_something_is_late():
    assert labels_of(model_of(open_items(3))["detail"]) == [
        "Date",
        "Description",
        "Total",
        "Due date",
        "Balance",
    ]
    assert "Days late" in labels_of(model_of(open_items(20))["detail"])


def test_names_the_customer_of_a_line_only_when_there_are_several():
    one = model_of(open_items(4))["detail"]
    several = model_of(open_items(4, members=(NORTHWIND, SOUTH)))["detail"]

    assert "Customer" not in labels_of(one)
    assert "Customer" in labels_of(several)
    assert several["rows"][1]["texts"][1] == "Northwind South"


def test_shows_a_column_for_adjustments_only_when_something_was_written_off():
    assert "Adjusted" not in labels_of(model_of(balance_forward(4))["detail"])

    table = model_of(balance_forward(4, write_off=True))["detail"]
    assert labels_of(table)[-2] == "Adjusted"
    assert table["rows"][-1]["figures"][-2] == "327.03"


def test_the_late_part_of_a_payment_plan_has_a_column_of_its_own():
    plan = OpenLine(
        type="invoice",
        at=END,
        number="I-600",
        total=150_000,
        balance=85_000,
        due_at=END,
        days_late=30,
        overdue=35_000,
    )
    bill = OpenLine(
        type="invoice",
        at=END,
        number="I-870",
        total=8_000,
        balance=8_000,
        due_at=END,
        days_late=47,
        overdue=8_000,
    )
    table = model_of(
        Statement(
            options=Options(type="open_item", end=END, items="past_due"),
            currency="usd",
            member=NORTHWIND,
            members=(NORTHWIND,),
            aging=Aging((52_000, 35_000, 8_000, 0, 0)),
            memo=Memo(),
            open_total=95_000,
            open_lines=(plan, bill),
            total=43_000,
        )
    )["detail"]

    assert labels_of(table)[-2:] == ["Balance", "Past due"]
    assert [row["figures"][-2:] for row in table["rows"]] == [["850.00", "350.00"], ["80.00", "80.00"]]
    assert table["totals"]["figures"][-2:] == ["", "$430.00"]


def test_each_printed_balance_is_the_one_above_and_the_printed_amounts():
    from decimal import Decimal

    def read(text: str) -> Decimal:
        return Decimal(text.replace(",", "") or "0")

    rows = model_of(balance_forward(30, write_off=True))["detail"]["rows"]
    for above, row in itertools.pairwise(rows):
        invoiced, paid, adjusted, balance = map(read, row["figures"])
        assert read(above["figures"][-1]) + invoiced - paid - adjusted == balance


def test_the_totals_row_adds_up_its_columns():
    statement = balance_forward(30, write_off=True)
    totals = model_of(statement)["detail"]["totals"]["figures"]

    assert totals == [
        f"{statement.invoiced / 100:,.2f}",
        f"{statement.paid / 100:,.2f}",
        f"{statement.adjusted / 100:,.2f}",
        f"-${-statement.closing / 100:,.2f}" if statement.closing < 0 else f"${statement.closing / 100:,.2f}",
    ]


def test_past_due_memo_speaks_of_the_whole_account():
    statement = open_items(24, items="past_due", memo=Memo(unapplied=90_000, pending=2_000))
    model = model_of(statement)

    net = f"{(statement.open_total - 90_000) / 100:,.2f}"
    assert [(label, text) for label, text, _ in model["memo"]] == [
        ("All open items", f"{statement.open_total / 100:,.2f}"),
        ("Unapplied payments", "-900.00"),
        ("Balance after credits", net),
        ("Pending payments", "20.00"),
    ]
    assert model["memo_note"] == "These figures concern the whole account."


def test_a_credit_has_no_link_no_code_no_slip_and_says_so():
    model = model_of(balance_forward(2, opening=-90_000))

    assert model["due"]["figure"] == "-$971.42"
    assert model["due"]["notes"] == ["No payment is due.", "You have a credit of $971.42."]
    assert (model["due"]["link"], model["due"]["code"], model["slip"]) == (None, False, None)


def collected(statement: Statement, *lines: int, at: int | None = END) -> Statement:
    """The statement with these of its open items on AutoPay."""
    taken = [statement.open_lines[line] for line in lines]
    autopay = AutoPay(
        amount=sum(line.balance for line in taken),
        source="Visa ····4242",
        at=at,
        numbers=tuple(line.number for line in taken),
    )
    return replace(statement, autopay=autopay)


def test_autopay_that_collects_everything_replaces_link_and_slip():
    model = model_of(collected(open_items(3), 0, 1, 2))

    assert " ".join(model["due"]["notes"]) == "$1,761.81 will be charged to Visa ····4242 on Jul 31, 2026."
    assert (model["due"]["link"], model["slip"]) == (None, None)


def test_autopay_that_collects_a_part_leaves_link_and_slip_for_the_rest():
    model = model_of(collected(open_items(3), 0, at=None))

    assert (model["due"]["label"], model["due"]["figure"]) == ("Left for you to pay", "$1,279.31")
    assert " ".join(model["due"]["notes"]) == "$482.50 will be charged to Visa ····4242."
    assert model["summary"]["pairs"][-1] == ["Total balance", "$1,761.81"]
    assert model["due"]["link"] == EDITION.pay_url
    assert [(fact.label, fact.text) for fact in model["slip"]["facts"]][-1] == (
        "Left for you to pay",
        "$1,279.31",
    )
    ticked = [cell for row in model["slip"]["items"] for cell in row if cell[0]]
    assert ticked == [["INV-10481", "640.88"], ["INV-10482", "638.43"]]


def test_the_code_of_a_euro_transfer_asks_for_what_autopay_leaves():
    sender = replace(SENDER, iban="DE75512108001245126199")
    edition = replace(EDITION, pay_url=None)
    statement = open_items(3, currency="eur")

    code = payment_code(collected(statement, 0), sender, edition)

    assert code is not None
    assert "EUR1279.31" in code.split("\n")
    # Nothing is left: then there is no code, not even for a look.
    assert payment_code(collected(statement, 0, 1, 2), sender, edition) is None


def test_an_amount_that_a_transfer_code_cannot_carry_has_none():
    sender = replace(SENDER, iban="DE75512108001245126199")
    edition = replace(EDITION, pay_url=None)

    for balance, has_code in ((99_999_999_999, True), (100_000_000_000, False)):
        line = replace(open_items(1).open_lines[0], balance=balance, total=balance)
        one = replace(
            open_items(1, currency="eur"),
            open_lines=(line,),
            total=balance,
            open_total=balance,
            aging=Aging((balance, 0, 0, 0, 0)),
        )

        assert (transfer_code(one, sender, edition) is not None) == has_code


def test_a_preview_shows_the_way_to_pay_without_a_working_link():
    due = model_of(open_items(3), preview=True)["due"]

    assert due["link_label"] == "Pay online"
    assert (due["link"], due["code"]) == (None, False)


def test_a_euro_statement_without_a_link_offers_a_transfer():
    sender = replace(SENDER, iban="DE75512108001245126199", bic="SOGEDEFFXXX")

    euros = model_of(open_items(3, currency="eur"), sender=sender, pay_url=None)["due"]
    dollars = model_of(open_items(3), sender=sender, pay_url=None)["due"]

    assert euros["link_label"] == "Pay by bank transfer"
    assert "IBAN DE75 5121 0800 1245 1261 99" in euros["link_words"]
    assert dollars["link_label"] is None


def test_a_long_customer_number_is_set_small_and_stays_clear_of_its_label():
    number = "CUST-2026-0000000000000000042"
    model = model_of(open_items(2), addressee=replace(ADDRESSEE, number=number), locale="de_DE", paper="a4")

    for facts in (model["facts"], model["slip"]["facts"]):
        [line] = [fact for fact in facts if fact.label == "Kundennummer"]
        assert (line.text, line.small) == (number, True)
        assert text_width(line.label, 8.5) + text_width(line.text, 6.5) <= 204 - 12


def test_the_slip_lists_the_items_to_tick_when_they_are_few():
    few, many = model_of(open_items(5))["slip"], model_of(open_items(9))["slip"]

    assert functools.reduce(operator.iadd, few["items"], [])[0] == ["INV-10480", "482.50"]
    assert not many["items"]


def test_the_slip_of_a_past_due_statement_ticks_what_is_late():
    """Of a payment plan only the late instalments count, so only they can be ticked."""
    plan = replace(open_items(1).open_lines[0], balance=85_000, total=150_000, overdue=35_000, days_late=9)
    statement = replace(open_items(1, items="past_due"), open_lines=(plan,), total=35_000, past_due=35_000)

    slip = model_of(statement)["slip"]

    assert slip["facts"][-1].text == "$350.00"
    assert slip["items"][0][0] == ["INV-10480", "350.00"]


def test_a_very_long_statement_is_summed_up_by_month():
    statement = open_items(LINES_PRINTED + 1)
    table = model_of(statement)["detail"]

    assert labels_of(table) == ["Month", "Items", "Total", "Past due", "Balance"]
    assert sum(int(row["figures"][0]) for row in table["rows"]) == LINES_PRINTED + 1
    assert table["totals"]["figures"][-1] == f"${statement.total / 100:,.2f}"
    assert "2001 lines" in table["note"]


def test_a_very_long_balance_forward_keeps_its_opening_and_running_balance():
    statement = balance_forward(LINES_PRINTED + 5)
    table = model_of(statement)["detail"]

    assert table["rows"][0] == {"texts": ["Previous balance"], "figures": ["", "", "", "500.00"]}
    assert table["rows"][-1]["figures"][-1] == f"{statement.closing / 100:,.2f}"


def test_the_country_is_printed_only_for_letters_abroad():
    abroad = model_of(open_items(1), addressee=replace(ADDRESSEE, country="DE"))

    assert "GERMANY" in abroad["address"]["lines"]
    assert "UNITED STATES" not in model_of(open_items(1))["address"]["lines"]


def test_a_crowded_address_keeps_every_word_on_eight_lines():
    addressee = replace(
        ADDRESSEE,
        attention_to="Wilhelmina Fitzgerald-Montgomery, Deputy Director of Accounts Payable",
        address_lines=("Building 14", "West Entrance", "Dock 7B", "22019 Parkway", "San Francisco, CA 94107"),
        country="FR",
    )
    lines = model_of(open_items(1), addressee=addressee)["address"]["lines"]

    assert len(lines) == 8
    assert lines[-1] == "FRANCE"
    words = " ".join(lines).replace(",", "").split()
    assert {"14", "West", "Entrance", "7B", "22019", "94107", "Payable"} <= set(words)


def test_a_long_name_is_whole_where_the_window_has_room():
    name = "The Northwind Outfitters Cooperative Association of the Upper Lakes, Rivers and Harbours, Ltd."
    crowded = replace(
        ADDRESSEE, name=name, attention_to="Jane Doe", address_lines=("Building 14", "Dock 7B", "Gate 2",
        "22019 Parkway", "San Francisco, CA 94107"), country="FR",
    )  # fmt: skip
    for addressee in (replace(ADDRESSEE, name=name), crowded):
        lines = model_of(open_items(1), addressee=addressee)["address"]["lines"]

        assert len(lines) <= 8
        assert "…" not in "".join(lines)
        assert " ".join(lines).startswith(name)


def test_accounts_whose_names_begin_alike_can_be_told_apart():
    north, south = (
        "Northwind Outfitters of the North-West, Inc.",
        "Northwind Outfitters of the South-East, Inc.",
    )
    members = (Member(id=1, name=north, number="N-1"), Member(id=2, name=south, number="S-1"))
    statement = open_items(12, members=members)

    for paper in ("letter", "a4"):
        rows = model_of(statement, paper=paper)["detail"]["rows"]

        assert {row["texts"][1].replace("\n", " ") for row in rows} == {north, south}
        assert all("INV-" in row["texts"][2].split("\n")[0] for row in rows)


@pytest.mark.parametrize("paper", ["letter", "a4"])
@pytest.mark.parametrize("scale", [1, 10**6, 10**10])
def test_the_columns_fill_the_table_and_hold_their_figures(paper, scale):
    table = model_of(open_items(20, scale=scale, currency="kwd"), paper=paper)["detail"]

    assert sum(column["width"] for column in table["columns"]) == TABLE[paper]
    size = 7.5 if table["dense"] else 8.5
    figures = [column["width"] for column in table["columns"] if column["figures"]]
    for row in table["rows"]:
        for text, width in zip(row["figures"], figures, strict=True):
            assert text_width(text, size) <= width - 16


def test_a_long_description_wraps_and_loses_nothing():
    line = replace(
        open_items(1).open_lines[0], purchase_order="4500012345 Rev. B, release order of the third quarter"
    )
    statement = replace(open_items(1, scale=10**8), open_lines=(line,))
    text = model_of(statement)["detail"]["rows"][0]["texts"][1]

    assert "\n" in text
    assert text.replace("\n", " ") == f"Invoice INV-10480 · PO {line.purchase_order}"


def test_prints_company_days_whatever_the_clock_says():
    start_of_august = int(datetime(2026, 8, 1, 4, 59, 59, tzinfo=UTC).timestamp())
    model = model_of(replace(open_items(1), options=Options(type="open_item", end=start_of_august)))

    assert model["subtitle"]["text"] == "Open items as of July 31, 2026"


def test_in_arabic_a_latin_name_keeps_its_own_direction():
    model = model_of(open_items(2), locale="ar_AE", paper="a4")

    assert model["right_to_left"]
    assert model["address"]["lines"][1] == "\u200e2201 Congress Street\u200e"


def test_cleans_what_must_not_reach_a_page():
    assert clean("a\u202eb\x00\t c\ud800") == "a b c"
    assert clean("e\u0301te\u0301") == "été"
    assert len(clean("e" + "\u0316" * 50)) == 3


def test_cut_and_wrap_keep_within_their_room():
    long = "The Extraordinarily Long Named Holding Company of the Great Northern Territories"

    assert text_width(cut(long, 120, 8.5), 8.5) <= 120
    assert cut(long, 120, 8.5).endswith("…")
    lines = wrap(long, 120, 8.5, 9)
    assert " ".join(lines) == long
    assert max(text_width(line, 8.5) for line in lines) <= 120
    assert "".join(wrap("X" * 100, 50, 8.5, 50)) == "X" * 100


def test_reference_carries_its_check_digits():
    reference = creditor_reference("ST-2026-000317").replace(" ", "")
    turned = reference[4:] + reference[:4]

    assert int("".join(str(int(character, 36)) for character in turned)) % 97 == 1
    assert creditor_reference("") == ""
    assert creditor_reference("X" * 22) == ""


def test_transfer_code_has_the_lines_banks_expect():
    payload = transfer_payload(
        name="Hafen & Kiefer", iban="DE75 5121", bic="SOGEDEFF", amount="12.30", reference="RF18 1234"
    )

    assert payload.split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "SOGEDEFF",
        "Hafen & Kiefer",
        "DE755121",
        "EUR12.30",
        "",
        "RF181234",
    ]
