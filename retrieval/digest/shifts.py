"""Finds actors who take another position than in an earlier article."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from retrieval import tuned
from retrieval.domain.vectors import Embed
from retrieval.evidence.positions import (
    Actors,
    changed,
    is_later,
    is_turn,
    names_others,
    other_terms,
    position,
    shared_terms,
)
from retrieval.evidence.sentence_selection import Evidence, weigh
from retrieval.nlp.markup import readable
from retrieval.nlp.names import actor
from retrieval.nlp.statements import Sentence, statements
from retrieval.question.understanding import Question, clean
from retrieval.search.hybrid import Found

# Searches the earlier articles.
Seek = Callable[[Question], Found]
# An earlier statement, and the later one with another position.
Shift = tuple[Sentence, Sentence]
# More shared terms than this do not count.
_MOST_SHARED = 3


def find_shift(sentences: Sequence[Sentence], seek: Seek, embed: Embed) -> Shift | None:
    """The earlier statement and the sentence that reports another position; None where there is none.

    A change that another article has reported in between is no news.
    """
    turns = [each for each in sentences if each.day and is_turn(each.text)]
    # A sentence that names both the new and the old position surely reports a turn.
    turns.sort(key=lambda each: -sum((position(each.text).turned, position(each.text).before)))
    for now in turns[: tuned.SHIFTS.searches]:
        matter = clean(now.text)
        query = Question(matter, matter)
        found = seek(query)
        earlier = list(_earlier(now, found))
        weighed = {id(each.sentence): each for each in weigh(query, found, [now, *earlier], embed)}
        before = _before(weighed.pop(id(now)), list(weighed.values()))
        if before:
            return before, now
    return None


def _earlier(now: Sentence, found: Found) -> Iterator[Sentence]:
    """The sentences of earlier articles of another origin."""
    for sentence in (sentence for hit in found.hits for sentence in statements(hit.passage, hit.score)):
        if is_later(now.article, sentence.article) and sentence.article.story != now.article.story:
            yield sentence


def _before(now: Evidence, earlier: Sequence[Evidence]) -> Sentence | None:
    """The nearest earlier statement that the turn changes, unless an article has reported the turn since."""
    passages = [now.sentence.passage, *(each.sentence.passage for each in earlier)]
    actors = Actors(readable(passage.text) for passage in {each.id: each for each in passages}.values())
    who = actor(now.sentence.text)
    told = []
    for each in earlier:
        other = actor(each.sentence.text)
        if actors.may_agree(other, who) and not names_others(each.sentence.text, now.sentence.text, other, who):
            matter = other_terms(now.sentence.terms, who)
            told.append((changed(each, now, matter, sure=actors.agree(other, who)), each))
    since = max(
        (each.sentence.day for change, each in told if change == "same" and is_turn(each.sentence.text)), default=""
    )
    held = [
        (_nearness(each, now, who), each.sentence)
        for change, each in told
        if change == "changed" and each.sentence.day > since and position(each.sentence.text).taken
    ]
    nearness, best = max(held, key=lambda pair: pair[0], default=(0.0, None))
    return best if nearness >= tuned.SHIFTS.near else None


def _nearness(each: Evidence, now: Evidence, who: str | None) -> float:
    """The similarity of two statements, by their vectors and shared terms besides the actor; 0 for a single shared
    term.
    """
    shared = len(shared_terms(each, now, other_terms(now.sentence.terms, who)))
    near = float(each.vector @ now.vector)
    if shared < 2 and near < tuned.TIMELINE.same_position:
        return 0.0
    return near + tuned.SHIFTS.shared * min(shared, _MOST_SHARED)
