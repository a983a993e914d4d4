"""A digest for Discord, pages of whole stories; and a note, all but what is in the attached file alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain

from bot.presentation import brief_outline, digest_wording
from bot.presentation.brief_outline import COURSE, FIGURES, BriefLine, BriefSection
from bot.presentation.discord.answers import Link, located, number
from bot.presentation.discord.layouts import Attached, Card, Page, Part, SourceLine, Text, Tone, button_address, paged
from bot.presentation.discord.markdown import (
    STUCK,
    can_link,
    clean_line,
    code,
    escape,
    join,
    length,
    marker,
    shorten,
    small,
)
from bot.presentation.wording import UNANSWERED, capital, in_quotes, unanswered
from bot.presentation.words import ENGLISH, OwnWords
from retrieval.domain.citations import Citation
from retrieval.domain.reports import Brief, Digest, Mark, Story

_TITLE, _FILE, _SIDE = 150, 60, 200
_SIGNS = {"shift": "🔄", "disputed": "⚖️"}
# The characters of an option of a menu, and those of a key that name an article there.
_LABEL, _START = 100, 8
# The longest link in a point: one fits on a page, beside the longest head and foot.
_LONGEST = 800
# The most messages that people read of a digest.
_MOST = 5


def pages(
    digest: Digest,
    topic: str | None,
    link: Link,
    room: int = 0,
    opening: str = "",
    *,
    short: Link | None = None,
    most: int = _MOST,
    plain: bool = False,
    words: OwnWords = ENGLISH,
) -> list[Page]:
    """The digest in messages of whole stories; a story that is too long is cut. The last message has the coverage.

    Every page leaves `room` characters of a message free; `opening` is a line above the first page. If there are more
    messages than `most`, links are the `short` ones, then points have one source each, then stories have fewer points.
    """
    outcome = capital(digest_wording.outcome(digest, _moment, words))
    head = f"## {digest_wording.days(digest, topic, _say, words)}\n{outcome}"
    seen = "\n".join(small(capital(line)) for line in digest_wording.footer(digest, _say, words))
    top = digest_wording.top(digest, _say, words)
    above = [(Text(f"**{top}**"),)] if top else []
    disputed = any(mark.kind == "disputed" for story in digest.stories for mark in story.marks)
    found: list[Page] = []
    for each in (digest, digest, *(_brief(digest, points) for points in (4, 3, 2, 1))):
        sources = {cited.number: cited for cited in each.citations}
        mark = partial(_mark, link=(short or link) if found else link)
        found = paged(
            [
                *above,
                *(_story(number, story, sources, link, mark, words) for number, story in enumerate(each.stories, 1)),
            ],
            Tone.DISPUTED if disputed else Tone.NEWS if digest.stories else Tone.NOTHING,
            head=(Text(head),),
            foot=lambda at, total: seen if at == total else "",
            opening=opening,
            room=room,
            plain=plain,
        )
        if len(found) <= most:
            break
    return found


@dataclass(frozen=True, slots=True)
class Menu:
    """The stories of a digest on a topic, or on all ("") that can be read in full.

    A choice is the headline, the beginnings of the keys of the story's articles, and who tells it.
    """

    topic: str
    choices: tuple[tuple[str, str, str], ...]


def menu(digest: Digest, topic: str | None, words: OwnWords = ENGLISH) -> Menu:
    """The menu of a digest's stories."""
    choices = (
        (
            shorten(f"{number}. {clean_line(story.title) or words('untitled')}", _LABEL),
            ".".join(key[:_START] for key in story.articles)[:_LABEL],
            shorten(digest_wording.tellers(story, clean_line, words), _LABEL),
        )
        for number, story in enumerate(digest.stories, 1)
        if story.articles
    )
    return Menu(topic or "", tuple(choices))


def _brief(digest: Digest, points: int) -> Digest:
    """The digest with that many points a story, and one source a point."""
    stories = (
        replace(story, points=tuple(replace(point, citations=point.citations[:1]) for point in story.points[:points]))
        for story in digest.stories
    )
    return replace(digest, stories=tuple(stories))


def _story(
    number: int,
    story: Story,
    sources: Mapping[int, Citation],
    link: Link,
    mark: Callable[[Citation], str],
    words: OwnWords,
) -> Part:
    """The headline, the points, the marks, and a line of those who tell it with a button to the first source."""

    def numbers(cited: Sequence[int]) -> str:
        return "".join(mark(sources[each]) or f"[{each}]" for each in cited)

    title = digest_wording.title(story, lambda text: escape(shorten(clean_line(text), _TITLE)), words)
    lines = [f"### {number}. {title}"]
    lines += [
        f"- {lead}{_say(point.text)}{STUCK}{numbers(point.citations)}"
        for lead, point in digest_wording.points(story, sources, words)
    ]
    lines += [_marked(each, sources, numbers, words) for each in story.marks]
    told = small(digest_wording.tellers(story, _say, words))
    # Sources without a link are named.
    places = [f"[{each}] {code(located(sources[each], _FILE))}" for each in _cited(story) if not mark(sources[each])]
    below = [small(" · ".join(places))] if places else []
    first = next(iter(_cited(story)), None)
    address = button_address(link(sources[first])) if first is not None else ""
    return (
        Text("\n".join(lines)),
        SourceLine(told, told, address, words("Source {number}", number=first)),
        *map(Text, below),
    )


def _marked(
    mark: Mark, sources: Mapping[int, Citation], numbers: Callable[[Sequence[int]], str], words: OwnWords
) -> str:
    sides = digest_wording.sides(mark, sources, words)
    quotes = (
        f"{lead}{escape(in_quotes(shorten(clean_line(side.said), _SIDE)))}{STUCK}{numbers(side.citations)}"
        for lead, side in sides
    )
    return f"{_SIGNS[mark.kind]} **{words(digest_wording.MARKS[mark.kind])}**: {''.join(quotes)}"


def _cited(story: Story) -> Iterable[int]:
    """The citations of a story, without duplicates."""
    points = [each.citations for each in story.points]
    sides = [side.citations for mark in story.marks for side in mark.sides]
    return dict.fromkeys(chain(*points, *sides))


def _say(text: str) -> str:
    return escape(clean_line(text))


def _moment(written: str) -> str:
    """A day that Discord shows in the reader's own time zone."""
    return f"<t:{int(datetime.fromisoformat(written).timestamp())}:D>"


def _mark(citation: Citation, link: Link) -> str:
    """The number of a citation as a link; empty without an address, or if the link is long."""
    where = link(citation)
    linked = marker(citation.number, where) if can_link(where) else ""
    return linked if length(linked) <= _LONGEST else ""


# Characters of a title, of a line's text, and of a question without an answer.
_NOTE_TITLE, _LINE, _QUESTION = 100, 300, 60
# The course is long, and figures want their context: they are in the file. Questions without an answer are at the end.
_ELSEWHERE = (COURSE, FIGURES, UNANSWERED)


def brief_pages(
    note: Brief, link: Link, file: str = "", below: str = "", plain: bool = False, words: OwnWords = ENGLISH
) -> list[Page]:
    """The note in messages of whole lines, the first with its `file`. `below` is a line of small print."""
    sources = {each.number: each for each in note.citations}
    heads = brief_outline.title(note), brief_outline.subtitle(note, words)
    title, about = (escape(shorten(clean_line(each), _NOTE_TITLE)) for each in heads)
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
