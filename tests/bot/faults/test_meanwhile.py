"""Clicks, lost connections, deleted places and a crowd: one answer, or one honest line, and nothing twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from threading import Event
from typing import Any

import pytest

from bot.discord import errors, responders
from retrieval.domain.answers import Answer
from retrieval.services.briefing import Briefing
from tests.bot.conftest import make_bot
from tests.bot.faults.conftest import ACK, ANSWER, DONE, GIVEN_UP, NATO, PASSING, TYPING, Opener, Scene, finished
from tests.discord_components import walk
from tests.discord_world import Payload

pytestmark = pytest.mark.slow


# A button


@pytest.mark.parametrize("fault", (PASSING | DONE).values(), ids=PASSING | DONE)
@pytest.mark.parametrize("step", [ACK, ANSWER], ids=["taking", "answer"])
@pytest.mark.parametrize("act", ["sources", ":helpful"])
async def test_a_click_that_fails_is_answered_once_to_whoever_clicked(
    scene: Opener, act: str, step: tuple[str, str], fault: Payload
) -> None:
    async with scene() as town:
        await town.ask()
        town.server.fault(*step, **fault)
        shown = [*await town.click(act), *(town.server.seen(town.server.private) if town.server.private else [])]
        assert [each for each in shown if "> " in each or "Thank you" in each] == [
            each for each in shown if each != GIVEN_UP
        ]
        assert len(shown) - shown.count(GIVEN_UP) == 1


async def test_a_click_that_cannot_be_carried_out_is_told_once_although_its_taking_was_lost(
    scene: Opener, library: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any) -> None:
        raise RuntimeError

    async with scene() as town:
        await town.ask()
        monkeypatch.setattr(library.articles, "quote", fail)
        for fault in ({"status": 500, "carried_out": True}, {"status": 500}):
            town.server.fault(*ACK, **fault)
            line = (await town.click("sources"))[-1]
            assert "Something went wrong" in line
        assert len(town.server.seen()) == 3


async def test_blame_is_kept_even_where_the_form_for_its_reason_cannot_be_shown(
    scene: Opener, library: Briefing
) -> None:
    async with scene() as town:
        await town.ask()
        before = len(library.feedback.all())
        town.server.fault(*ACK, status=403)
        await town.click("unhelpful")
        assert [each.helpful for each in library.feedback.all()[before:]] == [False]


async def test_a_button_pressed_after_a_restart_works(scene: Opener, library: Briefing) -> None:
    async with scene() as town:
        await town.ask()
        await town.bot.close()
        again = make_bot(library)
        async with town.server.connected(again):
            assert "> " in (await town.click("sources"))[0]


# The gateway


@pytest.mark.parametrize("resumable", [True, False], ids=["resumed", "resume refused"])
async def test_a_question_asked_before_the_gateway_drops_is_answered_once(
    scene: Opener, library: Briefing, monkeypatch: pytest.MonkeyPatch, resumable: bool
) -> None:
    async with scene() as town:
        release, ask = Event(), library.asking.ask
        monkeypatch.setattr(library.asking, "ask", lambda *given, **more: (release.wait(10), ask(*given, **more))[1])
        await town.server.slash(town.server.general, "ann", "ask", question=NATO)
        await town.server.say(town.server.general, "ann", f"<@{town.server.bot_id}> {NATO}")
        await town.server.heard(*ACK)
        await town.server.heard(*TYPING)
        if not resumable:
            town.server.forget_sessions()
        await town.server.drop()
        await town.server.reconnected()
        release.set()
        await finished()
        assert town.server.seen() == town.pages * 2


async def test_a_question_that_arrives_while_the_gateway_is_away_is_answered_once(scene: Opener) -> None:
    async with scene() as town:
        await town.server.drop()
        await town.mention()
        assert town.server.seen() == town.pages


# Deletion


@asynccontextmanager
async def while_answering(library: Briefing, patch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """What happens between a question, once it is being answered, and its answer."""
    ask, begun, release = library.asking.ask, Event(), Event()

    def slow(*given: Any, **more: Any) -> Answer:
        begun.set()
        release.wait(10)
        return ask(*given, **more)

    patch.setattr(library.asking, "ask", slow)
    try:
        yield
    finally:
        release.set()
        patch.setattr(library.asking, "ask", ask)
    await finished()


@pytest.mark.parametrize("surface", ["command", "private command", "mention"])
async def test_where_the_channel_is_deleted_meanwhile_the_answer_comes_by_private_message(
    scene: Opener, library: Briefing, monkeypatch: pytest.MonkeyPatch, surface: str
) -> None:
    async with scene(2) as town:
        channel = town.server.create_channel("short-lived")
        async with while_answering(library, monkeypatch):
            if surface == "mention":
                await town.server.say(channel, "ann", f"<@{town.server.bot_id}> {NATO}")
                await town.server.heard(*TYPING)
            else:
                private = {"private": True} if "private" in surface else {}
                await town.server.slash(channel, "ann", "ask", question=NATO, **private)
                await town.server.heard(*ACK)
            await town.server.delete_channel(channel)
        assert town.server.seen(town.server.private) == [GIVEN_UP, *town.pages]


async def test_where_the_message_is_deleted_meanwhile_the_answer_stands_in_the_channel(
    scene: Opener, library: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene(2) as town:
        async with while_answering(library, monkeypatch):
            asked = await town.server.say(town.server.general, "ann", f"<@{town.server.bot_id}> {NATO}")
            await town.server.heard(*TYPING)
            await town.server.delete_message(town.server.general, asked)
        assert town.server.seen() == town.pages


async def test_where_what_the_command_showed_is_deleted_meanwhile_the_answer_stands_in_the_channel(
    scene: Opener, library: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene(2) as town:
        async with while_answering(library, monkeypatch):
            asked = await town.server.slash(town.server.general, "ann", "ask", question=NATO)
            (shown,) = await town.server.posted(town.server.general)
            await town.server.delete_message(town.server.general, int(shown["id"]))
        assert town.server.original(asked)
        assert town.server.seen() == town.pages


# Many at once


async def test_ten_people_who_ask_at_once_are_all_answered(
    scene: Opener, library: Briefing, given: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = type(library.asking).ask
    async with scene() as town:
        monkeypatch.setattr(library.asking, "ask", partial(ask, library.asking))
        general = town.server.general
        for number in range(5):
            await town.server.slash(general, f"person {number}", "ask", question=NATO)
            await town.server.say(general, f"other {number}", f"<@{town.server.bot_id}> {NATO}")
        await town.server.heard(*ACK, 5)
        await town.server.heard(*TYPING, 5)
        await finished()
        assert town.server.seen() == town.pages * 10
    assert given.grounded


async def test_commands_and_clicks_are_taken_while_every_thread_is_busy(
    scene: Opener, library: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene(workers=2) as town:
        await town.ask()
        async with while_answering(library, monkeypatch):
            for person in ("bob", "cleo", "dan"):
                await town.server.slash(town.server.general, person, "ask", question=NATO)
            await town.server.heard(*ACK, 4)
            (answer, *_) = await town.server.posted(town.server.general)
            pressed = next(each["custom_id"] for each in walk(answer["components"]) if "custom_id" in each)
            await town.server.click(town.server.general, "ann", int(answer["id"]), pressed)
            await town.server.heard(*ACK, 5)
            assert town.server.seen() == town.pages
        assert town.server.seen().count(town.pages[0]) == 4


async def test_where_too_much_waits_one_polite_line_says_so(
    scene: Opener, library: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene(workers=1) as town:
        town.bot.executor._room = 2
        async with while_answering(library, monkeypatch):
            for person in ("bob", "cleo"):
                await town.server.slash(town.server.general, person, "ask", question=NATO)
            await town.server.heard(*ACK, 2)
            await town.server.slash(town.server.general, "dan", "ask", question=NATO)
            await town.server.heard("PATCH", "/webhooks/*/@original")
            (line,) = await _said(town)
            assert line == errors.CROWDED
        assert sorted(town.server.seen()) == sorted([*town.pages * 2, errors.CROWDED])


async def _said(town: Scene) -> list[str]:
    await town.server._until(lambda: bool(town.server.seen()), "nothing said", 5)
    return town.server.seen()


async def test_an_answer_stands_even_where_its_place_cannot_be_kept(
    scene: Opener, library: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any) -> None:
        raise RuntimeError

    async with scene() as town:
        monkeypatch.setattr(library.conversations, "place", fail)
        await town.ask()
        await town.mention()
        assert town.server.seen() == town.pages * 2


async def test_an_answer_does_not_wait_until_typing_is_shown(scene: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responders, "_TAKEN", 60)
    async with scene() as town:
        town.server.fault(*TYPING, hang=True, times=None)
        await town.mention()
        assert town.server.seen() == town.pages
