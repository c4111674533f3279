"""The words of a request made into Options: type, period, items, currency."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from customers.dates import end_of_day, read_day, start_of_day, start_of_month
from customers.errors import Refused
from customers.money import is_currency
from customers.wire.codes import lower_code
from statements.statement import Items, Options, StatementType

TYPES = ("balance_forward", "open_item")
LAST_SECOND = 4_102_444_800  # 2100-01-01, as on the wire


def parse_options(
    words: Mapping[str, Any], *, zone: ZoneInfo, now: datetime, default_type: str = "balance_forward"
) -> Options:
    """Read `type`, `start`, `end`, `items`, `currency`, `include_children` of an API request.

    `start` and `end` are Unix seconds (numbers, digit strings or datetimes); 0 and empty mean not
    given. Balance forward begins with the company month of `end`. Raises Refused naming the
    parameter. Source: Invoiced API, Send a statement.
    """
    kind = words.get("type") or default_type
    if kind not in TYPES:
        raise Refused("The type of a statement is balance_forward or open_item.", param="type")
    start = _second(words.get("start"), "start") if kind == "balance_forward" else None
    end = _second(words.get("end"), "end") or int(now.timestamp())
    if kind == "balance_forward":
        if not start:
            start = int(start_of_month(datetime.fromtimestamp(end, UTC), zone).timestamp())
        if start > end:
            raise Refused("The period ends before it starts.", param="start")
    items = words.get("items") or "open"
    if kind == "open_item" and items not in ("open", "past_due"):
        raise Refused("items is open or past_due.", param="items")
    currency = lower_code(words.get("currency") or "") or None
    if currency and not is_currency(currency):
        raise Refused(f"{currency} is not a currency.", param="currency")
    return Options(
        type=cast(StatementType, kind),
        start=start,
        end=end,
        items=cast(Items, items) if kind == "open_item" else "open",
        currency=currency,
        include_children=_flag(words.get("include_children"), default=True),
    )


def lenient_options(words: Mapping[str, Any], *, zone: ZoneInfo, now: datetime) -> Options:
    """As `parse_options`, for links: what is not understood falls back instead of failing.

    Links also know `statement_type` and `month` (`YYYY-MM`: that company month, ended at now).
    """
    kind = words.get("type") or words.get("statement_type")
    kind = kind if kind in TYPES else "open_item"
    wanted: dict[str, Any] = {"type": kind, "include_children": words.get("include_children")}
    if words.get("items") == "past_due":
        wanted["items"] = "past_due"
    if is_currency(str(words.get("currency") or "-")):
        wanted["currency"] = words["currency"]
    wanted |= _month(str(words.get("month") or ""), zone, now) or {
        name: value for name in ("start", "end") if (value := _digits(words.get(name)))
    }
    try:
        return parse_options(wanted, zone=zone, now=now)
    except Refused:
        # Only the period can be refused here: the rest is still what was asked for.
        kept = {name: value for name, value in wanted.items() if name not in ("start", "end")}
        return parse_options(kept, zone=zone, now=now)


def day_options(
    *,
    type: str,
    zone: ZoneInfo,
    end_day: date,
    start_day: date | None = None,
    items: str = "open",
    currency: str | None = None,
    include_children: bool = True,
) -> Options:
    """Options for whole company days, first second to last: what staff and schedules pick."""
    end = end_of_day(end_day, zone)
    words: dict[str, Any] = {
        "type": type, "end": end, "items": items, "currency": currency, "include_children": include_children,
    }  # fmt: skip
    if start_day is not None:
        words["start"] = start_of_day(start_day, zone)
    return parse_options(words, zone=zone, now=end)


def _month(text: str, zone: ZoneInfo, now: datetime) -> dict[str, Any] | None:
    try:
        first = read_day(f"{text}-01")
    except ValueError:
        return None
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    end = int(start_of_day(following, zone).timestamp()) - 1
    return {
        "start": start_of_day(first, zone),
        "end": min(datetime.fromtimestamp(end, UTC), now),
    }


def _second(value: Any, param: str) -> int | None:
    if value in (None, "", 0, "0"):
        return None
    if isinstance(value, datetime):
        return int(value.timestamp())
    number = _digits(value)
    if number is None or number > LAST_SECOND:
        raise Refused(f"{param} is a Unix timestamp in seconds.", param=param)
    return number


def _digits(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None


def _flag(value: Any, *, default: bool) -> bool:
    if value in (None, ""):
        return default
    return str(value).lower() not in ("0", "false", "no", "off")
