"""Failures of Discord as people see them: an answer or one honest line, and nothing twice.

The bot is the real one, on discord.py's own HTTP and gateway clients; the answer is one of the real engine's, made
long where a second page matters.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from aiohttp import web

from bot.discord import errors, responders, sending
from bot.discord.client import BriefingBot
from bot.presentation.discord import rendering
from bot.presentation.links import best_link
from retrieval.bootstrap import open_briefing
from retrieval.domain.answers import Answer
from retrieval.domain.articles import Filter
from retrieval.services.briefing import Briefing
from retrieval.settings import Settings
from tests import discord_rules
from tests.bot.conftest import make_bot
from tests.discord_rules import walk
from tests.discord_server import DiscordServer
from tests.discord_world import _BODY, Fault, Payload, _json
from tests.shown import read, words

pytestmark = pytest.mark.slow

NATO = "Does Ukraine still want to join NATO?"
LOST = responders._LOST
GIVEN_UP = "Discord no longer lets me answer where you asked. Here is your answer."

ACK, ANSWER, PAGE = ("POST", "/interactions/*/callback"), ("PATCH", "/webhooks/*/@original"), ("POST", "/webhooks/*")
TYPING, MESSAGE, THREAD = ("POST", "*/typing"), ("POST", "/channels/*/messages"), ("POST", "*/threads")

HTML_429, VIA = {"status": 429}, {"status": 429, "headers": {"Via": "1.1 google"}}
# What passes, and what Discord did all the same, although it said otherwise or nothing.
PASSING: dict[str, Payload] = {
    "429 with Retry-After": {"status": 429, "retry_after": 2.0},
    "429 without": HTML_429,
    "429 without, through the front door": VIA,
    "500": {"status": 500},
    "503": {"status": 503},
    "dropped": {"drop": True},
}
DONE: dict[str, Payload] = {
    "500, done": {"status": 500, "carried_out": True},
    "503, done": {"status": 503, "carried_out": True},
    "dropped, done": {"drop": True, "carried_out": True},
}
REFUSED: dict[str, Payload] = {"403": {"status": 403}, "404": {"status": 404}}
EVERY = PASSING | DONE | REFUSED


@dataclass
class Later(Fault):
    """A fault that lets the first `skip` requests through."""

    skip: int = 0

    def matches(self, method: str, path: str) -> bool:
        if not super().matches(method, path):
            return False
        self.skip -= 1
        return self.skip < 0


class Discord(DiscordServer):
    """The stand-in, with private channels, and what a person finds where."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.private = 0

    def _routes(self) -> dict[str, Any]:
        return {**super()._routes(), "POST /users/@me/channels": self._open_private}

    async def _open_private(self, request: web.Request) -> web.Response:
        if not self.private:
            person = self._users[str(request[_BODY]["recipient_id"])]
            self.private = self.create_channel("", 1, recipients=[person], last_message_id=None)
            del self._channels[self.private]["guild_id"]
        return _json(self._channels[self.private])

    def fault_later(self, method: str, path: str, skip: int, **what: Any) -> None:
        self._faults.append(Later(method, path, skip=skip, **what))

    def seen(self, channel: int | None = None) -> list[str]:
        """What the bot has said in a channel; what is still being thought of has no words."""
        said = self._messages[self.general if channel is None else channel]
        return [text for each in said if each["author"]["id"] == str(self.bot_id) and (text := read(each))]

    def threads(self) -> list[int]:
        return [int(each["id"]) for each in self._channels.values() if each["type"] == 11]


@dataclass
class Scene:
    """The bot on a Discord that fails, and the pages of the answer it gives."""

    server: Discord
    bot: BriefingBot
    pages: list[str]

    async def ask(self, **options: Any) -> None:
        await self.server.slash(self.server.general, "ann", "ask", question=NATO, **options)
        await self.server.heard(*ACK)
        await finished()

    async def mention(self, text: str = NATO) -> None:
        await self.server.say(self.server.general, "ann", f"<@{self.server.bot_id}> {text}")
        await self.server.heard(*TYPING)
        await finished()

    async def click(self, act: str) -> list[str]:
        """Press a button of the last answer; what is seen besides that answer."""
        answer = (await self.server.posted(self.server.general))[0]
        ids = [each["custom_id"] for each in walk(answer["components"]) if "custom_id" in each]
        acks = sum(each.path.endswith("/callback") for each in self.server.requests)
        pressed = next(each for each in ids if act in each)
        await self.server.click(self.server.general, "ann", int(answer["id"]), pressed)
        await self.server.heard(*ACK, acks + 1)
        await finished()
        return self.server.seen()[1:]


async def finished() -> None:
    """Wait until the bot has no event, command or button in hand."""
    names = ("discord.py: on_", "CommandTree-", "discord-ui-")
    async with asyncio.timeout(20):
        while work := [each for each in asyncio.all_tasks() if each.get_name().startswith(names)]:
            await asyncio.wait(work)


@pytest.fixture(scope="module")
def library(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Briefing]:
    """The seeds, shared by the tests of this module."""
    data_dir = tmp_path_factory.mktemp("library") / "data"
    shutil.copytree(seeded, data_dir, symlinks=True)
    with open_briefing(Settings(data_dir=data_dir)) as opened:
        yield opened


@pytest.fixture(scope="module")
def given(library: Briefing) -> Answer:
    """A real answer."""
    return library.asking.ask(NATO, Filter())


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits before it sends again."""
    monkeypatch.setattr(sending, "_PAUSES", (0.0, 0.0))


Opener = Callable[..., Any]


@pytest.fixture
def scene(library: Briefing, given: Answer, monkeypatch: pytest.MonkeyPatch) -> Opener:
    """Opens a scene in which the answer has so many pages."""

    @asynccontextmanager
    async def opened(pages: int = 1, **settings: Any) -> AsyncIterator[Scene]:
        long = (
            given
            if pages == 1
            else replace(given, statements=(), excerpts=(), message=f"{'Words and words. ' * 240 * (pages - 1)} [1]")
        )
        monkeypatch.setattr(library.asking, "ask", lambda *_arguments, **_options: long)
        server = Discord()
        async with server:
            bot = make_bot(library, **settings)
            async with server.connected(bot):
                shown = rendering.answer(long, partial(best_link, bases=bot.settings.bases))
                assert len(shown) == pages
                yield Scene(server, bot, list(map(words, shown)))
        discord_rules.check(server.requests)

    return opened


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
