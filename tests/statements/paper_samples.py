"""Statements to print: plain ones, long ones and ugly ones. Built by hand, no database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from statements.letterhead import Edition, Logo, Sender
from statements.samples import (
    ADDRESSEE,
    DAY,
    END,
    NORTHWIND,
    START,
    aging_of,
    balance_forward,
    open_items,
)

__all__ = [
    "ADDRESSEE",
    "CHICAGO",
    "DAY",
    "EDITION",
    "END",
    "NOON",
    "NORTHWIND",
    "SENDER",
    "START",
    "aging_of",
    "balance_forward",
    "in_edition",
    "logo",
    "moment",
    "open_items",
]

CHICAGO = ZoneInfo("America/Chicago")
NOON = datetime(2026, 7, 31, 17, tzinfo=UTC)

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
EDITION = Edition(
    generated_at=END + 3600,
    zone=CHICAGO,
    locale="en_US",
    paper="letter",
    number="ST-2026-000317",
    pay_url="https://billing.harborpine.example/statements/Qm4tR7xWc2ZpL9vK3nYd8sHb",
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
