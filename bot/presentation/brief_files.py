"""A briefing note as plain text, Markdown or a web page. Text of articles is escaped: it neither formats nor links."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.presentation import brief_outline, source_lists, terminal
from bot.presentation.brief_outline import BriefLine, BriefRow, BriefSection, NotePicture
from bot.presentation.links import Bases
from bot.presentation.source_lists import escape, markdown_source, numbers
from bot.presentation.terminal_style import PLAIN, Style, wrap
from retrieval.domain.briefs import Brief
from retrieval.domain.citations import Citation
from retrieval.nlp.markup import visible


def text(note: Brief, bases: Bases, style: Style = PLAIN) -> str:
    """The note for a terminal."""
    parts = [f"{style.strong(wrap(brief_outline.title(note)))}\n{style.dim(wrap(brief_outline.subtitle(note)))}"]
    for section in brief_outline.outline(note):
        lines = [*map(_text_line, section.lines), *(line for row in section.rows for line in _text_row(row))]
        parts.append("\n".join([style.strong(section.heading.upper()), *lines]))
    if note.citations:
        sources = (terminal.source(each, bases, style=style) for each in note.citations)
        parts.append("\n".join([style.strong(brief_outline.SOURCES.upper()), *sources]))
        parts.append(style.dim(wrap(brief_outline.made_by(note))))
    return "\n\n".join(parts)


def _text_line(line: BriefLine, indent: int = 2) -> str:
    return textwrap.indent(wrap(_joined(line), indent, hanging=2), " " * indent)


def _text_row(row: BriefRow) -> Iterator[str]:
    yield _text_line(BriefLine(row.position.text, row.position.citations, f"{row.actor}, {row.day}"))
    if row.before:
        yield _text_line(row.before, indent=4)


def _joined(line: BriefLine) -> str:
    marks = " ".join(f"[{number}]" for number in line.citations)
    return " ".join(filter(None, (f"{line.lead}:" if line.lead else "", line.text, marks)))


def markdown(note: Brief, bases: Bases) -> str:
    """The note in Markdown as GitHub shows it, with the numbered sources at its end."""
    sources = {each.number: each for each in note.citations}
    parts = [f"# {escape(brief_outline.title(note))}", escape(brief_outline.subtitle(note))]
    for section in brief_outline.outline(note):
        parts += [f"## {section.heading}", _markdown_section(section, sources, bases)]
    if note.citations:
        listed = "\n".join(markdown_source(each, bases) for each in note.citations)
        parts += [f"## {brief_outline.SOURCES}", listed, "---", escape(brief_outline.made_by(note))]
    return "\n\n".join(parts)


def _markdown_section(section: BriefSection, sources: Mapping[int, Citation], bases: Bases) -> str:
    def said(line: BriefLine) -> str:
        marked = f"{escape(line.text)} {numbers(line.citations, sources, bases)}".rstrip()
        return f"**{escape(line.lead)}**: {marked}" if line.lead else marked

    if section.rows:
        rows = (f"| {escape(each.actor)} | {_cell(each, said)} | {each.day} |" for each in section.rows)
        return "\n".join(["| Actor | Position | Day |", "| --- | --- | --- |", *rows])
    return "\n".join(f"- {said(line)}" for line in section.lines)


def _cell(row: BriefRow, said: Callable[[BriefLine], str]) -> str:
    before = f"<br>{said(row.before)}" if row.before else ""
    return f"{said(row.position)}{before}"


def page(note: Brief, bases: Bases, pictures: Sequence[NotePicture] = ()) -> str:
    """The note as a web page without other files, fit for printing, with its pictures."""
    return source_lists.page(
        "brief.html",
        note.citations,
        bases,
        title=visible(brief_outline.title(note)),
        subtitle=visible(brief_outline.subtitle(note)),
        sections=brief_outline.outline(note),
        pictures=[(base64.b64encode(each.png).decode(), each.caption) for each in pictures],
        footer=[brief_outline.made_by(note)] if note.citations else [],
    )
