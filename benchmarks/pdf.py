"""How much processor time a statement's PDF takes, against other ways of making the same page.

    python benchmarks/pdf.py [--rounds 5] [--lines 5,20,50,200] [--memory 300]

Engines take turns within a round, so that a busy machine slows all of them alike; the table shows
medians of CPU milliseconds per document and, in brackets, how many of ours one of theirs pays for.
wkhtmltopdf, Chromium and ReportLab take part when they are installed. Every PDF is read back and
must show each amount of the statement. `--memory N` prints N more statements and shows by how much
the process grew.
"""

import argparse
import importlib.util
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pypdf import PdfReader  # noqa: E402

from statements.paper import Model, build_model  # noqa: E402
from statements.paper.payment_codes import qr_picture  # noqa: E402
from statements.rendering import render_statement, warm_up  # noqa: E402
from statements.statement import Statement  # noqa: E402
from tests.statements.paper_samples import ADDRESSEE, EDITION, SENDER, open_items  # noqa: E402

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

    def pairs(rows: list[list[str]]) -> str:
        return "".join(
            f"<div><span>{escape(label)}</span><b>{escape(text)}</b></div>" for label, text in rows
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


def usual_slip(
    slip: Model, lines: Callable[[list[str]], str], pairs: Callable[[list[list[str]]], str]
) -> str:
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
    subprocess.run([program, "--quiet", str(page), str(target)], check=True)


def chromium(statement: Statement, target: Path) -> None:
    page = target.with_suffix(".html")
    page.write_text(usual_page(model_of(statement)), "utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    flags += [f"--user-data-dir={target.parent / 'profile'}", f"--print-to-pdf={target}", page.as_uri()]
    program = shutil.which("chromium") or "chromium"
    subprocess.run([program, *flags], check=True, capture_output=True, timeout=120)


def reportlab(statement: Statement, target: Path) -> None:
    from reportlab.lib.pagesizes import letter
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    model, styles = model_of(statement), getSampleStyleSheet()
    detail = model["detail"]
    blank = [""] * (detail["span"] - 1)
    rows = [[column["label"] for column in detail["columns"]]]
    rows += [[*row["texts"], *row["figures"]] for row in detail["rows"]]
    rows.append([detail["totals"]["label"], *blank, *detail["totals"]["figures"]])
    lines = [*model["sender"]["lines"], *model["address"]["lines"], model["due"]["figure"]]
    story = [Paragraph(model["title"], styles["Title"]), *(Paragraph(line) for line in lines)]
    story += [Table(model["facts"]), Table(model["summary"]["pairs"]), Table(rows, repeatRows=1)]
    story.append(Table(model["aging"]["pairs"]))
    SimpleDocTemplate(str(target), pagesize=letter).build(story)


def engines() -> dict[str, Engine]:
    found: dict[str, Engine] = {"Duebook": ours, "WeasyPrint, as usually called": usual_weasyprint}
    if shutil.which("wkhtmltopdf"):
        found["wkhtmltopdf"] = wkhtmltopdf
    if shutil.which("chromium"):
        found["Chromium, one process a document"] = chromium
    if importlib.util.find_spec("reportlab"):
        found["ReportLab Platypus"] = reportlab
    return found


def cpu_seconds() -> float:
    """Of this process and of the children it waited for."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def check(target: Path, statement: Statement) -> None:
    text = "".join(page.extract_text() for page in PdfReader(target).pages)
    missing = [line for line in statement.open_lines if f"{line.balance / 100:,.2f}" not in text]
    if missing:
        raise SystemExit(f"{target.name} does not show {missing[0]}")


def measure(lines: list[int], rounds: int, folder: Path) -> dict[str, dict[int, float]]:
    contenders = engines()
    times: dict[str, dict[int, list[float]]] = {name: {count: [] for count in lines} for name in contenders}
    for turn in range(rounds + 1):  # the first round warms everybody up
        for count in lines:
            statement = open_items(count)
            for index, (name, engine) in enumerate(contenders.items()):
                target = folder / f"{index}-{count}.pdf"
                before = cpu_seconds()
                engine(statement, target)
                spent = cpu_seconds() - before
                check(target, statement)
                if turn:
                    times[name][count].append(spent * 1000)
    return {
        name: {count: statistics.median(found) for count, found in row.items()} for name, row in times.items()
    }


def show(table: dict[str, dict[int, float]], lines: list[int]) -> None:
    print("| CPU ms per statement | " + " | ".join(f"{count} lines" for count in lines) + " |")
    print("|---|" + "--:|" * len(lines))
    for name, row in table.items():
        cells = [f"{row[count]:.0f} ({row[count] / table['Duebook'][count]:.1f})" for count in lines]
        print(f"| {name} | " + " | ".join(cells) + " |")


def resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def watch_memory(count: int, folder: Path) -> None:
    start = 0.0
    for number in range(count):
        statement = open_items(5 + number % 15)
        addressee = replace(ADDRESSEE, name=f"Customer {number} of the benchmark", number=f"C-{number}")
        edition = replace(EDITION, number=f"ST-{number}", pay_url=f"https://pay.example/{number:024d}")
        pdf = render_statement(statement=statement, sender=SENDER, addressee=addressee, edition=edition)
        (folder / "memory.pdf").write_bytes(pdf)
        if number == 40:
            start = resident_megabytes()
    now = resident_megabytes()
    grown = f"{now - start:+.1f}"
    print(f"\nResident memory after 40 statements {start:.1f} MB, after {count} {now:.1f} MB ({grown})")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lines", default="5,20,50,200")
    parser.add_argument("--memory", type=int, default=0)
    options = parser.parse_args()
    lines = [int(count) for count in options.lines.split(",")]
    started = time.time()
    warm_up()
    with tempfile.TemporaryDirectory() as folder:
        if options.rounds:
            show(measure(lines, options.rounds, Path(folder)), lines)
        if options.memory:
            watch_memory(options.memory, Path(folder))
    print(f"\n{options.rounds} rounds in {time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
