"""xlperf against its peers on the same workbooks, in one run, as ratios. Prints the tables of ``README.md``.

    python tests/bench/bench.py [one] [process] [memory] [many] [growth] [--rounds N] [--book WORKBOOK]

All contestants take turns in every round, so that a busy machine slows all alike; medians are printed, and ratios of
medians. Not a test: nothing here passes or fails. Peers that are not installed are left out and named
(``pip install -e ".[bench]"``, LibreOffice from the system).
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench_books import SAMPLES, distinct_copies, ledger, plain_copy
from bench_peers import (
    BARE,
    FORMUALIZER,
    NAIVE,
    PYCEL,
    check,
    environment,
    floor,
    formualizer,
    has,
    has_soffice,
    naive,
    python,
    read,
    recalc,
    soffice,
)

PARTS = ("one", "process", "memory", "many", "growth")
HERE = Path(__file__).resolve().parent
#: The command as it is installed, beside the interpreter.
XLPERF = str(Path(sys.executable).with_name("xlperf"))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[], metavar="|".join(PARTS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--files", type=int, default=400)
    parser.add_argument("--book", type=Path, default=SAMPLES[-1])
    options = parser.parse_args()
    gc.set_threshold(500_000, 20, 20)  # for all contestants, as the command's own process has it (xlperf.cli.start)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book = plain_copy(options.book, folder)
        describe(options.book, book)
        for part in options.parts or PARTS:
            {"one": one, "process": process, "memory": memory, "growth": growth}.get(part, many)(folder, book, options)


def describe(source: Path, book: Path) -> None:
    snapshot = read(book)
    cells = [cell for sheet in snapshot.sheets for cell in sheet.cells.values()]
    formulas = sum(cell.formula is not None for cell in cells)
    print(f"{source.name}: {formulas} formulas, {len(cells)} cells, {book.stat().st_size // 1024} KB")


# -- one file, in a process that has seen one -------------------------------------------------------


def one(_: Path, book: Path, options: argparse.Namespace) -> None:
    contestants: dict[str, Callable[[], object]] = {
        "floor: unzip, parse XML": lambda: floor(book),
        "xlperf: read": lambda: read(book),
        "xlperf: read, recompute, compare": lambda: recalc(book),
        "xlperf: whole check": lambda: check(book),
    }
    if has("formualizer"):
        contestants["formualizer: load, evaluate, read"] = lambda: formualizer(book)
    contestants["formulas, naive"] = lambda: naive(book)
    table("One file, warm", medians(contestants, options.rounds), "xlperf: whole check")


# -- a new process ----------------------------------------------------------------------------------


def commands(folder: Path, book: Path) -> dict[str, tuple[list[str], dict[str, str]]]:
    path, kept = str(book), environment(XLPERF_CACHE_DIR=str(folder / "cache"))
    found = {
        "python -c 'import lxml.etree, click'": (python("-c", BARE), kept),
        "xlperf check, cache warm": ([XLPERF, "check", path], kept),
        "xlperf check, no cache": ([XLPERF, "check", path], environment(XLPERF_CACHE_DIR="")),
        "xlperf recalc, cache warm": ([XLPERF, "recalc", path], kept),
    }
    if has("formualizer"):
        found["formualizer"] = (python("-c", FORMUALIZER, path, str(HERE)), kept)
    if has_soffice():
        found["soffice --convert-to xlsx"] = (soffice(folder, book), kept)
    found["formulas, naive"] = (python("-c", NAIVE, path), kept)
    if has("pycel"):
        found["pycel"] = (python("-c", PYCEL, path), kept)
    return found


def process(folder: Path, book: Path, options: argparse.Namespace) -> None:
    contestants: dict[str, Callable[[], object]] = {}
    for name, (command, env) in commands(folder, book).items():
        try:
            run(command, env)
        except RuntimeError as error:
            print(f"\n{name} does not run here: {error}")
            continue
        contestants[name] = lambda command=command, env=env: run(command, env)
    found = medians(contestants, options.rounds)
    if has_soffice():
        paths = [folder / f"copy{number}.xlsx" for number in range(20)]
        for path in paths:
            path.write_bytes(book.read_bytes())
        found["soffice, each of 20 files in one call"] = timed(lambda: run(soffice(folder, *paths), environment())) / 20
    table("A new process", found, "xlperf check, cache warm")


def run(command: list[str], env: Mapping[str, str]) -> None:
    """Run a command. Raises RuntimeError where it ends in an error of its own."""
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=dict(env), check=False)
    if done.returncode not in (0, 1) or (done.returncode and b"Traceback" in done.stderr):
        raise RuntimeError(done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:200])


#: Runs a command from a small process: the peak that the system tells counts what a child has before it begins.
PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak(command: list[str], env: Mapping[str, str]) -> float:
    """Return the peak memory of a command in MB."""
    told = subprocess.run(python("-S", "-c", PEAK, *command), capture_output=True, env=dict(env), check=True)
    return int(told.stdout) / 1024


def memory(folder: Path, book: Path, _: argparse.Namespace) -> None:
    print("\nPeak memory of a new process")
    for name, (command, env) in commands(folder, book).items():
        try:
            run(command, env)
            print(f"  {name:<40} {peak(command, env):8.0f} MB")
        except RuntimeError as error:
            print(f"  {name:<40} does not run here: {error}")


# -- many files -------------------------------------------------------------------------------------


def many(folder: Path, _: Path, options: argparse.Namespace) -> None:
    files = folder / "files"
    files.mkdir()
    distinct_copies(files, options.files)
    env = environment(XLPERF_CACHE_DIR=str(folder / "cache"))
    times: dict[int, list[float]] = {1: [], 2: []}
    for number in range(4):  # the first round warms up and is not counted
        for jobs in times:
            command = python("-m", "xlperf", "check", "--jobs", str(jobs), "--format", "json", str(files))
            seconds = timed(lambda command=command: run(command, env))
            if number:
                times[jobs].append(seconds)
    first, second = (statistics.median(times[jobs]) for jobs in (1, 2))
    print(f"\n{options.files} distinct files")
    for jobs, seconds in ((1, first), (2, second)):
        print(f"  {jobs} process{'es' if jobs > 1 else ''}: {seconds:6.1f} s, {options.files / seconds:6.1f} files/s")
    print(f"  two against one: {first / second:.2f} x")


# -- growth -----------------------------------------------------------------------------------------


def growth(folder: Path, _: Path, __: argparse.Namespace) -> None:
    print("\nRead, recompute, compare as workbooks grow")
    print(f"  {'formulas':>9} {'first time':>11} {'each':>8} {'again':>9} {'each':>8}")
    recalc(ledger(folder, 400))  # the parser is loaded
    for formulas in (500, 1_000, 5_000, 10_000, 25_000, 50_000):
        path = ledger(folder, formulas)
        first = timed(lambda path=path: recalc(path))
        again = min(timed(lambda path=path: recalc(path)) for _ in range(3))
        each, each_again = (seconds / formulas * 1e6 for seconds in (first, again))
        print(f"  {formulas:>9} {first:>9.3f} s {each:>5.1f} µs {again:>7.3f} s {each_again:>5.1f} µs")


# -- measuring --------------------------------------------------------------------------------------


def timed(action: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def medians(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):  # the first round warms up and is not counted
        for name, action in contestants.items():
            seconds = timed(action)
            if number:
                times[name].append(seconds)
    return {name: statistics.median(values) for name, values in times.items()}


def table(title: str, found: Mapping[str, float], base: str) -> None:
    print(f"\n{title} (ratio to “{base}”)")
    rows: Sequence[tuple[str, float]] = sorted(found.items(), key=lambda item: item[1])
    for name, seconds in rows:
        print(f"  {name:<40} {seconds * 1000:9.1f} ms {seconds / found[base]:8.2f} x")


if __name__ == "__main__":
    main()
