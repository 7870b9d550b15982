"""A pool of own workers, each with limits of time and memory; what kills one is only the end of its item.

Workers are started by ``spawn``, on every system alike: they inherit nothing but their end of a pipe, so that a
closed pipe is a sure sign of a dead worker, and of a dead parent. ``concurrent.futures`` is not used because there
one dead worker breaks the whole pool and no item has a time limit.
"""

from __future__ import annotations

import math
import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Generic, NamedTuple, TypeVar

from xlperf.batch.limits import WorkerLimits
from xlperf.batch.worker import OUT_OF_MEMORY, Task, serve

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Windows cannot wait for more than 63 handles at once.
MOST_JOBS = 60
#: Seconds that a worker may take to load what it needs.
START_SECONDS = 120.0
#: Seconds of one waiting: what a stopped parent (Ctrl-Z) oversleeps is never charged to a file.
MOST_PATIENCE = 1.0
#: Seconds for a worker that ends by itself to be gone.
FAREWELL = 2.0
#: So many workers in a row that die before they have a result or an item, and none is started any more.
START_ATTEMPTS = 3


class Cause(Enum):
    """Why an item has no result."""

    TIME = "time"
    MEMORY = "memory"
    DIED = "died"
    START = "start"


class Lost(NamedTuple):
    """Stands in the place of a result: the worker was ended, or ended; ``status`` as ``Process.exitcode`` tells it."""

    cause: Cause
    status: int = 0


class _Worker:
    """One process, seen from the parent."""

    def __init__(self, task: Task[Any, Any], limits: WorkerLimits, deadline: float) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe: Connection
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(task, theirs, limits), daemon=True)
        with _interrupts_held_back():
            self.process.start()
        theirs.close()
        self.ready = False
        #: The number of the item in work.
        self.index: int | None = None
        self.deadline = deadline

    @property
    def idle(self) -> bool:
        """Whether it waits for an item."""
        return self.ready and self.index is None

    def end(self, grace: float) -> int:
        """End the process, by force after so many seconds, and return its exit status."""
        self.pipe.close()
        self.process.join(grace)
        self.process.kill()
        self.process.join()
        status = self.process.exitcode or 0
        self.process.close()
        return status


class Pool(Generic[Item, Result]):
    """Does items in workers. A context manager: leaving it, for whatever reason, ends every worker."""

    def __init__(self, task: Task[Item, Result], jobs: int, limits: WorkerLimits) -> None:
        self._task = task
        self._jobs = max(1, min(jobs, MOST_JOBS))
        self._limits = limits
        self._workers: list[_Worker] = []
        self._todo: deque[tuple[int, Item]] = deque()
        self._done: dict[int, Result | Lost] = {}
        self._failed_starts = 0
        #: Seconds spent waiting, at most as long as was meant: stands still while the parent is stopped or busy.
        self._clock = 0.0

    def __enter__(self) -> Pool[Item, Result]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:  # all at once, then one by one
            worker.pipe.close()
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.process.close()
        self._workers.clear()

    def run(self, items: Sequence[Item]) -> Iterator[Result | Lost]:
        """Yield the result of each item in the order of the items, each as soon as it and those before it are there."""
        self._todo.extend(enumerate(items))
        for index in range(len(items)):
            while index not in self._done:
                self._step()
            yield self._done.pop(index)

    def _step(self) -> None:
        """Give out items, wait for the first thing to happen, take it in."""
        self._staff()
        for worker in list(self._workers):
            if worker.idle and self._todo:
                self._give(worker)
        if not self._workers:
            return
        heard = self._wait()
        for worker in list(self._workers):
            if worker.pipe in heard:
                self._hear(worker)
            elif not worker.idle and worker.deadline <= self._clock:
                self._lose(worker, Cause.TIME if worker.ready else Cause.START)

    def _staff(self) -> None:
        """Start as many workers as there is work for; without hope of one, no item is left waiting."""
        free = sum(1 for worker in self._workers if worker.index is None)
        if self._failed_starts >= START_ATTEMPTS:
            if not self._workers:
                self._done |= {index: Lost(Cause.START) for index, _ in self._todo}
                self._todo.clear()
            return
        try:
            for _ in range(min(self._jobs - len(self._workers), len(self._todo) - free)):
                self._workers.append(_Worker(self._task, self._limits, self._clock + START_SECONDS))
        except OSError:  # the system has no process or memory to spare: those that are there go on
            self._failed_starts += 1

    def _give(self, worker: _Worker) -> None:
        index, item = self._todo.popleft()
        worker.index = index
        worker.deadline = self._clock + self._limits.seconds
        try:
            worker.pipe.send(item)
        except OSError:  # it died while idle, which is not the item's fault
            worker.index = None
            self._todo.appendleft((index, item))
            self._lose(worker, Cause.DIED)

    def _wait(self) -> Sequence[object]:
        deadlines = [worker.deadline for worker in self._workers if not worker.idle]
        patience = min(MOST_PATIENCE, max(0.0, min(deadlines, default=math.inf) - self._clock))
        began = time.monotonic()
        heard = wait([worker.pipe for worker in self._workers], patience)
        self._clock += min(time.monotonic() - began, patience) if heard else patience
        return heard

    def _hear(self, worker: _Worker) -> None:
        """Take in what a worker says: that it is ready, a result, or by its silence that it is dead."""
        try:
            said = worker.pipe.recv()
        except (EOFError, OSError):
            self._lose(worker, Cause.DIED)
            return
        if worker.index is None:
            worker.ready = True
            return
        self._done[worker.index], retires = said
        worker.index = None
        self._failed_starts = 0
        if retires:
            self._workers.remove(worker)
            worker.end(FAREWELL)

    def _lose(self, worker: _Worker, cause: Cause) -> None:
        """Put an end to a worker, and to the item that it had in work."""
        self._workers.remove(worker)
        status = worker.end(FAREWELL if cause is Cause.DIED else 0)
        if worker.index is None:
            self._failed_starts += 1
        elif cause is Cause.DIED and status == OUT_OF_MEMORY:
            self._done[worker.index] = Lost(Cause.MEMORY, status)
        else:
            self._done[worker.index] = Lost(cause, status)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Keep Ctrl-C off a new process until it ignores it; a held back one arrives afterwards. Not on Windows."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
