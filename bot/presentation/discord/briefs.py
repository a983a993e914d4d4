"""A briefing note for Discord: all but what is in the attached file alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.presentation import brief_outline
from bot.presentation.brief_outline import COURSE, FIGURES, BriefLine, BriefSection
from bot.presentation.discord.citations import Link, number
from bot.presentation.discord.layouts import Attached, Card, Page, Text, Tone, paged
from bot.presentation.discord.markdown import STUCK, clean_line, escape, join, small
from bot.presentation.message_splitting import shorten
from bot.presentation.wording import UNANSWERED, unanswered
from bot.presentation.words import ENGLISH, OwnWords
from retrieval.domain.citations import Citation
from retrieval.domain.reports import Brief

# Characters of a title, of a line's text, and of a question without an answer.
_TITLE, _LINE, _QUESTION = 100, 300, 60
# The course is long, and figures want their context: they are in the file. Questions without an answer are at the end.
_ELSEWHERE = (COURSE, FIGURES, UNANSWERED)


def pages(
    note: Brief, link: Link, file: str = "", below: str = "", plain: bool = False, words: OwnWords = ENGLISH
) -> list[Page]:
    """The note in messages of whole lines, the first with its `file`. `below` is a line of small print."""
    sources = {each.number: each for each in note.citations}
    heads = brief_outline.title(note), brief_outline.subtitle(note, words)
    title, about = (escape(shorten(clean_line(each), _TITLE)) for each in heads)
    made_by = brief_outline.made_by(note, words) if note.citations else ""
    asked = unanswered(note.unanswered, lambda text: shorten(clean_line(text), _QUESTION), words)
    foot = join(*(small(escape(line)) for line in (made_by, asked) if line), below)
    parts = [
        (Text(f"### {section.heading}", heading=True), Text(line))
        for section in brief_outline.outline(note, words)
        if section.kind not in _ELSEWHERE
        for line in _lines(section, sources, link)
    ]
    first, *others = paged(
        parts,
        Tone.NEWS if note.citations else Tone.NOTHING,
        opening=f"## {title}\n{small(about)}",
        foot=lambda at, total: foot if at == total else "",
        ruled=False,
        plain=plain,
    )
    if file and isinstance(first, Card):
        first = replace(first, blocks=(*first.blocks, Attached(file)))
    return [first, *others]


def _lines(section: BriefSection, sources: Mapping[int, Citation], link: Link) -> Iterator[str]:
    """The lines of a section; a row of its table is one line, with the earlier position below it."""
    for line in section.lines:
        yield _line(line, sources, link)
    for row in section.rows:
        now = BriefLine(row.position.text, row.position.citations, f"{row.actor}, {row.day}")
        before = f"\n-# {_line(row.before, sources, link)}" if row.before else ""
        yield f"{_line(now, sources, link)}{before}"


def _line(line: BriefLine, sources: Mapping[int, Citation], link: Link) -> str:
    lead = f"**{escape(clean_line(line.lead))}**: " if line.lead else ""
    marks = STUCK.join(number(sources[each], link) for each in line.citations)
    return f"{lead}{escape(shorten(clean_line(line.text), _LINE))}{STUCK}{marks}".rstrip()
