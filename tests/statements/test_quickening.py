"""The shorter ways give the very bytes that the library's own give, and are gone afterwards."""

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest
from weasyprint import CSS, css
from weasyprint.layout import block, percent
from weasyprint.text.fonts import FontConfiguration

from statements import printing
from statements.letterhead import Look
from statements.printing import PLAIN, Fetcher, Page
from statements.quickening import Places, QuickStyle, quickened, styles, texts
from statements.rendering import render_document, render_statement
from statements.samples import SAMPLES
from tests.statements import document_samples
from tests.statements.paper_samples import ADDRESSEE, EDITION, SENDER, balance_forward, logo


def both_ways(monkeypatch: pytest.MonkeyPatch, make: Any) -> tuple[bytes, bytes]:
    quick: bytes = make()
    with monkeypatch.context() as patch:
        patch.setattr(printing, "quickened", nullcontext)
        slow: bytes = make()
    return quick, slow


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_every_sample_comes_out_the_same(monkeypatch: pytest.MonkeyPatch, name: str, paper: Any) -> None:
    sample = SAMPLES[name]
    edition = replace(EDITION, locale=sample.locale, paper=paper, look=Look(grouped=True, window="right"))

    quick, slow = both_ways(
        monkeypatch,
        lambda: render_statement(
            statement=sample.build(), sender=SENDER, addressee=sample.addressee, edition=edition
        ),
    )

    assert quick == slow


@pytest.mark.parametrize("variant", ["ua", "archive"])
def test_every_variant_and_carried_figures_come_out_the_same(
    monkeypatch: pytest.MonkeyPatch, variant: Any
) -> None:
    edition = replace(EDITION, variant=variant, preview=True, look=Look(carried=True))

    quick, slow = both_ways(
        monkeypatch,
        lambda: render_statement(
            statement=balance_forward(60, credit=True),
            sender=replace(SENDER, logo=logo()),
            addressee=ADDRESSEE,
            edition=edition,
        ),
    )

    assert quick == slow


@pytest.mark.parametrize("locale", ["en_US", "ar_AE"])
def test_invoices_come_out_the_same(monkeypatch: pytest.MonkeyPatch, locale: str) -> None:
    edition = replace(EDITION, locale=locale, paper="a4")

    quick, slow = both_ways(
        monkeypatch,
        lambda: render_document(
            document=document_samples.invoice(), sender=SENDER, addressee=ADDRESSEE, edition=edition
        ),
    )

    assert quick == slow


@pytest.mark.parametrize("many", [texts.MOST_KEPT, 40])
def test_a_long_statement_comes_out_the_same_when_not_all_its_texts_are_kept(
    monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(texts, "MOST_KEPT", many)

    quick, slow = both_ways(
        monkeypatch,
        lambda: render_statement(
            statement=balance_forward(120), sender=SENDER, addressee=ADDRESSEE, edition=EDITION
        ),
    )

    assert quick == slow


@pytest.mark.parametrize(
    ("rule", "enough"),
    [
        (".a > .b::before, html[dir=rtl] .c", True),
        ("@page :first", True),
        ("/* li:last-child */ p", True),
        ("h2 + p", False),
        ("h2 ~ p", False),
        ("td:first-child", False),
        ("p:not(.a)", False),
        ("tr:nth-child(2n)", False),
    ],
)
def test_places_are_not_enough_where_a_rule_looks_around(rule: str, enough: bool) -> None:
    assert Places(f"{rule} {{ color: red }}").are_enough is enough


def test_a_sheet_that_looks_around_goes_the_librarys_way() -> None:
    """A row that is striped by its number would otherwise look like all its neighbours."""
    sheet = CSS(string="p:nth-child(2) { color: red }")
    sheet.places = Places("p:nth-child(2) { color: red }")
    page = Page("<html><head/><body><p>a</p><p>b</p></body></html>", Fetcher())

    with quickened():
        style_for = css.get_all_computed_styles(page, [sheet], font_config=FontConfiguration())

    first, second = page.etree_element.findall("body/p")
    assert style_for(first)["color"] != style_for(second)["color"]


def test_places_of_one_document_serve_the_next_and_never_grow_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(styles, "MOST_PLACES", 3)
    sheet = CSS(string=".a { color: red }")
    sheet.places = places = Places(".a { color: red }")

    with quickened():
        for number in range(9):
            page = Page(f"<html><head/><body><p class='a' id='p{number}'>text</p></body></html>", Fetcher())
            css.get_all_computed_styles(page, [sheet], font_config=FontConfiguration())
            assert len(places.known) <= 3 + 4


def test_a_place_keeps_no_text_of_a_document() -> None:
    printer = printing._printer()
    printed = render_statement(
        statement=balance_forward(3), sender=SENDER, addressee=ADDRESSEE, edition=EDITION
    )
    assert printed

    known = printer.sheet("statement", "letter", PLAIN).places.known

    assert known
    for place in known.values():
        element = place.bare.etree_element
        assert (element.text, element.tail, len(element)) == (None, None, 0)
        assert set(element.keys()) <= {"class", "id", "dir", "data-forward"}


def test_the_library_is_as_it_was_afterwards() -> None:
    style, lengths = css.ComputedStyle, block.resolve_percentages

    with pytest.raises(RuntimeError, match="could not be made"):
        _break_down_inside()

    assert css.ComputedStyle is style
    assert block.resolve_percentages is lengths is percent.resolve_percentages


@quickened()
def _break_down_inside() -> None:
    assert css.ComputedStyle is QuickStyle
    assert block.resolve_percentages is not percent.resolve_percentages
    raise RuntimeError("the page could not be made")
