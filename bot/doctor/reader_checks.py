"""Checks of the reader page: its port on this machine, and its public address."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterator, Mapping
from typing import Any

from bot.doctor.findings import Finding
from bot.presentation.links import address
from bot.settings import BotSettings

_SUBJECT = "reader page"
_SECONDS = 5


def examine_reader(settings: BotSettings) -> Iterator[Finding]:
    """Check that the reader page can be served, and where links lead."""
    yield _port(settings)
    yield _public(settings)


def _port(settings: BotSettings) -> Finding:
    host, port = settings.reader_host, settings.reader_port
    if not port:
        return Finding(_SUBJECT, "switched off by BRIEFING_READER_PORT=0, and /healthz, /readyz and /metrics with it")
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        # Bind the port for a moment, like the page's own server.
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        if taken and isinstance(_ask(f"http://{where}"), Mapping):
            return Finding(_SUBJECT, f"`briefing bot` is running and serves it at {where}")
        name = "BRIEFING_READER_PORT" if taken or error.errno == errno.EACCES else "BRIEFING_READER_HOST"
        why = "another program listens there" if taken else error.strerror
        # Without a token the bot does not run, so this is no failure.
        well = not settings.discord_token.get_secret_value()
        return Finding(_SUBJECT, f"`briefing bot` cannot serve it at {where}: {why}", well, f"set {name} to another")
    return Finding(_SUBJECT, f"`briefing bot` can serve it at {where}")


def _public(settings: BotSettings) -> Finding:
    subject = "links"
    if not settings.public_url:
        how = "linked under BRIEFING_SOURCE_BASE_URL" if settings.source_base_url else "cited by file and line"
        return Finding(subject, f"an article without an address is {how}: BRIEFING_PUBLIC_URL is not set")
    public = address(settings.public_url).rstrip("/")
    if not public:
        mend = "set it to an address such as https://briefing.example.org"
        return Finding(subject, "BRIEFING_PUBLIC_URL is not a usable web address", False, mend)
    health = _ask(public)
    if isinstance(health, str):
        mend = "start `briefing bot`, or check the proxy in front of its reader page"
        return Finding(subject, f"{public}/readyz does not answer like the bot: {health}", mend=mend)
    return Finding(subject, f"{public} is the reader page, {_state(health)}")


def _state(health: Mapping[str, Any]) -> str:
    waiting = [f"{name} ({part['state']})" for name, part in health["parts"].items() if not part["ready"]]
    return f"not ready: {', '.join(waiting)}" if waiting else "and ready"


def _ask(base: str) -> Mapping[str, Any] | str:
    """The readiness of the process whose page is at `base`, or the reason why there is none."""
    import aiohttp

    async def get() -> Mapping[str, Any] | str:
        limit = aiohttp.ClientTimeout(total=_SECONDS)
        async with aiohttp.ClientSession(timeout=limit) as session, session.get(f"{base}/readyz") as answer:
            try:
                health = await answer.json(content_type=None)
            except ValueError:
                health = None
        ours = isinstance(health, Mapping) and {"ready", "parts"} <= health.keys()
        return health if ours else f"status {answer.status}, but not from the bot"

    try:
        return asyncio.run(get())
    except TimeoutError:
        return f"nothing in {_SECONDS} s"
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return str(error) or type(error).__name__
