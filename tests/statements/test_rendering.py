"""The file itself: what it shows and where, and that it comes out the same wherever it is made."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from statements.letterhead import Logo, Look
from statements.paper import build_model
from statements.paper.payment_codes import qr_picture
from statements.rendering import render_html, render_statement
from statements.statement import Memo, Statement
from tests.statements.paper_samples import (
    ADDRESSEE,
    EDITION,
    SENDER,
    balance_forward,
    logo,
    open_items,
)
from tests.statements.printed import AMOUNT, fonts_of, read, text_of, words_of

INCH, MILLIMETRE = 72.0, 72.0 / 25.4
ROOT = Path(__file__).resolve().parents[2]


def printed(statement: Statement, **changes: Any) -> bytes:
    return render_statement(
        statement=statement,
        sender=changes.pop("sender", SENDER),
        addressee=changes.pop("addressee", ADDRESSEE),
        edition=replace(EDITION, **changes),
    )


def in_dollars(*minor: int) -> set[Decimal]:
    return {Decimal(amount) / 100 for amount in minor}


def amounts_in(text: str) -> set[Decimal]:
    # A sign may stand before the currency's sign: -$40.00.
    plain = text.replace("-$", "-").replace("$", "").replace(" 39-1234567", "")
    return {Decimal(found.replace(",", "")) for found in AMOUNT.findall(plain)}


def test_open_items_show_exactly_the_facts_amounts():
    statement = open_items(20, credit_note=True, memo=Memo(unapplied=90_000, credit=5_000, pending=1_234))
    expected = in_dollars(
        *(line.total for line in statement.open_lines),
        *(line.balance for line in statement.open_lines),
        *statement.aging.buckets,
        statement.past_due,
        statement.total,
        -90_000,
        -5_000,
        1_234,
        statement.net,
    )

    assert amounts_in(text_of(printed(statement))) == expected


def test_balance_forward_shows_exactly_the_facts_amounts():
    statement = balance_forward(25, write_off=True, credit=True, changed=-4_500)
    columns = {"invoice": 1, "credit_note": 1}
    expected = in_dollars(
        *(line.amount * columns.get(line.type, -1) for line in statement.lines if line.amount),
        *(line.balance for line in statement.lines),
        *(line.fee for line in statement.lines if line.fee),
        *statement.aging.buckets,
        statement.opening,
        statement.invoiced,
        statement.paid,
        statement.adjusted,
        statement.closing,
        statement.opening_credit,
        statement.issued_credit,
        statement.spent_credit,
        statement.closing_credit,
        *(line.balance for line in statement.credit_lines),
        -4_500,
        abs(statement.closing),
    )

    assert amounts_in(text_of(printed(statement))) == expected


@pytest.mark.parametrize("lines", [1, 4])
def test_the_addressee_stands_in_the_window_of_a_us_envelope(lines):
    addressee = replace(ADDRESSEE, attention_to="Jane Doe" if lines == 4 else "")
    words = words_of(read(printed(open_items(20), addressee=addressee)).pages[0])
    block = [
        word
        for word in words
        if word.text in {"Northwind Outfitters, Inc.", "Austin, TX 78701", "Attn: Jane Doe"}
    ]

    assert len(block) >= 2
    for word in block:
        assert 0.625 * INCH <= word.x <= 1.0 * INCH
        assert 2.125 * INCH + 6 <= word.y <= 2.667 * INCH


@pytest.mark.parametrize("with_logo", [False, True])
def test_nothing_else_stands_in_the_zone_of_the_window(with_logo):
    sender = replace(SENDER, logo=logo() if with_logo else None)
    words = words_of(read(printed(balance_forward(20), sender=sender)).pages[0])
    inside = {word.text for word in words if word.x < 4.7 * INCH and 1.6 * INCH < word.y < 3.2 * INCH + 7}

    assert inside == {"Northwind Outfitters, Inc.", "2201 Congress Street", "Austin, TX 78701"}


def test_the_return_address_stands_in_the_upper_window():
    words = words_of(read(printed(open_items(3))).pages[0])
    lines = [
        word for word in words if word.text in {"1840 Lakeshore Avenue", "Suite 300", "Milwaukee, WI 53202"}
    ]

    assert len(lines) == 3
    for word in lines:
        assert word.y - 6 >= 0.875 * INCH
        assert word.y <= 1.29 * INCH
        assert word.x >= 0.625 * INCH


def test_the_addressee_stands_in_the_field_of_a_din_letter():
    words = words_of(read(printed(open_items(3), paper="a4")).pages[0])
    block = [word for word in words if word.text in {"Northwind Outfitters, Inc.", "2201 Congress Street"}]

    assert len(block) == 2
    for word in block:
        assert 20 * MILLIMETRE - 0.1 <= word.x <= 25 * MILLIMETRE + 0.1
        assert 62.7 * MILLIMETRE <= word.y <= 90 * MILLIMETRE


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm draws the picture")
@pytest.mark.parametrize("window", ["left", "right"])
def test_an_a4_sheet_is_marked_where_din_5008_folds_it(window, tmp_path):
    pdf = printed(open_items(40), paper="a4", look=Look(window=window))
    (tmp_path / "folded.pdf").write_bytes(pdf)
    pdftoppm = shutil.which("pdftoppm") or "pdftoppm"
    subprocess.run([pdftoppm, "-r", "254", "-gray", "-png", "folded.pdf", "page"], cwd=tmp_path, check=True)

    first, second = (Image.open(path).convert("L") for path in sorted(tmp_path.glob("page-*.png"))[:2])
    # Ten points a millimetre: what is dark 7 mm from the left edge.
    columns = [page.crop((70, 0, 71, page.height)).tobytes() for page in (first, second)]
    marks = [{round(y / 10) for y, point in enumerate(column) if point < 200} for column in columns]
    assert marks == [{105, 210}, set()]


def test_letter_paper_has_no_marks_to_fold_it_by():
    assert "fold" not in render_html(
        build_model(statement=open_items(2), sender=SENDER, addressee=ADDRESSEE, edition=EDITION), EDITION
    )


def test_the_code_has_its_quiet_zone_and_is_20_mm_wide_without_it():
    picture = Image.open(BytesIO(qr_picture(f"{EDITION.pay_url}"))).convert("L")
    points, width = picture.tobytes(), picture.width
    dark = [divmod(place, width) for place, point in enumerate(points) if point < 100]

    assert min(dark) == (4, 4)
    assert max(x for _, x in dark) == width - 5
    assert 72 * (picture.width - 8) / picture.width >= 20 * MILLIMETRE


def test_a_blank_zone_is_blank():
    words = words_of(read(printed(open_items(3), blank_address=True)).pages[0])

    assert not [word for word in words if word.x < 4.7 * INCH and 0.84 * INCH < word.y < 3.2 * INCH + 7]
    assert [word for word in words if word.text == SENDER.name and word.y < 0.84 * INCH]


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (7, 1), (11, 1), (40, 2), (120, 4)])
def test_pages_are_numbered_and_headed(count, pages):
    document = read(printed(open_items(count)))
    texts = [page.extract_text() for page in document.pages]

    assert len(texts) == pages
    for number, text in enumerate(texts, start=1):
        assert f"Page {number} of {pages}" in text
        assert ("Northwind Outfitters, Inc. · CUST-00042" in text) == (number > 1)


def test_the_header_comes_on_every_page_of_lines_and_the_total_once():
    texts = [page.extract_text() for page in read(printed(open_items(120), slip=False)).pages]

    assert [text.count("Due date") for text in texts] == [1] * len(texts)
    assert sum(line.startswith("Total balance $") for text in texts for line in text.splitlines()) == 1


@pytest.mark.parametrize("count", range(23, 27))
def test_the_total_never_stands_without_two_lines(count):
    pages = [page.extract_text() for page in read(printed(open_items(count))).pages]
    last = next(text for text in pages if "Total balance $" in text.split("Aging")[0].split("Due date")[-1])
    table = last.split("Due date")[-1].split("Total balance $")[0]

    assert table.count("Invoice INV-") >= 2


@pytest.mark.parametrize("count", [1, 7, 9, 12, 24, 40])
def test_the_slip_is_whole_and_at_the_foot_of_the_last_page(count):
    pages = read(printed(open_items(count))).pages
    first = [page for page in pages if "Please return this slip" in page.extract_text()]

    assert first == [pages[-1]]
    words = words_of(pages[-1])
    top = next(word.y for word in words if word.text.startswith("Please return"))
    enclosed = next(word.y for word in words if word.text == "Amount enclosed")
    above = [word.y for word in words if word.y < top - 1]
    assert 0 < enclosed - top < 100
    assert enclosed < 792 - 25 * MILLIMETRE
    assert max(above) < top - 12
    assert top > 792 - 25 * MILLIMETRE - 195


def test_a_slip_gives_up_its_list_before_it_takes_a_sheet_of_its_own():
    statement = open_items(8, memo=Memo(unapplied=90_000))
    lines = tuple(f"Line {number}" for number in range(6))

    one, two = printed(statement), printed(statement, look=Look(payment_text=lines))

    assert len(read(one).pages) == 1
    assert "Amount enclosed" in text_of(one)
    assert "Items paid" not in text_of(one)
    # Where nothing helps, nothing is given up.
    assert len(read(two).pages) == 2
    assert "Items paid" in text_of(two)


def test_a_slip_is_set_closer_before_it_takes_a_sheet_of_its_own():
    statement = open_items(9, credit_note=True, memo=Memo(unapplied=90_000, pending=1_234))
    remit = (
        "Harbor & Pine Supply Co.",
        "Dept. 7",
        "Attn: Cash",
        "P.O. Box 7",
        "Suite 3",
        "Chicago, IL 60673",
    )

    close, roomy = printed(statement), printed(statement, sender=replace(SENDER, remit_to=remit))

    [page] = read(close).pages
    words = {word.text: word.y for word in words_of(page)}
    assert words["Aging by days past due"] < words["Please return this slip with your payment"] - 40
    assert words["Chicago, IL 60673-0412"] < words["Amount enclosed"] < 792 - 25 * MILLIMETRE
    # More lines than the smallest slip has room for.
    assert len(read(roomy).pages) == 2


def test_the_slip_can_be_left_out():
    assert "Amount enclosed" not in text_of(printed(open_items(3), slip=False))


def test_equal_arguments_give_equal_bytes_in_two_processes():
    script = (
        "import sys; from statements.rendering import render_statement;"
        "from tests.statements.paper_samples import *; from dataclasses import replace;"
        "sys.stdout.buffer.write(render_statement(statement=balance_forward(9, credit=True),"
        "sender=replace(SENDER, logo=logo()), addressee=ADDRESSEE, edition=EDITION))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "DJANGO_SETTINGS_MODULE": ""}
    elsewhere = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, cwd=ROOT, env=environment, check=True
    ).stdout

    printed(open_items(5), locale="de_DE")
    here = printed(balance_forward(9, credit=True), sender=replace(SENDER, logo=logo()))

    assert elsewhere.startswith(b"%PDF-1.4")
    assert here == elsewhere


def test_no_sample_depends_on_the_order_of_a_set():
    """A set has another order in each process, by its seed."""
    script = (
        "import hashlib; from statements.rendering import render_statement;"
        "from statements.samples import SAMPLES; from tests.statements.paper_samples import *;"
        "print([hashlib.sha256(render_statement(statement=sample.build(), sender=SENDER,"
        "addressee=sample.addressee, edition=EDITION)).hexdigest() for sample in SAMPLES.values()])"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": ""}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**environment, "PYTHONHASHSEED": seed},
        )
        for seed in ("1", "3")
    ]

    first, second = (process.communicate(timeout=120)[0] for process in processes)

    assert first.count(b"'") > 10
    assert first == second


def test_another_moment_or_another_amount_makes_another_file():
    first = printed(open_items(2))

    assert printed(open_items(2), generated_at=EDITION.generated_at + 1) != first
    assert printed(open_items(2, scale=2)) != first


def test_a_plain_file_is_pdf_1_4_with_a_classic_cross_reference_table():
    pdf = printed(open_items(3))

    assert pdf.startswith(b"%PDF-1.4\n")
    assert b"\nxref\n0 " in pdf
    assert b"\ntrailer\n" in pdf
    assert b"/ObjStm" not in pdf
    assert b"/XRef" not in pdf


@pytest.mark.parametrize(("variant", "mark"), [("ua", "pdfuaid"), ("archive", "pdfaid")])
def test_other_variants_say_what_they_are(variant, mark):
    document = read(printed(open_items(3), variant=variant))

    assert mark in document.trailer["/Root"]["/Metadata"].get_object().get_data().decode()  # type: ignore[index]
    assert ("/StructTreeRoot" in document.trailer["/Root"]) == (variant == "ua")  # type: ignore[operator]


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "fr_FR", "es_ES", "pt_BR", "it_IT", "nl_NL", "de_CH"])
def test_latin_languages_embed_the_shipped_font_alone(locale):
    pdf = printed(balance_forward(6, currency="eur", credit=True), locale=locale)

    assert fonts_of(pdf) == {"Inter", "Inter-Semi-Bold"}


def test_the_file_tells_what_it_is():
    document = read(printed(open_items(3)))
    info = document.metadata

    assert info is not None
    assert info.title == "Statement Northwind Outfitters, Inc. Jul 31, 2026"
    assert info.author == "Harbor & Pine Supply Co."
    kept = {name: str(info[f"/{name}"]) for name in ("customernumber", "statementtype", "currency")}
    assert kept == {"customernumber": "CUST-00042", "statementtype": "open_item", "currency": "usd"}
    assert str(document.root_object["/Lang"]) == "en-US"
    assert info.creation_date is not None
    assert info.creation_date.timestamp() == EDITION.generated_at


def test_the_link_is_there_when_something_is_due_and_not_in_a_preview():
    def links(pdf: bytes) -> set[str]:
        notes = [note.get_object() for page in read(pdf).pages for note in page.get("/Annots", [])]
        return {str(note["/A"]["/URI"]) for note in notes}

    assert links(printed(open_items(3))) == {EDITION.pay_url}
    assert links(printed(open_items(3), preview=True, number=None)) == set()
    assert links(printed(balance_forward(2, opening=-90_000))) == set()


def test_a_preview_says_so_on_every_page():
    pages = read(printed(open_items(60), preview=True)).pages

    assert all("Preview" in page.extract_text() for page in pages)
    assert "Preview" not in text_of(printed(open_items(3)))


def test_names_are_text_never_markup():
    evil = replace(ADDRESSEE, name='<b>Bold</b> & "Sons" <img src="file:///etc/passwd"/>')
    text = text_of(printed(open_items(2), addressee=evil))

    assert '<b>Bold</b> & "Sons"' in text.replace("\n", " ")


@pytest.mark.parametrize(
    "name",
    [
        "\x00\x01\x0b",
        "a\ud800b",
        "\ufffe\uffff",
        "😀" * 40,
        "\u202eevil",
        "é" * 200,
        "e" + "\u0301" * 100,
        "]]>",
        "&#0;",
    ],
)
def test_any_name_can_be_printed(name):
    addressee = replace(ADDRESSEE, name=name, attention_to=name, address_lines=(name, name))

    assert read(printed(open_items(2), addressee=addressee, number=name)).pages[0]


def test_an_unreadable_logo_gives_way_to_the_name():
    sender = replace(SENDER, logo=Logo(b"not a picture", "image/png"))

    assert "Harbor & Pine Supply Co." in text_of(printed(open_items(1), sender=sender))


def test_a_large_logo_does_not_make_the_file_large():
    from PIL import Image

    noise = Image.effect_noise((3000, 1200), 80).convert("RGB")
    data = BytesIO()
    noise.save(data, format="PNG")
    with_logo = printed(open_items(1), sender=replace(SENDER, logo=Logo(data.getvalue(), "image/png")))

    assert len(data.getvalue()) > 2_000_000
    assert len(with_logo) < 250_000


def test_a_page_that_reads_from_the_right_keeps_its_window_on_the_left():
    pdf = printed(open_items(3), locale="ar_AE", paper="a4")
    words = words_of(read(pdf).pages[0])
    name = next(word for word in words if word.text == "Northwind Outfitters, Inc.")

    assert 20 * MILLIMETRE - 0.1 <= name.x <= 105 * MILLIMETRE


def test_a_language_without_a_font_on_this_machine_still_prints():
    assert len(read(printed(open_items(3), locale="ja_JP", paper="a4")).pages) == 1
