"""The commands for operating it: `bot`, `worker`, `web`, `doctor`, `stats`, `feedback`, `eval`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.options import DATA_DIR, JSON, fill_if_empty, opened, options, settings_of, show_result, style
from retrieval.errors import BusyError, SettingsError

if TYPE_CHECKING:
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
    from bot.presentation import json_output, terminal, terminal_reports
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
    show_result(as_json, lambda: figures, partial(terminal_reports.figures, figures))


@contextmanager
def _lines_of(file: Path | None) -> Iterator[Callable[[Any], None]]:
    """Write documents to a file, one a line; do nothing without a file.

    The lines go to `FILE.part` until all are written. So a file of this name is complete, and the answers of a run that
    broke off are not lost.
    """
    from bot.presentation.json_output import dump

    if file is None:
        yield lambda _document: None
        return
    part = file.with_name(f"{file.name}.part")
    try:
        lines = part.open("w", encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"cannot write {file}: {error.strerror}") from error
    with lines:
        yield lambda document: print(dump(document, None), file=lines, flush=True)
    part.replace(file)
