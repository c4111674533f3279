"""Runs tests again with spoiled answers, for `script/wire_table`: does a test notice what it calls?

A plugin of pytest that only the script loads. A test is tried with each route that docs/wire.md names it for,
and with the one that it calls last: what it calls before is mostly there to set something up. With routes for
which the page has no good test yet, every test is tried that calls them.
"""

import pytest
from _pytest.runner import runtestprotocol

from tests.house import recording, wire_table

_CLAIMS = wire_table.claims()
_OPEN = {row for row, test in wire_table.read_table().items() if wire_table.is_beside(test)}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> object:
    done = yield
    called = list(recording.CALLED)
    if called and "[" not in item.name:
        tried = (_CLAIMS.get(item.nodeid, set()) | _OPEN) & set(called) | {called[-1]}
        wire_table.note(item.nodeid, called, [row for row in sorted(tried) if _notices(item, nextitem, row)])
    return done


def _notices(item: pytest.Item, nextitem: pytest.Item | None, row: recording.Row) -> bool:
    """Whether the test itself fails when the answers of this route are spoiled."""
    recording.SPOILED.add(row)
    item._initrequest()  # type: ignore[attr-defined]
    try:
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
    finally:
        recording.SPOILED.clear()
    return any(report.when == "call" and report.failed for report in reports)
