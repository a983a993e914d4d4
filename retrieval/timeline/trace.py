"""A topic's statements day by day, and where somebody says other than before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import TypeVar

from retrieval import tuned
from retrieval.domain.answers import Change, Timeline, TimelineEntry
from retrieval.domain.articles import Embed, Hit
from retrieval.domain.citations import Citation
from retrieval.evidence.citations import Numbering
from retrieval.evidence.positions import courses, is_later, is_turn
from retrieval.evidence.sentence_selection import Evidence, cite, headed, weigh
from retrieval.nlp.actors import Actors, stands_alone
from retrieval.nlp.entities import is_named, same_entity
from retrieval.nlp.statements import Sentence, statements
from retrieval.nlp.tokens import content_terms, terms
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found
from retrieval.timeline.series import find_series

About = Callable[[Sentence], bool]


@dataclass(frozen=True, slots=True)
class TimelineStatement:
    """A sentence of a dated article, and who says or does it as far as that is told."""

    sentence: Sentence
    actor: str | None

    @property
    def day(self) -> str:
        """The ISO day of its article."""
        return self.sentence.day


def state(hits: Sequence[Hit], actors: Actors, about: About, around: About) -> Iterator[TimelineStatement]:
    """The statements about something, or around it, in dated passages that can be read alone."""
    for hit in hits:
        day = hit.passage.article.metadata.day
        for sentence in statements(hit.passage, hit.score) if day else ():
            if (hit.cosine >= tuned.TIMELINE.near_from or about(sentence) or around(sentence)) and stands_alone(
                sentence.text
            ):
                yield TimelineStatement(sentence, actors.of(sentence.text))


Each = TypeVar("Each")
# A statement, and what speaks for its being about the topic.
Step = tuple[TimelineStatement, Evidence]


def trace(query: Question, found: Found, embed: Embed, who: str | None = None) -> Timeline:
    """The statements about the topic of a query by the day of their articles, oldest first.

    With `who` only theirs, and those of whoever speaks for them. What says the same that day is told once; where there
    is too much, some of each stretch of time is kept.
    """
    course = follow(query, found, embed, who)
    kept = in_order(spread(course.steps, lambda step: step[0].day, tuned.TIMELINE.entries))
    changes = find_changes(kept, frozenset(found.weights), course.actors)
    numbering = Numbering()

    def cited(sentence: Sentence) -> Citation:
        (number,) = numbering.number([cite(sentence, 0)])
        return numbering.citations[number - 1]

    return Timeline(
        topic=query.text,
        entries=tuple(
            TimelineEntry(date=each.day, actor=each.actor, text=quote.quote, change=change, citation=quote)
            for (each, _), change in zip(kept, changes, strict=True)
            for quote in (cited(each.sentence),)
        ),
        searched=found.searched,
        undated=course.undated,
        found=len(course.steps),
        actor=who,
        series=find_series((stated.sentence for stated, _ in course.repeated), cited),
    )


def find_changes(steps: Sequence[Step], matter: frozenset[str], actors: Actors) -> list[Change | None]:
    """The change of each statement against those before it, which come oldest first.

    The newest statement that is on the matter and tells of a turn changes what came before, in whichever words.
    """
    changes = list(courses([(stated.actor, own) for stated, own in steps], matter, actors))
    least = tuned.POSITION.turn_from * max((own.score for _, own in steps), default=0.0)
    turns = [place for place, (_, own) in enumerate(steps) if own.score >= least and is_turn(own.sentence.text)]
    if turns and _has_before(steps[: turns[-1]], steps[turns[-1]], actors):
        changes[turns[-1]] = "changed"
    return changes


def _has_before(before: Sequence[Step], now: Step, actors: Actors) -> bool:
    """Tell if an older article has a statement that may be of the same actor and tells of no turn itself."""
    stated, own = now
    return any(
        is_later(own.sentence.article, earlier.sentence.article)
        and actors.may_agree(each.actor, stated.actor)
        and not is_turn(earlier.sentence.text)
        for each, earlier in before
    )


@dataclass(frozen=True, slots=True)
class Course:
    """All statements about a topic, strongest first; `undated` counts the articles about it without a date.

    `repeated` are those with what says nearly the same on one day, which may differ in a figure.
    """

    steps: list[Step]
    actors: Actors
    undated: int
    repeated: list[Step]


def follow(query: Question, found: Found, embed: Embed, who: str | None = None) -> Course:
    """The statements about the topic of a query, with `who` only theirs."""
    hits = {hit.passage.id: hit for hit in (*found.hits, *found.across)}
    topic = _Topic(query, found)
    actors = Actors(hit.passage.text for hit in hits.values())
    stated = _first_told(list(state(list(hits.values()), actors, topic.is_told, topic.is_around)))
    own = [each for each in stated if not who or (each.actor and actors.stands_for(each.actor, who))]
    chosen = _most_about(own, topic)
    chosen = _named_once(chosen, Counter(each.actor for each in stated if each.actor))
    undated = (hit for hit in hits.values() if not hit.passage.article.metadata.published)
    count = len({hit.passage.article.id for hit in undated if any(map(topic.is_told, statements(hit.passage)))})
    weighed = _weighed(query, found, chosen, embed)
    return Course(_once(weighed), actors, count, weighed)


def in_order(steps: Iterable[Step]) -> list[Step]:
    """The statements by their days, oldest first."""
    return sorted(steps, key=lambda step: _place(step[0].sentence))


def _first_told(stated: Sequence[TimelineStatement]) -> list[TimelineStatement]:
    """Each sentence on the day it was first printed: the background of a matter is told again in the same words."""
    newest_first = sorted(stated, key=lambda each: each.day, reverse=True)
    return list({tuple(terms(each.sentence.text)): each for each in newest_first}.values())


class _Topic:
    """The topic's terms by their weight, its names in any form, and how much of them a sentence has."""

    def __init__(self, query: Question, found: Found) -> None:
        self._weights = found.weights
        self._names = query.names
        self._total = sum(found.weights.values()) or 1.0

    def is_told(self, sentence: Sentence) -> bool:
        """Tell if a sentence has enough of the topic to be about it."""
        return self._share(sentence.terms) >= tuned.TIMELINE.entry_coverage

    def is_around(self, sentence: Sentence) -> bool:
        """Tell if a sentence has something of the topic, and its passage with the headline enough."""
        some = any(self._has(sentence.terms, term) for term in self._weights)
        return some and self._share(headed(sentence.passage)) >= tuned.TIMELINE.entry_coverage

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
    """The longest name of the same one, of two the more usual; the name itself where it may be of two: "Trump"."""
    same = [other for other in names if same_entity(name, other)]
    same.sort(
        key=lambda other: (not other.istitle() and not other.isupper(), -len(other.split()), -names[other], other)
    )
    return same[0] if all(same_entity(same[0], other) for other in same) else name


def _most_about(stated: Sequence[TimelineStatement], topic: _Topic) -> list[TimelineStatement]:
    """Those whose vectors are made: about the topic by their words, no more than some of an article.

    Of an article whose sentences have too few of them, those around it are: what it tells may be told in other words.
    """
    shares = [(topic.covered(each), each) for each in stated]
    spoken = {each.sentence.article.id for share, each in shares if share >= tuned.TIMELINE.entry_coverage}
    shares = [
        (share if each.sentence.article.id in spoken else tuned.TIMELINE.entry_coverage, each) for share, each in shares
    ]
    of_article = Counter[int]()
    best: list[TimelineStatement] = []
    for share, each in sorted(shares, key=lambda pair: -pair[0]):
        of_article[each.sentence.article.id] += 1
        few = of_article[each.sentence.article.id] <= tuned.TIMELINE.entry_sentences
        if few and share >= tuned.TIMELINE.entry_coverage:
            best.append(each)
    return spread(best, lambda each: each.day, tuned.TIMELINE.entries_weighed)


def _weighed(query: Question, found: Found, chosen: Sequence[TimelineStatement], embed: Embed) -> list[Step]:
    """Those that are about the topic, strongest first."""
    by_place = {each.sentence.place: each for each in chosen}
    weighed = weigh(query, found, [stated.sentence for stated in chosen], embed)
    # Of a topic of two words nothing is very near.
    nearest = max((each.cosine for each in weighed), default=0.0)
    least = max(min(tuned.TIMELINE.entry_cosine, tuned.TIMELINE.near_best * nearest), tuned.TIMELINE.turn_cosine)
    return [
        (by_place[each.sentence.place], each)
        for each in weighed
        if each.cosine >= (tuned.TIMELINE.turn_cosine if is_turn(each.sentence.text) else least)
    ]


def _once(ranked: Sequence[Step]) -> list[Step]:
    """The strongest of what says the same on one day."""
    kept: list[Step] = []
    for stated, own in ranked:
        near = (
            float(own.vector @ other.vector) for before, other in kept if before.sentence.day == stated.sentence.day
        )
        if max(near, default=0.0) <= tuned.TIMELINE.same_entry:
            kept.append((stated, own))
    return kept


def _place(sentence: Sentence) -> tuple[str, str, str, int]:
    return sentence.day, sentence.article.metadata.published or "", sentence.article.file, sentence.offset


def spread(ranked: Sequence[Each], day: Callable[[Each], str], count: int) -> list[Each]:
    """`count` of those ranked: of each stretch of time the best, then the second; newest first, then oldest."""
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
