"""As sent beside as of now."""

from dataclasses import replace

from statements.comparing import compare
from tests.statements.paper_samples import balance_forward, open_items


def test_a_statement_is_the_same_as_itself() -> None:
    for statement in (open_items(5), balance_forward(6, credit=True)):
        found = compare(sent=statement, now=statement)

        assert not found.differs
        assert {pair.state for pair in (*found.lines, *found.credit_lines)} == {"same"}


def test_open_items_come_go_and_change() -> None:
    sent = open_items(4)
    first, second, third, _ = sent.open_lines
    paid = replace(second, balance=second.balance - 100)
    late = replace(third, number="LATE-1")
    now = replace(sent, open_lines=(first, paid, late), total=1)

    found = compare(sent=sent, now=now)

    assert {(pair.state, pair.shown.number) for pair in found.lines} == {
        ("same", first.number), ("changed", second.number), ("added", "LATE-1"), ("gone", third.number),
        ("gone", sent.open_lines[3].number),
    }  # fmt: skip
    assert [(total.name, total.differs) for total in found.totals][:2] == [
        ("total", True), ("open_total", False),
    ]  # fmt: skip


def test_a_running_balance_alone_is_no_change_of_a_line() -> None:
    sent = balance_forward(5)
    lines = [replace(line, balance=line.balance + 700) for line in sent.lines]
    now = replace(sent, lines=tuple(lines), opening=sent.opening + 700, closing=sent.closing + 700)

    found = compare(sent=sent, now=now)

    assert {pair.state for pair in found.lines} == {"same"}
    assert {total.name for total in found.totals if total.differs} == {"opening", "closing", "amount_due"}


def test_payments_without_a_number_are_paired_one_by_one() -> None:
    sent = balance_forward(2)
    payment = replace(sent.lines[2], number="", type="payment")
    sent = replace(sent, lines=(*sent.lines, payment, payment))
    now = replace(sent, lines=sent.lines[:-1])

    states = [pair.state for pair in compare(sent=sent, now=now).lines]

    assert sorted(states) == ["gone", "same", "same", "same"]
