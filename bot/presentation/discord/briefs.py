"""A briefing note for Discord: as much of it as one message holds; the rest is in the attached file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.presentation import brief_outline
from bot.presentation.brief_outline import COURSE, FIGURES, BriefLine, BriefSection
from bot.presentation.discord.citations import Link, number
from bot.presentation.discord.markdown import clean_line, escape, length, small
from bot.presentation.message_splitting import LIMIT, shorten
from retrieval.domain.briefs import Brief
from retrieval.domain.citations import Citation

# Characters of a title, of a line's text, and of the last line, which a caller may add to.
_TITLE, _LINE, _FOOT = 100, 300, 300
# These sections are in the file alone: the course is long, and figures want their context.
_IN_FILE = (COURSE, FIGURES)


def message(note: Brief, link: Link) -> str:
    """The note in one message: whole lines, as many as fit."""
    sources = {each.number: each for each in note.citations}
    title = escape(shorten(clean_line(brief_outline.title(note)), _TITLE))
    about = escape(shorten(clean_line(brief_outline.subtitle(note)), _TITLE))
    text = f"**{title}**\n{small(about)}"
    foot = small(escape(brief_outline.made_by(note))) if note.citations else ""
    room = LIMIT - length(foot) - _FOOT
    for section in brief_outline.outline(note):
        if section.heading in _IN_FILE:
            continue
        added = f"\n\n__{section.heading}__"
        for line in _lines(section, sources, link):
            if length(text + added) + length(line) + 1 <= room:
                text, added = f"{text}{added}\n{line}", ""
    return f"{text}\n{foot}" if foot else text


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
    marks = " ".join(number(sources[each], link) for each in line.citations)
    return f"{lead}{escape(shorten(clean_line(line.text), _LINE))} {marks}".rstrip()
