"""A digest for Discord: pages of whole stories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain

from bot.presentation import digest_wording
from bot.presentation.discord.citations import Link, located
from bot.presentation.discord.markdown import can_link, clean_line, code, escape, length, marker
from bot.presentation.message_splitting import LIMIT, shorten, split
from retrieval.domain.citations import Citation
from retrieval.domain.stories import Digest, Mark, Story

_TITLE, _FILE, _SIDE = 150, 60, 200
_SIGNS = {"shift": "🔄", "disputed": "⚖️"}
# The characters of an option of a menu, and those of a key that name an article there.
_LABEL, _START = 100, 8
# The characters that splitting a message may add.
_SPARE = 20


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
) -> list[str]:
    """The digest in messages of whole stories; a story that is too long is cut. The last message has the coverage.

    Every page leaves `room` characters of a message free; `opening` is a line above the first page. If there are more
    messages than `most`, links are the `short` ones, then points have one source each, then stories have fewer points.
    """
    found: list[str] = []
    for each in (digest, digest, *(_brief(digest, points) for points in (4, 3, 2, 1))):
        found = _pages(each, topic, (short or link) if found else link, room, opening)
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


def menu(digest: Digest, topic: str | None) -> Menu:
    """The menu of a digest's stories."""
    choices = (
        (
            shorten(f"{number}. {clean_line(story.title) or 'untitled'}", _LABEL),
            ".".join(key[:_START] for key in story.articles)[:_LABEL],
            shorten(digest_wording.tellers(story, clean_line), _LABEL),
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


def _pages(digest: Digest, topic: str | None, link: Link, room: int, opening: str) -> list[str]:
    sources = {each.number: each for each in digest.citations}
    head = f"**{digest_wording.days(digest, topic, _say)}**: {digest_wording.outcome(digest, _moment)}"
    seen = "".join(f"\n-# {line}" for line in digest_wording.footer(digest, _say))
    top = digest_wording.top(digest, _say)
    first, foot = "\n".join(filter(None, (opening, head, top and f"**{top}**"))), f"\n{seen}" if seen else ""
    limit = LIMIT - room
    longest = limit - length(first) - length(foot) - 2
    parts = [
        part
        for number, story in enumerate(digest.stories, 1)
        for part in split(_story(number, story, sources, partial(_mark, link=link, longest=longest)), longest)
    ]
    found = [first]
    for at, part in enumerate(parts, 1):
        # The last part shares its page with the foot.
        if length(found[-1]) + 2 + length(part) + length(foot) * (at == len(parts)) > limit:
            found.append(head)
        found[-1] += f"\n\n{part}"
    found[-1] += foot
    return found


def _story(number: int, story: Story, sources: Mapping[int, Citation], mark: Callable[[Citation], str]) -> str:
    def numbers(cited: Sequence[int]) -> str:
        return "".join(mark(sources[each]) or f"[{each}]" for each in cited)

    lines = [f"**{number}\\. {digest_wording.title(story, lambda text: escape(shorten(clean_line(text), _TITLE)))}**"]
    lines += [
        f"- {lead}{_say(point.text)} {numbers(point.citations)}"
        for lead, point in digest_wording.points(story, sources)
    ]
    lines += [_marked(each, sources, numbers) for each in story.marks]
    lines.append(f"-# {digest_wording.tellers(story, _say)}")
    # Sources without a link are named.
    places = [f"[{each}] {_place(sources[each])}" for each in _cited(story) if not mark(sources[each])]
    return "\n".join([*lines, f"-# {' · '.join(places)}"] if places else lines)


def _marked(mark: Mark, sources: Mapping[int, Citation], numbers: Callable[[Sequence[int]], str]) -> str:
    sides = digest_wording.sides(mark, sources)
    quotes = (
        f"{lead}“{escape(shorten(clean_line(side.said), _SIDE))}” {numbers(side.citations)}" for lead, side in sides
    )
    return f"{_SIGNS[mark.kind]} **{digest_wording.MARKS[mark.kind]}**: {''.join(quotes)}"


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


def _mark(citation: Citation, link: Link, longest: int) -> str:
    """The number of a citation as a link; empty without an address, or if the link is too long for a page."""
    where = link(citation)
    linked = marker(citation.number, where) if can_link(where) else ""
    return linked if length(linked) <= longest - _SPARE else ""


def _place(citation: Citation) -> str:
    return code(located(citation, _FILE))
