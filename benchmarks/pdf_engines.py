"""The same statement made by others: what benchmarks/pdf.py sets ours beside."""

import importlib.util
import os
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from statements.paper import Model, build_model
from statements.paper.payment_codes import qr_picture
from statements.rendering import render_statement
from statements.statement import Statement
from tests.statements.paper_samples import ADDRESSEE, EDITION, SENDER

Engine = Callable[[Statement, Path], None]


def ours(statement: Statement, target: Path) -> None:
    pdf = render_statement(statement=statement, sender=SENDER, addressee=ADDRESSEE, edition=EDITION)
    target.write_bytes(pdf)


def model_of(statement: Statement) -> Model:
    return build_model(statement=statement, sender=SENDER, addressee=ADDRESSEE, edition=EDITION)


STYLE = """
@page { size: letter; margin: 18mm 18mm 25mm }
@page { @bottom-right { content: "Page " counter(page) " of " counter(pages) } }
body { font-family: Inter, Helvetica, Arial, sans-serif; font-size: 8.5pt; color: #14171f }
.head, .strip, .slip { display: flex; justify-content: space-between; margin-bottom: 12pt }
.facts div { display: flex; justify-content: space-between; gap: 30pt }
.strip div { display: flex; flex-direction: column }
.due { background: #eef2f7; padding: 8pt; border-radius: 4pt; display: flex }
.due img { width: 64pt }
table { width: 100%; border-collapse: collapse }
th, td { border: 1px solid #dde2e9; padding: 3pt 6pt; text-align: left }
tbody tr:nth-child(even) { background: #f5f7fa }
.n { text-align: right }
tr { break-inside: avoid }
.slip { border-top: 1px dashed #7b8492; break-inside: avoid }
.tick { display: inline-block; width: 7pt; height: 7pt; border: 1px solid #5a6270 }
.box { border: 1px solid #7b8492; padding: 8pt }
"""


def usual_page(model: Model) -> str:
    """The same content as people usually write it: flex, borders on every cell, zebra by selector."""

    def pairs(rows: list[Any]) -> str:
        return "".join(
            f"<div><span>{escape(label)}</span><b>{escape(text)}</b></div>" for label, text, *_ in rows
        )

    def lines(texts: list[str]) -> str:
        return "<br>".join(map(escape, texts))

    due, code = model["due"], b64encode(qr_picture(EDITION.pay_url or "")).decode()
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{escape(model["meta"]["title"])}</title><style>{STYLE}</style></head><body>
<div class="head"><div><h2>{escape(model["sender"]["name"])}</h2><p>{lines(model["sender"]["lines"])}</p>
<p>{lines(model["address"]["lines"])}</p></div><div><h1>{escape(model["title"])}</h1>
<p>{escape(model["subtitle"]["text"])}</p><div class="facts">{pairs(model["facts"])}</div>
<div class="due"><div><p>{escape(due["label"])}</p><h2>{escape(due["figure"])}</h2>
<p>{lines(due["notes"])}</p><p><a href="{escape(due["link"])}">{escape(due["link_label"])}</a></p>
<p>{lines(due["link_words"].split())}</p></div><img src="data:image/png;base64,{code}"></div></div></div>
<div class="strip">{pairs(model["summary"]["pairs"])}</div>{usual_table(model["detail"])}
<h3>{escape(model["aging_label"])}</h3><div class="strip">{pairs(model["aging"]["pairs"])}</div>
{usual_slip(model["slip"], lines, pairs)}<p>{lines(model["foot"])}</p></body></html>"""


def usual_table(table: Model) -> str:
    def cells(row: Model) -> str:
        texts = "".join(f"<td>{escape(text)}</td>" for text in row["texts"])
        return texts + "".join(f'<td class="n">{escape(figure)}</td>' for figure in row["figures"])

    heads = "".join(f"<th>{escape(column['label'])}</th>" for column in table["columns"])
    body = "".join(f"<tr>{cells(row)}</tr>" for row in table["rows"])
    total = "".join(f'<td class="n">{escape(figure)}</td>' for figure in table["totals"]["figures"])
    label = escape(table["totals"]["label"])
    return f"""<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody><tfoot
style="display: table-row-group"><tr><td colspan="{table["span"]}">{label}</td>{total}</tr></tfoot></table>"""


def usual_slip(slip: Model, lines: Callable[[list[str]], str], pairs: Callable[[list[Any]], str]) -> str:
    items = "".join(
        f'<div><span class="tick"></span> {escape(number)} {escape(amount)}</div>'
        for pair in slip["items"]
        for number, amount in pair
    )
    return f"""<div class="slip"><div><b>{escape(slip["label"])}</b><p>{escape(slip["remit_label"])}</p>
<p>{lines(slip["remit_to"])}</p>{items}</div><div><div class="facts">{pairs(slip["facts"])}</div>
<div class="box">{escape(slip["enclosed"])}</div></div></div>"""


def usual_weasyprint(statement: Statement, target: Path) -> None:
    import weasyprint

    weasyprint.HTML(string=usual_page(model_of(statement))).write_pdf(target)


def wkhtmltopdf(statement: Statement, target: Path) -> None:
    page = target.with_suffix(".html")
    page.write_text(usual_page(model_of(statement)), "utf-8")
    program = shutil.which("wkhtmltopdf") or "wkhtmltopdf"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(target.parent)}
    subprocess.run([program, "--quiet", str(page), str(target)], check=True, env=environment)


def chromium(statement: Statement, target: Path) -> None:
    page = target.with_suffix(".html")
    page.write_text(usual_page(model_of(statement)), "utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    flags += [f"--user-data-dir={target.parent / 'profile'}", f"--print-to-pdf={target}", page.as_uri()]
    program = shutil.which("chromium") or "chromium"
    subprocess.run([program, *flags], check=True, capture_output=True, timeout=120)


def reportlab(statement: Statement, target: Path) -> None:
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import letter
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Image, KeepTogether, Paragraph, SimpleDocTemplate, Table

    model, styles = model_of(statement), getSampleStyleSheet()
    detail, slip = model["detail"], model["slip"]
    blank = [""] * (detail["span"] - 1)
    rows = [[column["label"] for column in detail["columns"]]]
    rows += [[*row["texts"], *row["figures"]] for row in detail["rows"]]
    rows.append([detail["totals"]["label"], *blank, *detail["totals"]["figures"]])
    lines = [*model["sender"]["lines"], *model["address"]["lines"], model["due"]["figure"]]
    story = [Paragraph(model["title"], styles["Title"]), *(Paragraph(line) for line in lines)]
    story.append(Image(BytesIO(qr_picture(EDITION.pay_url or "")), 64, 64))
    facts = [[label, text] for label, text, *_ in model["facts"]]
    banded = [("ROWBACKGROUNDS", (0, 1), (-1, -2), [colors.white, colors.whitesmoke])]
    story += [Table(facts), Table(model["summary"]["pairs"]), Table(rows, repeatRows=1, style=banded)]
    story.append(Table(model["aging"]["pairs"]))
    returned = [[label, text] for label, text, *_ in slip["facts"]]
    items = [[number, amount] for row in slip["items"] for number, amount in row]
    paid = [Paragraph(slip["label"]), *(Paragraph(line) for line in slip["remit_to"]), Table(returned)]
    story.append(KeepTogether([*paid, *([Table(items)] if items else [])]))
    foot = " ".join(model["foot"])

    def draw_foot(canvas: Any, document: Any) -> None:
        canvas.setFont("Helvetica", 7)
        canvas.drawString(51, 40, foot)
        canvas.drawRightString(560, 40, f"Page {canvas.getPageNumber()}")

    document = SimpleDocTemplate(str(target), pagesize=letter)
    document.build(story, onFirstPage=draw_foot, onLaterPages=draw_foot)


def engines() -> dict[str, Engine]:
    found: dict[str, Engine] = {"Duebook": ours, "WeasyPrint, as usually called": usual_weasyprint}
    if shutil.which("wkhtmltopdf"):
        found["wkhtmltopdf"] = wkhtmltopdf
    if shutil.which("chromium"):
        found["Chromium, one process a document"] = chromium
    if importlib.util.find_spec("reportlab"):
        found["ReportLab Platypus"] = reportlab
    return found
