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
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from types import ModuleType
from typing import Any

import discord
import pytest
import yarl
from aiohttp import WSMsgType, web
from simcord import HttpLogEntry

Payload = dict[str, Any]

_EPOCH_MS = 1420070400000
_THREAD = 11
_MESSAGE_CONTENT, _ALL_PERMISSIONS = 1 << 15, (1 << 53) - 1
_SUPPRESS, _EPHEMERAL, _LOADING = 1 << 2, 1 << 6, 1 << 7
_BODY: web.RequestKey[Any] = web.RequestKey("body", object)
_GIVING_WAY = ("discord.http", "discord.client", "discord.gateway", "discord.webhook.async_")
# What Discord says with a status, where a test does not say: its JSON code and message.
_SAYINGS = {
    400: (50035, "Invalid Form Body"),
    401: (0, "401: Unauthorized"),
    403: (50013, "Missing Permissions"),
    404: (10008, "Unknown Message"),
    429: (0, "You are being rate limited."),
    500: (0, "500: Internal Server Error"),
    503: (0, "503: Service Unavailable"),
}


@dataclass
class Fault:
    """What happens to the next `times` requests that match (to all with None), instead of an answer or after it.

    With `carried_out` the request has its effect first and only its answer is lost. `drop` cuts the connection,
    `hang` keeps it open without a word until the server closes. A 429 without `retry_after` is the one that
    Cloudflare sends: HTML, no `Via`. `headers` are added to the answer's.
    """

    method: str
    path: str
    status: int = 500
    times: int | None = 1
    code: int | None = None
    retry_after: float | None = None
    carried_out: bool = False
    drop: bool = False
    hang: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)

    def matches(self, method: str, path: str) -> bool:
        return self.times != 0 and self.method in (method, "*") and fnmatchcase(path, self.path)

    def answer(self) -> web.Response:
        code, message = _SAYINGS.get(self.status, (0, f"{self.status}"))
        body: Payload = {"code": code if self.code is None else self.code, "message": message}
        if self.status == 429 and self.retry_after is None:
            text = "<html><body>error code: 1015</body></html>"
            return web.Response(status=429, text=text, content_type="text/html", headers=self.headers)
        headers = dict(self.headers)
        if self.status == 429:
            headers = {"Via": "1.1 google", "Retry-After": f"{self.retry_after}", **headers}
            body |= {"retry_after": self.retry_after, "global": False}
        return _json(body, self.status, headers)


@dataclass(frozen=True)
class Asked:
    """An interaction sent to the bot."""

    id: int
    token: str
    channel: int


@dataclass
class _Session:
    """A gateway session: what was dispatched in it stays, to be sent again when the bot resumes."""

    intents: int
    resumable: bool = True
    sent: list[Payload] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None


@dataclass
class _Reply:
    """What became of an interaction: its original message, once it is acknowledged with one."""

    asked: Asked
    acknowledged: bool = False
    original: Payload | None = None


class DiscordServer:
    """Discord on a port of this machine, while its `async with` lasts; see the module for what it does to time.

    `requests` are all requests made, `waits` the seconds discord.py would have slept, `connections` what the
    gateway was asked for (`identify`, `resume`, `refused`), in order. `permissions` is what the bot is told that it
    may do; nothing is refused for want of it (order a 403 for that), nor for its content (`discord_rules` is for that).
    """

    def __init__(self, *, token: str = "a.good.token", disallowed_intents: int = 0) -> None:  # noqa: S107
        self.token = token
        self.disallowed_intents = disallowed_intents
        self.requests: list[HttpLogEntry] = []
        self.waits: list[float] = []
        self.connections: list[str] = []
        self.permissions = _ALL_PERMISSIONS
        self.commands: list[Payload] = []
        self._faults: list[Fault] = []
        self._refusals: deque[int] = deque()
        self._unknown: list[str] = []
        self._happened = asyncio.Condition()
        self._closing = asyncio.Event()
        self._last_id = 0
        self._sessions: dict[str, _Session] = {}
        self._interactions: dict[str, _Reply] = {}
        self._channels: dict[int, Payload] = {}
        self._messages: dict[int, list[Payload]] = defaultdict(list)
        self._users: dict[str, Payload] = {}
        self.guild_id = self._new_id()
        self.bot_id = self._user("briefing", bot=True)
        self.general = self.create_channel("general")

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

    def forget_sessions(self) -> None:
        """No session so far can be resumed."""
        for session in self._sessions.values():
            session.resumable = False

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

    def create_channel(self, name: str, kind: int = 0, **fields: Any) -> int:
        """A channel of the guild: its id. To be there when the bot connects, create it before."""
        made = {"id": str(self._new_id()), "type": kind, "name": name, "guild_id": str(self.guild_id), **fields}
        made |= {"position": 0, "permission_overwrites": [], "topic": None, "nsfw": False, "parent_id": None} | fields
        self._channels[int(made["id"])] = made
        return int(made["id"])

    async def delete_channel(self, channel: int) -> None:
        """Requests about it are answered 404 (10003) from now on, and the bot is told."""
        gone = self._channels.pop(channel)
        self._messages.pop(channel, None)
        await self._dispatch("THREAD_DELETE" if gone["type"] == _THREAD else "CHANNEL_DELETE", gone)

    async def delete_message(self, channel: int, message: int) -> None:
        self._messages[channel] = [each for each in self._messages[channel] if each["id"] != str(message)]
        gone = {"id": str(message), "channel_id": str(channel), "guild_id": str(self.guild_id)}
        await self._dispatch("MESSAGE_DELETE", gone)

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

    # The gateway

    async def drop(self, code: int | None = None) -> None:
        """Ends the gateway's sockets: cut off without a word (1006), or closed with a code."""
        for session in self._connected():
            if code is None:
                _abort(session.socket)
            elif session.socket is not None:
                await session.socket.close(code=code)

    async def invalidate(self, *, resumable: bool = False) -> None:
        """Tells the bot that its session is invalid (op 9)."""
        if not resumable:
            self.forget_sessions()
        for session in self._connected():
            await _send(session.socket, {"op": 9, "d": resumable})

    async def ask_to_reconnect(self) -> None:
        """Tells the bot to reconnect and resume (op 7)."""
        for session in self._connected():
            await _send(session.socket, {"op": 7, "d": None})

    def _connected(self) -> list[_Session]:
        return [each for each in self._sessions.values() if each.socket is not None and not each.socket.closed]

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        if self._refusals and self._refusals[0] < 1000:
            await self._connection("refused")
            return web.Response(status=self._refusals.popleft())
        socket = web.WebSocketResponse(timeout=0.5)
        await socket.prepare(request)
        await _send(socket, {"op": 10, "d": {"heartbeat_interval": 41250}})
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                continue
            said = json.loads(frame.data)
            if said["op"] == 1:
                await _send(socket, {"op": 11})
            elif said["op"] == 2:
                await self._identify(socket, said["d"])
            elif said["op"] == 6:
                await self._resume(socket, said["d"])
        return socket

    async def _identify(self, socket: web.WebSocketResponse, said: Payload) -> None:
        code = self._refusals.popleft() if self._refusals else 0
        code = code or (4004 if said["token"] != self.token else 4014 * bool(said["intents"] & self.disallowed_intents))
        await self._connection("refused" if code else "identify")
        if code:
            await socket.close(code=code)
            return
        name = f"session-{self._new_id()}"
        session = self._sessions[name] = _Session(said["intents"], socket=socket)
        guild = {"id": str(self.guild_id), "unavailable": True}
        ready: Payload = {"v": 10, "session_id": name, "resume_gateway_url": self.gateway_url, "guilds": [guild]}
        ready |= {"user": self._users[str(self.bot_id)], "application": {"id": str(self.bot_id), "flags": 0}}
        await self._hand(session, "READY", ready)
        await self._hand(session, "GUILD_CREATE", self._guild())
        async with self._happened:
            self._happened.notify_all()

    async def _resume(self, socket: web.WebSocketResponse, said: Payload) -> None:
        session = self._sessions.get(said["session_id"])
        resumed = session is not None and session.resumable
        await self._connection("resume" if resumed else "refused")
        if session is None or not resumed:
            await _send(socket, {"op": 9, "d": False})
            return
        session.socket = socket
        for event in session.sent[said["seq"] :]:
            await _send(socket, event)
        await self._hand(session, "RESUMED", {})

    async def _connection(self, what: str) -> None:
        async with self._happened:
            self.connections.append(what)
            self._happened.notify_all()

    async def _dispatch(self, event: str, data: Payload) -> None:
        for session in list(self._sessions.values()):
            await self._hand(session, event, self._censored(session, data) if event == "MESSAGE_CREATE" else data)

    async def _hand(self, session: _Session, event: str, data: Payload) -> None:
        session.sent.append({"op": 0, "t": event, "s": len(session.sent) + 1, "d": data})
        await _send(session.socket, session.sent[-1])

    def _censored(self, session: _Session, message: Payload) -> Payload:
        named = any(user["id"] == str(self.bot_id) for user in message["mentions"])
        own = message["author"]["id"] == str(self.bot_id)
        if session.intents & _MESSAGE_CONTENT or named or own:
            return message
        return {**message, "content": "", "embeds": [], "attachments": [], "components": []}

    # HTTP: what comes in, and the faults in its way

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._witness])
        application.router.add_get("/gateway/socket", self._gateway)
        for route, answer in self._routes().items():
            method, path = route.split()
            application.router.add_route(method, f"/api/v10{path}", answer)
        return application

    @web.middleware
    async def _witness(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if not request.path.startswith("/api/v10"):
            return await handler(request)
        path = request.path.removeprefix("/api/v10")
        request[_BODY] = await _body(request)
        reason = request.headers.get("X-Audit-Log-Reason")
        async with self._happened:
            self.requests.append(HttpLogEntry(request.method, path, dict(request.query), request[_BODY], reason))
            self._happened.notify_all()
        fault = next((each for each in self._faults if each.matches(request.method, path)), None)
        if fault is None:
            return await self._answered(request, handler)
        if fault.times is not None:
            fault.times -= 1
        if fault.carried_out:
            await self._answered(request, handler)
        if fault.hang:
            await self._closing.wait()
        if fault.drop or fault.hang:
            _abort(request)
        return fault.answer()

    async def _answered(
        self, request: web.Request, answer: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        signed = request.headers.get("Authorization")
        if signed is not None and signed != f"Bot {self.token}":
            return Fault("", "", 401).answer()
        try:
            return await answer(request)
        except web.HTTPException as refused:
            if isinstance(refused, web.HTTPNotFound | web.HTTPMethodNotAllowed):
                self._unknown.append(f"{request.method} {request.path}")
            return Fault("", "", refused.status, code=0).answer()
        except _Refused as refused:
            return _json({"code": refused.code, "message": refused.message}, refused.status)
        except Exception as failure:
            self._unknown.append(f"how to answer {request.method} {request.path}: {failure!r}")
            raise
        finally:
            async with self._happened:
                self._happened.notify_all()

    def _routes(self) -> dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]]:
        channel, webhook = "/channels/{channel}", "/webhooks/{application}/{token}"
        commands = ("/applications/{application}/commands", "/applications/{application}/guilds/{guild}/commands")
        return {
            "GET /users/@me": self._me,
            "GET /oauth2/applications/@me": self._about,
            "GET /gateway": self._where,
            "GET /gateway/bot": self._where,
            **{f"PUT {path}": self._register for path in commands},
            **{f"GET {path}": self._registered for path in commands},
            f"GET {channel}": self._show_channel,
            f"PATCH {channel}": self._edit_channel,
            f"POST {channel}/typing": self._type,
            f"POST {channel}/threads": self._open_thread,
            f"GET {channel}/messages": self._history,
            f"POST {channel}/messages": self._post,
            f"GET {channel}/messages/{{message}}": self._show,
            f"PATCH {channel}/messages/{{message}}": self._edit,
            f"DELETE {channel}/messages/{{message}}": self._delete,
            f"POST {channel}/messages/{{message}}/threads": self._open_thread,
            "POST /interactions/{interaction}/{token}/callback": self._acknowledge,
            f"POST {webhook}": self._follow_up,
            f"GET {webhook}/messages/{{message}}": self._show_reply,
            f"PATCH {webhook}/messages/{{message}}": self._edit_reply,
            f"DELETE {webhook}/messages/{{message}}": self._delete_reply,
        }

    # HTTP: what Discord answers

    async def _me(self, _request: web.Request) -> web.Response:
        return _json(self._users[str(self.bot_id)])

    async def _about(self, _request: web.Request) -> web.Response:
        about = {"id": str(self.bot_id), "name": "briefing", "description": "", "icon": None, "verify_key": "key"}
        owner = self._users[str(self._user("owner"))]
        return _json({**about, "owner": owner, "bot_public": True, "bot_require_code_grant": False, "flags": 0})

    async def _where(self, _request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        return _json({"url": self.gateway_url, "shards": 1, "session_start_limit": limit})

    async def _register(self, request: web.Request) -> web.Response:
        self.commands = [{"type": 1, "description": "", **each} for each in request[_BODY]]
        for command in self.commands:
            named = {"id": str(self._new_id()), "application_id": str(self.bot_id), "version": "1"}
            command |= {**named, "default_member_permissions": None, "dm_permission": True}
        return _json(self.commands)

    async def _registered(self, _request: web.Request) -> web.Response:
        return _json(self.commands)

    async def _show_channel(self, request: web.Request) -> web.Response:
        return _json(self._channels[self._channel(request)])

    async def _edit_channel(self, request: web.Request) -> web.Response:
        channel = self._channels[self._channel(request)]
        channel |= request[_BODY]
        return _json(channel)

    async def _type(self, request: web.Request) -> web.Response:
        self._channel(request)
        return web.Response(status=204)

    async def _open_thread(self, request: web.Request) -> web.Response:
        parent = self._channel(request)
        if "message" in request.match_info:
            started = self._found(parent, int(request.match_info["message"]))
            if "thread" in started:
                raise _Refused(400, 160004, "A thread has already been created for this message")
        now = datetime.now(UTC).isoformat()
        archive = request[_BODY].get("auto_archive_duration") or 1440
        metadata = {"archived": False, "auto_archive_duration": archive, "archive_timestamp": now, "locked": False}
        thread: Payload = {"parent_id": str(parent), "owner_id": str(self.bot_id), "thread_metadata": metadata}
        thread |= {"message_count": 0, "member_count": 1, "total_message_sent": 0, "rate_limit_per_user": 0}
        thread["member"] = {"join_timestamp": now, "flags": 0}
        if "message" in request.match_info:
            thread["id"] = started["id"]
        made = self._channels[self.create_channel(request[_BODY]["name"], _THREAD, **thread)]
        if "message" in request.match_info:
            started["thread"] = made
        await self._dispatch("THREAD_CREATE", {**made, "newly_created": True})
        return _json(made, 201)

    async def _history(self, request: web.Request) -> web.Response:
        messages, limit = self._messages[self._channel(request)], int(request.query.get("limit", 50))
        if after := int(request.query.get("after", 0)):
            # The oldest of those after it; the newest of them first, as always.
            return _json([each for each in messages if int(each["id"]) > after][:limit][::-1])
        return _json(messages[: -limit - 1 : -1])

    async def _post(self, request: web.Request) -> web.Response:
        channel, nonce = self._channel(request), request[_BODY].get("nonce")
        if nonce and request[_BODY].get("enforce_nonce"):
            # As Discord does within some minutes: the message that was posted with this nonce, and no second one.
            for message in self._messages[channel]:
                if message.get("nonce") == nonce:
                    return _json(message)
        message = self._message(channel, self._users[str(self.bot_id)], request[_BODY])
        await self._publish(message)
        return _json(message)

    async def _show(self, request: web.Request) -> web.Response:
        return _json(self._found(self._channel(request), int(request.match_info["message"])))

    async def _edit(self, request: web.Request) -> web.Response:
        message = self._found(self._channel(request), int(request.match_info["message"]))
        return _json(_edited(message, request[_BODY]))

    async def _delete(self, request: web.Request) -> web.Response:
        message = self._found(self._channel(request), int(request.match_info["message"]))
        await self.delete_message(int(message["channel_id"]), int(message["id"]))
        return web.Response(status=204)

    async def _acknowledge(self, request: web.Request) -> web.Response:
        reply = self._reply(request, 10062, "Unknown interaction")
        if reply.acknowledged:
            raise _Refused(400, 40060, "Interaction has already been acknowledged.")
        reply.acknowledged = True
        kind, data = request[_BODY]["type"], request[_BODY].get("data") or {}
        about: Payload = {"id": str(reply.asked.id), "type": 2, "response_message_loading": kind == 5}
        answer: Payload = {"interaction": about}
        if kind in (4, 5):
            data = data if kind == 4 else {"flags": data.get("flags", 0) | _LOADING}
            reply.original = self._message(reply.asked.channel, self._users[str(self.bot_id)], data)
            about["response_message_id"] = reply.original["id"]
            about["response_message_ephemeral"] = bool(reply.original["flags"] & _EPHEMERAL)
            await self._keep(reply.original)
        if kind == 4:
            answer["resource"] = {"type": 4, "message": reply.original}
        return _json(answer)

    async def _follow_up(self, request: web.Request) -> web.Response:
        reply = self._reply(request)
        if reply.original is not None and reply.original["flags"] & _LOADING:
            return _json(_edited(reply.original, request[_BODY]))
        message = self._message(reply.asked.channel, self._users[str(self.bot_id)], request[_BODY])
        await self._keep(message)
        return _json(message)

    async def _show_reply(self, request: web.Request) -> web.Response:
        return _json(self._reply_message(request))

    async def _edit_reply(self, request: web.Request) -> web.Response:
        return _json(_edited(self._reply_message(request), request[_BODY]))

    async def _delete_reply(self, request: web.Request) -> web.Response:
        message = self._reply_message(request)
        self._messages[int(message["channel_id"])].remove(message)
        return web.Response(status=204)

    # The world

    def _channel(self, request: web.Request) -> int:
        channel = int(request.match_info["channel"])
        if channel not in self._channels:
            raise _Refused(404, 10003, "Unknown Channel")
        return channel

    def _found(self, channel: int, message: int) -> Payload:
        for each in self._messages[channel]:
            if each["id"] == str(message):
                return each
        raise _Refused(404, 10008, "Unknown Message")

    def _reply(self, request: web.Request, code: int = 10015, message: str = "Unknown Webhook") -> _Reply:
        reply = self._interactions.get(request.match_info["token"])
        if reply is None:
            raise _Refused(404, code, message)
        if reply.asked.channel not in self._channels:
            raise _Refused(404, 10003, "Unknown Channel")
        return reply

    def _reply_message(self, request: web.Request) -> Payload:
        reply, wanted = self._reply(request), request.match_info["message"]
        if wanted != "@original":
            return self._found(reply.asked.channel, int(wanted))
        if reply.original is None:
            raise _Refused(404, 10008, "Unknown Message")
        return self._found(reply.asked.channel, int(reply.original["id"]))

    def _new_id(self) -> int:
        self._last_id = max(self._last_id + 1, int(datetime.now(UTC).timestamp() * 1000 - _EPOCH_MS) << 22)
        return self._last_id

    def _user(self, name: str, *, bot: bool = False) -> int:
        for user in self._users.values():
            if user["username"] == name:
                return int(user["id"])
        made = self._new_id()
        user = {
            "id": str(made),
            "username": name,
            "discriminator": "0",
            "avatar": None,
            "bot": bot,
            "global_name": None,
        }
        self._users[str(made)] = user
        return made

    def _member(self, user: int) -> Payload:
        joined = "2026-01-01T00:00:00+00:00"
        return {
            "user": self._users[str(user)],
            "roles": [],
            "joined_at": joined,
            "deaf": False,
            "mute": False,
            "flags": 0,
        }

    def _guild(self) -> Payload:
        everyone = {"id": str(self.guild_id), "name": "@everyone", "permissions": str(self.permissions), "position": 0}
        members = [self._member(int(user)) for user in self._users]
        guild = {"id": str(self.guild_id), "name": "Policy team", "owner_id": str(self._user("owner")), "features": []}
        places = [each for each in self._channels.values() if each["type"] != _THREAD]
        threads = [each for each in self._channels.values() if each["type"] == _THREAD]
        inside = {"roles": [everyone], "channels": places, "threads": threads, "members": members}
        return {**guild, **inside, "member_count": len(members), "unavailable": False, "large": False}

    def _message(self, channel: int, author: Payload, body: Payload) -> Payload:
        content = body.get("content") or ""
        named = [user for user in self._users.values() if f"<@{user['id']}>" in content]
        message = {"id": str(self._new_id()), "channel_id": str(channel), "author": author, "content": content}
        message |= {"timestamp": datetime.now(UTC).isoformat(), "edited_timestamp": None, "type": 0, "tts": False}
        message |= {"mentions": named, "mention_roles": [], "mention_everyone": False, "attachments": []}
        message |= {"embeds": body.get("embeds") or [], "components": body.get("components") or [], "pinned": False}
        return {**message, "flags": body.get("flags") or 0, "nonce": body.get("nonce")}

    async def _publish(self, message: Payload) -> None:
        """Stores a message and tells the bot of it; the bot hears its own messages too."""
        await self._keep(message)
        member = {part: value for part, value in self._member(int(message["author"]["id"])).items() if part != "user"}
        await self._dispatch("MESSAGE_CREATE", {**message, "guild_id": str(self.guild_id), "member": member})

    async def _keep(self, message: Payload) -> None:
        self._messages[int(message["channel_id"])].append(message)
        async with self._happened:
            self._happened.notify_all()

    async def _until(self, happened: Callable[[], bool], complaint: str, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds), self._happened:
                await self._happened.wait_for(happened)
        except TimeoutError:
            heard = "\n".join(f"{each.method} {each.path}" for each in self.requests)
            raise AssertionError(
                f"{complaint} in {seconds} s; the gateway: {self.connections}; heard:\n{heard}"
            ) from None


class _Refused(Exception):  # noqa: N818
    """What Discord refuses with a JSON code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


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


def _json(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    # discord.py takes an answer for JSON only if its content type names no charset.
    said = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=said)


async def _body(request: web.Request) -> Any:
    """The JSON body; of a form with files, its `payload_json`."""
    if request.content_type == "multipart/form-data":
        return json.loads(str((await request.post())["payload_json"]))
    return await request.json() if request.can_read_body else None


async def _send(socket: web.WebSocketResponse | None, said: Payload) -> None:
    """Sends, or doesn't where the socket is gone: what a session missed is sent again when it is resumed."""
    if socket is not None and not socket.closed:
        with suppress(ConnectionError):
            await socket.send_str(json.dumps(said))


def _abort(connection: web.Request | web.WebSocketResponse | None) -> None:
    """Cuts a connection off, as a network does."""
    request = connection._req if isinstance(connection, web.WebSocketResponse) else connection
    if request is not None and request.transport is not None:
        request.transport.abort()


def _edited(message: Payload, body: Payload) -> Payload:
    """The message after an edit: parts not named stay, and a reply that was being thought of is there now."""
    parts = {part: body[part] or "" for part in ("content",) if part in body}
    parts |= {part: body[part] or [] for part in ("embeds", "components") if part in body}
    kept = message["flags"] & ~_LOADING
    flags = kept if body.get("flags") is None else (kept & ~_SUPPRESS) | (body["flags"] & _SUPPRESS)
    message |= {**parts, "flags": flags, "edited_timestamp": datetime.now(UTC).isoformat()}
    return message
