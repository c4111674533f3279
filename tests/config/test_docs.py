"""The pages in docs/ say what is true of the code."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config.celery import QUEUES

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_every_setting_that_is_read_from_the_environment_stands_in_the_table_once() -> None:
    code = read("config/settings.py") + read("config/bucket.py")
    reads = re.findall(r'\benv\.(?!read_env\b)\w+\(\s*"([A-Z0-9_]+)"', code)
    rows = re.findall(r"^\| `([A-Z0-9_]+)` \|", read("docs/operations.md"), re.MULTILINE)

    assert len(set(reads)) > 30
    assert sorted(rows) == sorted(set(reads))


def test_every_command_stands_in_the_table() -> None:
    found = {path.stem for path in ROOT.glob("*/management/commands/*.py")} - {"__init__"}
    named = set(re.findall(r"^\| `manage\.py (\w+)", read("docs/operations.md"), re.MULTILINE))

    assert named == found


def test_every_queue_has_a_worker_in_the_production_page() -> None:
    lists = re.findall(r"--queues (\S+)", read("docs/production.md"))

    assert sorted(",".join(lists).split(",")) == sorted(QUEUES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"(?<!!)\[[^\]]+\]\(([^)#]+)", page.read_text("utf-8"))

    for target in targets:
        if not urlsplit(target).scheme:
            assert (page.parent / target).exists(), target


def test_decisions_are_numbered_without_a_gap_and_have_the_same_three_parts() -> None:
    pages = sorted((ROOT / "docs/adr").glob("*.md"))

    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        parts = re.findall(r"^## (.+)$", page.read_text("utf-8"), re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences"], page.name
