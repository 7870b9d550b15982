"""The life of a worker: limits first, then one item after the other over a pipe, until the pipe closes."""

from __future__ import annotations

import faulthandler
import gc
import itertools
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Protocol, TextIO, TypeVar

from xlperf.batch.confine import confine, peak_memory
from xlperf.batch.limits import WorkerLimits

Item = TypeVar("Item", contravariant=True)
Result = TypeVar("Result", covariant=True)

#: How a worker ends that has run out of memory: leaving at once needs none.
OUT_OF_MEMORY = 77
#: Seconds after the time limit at which a worker ends by itself, should nobody be left to end it.
GRACE = 10
#: Seconds that faulthandler can count on every system; who allows more time for a file gets no more than this.
LONGEST = 1_000_000


class Task(Protocol[Item, Result]):
    """What a worker does; both items and results are plain data that can be pickled."""

    def warm_up(self) -> None:
        """Load what every item needs, before the first one and outside its time."""

    def __call__(self, item: Item, /) -> Result:
        """Do one item."""


def serve(task: Task[Any, Any], pipe: Connection, limits: WorkerLimits) -> None:
    """Run in the new process: say that it is ready, then answer each item with its result."""
    _leave_interrupts_to_the_parent()
    confine(limits.memory_bytes)
    _or_leave(task.warm_up)
    with open(os.devnull, "w") as nowhere:
        _answer(task, pipe, limits, nowhere)


def _answer(task: Task[Any, Any], pipe: Connection, limits: WorkerLimits, nowhere: TextIO) -> None:
    try:
        pipe.send(None)
        for done in itertools.count():
            if done & (done - 1) == 0:
                _keep()
            item = pipe.recv()
            # Runs without the interpreter, so that no hanging C code outlives a parent that was killed.
            faulthandler.dump_traceback_later(min(limits.seconds + GRACE, LONGEST), exit=True, file=nowhere)
            retires = _or_leave(lambda: _do(task, item, pipe, limits))  # noqa: B023  called at once
            faulthandler.cancel_dump_traceback_later()
            if retires:
                return
    except (EOFError, OSError):  # the parent has closed the pipe: nothing left to do
        return


def _do(task: Task[Any, Any], item: Any, pipe: Connection, limits: WorkerLimits) -> bool:
    """Do one item and tell whether this worker, having grown large, makes room for a fresh one."""
    result = task(item)
    retires = peak_memory() > limits.memory_bytes // 2
    pipe.send((result, retires))
    return retires


def _keep() -> None:
    """Spare what is loaded by now from every later collection; done at the start and after 1, 2, 4, 8, … items.

    Templates, plans and caches stay for good, and grow less and less: to look at them takes some 6 % of a check.
    """
    gc.collect()
    gc.freeze()


def _or_leave(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _leave_interrupts_to_the_parent() -> None:
    """Ignore Ctrl-C, which reaches every process of a terminal; the parent kept it off until here (see pool)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
