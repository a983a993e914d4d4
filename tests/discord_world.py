"""What the stand-in for Discord knows: a guild, its channels, people and messages."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

from aiohttp import web
from simcord import HttpLogEntry

Payload = dict[str, Any]

_EPOCH_MS = 1420070400000
_THREAD = 11
_MESSAGE_CONTENT, _ALL_PERMISSIONS = 1 << 15, (1 << 53) - 1
_SUPPRESS, _EPHEMERAL, _LOADING, _COMPONENTS_V2 = 1 << 2, 1 << 6, 1 << 7, 1 << 15
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


def _json(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    # discord.py takes an answer for JSON only if its content type names no charset.
    said = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=said)


def _edited(message: Payload, body: Payload) -> Payload:
    """The message after an edit: parts not named stay, and a reply that was being thought of is there now."""
    parts = {part: body[part] or "" for part in ("content",) if part in body}
    parts |= {part: body[part] or [] for part in ("embeds", "components") if part in body}
    kept = message["flags"] & ~_LOADING
    asked = body.get("flags")
    # A message that has components of the second kind keeps them.
    flags = kept if asked is None else (kept & ~_SUPPRESS) | (asked & (_SUPPRESS | _COMPONENTS_V2))
    if flags & _COMPONENTS_V2 and {**message, **parts}["content"]:
        raise _Refused(400, 50035, "Invalid Form Body")
    message |= {**parts, "flags": flags, "edited_timestamp": datetime.now(UTC).isoformat()}
    return message


class _Refused(Exception):  # noqa: N818
    """What Discord refuses with a JSON code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class DiscordWorld:
    """One guild with what was said in it, and what the bot was asked."""

    gateway_url: str

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

    def create_channel(self, name: str, kind: int = 0, **fields: Any) -> int:
        """A channel of the guild: its id. To be there when the bot connects, create it before."""
        made = {"id": str(self._new_id()), "type": kind, "name": name, "guild_id": str(self.guild_id), **fields}
        made |= {"position": 0, "permission_overwrites": [], "topic": None, "nsfw": False, "parent_id": None} | fields
        self._channels[int(made["id"])] = made
        return int(made["id"])

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
