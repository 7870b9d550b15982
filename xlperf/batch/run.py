"""Check many files, or one alone: outcomes in the order of the files, the first ones at once."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xlperf.batch.examine import Check, FileOutcome, no_worker, out_of_memory, out_of_time, shown, worker_died
from xlperf.batch.limits import Bounds
from xlperf.reporters import Failure

if TYPE_CHECKING:
    from xlperf.batch.pool import Lost


def run_alone(path: Path, task: Check, bounds: Bounds) -> Generator[FileOutcome]:
    """Yield the outcome of one file: checked in this process where it is known to be small, else in a worker."""
    if not is_small(path, bounds):
        yield from run_all([path], task, 1, bounds)
        return
    try:
        yield task(path)
    except MemoryError:
        yield shown(out_of_memory(path, bounds), task.view)


def run_all(entries: Sequence[Path | Failure], task: Check, jobs: int, bounds: Bounds) -> Generator[FileOutcome]:
    """Yield the outcome of each entry, in order; closing the iterator ends the workers."""
    from xlperf.batch.pool import Lost, Pool

    paths = [entry for entry in entries if isinstance(entry, Path)]
    with Pool[Path, FileOutcome](task, min(jobs, len(paths)), bounds.worker) as pool:
        results = pool.run(paths)
        for entry in entries:
            if isinstance(entry, Failure):
                yield shown(entry, task.view)
                continue
            result = next(results)
            yield shown(_failure(entry, result, bounds), task.view) if isinstance(result, Lost) else result


def _failure(path: Path, lost: Lost, bounds: Bounds) -> Failure:
    from xlperf.batch.pool import Cause

    match lost.cause:
        case Cause.TIME:
            return out_of_time(path, bounds)
        case Cause.MEMORY:
            return out_of_memory(path, bounds)
        case Cause.DIED:
            return worker_died(path, lost.status)
        case Cause.START:
            return no_worker(path, bounds)


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def is_small(path: Path, bounds: Bounds) -> bool:
    """Tell whether a file, packed and by what its zip declares, is small, or is refused before it is unpacked."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return True
        if status.st_size > bounds.worker.alone_bytes:
            return False
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
        return unpacked <= bounds.worker.alone_unpacked_bytes or unpacked > bounds.reading.total_bytes
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError, UnicodeError):
        return True  # the reader refuses it with a word on what it is
