"""The commands for questions: `ask`, `chat`, `search`, `verify`, `eval`."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.options import (
    ARTICLES,
    AS_OF,
    DATA_DIR,
    JSON,
    OUTLET,
    SINCE,
    UNTIL,
    fill_if_empty,
    narrow,
    opened,
    options,
    settings_of,
    show_result,
    style,
    words,
)
from retrieval.errors import SettingsError

if TYPE_CHECKING:
    from datetime import date

    from retrieval.domain.answers import Answer
    from retrieval.domain.articles import Filter
    from retrieval.services.briefing import Briefing

# What ends a chat, beside the end of input.
_ENDS = ("quit", "exit")


@click.command()
@words("question")
@options(SINCE, UNTIL, AS_OF, OUTLET)
@click.option(
    "--max-sentences",
    type=click.IntRange(1, 20),
    help="The most sentences that answer. [default: three excerpts of about 200 words in all]",
)
@options(DATA_DIR, JSON)
def ask(question: str, max_sentences: int | None, data_dir: Path | None, as_json: bool, **narrowing: Any) -> None:
    """Answer a question from the articles, or say that they do not answer it.

    Dates and outlets in the question count: "in December 2024", "this week", "according to AP". Quotation marks are
    only needed for what the shell would take as its own, such as ? and '.

    \b
    briefing ask what does Trump want
    briefing ask "Does Ukraine still want to join NATO?"
    briefing ask "What did NATO say about membership?" --until 2024-12-31
    """
    from bot.presentation import json_output, terminal

    only, as_of = narrow(**narrowing)
    settings = settings_of(data_dir)
    with opened(settings, holds_index=False) as briefing:
        fill_if_empty(briefing)
        answer = briefing.asking.ask(question, only, as_of, max_sentences)
    show_result(
        as_json,
        partial(json_output.answer, answer, settings.bases),
        partial(terminal.answer, answer, settings.bases, style()),
    )


@click.command()
@options(SINCE, UNTIL, AS_OF, OUTLET, DATA_DIR, JSON)
def chat(data_dir: Path | None, as_json: bool, **narrowing: Any) -> None:
    """Answer question after question; a follow-up such as "and Germany?" is understood from what was asked before.

    A question is a line. Ctrl-D or `quit` ends it. With --json one document with all answers comes at the end.

    \b
    briefing chat
    briefing chat --outlet AP < questions.txt
    """
    from bot.presentation import json_output, terminal
    from retrieval.nlp.markup import visible

    only, as_of = narrow(**narrowing)
    settings = settings_of(data_dir)
    documents = []
    with opened(settings) as briefing:
        fill_if_empty(briefing)
        for asked, answer in _answers(briefing, only, as_of):
            if as_json:
                documents.append({"asked": asked, **json_output.answer(answer, settings.bases)})
                continue
            if not sys.stdin.isatty():
                click.echo(style().strong(visible(f"> {asked}")), color=True)
            show_result(False, dict, partial(terminal.answer, answer, settings.bases, style(), asked))
            click.echo()
    if as_json:
        show_result(True, lambda: {"answers": documents}, str)


def _answers(briefing: Briefing, only: Filter, as_of: date | None) -> Iterator[tuple[str, Answer]]:
    """The answer of every line of standard input, which is one conversation."""
    from bot.presentation.terminal_style import note
    from retrieval.domain.articles import SHARED
    from retrieval.errors import QuestionError

    conversation = f"terminal {secrets.token_hex(8)}"
    for asked in _lines():
        try:
            question = briefing.asking.in_context(asked, conversation, SHARED)
            answer = briefing.asking.ask(question, only, as_of)
        except QuestionError as error:
            note(str(error), failed=True)
            continue
        briefing.conversations.keep(answer, asked, only, conversation, SHARED)
        yield asked, answer


def _lines() -> Iterator[str]:
    """The lines of standard input that are not empty, up to one that ends the chat."""
    sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]
    for line in _typed() if sys.stdin.isatty() else sys.stdin:
        asked = line.strip()
        if asked.casefold() in _ENDS:
            return
        if asked:
            yield asked


def _typed() -> Iterator[str]:
    """The lines that a person types; prompted on standard error where the answers go to a file."""
    with suppress(ImportError):
        import readline  # noqa: F401 - gives `input` its history and its keys

    click.echo("Ask, and ask on. Ctrl-D or `quit` ends.\n", err=True)
    prompt = "> "
    while True:
        if not sys.stdout.isatty():
            click.echo(prompt, nl=False, err=True)
        try:
            yield input(prompt if sys.stdout.isatty() else "")
        except EOFError:
            click.echo(err=True)
            return


@click.command()
@words("query")
@click.option("-k", "count", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many passages.")
@options(SINCE, UNTIL, AS_OF, OUTLET, DATA_DIR, JSON)
def search(query: str, count: int, data_dir: Path | None, as_json: bool, **narrowing: Any) -> None:
    """List the passages that best match a query, best first.

    \b
    briefing search security guarantees -k 5
    briefing search "NATO summit" --since "3 Dec 2024" --json
    """
    from bot.presentation import json_output, terminal

    only, as_of = narrow(**narrowing)
    settings = settings_of(data_dir)
    with opened(settings, holds_index=False) as briefing:
        fill_if_empty(briefing)
        hits = briefing.asking.search(query, count, only, as_of)
    show_result(
        as_json,
        partial(json_output.passages, hits, settings.bases),
        partial(terminal.passages, hits, settings.bases, style()),
    )


@click.command()
@words("claim")
@click.option("--file", metavar="FILE", shell_complete=ARTICLES, help="Check against this article alone.")
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
    with opened(settings, holds_index=False) as briefing:
        fill_if_empty(briefing)
        verdict = briefing.verification.verify(claim, only, file=file)
    show_result(
        as_json,
        partial(json_output.verdict, verdict, settings.bases),
        partial(terminal.verdict, verdict, settings.bases, style()),
    )


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
