"""The commands for operating it: `bot`, `mcp`, `doctor`, `stats`, `feedback`, `eval`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.options import (
    DATA_DIR,
    GUILD,
    JSON,
    fill_if_empty,
    opened,
    options,
    settings_of,
    show_result,
    style,
)
from retrieval.errors import SettingsError

if TYPE_CHECKING:
    import socket

    from bot.settings import BotSettings


@click.command()
@click.option("--sync", is_flag=True, help="Register the commands with Discord even if they have not changed.")
@options(DATA_DIR)
def bot(sync: bool, data_dir: Path | None) -> None:
    """Run the Discord bot until it is stopped. The token is read from DISCORD_TOKEN.

    Exit status 1: a setting must be corrected first (`briefing doctor` says which). 75: try again later.

    \b
    briefing bot
    """
    import asyncio
    import logging

    from bot.discord.service import serve

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = settings_of(data_dir)
    with opened(settings) as briefing:
        fill_if_empty(briefing)
        asyncio.run(serve(briefing, settings, sync))


@click.command()
@click.option("--http", metavar="HOST:PORT", help="Serve over HTTP at /mcp, for who has the token BRIEFING_MCP_TOKEN.")
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

    from bot.presentation.terminal_style import note
    from retrieval.domain.articles import SHARED

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = settings_of(data_dir)
    tools, server = _mcp_modules()
    scopes = None if guild is None and http is None else tuple({SHARED, guild or SHARED})
    with _listening(http, settings) as listening, opened(settings) as briefing:
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


@click.command()
@options(DATA_DIR, JSON)
def doctor(data_dir: Path | None, as_json: bool) -> None:
    """Check settings, data folder, indexes, model, Discord and the reader page, and say how to fix what is wrong.

    \b
    briefing doctor
    """
    from bot.doctor.checks import examine
    from bot.presentation import json_output, terminal_operations

    findings = examine(data_dir)
    show_result(
        as_json, partial(json_output.findings, findings), partial(terminal_operations.findings, findings, style())
    )
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
    from bot.presentation import json_output, terminal_operations

    with opened(settings_of(data_dir)) as briefing:
        days = briefing.usage.stats()
    show_result(as_json, partial(json_output.stats, days), partial(terminal_operations.stats, days))


@click.command()
@options(DATA_DIR, JSON)
def feedback(data_dir: Path | None, as_json: bool) -> None:
    """Show people's feedback on answers, oldest first.

    \b
    briefing feedback --json > feedback.json
    """
    from bot.presentation import json_output, terminal_operations

    with opened(settings_of(data_dir)) as briefing:
        judged = briefing.feedback.all()
    show_result(as_json, partial(json_output.feedback, judged), partial(terminal_operations.feedback, judged))


@click.command("eval")
@click.argument("questions", type=click.Path(path_type=Path))
@click.option("--limit", type=click.IntRange(1), help="Only the first questions of the file.")
@click.option(
    "--gold", is_flag=True, help="Only questions whose evidence is known (gold files), and unanswerable ones."
)
@click.option(
    "--answers",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the `ask --json` document of every question to this file, one line each, with the question's id.",
)
@click.option("--as-of-cutoff", is_flag=True, help="Hide articles later than a question's as_of.")
@click.option("--model", is_flag=True, help="Add what happened to the language model's statements, and what they cost.")
@options(DATA_DIR, JSON)
def evaluate(
    questions: Path,
    limit: int | None,
    gold: bool,
    answers: Path | None,
    as_of_cutoff: bool,
    model: bool,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Measure retrieval and answers on a file of questions (JSON lines).

    A line has a `question`; `id`, `answerable`, `answers`, `gold`, `silver`, `as_of`, and `before`, the earlier
    questions of its conversation, where they are known.

    \b
    briefing eval questions.jsonl --data-dir .briefing-news
    briefing eval questions.jsonl --answers answers.jsonl
    briefing eval questions.jsonl --model
    """
    from bot.presentation import json_output, terminal, terminal_operations
    from retrieval import evaluation

    asked = evaluation.read_questions(questions, limit)
    if gold:
        asked = [question for question in asked if question.gold or question.answerable is False]
    settings = settings_of(data_dir)
    if model and not settings.chat_model:
        raise SettingsError("--model needs a language model: set BRIEFING_CHAT_MODEL")
    with opened(settings) as briefing, _lines_of(answers) as write:
        before = briefing.usage.stats()
        outcomes = evaluation.run(
            briefing,
            asked,
            terminal.progress(),
            cutoff=as_of_cutoff,
            take=lambda outcome: write(json_output.evaluated(outcome, settings.bases)),
        )
        after = briefing.usage.stats()
    figures = evaluation.summarise(outcomes)
    if model:
        figures |= evaluation.summarise_model(outcomes, before, after)
    show_result(as_json, partial(json_output.plain, figures), partial(terminal_operations.figures, figures))


@contextmanager
def _lines_of(file: Path | None) -> Iterator[Callable[[Any], None]]:
    """Write documents to a file, one line each; do nothing without a file.

    The lines go to `FILE.part` until all are written. So a file of this name is complete, and the answers of a run that
    broke off are not lost.
    """
    from bot.presentation.json_output import dump_line

    if file is None:
        yield lambda _document: None
        return
    part = file.with_name(f"{file.name}.part")
    try:
        lines = part.open("w", encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"cannot write {file}: {error.strerror}") from error
    with lines:
        yield lambda document: print(dump_line(document), file=lines, flush=True)
    part.replace(file)
