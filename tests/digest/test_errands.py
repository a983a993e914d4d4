"""Work that is not waited for longer than it is worth."""

from __future__ import annotations

from threading import Event

import pytest

from retrieval.digest.errands import run


def test_what_is_done_in_time_is_there_and_the_rest_is_not_waited_for() -> None:
    over, begun = Event(), list[str]()

    def slow() -> str:
        over.wait(30)
        return "slow"

    def last() -> str:
        begun.append("last")
        return "last"

    assert run([lambda: "first", slow, lambda: "third"], 2, 0.3) == ["first", None, "third"]
    # What was not begun by then never is.
    assert run([slow, last], 1, 0.05) == [None, None]
    over.set()
    assert begun == []


def test_nothing_to_do_is_done() -> None:
    assert run([], 4, 1) == []


def test_an_error_is_that_of_whoever_waits() -> None:
    def fail() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        run([fail], 4, 30)
