"""How much processor time a statement's PDF takes, against other ways of making the same page.

    python benchmarks/pdf.py [--rounds 5] [--lines 5,20,50,200] [--workers 100] [--memory 10000]

Engines take turns within a round, so that a busy machine slows all of them alike; the table shows
medians of CPU milliseconds per document and, in brackets, how many of ours one of theirs pays for.
wkhtmltopdf, Chromium and ReportLab take part when they are installed; docs/benchmarks.md says how.
Every PDF is read back and must show each amount of the statement. `--workers N` lets one process and
two print N statements each; `--memory N` prints N and shows how the process grew.
"""

import argparse
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pypdf import PdfReader  # noqa: E402

from benchmarks.pdf_engines import engines  # noqa: E402
from statements.rendering import render_statement, warm_up  # noqa: E402
from statements.statement import Statement  # noqa: E402
from tests.statements.paper_samples import ADDRESSEE, EDITION, SENDER, open_items  # noqa: E402


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


def watch_memory(count: int) -> None:
    """Print statements that differ in everything, and say by how much the process grew since the 40th."""
    start = 0.0
    for number in range(1, count + 1):
        print_one(number)
        if number == 40:
            start = resident_megabytes()
            print(f"\n| After statements | Resident MB | Growth |\n|--:|--:|--:|\n| 40 | {start:.1f} | |")
        if number in (count // 4, count // 2, 3 * count // 4, count):
            now = resident_megabytes()
            print(f"| {number:,} | {now:.1f} | {now - start:+.1f} |", flush=True)


def print_one(number: int) -> None:
    """One of a run of statements: other people, other amounts, other numbers of lines."""
    statement = open_items(5 + number % 15, scale=1 + number % 7)
    addressee = replace(ADDRESSEE, name=f"Customer {number} of the benchmark", number=f"C-{number}")
    edition = replace(EDITION, number=f"ST-{number}", pay_url=f"https://pay.example/{number:024d}")
    render_statement(statement=statement, sender=SENDER, addressee=addressee, edition=edition)


def print_many(count: int) -> None:
    for number in range(count):
        print_one(number)


def watch_workers(count: int, rounds: int) -> None:
    """How many statements one process prints, and how many two do at once, taking turns.

    By the clock, which says how much of the machine was free; and by the processor time of each
    statement, which says whether two workers stand in each other's way.
    """
    speeds: dict[int, list[float]] = {1: [], 2: []}
    costs: dict[int, list[float]] = {1: [], 2: []}
    # Forked when warm, as the workers of the queue are.
    context = multiprocessing.get_context("fork")
    for _ in range(rounds):
        for workers, found in speeds.items():
            processes = [context.Process(target=print_many, args=(count,)) for _ in range(workers)]
            begun, spent = time.perf_counter(), cpu_seconds()
            for process in processes:
                process.start()
            for process in processes:
                process.join()
            found.append(workers * count / (time.perf_counter() - begun))
            costs[workers].append((cpu_seconds() - spent) / (workers * count) * 1000)
    one, two = statistics.median(speeds[1]), statistics.median(speeds[2])
    alone, together = statistics.median(costs[1]), statistics.median(costs[2])
    print(f"\nBy the clock: one worker {one:.1f} statements a second, two {two:.1f}: {two / one:.2f} times")
    print(
        f"CPU ms a statement: one worker {alone:.0f}, two {together:.0f}: on two free cores "
        f"{2 * alone / together:.2f} times"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lines", default="5,20,50,200")
    parser.add_argument("--memory", type=int, default=0)
    parser.add_argument("--workers", type=int, default=0)
    options = parser.parse_args()
    lines = [int(count) for count in options.lines.split(",")]
    started = time.time()
    warm_up()
    with tempfile.TemporaryDirectory() as folder:
        if options.rounds:
            show(measure(lines, options.rounds, Path(folder)), lines)
    if options.workers:
        watch_workers(options.workers, options.rounds or 3)
    if options.memory:
        watch_memory(options.memory)
    print(f"\n{options.rounds} rounds in {time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
