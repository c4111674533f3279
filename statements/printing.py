"""HTML text → PDF bytes, by a WeasyPrint that stays warm: the one module that knows WeasyPrint.

Importing it needs the system's Pango; import it where something is printed, not at a module's top,
so that the rest of the product starts without. The shortcuts taken here are pinned by a test: the
page must come out as the library's own parser and style sheet would make it.
"""

import gc
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple
from xml.etree import ElementTree

import weasyprint
from cssselect2 import ElementWrapper  # type: ignore[import-untyped]
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from statements.letterhead import PaperSize, Variant

# Which sheet a page is set with.
Kind = Literal["statement", "document"]

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
SHEETS = TEMPLATES / "statements"

# A plain file is PDF 1.4 with a classic cross-reference table: old tools that merge statements read
# nothing newer.
_VARIANTS: Mapping[Variant, Mapping[str, Any]] = {
    "plain": {"pdf_version": "1.4"},
    "ua": {"pdf_variant": "pdf/ua-1"},
    "archive": {"pdf_variant": "pdf/a-3b"},
}

# One document at a time in a process: the font map is shared.
_LOCK = threading.Lock()


class Asset(NamedTuple):
    """A picture or font that a page may show, under the name `duebook:<name>`."""

    data: bytes
    mime: str


class NotOurs(ValueError):
    """A page asked for something that does not come with the product or the document."""


class Fetcher(URLFetcher):  # type: ignore[misc]
    """Serves the packaged fonts and the document's own pictures; everything else is refused."""

    def __init__(self, assets: Mapping[str, Asset] | None = None) -> None:
        super().__init__(allowed_protocols=("duebook",), allow_redirects=False)
        self._assets = assets or {}

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        scheme, _, name = url.partition(":")
        if scheme != "duebook":
            raise NotOurs(f"A statement does not fetch {url[:80]}")
        asset = self._assets.get(name) or _font(name)
        return URLFetcherResponse(url, asset.data, {"Content-Type": asset.mime})


def _font(name: str) -> Asset:
    folder, _, file = name.partition("/")
    if folder != "fonts" or file not in {path.name for path in (TEMPLATES / "fonts").glob("*.woff2")}:
        raise NotOurs(f"There is no packaged file {name[:80]}")
    return Asset((TEMPLATES / "fonts" / file).read_bytes(), "font/woff2")


class Page(weasyprint.HTML):  # type: ignore[misc]
    """A page whose markup is well-formed XML, read by expat, and whose sheet says what its elements are.

    Both replace slower parts of the library (its HTML5 parser, its style sheet for any element).
    """

    def __init__(self, markup: str, fetcher: Fetcher) -> None:
        self.base_url = None
        self.url_fetcher = fetcher
        self.media_type = "print"
        root = ElementTree.fromstring(markup)  # noqa: S314  our own template, texts escaped
        self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[weasyprint.CSS]:
        return []


class Printer:
    """What a process keeps between documents: fonts, and one parsed sheet for each paper size.

    One sheet, not three, since each is asked about each element. Invoices and their like have a
    sheet of their own, read when the first is printed: statements need not ask its rules.
    """

    def __init__(self) -> None:
        self.fonts = FontConfiguration()
        self.sheets: dict[PaperSize, weasyprint.CSS] = {
            "letter": self._sheet("ua.css", "statement.css", "letter.css"),
            "a4": self._sheet("ua.css", "statement.css", "a4.css"),
        }
        self._document_sheets: dict[PaperSize, weasyprint.CSS] = {}

    def sheet(self, kind: Kind, paper: PaperSize) -> weasyprint.CSS:
        if kind == "statement":
            return self.sheets[paper]
        if paper not in self._document_sheets:
            names = ("ua.css", "statement.css", "document.css", f"{paper}.css")
            self._document_sheets[paper] = self._sheet(*names)
        return self._document_sheets[paper]

    def _sheet(self, *names: str) -> weasyprint.CSS:
        text = "\n".join((SHEETS / name).read_text("utf-8") for name in names)
        return weasyprint.CSS(string=text, font_config=self.fonts, url_fetcher=Fetcher())


@lru_cache(maxsize=1)
def _printer() -> Printer:
    return Printer()


def print_pdf(
    *,
    markup: str,
    assets: Mapping[str, Asset],
    paper: PaperSize,
    variant: Variant,
    identifier: bytes,
    kind: Kind = "statement",
) -> bytes:
    """The markup as a PDF; equal arguments give equal bytes."""
    with _LOCK:
        printer = _printer()
        pdf: bytes = Page(markup, Fetcher(assets)).write_pdf(
            font_config=printer.fonts,
            stylesheets=[printer.sheet(kind, paper)],
            pdf_identifier=identifier,
            custom_metadata=True,
            cache={},
            **_VARIANTS[variant],
        )
        return pdf


def freeze() -> None:
    """Set everything loaded so far aside from garbage collection; call it once, after a first page."""
    gc.collect()
    gc.freeze()
