"""Sign-up pages (Invoiced API, Sign Up Pages)."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from customers.api.base import Resource
from customers.api.columns import Column
from customers.api.fields import Choice, Flag, Integer, Text, Timestamp
from customers.api.parameter import Place
from customers.api.shapes import Shape
from customers.ledger.sign_up_pages import create_sign_up_page, delete_sign_up_page, update_sign_up_page
from customers.models import SignUpPage

TYPES = tuple(SignUpPage.Type.values)

_is_web_address = URLValidator(schemes=["http", "https"])


class WebAddress(Text):
    """An address that a browser may be sent to: http or https only."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=500, one_line=True, **options)

    def convert(self, raw: Any, place: Place) -> Any:
        address = super().convert(raw, place)
        try:
            _is_web_address(address)
        except ValidationError:
            raise place.refuse("must be a web address") from None
        return address


class SignUpPageShape(Shape):
    name = Text(required=True)
    type = Choice(TYPES)
    billing_address = Flag()
    shipping_address = Flag()
    header_text = Text(nullable=True, max_length=65_535)
    tos_url = WebAddress(nullable=True)
    thanks_url = WebAddress(nullable=True)


class SignUpPages(Resource):
    noun = "Sign-up page"
    model = SignUpPage
    shape = SignUpPageShape
    columns = {
        "id": Column(Integer()),
        "name": Column(Text()),
        "type": Column(Choice(TYPES)),
        "billing_address": Column(Flag()),
        "shipping_address": Column(Flag()),
        "created_at": Column(Timestamp()),
        "updated_at": Column(Timestamp()),
    }

    def create_row(self, values: dict[str, Any], *, now: datetime) -> SignUpPage:
        return create_sign_up_page(values=values, now=now)

    def change_row(self, row: SignUpPage, values: dict[str, Any], *, now: datetime) -> None:
        update_sign_up_page(page=row, changes=values, now=now)

    def delete_row(self, row: SignUpPage, *, now: datetime) -> None:
        delete_sign_up_page(page=row, now=now)
