"""HTML text → PDF bytes, by a WeasyPrint that stays warm: the one module that knows WeasyPrint.

Importing it needs the system's Pango; import it where something is printed, not at a module's top,
so that the rest of the product starts without. The shortcuts taken here are pinned by a test: the
page must come out as the library's own parser and style sheet would make it.
"""

import gc
import threading
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple
from xml.etree import ElementTree

import weasyprint
from cssselect2 import ElementWrapper  # type: ignore[import-untyped]
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from statements.letterhead import Look, PaperSize, Variant
from statements.paper.colours import tint
from statements.quickening import Places, quickened

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

PLAIN = Look()
# What the sheets are written with; other accents are put in its place.
ACCENT = PLAIN.accent
SHEETS_KEPT = 12
# A class for each width of a column: a style in an element would be read anew with each document.
COLUMNS = "".join(f".c{points}{{width:{points}pt}}" for points in range(1, 527))

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


class Root(ElementWrapper):  # type: ignore[misc]
    """The root of a page. What the library asks for by name (title, links, sheets) stands in the head."""

    def query_all(self, *selectors: Any) -> Iterator[ElementWrapper]:
        yield from ElementWrapper.query_all(next(self.iter_children()), *selectors)


class Page(weasyprint.HTML):  # type: ignore[misc]
    """A page whose markup is well-formed XML, read by expat, and whose sheet says what its elements are.

    Both replace slower parts of the library (its HTML5 parser, its style sheet for any element).
    """

    def __init__(self, markup: str, fetcher: Fetcher) -> None:
        self.base_url = None
        self.url_fetcher = fetcher
        self.media_type = "print"
        root = ElementTree.fromstring(markup)  # noqa: S314  our own template, texts escaped
        self.wrapper_element = Root.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[weasyprint.CSS]:
        return []


class Printer:
    """What a process keeps between documents: fonts, and the parsed sheets of the last few looks.

    One sheet, not three, since each is asked about each element. Invoices and their like have a
    sheet of their own, read when the first is printed: statements need not ask its rules. The faces
    are read once: every further reading would keep its memory for good.
    """

    def __init__(self) -> None:
        self.fonts = FontConfiguration()
        self._parsed("faces.css")
        self._sheets: dict[tuple[Kind, PaperSize, Look], weasyprint.CSS] = {}

    def sheet(self, kind: Kind, paper: PaperSize, look: Look = PLAIN) -> weasyprint.CSS:
        key = (kind, paper, Look(accent=look.accent, window=look.window, carried=look.carried))
        if key not in self._sheets:
            if len(self._sheets) >= SHEETS_KEPT:
                del self._sheets[next(iter(self._sheets))]
            self._sheets[key] = self._parsed(*sheet_names(*key), accent=look.accent)
        return self._sheets[key]

    def _parsed(self, *names: str, accent: str = ACCENT) -> weasyprint.CSS:
        text = "\n".join([*((SHEETS / name).read_text("utf-8") for name in names), COLUMNS])
        if accent != ACCENT:
            text = text.replace(f"#{ACCENT}", f"#{accent}").replace(f"#{tint(ACCENT)}", f"#{tint(accent)}")
        sheet = weasyprint.CSS(string=text, font_config=self.fonts, url_fetcher=Fetcher())
        sheet.places = Places(text)
        return sheet


def sheet_names(kind: Kind, paper: PaperSize, look: Look) -> tuple[str, ...]:
    """The files that make the sheet, in their order."""
    size = "a4_right" if paper == "a4" and look.window == "right" else paper
    names = ["ua", "statement", *(["document"] if kind == "document" else []), size]
    if look.carried and kind == "statement":
        names.append("carried")
    return tuple(f"{name}.css" for name in names)


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
    look: Look = PLAIN,
    shorter: Iterable[str] = (),
) -> bytes:
    """The markup as a PDF; equal arguments give equal bytes.

    `shorter` yields the same page with ever smaller slips, asked for when the slip would stand alone on
    a sheet of its own: the first that saves the sheet is printed.
    """
    with _LOCK, quickened():
        printer = _printer()
        options: dict[str, Any] = {
            "stylesheets": [printer.sheet(kind, paper, look)],
            "pdf_identifier": identifier,
            "custom_metadata": True,
            "cache": {},
            **_VARIANTS[variant],
        }
        document = Page(markup, Fetcher(assets)).render(printer.fonts, **options)
        if _ends_with_the_slip_alone(document):
            for other_markup in shorter:
                other = Page(other_markup, Fetcher(assets)).render(printer.fonts, **options)
                if len(other.pages) < len(document.pages):
                    document = other
                    break
        pdf: bytes = document.write_pdf(**options)
        return pdf


def _ends_with_the_slip_alone(document: weasyprint.Document) -> bool:
    """Whether the last of several pages has nothing on it but the slip."""
    if len(document.pages) < 2:
        return False
    root = document.pages[-1]._page_box.children[0]
    # Beside the body may stand what is on every page.
    [body] = [child for child in root.children if child.element_tag == "body"]
    return [str(child.element.get("class")).partition(" ")[0] for child in body.children] == ["room"]


def freeze() -> None:
    """Set everything loaded so far aside from garbage collection; call it once, after a first page."""
    gc.collect()
    gc.freeze()
