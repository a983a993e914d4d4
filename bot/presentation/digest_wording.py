"""The wording of digests for all front ends.

`say` makes text of articles and users fit for the front end, `words` are in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bot.presentation.discord.markdown import shorten
from bot.presentation.wording import articles, unanswered
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.answers import Side
from retrieval.domain.citations import Citation
from retrieval.domain.reports import Coverage, Digest, FailingFeed, Mark, Point, Story
from retrieval.nlp.markup import visible

Say = Callable[[str], str]

MARKS = {"shift": phrase("Shift"), "disputed": phrase("Disputed")}

# The most outlets and failing feeds to name, and the most characters of a topic, a name and a reason.
_OUTLETS, _FEEDS = 6, 3
TOPIC, _NAME, _REASON = 50, 40, 80
# The stories that are named above a digest, and the characters of a headline there.
_TOP, _HEADLINE = 3, 90


def days(digest: Digest, topic: str | None, say: Say, words: OwnWords = ENGLISH) -> str:
    """The days of a digest, and its topic."""
    span = words.span(words.day(digest.since), words.day(digest.until))
    about = say(shorten(" ".join(topic.split()), TOPIC)) if topic else ""
    span = words("The week, {days}", days=span) if digest.roundup else span
    return words("{days} on {topic}", days=span, topic=about) if about else span


def top(digest: Digest, say: Say, words: OwnWords = ENGLISH) -> str:
    """The headlines of the biggest stories in one line; empty where there are hardly more stories than that."""
    if len(digest.stories) <= _TOP:
        return ""
    return " · ".join(say(_headline(story, words)) for story in digest.stories[:_TOP])


def subject(digest: Digest, topic: str | None, words: OwnWords = ENGLISH) -> str:
    """The subject of a mail: the days, and the headlines of the biggest stories."""
    named = "; ".join(visible(_headline(story, words)) for story in digest.stories[:_TOP])
    return f"{days(digest, topic, visible, words)}: {named}"


def _headline(story: Story, words: OwnWords) -> str:
    return shorten(" ".join(story.title.split()), _HEADLINE) or words("untitled")


def points(story: Story, sources: Mapping[int, Citation], words: OwnWords = ENGLISH) -> Iterator[tuple[str, Point]]:
    """The points with the words that introduce them: their days, where these are several."""
    found = [(sources[each.citations[0]] if each.citations else None, each) for each in story.points]
    several = len({cited.day for cited, _ in found if cited}) > 1
    for cited, point in found:
        dated = several and cited is not None and cited.published
        yield f"{words.day(cited.published, cited.published_estimated)}: " if dated and cited else "", point


def outcome(digest: Digest, moment: Say | None = None, words: OwnWords = ENGLISH) -> str:
    """The number of articles and stories; for an empty digest, the `moment` of the one before."""
    if not digest.stories:
        if not digest.last:
            return words("no stories.")
        return words("nothing new since the digest of {moment}.", moment=(moment or words.day)(digest.last))
    shown = words.many("{count} story", "{count} stories", digest.found)
    count = f"{articles(digest.articles, words)}, {shown}"
    if (most := len(digest.stories)) < digest.found:
        count = words("{stories}, the {number} most important here", stories=count, number=most)
    failed = words.many(
        "{count} statement of the model left out by the checks",
        "{count} statements of the model left out by the checks",
        digest.dropped,
    )
    return "; ".join(filter(None, (count, failed if digest.dropped else "", words.said(digest.note or ""))))


def title(story: Story, say: Say, words: OwnWords = ENGLISH) -> str:
    """The headline, with a word before it if the story is not new."""
    named = say(story.title) or words("untitled")
    return named if story.new else words("Still developing: {headline}", headline=named)


def sides(mark: Mark, sources: Mapping[int, Citation], words: OwnWords = ENGLISH) -> Iterator[tuple[str, Side]]:
    """The sides of a mark with the words that introduce them; the earlier side of a shift is dated."""
    first, *others = mark.sides
    before = sources[first.citations[0]]
    if mark.kind == "shift":
        yield f"{words('earlier, {day}:', day=words.day(before.published, before.published_estimated))} ", first
        yield from ((f"; {words('now:')} ", each) for each in others)
    else:
        yield "", first
        yield from ((f" {words('but')} ", each) for each in others)


def tellers(story: Story, say: Say, words: OwnWords = ENGLISH) -> str:
    """The number of articles of a story, and their outlets."""
    return " · ".join(_tellers(story, say, words))


def _tellers(story: Story, say: Say, words: OwnWords) -> Iterator[str]:
    yield articles(len(story.files), words)
    if not story.new:
        yield words.many("{count} earlier article", "{count} earlier articles", story.earlier)
    outlets = [said for each in story.outlets[:_OUTLETS] if (said := say(shorten(each, _NAME)))]
    if outlets:
        yield _and_more(", ".join(outlets), len(story.outlets) - _OUTLETS, words)
    if story.origin:
        yield words("including copies or rewrites of one {agency} article", agency=say(story.origin))


def footer(digest: Digest, say: Say, words: OwnWords = ENGLISH) -> list[str]:
    """The lines under a digest: the feeds that were read and the newest article, and questions without an answer."""
    seen = " · ".join(_coverage(digest.coverage, say, words)) if digest.coverage else ""
    return [line for line in (seen, unanswered(digest.unanswered, say, words)) if line]


def _coverage(seen: Coverage, say: Say, words: OwnWords) -> Iterator[str]:
    failing = len(seen.failing)
    read = seen.feeds - failing - seen.unread
    every = words.many("{count} feed read", "{count} feeds read", seen.feeds)
    some = words.many(
        "{read} of {count} feed read", "{read} of {count} feeds read", seen.feeds, read=words.number(read)
    )
    parts = [every if read == seen.feeds else some]
    if seen.unread:
        parts.append(words("{number} not read for a day", number=words.number(seen.unread)))
    if failing:
        named = _and_more(
            ", ".join(_trouble(each, say, words) for each in seen.failing[:_FEEDS]), failing - _FEEDS, words
        )
        parts.append(words("{number} failing: {names}", number=words.number(failing), names=named))
    if seen.feeds:
        yield ", ".join(parts)
    yield words("newest article {day}", day=words.day(seen.newest)) if seen.newest else words("no dated article yet")


def _and_more(named: str, more: int, words: OwnWords) -> str:
    """The names, and how many more there are."""
    return words("{names} and {number} more", names=named, number=more) if more > 0 else named


def _trouble(failing: FailingFeed, say: Say, words: OwnWords) -> str:
    name = say(shorten(failing.title, _NAME)) or say(shorten(failing.url, _NAME))
    return f"{name} ({say(shorten(words.said(failing.reason), _REASON))})"
