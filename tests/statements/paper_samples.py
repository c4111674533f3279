"""Statements to print: plain ones, long ones and ugly ones. Built by hand, no database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from statements.letterhead import Addressee, Edition, Logo, Sender
from statements.statement import (
    Aging,
    CreditLine,
    Line,
    Member,
    Memo,
    OpenLine,
    Options,
    Statement,
)

CHICAGO = ZoneInfo("America/Chicago")
NOON = datetime(2026, 7, 31, 17, tzinfo=UTC)
END = 1_785_560_399  # 31 July 2026, 23:59:59 in Chicago
START = 1_782_882_000
DAY = 86_400

NORTHWIND = Member(id=1, name="Northwind Outfitters, Inc.", number="CUST-00042")

SENDER = Sender(
    name="Harbor & Pine Supply Co.",
    address_lines=("1840 Lakeshore Avenue", "Suite 300", "Milwaukee, WI 53202"),
    country="US",
    phone="+1 414 555 0142",
    email="billing@harborpine.example",
    website="harborpine.example",
    tax_id="39-1234567",
    remit_to=("Harbor & Pine Supply Co.", "P.O. Box 70412", "Chicago, IL 60673-0412"),
)
ADDRESSEE = Addressee(
    name="Northwind Outfitters, Inc.",
    number="CUST-00042",
    address_lines=("2201 Congress Street", "Austin, TX 78701"),
    country="US",
)
EDITION = Edition(
    generated_at=END + 3600,
    zone=CHICAGO,
    locale="en_US",
    paper="letter",
    number="ST-2026-000317",
    pay_url="https://billing.harborpine.example/statements/Qm4tR7xWc2ZpL9vK3nYd8sHb",
)


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


def logo() -> Logo:
    """A simple mark with a word, on a transparent ground."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGBA", (1320, 240), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 20, 200, 220), radius=44, fill=(24, 78, 89, 255))
    draw.polygon([(100, 50), (40, 180), (160, 180)], fill=(255, 255, 255, 255))
    for step in range(7):
        left = 250 + step * 150
        draw.rounded_rectangle((left, 70, left + 110, 170), radius=24, fill=(24, 78, 89, 255))
    data = BytesIO()
    picture.save(data, format="PNG")
    return Logo(data.getvalue(), "image/png")


def moment(year: int, month: int, day: int) -> int:
    return int((datetime(year, month, day, tzinfo=CHICAGO) + timedelta(hours=12)).timestamp())


def in_edition(**changes: object) -> Edition:
    return replace(EDITION, **changes)  # type: ignore[arg-type]
