"""The wording of digests for all front ends.

`say` makes text of articles and users fit for the front end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bot.presentation.message_splitting import shorten
from bot.presentation.wording import day, unanswered
from retrieval.domain.answers import Side
from retrieval.domain.citations import Citation
from retrieval.domain.feeds import Coverage, FailingFeed
from retrieval.domain.stories import Digest, Mark, Point, Story
from retrieval.nlp.markup import visible

Say = Callable[[str], str]

DEVELOPING = "Still developing:"
MARKS = {"shift": "Shift", "disputed": "Disputed"}

# The most outlets and failing feeds to name, and the most characters of a topic, a name and a reason.
_OUTLETS, _FEEDS = 6, 3
TOPIC, _NAME, _REASON = 50, 40, 80
# The stories that are named above a digest, and the characters of a headline there.
_TOP, _HEADLINE = 3, 90


def days(digest: Digest, topic: str | None, say: Say) -> str:
    """The days of a digest, and its topic."""
    span = day(digest.since) if digest.since == digest.until else f"{day(digest.since)} to {day(digest.until)}"
    about = say(shorten(" ".join(topic.split()), TOPIC)) if topic else ""
    span = f"The week, {span}" if digest.roundup else span
    return f"{span} on {about}" if about else span


def top(digest: Digest, say: Say) -> str:
    """The headlines of the biggest stories in one line; empty where there are hardly more stories than that."""
    if len(digest.stories) <= _TOP:
        return ""
    return " · ".join(say(_headline(story)) for story in digest.stories[:_TOP])


def subject(digest: Digest, topic: str | None) -> str:
    """The subject of a mail: the days, and the headlines of the biggest stories."""
    named = "; ".join(visible(_headline(story)) for story in digest.stories[:_TOP])
    return f"{days(digest, topic, visible)}: {named}"


def _headline(story: Story) -> str:
    return shorten(" ".join(story.title.split()), _HEADLINE) or "untitled"


def points(story: Story, sources: Mapping[int, Citation]) -> Iterator[tuple[str, Point]]:
    """The points with the words that introduce them: their days, where these are several."""
    found = [(sources[each.citations[0]] if each.citations else None, each) for each in story.points]
    several = len({cited.day for cited, _ in found if cited}) > 1
    for cited, point in found:
        dated = several and cited is not None and cited.published
        yield f"{day(cited.published, cited.published_estimated)}: " if dated and cited else "", point


def outcome(digest: Digest, moment: Say = day) -> str:
    """The number of articles and stories; for an empty digest, the `moment` of the one before."""
    if not digest.stories:
        return f"nothing new since the digest of {moment(digest.last)}." if digest.last else "no stories."
    count = f"{_count(digest.articles, 'article')}, {_count(digest.found, 'story', 'stories')}"
    shown = len(digest.stories)
    if shown < digest.found:
        count = f"{count}, the {shown} most important here"
    failed = f"{_count(digest.dropped, 'statement')} of the model left out by the checks" if digest.dropped else ""
    return "; ".join(filter(None, (count, failed, digest.note)))


def title(story: Story, say: Say) -> str:
    """The headline, with a word before it if the story is not new."""
    named = say(story.title) or "untitled"
    return named if story.new else f"{DEVELOPING} {named}"


def sides(mark: Mark, sources: Mapping[int, Citation]) -> Iterator[tuple[str, Side]]:
    """The sides of a mark with the words that introduce them; the earlier side of a shift is dated."""
    first, *others = mark.sides
    before = sources[first.citations[0]]
    shifts = mark.kind == "shift"
    yield f"earlier, {day(before.published, before.published_estimated)}: " if shifts else "", first
    for each in others:
        yield "; now: " if shifts else " but ", each


def tellers(story: Story, say: Say) -> str:
    """The number of articles of a story, and their outlets."""
    return " · ".join(_tellers(story, say))


def _tellers(story: Story, say: Say) -> Iterator[str]:
    yield _count(len(story.files), "article")
    if not story.new:
        yield _count(story.earlier, "earlier article")
    outlets = [said for each in story.outlets[:_OUTLETS] if (said := say(shorten(each, _NAME)))]
    if outlets:
        more = len(story.outlets) - _OUTLETS
        yield ", ".join(outlets) + (f" and {more} more" if more > 0 else "")
    if story.origin:
        yield f"including copies or rewrites of one {say(story.origin)} article"


def footer(digest: Digest, say: Say) -> list[str]:
    """The lines under a digest: the feeds that were read and the newest article, and questions without an answer."""
    seen = " · ".join(_coverage(digest.coverage, say)) if digest.coverage else ""
    return [line for line in (seen, unanswered(digest.unanswered, say)) if line]


def _coverage(seen: Coverage, say: Say) -> Iterator[str]:
    failing = len(seen.failing)
    read = seen.feeds - failing - seen.unread
    every = _count(seen.feeds, "feed")
    parts = [f"{every} read" if read == seen.feeds else f"{read:,} of {every} read"]
    if seen.unread:
        parts.append(f"{seen.unread:,} not read for a day")
    if failing:
        named = ", ".join(_trouble(each, say) for each in seen.failing[:_FEEDS])
        more = f" and {failing - _FEEDS} more" if failing > _FEEDS else ""
        parts.append(f"{failing:,} failing: {named}{more}")
    if seen.feeds:
        yield ", ".join(parts)
    yield f"newest article {day(seen.newest)}" if seen.newest else "no dated article yet"


def _trouble(failing: FailingFeed, say: Say) -> str:
    name = say(shorten(failing.title, _NAME)) or say(shorten(failing.url, _NAME))
    return f"{name} ({say(shorten(failing.reason, _REASON))})"


def _count(many: int, what: str, plural: str = "") -> str:
    return f"{many:,} {what if many == 1 else plural or what + 's'}"
