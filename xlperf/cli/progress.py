"""A progress bar on a terminal, beside what is printed: taken away before each print, drawn again now and then."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

#: Fewer files than this are done before a bar is of use.
FEW = 6
#: Seconds between two drawings.
PAUSE = 0.1


class Printer:
    """Prints the texts of a batch; on a terminal it also shows, on standard error, how far the batch is."""

    def __init__(self, total: int, color: bool) -> None:
        self._color = color
        self._total = total
        self._done = 0
        self._drawn = 0.0
        self._bar: Progress | None = _bar(total) if total >= FEW and _is_terminal() else None

    def __enter__(self) -> Printer:
        self._draw()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wipe()

    def echo(self, text: str | bytes, *, err: bool = False) -> None:
        """Print a text as it is, or bytes."""
        if not text:
            return
        self._wipe()
        stream = sys.stderr if err else sys.stdout
        if isinstance(text, str) and not self._color and stream is not None:
            stream.write(text)
            stream.flush()
            return
        import click  # it knows how colours and bytes get through every console

        click.echo(text, nl=False, color=self._color, err=err)

    def advance(self) -> None:
        """Count one file as done."""
        self._done += 1
        if time.monotonic() - self._drawn > PAUSE:
            self._draw()

    def _draw(self) -> None:
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=self._done)
            if self._bar.live.is_started:
                self._bar.refresh()
            else:
                self._bar.start()
            self._drawn = time.monotonic()

    def _wipe(self) -> None:
        if self._bar is not None:
            self._bar.stop()


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _bar(total: int) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("审核"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False,
    )  # fmt: skip
    bar.add_task("", total=total)
    return bar
