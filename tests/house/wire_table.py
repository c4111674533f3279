"""The table of routes in docs/wire.md: each with a test that calls it and looks at what it is told.

`script/wire_table` writes it: it runs the tests of the API, notes which test calls which route, and runs them
again with the answers of the route spoiled: only a test that then fails is named. That the table stays true
is checked for each row when its test runs (tests/conftest.py), and for the table as a whole by
test_wire_table.py.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Container, Iterable
from pathlib import Path

from tests.house.recording import Row

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/wire.md"
BEGIN, END = "<!-- routes: written by script/wire_table -->", "<!-- end of routes -->"
# Where a test hands in what it called; set by the script alone.
NOTES = "WIRE_TABLE_NOTES"
SUITES = ("tests/customers/api", "tests/notifications", "tests/statements")
# It does every documented example, so it covers what no test of its own covers yet.
EXAMPLES = "tests/wire/test_examples.py::test_every_example_is_answered_as_told"
# They look at who may call, what is not there or what it costs, and at the answer by the way.
_BESIDE = re.compile(
    r"tests/house|account_manager|finances|power|stranger|not_(be_)?(found|there)|do_not_exist|refused"
)


def read_table() -> dict[Row, str]:
    """The page's rows: the test by method and path."""
    rows = re.findall(r"^\| `(/\S*)` \| (\w+) \| `(\S+)` \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return {(method, path): test for path, method, test in rows}


def is_beside(test: str) -> bool:
    """Whether another test should be named for a route, when there is one."""
    return test == EXAMPLES or _BESIDE.search(test) is not None


def claims() -> dict[str, set[Row]]:
    """What each test is said to call."""
    found: dict[str, set[Row]] = defaultdict(set)
    for row, test in read_table().items():
        found[test].add(row)
    return found


def note(test: str, called: Iterable[Row], noticed: Iterable[Row]) -> None:
    """Hand in what a test has called, and whose spoiled answers made it fail, for the script."""
    with Path(os.environ[NOTES]).open("a") as notes:
        notes.write(json.dumps([test, sorted(set(called)), sorted(noticed)]) + "\n")


def write_table(calls: dict[str, set[Row]], noticed: dict[str, set[Row]], rows: Iterable[Row]) -> None:
    """`calls`: what each test has called; `noticed`: of which of these it looks at the answers.

    Of several tests that fit, the one that does least beside it is named.
    """
    before = read_table()
    watchers: dict[Row, list[str]] = defaultdict(list)
    for test in sorted(noticed, key=lambda test: (is_beside(test), len(calls[test]), test)):
        for row in noticed[test]:
            watchers[row].append(test)
    lines = [BEGIN, "", "| Route | Method | Test |", "|---|---|---|"]
    for method, path in sorted(rows, key=lambda row: (row[1], row[0])):
        test = chosen(watchers[method, path], before.get((method, path)), path, calls)
        lines.append(f"| `{path}` | {method} | `{test}` |")
    text = PAGE.read_text("utf-8")
    start, end = text.index(BEGIN), text.index(END)
    PAGE.write_text(text[:start] + "\n".join([*lines, "", END]) + text[end + len(END) :], "utf-8")


def chosen(tests: list[str], present: str | None, path: str, ran: Container[str]) -> str:
    """The present one as long as it fits or did not run; else one whose file is named like the route."""
    if present and not is_beside(present) and (present in tests or present not in ran):
        return present
    words = [piece.rstrip("s") for piece in reversed(path.split("/")) if piece and piece[0] != ":"]

    def distance(test: str) -> list[bool]:
        return [is_beside(test), *(word not in _file(test) for word in words)]

    return min(
        [*tests, *([present] if present and present not in ran else [])], key=distance, default=EXAMPLES
    )


def _file(test: str) -> str:
    return Path(test.partition("::")[0]).name


def main(suites: list[str]) -> None:
    """Run these tests, or all of the API; rows of tests that did not run stay as they are."""
    calls: dict[str, set[Row]] = {}
    noticed: dict[str, set[Row]] = {}
    with tempfile.NamedTemporaryFile() as notes:
        options = ["-n0", "-q", "-p", "no:randomly", "-p", "tests.house.spoiling"]
        command = [sys.executable, "-m", "pytest", *options, *(suites or SUITES)]
        subprocess.run(command, cwd=ROOT, env={**os.environ, NOTES: notes.name}, check=False)
        for line in Path(notes.name).read_text().splitlines():
            test, called, seen = json.loads(line)
            calls[test] = {(method, path) for method, path in called}
            noticed[test] = {(method, path) for method, path in seen}
    write_table(calls, noticed, all_rows())


def all_rows() -> list[Row]:
    from tests.wire.routes import ROUTES

    return [(method, route.path) for route in ROUTES for method in route.methods]


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    main(sys.argv[1:])
