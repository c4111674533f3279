"""Cards and bank accounts as parameters: tokens only (Invoiced API, Payment Sources)."""

from collections.abc import Mapping
from typing import Any

from customers.api.fields import Choice, Email, Flag, Text
from customers.api.parameter import ABSENT, Field, Place
from customers.api.shapes import Shape
from customers.autopay.gateways import METHODS
from customers.autopay.sources import WantedSource
from customers.card_numbers import refuse_card_numbers
from customers.errors import Refused

TOKENS = ("invoiced_token", "gateway_token")


class PaymentParameters(Shape):
    """Parameters of which none may hold a card number, whatever its name."""

    @classmethod
    def read(
        cls,
        data: Any,
        *,
        update: bool = False,
        form: bool | None = None,
        at: str = "",
        stored: Any = None,
    ) -> dict[str, Any]:
        if isinstance(data, Mapping):
            refuse_card_numbers(dict(data), at)
        return super().read(data, update=update, form=form, at=at, stored=stored)


class SourceShape(PaymentParameters):
    method = Choice(METHODS, nullable=True)
    make_default = Flag()
    invoiced_token = Text(nullable=True)
    gateway_token = Text(nullable=True)
    receipt_email = Email(nullable=True)


def token_of(values: Mapping[str, Any]) -> tuple[str, str]:
    """The one token that was sent, and its parameter. Raises Refused for none or both."""
    given = [(values[name], name) for name in TOKENS if values.get(name)]
    if len(given) != 1:
        raise Refused("Send exactly one of invoiced_token and gateway_token.", "gateway_token")
    return given[0]


def new_source(values: Mapping[str, Any], *, param: str = "", make_default: bool = False) -> WantedSource:
    """A source to be kept; `param` is blamed for a refusal instead of the token's or method's own name."""
    token, name = token_of(values)
    return WantedSource(
        token=token,
        method=values.get("method", ""),
        receipt_email=values.get("receipt_email", ""),
        make_default=make_default or values.get("make_default", False),
        param=param or name,
        method_param=param or "method",
    )


class NewSource(Field):
    """A way to pay to be stored as the default one. Sources that are sent back change nothing."""

    form = SourceShape

    def read(self, raw: Any, place: Place, *, update: bool) -> Any:
        if raw is ABSENT or self.is_blank(raw, place) or raw == []:
            return ABSENT
        if not isinstance(raw, dict):
            raise place.refuse("must be an object")
        if not any(raw.get(name) for name in TOKENS):
            refuse_card_numbers(raw, place.param)
            return ABSENT
        values = SourceShape.read(raw, form=place.form, at=place.param)
        try:
            return new_source(values, param=place.param, make_default=True)
        except Refused as refused:
            raise Refused(refused.message, place.param) from None
