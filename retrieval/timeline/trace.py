"""What was said and done about a topic, day by day, and where somebody says other than before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import TypeVar

from retrieval import tuned
from retrieval.domain.searches import Hit
from retrieval.domain.timelines import Timeline, TimelineEntry
from retrieval.evidence.changes import Actors, courses
from retrieval.evidence.sentence_selection import Embed, Evidence, Sentence, cite, headed, said, weigh
from retrieval.nlp.entities import is_named, same_entity
from retrieval.nlp.positions import is_turn
from retrieval.nlp.readable import readable
from retrieval.nlp.tokens import content_terms, terms
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found
from retrieval.timeline.statements import TimelineStatement, state

Each = TypeVar("Each")
# A statement, and what speaks for its being about the topic.
Step = tuple[TimelineStatement, Evidence]


def trace(query: Question, found: Found, embed: Embed, who: str | None = None) -> Timeline:
    """The statements about the topic of a query by the day of their articles, oldest first.

    With `who` only theirs, and those of whoever is said to speak for them: of a country, its president. Undated
    articles are left out: nobody knows where they belong. What says the same that day is told once, and where there is
    too much, some of each stretch of time.
    """
    course = follow(query, found, embed, who)
    kept = spread(course.steps, lambda step: step[0].day, tuned.TIMELINE.entries)
    return Timeline(
        topic=query.text,
        entries=tuple(_entries(in_order(kept), found, course.actors)),
        searched=found.searched,
        undated=course.undated,
        found=len(course.steps),
        actor=who,
    )


@dataclass(frozen=True, slots=True)
class Course:
    """All statements about a topic, strongest first; `undated` counts the articles about it without a date."""

    steps: list[Step]
    actors: Actors
    undated: int


def follow(query: Question, found: Found, embed: Embed, who: str | None = None) -> Course:
    """The statements about the topic of a query, with `who` only theirs."""
    hits = {hit.passage.id: hit for hit in (*found.hits, *found.across)}
    topic = _Topic(query, found)
    actors = Actors(readable(hit.passage.text) for hit in hits.values())
    stated = _first_told(list(state(list(hits.values()), topic.is_told, topic.is_around)))
    chosen = _promising(_by(who, stated, actors) if who else stated, topic)
    chosen = _named_once(chosen, Counter(each.actor for each in stated if each.actor))
    return Course(_once(_weighed(query, found, chosen, embed)), actors, _undated(hits.values(), topic))


def in_order(steps: Iterable[Step]) -> list[Step]:
    """The statements by their days, oldest first."""
    return sorted(steps, key=lambda step: (step[0].day, _place(step[0])))


def _undated(hits: Iterable[Hit], topic: _Topic) -> int:
    """How many articles without a date have a sentence about the topic."""
    undated = (hit for hit in hits if not hit.passage.article.metadata.published)
    return len({hit.passage.article.id for hit in undated if any(map(topic.is_told, said(hit)))})


def _by(who: str, stated: Sequence[TimelineStatement], actors: Actors) -> list[TimelineStatement]:
    return [each for each in stated if each.actor and (same_entity(each.actor, who) or actors.speaks(each.actor, who))]


def _first_told(stated: Sequence[TimelineStatement]) -> list[TimelineStatement]:
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
        return self._share(sentence.terms) >= tuned.TIMELINE.entry_coverage

    def is_around(self, sentence: Sentence) -> bool:
        """Whether a sentence has something of the topic, and its passage with the headline enough."""
        some = any(self._has(sentence.terms, term) for term in self._weights)
        return some and self._share(headed(sentence.hit)) >= tuned.TIMELINE.entry_coverage

    def covered(self, each: TimelineStatement) -> float:
        """The weighted share of the topic that a statement has."""
        actor = frozenset(content_terms(each.actor or ""))
        # Of a topic that names whoever acts, something else must be told.
        others = self._weights.keys() - actor
        if others and not any(self._has(each.sentence.terms, term) for term in others):
            return 0.0
        turned = is_turn(each.sentence.text) and self.is_around(each.sentence)
        return max(self._share(each.sentence.terms | actor), tuned.TIMELINE.entry_coverage * turned)

    def _share(self, there: frozenset[str]) -> float:
        return sum(weight for term, weight in self._weights.items() if self._has(there, term)) / self._total

    def _has(self, there: frozenset[str], term: str) -> bool:
        return term in there or (term in self._names and is_named(term, there))


def _named_once(chosen: Sequence[TimelineStatement], names: Mapping[str, int]) -> list[TimelineStatement]:
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


def _promising(stated: Sequence[TimelineStatement], topic: _Topic) -> list[TimelineStatement]:
    """Those whose vectors are made: about the topic by their words, no more than some of an article."""
    covering = [(topic.covered(each), each) for each in stated]
    ranked = sorted(covering, key=lambda pair: -pair[0])
    of_article = Counter[int]()
    best: list[TimelineStatement] = []
    for share, each in ranked:
        of_article[each.sentence.article.id] += 1
        if (
            share >= tuned.TIMELINE.entry_coverage
            and of_article[each.sentence.article.id] <= tuned.TIMELINE.entry_sentences
        ):
            best.append(each)
    return spread(best, lambda each: each.day, tuned.TIMELINE.entries_weighed)


def _weighed(query: Question, found: Found, chosen: Sequence[TimelineStatement], embed: Embed) -> list[Step]:
    """Those that are about the topic, strongest first."""
    by_place = {each.sentence.place: each for each in chosen}
    return [
        (by_place[each.sentence.place], each)
        for each in weigh(query, found, [stated.sentence for stated in chosen], embed)
        if each.cosine >= (tuned.TIMELINE.turn_cosine if is_turn(each.sentence.text) else tuned.TIMELINE.entry_cosine)
    ]


def _once(ranked: Sequence[Step]) -> list[Step]:
    """The strongest of what says the same on one day."""
    kept: list[Step] = []
    for stated, own in ranked:
        near = (float(own.vector @ other.vector) for before, other in kept if before.day == stated.day)
        if max(near, default=0.0) <= tuned.TIMELINE.same_entry:
            kept.append((stated, own))
    return kept


def _entries(kept: Sequence[Step], found: Found, actors: Actors) -> Iterator[TimelineEntry]:
    changes = courses([(stated.actor, own) for stated, own in kept], frozenset(found.weights), actors)
    for number, ((stated, _), change) in enumerate(zip(kept, changes, strict=True), 1):
        quote = cite(stated.sentence, number)
        yield TimelineEntry(date=stated.day, actor=stated.actor, text=quote.quote, change=change, citation=quote)


def _place(each: TimelineStatement) -> tuple[str, str, int]:
    article = each.sentence.article
    return article.metadata.published or "", article.file, each.sentence.offset


def spread(ranked: Sequence[Each], day: Callable[[Each], str], count: int) -> list[Each]:
    """`count` of those ranked best first: of each stretch of the time they span the best, then the second, and so on.

    The stretches are of one length; the newest takes its turn first, then the oldest.
    """
    if len(ranked) <= count:
        return list(ranked)
    days = [date.fromisoformat(day(each)).toordinal() for each in ranked]
    first, length = min(days), (max(days) - min(days) + 1) / tuned.TIMELINE.stretches
    stretches: dict[int, list[Each]] = defaultdict(list)
    for each, ordinal in zip(ranked, days, strict=True):
        stretches[int((ordinal - first) / length)].append(each)
    places = sorted(stretches)
    turns = zip_longest(*(stretches[place] for place in [*places[-1:], *places[:-1]]))
    return [each for turn in turns for each in turn if each is not None][:count]
