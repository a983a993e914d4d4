"""A digest whose points a language model wrote, where they passed the checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from retrieval import tuned
from retrieval.domain.articles import Passage
from retrieval.domain.citations import Citation
from retrieval.domain.llm import Written
from retrieval.domain.stories import Digest, Point, Story
from retrieval.errors import ChatError
from retrieval.evidence.citations import Numbering
from retrieval.executor import BoundedExecutor
from retrieval.storage import queries

# Tells the story of this title from these passages; ChatError where it cannot.
Write = Callable[[str, Sequence[Passage]], Written]

# For all stories together: whoever posts digests waits a minute and a half for one, its articles' own points included.
SECONDS = 60.0
# Stories that are written at a time, and passages of an article that they are written from.
_AT_ONCE = 4
_LEADS = 2
_LATE = ChatError("the model did not answer in time")


def leads(connection: Connection, made: Digest) -> list[list[Passage]]:
    """What each story is to be written from: the beginnings of the articles its points come from.

    Nothing for a story that still develops: its points must say what the destination was not told, so they stay the
    articles' own sentences, which were compared with what it was.
    """
    keys = {each.number: each.key for each in made.citations}
    told: list[list[Passage]] = []
    for story in made.stories:
        cited = dict.fromkeys(keys[number] for point in story.points for number in point.citations)
        articles = [queries.article_by_key(connection, key) for key in cited] if story.new else []
        told.append(queries.leading_passages(connection, [each.id for each in articles if each], _LEADS))
    return told


def rewrite(made: Digest, told: Sequence[Sequence[Passage]], write: Write) -> Digest:
    """The digest with points written from what is `told`, one call a story; where that fails, it keeps its own.

    What is not written after `SECONDS` is not waited for.
    """

    def attempt(number: int) -> tuple[int, Written | ChatError]:
        try:
            return number, write(made.stories[number].title, told[number])
        except ChatError as error:
            return number, error

    asked = [number for number, passages in enumerate(told) if passages]
    executor = BoundedExecutor(_AT_ONCE)
    came = dict.fromkeys(asked, _LATE) | dict(executor.map_unordered(attempt, asked, seconds=SECONDS))
    outcomes = [came.get(number) for number in range(len(told))]
    failed = [each for each in outcomes if isinstance(each, ChatError)]
    written = [each if isinstance(each, Written) else None for each in outcomes]
    sources, numbering = {each.number: each for each in made.citations}, Numbering()
    return replace(
        made,
        stories=tuple(
            replace(story, points=tuple(_points(story, own, sources, numbering)))
            for story, own in zip(made.stories, written, strict=True)
        ),
        citations=numbering.citations,
        model=next((each.model for each in written if each and each.sentences), None),
        dropped=sum(each.dropped for each in written if each),
        note=f"{len(failed)} of {len(outcomes)} stories not written: {failed[0].reason}" if failed else None,
    )


def _points(
    story: Story, written: Written | None, sources: Mapping[int, Citation], numbering: Numbering
) -> Iterator[Point]:
    if written and written.sentences:
        for each in written.sentences[: tuned.POINTS]:
            yield Point(each.text, numbering.number(each.citations))
    else:
        for point in story.points:
            yield replace(point, citations=numbering.number(sources[each] for each in point.citations))
