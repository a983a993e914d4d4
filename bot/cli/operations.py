"""The commands for operating it: `bot`, `worker`, `web`, `mcp`, `doctor`, `stats`, `feedback`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.options import DATA_DIR, GUILD, JSON, fill_if_empty, opened, options, settings_of, show_result, style
from retrieval.errors import BusyError, SettingsError

if TYPE_CHECKING:
    import socket

    from bot.settings import BotSettings
    from retrieval.services.briefing import Briefing


@click.command()
@click.option("--sync", is_flag=True, help="Register the commands with Discord even if they have not changed.")
@click.option(
    "--only-discord",
    is_flag=True,
    help="Answer and post, and leave the rest to `briefing worker` and `briefing web`.",
)
@click.option("--shards", type=click.IntRange(1, 1024), help="The number of shards that share the bot's servers.")
@click.option(
    "--shard-ids", default="", metavar="N,N", help="The shards of this process, such as 0,1 or 0-3. [default: all]"
)
@options(DATA_DIR)
def bot(sync: bool, only_discord: bool, shards: int | None, shard_ids: str, data_dir: Path | None) -> None:
    """Run the Discord bot until it is stopped. The token is read from DISCORD_TOKEN.

    One process does everything: it answers, posts digests and the news of watches, reads feeds and folders, and
    serves the reader page. `--only-discord` leaves to other processes what they can do.

    Exit status 1: a setting must be corrected first (`briefing doctor` says which). 75: try again later, or another
    process runs this bot already.

    \b
    briefing bot
    briefing bot --only-discord
    briefing bot --only-discord --shards 4 --shard-ids 0,1
    """
    from bot.discord.places import read_shards
    from bot.discord.service import serve

    if shard_ids and not shards:
        raise click.UsageError("--shard-ids needs --shards, the number of all shards")
    own = read_shards(shards, shard_ids) if shards else None
    _serve(data_dir, lambda briefing, settings: serve(briefing, settings, sync, only_discord, own), fill=True)


@click.command()
@options(DATA_DIR)
def worker(data_dir: Path | None) -> None:
    """Do what the bot does unasked, without Discord, until it is stopped: for bots that run with --only-discord.

    It polls feeds, watches the folders of BRIEFING_FOLDERS, makes digests ready, looks at watched topics, sends mails
    and brings the vector index up to date. Any number may run: each takes what no other is at.

    \b
    briefing worker
    """
    from bot.discord.duties import work

    _serve(data_dir, work, fill=True, holds_index=False)


@click.command()
@options(DATA_DIR)
def web(data_dir: Path | None) -> None:
    """Serve the reader page and the published digests and notes, without Discord, until it is stopped.

    \b
    briefing web
    """
    from bot.web.app import serve_pages

    _serve(data_dir, serve_pages, holds_index=False)


def _serve(
    data_dir: Path | None,
    run: Callable[[Briefing, BotSettings], Coroutine[Any, Any, None]],
    fill: bool = False,
    holds_index: bool = True,
) -> None:
    """Run a process that serves until it is stopped; where nothing is stored it begins with the sample articles."""
    import asyncio

    from bot.observing import reporting

    settings = settings_of(data_dir)
    with reporting(settings), opened(settings, holds_index) as briefing:
        with suppress(BusyError):  # where another process brings them in
            if fill:
                fill_if_empty(briefing)
        asyncio.run(run(briefing, settings))


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
    from bot.settings import place
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
        where = place(host, port)
        app = server.make_app(served, where, settings.mcp_token.get_secret_value(), hosts)
        note(f"serving at http://{where}/mcp")
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


@click.command()
@options(DATA_DIR, JSON)
def doctor(data_dir: Path | None, as_json: bool) -> None:
    """Check settings, data folder, indexes, model, Discord and the reader page, and say how to fix what is wrong.

    \b
    briefing doctor
    """
    from bot.doctor.checks import examine
    from bot.presentation import json_output, terminal_reports

    findings = examine(data_dir)
    show_result(as_json, partial(json_output.findings, findings), partial(terminal_reports.findings, findings, style()))
    if not all(finding.well for finding in findings):
        raise click.ClickException("some checks failed, see above")


@click.command()
@options(DATA_DIR, JSON)
def stats(data_dir: Path | None, as_json: bool) -> None:
    """Show the calls to the language model, their tokens and their cost, by day (UTC) and model.

    The provider counts the tokens; they are estimated if it does not. Costs need the prices of a million
    tokens, BRIEFING_CHAT_PRICE_IN and BRIEFING_CHAT_PRICE_OUT.

    \b
    briefing stats
    """
    from bot.presentation import json_output, terminal_reports

    with opened(settings_of(data_dir)) as briefing:
        days = briefing.usage.stats()
    show_result(as_json, partial(json_output.stats, days), partial(terminal_reports.stats, days))


@click.command()
@options(DATA_DIR, JSON)
def feedback(data_dir: Path | None, as_json: bool) -> None:
    """Show people's feedback on answers, oldest first.

    \b
    briefing feedback --json > feedback.json
    """
    from bot.presentation import json_output, terminal_reports

    with opened(settings_of(data_dir)) as briefing:
        judged = briefing.feedback.all()
    show_result(as_json, partial(json_output.feedback, judged), partial(terminal_reports.feedback, judged))
