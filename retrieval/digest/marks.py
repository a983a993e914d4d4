"""What a reader should know of the stories of a digest: their sources disagree, or somebody's position has changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from retrieval import tuned
from retrieval.answering.extractive import unmarked
from retrieval.digest.disputes import Told, find_dispute, titled
from retrieval.digest.shifts import Seek, Shift, find_shift
from retrieval.domain.answers import Side
from retrieval.domain.articles import Article, Passage
from retrieval.domain.citations import Citation
from retrieval.domain.searches import Hit
from retrieval.domain.stories import Digest, Mark, Story
from retrieval.errors import BriefingError
from retrieval.evidence.citations import Numbering
from retrieval.evidence.sentence_selection import Embed, Sentence, cite, said
from retrieval.storage.articles import article_by_key
from retrieval.storage.passages import leading_passages

# Passages at the beginning of an article that are read whole, and those looked through for roles: few articles have
# more, and a hostile one might have thousands.
_LEADS = 2
_LOOKED_THROUGH = 40


@dataclass(frozen=True, slots=True)
class StoryMaterial:
    """What of a story is looked at: the first passages of an article of each origin, and, where the story is not new,
    the places that its points are from.
    """

    passages: tuple[tuple[Passage, ...], ...]
    told: frozenset[tuple[str, int]] | None

    @property
    def leading(self) -> tuple[Sentence, ...]:
        """The sentences that its articles begin with."""
        return _sentences(passage for own in self.passages for passage in own[:_LEADS])

    @property
    def news(self) -> tuple[Sentence, ...]:
        """Those of them that may tell a new position: what a destination was told before is not told as new again."""
        return tuple(each for each in self.leading if self.told is None or _place(each) in self.told)

    @property
    def naming(self) -> tuple[Sentence, ...]:
        """The sentences of the passages that give somebody a role where others give him another."""
        return _sentences(titled([passage for own in self.passages for passage in own]))


def collect(connection: Connection, made: Digest) -> list[StoryMaterial]:
    """The material of each story of a digest, whose points are the articles' own sentences."""
    keys, found = iter(made.told), []  # they begin with those of the stories, in the order of their files
    for story in made.stories:
        told = [next(keys) for _ in story.files]
        cited = _cited(story, made.citations)
        articles = _origins(connection, [*(key for key, _ in cited), *told])
        passages = tuple(tuple(leading_passages(connection, [each.id], _LOOKED_THROUGH)) for each in articles)
        found.append(StoryMaterial(passages, None if story.new else frozenset(cited)))
    return found


def _cited(story: Story, citations: Sequence[Citation]) -> list[tuple[str, int]]:
    """The articles that the points of a story come from, and where in them."""
    sources = {each.number: each for each in citations}
    return [(sources[each].key, sources[each].start) for point in story.points for each in point.citations]


def _origins(connection: Connection, keys: Iterable[str]) -> list[Article]:
    """An article of each of the first origins."""
    firsts: dict[int, Article] = {}
    for key in list(dict.fromkeys(keys))[: tuned.DEVELOPING_ARTICLES]:
        if (article := article_by_key(connection, key)) and len(firsts) < tuned.POINT_ARTICLES:
            firsts.setdefault(article.story, article)
    return list(firsts.values())


def _sentences(passages: Iterable[Passage]) -> tuple[Sentence, ...]:
    return tuple(each for passage in passages for each in said(Hit(passage, 0.0)))


def _place(sentence: Sentence) -> tuple[str, int]:
    passage = sentence.hit.passage
    return passage.article.key, passage.start + sentence.start


def mark(made: Digest, material: Sequence[StoryMaterial], seek: Seek | None, embed: Embed) -> Digest:
    """The digest with its stories marked, citations numbered through. Without `seek` nothing earlier is stored.

    Where earlier articles cannot be asked, the digest has a note and goes out without shifts.
    """
    sources, numbering, stories = {each.number: each for each in made.citations}, Numbering(), []
    shifts, note = _shifts(material, seek, embed)
    for story, own, shift in zip(made.stories, material, shifts, strict=True):
        points = tuple(
            replace(each, citations=numbering.number(sources[number] for number in each.citations))
            for each in story.points
        )
        stories.append(replace(story, points=points, marks=tuple(_marks(own, shift, numbering))))
    notes = "; ".join(filter(None, (made.note, note))) or None
    return replace(made, stories=tuple(stories), citations=numbering.citations, note=notes)


def _shifts(
    material: Sequence[StoryMaterial], seek: Seek | None, embed: Embed
) -> tuple[list[Shift | None], str | None]:
    nothing: list[Shift | None] = [None] * len(material)
    if seek is None:
        return nothing, None
    try:
        weightiest = material[: tuned.SHIFT_STORIES]
        return [*(find_shift(each.news, seek, embed) for each in weightiest), *nothing[len(weightiest) :]], None
    except BriefingError as error:
        return nothing, f"not compared with earlier articles: {error}"


def _marks(material: StoryMaterial, shift: Shift | None, numbering: Numbering) -> Iterator[Mark]:
    if shift:
        yield Mark("shift", tuple(_side((each.text, each), numbering) for each in shift))
    if told := find_dispute(material.leading, material.naming):
        yield Mark("disputed", tuple(_side(each, numbering) for each in told))


def _side(told: Told, numbering: Numbering) -> Side:
    words, sentence = told
    return Side(unmarked(words), numbering.number([cite(sentence, 0)]))
