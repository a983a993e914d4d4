"""The commands that report on some days or a topic: `digest`, `timeline`, `compare`, `brief`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from bot.cli.options import (
    AS_OF,
    DATA_DIR,
    JSON,
    OUTLET,
    OUTLETS,
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

if TYPE_CHECKING:
    from bot.presentation.image.canvas import Theme
    from bot.presentation.links import Bases
    from retrieval.domain.answers import Timeline
    from retrieval.domain.reports import Brief, Length

_FORMATS = ("text", "markdown", "html", "pdf", "docx", "json")
_ENDINGS = {".txt": "text", ".md": "markdown", ".html": "html", ".pdf": "pdf", ".docx": "docx", ".json": "json"}


@click.command()
@click.option("--date", "on", metavar="DATE", help="One day, or a month. [default: the day of the newest article]")
@options(SINCE, UNTIL)
@click.option("--topic", metavar="TEXT", help="Only stories about this.")
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "html", "json"]), help="What to print. [default: text]"
)
@options(DATA_DIR, JSON)
def digest(
    on: str | None,
    since: str | None,
    until: str | None,
    topic: str | None,
    form: str | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Print the stories of one day or several, the most important first, in the articles' own sentences.

    \b
    briefing digest --date 2024-12-03
    briefing digest --since "1 Dec 2024" --until "7 Dec 2024" --topic NATO
    briefing digest --format html > digest.html
    """
    from bot.presentation import files, json_output

    if on and (since or until):
        raise click.UsageError("--date goes without --since and --until")
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json goes without --format {form}")
    only, _as_of = narrow(on or since, on or until, None, ())
    settings = settings_of(data_dir)
    with opened(settings, holds_index=False) as briefing:
        fill_if_empty(briefing)
        composed = briefing.digests.compose(only, topic)
    as_text = partial(files.digest_text, style=style())
    sheet = {"markdown": files.digest_markdown, "html": files.digest_page}.get(form or "", as_text)
    show_result(
        as_json or form == "json",
        partial(json_output.digest, composed, settings.bases),
        partial(sheet, composed, topic, settings.bases),
        hanging=None if form in ("markdown", "html") else 4,
    )


@click.command()
@words("topic")
@click.option("--actor", metavar="NAME", help="Only what this person or body says or does.")
@click.option(
    "-o",
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also draw it, as a PNG; BRIEFING_PICTURES=dark makes it dark.",
)
@options(SINCE, UNTIL, OUTLET, DATA_DIR, JSON)
def timeline(
    topic: str, actor: str | None, picture: Path | None, data_dir: Path | None, as_json: bool, **narrowing: Any
) -> None:
    """Show what the articles say about a topic, day by day: who said or did it, and what changed.

    \b
    briefing timeline "Ukraine NATO membership"
    briefing timeline "Ukraine NATO membership" --actor Zelenskyy --json
    briefing timeline "Ukraine NATO membership" -o timeline.png
    """
    from bot.presentation import json_output, terminal_reports

    only, _as_of = narrow(as_of=None, **narrowing)
    settings = settings_of(data_dir)
    with opened(settings, holds_index=False) as briefing:
        fill_if_empty(briefing)
        traced = briefing.timelines.trace(topic, only, actor)
    bases = settings.bases
    lines = partial(terminal_reports.timeline, traced, bases, style())
    show_result(as_json, partial(json_output.timeline, traced, bases), lines)
    if picture:
        _draw(traced, picture, settings.pictures)


def _draw(traced: Timeline, file: Path, theme: Theme) -> None:
    from bot.presentation.image.timeline import draw
    from bot.presentation.terminal_style import note

    if traced.entries:
        _write(file, draw(traced, theme), "picture")
    else:
        note(f"nothing to draw: {file} is not written")


def _write(file: Path, content: bytes, what: str) -> None:
    from bot.presentation.terminal_style import note

    try:
        file.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"the {what} cannot be written to {file}: {error.strerror}") from error
    note(f"the {what} is in {file}")


@click.command()
@words("topic")
@click.option(
    "--outlet",
    "outlets",
    metavar="NAME",
    multiple=True,
    shell_complete=OUTLETS,
    help="An outlet to compare: name two.",
)
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
    from bot.presentation import json_output, terminal
    from retrieval.comparison.contrast import sides
    from retrieval.errors import QuestionError

    try:
        both = sides(outlets, periods)
    except QuestionError as error:
        raise click.UsageError(str(error).rstrip(".")) from error
    settings = settings_of(data_dir)
    with opened(settings, holds_index=False) as briefing:
        fill_if_empty(briefing)
        comparison = briefing.timelines.compare(topic, both)
    bases = settings.bases
    text = partial(terminal.comparison, comparison, bases, style())
    show_result(as_json, partial(json_output.comparison, comparison, bases), text)


@click.command()
@words("topic")
@click.option("--audience", metavar="TEXT", default="", help="Who reads it, e.g. `the minister`.")
@click.option(
    "--length", type=click.Choice(["short", "page", "long"]), default="page", show_default=True, help="How long."
)
@click.option("--format", "form", type=click.Choice(_FORMATS), help="[default: by the ending of FILE, else text]")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it to a file."
)
@options(SINCE, UNTIL, AS_OF, OUTLET, DATA_DIR, JSON)
def brief(
    topic: str,
    audience: str,
    length: str,
    form: str | None,
    output: Path | None,
    as_of: str | None,
    data_dir: Path | None,
    as_json: bool,
    **narrowing: Any,
) -> None:
    """Write a briefing note on a topic: the latest, who holds what, disputes, the course, figures, what is not known.

    With --as-of, articles of later days are left out.

    \b
    briefing brief "Ukraine NATO membership"
    briefing brief "Ukraine NATO membership" -o note.docx
    briefing brief interest rates --length short --audience "the minister"
    """
    from retrieval.services.briefs import NoteRequest

    form = _form(form, output, as_json)
    only, day = narrow(as_of=as_of, **narrowing)
    settings = settings_of(data_dir)
    wanted = NoteRequest(topic=topic, only=only, as_of=day, audience=audience, length=cast("Length", length))
    with opened(settings, holds_index=False) as briefing:
        fill_if_empty(briefing)
        note = briefing.briefs.compose(wanted)
    _give(note, form, output, settings.bases)


def _give(note: Brief, form: str, output: Path | None, bases: Bases) -> None:
    """Write the note to a file, or show it."""
    from bot.presentation import files, json_output

    if output:
        _write(output, _content(note, form, bases), "note")
    elif form in ("pdf", "docx"):
        sys.stdout.buffer.write(_content(note, form, bases))
    elif form in ("json", "text"):
        lines = partial(files.note_text, note, bases, style())
        show_result(form == "json", partial(json_output.brief, note, bases), lines)
    else:
        click.echo(_content(note, form, bases))


def _form(form: str | None, output: Path | None, as_json: bool) -> str:
    """The format that the options name, or the ending of the file."""
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json goes without --format {form}")
    form = "json" if as_json else form or _ENDINGS.get(output.suffix.lower() if output else "", "text")
    if form in ("pdf", "docx") and output is None and sys.stdout.isatty():
        raise click.UsageError(f"a {form.upper()} goes to a file: name one with -o")
    return form


def _content(note: Brief, form: str, bases: Bases) -> bytes:
    from bot.presentation import brief_documents, brief_outline, files, json_output

    if form == "json":
        return json_output.dump(json_output.brief(note, bases)).encode()
    if form == "text":
        return files.note_text(note, bases).encode()
    if form == "markdown":
        return files.note_markdown(note, bases).encode()
    pictures = brief_outline.pictures(note)
    if form == "docx":
        return brief_documents.docx(note, bases, pictures)
    page = files.note_page(note, bases, pictures)
    return brief_documents.pdf(page) if form == "pdf" else page.encode()
