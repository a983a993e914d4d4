"""Work in a bounded number of threads."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from threading import Event

import pytest

from retrieval.executor import BoundedExecutor, CrowdedError


def run(work: list[Callable[[], str]], threads: int, seconds: float) -> set[str]:
    return set(BoundedExecutor(threads).map_unordered(lambda function: function(), work, seconds=seconds))


def test_what_is_done_in_time_is_there_and_the_rest_is_not_waited_for() -> None:
    over, begun = Event(), list[str]()

    def slow() -> str:
        over.wait(30)
        return "slow"

    def last() -> str:
        begun.append("last")
        return "last"

    assert run([lambda: "first", slow, lambda: "third"], 2, 0.3) == {"first", "third"}
    # What was not begun by then never is.
    assert run([slow, last], 1, 0.05) == set()
    over.set()
    assert begun == []


def test_no_items_give_no_results() -> None:
    assert run([], 4, 1) == set()


def test_a_map_that_is_stopped_waits_for_nothing() -> None:
    stopped, over = Event(), Event()

    def work(number: int) -> int:
        if number:
            over.wait(30)
        return number

    results = BoundedExecutor(3).map_unordered(work, range(3), stopped)
    assert next(results) == 0
    stopped.set()
    assert list(results) == []
    over.set()


def test_after_a_stop_no_item_is_begun() -> None:
    stopped, begun, go = Event(), list[int](), Event()

    def work(number: int) -> int:
        begun.append(number)
        stopped.set()
        go.wait(30)
        return number

    results = BoundedExecutor(1).map_unordered(work, range(3), stopped)
    assert list(results) == []
    go.set()
    assert begun == [0]


def test_an_error_of_the_work_is_raised_where_its_result_is_read() -> None:
    def fail() -> str:
        raise LookupError

    with pytest.raises(LookupError):
        run([fail], 4, 30)


async def test_work_waits_for_a_thread_and_is_turned_away_when_too_much_waits() -> None:
    executor, go = BoundedExecutor(1, waiting=10), Event()

    def fetch(number: int) -> int:
        go.wait(30)
        return number

    waiting = [asyncio.create_task(executor.run(partial(fetch, number))) for number in range(11)]
    await asyncio.sleep(0)
    with pytest.raises(CrowdedError):
        await executor.run(lambda: None)
    assert executor.busy == 11
    go.set()
    assert await asyncio.gather(*waiting) == list(range(11))
    assert executor.busy == 0
    with pytest.raises(ZeroDivisionError):
        await executor.run(lambda: 1 // 0)


async def test_work_that_is_no_longer_awaited_is_not_begun_and_leaves_its_place() -> None:
    executor, go, begun = BoundedExecutor(1, waiting=1), Event(), list[str]()
    first = executor.submit(partial(go.wait, 30))
    second = asyncio.create_task(executor.run(lambda: begun.append("second")))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait([second])
    third = executor.submit(lambda: begun.append("third"))
    go.set()
    assert first.result(30)
    third.result(30)
    assert begun == ["third"]


def test_closing_waits_for_what_runs_and_drops_what_waits() -> None:
    executor, begun, go = BoundedExecutor(1), Event(), Event()

    def run() -> bool:
        begun.set()
        return go.wait(30)

    runs = executor.submit(run)
    assert begun.wait(30)
    waits = executor.submit(lambda: None)
    waits.add_done_callback(lambda _future: go.set())
    executor.shutdown(cancel_futures=True)
    assert runs.result(0)
    assert waits.cancelled()
    with pytest.raises(RuntimeError):
        executor.submit(lambda: None)


def test_work_that_hangs_does_not_keep_the_process_from_ending() -> None:
    hangs = "from retrieval.executor import BoundedExecutor; import threading; "
    hangs += "BoundedExecutor(1).submit(threading.Event().wait)"
    subprocess.run([sys.executable, "-c", hangs], check=True, timeout=60)
