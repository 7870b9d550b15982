"""The start of every call: settings of the process, and the commonest call without the library of commands.

``xlperf check FILE`` and nothing else needs no parsing of options, and that library is a third of what has to be
imported for it. Every other call, whatever differs from it, goes to :mod:`xlperf.cli.main`.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from typing import NoReturn

from xlperf.errors import XlperfError


def entry() -> NoReturn:
    """Run the command as a process of its own, see :func:`start`, and end it.

    What was printed is out; memory is not given back cell by cell, which takes a sixth of a check's time.
    """
    end = SystemExit(0)
    try:
        start()
    except SystemExit as status:
        end = status
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):  # nobody reads any more: Python's own end deals with that
        raise end from None
    os._exit(end.code if isinstance(end.code, int) else 0 if end.code is None else 1)


def start() -> None:
    """Start from the console, which may not know every character: it then shows a question mark."""
    gc.set_threshold(500_000, 20, 20)  # thousands of cells are made and none is garbage: a tenth of the time is saved
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if _is_plain_check(sys.argv):
        sys.exit(_check(sys.argv[2]))
    from xlperf.cli.main import main

    main(prog_name="xlperf")


def _is_plain_check(arguments: list[str]) -> bool:
    """Tell whether a command line checks one path and sets nothing."""
    return (
        len(arguments) == 3
        and arguments[1] == "check"
        and not arguments[2].startswith("-")
        and not any(sign in arguments[2] for sign in "*?[~%$")  # which a console may leave to us
        and not any(name.startswith(("XLPERF_LIMITS", "_XLPERF")) for name in os.environ)
    )


def _check(path: str) -> int:
    from pathlib import Path

    from xlperf.batch.limits import Bounds
    from xlperf.cli.checking import check_files

    try:
        return check_files([Path(path)], Bounds())
    except XlperfError as error:
        complain(f"错误：{error}")
        return error.exit_code
    except KeyboardInterrupt:
        complain("\n已中断。")
        return 130
    except BrokenPipeError:
        sys.stdout = sys.stderr = None  # nobody reads any more
        return 1


def complain(text: str) -> None:
    """Say on standard error what is wrong, freed of control characters."""
    from xlperf.reporters.layout import clean

    if sys.stderr is not None:
        sys.stderr.write("\n".join(clean(line) for line in text.split("\n")) + "\n")
