"""Checking files and folders as the command does, from the paths to what is printed and the exit status.

Without the library of commands, which the commonest call does not need (see :mod:`xlperf.cli.start`).
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from xlperf.batch.discover import Found, discover, notes
from xlperf.batch.examine import Check, FileOutcome, View
from xlperf.batch.limits import Bounds
from xlperf.batch.run import processors, run_all, run_alone
from xlperf.cli.progress import Printer
from xlperf.findings import ALL_RULES, Choice
from xlperf.reporters import Failure

MAX_WIDTH = 100
#: Of more files than this, and of those of a folder, one line each is shown instead of the whole reports.
FEW_REPORTS = 5
MORE = "要看某一份有哪些问题，请单独审核它：xlperf check{} 文件；要全部展开，加 --verbose。"
#: Of a document for programs, more than this waits on disk until its head is known.
SPOOL_BYTES = 32 << 20


def check_files(
    files: Sequence[Path],
    bounds: Bounds,
    form: str = "text",
    verbose: bool = False,
    color: str = "auto",
    jobs: int | None = None,
    public: bool = False,
    choice: Choice = ALL_RULES,
) -> int:
    """Check files and folders, print what was found, and return the worst exit status.

    ``form`` is text, json or jsonl; ``color`` auto, always or never; ``jobs`` None leaves the number of workers to the
    machine; ``public`` judges workbooks meant for publication; ``choice`` tells which
    rules are asked for.
    """
    found = discover(files)
    view = _view(form, found, verbose, color)
    outcomes = _outcomes(found, view, jobs or processors(), bounds, public, choice)
    with closing(outcomes), Printer(len(found.entries), view.color) as printer:
        if view.form == "json":
            worst = _print_document(outcomes, view, printer)
        else:
            worst = _print_each(outcomes, view, found, printer, public)
        if view.form in ("json", "jsonl") or _is_alone(found):
            _say_beside(notes(found), printer)
    return worst


def _is_alone(found: Found) -> bool:
    """Tell whether there is one file, given by its name, or nothing but a folder without any."""
    return len(found.entries) == 1 and (not found.searched or isinstance(found.entries[0], Failure))


def _outcomes(
    found: Found, view: View, jobs: int, bounds: Bounds, public: bool, choice: Choice
) -> Generator[FileOutcome]:
    task = Check(view, bounds.reading, whole_path=not _is_alone(found), public=public, choice=choice)
    only = found.entries[0]
    if _is_alone(found) and isinstance(only, Path):
        return run_alone(only, task, bounds)
    return run_all(found.entries, task, jobs, bounds)


def _view(form: str, found: Found, verbose: bool, color: str) -> View:
    """Return how results are to be shown: of many files, one line each."""
    width = min(shutil.get_terminal_size().columns, MAX_WIDTH) if sys.stdout.isatty() else 80
    if form == "json":
        return View("json", verbose=verbose)
    if form == "jsonl":
        return View("jsonl", verbose=verbose)
    if verbose or _is_alone(found) or (len(found.entries) <= FEW_REPORTS and not found.searched):
        return View("page", width, _wants_color(color), verbose)
    from xlperf.reporters.batch_text import name_columns

    names = [entry.source if isinstance(entry, Failure) else str(entry) for entry in found.entries]
    return View("line", width, _wants_color(color), names=name_columns(names))


def _print_each(
    outcomes: Iterator[FileOutcome], view: View, found: Found, printer: Printer, public: bool
) -> int:
    """Print each outcome as soon as it is there, and in the end, of several, what is to be said of all of them."""
    alone = _is_alone(found)
    done: list[FileOutcome] = []
    for outcome in outcomes:
        _trace(outcome, view, printer)
        if view.form == "jsonl":
            printer.echo(outcome.text.encode())
        else:
            # Alone, a file that cannot be checked is an error; among others it is one of the results.
            printer.echo(outcome.text, err=alone and bool(outcome.error))
        if view.form == "page" and not alone:
            printer.echo("=" * view.width + "\n")
        printer.advance()
        done.append(outcome._replace(text="", trace=""))
    if view.form != "jsonl" and not alone:
        printer.echo(_ending(done, view, notes(found), public))
    return max(outcome.exit_code for outcome in done)


def _ending(done: Sequence[FileOutcome], view: View, passed_by: Sequence[str], public: bool) -> str:
    from xlperf.reporters.batch_text import render_ending

    told = view.form == "page" and len(done) <= FEW_REPORTS  # each with its report, a page above
    failures = [(outcome.source, outcome.error) for outcome in done if outcome.error and not told]
    unsound = view.form == "line" and any(outcome.exit_code == 1 for outcome in done)
    more = [MORE.format(" --public" if public else "")] if unsound else []
    return render_ending(done, failures, [*more, *passed_by], width=view.width, color=view.color, public=public)


def _print_document(outcomes: Iterator[FileOutcome], view: View, printer: Printer) -> int:
    """Print one document, in UTF-8 whatever the console speaks; it begins with the worst status of all."""
    from tempfile import SpooledTemporaryFile

    from xlperf.reporters.json_report import document

    worst = 0
    lengths = []
    with SpooledTemporaryFile(SPOOL_BYTES) as spool:
        for outcome in outcomes:
            _trace(outcome, view, printer)
            worst = max(worst, outcome.exit_code)
            lengths.append(spool.write(outcome.text.encode()))
            printer.advance()
        spool.seek(0)
        for piece in document(worst, (spool.read(length).decode() for length in lengths)):
            printer.echo(piece.encode())
    return worst


def _trace(outcome: FileOutcome, view: View, printer: Printer) -> None:
    if view.verbose:
        printer.echo(outcome.trace, err=True)


def _say_beside(said: Sequence[str], printer: Printer) -> None:
    """Say on standard error what has no place among the results."""
    for sentence in said:
        printer.echo(f"{sentence}\n", err=True)


def _wants_color(choice: str) -> bool:
    """Tell whether to colour: as asked, else only on a terminal, and not where NO_COLOR is set."""
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
