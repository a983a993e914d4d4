"""The commands `timeline` and `compare`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.options import (
    DATA_DIR,
    JSON,
    OUTLET,
    SINCE,
    UNTIL,
    narrow,
    note_if_empty,
    opened,
    options,
    settings_of,
    show_result,
)

if TYPE_CHECKING:
    from retrieval.domain.timelines import Timeline


@click.command()
@click.argument("topic")
@click.option("--actor", metavar="NAME", help="Only what this person or body says or does.")
@click.option(
    "--picture", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Also draw it, as a PNG."
)
@options(SINCE, UNTIL, OUTLET, DATA_DIR, JSON)
def timeline(
    topic: str, actor: str | None, picture: Path | None, data_dir: Path | None, as_json: bool, **narrowing: Any
) -> None:
    """Show what the articles say about a topic, day by day: who said or did it, and what changed.

    \b
    briefing timeline "Ukraine NATO membership"
    briefing timeline "Ukraine NATO membership" --actor Zelenskyy --since 2024-12-01 --json
    briefing timeline "Ukraine NATO membership" --picture timeline.png
    """
    from bot.presentation import json_output, terminal_timelines

    only, _as_of = narrow(as_of=None, **narrowing)
    settings = settings_of(data_dir)
    with opened(settings) as briefing:
        traced = briefing.timelines.trace(topic, only, actor)
        if not traced.entries:
            note_if_empty(briefing)
    bases = settings.bases
    lines = partial(terminal_timelines.timeline, traced, bases)
    show_result(as_json, partial(json_output.timeline, traced, bases), lines)
    if picture:
        _draw(traced, picture)


def _draw(traced: Timeline, file: Path) -> None:
    from bot.presentation.image.timeline import draw
    from bot.presentation.terminal import progress

    if not traced.entries:
        progress().note(f"nothing to draw: {file} is not written")
        return
    try:
        file.write_bytes(draw(traced))
    except OSError as error:
        raise click.ClickException(f"the picture cannot be written to {file}: {error.strerror}") from error
    progress().note(f"the picture is in {file}")


@click.command()
@click.argument("topic")
@click.option("--outlet", "outlets", metavar="NAME", multiple=True, help="An outlet to compare: name two.")
@click.option("--period", "periods", metavar="PERIOD", multiple=True, help="A period to compare: name two.")
@options(DATA_DIR, JSON)
def compare(
    topic: str, outlets: tuple[str, ...], periods: tuple[str, ...], data_dir: Path | None, as_json: bool
) -> None:
    """Put what two outlets, or two periods, say about a topic side by side, in their own words.

    A period is a day, a month or a year, or the days from one to another: 2024-12, 2024-11-20..2025-01.

    \b
    briefing compare "NATO membership" --period 2024-12 --period 2025-12
    briefing compare "interest rates" --outlet Reuters --outlet AP --json
    """
    from bot.presentation import json_output, terminal_comparisons
    from retrieval.comparison.contrast import sides
    from retrieval.errors import QuestionError

    try:
        both = sides(outlets, periods)
    except QuestionError as error:
        raise click.UsageError(str(error).rstrip(".")) from error
    settings = settings_of(data_dir)
    with opened(settings) as briefing:
        comparison = briefing.timelines.compare(topic, both)
        if not any(each.statements for each in comparison.columns):
            note_if_empty(briefing)
    bases = settings.bases
    text = partial(terminal_comparisons.comparison, comparison, bases)
    show_result(as_json, partial(json_output.comparison, comparison, bases), text)
