"""A question walks down the house and never climbs back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from bot.presentation import json_output, terminal
from bot.presentation.links import Bases
from retrieval.bootstrap import open_briefing
from retrieval.domain.articles import Filter
from retrieval.settings import Settings

ROOMS = ("question", "search", "evidence", "answering", "presentation")


@contextmanager
def rooms_entered() -> Iterator[list[str]]:
    """The rooms that use cases and front ends step into, in order; what a room does inside is its own affair."""
    entered: list[str] = []

    def look(frame: FrameType, event: str, _argument: Any) -> None:
        if event != "call" or frame.f_code.co_name.startswith("__"):  # a dataclass of the room, to hand on
            return
        room = _room(frame)
        if room in ROOMS and room not in entered[-1:] and _caller(frame) not in ROOMS:
            entered.append(room)

    sys.setprofile(look)
    try:
        yield entered
    finally:
        sys.setprofile(None)


def _room(frame: FrameType) -> str:
    return _room_of(str(frame.f_globals.get("__name__", "")))


@cache
def _room_of(module: str) -> str:
    package, _, rest = module.partition(".")
    return rest.partition(".")[0] if package in ("retrieval", "bot") else ""


def _caller(frame: FrameType) -> str:
    """The nearest room above a frame that is one of ours, though a library calls in between."""
    above = frame.f_back
    while above is not None:
        if (room := _room(above)) in (*ROOMS, "services"):
            return room
        above = above.f_back
    return ""


@pytest.mark.parametrize(
    "question",
    ["Who leads NATO?", "Does Ukraine still want to join NATO?", "What is the population of Ukraine's capital?"],
)
def test_a_question_walks_down_and_never_climbs(question: str, seeds_dir: str) -> None:
    with open_briefing(Settings(data_dir=Path(seeds_dir))) as briefing:
        briefing.asking.ask("Warm up?", Filter())
        with rooms_entered() as entered:
            answer = briefing.asking.ask(question, Filter(), as_of=date(2025, 12, 20))
            assert terminal.answer(answer, Bases())
            assert json_output.answer(answer, Bases())
    assert entered == list(ROOMS)
