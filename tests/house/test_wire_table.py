"""docs/wire.md: one row for each route and method, each with a test that is there."""

from tests.house.recording import path_of
from tests.house.wire_table import EXAMPLES, ROOT, all_rows, read_table


def test_every_route_and_method_has_a_row() -> None:
    assert sorted(read_table()) == sorted(all_rows()), "run script/wire_table"


def test_every_test_in_the_table_is_there() -> None:
    for row, test in read_table().items():
        file, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text("utf-8"), f"{row}: run script/wire_table"


def test_most_routes_have_a_test_of_their_own() -> None:
    """The examples are done for every route; that alone is little."""
    only_examples = [row for row, test in read_table().items() if test == EXAMPLES]

    assert len(only_examples) <= 3, only_examples


def test_a_pattern_is_written_as_its_path() -> None:
    assert path_of(r"^customers/(?P<customer>[0-9]{1,18})/contacts/(?P<id>[0-9]{1,18})/?$") == (
        "/customers/:customer/contacts/:id"
    )
