"""Deliveries over discord.py's own transports: what is posted, found again, refused, and what only passes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
from aiohttp import web

from bot.discord.delivery.attempts import RefusedError, marked
from bot.discord.delivery.posting import DiscordPoster, lacking
from bot.presentation.discord.layouts import Card, SourceLine, Text
from retrieval.errors import UnreachableError
from tests import discord_rules
from tests.discord_server import DiscordServer
from tests.discord_world import _BODY, _json
from tests.shown import read

MARK = "1-2601010800/1"
PAGE = str(marked("**News** for @everyone and <@&8>", MARK))
POST = "POST", "/channels/*/messages"
AP = SourceLine("-# AP", "-# [AP](<https://a.example>)", "https://a.example", "Source 1")


class Server(DiscordServer):
    """The stand-in, with private channels."""

    def _routes(self) -> dict[str, Any]:
        return {**super()._routes(), "POST /users/@me/channels": self._open_private}

    async def _open_private(self, request: web.Request) -> web.Response:
        person = self._users[str(request[_BODY]["recipient_id"])]
        private = self.create_channel("", 1, recipients=[person], last_message_id=None)
        del self._channels[private]["guild_id"]
        return _json(self._channels[private])


@dataclass
class Scene:
    """A poster on a Discord that does what it is ordered to; `here` is a channel."""

    server: Server
    client: discord.Client
    poster: DiscordPoster

    @property
    def here(self) -> str:
        return str(self.server.general)

    async def find(self, mark: str = MARK, **before: float) -> str | None:
        return await self.poster.find(self.here, mark, datetime.now(UTC) - timedelta(**before or {"minutes": 10}))

    def said(self) -> list[str]:
        return [each["content"] for each in self.server._messages[self.server.general]]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """Connected."""
    server = Server()
    async with server:
        client = discord.Client(intents=discord.Intents(guilds=True), allowed_mentions=discord.AllowedMentions.none())
        async with server.connected(client):
            yield Scene(server, client, DiscordPoster(client))
        discord_rules.check(server.requests)


@pytest.mark.parametrize("role", [None, "77"])
async def test_a_page_pings_the_role_it_is_posted_for_and_nobody_else(scene: Scene, role: str | None) -> None:
    sent = await scene.poster.send(scene.here, PAGE, MARK, role)
    (message,) = scene.server._messages[scene.server.general]
    assert message["id"] == sent
    assert message["content"] == (f"<@&77>\n{PAGE}" if role else PAGE)
    (asked,) = await scene.server.heard(*POST)
    assert asked.json
    allowed = asked.json["allowed_mentions"]
    assert (allowed["parse"], [str(each) for each in allowed.get("roles", [])]) == ([], [role] if role else [])
    assert asked.json["flags"] == discord_rules.SUPPRESS_EMBEDS


async def test_a_page_with_components_pings_its_role_and_is_found_again(
    scene: Scene,
) -> None:
    page = marked(Card((Text("**News** for @everyone"), AP)), MARK)
    scene.server.fault(*POST, status=503, carried_out=True)
    with pytest.raises(UnreachableError):
        await scene.poster.send(scene.here, page, MARK, "77")
    found = await scene.find()
    assert found == await scene.poster.send(scene.here, page, MARK, "77")
    (message,) = scene.server._messages[scene.server.general]
    assert read(message) == f"<@&77>\n**News** for @everyone\n-# AP\n-# digest {MARK}"
    assert not message["content"] and message["flags"] & discord_rules.COMPONENTS_V2
    asked, again = await scene.server.heard(*POST)
    assert asked.json == again.json and asked.json and asked.json["nonce"] == MARK


async def test_a_page_whose_components_are_refused_is_posted_as_text(scene: Scene) -> None:
    page = marked(Card((Text("words " * 500), AP)), MARK)
    scene.server.fault(*POST, status=400, code=50035)
    sent = await scene.poster.send(scene.here, page, MARK, "77")
    first, last = scene.server._messages[scene.server.general]
    assert first["content"].startswith("<@&77>\nwords words") and "[AP](<https://a.example>)" in last["content"]
    assert last["id"] == sent == await scene.find()


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (403, 50013, "I may not write there"),
        (403, 50001, "I may not see it"),
        (404, 10003, "the channel is gone"),
        (400, 50083, "the thread is closed"),
        (400, 200000, "AutoMod blocks it"),
        (400, 50035, "Discord refuses it (code 50035)"),
    ],
)
async def test_what_discord_refuses_is_refused_with_the_reason(
    scene: Scene, status: int, code: int, reason: str
) -> None:
    scene.server.fault(*POST, status=status, code=code)
    with pytest.raises(RefusedError) as refused:
        await scene.poster.send(scene.here, PAGE, MARK, None)
    assert str(refused.value) == reason
    assert len(await scene.server.heard(*POST)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500, "times": None},
        {"status": 503},
        {"drop": True, "times": None},
        {"status": 429},
        {"status": 401, "code": 0},
        # What its front door says is not Discord's own word.
        {"status": 403, "code": 0},
    ],
    ids=["500", "503", "dropped", "429", "401", "front door"],
)
async def test_what_passes_is_no_refusal(scene: Scene, fault: dict[str, Any]) -> None:
    scene.server.fault(*POST, **fault)
    with pytest.raises(UnreachableError):
        await scene.poster.send(scene.here, PAGE, MARK, None)
    assert scene.said() == []


async def test_a_page_whose_receipt_was_lost_is_found_and_sent_again_stands_there_once(scene: Scene) -> None:
    scene.server.fault(*POST, status=503, carried_out=True)
    with pytest.raises(UnreachableError):
        await scene.poster.send(scene.here, PAGE, MARK, None)
    found = await scene.find()
    assert found == await scene.poster.send(scene.here, PAGE, MARK, None)
    assert scene.said() == [PAGE]


async def test_only_the_bots_own_page_of_that_mark_and_time_is_found(scene: Scene) -> None:
    await scene.server.say(scene.server.general, "ann", PAGE)
    await scene.poster.send(scene.here, marked("Other", f"{MARK}1"), f"{MARK}1", None)
    assert await scene.find() is None
    sent = await scene.poster.send(scene.here, PAGE, MARK, None)
    for number in range(120):
        await scene.server.say(scene.server.general, "ann", f"Chat {number}")
    assert await scene.find() == sent
    assert await scene.find(minutes=-1) is None


async def test_where_the_history_is_hidden_nothing_is_said_to_be_missing(scene: Scene) -> None:
    scene.client.guilds[0].default_role._permissions = discord.Permissions(view_channel=True, send_messages=True).value
    with pytest.raises(RefusedError, match="may not read the message history"):
        await scene.find()
    assert lacking(await scene.poster.place(scene.here), None) == ["Read Message History"]


async def test_a_channel_that_is_gone_is_refused_also_where_it_was_never_known(scene: Scene) -> None:
    await scene.server.delete_channel(scene.server.general)
    for channel in (scene.here, "1"):
        with pytest.raises(RefusedError, match="the channel is gone"):
            await scene.poster.send(channel, PAGE, MARK, None)


async def test_a_thread_that_discord_py_forgot_is_posted_in(scene: Scene) -> None:
    archived = {"archived": True, "auto_archive_duration": 60, "archive_timestamp": "2026-01-01T00:00:00+00:00"}
    about: dict[str, Any] = {"parent_id": scene.here, "owner_id": "1", "message_count": 0, "member_count": 0}
    thread = scene.server.create_channel("old", 11, **about, thread_metadata=archived)
    await scene.poster.send(str(thread), PAGE, MARK, None)
    assert [each["content"] for each in scene.server._messages[thread]] == [PAGE]
    place = await scene.poster.place(str(thread))
    assert lacking(place, None) == []


async def test_a_person_is_told_in_private(scene: Scene) -> None:
    ann = scene.server._user("ann")
    await scene.poster.warn(str(ann), "It is paused.")
    (private,) = (each for each in scene.server._channels.values() if each["type"] == 1)
    assert [each["content"] for each in scene.server._messages[int(private["id"])]] == ["It is paused."]


@pytest.mark.parametrize("code", [50007, 50278])
async def test_who_takes_no_private_messages_is_refused(scene: Scene, code: int) -> None:
    scene.server.fault(*POST, status=403, code=code)
    with pytest.raises(RefusedError):
        await scene.poster.warn(str(scene.server._user("ann")), "It is paused.")
