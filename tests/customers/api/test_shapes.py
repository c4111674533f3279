"""Whole bodies: order of errors, absence and emptiness, lists, maps, metadata."""

from decimal import Decimal
from typing import Any

import pytest

from customers.api.brackets import parse_form
from customers.api.fields import Amount, Flag, Integer, Text
from customers.api.shapes import ListOf, MapOf, Metadata, Nested, Shape
from customers.errors import Refused


class LineShape(Shape):
    name = Text(required=True)
    quantity = Amount(default=Decimal(1))


class CustomerShape(Shape):
    name = Text(required=True)
    number = Text(max_length=8, aliases=("external_id",))
    city = Text(nullable=True)
    owner = Integer(nullable=True)
    chase = Flag(default=True, aliases=("boolean",))
    items = ListOf(Nested(LineShape))
    ship_to = Nested(LineShape, nullable=True)
    metadata = Metadata()


def refused(data: Any, *, update: bool = False) -> Refused:
    with pytest.raises(Refused) as caught:
        CustomerShape.read(data, update=update)
    return caught.value


def test_a_create_fills_in_defaults_and_leaves_the_rest_absent() -> None:
    assert CustomerShape.read({"name": "Acme"}) == {"name": "Acme", "chase": True}


def test_an_update_holds_only_what_was_sent() -> None:
    assert CustomerShape.read({}, update=True) == {}
    assert CustomerShape.read({"chase": False}, update=True) == {"chase": False}


def test_unknown_and_read_only_parameters_are_ignored() -> None:
    sent = {"id": 5, "object": "customer", "created_at": 1, "name": "Acme", "chase": False, "bogus": []}

    assert CustomerShape.read(sent) == {"name": "Acme", "chase": False}


@pytest.mark.parametrize("blank", [None, "", "   "])
def test_blank_means_unset_where_null_is_allowed(blank: Any) -> None:
    values = CustomerShape.read({"city": blank, "owner": blank}, update=True)

    assert values == {"city": "", "owner": None}


def test_null_where_there_is_a_default_means_the_default_or_no_change() -> None:
    assert CustomerShape.read({"name": "Acme", "chase": None})["chase"] is True
    assert CustomerShape.read({"chase": None, "number": None}, update=True) == {}


@pytest.mark.parametrize("blank", [None, "", " \n "])
def test_a_required_parameter_cannot_be_blank(blank: Any) -> None:
    assert refused({"name": blank}).message == "Name is missing."
    assert refused({"name": blank}, update=True).param == "name"


def test_a_missing_parameter_is_named() -> None:
    refusal = refused({})

    assert (refusal.message, refusal.param) == ("Name is missing.", "name")


def test_the_first_error_in_declaration_order_is_reported() -> None:
    assert refused({"metadata": 5, "owner": "x", "name": []}).param == "name"
    assert refused({"metadata": 5, "owner": "x", "name": "Acme"}).param == "owner"


def test_an_alias_counts_unless_the_proper_name_is_there() -> None:
    assert CustomerShape.read({"external_id": "A1"}, update=True) == {"number": "A1"}
    assert CustomerShape.read({"external_id": "A1", "number": "B2"}, update=True) == {"number": "B2"}


def test_places_inside_of_lists_are_dotted() -> None:
    refusal = refused({"name": "Acme", "items": [{"name": "Ink"}, {"name": "Pen", "quantity": "many"}]})

    assert refusal.param == "items.1.quantity"


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_lists_and_maps_take_every_spelling_of_empty(empty: Any) -> None:
    values = CustomerShape.read({"items": empty, "metadata": empty}, update=True)

    assert values == {"items": [], "metadata": {}}


def test_a_map_with_whole_number_keys_is_a_list() -> None:
    values = CustomerShape.read({"items": {"10": {"name": "b"}, "9": {"name": "a"}}}, update=True)

    assert [item["name"] for item in values["items"]] == ["a", "b"]


def test_lists_refuse_scalars_and_maps_refuse_lists() -> None:
    assert refused({"items": 5}, update=True).param == "items"
    assert refused({"items": {"a": 1}}, update=True).param == "items"
    assert refused({"metadata": [1]}, update=True).param == "metadata"


def test_an_empty_php_array_is_an_empty_object() -> None:
    class Ship(Shape):
        to = Nested(Shape)

    assert Ship.read({"to": []}) == {"to": {}}


def test_forms_reach_the_same_values_as_json() -> None:
    form = parse_form("name=Acme&chase=0&items[0][name]=Ink&items[0][quantity]=2.50&metadata[region]=north")

    assert CustomerShape.read(form) == {
        "name": "Acme",
        "chase": False,
        "items": [{"name": "Ink", "quantity": Decimal("2.50")}],
        "metadata": {"region": "north"},
    }


def test_rules_over_several_parameters_come_last() -> None:
    class Range(Shape):
        start = Integer()
        end = Integer()

        @classmethod
        def check(cls, values: dict[str, Any], *, update: bool) -> dict[str, Any]:
            if values["start"] > values["end"]:
                raise Refused("Start lies after the end.", "start")
            return values

    with pytest.raises(Refused, match="after the end"):
        Range.read({"start": 2, "end": 1})


def test_a_check_of_one_parameter_is_blamed_on_it() -> None:
    def even(value: int) -> int:
        if value % 2:
            raise Refused("That is odd.")
        return value

    with pytest.raises(Refused) as caught:
        type("Even", (Shape,), {"count": Integer(check=even)}).read({"count": 3})  # type: ignore[attr-defined]
    assert caught.value.param == "count"


def test_a_map_reads_each_value() -> None:
    class Limits(Shape):
        limits = MapOf(Integer(), max_keys=2)

    assert Limits.read({"limits": {"a": "1"}}) == {"limits": {"a": 1}}
    with pytest.raises(Refused) as caught:
        Limits.read({"limits": {"a": "x"}})
    assert caught.value.param == "limits.a"
    with pytest.raises(Refused, match="more than 2 keys"):
        Limits.read({"limits": {"a": 1, "b": 1, "c": 1}})


def metadata(value: Any) -> Any:
    return CustomerShape.read({"metadata": value}, update=True)["metadata"]


def test_metadata_keeps_text_numbers_and_booleans() -> None:
    sent = {"rep": " Jan ", "count": 5, "rate": Decimal("1.50"), "vip": True, "whole": Decimal("3.0")}

    assert metadata(sent) == {"rep": "Jan", "count": 5, "rate": 1.5, "vip": True, "whole": 3}


def test_metadata_writes_numbers_out_that_some_reader_would_bend() -> None:
    sent = {"a": 10**20, "b": Decimal("0.1234567890123456789"), "c": Decimal("1E-7"), "d": Decimal("1E+30")}

    assert metadata(sent) == {
        "a": "100000000000000000000",
        "b": "0.1234567890123456789",
        "c": "0.0000001",
        "d": "1" + "0" * 30,
    }


def test_metadata_stores_objects_and_lists_as_json_text() -> None:
    assert metadata({"tags": ["a", Decimal("1.50"), {"b": None}]}) == {"tags": '["a",1.5,{"b":null}]'}


@pytest.mark.parametrize(
    "bad",
    [
        {"a": None},
        {str(n): 1 for n in range(11)},
        {"k" * 41: 1},
        {"": 1},
        {" \x00 ": 1},
        {"\u200b": 1},
        {"a ": 1, "a": 2},
        {"a": 1, "a\x00": 1},
        {"a": "x" * 256},
        {"a": ["x" * 252]},
        {"a": Decimal("1E+300")},
    ],
)
def test_metadata_keeps_its_limits(bad: Any) -> None:
    assert refused({"metadata": bad}, update=True).param == "metadata"


def test_whole_numbers_are_fine_as_metadata_keys_of_a_form() -> None:
    assert CustomerShape.read(parse_form("name=A&metadata[7]=x&metadata[5]=y"))["metadata"] == {
        "7": "x",
        "5": "y",
    }


def test_metadata_at_its_limits_is_taken() -> None:
    full = {f"{n:040d}": "x" * 255 for n in range(10)}

    assert metadata(full) == full


def test_null_metadata_can_mean_absent() -> None:
    class PaymentShape(Shape):
        metadata = Metadata(null_is_absent=True)

    assert PaymentShape.read({"metadata": None}, update=True) == {}
