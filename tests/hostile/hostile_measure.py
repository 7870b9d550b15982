"""Runs a command over a file in a process of its own and says how it ended, how long it took and how much it held."""

from __future__ import annotations

import atexit
import compileall
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import xlperf

_RUNNER = Path(__file__).with_name("hostile_runner.py")
#: After so many seconds a process is killed; nothing may come near it.
KILL = 60.0


class Ran(NamedTuple):
    """How a process ended; ``processor`` is the seconds of computing, ``megabytes`` the peak of memory."""

    status: int
    out: str
    err: str
    seconds: float
    processor: float
    megabytes: float
    notes: list[str]


@functools.cache
def _cache() -> str:
    """Return the cache of all runs, and see that modules are compiled: as on any machine that is used."""
    compileall.compile_dir(Path(xlperf.__file__).parent, quiet=2)
    folder = tempfile.mkdtemp(prefix="xlperf-hostile-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def run(command: str, path: Path, scratch: Path) -> Ran:
    """Run ``check``, ``engine`` or ``recalc`` over a file; ``scratch`` takes what is printed."""
    out, err, notes = (scratch / name for name in ("out", "err", "notes"))
    for file in (out, err, notes):
        file.unlink(missing_ok=True)
    environment = {**os.environ, "XLPERF_CACHE_DIR": _cache(), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "80"}
    begin = time.perf_counter()
    with out.open("wb") as o, err.open("wb") as e:
        child = subprocess.Popen(
            [sys.executable, str(_RUNNER), str(notes), str(path), command],
            stdout=o,
            stderr=e,
            stdin=subprocess.DEVNULL,
            env=environment,
            cwd=scratch,
        )
        status, usage = _wait(child.pid, begin)
        child.returncode = status
    seconds = time.perf_counter() - begin
    texts = [file.read_text(encoding="utf-8", errors="replace") if file.exists() else "" for file in (out, err, notes)]
    peak, *noted = texts[2].splitlines() or [str(usage.ru_maxrss)]
    processor = usage.ru_utime + usage.ru_stime
    return Ran(status, texts[0], texts[1], seconds, processor, int(peak) / 1024, noted)


def _wait(pid: int, begin: float) -> tuple[int, os.struct_rusage]:
    pause = 0.005
    while True:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), usage
        if time.perf_counter() - begin > KILL:
            os.kill(pid, signal.SIGKILL)
            _, status, usage = os.wait4(pid, 0)
            return os.waitstatus_to_exitcode(status), usage
        time.sleep(pause)
        pause = min(0.02, pause * 1.2)
