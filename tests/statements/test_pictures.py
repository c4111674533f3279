"""Statements as pictures: what nobody meant to change looks as it did.

The pictures in `pictures/` are small and grey. Drawn by the program that drew them, hardly a point may
differ; another version smooths letters otherwise: then only what moves, goes or comes counts. To draw
them anew, after a look at the new ones:

    DRAW_PICTURES=1 .venv/bin/python -m pytest -n0 tests/statements/test_pictures.py
"""

import json
import os
import shutil
import subprocess
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from statements.letterhead import Look
from statements.rendering import render_statement
from statements.samples import SAMPLES
from tests.statements.paper_samples import EDITION, SENDER, logo

PICTURES = Path(__file__).parent / "pictures"
MADE_WITH = PICTURES / "made_with.json"
DOTS = 40  # an inch
# So much darker or lighter counts as other; so many points in ten thousand may be.
SAME_PROGRAM, OTHER_PROGRAM = (40, 1.0), (56, 20.0)

CASES: dict[str, dict[str, Any]] = {
    "open": {},
    "forward": {},
    "pages": {},
    "late": {},
    "family": {"look": Look(grouped=True)},
    "long": {},
    "credit": {},
    "autopay": {},
    "autopay_part": {},
    "euro": {"paper": "a4", "pay_url": None, "look": Look(window="right", accent="7a1f4b")},
    "arabic": {"paper": "a4"},
    "yen": {"paper": "a4"},
}
# What the machine's own fonts draw; everything else is set in the typeface that ships.
FOREIGN = {"arabic": "Noto Sans Arabic:lang=ar", "yen": "Noto Sans CJK JP:lang=ja"}

needs_poppler = pytest.mark.skipif(
    shutil.which("pdftoppm") is None, reason="pdftoppm draws the pictures (apt-get install poppler-utils)"
)


def printed(name: str) -> bytes:
    sample, changes = SAMPLES[name], CASES[name]
    sender = replace(SENDER, logo=logo() if name == "forward" else None)
    if name == "euro":
        sender = replace(sender, iban="DE75512108001245126199", bic="SOGEDEFFXXX", country="DE", remit_to=())
    edition = replace(EDITION, locale=sample.locale, **changes)
    return render_statement(
        statement=sample.build(), sender=sender, addressee=sample.addressee, edition=edition
    )


def drawn(pdf: bytes, folder: Path) -> list[Image.Image]:
    """Every page as a small grey picture."""
    (folder / "statement.pdf").write_bytes(pdf)
    command = [
        shutil.which("pdftoppm") or "pdftoppm",
        "-r",
        str(DOTS),
        "-gray",
        "-png",
        "statement.pdf",
        "page",
    ]
    subprocess.run(command, check=True, cwd=folder)
    return [Image.open(path).convert("L") for path in sorted(folder.glob("page-*.png"))]


def others(one: Image.Image, other: Image.Image, least: int) -> float:
    """How many points in ten thousand differ by so much, after both are blurred."""
    soft = ImageFilter.BoxBlur(1)
    difference = ImageChops.difference(one.filter(soft), other.filter(soft))
    counts = difference.histogram()
    return 10_000 * sum(counts[least:]) / (one.width * one.height)


def font_of(name: str) -> str:
    """A fingerprint of the font that this machine has for a script."""
    command = [shutil.which("fc-match") or "fc-match", "-f", "%{file}", FOREIGN[name]]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return sha256(Path(found).read_bytes()).hexdigest()[:16]


def program() -> str:
    """Which version draws: "pdftoppm version 22.12.0"."""
    command = [shutil.which("pdftoppm") or "pdftoppm", "-v"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    return said.splitlines()[0]


@needs_poppler
@pytest.mark.parametrize("name", CASES)
def test_it_looks_as_it_did(name: str, tmp_path: Path) -> None:
    made = json.loads(MADE_WITH.read_text()) if MADE_WITH.exists() else {}
    pages = drawn(printed(name), tmp_path)
    if os.environ.get("DRAW_PICTURES"):
        _draw(name, pages, made)
        pytest.skip("drawn anew")
    if name in FOREIGN and font_of(name) != made.get(name):
        pytest.skip(f"this machine has another font for {FOREIGN[name]}")
    least, most = SAME_PROGRAM if program() == made["program"] else OTHER_PROGRAM

    kept = [Image.open(path).convert("L") for path in sorted(PICTURES.glob(f"{name}-*.png"))]

    assert [page.size for page in pages] == [page.size for page in kept]
    for number, (now, then) in enumerate(zip(pages, kept, strict=True), start=1):
        found = others(now, then, least)
        assert found <= most, f"page {number} of {name}: {found:.1f} in 10,000 points differ"


@needs_poppler
def test_a_word_that_goes_and_a_block_that_moves_are_noticed(tmp_path: Path) -> None:
    [page] = drawn(printed("credit"), tmp_path)
    gone, moved = page.copy(), page.copy()
    subtitle, summary = (185, 25, 290, 45), (20, 185, 320, 210)
    ImageDraw.Draw(gone).rectangle(subtitle, fill=255)
    moved.paste(page.crop(summary), (summary[0], summary[1] + 3))

    assert others(page, page, 1) == 0
    for least, most in (SAME_PROGRAM, OTHER_PROGRAM):
        assert others(page, gone, least) > most
        assert others(page, moved, least) > most


def _draw(name: str, pages: list[Image.Image], made: dict[str, str]) -> None:
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob(f"{name}-*.png"):
        old.unlink()
    for number, page in enumerate(pages, start=1):
        page.quantize(32).save(PICTURES / f"{name}-{number}.png", optimize=True)
    made["program"] = program()
    if name in FOREIGN:
        made[name] = font_of(name)
    MADE_WITH.write_text(json.dumps(made, indent=2, sort_keys=True) + "\n")
