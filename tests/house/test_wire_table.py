"""docs/wire.md: one row for each route and method, each with a test that is there."""

from tests.house.recording import path_of, spoiled
from tests.house.wire_table import EXAMPLES, ROOT, all_rows, chosen, is_beside, read_table


def test_every_route_and_method_has_a_row() -> None:
    assert sorted(read_table()) == sorted(all_rows()), "run script/wire_table"


def test_every_test_in_the_table_is_there() -> None:
    for row, test in read_table().items():
        file, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text("utf-8"), f"{row}: run script/wire_table"


def test_every_route_has_a_test_of_its_own() -> None:
    """The examples are done for every route; that alone is little, and so is a test of something else."""
    lacking = [row for row, test in read_table().items() if is_beside(test)]

    assert lacking == []


def test_what_a_test_only_sets_up_is_not_what_it_covers() -> None:
    """After its answer was spoiled it still has the id to go on with."""
    assert spoiled({"id": 5, "object": "note", "notes": "x"}, "POST") == {
        "id": 5,
        "object": None,
        "notes": None,
    }
    assert spoiled([{"id": "a", "state": "sent"}], "POST") == [{"id": "a", "state": None}]
    assert spoiled([{"id": 5}], "GET") == []
    assert spoiled([], "GET") == [{"id": 0}]


def test_a_better_test_takes_the_row() -> None:
    present, costs = "tests/a/test_notes.py::test_b", "tests/house/test_query_counts.py::test_c"
    path = "/notes/:id"
    others = [
        "tests/a/test_x.py::test_notes_are_not_found",
        "tests/a/test_y.py::test_z",
        "tests/a/test_notes.py::test_d",
    ]

    assert chosen([*others, present], present, path, {present}) == present
    assert chosen(others, present, path, {present}) == others[2]
    assert chosen([], present, path, set()) == present
    assert chosen(others[:2], costs, path, set()) == others[1]
    assert chosen([], costs, path, {costs}) == EXAMPLES


def test_a_pattern_is_written_as_its_path() -> None:
    assert path_of(r"^customers/(?P<customer>[0-9]{1,18})/contacts/(?P<id>[0-9]{1,18})/?$") == (
        "/customers/:customer/contacts/:id"
    )
