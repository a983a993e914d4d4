"""A stand-in for Discord that discord.py's own HTTP and gateway clients connect to, with faults to order.

SimCord replaces discord.py's transports, so what they do by themselves (retries, back-off, resuming, giving up) is
not seen there; here they are the real ones, over sockets of this machine. It knows one guild, its channels, and the
routes a bot that answers questions uses. A request for any other route fails the test when the server closes.

Time: while a server is open, the modules of discord.py that back off (`discord.http`, `discord.client`,
`discord.gateway`, `discord.webhook.async_`) see an `asyncio` whose `sleep` gives way once and returns, and notes in
`DiscordServer.waits` the seconds asked for. Nothing else does: the bot's own sleeps and `discord.ext.tasks` keep time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fnmatch import fnmatchcase
from types import ModuleType
from typing import Any

import discord
import pytest
import yarl
from aiohttp import web
from simcord import HttpLogEntry

from tests.discord_gateway import _abort
from tests.discord_routes import DiscordRoutes
from tests.discord_world import _ALL_PERMISSIONS, _GIVING_WAY, _THREAD, Asked, Fault, Payload, _Reply


class _Hurried(ModuleType):
    """`asyncio` with a `sleep` that only gives way, and notes the seconds asked for."""

    def __init__(self, waits: list[float]) -> None:
        super().__init__("asyncio")
        self._waits = waits

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        self._waits.append(seconds)
        await asyncio.sleep(0)


class DiscordServer(DiscordRoutes):
    """Discord on a port of this machine, while its `async with` lasts; see the module for what it does to time.

    `requests` are all requests made, `waits` the seconds discord.py would have slept, `connections` what the
    gateway was asked for (`identify`, `resume`, `refused`), in order. `permissions` is what the bot is told that it
    may do; nothing is refused for want of it (order a 403 for that), nor for its content (`discord_rules` is for that).
    """

    async def __aenter__(self) -> DiscordServer:
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.gateway_url = f"ws://{host}:{port}/gateway/socket"
        self._patch = pytest.MonkeyPatch()
        self._patch.setattr(discord.http.Route, "BASE", f"http://{host}:{port}/api/v10")
        self._patch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(self.gateway_url))
        for module in _GIVING_WAY:
            self._patch.setattr(f"{module}.asyncio", _Hurried(self.waits))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        self._closing.set()
        self._patch.undo()
        for session in self._sessions.values():
            _abort(session.socket)
        await self._runner.cleanup()
        if kind is None:
            assert not self._unknown, f"the stand-in for Discord does not know {', '.join(self._unknown)}"

    # What a test orders

    def fault(self, method: str, path: str, **what: Any) -> None:
        """Orders a `Fault` (its fields are the keywords) for requests whose path, after `/api/v10`, fits `path`.

        Several faults for one path are used up in the order they were ordered.
        """
        self._faults.append(Fault(method, path, **what))

    def refuse(self, code: int, times: int = 1) -> None:
        """The next connections to the gateway fail: with a status below 1000, else a close code upon IDENTIFY."""
        self._refusals += [code] * times

    @asynccontextmanager
    async def connected(self, bot: discord.Client) -> AsyncIterator[None]:
        """The bot started and ready; closed at the end. What its start raises is raised here."""
        # How long discord.py waits, for real, for one more guild before it calls itself ready: 2 s if nobody says.
        bot._connection.guild_ready_timeout = 0.05
        running = asyncio.create_task(bot.start(self.token))
        ready = asyncio.create_task(self._ready(bot))
        try:
            await asyncio.wait((running, ready), return_when=asyncio.FIRST_COMPLETED)
            if not ready.done():
                running.result()
            yield
        finally:
            ready.cancel()
            await bot.close()
            running.cancel()
            await asyncio.gather(running, ready, return_exceptions=True)

    async def _ready(self, bot: discord.Client) -> None:
        await self._until(lambda: bool(self._sessions), "the bot has not identified", 60)
        await bot.wait_until_ready()

    async def heard(self, method: str, path: str, times: int = 1, *, timeout: float = 5) -> list[HttpLogEntry]:
        """Waits until so many requests have come in since the server opened, whatever was answered; returns them."""

        def found() -> list[HttpLogEntry]:
            return [each for each in self.requests if each.method == method and fnmatchcase(each.path, path)]

        await self._until(lambda: len(found()) >= times, f"heard {method} {path} fewer than {times} times", timeout)
        return found()

    async def reconnected(self, times: int = 1, *, timeout: float = 5) -> None:
        """Waits until the bot has come back to the gateway, by IDENTIFY or RESUME, so many times after its first."""

        def count() -> int:
            return sum(what != "refused" for what in self.connections)

        await self._until(lambda: count() > times, f"reconnected fewer than {times} times", timeout)

    async def posted(self, channel: int, count: int = 1, *, timeout: float = 5) -> list[Payload]:
        """Waits until the channel holds so many messages of the bot; returns all it holds by then."""

        def own() -> list[Payload]:
            return [each for each in self._messages[channel] if each["author"]["id"] == str(self.bot_id)]

        await self._until(lambda: len(own()) >= count, f"fewer than {count} messages of the bot", timeout)
        return own()

    async def delete_channel(self, channel: int) -> None:
        """Requests about it are answered 404 (10003) from now on, and the bot is told."""
        gone = self._channels.pop(channel)
        self._messages.pop(channel, None)
        await self._dispatch("THREAD_DELETE" if gone["type"] == _THREAD else "CHANNEL_DELETE", gone)

    async def say(self, channel: int, author: str, text: str, *, reply_to: int | None = None) -> int:
        """A member writes; the bot hears it, without its text where its intents don't let it have that."""
        message = self._message(channel, self._users[str(self._user(author))], {"content": text})
        if reply_to is not None:
            message["message_reference"] = {"message_id": str(reply_to), "channel_id": str(channel)}
            message["referenced_message"] = self._found(channel, reply_to)
        await self._publish(message)
        return int(message["id"])

    async def slash(self, channel: int, author: str, name: str, **options: str) -> Asked:
        """A member sends a slash command with text options."""
        given = [{"name": option, "type": 3, "value": value} for option, value in options.items()]
        return await self._ask(channel, author, 2, {"id": "1", "name": name, "type": 1, "options": given})

    async def click(self, channel: int, author: str, message: int, custom_id: str) -> Asked:
        """A member presses a button under a message of the bot."""
        pressed = {"custom_id": custom_id, "component_type": 2}
        return await self._ask(channel, author, 3, pressed, message=self._found(channel, message))

    def original(self, asked: Asked) -> Payload | None:
        """The reply to an interaction as it stands now."""
        return self._interactions[asked.token].original

    async def _ask(self, channel: int, author: str, kind: int, data: Payload, **more: Any) -> Asked:
        asked = Asked(self._new_id(), f"token-{self._last_id}", channel)
        self._interactions[asked.token] = _Reply(asked)
        member = {**self._member(self._user(author)), "permissions": str(_ALL_PERMISSIONS)}
        event: Payload = {"id": str(asked.id), "token": asked.token, "application_id": str(self.bot_id), "type": kind}
        event |= {"data": data, "guild_id": str(self.guild_id), "channel_id": str(channel), "version": 1, **more}
        event |= {"channel": self._channels[channel], "member": member, "app_permissions": str(self.permissions)}
        event |= {"locale": "en-GB", "entitlements": [], "attachment_size_limit": 1 << 20, "context": 0}
        await self._dispatch("INTERACTION_CREATE", event)
        return asked
