"""Statements made up for a look at the paper: plain ones, long ones and ugly ones. No database.

What a layout has to bear: very long names and numbers, three pages, a credit, other currencies,
another reading direction, several accounts. The amounts add up as those of the ledger do.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from statements.letterhead import Addressee
from statements.statement import (
    Aging,
    AutoPay,
    CreditLine,
    Line,
    Member,
    Memo,
    OpenLine,
    Options,
    Statement,
)

END = 1_785_560_399  # 31 July 2026, 23:59:59 in Chicago
START = 1_782_882_000
DAY = 86_400

NORTHWIND = Member(id=1, name="Northwind Outfitters, Inc.", number="CUST-00042")
SOUTH = Member(id=2, name="Northwind South", number="CUST-00043")
FAR = Member(id=3, name="Northwind Outfitters of the Pacific Northwest and Alaska LLC", number="CUST-00044")

ADDRESSEE = Addressee(
    name=NORTHWIND.name,
    number=NORTHWIND.number,
    address_lines=("2201 Congress Street", "Austin, TX 78701"),
    country="US",
)
LONG = Addressee(
    name="The Extraordinarily Long Named Holding Company of the Great Northern Territories and Islands",
    number="CUSTOMER-0000000000-0000000000-42",
    attention_to="Wilhelmina Fitzgerald-Montgomery, Deputy Director of Accounts Payable",
    address_lines=(
        "Building 14, West Entrance, Dock 7B",
        "22019 North-West Extraordinary Parkway",
        "San Francisco, CA 94107",
    ),
    country="US",
    tax_id="US-12-3456789-0000",
)
MUNICH = Addressee(
    name="Müller & Söhne KG",
    number="KD-2026-00000000000000000042",
    address_lines=("Hauptstraße 5", "80331 München"),
    country="DE",
    tax_id="DE987654321",
)
DUBAI = Addressee(
    name="شركة رياح الشمال للتجارة",
    number="CUST-00071",
    address_lines=("شارع الشيخ زايد ١٢", "دبي"),
    country="AE",
)
TOKYO = Addressee(
    name="北風商事株式会社",
    number="CUST-00081",
    address_lines=("丸の内1-2-3", "100-0005 東京都千代田区"),
    country="JP",
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A statement to look at, with whom it is for; built when it is asked for."""

    title: str
    build: Callable[[], Statement]
    addressee: Addressee = ADDRESSEE
    locale: str = "en_US"


def aging_of(lines: tuple[OpenLine, ...]) -> Aging:
    buckets = [0, 0, 0, 0, 0]
    for line in lines:
        late = line.days_late
        buckets[0 if late < 1 else min(4, 1 + (late - 1) // 30)] += line.balance
    return Aging(tuple(buckets))


def open_items(
    count: int,
    *,
    currency: str = "usd",
    items: str = "open",
    scale: int = 1,
    memo: Memo | None = None,
    credit_note: bool = False,
    members: tuple[Member, ...] = (NORTHWIND,),
) -> Statement:
    """`count` open invoices, spread over the months before the end, some late, one partly paid."""
    lines = []
    for index in range(count):
        age = (count - index) * 4 + (index * 7) % 3
        at = END - age * DAY
        total = (48_250 + index * 7_919 * (index % 5 + 1)) * scale
        paid = total // 3 if index % 6 == 2 else 0
        late = max(0, age - 30)
        lines.append(
            OpenLine(
                type="invoice",
                at=at,
                number=f"INV-{10480 + index}",
                total=total,
                balance=total - paid,
                due_at=at + 30 * DAY,
                days_late=late,
                overdue=total - paid if late else 0,
                member_id=members[index % len(members)].id,
                purchase_order=f"{7700 + index}" if index % 4 == 1 else "",
            )
        )
    if credit_note:
        lines.insert(
            max(0, count - 2),
            OpenLine(
                type="credit_note",
                at=END - 9 * DAY,
                number="CN-204",
                total=-12_500,
                balance=-12_500,
                member_id=members[0].id,
            ),
        )
    every = tuple(lines)
    shown = tuple(line for line in every if line.overdue) if items == "past_due" else every
    aging = aging_of(every)
    return Statement(
        options=Options(type="open_item", end=END, items="past_due" if items == "past_due" else "open"),
        currency=currency,
        member=members[0],
        members=members,
        aging=aging,
        memo=memo or Memo(),
        open_total=aging.total,
        past_due=sum(line.overdue for line in every),
        open_lines=shown,
        total=sum(line.overdue if items == "past_due" else line.balance for line in shown),
    )


def balance_forward(
    count: int,
    *,
    opening: int = 50_000,
    currency: str = "usd",
    write_off: bool = False,
    credit: bool = False,
    memo: Memo | None = None,
    members: tuple[Member, ...] = (NORTHWIND,),
    changed: int | None = None,
) -> Statement:
    """A month of `count` movements after the previous balance."""
    kinds = ("invoice", "payment", "invoice", "credit_note", "payment", "invoice", "refund")
    balance, lines, sums = opening, [], {"invoiced": 0, "paid": 0, "adjusted": 0}
    lines.append(Line(type="previous_balance", at=START - 1, amount=0, balance=opening))
    for index in range(count):
        kind = "write_off" if write_off and index == count - 1 else kinds[index % len(kinds)]
        size = 21_990 + index * 3_571 * (index % 3 + 1)
        amount = size if kind in ("invoice", "refund") else -size
        balance += amount
        column = {"invoice": "invoiced", "credit_note": "invoiced", "write_off": "adjusted"}.get(kind, "paid")
        sums[column] += amount if column == "invoiced" else -amount
        prefix = {"invoice": "INV-", "credit_note": "CN-", "write_off": "INV-"}.get(kind, "")
        lines.append(
            Line(
                type=kind,
                at=START + int((END - START) * (index + 0.5) / max(1, count)),
                amount=amount,
                balance=balance,
                number=f"{prefix}{10480 + index}",
                member_id=members[index % len(members)].id,
                method={"payment": "ach", "refund": "credit_card"}.get(kind, ""),
                fee=600 if kind == "payment" and index == 1 else 0,
            )
        )
    moves = (
        CreditLine(
            type="applied_credit", at=START + 2 * DAY, amount=-4_500, balance=1_500, number="INV-10480"
        ),
        CreditLine(type="credit_adjustment", at=START + 19 * DAY, amount=-1_000, balance=500),
    )
    held = memo or Memo()
    return Statement(
        options=Options(type="balance_forward", start=START, end=END),
        currency=currency,
        member=members[0],
        members=members,
        aging=Aging((balance + held.unapplied, 0, 0, 0, 0)),
        memo=held,
        open_total=balance + held.unapplied,
        lines=tuple(lines),
        opening=opening,
        invoiced=sums["invoiced"],
        paid=sums["paid"],
        adjusted=sums["adjusted"],
        closing=balance,
        credit_lines=moves if credit else (),
        opening_credit=6_000 if credit else 0,
        issued_credit=-1_000 if credit else 0,
        spent_credit=4_500 if credit else 0,
        closing_credit=500 if credit else 0,
        changed_since=None if changed is None else (START - 1, changed),
    )


def collected(count: int) -> Statement:
    """Five open items, of which AutoPay collects the first `count`."""
    statement = open_items(5)
    taken = statement.open_lines[:count]
    autopay = AutoPay(
        amount=sum(line.balance for line in taken),
        source="Visa ····4242",
        at=END + 5 * DAY,
        numbers=tuple(line.number for line in taken),
    )
    return replace(statement, autopay=autopay)


SAMPLES: dict[str, Sample] = {
    "open": Sample(
        "Open items", lambda: open_items(9, credit_note=True, memo=Memo(unapplied=90_000, pending=1_234))
    ),
    "forward": Sample(
        "Balance forward with credit",
        lambda: balance_forward(12, credit=True, write_off=True, changed=-4_500),
    ),
    "pages": Sample("Three pages", lambda: balance_forward(75)),
    "late": Sample(
        "Past due items only", lambda: open_items(24, items="past_due", memo=Memo(unapplied=90_000))
    ),
    "family": Sample(
        "Several accounts", lambda: open_items(18, members=(NORTHWIND, SOUTH, FAR)), addressee=ADDRESSEE
    ),
    "long": Sample("Very long names and numbers", lambda: open_items(12, scale=10**8), addressee=LONG),
    "credit": Sample("A credit", lambda: balance_forward(2, opening=-90_000)),
    "empty": Sample("Nothing open", lambda: open_items(0)),
    "autopay": Sample(
        "Collected by AutoPay",
        lambda: collected(5),
    ),
    "autopay_part": Sample("Partly collected by AutoPay", lambda: collected(2)),
    "euro": Sample("Euro, German", lambda: open_items(6, currency="eur"), addressee=MUNICH, locale="de_DE"),
    "yen": Sample("Yen, Japanese", lambda: open_items(12, currency="jpy"), addressee=TOKYO, locale="ja_JP"),
    "dinar": Sample("Three decimals", lambda: balance_forward(8, currency="kwd")),
    "arabic": Sample(
        "Arabic", lambda: balance_forward(9, currency="aed", credit=True), addressee=DUBAI, locale="ar_AE"
    ),
}
