"""What was said and done about a topic, day by day, and where somebody says other than before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from retrieval import tuned
from retrieval.domain.searches import Hit
from retrieval.domain.timelines import Timeline, TimelineEntry
from retrieval.evidence.changes import Actors, courses
from retrieval.evidence.sentence_selection import Embed, Evidence, Sentence, cite, headed, said, weigh
from retrieval.nlp.entities import is_named, same_entity
from retrieval.nlp.positions import is_turn, position
from retrieval.nlp.readable import readable
from retrieval.nlp.tokens import content_terms, terms
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found
from retrieval.timeline.spread import spread
from retrieval.timeline.statements import Statement, state


@dataclass(frozen=True, slots=True)
class _Step:
    """A statement with what speaks for its being about the topic."""

    stated: Statement
    evidence: Evidence
    score: float


def trace(query: Question, found: Found, embed: Embed, who: str | None = None) -> Timeline:
    """The statements about the topic of a query by the day of their articles, oldest first.

    With `who` only theirs, and those of whoever is said to speak for them: of a country, its president. Undated
    articles are left out: nobody knows where they belong. Of a story and actor one statement of a day is told, and
    where there are too many, some of each stretch of time.
    """
    hits = {hit.passage.id: hit for hit in (*found.hits, *found.across)}
    topic = _Topic(query, found)
    actors = Actors(readable(hit.passage.text) for hit in hits.values())
    stated = _first_told(list(state(list(hits.values()), topic.is_told, topic.is_around)))
    chosen = _promising(_by(who, stated, actors) if who else stated, topic)
    chosen = _named_once(chosen, Counter(each.actor for each in stated if each.actor))
    told = _once(_weighed(query, found, chosen, embed))
    kept = spread(told, lambda step: step.stated.day, tuned.ENTRIES)
    kept = sorted(kept, key=lambda step: (step.stated.day, _place(step.stated)))
    undated = _undated(hits.values(), topic)
    return Timeline(
        topic=query.text,
        entries=tuple(_entries(kept, found, actors)),
        searched=found.searched,
        undated=undated,
        found=len(told),
        actor=who,
    )


def _undated(hits: Iterable[Hit], topic: _Topic) -> int:
    """How many articles without a date have a sentence about the topic."""
    undated = (hit for hit in hits if not hit.passage.article.metadata.published)
    return len({hit.passage.article.id for hit in undated if any(map(topic.is_told, said(hit)))})


def _by(who: str, stated: Sequence[Statement], actors: Actors) -> list[Statement]:
    return [each for each in stated if each.actor and (same_entity(each.actor, who) or actors.speaks(each.actor, who))]


def _first_told(stated: Sequence[Statement]) -> list[Statement]:
    """Each sentence on the day it was first printed: the background of a matter is told again in the same words."""
    newest_first = sorted(stated, key=lambda each: each.day, reverse=True)
    return list({tuple(terms(each.sentence.text)): each for each in newest_first}.values())


class _Topic:
    """What a sentence must tell of: the topic's terms by their weight, its names in any form."""

    def __init__(self, query: Question, found: Found) -> None:
        self._weights = found.weights
        self._names = query.names
        self._total = sum(found.weights.values()) or 1.0

    def is_told(self, sentence: Sentence) -> bool:
        """Whether a sentence has enough of the topic to be about it."""
        return self._share(sentence.terms) >= tuned.ENTRY_COVERAGE

    def is_around(self, sentence: Sentence) -> bool:
        """Whether a sentence has something of the topic, and its passage with the headline enough."""
        some = any(self._has(sentence.terms, term) for term in self._weights)
        return some and self._share(headed(sentence.hit)) >= tuned.ENTRY_COVERAGE

    def covered(self, each: Statement) -> float:
        """The weighted share of the topic that a statement has."""
        actor = frozenset(content_terms(each.actor or ""))
        # Of a topic that names whoever acts, something else must be told.
        others = self._weights.keys() - actor
        if others and not any(self._has(each.sentence.terms, term) for term in others):
            return 0.0
        turned = is_turn(each.sentence.text) and self.is_around(each.sentence)
        return max(self._share(each.sentence.terms | actor), tuned.ENTRY_COVERAGE * turned)

    def _share(self, there: frozenset[str]) -> float:
        return sum(weight for term, weight in self._weights.items() if self._has(there, term)) / self._total

    def _has(self, there: frozenset[str], term: str) -> bool:
        return term in there or (term in self._names and is_named(term, there))


def _named_once(chosen: Sequence[Statement], names: Mapping[str, int]) -> list[Statement]:
    """Each actor under the fullest of the names that are given, where there is but one."""
    longest = {name: _fullest(name, names) for name in {each.actor for each in chosen if each.actor}}
    return [replace(each, actor=longest[each.actor]) if each.actor else each for each in chosen]


def _fullest(name: str, names: Mapping[str, int]) -> str:
    """The longest name of the same one; the name itself where it may be of two: "Trump", of Donald and Eric.

    Of two as long it is the more usual. What is no name ("Ukrainian leaders") gives way to one.
    """
    same = [other for other in names if same_entity(name, other)]
    same.sort(
        key=lambda other: (not other.istitle() and not other.isupper(), -len(other.split()), -names[other], other)
    )
    return same[0] if all(same_entity(same[0], other) for other in same) else name


def _promising(stated: Sequence[Statement], topic: _Topic) -> list[Statement]:
    """Those whose vectors are made: about the topic by their words, no more than some of an article."""
    covering = [(topic.covered(each), each) for each in stated]
    ranked = sorted(covering, key=lambda pair: -pair[0])
    of_article = Counter[int]()
    best: list[Statement] = []
    for share, each in ranked:
        of_article[each.sentence.article.id] += 1
        if share >= tuned.ENTRY_COVERAGE and of_article[each.sentence.article.id] <= tuned.ENTRY_SENTENCES:
            best.append(each)
    return spread(best, lambda each: each.day, tuned.ENTRIES_WEIGHED)


def _weighed(query: Question, found: Found, chosen: Sequence[Statement], embed: Embed) -> list[_Step]:
    """Those that are about the topic, strongest first: what takes a position gains by it."""
    by_sentence = {(each.sentence.hit.passage.id, each.sentence.start): each for each in chosen}
    steps = []
    for each in weigh(query, found, [stated.sentence for stated in chosen], embed):
        if each.cosine >= (tuned.TURN_COSINE if is_turn(each.sentence.text) else tuned.ENTRY_COSINE):
            stated = by_sentence[each.sentence.hit.passage.id, each.sentence.start]
            gain = tuned.POSITION_GAINS[position(each.sentence.text).strength]
            steps.append(_Step(stated, each, each.score + gain))
    return sorted(steps, key=lambda step: -step.score)


def _once(ranked: Sequence[_Step]) -> list[_Step]:
    """The strongest statement of each story and actor of a day; what says the same that day is one."""
    kept: list[_Step] = []
    seen: set[tuple[int, str, str | None]] = set()
    for step in ranked:
        key = step.stated.sentence.article.story, step.stated.day, step.stated.actor
        if key not in seen and not any(_repeats(step, other) for other in kept):
            seen.add(key)
            kept.append(step)
    return kept


def _repeats(step: _Step, other: _Step) -> bool:
    """Whether two say the same on one day."""
    near = float(step.evidence.vector @ other.evidence.vector)
    return step.stated.day == other.stated.day and near > tuned.SAME_ENTRY


def _entries(kept: Sequence[_Step], found: Found, actors: Actors) -> Iterator[TimelineEntry]:
    steps = [(step.stated.actor, step.evidence) for step in kept]
    changes = courses(steps, frozenset(found.weights), actors)
    for number, (step, change) in enumerate(zip(kept, changes, strict=True), 1):
        quote = cite(step.stated.sentence, number)
        yield TimelineEntry(
            date=step.stated.day, actor=step.stated.actor, text=quote.quote, change=change, citation=quote
        )


def _place(each: Statement) -> tuple[str, str, int]:
    article = each.sentence.article
    return article.metadata.published or "", article.file, each.sentence.offset
