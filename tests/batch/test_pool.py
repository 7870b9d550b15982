"""The pool: order, first results at once, and every way in which a worker can be lost."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence

import pytest
from tasks import Misbehave

from xlperf.batch.limits import WorkerLimits
from xlperf.batch.pool import Cause, Lost, Pool

MEGABYTE = 1 << 20
Answer = tuple[str, int] | Lost


def run(items: Sequence[str], jobs: int = 1, task: Misbehave | None = None, **limits: float) -> list[Answer]:
    with Pool(task or Misbehave(), jobs, WorkerLimits(**limits)) as pool:  # type: ignore[arg-type]  only numbers
        return list(pool.run(items))


def words(answers: Sequence[Answer]) -> list[str | Cause]:
    return [answer.cause if isinstance(answer, Lost) else answer[0] for answer in answers]


@pytest.fixture(autouse=True)
def _no_stray_process() -> Iterator[None]:
    yield
    assert multiprocessing.active_children() == []


def test_results_stand_in_the_order_of_the_items_and_two_workers_share_them() -> None:
    answers = run(["sleep 1", "b", "c", "d"], jobs=2)
    assert words(answers) == ["SLEEP 1", "B", "C", "D"]
    assert len({answer[1] for answer in answers if not isinstance(answer, Lost)}) == 2
    assert os.getpid() not in {answer[1] for answer in answers if not isinstance(answer, Lost)}


def test_one_worker_does_all_items_one_after_the_other() -> None:
    answers = run(list("abcdef"))
    assert words(answers) == list("ABCDEF")
    assert len({answer[1] for answer in answers if not isinstance(answer, Lost)}) == 1


def test_first_results_come_at_once() -> None:
    with Pool(Misbehave(), 1, WorkerLimits()) as pool:
        assert words([next(pool.run(["a", "hang"]))]) == ["A"]
    # leaving the pool has ended what hangs: else this line is never reached


def test_no_items_no_worker() -> None:
    assert run([]) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_hanging_item_is_ended_and_the_batch_goes_on(jobs: int) -> None:
    assert words(run(["a", "hang", "b", "c"], jobs, seconds=1)) == ["A", Cause.TIME, "B", "C"]


def test_the_time_to_start_is_not_the_time_of_an_item() -> None:
    assert words(run(["a"], task=Misbehave(start="sleep 2"), seconds=1)) == ["A"]


@pytest.mark.skipif(os.name != "posix", reason="memory is limited where the resource module exists")
def test_a_memory_hog_is_ended_and_the_batch_goes_on() -> None:
    memory = 512 * MEGABYTE
    assert words(run(["a", f"hog {32 * MEGABYTE}", "b"], memory_bytes=memory)) == ["A", Cause.MEMORY, "B"]


@pytest.mark.skipif(os.name != "posix", reason="memory is limited where the resource module exists")
def test_a_worker_that_has_grown_makes_room_for_a_fresh_one_and_loses_nothing() -> None:
    answers = run(["a", f"grow {300 * MEGABYTE}", "b", "c"], memory_bytes=512 * MEGABYTE)
    assert words(answers) == ["A", f"GROW {300 * MEGABYTE}", "B", "C"]
    processes = [answer[1] for answer in answers if not isinstance(answer, Lost)]
    assert processes[0] == processes[1] != processes[2] == processes[3]


@pytest.mark.parametrize(("item", "status"), [("exit 3", 3), ("leave 4", 4)])
def test_a_dying_worker_is_the_end_of_its_item_alone(item: str, status: int) -> None:
    assert [x if isinstance(x, Lost) else x[0] for x in run([item, "b", item])] == [
        Lost(Cause.DIED, status), "B", Lost(Cause.DIED, status),
    ]  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_crash_in_c_is_told_by_its_signal() -> None:
    lost, other = run(["segfault", "b"])
    assert isinstance(lost, Lost)
    assert (lost.cause, lost.status) == (Cause.DIED, -11)
    assert words([other]) == ["B"]


def test_many_losses_do_not_use_up_the_pool() -> None:
    assert words(run(["exit 3"] * 5 + ["b"], jobs=2)) == [Cause.DIED] * 5 + ["B"]


def test_workers_that_cannot_start_leave_no_item_waiting() -> None:
    assert words(run(["a", "b"], jobs=2, task=Misbehave(start="exit 1"))) == [Cause.START] * 2


def test_a_system_without_a_process_to_spare_leaves_no_item_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise BlockingIOError

    monkeypatch.setattr("xlperf.batch.pool._Worker", refused)
    assert words(run(["a", "b"], jobs=2)) == [Cause.START] * 2


def test_a_worker_that_dies_while_idle_costs_no_item() -> None:
    with Pool(Misbehave(), 1, WorkerLimits()) as pool:
        assert words(list(pool.run(["a"]))) == ["A"]
        [worker] = pool._workers
        worker.process.kill()
        worker.process.join()
        assert words(list(pool.run(["b"]))) == ["B"]
