"""The tree of a tagged file: what somebody hears who cannot see the page."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from statements.rendering import render_document, render_statement
from statements.samples import SAMPLES
from statements.statement import Memo
from tests.statements.document_samples import invoice
from tests.statements.paper_samples import ADDRESSEE, EDITION, SENDER, balance_forward, in_edition, open_items
from tests.statements.printed import read
from tests.statements.test_pictures import SAME_PROGRAM, drawn, others

TAGGED = replace(EDITION, variant="ua")


def elements(node: Any) -> Iterator[Any]:
    """Every element of the tree, each before those below it."""
    node = node.get_object()
    if not hasattr(node, "get"):
        return
    if "/S" in node:
        yield node
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        if not isinstance(kid, int):
            yield from elements(kid)


def tables_of(pdf: bytes) -> list[Any]:
    root = read(pdf).trailer["/Root"]["/StructTreeRoot"]  # type: ignore[index]
    return [element for element in elements(root) if element["/S"] == "/Table"]


def captions_of(table: Any) -> list[Any]:
    return [kid.get_object() for kid in table["/K"] if kid.get_object()["/S"] == "/Caption"]


def everything() -> Any:
    return open_items(4, memo=Memo(unapplied=5_000, credit=250, pending=100))


@pytest.mark.parametrize("locale", ["en_US", "ar_AE"])
@pytest.mark.parametrize("statement", [everything(), balance_forward(6, credit=True)], ids=["open", "period"])
def test_every_table_of_a_statement_is_introduced(statement: Any, locale: str) -> None:
    pdf = render_statement(
        statement=statement,
        sender=SENDER,
        addressee=ADDRESSEE,
        edition=replace(TAGGED, locale=locale),
    )

    tables = tables_of(pdf)
    # Facts, summary, lines; money beside them or the credit balance; aging; the slip's facts and items.
    assert len(tables) >= 6
    for table in tables:
        [caption] = captions_of(table)
        assert table["/K"][0].get_object() == caption
        assert any("/MCID" in str(kid) or isinstance(kid, int) for kid in _leaves(caption))


def test_every_table_of_an_invoice_is_introduced() -> None:
    pdf = render_document(
        document=invoice(), sender=SENDER, addressee=ADDRESSEE, edition=in_edition(variant="ua")
    )

    tables = tables_of(pdf)
    assert len(tables) >= 3
    assert all(len(captions_of(table)) == 1 for table in tables)


def test_a_table_is_introduced_by_what_it_shows() -> None:
    pdf = render_statement(statement=everything(), sender=SENDER, addressee=ADDRESSEE, edition=TAGGED)

    words = read(pdf).pages[0].extract_text()
    assert "Summary" in words
    assert "Payments and credit beside the open items" in words


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm draws the pictures")
@pytest.mark.parametrize("name", ["open", "forward", "arabic"])
def test_nobody_sees_the_introductions(name: str, tmp_path: Path) -> None:
    sample = SAMPLES[name]
    pages = []
    for edition in (EDITION, TAGGED):
        pdf = render_statement(
            statement=sample.build(),
            sender=SENDER,
            addressee=sample.addressee,
            edition=replace(edition, locale=sample.locale),
        )
        pages.append(drawn(pdf, tmp_path))

    plain, tagged = pages
    assert len(plain) == len(tagged)
    assert [others(one, other, SAME_PROGRAM[0]) for one, other in zip(plain, tagged, strict=True)] == [
        0.0
    ] * len(plain)


def _leaves(element: Any) -> Iterator[Any]:
    kids = element["/K"]
    for kid in kids if isinstance(kids, list) else [kids]:
        found = kid if isinstance(kid, int) else kid.get_object()
        if isinstance(found, int) or "/K" not in found:
            yield found
        else:
            yield from _leaves(found)
