"""Answers where Discord fails: one arrives, or one honest line, and nothing twice."""

from __future__ import annotations

import pytest

from bot.discord import errors, responders
from tests.bot.faults.conftest import (
    ACK,
    ANSWER,
    DONE,
    EVERY,
    GIVEN_UP,
    HTML_429,
    LOST,
    MESSAGE,
    NATO,
    PAGE,
    PASSING,
    REFUSED,
    THREAD,
    TYPING,
    Opener,
    finished,
)
from tests.discord_world import Payload
from tests.shown import read

pytestmark = pytest.mark.slow


# A command


@pytest.mark.parametrize("fault", EVERY.values(), ids=EVERY)
async def test_a_command_whose_taking_fails_is_answered_all_the_same(scene: Opener, fault: Payload) -> None:
    async with scene(2) as town:
        town.server.fault(*ACK, **fault)
        await town.ask()
        assert town.server.seen() == town.pages


async def test_a_taking_that_hangs_holds_up_no_answer(scene: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responders, "_TAKEN", 0.05)
    async with scene() as town:
        town.server.fault(*ACK, hang=True)
        await town.ask()
        assert town.server.seen() == town.pages


@pytest.mark.parametrize("fault", EVERY.values(), ids=EVERY)
async def test_an_answer_to_a_command_that_fails_arrives_all_the_same(scene: Opener, fault: Payload) -> None:
    async with scene(2) as town:
        town.server.fault(*ANSWER, **fault)
        await town.ask()
        assert town.server.seen() == town.pages


# Discord would not recognise a follow-up as the same: what it limits it has not got, all else it may have.
FOLLOWED = [
    *(pytest.param("whole" if "429" in name else "cut", fault, id=name) for name, fault in (PASSING | REFUSED).items()),
    *(pytest.param("whole, and a line", fault, id=name) for name, fault in DONE.items()),
]


@pytest.mark.parametrize(("expected", "fault"), FOLLOWED)
async def test_a_second_page_that_fails_is_sent_again_or_said_to_be_missing(
    scene: Opener, expected: str, fault: Payload
) -> None:
    async with scene(2) as town:
        town.server.fault(*PAGE, **fault)
        await town.ask()
        first, second = town.pages
        seen = {"whole": [first, second], "cut": [first, LOST], "whole, and a line": [first, second, LOST]}
        assert town.server.seen() == seen[expected]


async def test_where_nothing_can_follow_one_line_takes_the_place_of_a_cut_answer(scene: Opener) -> None:
    async with scene(3) as town:
        town.server.fault(*PAGE, status=503, times=None)
        await town.ask()
        assert town.server.seen() == [LOST]


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 503}, {"drop": True}, HTML_429])
async def test_where_no_answer_gets_through_for_long_one_line_says_so(scene: Opener, fault: Payload) -> None:
    async with scene(2) as town:
        # discord.py tries a server's errors five times itself.
        tries = 15 if fault.get("status", 429) >= 500 else 3
        town.server.fault(*ANSWER, times=tries, **fault)
        await town.ask()
        assert town.server.seen() == [errors.UNTAKEN]


@pytest.mark.parametrize("fault", [{"status": 403}, {"status": 429}, {"status": 500}, {"status": 503}, {"drop": True}])
async def test_where_discord_is_out_for_good_the_bot_gives_up_and_goes_on(scene: Opener, fault: Payload) -> None:
    async with scene(2) as town:
        for step in (ANSWER, PAGE, MESSAGE, ("POST", "/users/@me/channels")):
            town.server.fault(*step, times=None, **fault)
        await town.ask()
        await town.mention()
        assert town.server.seen() == []
        town.server._faults.clear()
        await town.server.say(town.server.general, "ann", f"<@{town.server.bot_id}> {NATO}")
        assert [read(each) for each in await town.server.posted(town.server.general, 3)][-2:] == town.pages
        await finished()


# A private command: what only one person may see goes to that person or nowhere


@pytest.mark.parametrize("fault", (REFUSED | {"dropped": {"drop": True}, "429": HTML_429}).values())
async def test_a_private_answer_that_has_lost_its_command_comes_by_private_message(
    scene: Opener, fault: Payload
) -> None:
    async with scene(2) as town:
        town.server.fault(*ACK, **fault)
        await town.server.slash(town.server.general, "ann", "ask", question=NATO, private=True)
        await town.server.heard(*ACK)
        await finished()
        assert town.server.seen() == []
        assert town.server.seen(town.server.private) == [GIVEN_UP, *town.pages]


# A mention


@pytest.mark.parametrize("fault", [HTML_429, {"status": 503}, {"drop": True}, {"hang": True}])
async def test_an_answer_does_not_depend_on_the_typing_before_it(
    scene: Opener, monkeypatch: pytest.MonkeyPatch, fault: Payload
) -> None:
    monkeypatch.setattr(responders, "_TAKEN", 0.5)
    async with scene() as town:
        town.server.fault(*TYPING, **fault)
        await town.mention()
        assert town.server.seen() == town.pages


@pytest.mark.parametrize("skip", [0, 1], ids=["first page", "second page"])
@pytest.mark.parametrize("fault", (PASSING | DONE).values(), ids=PASSING | DONE)
async def test_a_page_under_a_mention_that_fails_is_posted_once(scene: Opener, fault: Payload, skip: int) -> None:
    async with scene(2) as town:
        town.server.fault_later(*MESSAGE, skip, **fault)
        await town.mention()
        assert town.server.seen() == town.pages


@pytest.mark.parametrize(
    ("fault", "line"),
    [({"status": 403}, "I may not write in"), ({"status": 404, "code": 10003}, GIVEN_UP)],
)
@pytest.mark.parametrize("skip", [0, 1], ids=["first page", "second page"])
async def test_what_may_not_be_said_in_a_channel_comes_by_private_message(
    scene: Opener, fault: Payload, line: str, skip: int
) -> None:
    async with scene(2) as town:
        town.server.fault_later(*MESSAGE, skip, **fault)
        await town.mention()
        said, *left = town.server.seen(town.server.private)
        assert said.startswith(line)
        assert (town.server.seen(), left) == (town.pages[:skip], town.pages[skip:])


@pytest.mark.parametrize("code", [10008, 50035, 160002])
async def test_an_answer_that_cannot_be_a_reply_is_a_message(scene: Opener, code: int) -> None:
    async with scene(2) as town:
        town.server.fault(*MESSAGE, status=400, code=code)
        await town.mention()
        assert town.server.seen() == town.pages


@pytest.mark.parametrize("skip", [0, 1], ids=["first page", "second page"])
@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": True}, HTML_429], ids=["503", "dropped", "429"])
async def test_where_a_page_under_a_mention_is_lost_one_line_says_so(scene: Opener, fault: Payload, skip: int) -> None:
    async with scene(2) as town:
        town.server.fault_later(*MESSAGE, skip, times=3, **fault)
        await town.mention()
        assert town.server.seen() == [*town.pages[:skip], errors.UNTAKEN]


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": True}], ids=["503", "dropped"])
async def test_where_an_answer_got_through_and_discord_never_said_so_no_line_denies_it(
    scene: Opener, fault: Payload
) -> None:
    async with scene() as town:
        town.server.fault(*MESSAGE, times=3, carried_out=True, **fault)
        await town.mention()
        assert town.server.seen() == town.pages


@pytest.mark.parametrize("fault", EVERY.values(), ids=EVERY)
async def test_a_thread_that_fails_leaves_the_answer_alone(scene: Opener, fault: Payload) -> None:
    async with scene() as town:
        town.server.fault(*THREAD, **fault)
        await town.mention()
        assert town.server.seen() == town.pages
        # A refusal leaves none; any other thread is there once, and says how to go on.
        welcomes = [len(town.server.seen(each)) for each in town.server.threads()]
        assert welcomes == ([] if fault in REFUSED.values() else [1])


@pytest.mark.parametrize("fault", (PASSING | DONE).values(), ids=PASSING | DONE)
async def test_a_welcome_that_fails_stands_in_its_thread_once(scene: Opener, fault: Payload) -> None:
    async with scene() as town:
        town.server.fault_later(*MESSAGE, skip=1, **fault)
        await town.mention()
        (thread,) = town.server.threads()
        assert len(town.server.seen(thread)) == 1
        assert town.server.seen() == town.pages
