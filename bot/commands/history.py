"""What was said over time: `timeline`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from bot.commands.options import (
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


@click.command()
@click.argument("topic")
@click.option("--actor", metavar="NAME", help="Only what they say or do.")
@options(SINCE, UNTIL, OUTLET, DATA_DIR, JSON)
def timeline(topic: str, actor: str | None, data_dir: Path | None, as_json: bool, **narrowing: Any) -> None:
    """What the articles say about a topic, day by day: who said or did it, and what changed against before.

    \b
    briefing timeline "Ukraine NATO membership"
    briefing timeline "NATO membership" --actor Zelenskyy --since 2024-12-01 --json
    """
    from bot.shown import documents, terminal

    only, _as_of = narrow(as_of=None, **narrowing)
    settings = settings_of(data_dir)
    with opened(settings) as briefing:
        traced = briefing.timeline(topic, only, actor)
        if not traced.entries:
            note_if_empty(briefing)
    bases = settings.bases
    show_result(as_json, partial(documents.timeline, traced, bases), partial(terminal.timeline, traced, bases))
