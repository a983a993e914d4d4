"""A bot on a Discord that fails: the real one, on discord.py's own HTTP and gateway clients.

The answer is one of the real engine's, made long where a second page matters.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.discord import responders, sending
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
from tests.discord_components import walk
from tests.discord_server import DiscordServer
from tests.discord_world import _BODY, Fault, Payload, _json
from tests.shown import read, words

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
