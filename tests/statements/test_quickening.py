"""The shorter ways give the very bytes that the library's own give, and are gone afterwards."""

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest
from weasyprint import css
from weasyprint.layout import block, percent

from statements import printing
from statements.letterhead import Look
from statements.quickening import QuickStyle, quickened
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
