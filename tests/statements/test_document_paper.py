"""Invoices, credit notes and receipts on paper."""

from dataclasses import replace

import pytest
import weasyprint

from statements import printing
from statements.document import AutoCharge
from statements.labels import labels, languages
from statements.paper.document import build_document_model
from statements.paper.document_figures import payment_code
from statements.printing import Fetcher, Page
from statements.rendering import render_document, render_html
from tests.statements.document_samples import (
    AT,
    DAY,
    PAY_URL,
    PAYABLE,
    credit_note,
    edition,
    invoice,
    long_invoice,
    receipt,
)
from tests.statements.paper_samples import ADDRESSEE, SENDER
from tests.statements.printed import fonts_of, read, text_of, words_of


def printed(document, of=PAYABLE, sender=SENDER, addressee=ADDRESSEE):
    return render_document(document=document, sender=sender, addressee=addressee, edition=of)


def test_an_invoice_says_what_is_owed_for_what_and_until_when():
    text = text_of(printed(invoice(2, paid=1_000)))

    for words in ("Invoice", "INV-0117", "Jul 1, 2026", "Due Jul 31, 2026", "NET 30", "7781", "Article 2"):
        assert words in text
    for words in ("Quantity", "Unit price", "26.00", "14.00", "42.00", "Total", "$68.00", "-10.00", "$58.00"):
        assert words in text
    assert "ar.example.com/invoices/" in text


def test_long_invoices_repeat_their_header_and_keep_the_total_with_the_lines():
    document = long_invoice()
    pages = [page.extract_text() for page in read(printed(document)).pages]

    assert len(pages) > 1
    assert all("Unit price" in page for page in pages)
    assert sum("$" + f"{document.total / 100:,.2f}" in page for page in pages) == 1
    assert "Article 40" in pages[-1]
    for words in ("Subtotal", "-15.00", "State tax 6.25%", "County tax 1.5%", "Goods remain ours."):
        assert words in pages[-1]
    assert f"Page 2 of {len(pages)}" in pages[1]
    assert "Invoice INV-0117" in pages[1]


@pytest.mark.parametrize("paper", ["letter", "a4"])
@pytest.mark.parametrize("document", [invoice(), long_invoice(), credit_note(), receipt()])
def test_only_the_addressee_stands_behind_the_window(document, paper):
    [first, *_] = read(printed(document, edition(paper=paper))).pages
    # On A4 the sender's own line stands above, inside the window as DIN 5008 has it.
    lowest, highest, widest = (115, 230, 338) if paper == "letter" else (175, 255, 311)

    behind = [word for word in words_of(first) if word.x < widest and lowest < word.y < highest]

    expected = {ADDRESSEE.name, *ADDRESSEE.address_lines}
    assert {word.text for word in behind} >= set(ADDRESSEE.address_lines)
    assert {word.text for word in behind} <= expected


@pytest.mark.parametrize(("mark", "word"), [("paid", "PAID"), ("void", "VOID"), ("draft", "DRAFT")])
def test_what_is_not_to_be_paid_says_so_across_the_page(mark, word):
    text = text_of(printed(invoice(mark=mark, due=0)))

    assert word in text
    assert "Pay online" not in text
    assert payment_code(invoice(mark=mark, due=0), SENDER, PAYABLE) is None


def test_a_preview_is_marked_and_leads_nowhere():
    model = build_document_model(
        document=invoice(), sender=SENDER, addressee=ADDRESSEE, edition=edition(preview=True)
    )

    assert model["mark"]["text"] == "Preview"
    assert model["due"]["link"] is None
    assert not model["due"]["code"]


def test_a_late_invoice_says_when_it_was_due():
    assert "Was due Jul 31, 2026" in text_of(printed(invoice(late=True)))


def test_what_autopay_collects_has_no_link_to_pay():
    charged = invoice(charge=AutoCharge("Visa ····4242", AT + 3 * DAY), autopay=True, due_at=None)

    text = text_of(printed(charged))

    assert "will be charged to Visa" in text
    assert "on Jul 4, 2026" in text
    assert "Pay online" not in text
    assert payment_code(charged, SENDER, PAYABLE) is None


def test_the_code_is_the_link_else_a_euro_transfer():
    sender = replace(SENDER, iban="DE89370400440532013000", bic="COBADEFFXXX")
    euro = invoice(currency="eur")

    assert payment_code(euro, sender, PAYABLE) == PAY_URL
    transfer = payment_code(euro, sender, edition(pay_url=None))
    assert transfer is not None
    assert transfer.split("\n")[7:] == ["EUR26.00", "", "RF12INV0117"]
    assert payment_code(invoice(), sender, edition(pay_url=None)) is None


def test_who_has_a_bank_account_says_how_to_transfer():
    text = text_of(printed(invoice(), sender=replace(SENDER, iban="DE89370400440532013000")))

    assert "How to pay" in text
    assert "IBAN DE89 3704 0044 0532 0130 00" in text
    assert "RF12 INV0 117" in text


def test_a_credit_note_names_its_invoice_and_what_is_left_of_it():
    text = text_of(printed(credit_note()))

    for words in ("Credit note", "For invoice", "INV-0117", "Remaining credit $68.00"):
        assert words in text
    assert "Amount due" not in text


def test_a_receipt_tells_what_the_money_went_to():
    text = text_of(printed(receipt()))

    for words in ("Receipt", "Amount received", "$1,000.00", "Check", "Invoice INV-0117", "700.00"):
        assert words in text
    for words in ("Added to credit balance", "Convenience fee", "Unapplied payments", "200.00"):
        assert words in text


def test_yen_have_no_decimals():
    text = text_of(printed(invoice(2, currency="jpy"), edition(locale="en_US")))

    assert "¥68" in text
    assert "68.00" not in text


@pytest.mark.parametrize("language", languages())
def test_every_language_prints_every_kind(language):
    word = labels(language)

    for document in (invoice(), credit_note(), receipt()):
        model = build_document_model(
            document=document, sender=SENDER, addressee=ADDRESSEE, edition=edition(locale=language)
        )
        assert model["title"] == word[document.kind]
        assert model["right_to_left"] == (language == "ar")
        assert render_html(model, PAYABLE, template="document").startswith(f'<html lang="{language}"')


def test_long_and_hostile_texts_stay_in_their_place():
    long = "Internationale Vereinigung <b>besonders</b> langnamiger & Zubehör herstellender Betriebe " * 3
    document = replace(
        invoice(3),
        number="9" * 32,
        name=long,
        purchase_order="P" * 32,
        terms=long,
        notes=long,
        ship_to=(long,) * 8,
    )

    [page, *more] = read(printed(document, addressee=replace(ADDRESSEE, name=long, tax_id="T" * 64))).pages

    width = float(page.mediabox.width)
    assert not more
    assert all(36 <= word.x <= width - 36 for word in words_of(page))
    assert "<b>" in page.extract_text()


def test_equal_facts_give_equal_bytes_and_one_typeface():
    first = printed(long_invoice())

    assert first == printed(long_invoice())
    assert fonts_of(first) <= {"Inter", "Inter-Semi-Bold"}


@pytest.mark.parametrize("document", [long_invoice(), credit_note(), receipt(), invoice(mark="void", due=0)])
@pytest.mark.parametrize("locale", ["en_US", "ar_AE"])
def test_the_short_sheet_prints_what_the_library_itself_would(document, locale):
    of = edition(locale=locale, paper="a4", pay_url=None)
    model = build_document_model(document=document, sender=SENDER, addressee=ADDRESSEE, edition=of)
    markup = render_html(model, of, template="document")
    printer = printing._printer()
    options = {
        "font_config": printer.fonts,
        "stylesheets": [printer.sheet("document", "a4")],
        "pdf_identifier": b"x",
        "pdf_version": "1.4",
    }

    with printing._LOCK:
        ours = Page(markup, Fetcher()).write_pdf(**options)
        theirs = weasyprint.HTML(string=markup, url_fetcher=Fetcher()).write_pdf(**options)

    for our_page, their_page in zip(read(ours).pages, read(theirs).pages, strict=True):
        assert words_of(our_page) == words_of(their_page)


def test_totals_that_do_not_add_up_cannot_be_printed():
    with pytest.raises(ValueError, match="do not add up"):
        replace(invoice(), subtotal=1)
    with pytest.raises(ValueError, match="does not follow"):
        replace(invoice(), balance=1)
