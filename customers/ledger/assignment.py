"""Which new customers a cadence takes by itself: a small language for its conditions.

    country == "US" and type != person and metadata.region in [north, south] and credit_limit >= 1000

Conditions are joined by `and`. Each compares one attribute of the customer: `==` (or `=`), `!=`, `in [...]`,
and `<`, `<=`, `>`, `>=` for the credit limit. Texts are compared without letter case; quotes are needed
around blanks only. Flags are `true` or `false`, what is unset is `null`, relations are ids.
Written down for integrators in `docs/cadences.md`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import connection

from customers.errors import Refused
from customers.models import Cadence, Customer
from customers.wire.values import clean_text

LONGEST = 2_000
MOST = 20
PARAM = "assignment_conditions"

_TEXTS = frozenset(
    {"name", "number", "email", "type", "country", "state", "city", "postal_code", "language", "currency",
     "payment_terms", "attention_to", "tax_id"}
)  # fmt: skip
_FLAGS = frozenset({"autopay", "taxable", "credit_hold", "bill_to_parent", "consolidated"})
_RELATIONS = frozenset({"owner", "parent_customer", "sign_up_page"})
_NUMBERS = frozenset({"credit_limit"})
_ATTRIBUTES = _TEXTS | _FLAGS | _RELATIONS | _NUMBERS

_TOKEN = re.compile(
    r"\s*(?:(?P<sign>[=!<>]=|[=<>])|(?P<mark>[\[\],])|\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'"
    r"|(?P<word>[^\s\[\],=<>!\"']+))"
)
_ORDERED: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; `sign` is `==`, `!=`, `in` or an order."""

    attribute: str
    sign: str
    values: tuple[str, ...]

    def holds(self, customer: Customer) -> bool:
        found = _value_of(customer, self.attribute)
        if self.attribute in _NUMBERS:
            return self._holds_number(found)
        return (found in self.values) != (self.sign == "!=")

    def _holds_number(self, found: str) -> bool:
        if self.sign in _ORDERED:
            return found != "" and _ORDERED[self.sign](Decimal(found), Decimal(self.values[0]))
        equal = any(
            value == found or (value and found and Decimal(value) == Decimal(found)) for value in self.values
        )
        return equal != (self.sign == "!=")


def parse_conditions(text: str) -> tuple[Condition, ...]:
    """Conditions as written by staff; raises Refused (`assignment_conditions`) where they make no sense."""
    if len(text) > LONGEST:
        raise _refused(f"are longer than {LONGEST:,} characters")
    reader = _Reader(_tokens(text))
    conditions = [reader.condition()]
    while reader.more():
        reader.expect("and")
        conditions.append(reader.condition())
    if len(conditions) > MOST:
        raise _refused(f"are more than {MOST}")
    return tuple(conditions)


def cadence_for(customer: Customer) -> Cadence | None:
    """The cadence that takes this customer: the oldest whose conditions hold, else the default one."""
    found = None
    for pk, mode, conditions in _assigning():
        if mode == Cadence.AssignmentMode.DEFAULT:
            found = pk
        elif all(part.holds(customer) for part in parse_conditions(conditions)):
            found = pk
            break
    return None if found is None else Cadence.objects.get(pk=found)


def _assigning() -> list[tuple[int, str, str]]:
    """Id, mode and conditions of each cadence that takes customers by itself. Every new customer asks, and
    mostly there is none: the ORM takes longer to put the question than the database to answer."""
    sql = (
        f"SELECT id, assignment_mode, assignment_conditions FROM {Cadence._meta.db_table}"
        " WHERE assignment_mode IN (%s, %s) ORDER BY id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [Cadence.AssignmentMode.CONDITIONS.value, Cadence.AssignmentMode.DEFAULT.value])
        rows: list[tuple[int, str, str]] = cursor.fetchall()
    return rows


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    quoted: bool = False


def _tokens(text: str) -> list[_Token]:
    found, at, text = [], 0, clean_text(text)
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _refused(f"cannot be read at: {text[at : at + 20]}")
        quoted = match["double"] if match["double"] is not None else match["single"]
        bare = match["sign"] or match["mark"] or match["word"] or ""
        found.append(_Token(bare) if quoted is None else _Token(quoted, quoted=True))
        at = match.end()
    return found


class _Reader:
    """Reads tokens one after the other."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def more(self) -> bool:
        return self.at < len(self.tokens)

    def take(self) -> _Token:
        if not self.more():
            raise _refused("end too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, word: str) -> None:
        token = self.take()
        if token.quoted or token.text.lower() != word:
            raise _refused(f"need “{word}” in place of “{token.text[:40]}”")

    def condition(self) -> Condition:
        attribute = self._attribute()
        sign = self.take().text.lower()
        sign = "==" if sign == "=" else sign
        if sign == "in":
            return Condition(attribute, sign, self._list(attribute))
        if sign not in ("==", "!=", *_ORDERED) or (sign in _ORDERED and attribute not in _NUMBERS):
            raise _refused(f"cannot compare {attribute} by “{sign[:40]}”")
        value = self._value(attribute)
        if sign in _ORDERED and not value:
            raise _refused(f"need a number to compare {attribute} with")
        return Condition(attribute, sign, (value,))

    def _attribute(self) -> str:
        name = self.take().text.removeprefix("customer.")
        if name == "metadata.":
            name += self.take().text
        if name not in _ATTRIBUTES and not (name.startswith("metadata.") and len(name) > len("metadata.")):
            raise _refused(f"name no attribute that customers are assigned by: {name[:40]}")
        return name

    def _list(self, attribute: str) -> tuple[str, ...]:
        self.expect("[")
        values = [self._value(attribute)]
        while (token := self.take()).text == "," and not token.quoted:
            values.append(self._value(attribute))
        if token.text != "]" or token.quoted:
            raise _refused("have a list without its end")
        return tuple(values)

    def _value(self, attribute: str) -> str:
        token = self.take()
        if not token.quoted and not re.match(r"[^\[\],=<>!]", token.text):
            raise _refused(f"need a value in place of “{token.text}”")
        value = "" if not token.quoted and token.text.lower() == "null" else token.text.casefold()
        if attribute in _FLAGS and value not in ("true", "false"):
            raise _refused(f"can compare {attribute} with true or false only")
        if attribute in _RELATIONS and value and not value.isdigit():
            raise _refused(f"can compare {attribute} with an id only")
        if attribute in _NUMBERS and value and not _is_number(value):
            raise _refused(f"can compare {attribute} with a number only")
        return value


def _value_of(customer: Customer, attribute: str) -> str:
    """An attribute as comparable text; nothing for what is unset."""
    if attribute.startswith("metadata."):
        value: Any = customer.metadata.get(attribute.removeprefix("metadata."), "")
    elif attribute in _RELATIONS:
        value = getattr(customer, f"{attribute}_id")
    else:
        value = getattr(customer, attribute)
    return "" if value is None else str(value).casefold()


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite() and len(text) <= 30
    except InvalidOperation:
        return False


def _refused(rule: str) -> Refused:
    return Refused(f"The conditions {rule}.", param=PARAM)
