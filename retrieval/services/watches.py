"""Watched topics: the team learns once when a position changes, sources begin to disagree, or there is new evidence.

A topic is looked at again only when passages about it came in, of articles that repeat no older one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from retrieval import tuned
from retrieval.domain.answers import Conflict
from retrieval.domain.articles import SHARED, Article, Filter
from retrieval.domain.citations import Citation
from retrieval.domain.reports import Brief, BriefStatement, Look, NewsKind, Watch, WatchedFor, WatchNews, WatchState
from retrieval.evidence.citations import Numbering
from retrieval.evidence.sentence_selection import headed, share
from retrieval.nlp.markup import readable
from retrieval.nlp.tokens import content_terms
from retrieval.question.understanding import about
from retrieval.search.hybrid import weigh_terms
from retrieval.services.briefs import Briefs, NoteRequest
from retrieval.services.corpus import Corpus
from retrieval.storage.articles import has_other_scopes
from retrieval.storage.deliveries import WatchList, first_told, newest_ids, passages_after
from retrieval.storage.passages import count_passages, load_passages

# Passages whose texts are in memory at a time.
_BATCH = 500
# The weights of a topic are found anew once so many times as much is stored.
_GROWN = 1.05
# The news that a watch wants.
_WANTED: Mapping[WatchedFor, frozenset[NewsKind]] = {
    "changes": frozenset({"changed"}),
    "disagreements": frozenset({"disagreement"}),
    "anything": frozenset({"changed", "disagreement", "new"}),
}


@dataclass(frozen=True, slots=True)
class NewPassage:
    """The terms of a passage that came in, with those it stands under, and its article."""

    passage: int
    article: Article
    terms: frozenset[str]


class Arrivals:
    """The passages that came in, read once for all the watches that are checked together."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._read: dict[int, list[NewPassage]] = {}
        self._hidden: dict[tuple[str, ...], bool] = {}
        with corpus.catalog.reading() as connection:
            self.passage, self.article = newest_ids(connection)

    def after(self, passage: int) -> list[NewPassage]:
        """The passages stored after this one."""
        if passage not in self._read:
            self._read[passage] = list(self._load(passage))
        return self._read[passage]

    def visible(self, only: Filter) -> Filter:
        """The filter without its scopes where all articles are of them: searches without are faster."""
        if only.scopes is None:
            return only
        scopes = tuple(only.scopes)
        if scopes not in self._hidden:
            with self._corpus.catalog.reading() as connection:
                self._hidden[scopes] = has_other_scopes(connection, scopes)
        return only if self._hidden[scopes] else replace(only, scopes=None)

    def _load(self, passage: int) -> Iterator[NewPassage]:
        with self._corpus.catalog.reading() as connection:
            ids = [each for each in passages_after(connection, passage) if each <= self.passage]
            for first in range(0, len(ids), _BATCH):
                for each in load_passages(connection, ids[first : first + _BATCH]).values():
                    yield NewPassage(each.id, each.article, headed(each))


class Watches:
    """Watches topics."""

    def __init__(self, corpus: Corpus, briefs: Briefs) -> None:
        self._corpus = corpus
        self._briefs = briefs
        self.kept = WatchList(corpus.catalog)
        self._weights: dict[tuple[str, Sequence[str] | None], tuple[int, Mapping[str, float]]] = {}

    def add(self, scope: str, topic: str, only: WatchedFor = "anything", day: date | None = None) -> Watch:
        """Watch a topic; what the articles say of it now is no news.

        Raises:
            QuestionError: the topic has no words.
        """
        topic, state = self.begin(scope, topic, day)
        return self.kept.add(scope, topic, only, state)

    def begin(self, scope: str, topic: str, day: date | None = None) -> tuple[str, WatchState]:
        """A topic as it is to be watched, and what the articles say of it now.

        Raises:
            QuestionError: the topic has no words.
        """
        arrivals = self.arrivals()
        topic = about(topic).text
        return topic, self._seen(arrivals, self._note(scope, topic, day))

    def preview(self, watch: Watch, day: date | None = None) -> WatchNews | None:
        """The news as if all the articles about a topic had just come in."""
        note = self._note(watch.scope, watch.topic, day)
        return _news(watch, WatchState(passage=0, article=0), note, frozenset(each.key for each in note.citations))

    def arrivals(self) -> Arrivals:
        """The new articles, for the watches that are checked together."""
        return Arrivals(self._corpus)

    def check(self, watch: Watch, arrivals: Arrivals, day: date | None = None) -> Look:
        """Look at a topic again, if articles about it came in since the last look.

        The news is told by the caller, who then keeps the state: so none is lost.
        """
        if watch.state is None:
            return Look(self._seen(arrivals, self._note(watch.scope, watch.topic, day)))
        if arrivals.passage <= watch.state.passage:
            return Look(watch.state)
        fresh = self._fresh(watch, watch.state, arrivals)
        if not fresh:
            return Look(_moved(watch.state, arrivals))
        note = self._note(watch.scope, watch.topic, day)
        state = self._seen(arrivals, note, watch.state)
        return Look(state, _news(watch, watch.state, note, fresh))

    def _note(self, scope: str, topic: str, day: date | None) -> Brief:
        return self._briefs.extract(NoteRequest(topic=topic, only=_only(scope), as_of=day, length="long"))

    def _fresh(self, watch: Watch, state: WatchState, arrivals: Arrivals) -> frozenset[str]:
        """The keys of the new articles about a topic that repeat no older one."""
        only = _only(watch.scope)
        new = [
            each for each in arrivals.after(state.passage) if only.scopes is None or each.article.scope in only.scopes
        ]
        if not new:
            return frozenset()
        only = arrivals.visible(only)
        with self._corpus.catalog.reading() as connection:
            weights = self._weigh(connection, watch.topic, only)
            near = [each.article for each in new if share(weights, each.terms) >= tuned.TIMELINE.entry_coverage]
            firsts = first_told(connection, list({each.story for each in near}), only.scopes)
        return frozenset(each.key for each in near if firsts.get(each.story, 0) > state.article)

    def _weigh(self, connection: Connection, topic: str, only: Filter) -> Mapping[str, float]:
        """The weights of a topic's terms, kept until a twentieth more is stored: finding who holds an office in the
        topic takes as long as a search.
        """
        key, stored = (topic, only.scopes), count_passages(connection)
        if (kept := self._weights.get(key)) and kept[0] <= stored <= kept[0] * _GROWN:
            return kept[1]
        query = about(topic)
        weights = weigh_terms(connection, query, only)
        # A word that was corrected may be in the next article as it is.
        if weights.keys() >= set(content_terms(query.focus)):
            self._weights[key] = stored, weights
        return weights

    def _seen(self, arrivals: Arrivals, note: Brief, before: WatchState | None = None) -> WatchState:
        """The state after a look; what was once seen in dispute stays so."""
        moved = _moved(before or WatchState(passage=0, article=0), arrivals)
        turned = max((each.statement.published for each in note.positions if each.changed), default="")
        disputed = (side.said for conflict in note.disagreements for side in conflict.sides)
        return replace(
            moved,
            position=_cited(note, note.sentence) if note.sentence else moved.position,
            turned=max(turned, moved.turned),
            disputed=tuple(dict.fromkeys((*moved.disputed, *disputed))),
        )


def _only(scope: str) -> Filter:
    """The articles that a scope sees; an operator, whose watches have the shared scope, sees all."""
    return Filter() if scope == SHARED else Filter(scopes=(SHARED, scope))


def _moved(state: WatchState, arrivals: Arrivals) -> WatchState:
    return replace(state, passage=max(state.passage, arrivals.passage), article=max(state.article, arrivals.article))


def _news(watch: Watch, before: WatchState, note: Brief, fresh: frozenset[str]) -> WatchNews | None:
    """The news of a look that the watch wants, the weightiest; None where there is none."""
    if note.sentence is None:
        return None
    kinds = _WANTED[watch.only]
    if "changed" in kinds and (news := _changed(before, note, fresh)):
        return news
    if "disagreement" in kinds and (news := _disagreement(before, note, fresh)):
        return news
    if "new" in kinds and _cited(note, note.sentence).key in fresh:
        return _told(note, "new", note.sentence, before.position)
    return None


def _changed(before: WatchState, note: Brief, fresh: frozenset[str]) -> WatchNews | None:
    """A position that a new article changes; not one that was changed before the last known turn: that is retold."""
    for held in note.positions:
        is_new = held.changed and _cited(note, held.statement).key in fresh
        if is_new and held.was and held.was.published >= before.turned:
            return _told(note, "changed", held.statement, _cited(note, held.was), held.was.actor)
    return None


def _disagreement(before: WatchState, note: Brief, fresh: frozenset[str]) -> WatchNews | None:
    """A dispute that a new article began, about nothing that was in dispute before."""
    for conflict in note.disagreements:
        keys = {_citation(note, number).key for side in conflict.sides for number in side.citations}
        if keys & fresh and note.sentence and not any(side.said in before.disputed for side in conflict.sides):
            return _told(note, "disagreement", note.sentence, None, conflict=conflict)
    return None


def _told(
    note: Brief,
    kind: NewsKind,
    statement: BriefStatement,
    was: Citation | None,
    actor: str | None = None,
    conflict: Conflict | None = None,
) -> WatchNews:
    """The news with citations of its own, numbered from 1."""
    numbering = Numbering()

    def number(numbers: tuple[int, ...]) -> tuple[int, ...]:
        return numbering.number([_citation(note, each) for each in numbers])

    now = replace(statement, citations=number(statement.citations))
    earlier = None
    if was:
        quoted = readable(was.quote)
        earlier = BriefStatement(text=quoted, citations=numbering.number([was]), published=was.day, actor=actor)
    if conflict:
        conflict = Conflict(tuple(replace(side, citations=number(side.citations)) for side in conflict.sides))
    return WatchNews(
        topic=note.topic, kind=kind, statement=now, was=earlier, conflict=conflict, citations=numbering.citations
    )


def _citation(note: Brief, number: int) -> Citation:
    return next(each for each in note.citations if each.number == number)


def _cited(note: Brief, statement: BriefStatement) -> Citation:
    return _citation(note, statement.citations[0])
