"""Work that is not waited for longer than it is worth."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import pytest

from retrieval.executor import spread


def run(work: list[Callable[[], str]], threads: int, seconds: float) -> set[str]:
    return set(spread(lambda each: each(), work, threads, Event(), seconds))


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


def test_nothing_to_do_is_done() -> None:
    assert run([], 4, 1) == set()


def test_whoever_stops_it_waits_for_nothing() -> None:
    stopped, over = Event(), Event()

    def work(number: int) -> int:
        if number:
            over.wait(30)
        return number

    came = spread(work, range(3), 3, stopped)
    assert next(came) == 0
    stopped.set()
    assert list(came) == []
    over.set()


def test_an_error_is_that_of_whoever_waits() -> None:
    def fail() -> str:
        raise LookupError

    with pytest.raises(LookupError):
        run([fail], 4, 30)
