"""The bot, and how all goes: `bot`, `doctor`, `stats`, `feedback`, `eval`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click

from bot.cli.options import (
    DATA_DIR,
    JSON,
    opened,
    options,
    seeds,
    settings_of,
    show_result,
)
from retrieval.errors import SettingsError


@click.command()
@click.option("--sync", is_flag=True, help="Tell Discord of the commands even where they have not changed.")
@options(DATA_DIR)
def bot(sync: bool, data_dir: Path | None) -> None:
    """Run the Discord bot until it is stopped. The token is read from DISCORD_TOKEN.

    Exit status 1: a setting must be mended first (`briefing doctor` says which). 75: try again in a while.

    \b
    briefing bot
    """
    import asyncio
    import logging

    from bot.discord.service import serve

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = settings_of(data_dir)
    with opened(settings) as briefing:
        if briefing.articles.is_empty():
            briefing.articles.ingest([seeds()])
        asyncio.run(serve(briefing, settings, sync))


@click.command()
@options(DATA_DIR, JSON)
def doctor(data_dir: Path | None, as_json: bool) -> None:
    """Check settings, data folder, indexes, model, Discord and the reader page, and say how to mend each.

    \b
    briefing doctor
    """
    from bot.doctor.checks import examine
    from bot.presentation import json_output, terminal_operations

    findings = examine(data_dir)
    show_result(as_json, partial(json_output.findings, findings), partial(terminal_operations.findings, findings))
    if not all(finding.well for finding in findings):
        raise click.ClickException("some checks failed, see above")


@click.command()
@options(DATA_DIR, JSON)
def stats(data_dir: Path | None, as_json: bool) -> None:
    """What the language model was asked and what that cost, by day (UTC) and model.

    Tokens are those its provider counted, or an estimate where it counts none. Costs need the prices of a million
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
    """What people thought of the answers they were given, oldest first.

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
    help="Write the document of `ask --json` of every question into this file, a line each, with the question's id.",
)
@click.option("--as-of-cutoff", is_flag=True, help="Hide articles later than a question's as_of.")
@click.option("--model", is_flag=True, help="Add what became of the language model's statements, and what they cost.")
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
        raise SettingsError("--model wants a language model: set BRIEFING_CHAT_MODEL")
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
    """Writes documents into a file, a line each; without a file, nowhere.

    Until all are written they stand in `FILE.part`: so a file of this name is whole, and what a run that broke off has
    cost is not lost.
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
