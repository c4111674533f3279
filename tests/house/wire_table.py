"""The table of routes in docs/wire.md: each with a test that calls it and gets what it asked for.

`script/wire_table` writes it: it runs the tests of the API and notes which test calls which route. That the
table stays true is checked for each row when its test runs (tests/conftest.py), and for the table as a
whole by test_wire_table.py.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/wire.md"
BEGIN, END = "<!-- routes: written by script/wire_table -->", "<!-- end of routes -->"
# Where a test hands in what it called; set by the script alone.
NOTES = "WIRE_TABLE_NOTES"
SUITES = ("tests/customers/api", "tests/notifications", "tests/statements", "tests/house")
# It does every documented example, so it covers what no test of its own covers yet.
EXAMPLES = "tests/wire/test_examples.py::test_every_example_is_answered_as_told"

Row = tuple[str, str]  # method, path


def read_table() -> dict[Row, str]:
    """The page's rows: the test by method and path."""
    rows = re.findall(r"^\| `(/\S*)` \| (\w+) \| `(\S+)` \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return {(method, path): test for path, method, test in rows}


def claims() -> dict[str, set[Row]]:
    """What each test is said to call."""
    found: dict[str, set[Row]] = defaultdict(set)
    for row, test in read_table().items():
        found[test].add(row)
    return found


def note(test: str, called: Iterable[Row]) -> None:
    """Hand in what a test has called, for the script."""
    with Path(os.environ[NOTES]).open("a") as notes:
        notes.write(json.dumps([test, sorted(called)]) + "\n")


def write_table(calls: dict[str, set[Row]], rows: Iterable[Row]) -> None:
    """`calls`: what each test has called. Of several that fit, the one that does least beside it is named."""
    before = read_table()
    callers: dict[Row, list[str]] = defaultdict(list)
    for test in sorted(calls, key=lambda test: (_is_last_choice(test), len(calls[test]), test)):
        for row in calls[test]:
            callers[row].append(test)
    lines = [BEGIN, "", "| Route | Method | Test |", "|---|---|---|"]
    for method, path in sorted(rows, key=lambda row: (row[1], row[0])):
        test = _chosen(callers[method, path], before.get((method, path)), path, calls)
        lines.append(f"| `{path}` | {method} | `{test}` |")
    text = PAGE.read_text("utf-8")
    start, end = text.index(BEGIN), text.index(END)
    PAGE.write_text(text[:start] + "\n".join([*lines, "", END]) + text[end + len(END) :], "utf-8")


def _chosen(tests: list[str], present: str | None, path: str, calls: dict[str, set[Row]]) -> str:
    """The present one as long as it calls the route, or did not run; else one whose file is named like it."""
    if present and present != EXAMPLES and (present in tests or present not in calls):
        return present
    words = [piece.rstrip("s") for piece in reversed(path.split("/")) if piece and piece[0] != ":"]
    return min(tests, key=lambda test: [word not in _file(test) for word in words], default=EXAMPLES)


def _file(test: str) -> str:
    return Path(test.partition("::")[0]).name


def _is_last_choice(test: str) -> bool:
    """Those that look at many routes from one side only."""
    return test.startswith("tests/house")


def main(suites: list[str]) -> None:
    """Run these tests, or all of the API; rows of tests that did not run stay as they are."""
    calls: dict[str, set[Row]] = {}
    with tempfile.NamedTemporaryFile() as notes:
        command = [sys.executable, "-m", "pytest", "-n0", "-q", "-p", "no:randomly", *(suites or SUITES)]
        subprocess.run(command, cwd=ROOT, env={**os.environ, NOTES: notes.name}, check=False)
        for line in Path(notes.name).read_text().splitlines():
            test, called = json.loads(line)
            calls[test] = {(method, path) for method, path in called}
    write_table(calls, all_rows())


def all_rows() -> list[Row]:
    from tests.wire.routes import ROUTES

    return [(method, route.path) for route in ROUTES for method in route.methods]


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    main(sys.argv[1:])
