"""Where somebody takes another position than in an earlier article."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from retrieval import tuned
from retrieval.domain.searches import Hit
from retrieval.evidence.changes import Actors, changed, is_later, names_others, other_terms, shared_terms
from retrieval.evidence.sentence_selection import Embed, Evidence, Sentence, said, weigh
from retrieval.nlp.agents import actor
from retrieval.nlp.positions import is_turn, position
from retrieval.nlp.readable import readable
from retrieval.question.understanding import Question, clean
from retrieval.search.hybrid import Found

# Finds, for a question, what earlier articles say of it.
Seek = Callable[[Question], Found]
# An earlier statement, and the one that tells otherwise.
Shift = tuple[Sentence, Sentence]
# More shared terms than these make no two statements nearer.
_MOST_SHARED = 3


def find_shift(sentences: Sequence[Sentence], seek: Seek, embed: Embed) -> Shift | None:
    """A turn that one of the sentences tells of, with the earlier statement of the other position first.

    Where the turn was told in between it is no news.
    """
    turns = [each for each in sentences if each.day and is_turn(each.text)]
    # What says both that it is given up and what it was tells of a turn for sure.
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
    """What earlier articles of another origin say."""
    for each in (each for hit in found.hits for each in said(hit)):
        if is_later(now.article, each.article) and each.article.story != now.article.story:
            yield each


def _before(now: Evidence, earlier: Sequence[Evidence]) -> Sentence | None:
    """The nearest of the earlier statements that the turn changes, unless it was told since."""
    hits: list[Hit] = [now.sentence.hit, *(each.sentence.hit for each in earlier)]
    actors = Actors(readable(hit.passage.text) for hit in {hit.passage.id: hit for hit in hits}.values())
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
    """How near two statements lie, by their vectors and the terms they share beside who acts; 0 for a single term."""
    shared = len(shared_terms(each, now, other_terms(now.sentence.terms, who)))
    near = float(each.vector @ now.vector)
    if shared < 2 and near < tuned.TIMELINE.same_position:
        return 0.0
    return near + tuned.SHIFTS.shared * min(shared, _MOST_SHARED)
