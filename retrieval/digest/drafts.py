"""Drafts of a digest's stories: titles and points with their evidence, from the articles or by a language model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Literal

from sqlalchemy import Connection

from retrieval import tuned
from retrieval.digest.articles import DigestArticle, StoryArticles, central, ids, is_closing, newest, with_shares
from retrieval.digest.key_sentences import (
    Candidate,
    choose_points,
    find_candidates,
    headline,
    is_overtaken,
    opens_a_point,
    rank,
    without_repeats,
)
from retrieval.digest.stories import count_sources
from retrieval.domain.answers import Side
from retrieval.domain.articles import Article, Passage
from retrieval.domain.citations import Citation
from retrieval.domain.llm import CheckedReply
from retrieval.domain.phrase import Phrase
from retrieval.domain.reports import Digest, Mark, Point, Story
from retrieval.errors import ChatError
from retrieval.evidence.citations import Numbering, cite_part
from retrieval.executor import BoundedExecutor
from retrieval.nlp.names import common_agency
from retrieval.nlp.statements import Sentence
from retrieval.storage.articles import article_text
from retrieval.storage.passages import leading_passages

# Passages at the beginning of an article that its story is read from.
LEADS = 2
# Writes the points of the story of this title from these passages; raises ChatError where it cannot.
Write = Callable[[str, Sequence[Passage]], CheckedReply]
# Tells which texts are about the topic of a digest.
Relevant = Callable[[Sequence[str]], Sequence[bool]]

# For all stories together: a scheduled digest is waited for a minute and a half, its extractive points included.
SECONDS = 60.0
# Stories that are written at a time.
_AT_ONCE = 4
_LATE = ChatError(Phrase("the model did not answer in time"))


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

    `passages` are the evidence: the first passages of the oldest article of every origin, the origins that the points
    cite before the others. `cited_leads` are the beginnings of the articles that the points cite, `told` the keys of
    the story's articles, `weight` its news value without its marks, `lift` what they add.
    """

    story: Story
    points: tuple[CitedText, ...]
    passages: tuple[tuple[Passage, ...], ...]
    cited_leads: tuple[Passage, ...] = ()
    marks: tuple[DraftMark, ...] = ()
    told: tuple[str, ...] = ()
    weight: float = 0.0
    lift: float = 0.0


@dataclass(frozen=True, slots=True)
class DigestDraft:
    """A digest without its stories and citations, and the drafts of its stories."""

    digest: Digest
    stories: tuple[StoryDraft, ...]


def order(draft: DigestDraft, relevant: Relevant | None = None) -> DigestDraft:
    """The digest with the stories that are shown, in the order of their news value.

    On a topic, a mark stays if all its sides are about it.
    """
    stories = [replace(each, marks=_relevant_marks(each.marks, relevant)) for each in draft.stories]
    stories.sort(key=lambda each: -(each.weight + each.lift * bool(each.marks)))
    chosen = stories[: tuned.POINTS.told_stories]
    told = (*(key for each in chosen for key in each.told), *draft.digest.told)
    return DigestDraft(replace(draft.digest, told=told), tuple(chosen))


def _relevant_marks(marks: tuple[DraftMark, ...], relevant: Relevant | None) -> tuple[DraftMark, ...]:
    if relevant is None:
        return marks
    return tuple(mark for mark in marks if all(relevant([side.text for side in mark.sides])))


def finish(draft: DigestDraft) -> Digest:
    """The digest with all its citations numbered in the order of their use."""
    numbering = Numbering()
    stories = tuple(_finish(story, numbering) for story in draft.stories)
    return replace(draft.digest, stories=stories, citations=numbering.citations)


def _finish(draft: StoryDraft, numbering: Numbering) -> Story:
    points = tuple(Point(point.text, numbering.number(point.citations)) for point in draft.points)
    marks = tuple(Mark(mark.kind, _sides(mark.sides, numbering)) for mark in draft.marks)
    return replace(draft.story, points=points, marks=marks)


def _sides(sides: Sequence[CitedText], numbering: Numbering) -> tuple[Side, ...]:
    return tuple(Side(side.text, numbering.number(side.citations)) for side in sides)


class Drafter:
    """Drafts the stories of one digest.

    `frequencies` counts in how many of the digest's `articles` a term occurs; `depth` is how many passages of an
    article are kept as evidence. `relevant` tells which texts a digest on a topic may quote. `full` stories have more
    points, of more articles.
    """

    def __init__(
        self,
        connection: Connection,
        frequencies: Counter[str],
        articles: int,
        depth: int,
        relevant: Relevant | None = None,
        *,
        full: bool = False,
    ) -> None:
        self._full = full
        self._connection = connection
        self._frequencies = frequencies
        self._articles = articles
        self._depth = depth
        self._relevant = relevant

    def has_news(self, group: StoryArticles) -> bool:
        """Tell if the articles say something that the destination has not read."""
        if not group.earlier:
            return True
        if group.is_repeat():
            return False
        candidates = self._candidates(group.fresh, tuned.DEVELOPING.articles)
        return not candidates or bool(self._new(candidates, group))

    def draft(self, group: StoryArticles, weight: float = 0.0) -> StoryDraft:
        """The story; its points repeat none of the earlier articles, and the newest come first."""
        articles = tuned.DEVELOPING.articles if group.earlier else self._read
        said = self._candidates(group.fresh, articles)
        titles = [each.article.metadata.title or "" for each in group.fresh]
        candidates = self._on_topic(self._current(self._new(said, group)), titles)
        chosen = choose_points(candidates, self._frequencies, self._articles, titles, full=self._full)
        chosen.sort(key=lambda each: each.day, reverse=True)
        story = Story(
            title=headline(with_shares(group.fresh), [own for _, own in said], chosen),
            files=tuple(each.article.file for each in group.fresh),
            outlets=_outlets(group.fresh),
            origin=self._origin(group.fresh),
            points=(),
            new=not group.earlier,
            earlier=len(group.earlier),
            articles=tuple(each.article.key for each in central(group.fresh, tuned.POINTS.full[2])),
        )
        points = tuple(CitedText(each.text, (cite_part(each.passage, 0, each.start, each.end),)) for each in chosen)
        told = tuple(each.article.key for each in group.fresh)
        lift = tuned.STORIES.mark_weight * (count_sources(group.pieces) > 1)
        cited = list(dict.fromkeys(each.article.id for each in chosen))
        leads = tuple(leading_passages(self._connection, cited, LEADS))
        return StoryDraft(
            story, points, self._evidence(chosen, group.fresh), leads, told=told, weight=weight, lift=lift
        )

    @property
    def _read(self) -> int:
        """The most articles of a new story whose sentences are candidates."""
        return tuned.POINTS.full[2] if self._full else tuned.POINTS.articles

    def _current(self, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """The candidates that can be read alone and are not overtaken; all of them if there are no such ones."""
        said = [own for _, own in candidates]
        alone = [(place, own) for place, own in candidates if opens_a_point(own.text)]
        kept = [each for each in alone if not is_overtaken(each[1].article, each[1].text, said)]
        return kept or alone or candidates

    def _on_topic(self, candidates: Sequence[Candidate], titles: Sequence[str]) -> Sequence[Candidate]:
        """The worthiest of the candidates that say something of the digest's topic."""
        if self._relevant is None:
            return candidates
        most = tuned.POINTS.held_against_topic * (1 + self._full)
        best = rank(candidates, self._frequencies, self._articles, titles)[:most]
        kept = self._relevant([own.text for _, own in best])
        return [each for each, is_kept in zip(best, kept, strict=True) if is_kept]

    def _evidence(self, chosen: Sequence[Sentence], fresh: Sequence[DigestArticle]) -> tuple[tuple[Passage, ...], ...]:
        """The first passages of the oldest article of every origin, of the origins of the chosen sentences first.

        Sources are compared that wrote at one time: of copies the one that came out with the others.
        """
        oldest: dict[int, Article] = {}
        for article in sorted((each.article for each in fresh), key=lambda each: each.metadata.published or "9"):
            oldest.setdefault(article.story, article)
        said = (each.passage.article for each in chosen)
        first = _one_of_each_origin(oldest[each.story] for each in (*said, *(each.article for each in fresh)))
        read = leading_passages(self._connection, list(first), self._depth)
        return tuple(tuple(own) for _, own in groupby(read, key=lambda passage: passage.article.id))

    def _new(self, candidates: Sequence[Candidate], group: StoryArticles) -> Sequence[Candidate]:
        if not group.earlier:
            return candidates
        return without_repeats(candidates, self._candidates(group.earlier, tuned.DEVELOPING.articles))

    def _candidates(self, articles: Sequence[DigestArticle], count: int) -> list[Candidate]:
        """The sentences that the most central of the articles begin with."""
        read = dict.fromkeys([*ids(central(articles, count)), *ids(newest(articles))])
        leads = tuned.POINTS.full[3] if self._full else LEADS
        found = find_candidates(leading_passages(self._connection, list(read), leads))
        closing = {sentence for each in articles for sentence in each.piece.closing}
        return [(place, own) for place, own in found if not is_closing(own.text, closing)]

    def _origin(self, articles: Sequence[DigestArticle]) -> str | None:
        """The agency whose piece several articles print; it may be credited outside of their passages alone."""
        printed = Counter(each.article.story for each in articles)
        copies = [each.article.id for each in articles if printed[each.article.story] > 1]
        return common_agency(article_text(self._connection, article) for article in copies)


def _one_of_each_origin(articles: Iterable[Article]) -> Iterator[int]:
    """The ids of the first articles that share no origin."""
    distinct = {article.id: article for article in articles}.values()
    firsts: dict[int, int] = {}
    for article in islice(distinct, tuned.DEVELOPING.articles):
        firsts.setdefault(article.story, article.id)
    return islice(firsts.values(), tuned.POINTS.articles)


def _outlets(articles: Iterable[DigestArticle]) -> tuple[str, ...]:
    outlets = (article.article.metadata.outlet for article in articles)
    return tuple(dict.fromkeys(outlet for outlet in outlets if outlet))


def rewrite(draft: DigestDraft, write: Write) -> DigestDraft:
    """The digest with points written by a model, one call a story; a story whose call fails keeps its own.

    Stories not written after `SECONDS` are not waited for. A story still developing is not written: its points must
    add to what the destination has read, so they stay the sentences that were compared with that.
    """
    leads = [list(story.cited_leads) if story.story.new else [] for story in draft.stories]

    def attempt(number: int) -> tuple[int, CheckedReply | ChatError]:
        try:
            return number, write(draft.stories[number].story.title, leads[number])
        except ChatError as error:
            return number, error

    asked = [number for number, passages in enumerate(leads) if passages]
    executor = BoundedExecutor(_AT_ONCE)
    came = dict.fromkeys(asked, _LATE) | dict(executor.map_unordered(attempt, asked, seconds=SECONDS))
    outcomes = [came.get(number) for number in range(len(leads))]
    failed = [outcome for outcome in outcomes if isinstance(outcome, ChatError)]
    written = [outcome if isinstance(outcome, CheckedReply) else None for outcome in outcomes]
    digest = replace(
        draft.digest,
        model=next((each.model for each in written if each and each.sentences), None),
        dropped=sum(each.dropped for each in written if each),
        note=_unwritten(failed, len(outcomes)) if failed else None,
    )
    return DigestDraft(digest, tuple(map(_with_points, draft.stories, written)))


def _with_points(story: StoryDraft, written: CheckedReply | None) -> StoryDraft:
    if not written or not written.sentences:
        return story
    points = tuple(CitedText(sentence.text, sentence.citations) for sentence in written.sentences[: tuned.POINTS.most])
    return replace(story, points=points)


def _unwritten(failed: Sequence[ChatError], stories: int) -> str:
    reason = failed[0].reason
    return Phrase("{failed} of {count} stories not written: {reason}", failed=len(failed), count=stories, reason=reason)
