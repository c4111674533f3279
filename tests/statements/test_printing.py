"""The warm printer: what it refuses, and that its shortcuts change nothing that is seen."""

import pytest
import weasyprint

from statements import printing
from statements.paper import build_model
from statements.printing import Asset, Fetcher, NotOurs, Page, print_pdf
from statements.rendering import render_html
from tests.statements.paper_samples import ADDRESSEE, EDITION, SENDER, balance_forward, open_items
from tests.statements.printed import read, words_of


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        "https://example.com/a.png",
        "ftp://example.com/a.png",
        "data:text/plain,hello",
        "duebook:fonts/../statements/statement.css",
        "duebook:fonts/OFL.txt",
        "duebook:logo",
        "DUEBOOK:logo2",
        "/etc/passwd",
    ],
)
def test_the_fetcher_refuses_what_is_not_ours(url):
    with pytest.raises(NotOurs):
        Fetcher({"code": Asset(b"", "image/png")}).fetch(url)


def test_the_fetcher_serves_fonts_and_the_documents_own_pictures():
    fetcher = Fetcher({"logo": Asset(b"picture", "image/png")})

    assert fetcher.fetch("duebook:logo").read() == b"picture"
    assert fetcher.fetch("duebook:fonts/InterTabular-Regular.woff2").read()[:4] == b"wOF2"


def test_a_picture_that_is_refused_leaves_the_page_standing(tmp_path):
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>SECRET</text></svg>')
    body = f'<img src="{secret.as_uri()}"/><p>Here</p>'
    markup = f'<html lang="en"><head><title>x</title></head><body>{body}</body></html>'

    pdf = print_pdf(markup=markup, assets={}, paper="a4", variant="plain", identifier=b"x")

    text = read(pdf).pages[0].extract_text()
    assert "Here" in text
    assert "SECRET" not in text


@pytest.mark.parametrize(
    "statement", [open_items(1), open_items(45, credit_note=True), balance_forward(12, credit=True)]
)
@pytest.mark.parametrize("locale", ["en_US", "ar_AE"])
def test_expat_and_the_short_sheet_print_what_the_library_itself_would(statement, locale):
    edition = (
        EDITION
        if locale == "en_US"
        else EDITION.__class__(
            generated_at=EDITION.generated_at, zone=EDITION.zone, locale=locale, paper="a4"
        )
    )
    model = build_model(statement=statement, sender=SENDER, addressee=ADDRESSEE, edition=edition)
    markup = render_html(model, edition)
    printer = printing._printer()
    options = {
        "font_config": printer.fonts,
        "stylesheets": [printer.sheet("statement", edition.paper)],
        "pdf_identifier": b"x",
        "pdf_version": "1.4",
    }

    with printing._LOCK:
        ours = Page(markup, Fetcher()).write_pdf(**options)
        theirs = weasyprint.HTML(string=markup, url_fetcher=Fetcher()).write_pdf(**options)

    assert len(read(ours).pages) == len(read(theirs).pages)
    for our_page, their_page in zip(read(ours).pages, read(theirs).pages, strict=True):
        assert words_of(our_page) == words_of(their_page)


def test_one_font_configuration_serves_all_documents():
    first = printing._printer().fonts
    for _ in range(3):
        print_pdf(
            markup='<html lang="en"><head><title>x</title></head><body><p>x</p></body></html>',
            assets={},
            paper="letter",
            variant="plain",
            identifier=b"x",
        )

    assert printing._printer().fonts is first
