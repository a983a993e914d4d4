"""The routes of the stand-in for Discord: what it answers to a request, and the faults that a test has ordered."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from simcord import HttpLogEntry

from tests.discord_gateway import DiscordGateway, _abort
from tests.discord_world import _BODY, _EPHEMERAL, _LOADING, _THREAD, Fault, Payload, _edited, _json, _Refused


class DiscordRoutes(DiscordGateway):
    """What a bot that answers questions asks for over HTTP."""

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


async def _body(request: web.Request) -> Any:
    """The JSON body; of a form with files, its `payload_json`."""
    if request.content_type == "multipart/form-data":
        return json.loads(str((await request.post())["payload_json"]))
    return await request.json() if request.can_read_body else None
