"""The gateway of the stand-in for Discord: sessions that are opened, resumed and cut off."""

from __future__ import annotations

import json
from contextlib import suppress

from aiohttp import WSMsgType, web

from tests.discord_world import _MESSAGE_CONTENT, DiscordWorld, Payload, _Session


class DiscordGateway(DiscordWorld):
    """What the bot is told as it happens, over the sockets it has open."""

    def forget_sessions(self) -> None:
        """No session so far can be resumed."""
        for session in self._sessions.values():
            session.resumable = False

    async def delete_message(self, channel: int, message: int) -> None:
        self._messages[channel] = [each for each in self._messages[channel] if each["id"] != str(message)]
        gone = {"id": str(message), "channel_id": str(channel), "guild_id": str(self.guild_id)}
        await self._dispatch("MESSAGE_DELETE", gone)

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
        if "shard" in said:
            ready["shard"] = said["shard"]
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

    async def _publish(self, message: Payload) -> None:
        """Stores a message and tells the bot of it; the bot hears its own messages too."""
        await self._keep(message)
        member = {part: value for part, value in self._member(int(message["author"]["id"])).items() if part != "user"}
        await self._dispatch("MESSAGE_CREATE", {**message, "guild_id": str(self.guild_id), "member": member})


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
