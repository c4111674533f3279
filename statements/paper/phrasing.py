"""One reader's words, amounts and days: what the page builder speaks with."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from statements.formatting import Amounts, amounts, is_right_to_left, local_date, long_date, medium_date
from statements.labels import labels
from statements.paper.measuring import LEFT_TO_RIGHT, clean

_RIGHT_TO_LEFT = "\u200f"


@dataclass(frozen=True, slots=True)
class Phrases:
    """Labels of a language with the amounts of a currency and the days of a time zone."""

    locale: str
    zone: ZoneInfo
    words: Mapping[str, str]
    amounts: Amounts
    right_to_left: bool

    def word(self, message: str) -> str:
        return self.words[message]

    def say(self, message: str, **values: str) -> str:
        """A message with its words filled in; an empty value leaves no gap behind."""
        return clean(self.words[message].format(**values))

    def say_kind(self, prefix: str, kind: str, **values: str) -> str:
        """The message of a kind of thing; a kind without a message shows its own name."""
        message = f"{prefix}_{kind}"
        if message in self.words:
            return self.say(message, **values)
        return clean(" ".join((kind.replace("_", " ").capitalize(), *values.values())))

    def name(self, text: str) -> str:
        """A name or address: its own reading direction survives inside a page of the other one."""
        text = clean(text)
        if text and self.right_to_left and _reads_from_left(text):
            return f"{LEFT_TO_RIGHT}{text}{LEFT_TO_RIGHT}"
        return text

    def joined(self, *parts: str) -> str:
        """Finished parts with dots between them, each in its place whatever it is written in.

        Two names from the left would read on as one text, and a date behind one would be torn apart.
        """
        dot = f"{_RIGHT_TO_LEFT} · {_RIGHT_TO_LEFT}" if self.right_to_left else " · "
        return dot.join(filter(None, parts))

    def money(self, minor: int) -> str:
        return self.amounts.money(minor)

    def plain(self, minor: int) -> str:
        return self.amounts.plain(minor)

    def date(self, at: int) -> date:
        return local_date(at, self.zone)

    def day(self, at: int) -> str:
        """The company's calendar day of a moment, as the reader writes days."""
        return medium_date(local_date(at, self.zone), self.locale)

    def long_day(self, at: int) -> str:
        return long_date(local_date(at, self.zone), self.locale)


def phrases_for(
    *, locale: str, currency: str, zone: ZoneInfo, own: tuple[tuple[str, str], ...] = ()
) -> Phrases:
    """`own` are the company's words for some messages, instead of those that ship."""
    words = labels(locale)
    return Phrases(
        locale=locale,
        zone=zone,
        words={**words, **{message: clean(text) for message, text in own}} if own else words,
        amounts=amounts(locale, currency),
        right_to_left=is_right_to_left(locale),
    )


def _reads_from_left(text: str) -> bool:
    strong = (unicodedata.bidirectional(character) for character in text)
    return next((kind for kind in strong if kind in ("L", "R", "AL")), "L") == "L"
