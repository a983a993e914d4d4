"""Digests and notes as plain text, Markdown or web pages. Text of articles is escaped: it neither formats nor links."""

from __future__ import annotations

import base64
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.presentation import brief_outline, digest_wording, terminal
from bot.presentation.brief_outline import BriefLine, BriefRow, BriefSection, NotePicture
from bot.presentation.links import Bases, best_link, is_address
from bot.presentation.terminal_style import PLAIN, Style, wrap
from bot.presentation.wording import capital
from bot.presentation.words import ENGLISH, OwnWords
from retrieval.domain.citations import Citation
from retrieval.domain.reports import Brief, Digest, Mark, Story
from retrieval.nlp.markup import visible

# Markup of CommonMark, GitHub and Pandoc: anywhere in a line, and at its start.
_ACTIVE = re.compile(r"[\\`*_\[\]<>#|~&$@^]|:(?=//)|(?<=www)\.|^[-+=:]", re.IGNORECASE)
_SOURCES = "Sources"
_ITEM = re.compile(r"^([0-9]+)(?=[.)](?:\s|$))")


def numbers(cited: Sequence[int], sources: Mapping[int, Citation], bases: Bases) -> str:
    """The numbers of citations, linked: `[\\[1\\]](<https://...>)`."""
    return "".join(_linked(f"\\[{each}\\]", best_link(sources[each], bases)) for each in cited)


def _markdown_source(citation: Citation, bases: Bases) -> str:
    """The item of a source in a numbered list."""
    where = best_link(citation, bases)
    named = _linked(escape(citation.title or citation.file) or "untitled", where)
    return f"{citation.number}. {' · '.join([named, *map(escape, known(citation, where))])}"


def escape(foreign: str) -> str:
    """Text that Markdown shows as it is."""
    return _ITEM.sub(r"\1\\", _ACTIVE.sub(r"\\\g<0>", visible(foreign)))


def known(citation: Citation, where: str, words: OwnWords = ENGLISH) -> list[str]:
    """The metadata of a source beside its title, and its place if it has no link."""
    parts = [visible(part) for part in (citation.outlet, citation.author) if part]
    parts.append(words.day(citation.published, citation.published_estimated))
    return [part for part in (*parts, "" if is_address(where) else visible(where)) if part]


def _web_page(template: str, cited: Sequence[Citation], bases: Bases, words: OwnWords, **values: Any) -> str:
    """The web page of a template, without other files; it ends with the sources."""
    import jinja2

    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    pages = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    pages.filters["visible"] = visible
    bases = bases.among(cited)
    links = {each.number: best_link(each, bases) for each in cited}
    return pages.get_template(template).render(
        links={number: where for number, where in links.items() if is_address(where)},
        sources=[
            (each.number, visible(each.title or each.file) or "untitled", known(each, links[each.number], words))
            for each in cited
        ],
        words=words,
        **values,
    )


def _linked(label: str, where: str) -> str:
    # Angle brackets mark the end of an address; `&` is escaped, or it could begin a character reference.
    return f"[{label}](<{where.replace('&', '&amp;')}>)" if is_address(where) else label


def digest_text(
    digest: Digest, topic: str | None, bases: Bases, style: Style = PLAIN, notice: str = "", words: OwnWords = ENGLISH
) -> str:
    """The digest for a terminal or a mail: the stories with their key sentences and sources; a `notice` comes last."""
    sources = {each.number: each for each in digest.citations}
    parts = [
        style.strong(
            wrap(f"{digest_wording.days(digest, topic, visible, words)}: {digest_wording.outcome(digest, words=words)}")
        )
    ]
    parts += [wrap(top)] if (top := digest_wording.top(digest, visible, words)) else []
    parts += [
        _text_story(number, story, sources, bases, style, words) for number, story in enumerate(digest.stories, 1)
    ]
    parts += [style.dim(wrap(line)) for line in (*digest_wording.footer(digest, visible, words), notice) if line]
    return "\n\n".join(parts)


def _text_story(
    number: int, story: Story, sources: Mapping[int, Citation], bases: Bases, style: Style, words: OwnWords
) -> str:
    def cited(numbers: Iterable[int]) -> list[str]:
        return [terminal.source(sources[each], bases, indent=3, style=style) for each in numbers]

    lines = [style.strong(wrap(f"{number}. {digest_wording.title(story, visible, words)}", hanging=3))]
    below = [style.dim(wrap(digest_wording.tellers(story, visible, words), indent=3))]
    for lead, point in digest_wording.points(story, sources, words):
        below += [wrap(lead + point.text, indent=3), *cited(point.citations)]
    shown = {each for point in story.points for each in point.citations}
    for mark in story.marks:
        others = dict.fromkeys(each for side in mark.sides for each in side.citations if each not in shown)
        kind, colon, quotes = wrap(
            f"{words(digest_wording.MARKS[mark.kind])}: {_sides(mark, sources, words)}", indent=3
        ).partition(":")
        below += [style.tint(kind + colon, "unsure") + quotes, *cited(others)]
    return "\n".join([*lines, *(textwrap.indent(each, "   ") for each in below)])


def _sides(mark: Mark, sources: Mapping[int, Citation], words: OwnWords) -> str:
    return "".join(
        f"{lead}“{side.said}” {' '.join(f'[{number}]' for number in side.citations)}"
        for lead, side in digest_wording.sides(mark, sources, words)
    )


def digest_markdown(digest: Digest, topic: str | None, bases: Bases) -> str:
    """The digest in CommonMark, with the numbered sources below the stories."""
    sources = {each.number: each for each in digest.citations}
    parts = [f"# {digest_wording.days(digest, topic, escape)}", capital(digest_wording.outcome(digest))]
    parts += [f"**{top}**"] if (top := digest_wording.top(digest, escape)) else []
    parts += [_markdown_story(number, story, sources, bases) for number, story in enumerate(digest.stories, 1)]
    if digest.citations:
        parts += ["## Sources", "\n".join(_markdown_source(each, bases) for each in digest.citations)]
    parts += ["---", *foot] if (foot := digest_wording.footer(digest, escape)) else []
    return "\n\n".join(parts)


def _markdown_story(number: int, story: Story, sources: Mapping[int, Citation], bases: Bases) -> str:
    points = [
        f"- {lead}{escape(each.text)} {numbers(each.citations, sources, bases)}"
        for lead, each in digest_wording.points(story, sources)
    ]
    parts = [f"## {number}. {digest_wording.title(story, escape)}", "\n".join(points)]
    parts += [_markdown_mark(each, sources, bases) for each in story.marks]
    return "\n\n".join(filter(None, [*parts, digest_wording.tellers(story, escape)]))


def _markdown_mark(mark: Mark, sources: Mapping[int, Citation], bases: Bases) -> str:
    sides = digest_wording.sides(mark, sources)
    quotes = (f"{lead}“{escape(side.said)}” {numbers(side.citations, sources, bases)}" for lead, side in sides)
    return f"**{digest_wording.MARKS[mark.kind]}**: {''.join(quotes)}"


def digest_page(digest: Digest, topic: str | None, bases: Bases, notice: str = "", words: OwnWords = ENGLISH) -> str:
    """The digest as a web page without other files, fit for printing and mailing; a `notice` comes last."""
    sources = {each.number: each for each in digest.citations}
    return _web_page(
        "digest.html",
        digest.citations,
        bases,
        words,
        title=digest_wording.days(digest, topic, visible, words),
        outcome=capital(digest_wording.outcome(digest, words=words)),
        top=digest_wording.top(digest, visible, words),
        stories=[
            (
                digest_wording.title(story, visible, words),
                digest_wording.tellers(story, visible, words),
                [
                    (lead, visible(each.text), each.citations)
                    for lead, each in digest_wording.points(story, sources, words)
                ],
                [(words(digest_wording.MARKS[mark.kind]), list(_quoted(mark, sources, words))) for mark in story.marks],
            )
            for story in digest.stories
        ],
        footer=[*digest_wording.footer(digest, visible, words), *([notice] if notice else [])],
    )


def _quoted(mark: Mark, sources: Mapping[int, Citation], words: OwnWords) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    for lead, side in digest_wording.sides(mark, sources, words):
        yield lead, visible(side.said), side.citations


def note_text(note: Brief, bases: Bases, style: Style = PLAIN) -> str:
    """The note for a terminal."""
    parts = [f"{style.strong(wrap(brief_outline.title(note)))}\n{style.dim(wrap(brief_outline.subtitle(note)))}"]
    for section in brief_outline.outline(note):
        lines = [*map(_text_line, section.lines), *(line for row in section.rows for line in _text_row(row))]
        parts.append("\n".join([style.strong(section.heading.upper()), *lines]))
    if note.citations:
        sources = (terminal.source(each, bases, style=style) for each in note.citations)
        parts.append("\n".join([style.strong(_SOURCES.upper()), *sources]))
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


def note_markdown(note: Brief, bases: Bases) -> str:
    """The note in Markdown as GitHub shows it, with the numbered sources at its end."""
    sources = {each.number: each for each in note.citations}
    parts = [f"# {escape(brief_outline.title(note))}", escape(brief_outline.subtitle(note))]
    for section in brief_outline.outline(note):
        parts += [f"## {section.heading}", _markdown_section(section, sources, bases)]
    if note.citations:
        listed = "\n".join(_markdown_source(each, bases) for each in note.citations)
        parts += [f"## {_SOURCES}", listed, "---", escape(brief_outline.made_by(note))]
    return "\n\n".join(parts)


def _markdown_section(section: BriefSection, sources: Mapping[int, Citation], bases: Bases) -> str:
    def said(line: BriefLine) -> str:
        marked = f"{escape(line.text)} {numbers(line.citations, sources, bases)}".rstrip()
        return f"**{escape(line.lead)}**: {marked}" if line.lead else marked

    if section.rows:
        rows = (f"| {escape(each.actor)} | {_cell(each, said)} | {each.day} |" for each in section.rows)
        return "\n".join([f"| {' | '.join(brief_outline.columns())} |", "| --- | --- | --- |", *rows])
    return "\n".join(f"- {said(line)}" for line in section.lines)


def _cell(row: BriefRow, said: Callable[[BriefLine], str]) -> str:
    before = f"<br>{said(row.before)}" if row.before else ""
    return f"{said(row.position)}{before}"


def note_page(note: Brief, bases: Bases, pictures: Sequence[NotePicture] = (), words: OwnWords = ENGLISH) -> str:
    """The note as a web page without other files, fit for printing, with its pictures."""
    return _web_page(
        "brief.html",
        note.citations,
        bases,
        words,
        title=visible(brief_outline.title(note)),
        subtitle=visible(brief_outline.subtitle(note, words)),
        columns=brief_outline.columns(words),
        sections=brief_outline.outline(note, words),
        pictures=[(base64.b64encode(each.png).decode(), each.caption) for each in pictures],
        footer=[brief_outline.made_by(note, words)] if note.citations else [],
    )
