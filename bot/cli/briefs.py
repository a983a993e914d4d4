"""The command `brief`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from bot.cli.options import AS_OF, DATA_DIR, JSON, OUTLET, SINCE, UNTIL, narrow, opened, options, seeds, settings_of

if TYPE_CHECKING:
    from bot.presentation.links import Bases
    from retrieval.domain.briefs import Brief, Length

_FORMATS = ("text", "markdown", "html", "pdf", "docx", "json")
_ENDINGS = {".txt": "text", ".md": "markdown", ".html": "html", ".pdf": "pdf", ".docx": "docx", ".json": "json"}


@click.command()
@click.argument("topic")
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
    briefing brief "interest rates" --length short --audience "the minister" --since 2025-01
    """
    from retrieval.services.briefs import NoteRequest

    form = _form(form, output, as_json)
    only, day = narrow(as_of=as_of, **narrowing)
    settings = settings_of(data_dir)
    wanted = NoteRequest(topic=topic, only=only, as_of=day, audience=audience, length=cast("Length", length))
    with opened(settings) as briefing:
        if briefing.articles.is_empty():
            briefing.articles.ingest([seeds()])
        note = briefing.briefs.compose(wanted)
    if output:
        _write(output, _content(note, form, settings.bases))
    elif form in ("pdf", "docx"):
        sys.stdout.buffer.write(_content(note, form, settings.bases))
    else:
        click.echo(_content(note, form, settings.bases).decode())


def _form(form: str | None, output: Path | None, as_json: bool) -> str:
    """The format that the options name, or the ending of the file."""
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json goes without --format {form}")
    form = "json" if as_json else form or _ENDINGS.get(output.suffix.lower() if output else "", "text")
    if form in ("pdf", "docx") and output is None and sys.stdout.isatty():
        raise click.UsageError(f"a {form.upper()} goes to a file: name one with -o")
    return form


def _content(note: Brief, form: str, bases: Bases) -> bytes:
    from bot.presentation import brief_documents, brief_files, json_briefs, json_output
    from bot.presentation.image.timeline import draw

    if form == "json":
        return json_output.dump(json_briefs.brief(note, bases)).encode()
    if form == "text":
        return brief_files.text(note, bases).encode()
    if form == "markdown":
        return brief_files.markdown(note, bases).encode()
    picture = draw(note.timeline) if note.timeline.entries else None
    if form == "docx":
        return brief_documents.docx(note, bases, picture)
    page = brief_files.page(note, bases, picture)
    return brief_documents.pdf(page) if form == "pdf" else page.encode()


def _write(file: Path, content: bytes) -> None:
    from bot.presentation.terminal import progress

    try:
        file.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"the note cannot be written to {file}: {error.strerror}") from error
    progress().note(f"the note is in {file}")
