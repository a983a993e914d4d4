"""The commands for questions: `ask`, `search`, `verify`."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

from bot.cli.options import (
    AS_OF,
    DATA_DIR,
    JSON,
    OUTLET,
    SINCE,
    UNTIL,
    narrow,
    note_if_empty,
    opened,
    options,
    seeds,
    settings_of,
    show_result,
)


@click.command()
@click.argument("question")
@options(SINCE, UNTIL, AS_OF, OUTLET)
@click.option(
    "--max-sentences",
    type=click.IntRange(1, 20),
    help="The most sentences that answer. [default: three excerpts of about 200 words in all]",
)
@options(DATA_DIR, JSON)
def ask(question: str, max_sentences: int | None, data_dir: Path | None, as_json: bool, **narrowing: Any) -> None:
    """Answer a question from the articles, or say that they do not answer it.

    Dates and outlets in the question count: "in December 2024", "this week", "according to AP".

    \b
    briefing ask "Does Ukraine still want to join NATO?"
    briefing ask "What did NATO say about membership?" --until 2024-12-31
    """
    from bot.presentation import json_output, terminal
    from bot.presentation.terminal_style import style_of

    only, as_of = narrow(**narrowing)
    settings = settings_of(data_dir)
    with opened(settings) as briefing:
        if briefing.articles.is_empty():
            briefing.articles.ingest([seeds()])
        answer = briefing.asking.ask(question, only, as_of, max_sentences)
    style = style_of(sys.stdout, os.environ)
    show_result(
        as_json,
        partial(json_output.answer, answer, settings.bases),
        partial(terminal.answer, answer, settings.bases, style),
    )


@click.command()
@click.argument("query")
@click.option("-k", "count", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many passages.")
@options(SINCE, UNTIL, AS_OF, OUTLET, DATA_DIR, JSON)
def search(query: str, count: int, data_dir: Path | None, as_json: bool, **narrowing: Any) -> None:
    """List the passages that best match a query, best first.

    \b
    briefing search "security guarantees" -k 5
    briefing search "NATO summit" --since 2024-12-01 --json
    """
    from bot.presentation import json_output, terminal

    only, as_of = narrow(**narrowing)
    settings = settings_of(data_dir)
    with opened(settings) as briefing:
        hits = briefing.asking.search(query, count, only, as_of)
        if not hits:
            note_if_empty(briefing)
    show_result(as_json, partial(json_output.passages, hits, settings.bases), partial(terminal.passages, hits))


@click.command()
@click.argument("claim")
@click.option("--file", metavar="FILE", help="Check against this article alone.")
@options(SINCE, UNTIL, OUTLET, DATA_DIR, JSON)
def verify(claim: str, file: str | None, data_dir: Path | None, as_json: bool, **narrowing: Any) -> None:
    """Say whether the articles support a claim, and show the sentences that decide it.

    Judged by similarity of words and meaning: supported, partly, unsupported or contradicted.

    \b
    briefing verify "Ukraine gave up its nuclear arsenal."
    briefing verify "NATO has 40 members." --file 002_109866a445957986.txt --json
    """
    from bot.presentation import json_output, terminal

    only, _as_of = narrow(as_of=None, **narrowing)
    settings = settings_of(data_dir)
    with opened(settings) as briefing:
        verdict = briefing.verification.verify(claim, only, file=file)
        if not verdict.evidence:
            note_if_empty(briefing)
    show_result(
        as_json,
        partial(json_output.verdict, verdict, settings.bases),
        partial(terminal.verdict, verdict, settings.bases),
    )
