"""The command for assistants: `mcp`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.options import DATA_DIR, GUILD, fill_if_empty, opened, options, settings_of
from retrieval.errors import SettingsError

if TYPE_CHECKING:
    import socket

    from bot.settings import BotSettings


@click.command()
@click.option("--http", metavar="HOST:PORT", help="Serve over HTTP at /mcp; clients need the token BRIEFING_MCP_TOKEN.")
@click.option(
    "--allow-host",
    "hosts",
    metavar="HOST",
    multiple=True,
    help="A name under which clients reach it, such as that of a proxy before it; may be repeated.",
)
@options(GUILD, DATA_DIR)
def mcp(http: str | None, hosts: Sequence[str], guild: str | None, data_dir: Path | None) -> None:
    """Serve the articles to an assistant that speaks the Model Context Protocol, until it hangs up.

    The assistant gets tools that read: ask, search, timeline, brief, verify, articles, article. It talks over standard
    input and output, or with --http over the network. By itself it sees all articles, over HTTP those that are for all;
    with --guild ID also those of this Discord server, with --guild all none of a server's.

    \b
    briefing mcp
    claude mcp add briefing -- briefing mcp --data-dir /srv/briefing
    BRIEFING_MCP_TOKEN=... briefing mcp --http 127.0.0.1:8765
    """
    import logging

    from bot.observing import logging_to_stderr
    from bot.presentation.terminal_style import note
    from retrieval.domain.articles import SHARED

    settings = settings_of(data_dir)
    tools, server = _mcp_modules()
    scopes = None if guild is None and http is None else tuple(dict.fromkeys((SHARED, guild or SHARED)))
    logged = logging_to_stderr(settings.log_format, settings.log_questions, logging.WARNING)
    with logged, _listening(http, settings) as listening, opened(settings) as briefing:
        fill_if_empty(briefing)
        served = server.make_server(tools.Tools(briefing, settings.bases, scopes), settings.workers)
        if listening is None:
            server.serve_stdio(served)
            return
        host, port = listening.getsockname()[:2]
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        app = server.make_app(served, place, settings.mcp_token.get_secret_value(), hosts)
        note(f"serving at http://{place}/mcp")
        server.serve_http(app, listening)


def _mcp_modules() -> tuple[Any, Any]:
    try:
        from bot.mcp import server, tools
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "starlette", "uvicorn"):
            raise
        raise SettingsError("`briefing mcp` needs the extra mcp: `uv sync --extra mcp`") from error
    return tools, server


@contextmanager
def _listening(place: str | None, settings: BotSettings) -> Iterator[socket.socket | None]:
    """An open socket at "HOST:PORT", or None where none is wanted.

    Raises:
        SettingsError: there is no token.
        UsageError: it is no such place.
        ClickException: the place is taken, or not this machine's.
    """
    import socket

    if place is None:
        yield None
        return
    host, _, port = place.rpartition(":")
    if not host or not (port.isascii() and port.isdecimal() and int(port) < 65536):
        raise click.UsageError(f"--http {place} is not HOST:PORT, such as 127.0.0.1:8765")
    if not settings.mcp_token.get_secret_value():
        raise SettingsError("BRIEFING_MCP_TOKEN is not set: --http needs one, such as `openssl rand -hex 32` prints")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, int(port)), family=family)
    except OSError as error:
        raise click.ClickException(f"cannot listen at {place}: {error.strerror or error}") from error
    with listening:
        yield listening
