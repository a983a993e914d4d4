"""A digest while it is made: its stories with the evidence they come from, citations not numbered yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from retrieval.domain.answers import Side
from retrieval.domain.articles import Passage
from retrieval.domain.citations import Citation
from retrieval.domain.stories import Digest, Mark, Point, Story
from retrieval.evidence.citations import Numbering

# Passages at the beginning of an article that its story is read from.
LEADS = 2


@dataclass(frozen=True, slots=True)
class CitedText:
    """Words of a digest and the quotes that bear them, whatever numbers these have."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class DraftMark:
    """A mark of a story, with the sides it quotes."""

    kind: Literal["shift", "disputed"]
    sides: tuple[CitedText, ...]


@dataclass(frozen=True, slots=True)
class StoryDraft:
    """A story without its points and marks, and these apart.

    `passages` are the evidence: the first passages of one article of every origin, the articles that the points cite
    before the others.
    """

    story: Story
    points: tuple[CitedText, ...]
    passages: tuple[tuple[Passage, ...], ...]
    marks: tuple[DraftMark, ...] = ()

    @property
    def cited_leads(self) -> list[Passage]:
        """The beginnings of the articles that the points cite."""
        keys = {citation.key for point in self.points for citation in point.citations}
        return [passage for own in self.passages if own[0].article.key in keys for passage in own[:LEADS]]


@dataclass(frozen=True, slots=True)
class DigestDraft:
    """A digest without its stories and citations, and the drafts of its stories."""

    digest: Digest
    stories: tuple[StoryDraft, ...]


def finish(draft: DigestDraft) -> Digest:
    """The digest with all its citations numbered in the order of their use."""
    numbering = Numbering()
    stories = tuple(_finish(story, numbering) for story in draft.stories)
    return replace(draft.digest, stories=stories, citations=numbering.citations)


def _finish(draft: StoryDraft, numbering: Numbering) -> Story:
    points = tuple(Point(each.text, numbering.number(each.citations)) for each in draft.points)
    marks = tuple(Mark(each.kind, _sides(each.sides, numbering)) for each in draft.marks)
    return replace(draft.story, points=points, marks=marks)


def _sides(sides: Sequence[CitedText], numbering: Numbering) -> tuple[Side, ...]:
    return tuple(Side(each.text, numbering.number(each.citations)) for each in sides)
