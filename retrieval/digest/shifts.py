"""Where somebody takes another position than in an earlier article."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from retrieval import thresholds
from retrieval.evidence.changes import Actors, changed, is_later, names_others, other_terms, shared_terms
from retrieval.evidence.sentence_selection import Embed, Evidence, Sentence, headed, said, weigh
from retrieval.models import Hit
from retrieval.nlp.agents import actor
from retrieval.nlp.positions import position
from retrieval.nlp.readable import readable
from retrieval.nlp.tokens import content_terms
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
    turns = [each for each in sentences if day(each) and _turns(each)]
    # What says both that it is given up and what it was tells of a turn for sure.
    turns.sort(key=lambda each: -sum((position(each.text).turned, position(each.text).before)))
    for now in turns[: thresholds.SHIFT_SEARCHES]:
        matter = clean(now.text)
        query = Question(matter, matter)
        found = seek(query)
        earlier = list(_earlier(now, found))
        weighed = {id(each.sentence): each for each in weigh(query, found, [now, *earlier], embed)}
        before = _before(weighed.pop(id(now)), list(weighed.values()))
        if before:
            return before, now
    return None


def day(sentence: Sentence) -> str:
    """The day an article came out, empty where it is unknown."""
    return sentence.hit.passage.article.metadata.day


def _turns(sentence: Sentence) -> bool:
    taken = position(sentence.text)
    return taken.turned or taken.before


def _earlier(now: Sentence, found: Found) -> Iterator[Sentence]:
    """What earlier articles of another origin say."""
    own = now.hit.passage.article
    for each in (each for hit in found.hits for each in said(hit)):
        article = each.hit.passage.article
        if is_later(own, article) and article.story != own.story:
            yield each


def _before(now: Evidence, earlier: Sequence[Evidence]) -> Sentence | None:
    """The nearest of the earlier statements that the turn changes, unless it was told since."""
    hits: list[Hit] = [now.sentence.hit, *(each.sentence.hit for each in earlier)]
    actors = Actors(readable(hit.passage.text) for hit in {hit.passage.id: hit for hit in hits}.values())
    who = actor(now.sentence.text)
    told = [
        (changed(each, now, other_terms(now.sentence.terms, who), sure=actors.agree(other, who)), each)
        for each, other in ((each, actor(each.sentence.text)) for each in earlier)
        if _is_theirs(actors, each, other, now, who)
        and not names_others(each.sentence.text, now.sentence.text, other, who)
    ]
    since = max((day(each.sentence) for change, each in told if change == "same" and _turns(each.sentence)), default="")
    held = [
        (_nearness(each, now, who), each.sentence)
        for change, each in told
        if change == "changed" and day(each.sentence) > since and position(each.sentence.text).taken
    ]
    nearness, best = max(held, key=lambda pair: pair[0], default=(0.0, None))
    return best if nearness >= thresholds.SHIFT_NEAR else None


def _is_theirs(actors: Actors, each: Evidence, other: str | None, now: Evidence, who: str | None) -> bool:
    """Whether an earlier statement is of the one who turns; where it names nobody its passage must name them, and where
    the turn itself says what was before, it may be of anybody.
    """
    taken = position(now.sentence.text)
    if actors.agree(other, who) or (taken.turned and taken.before):
        return True
    return other is None and who is not None and frozenset(content_terms(who)) <= headed(each.sentence.hit)


def _nearness(each: Evidence, now: Evidence, who: str | None) -> float:
    """How near two statements lie, by their vectors and the terms they share beside who acts; 0 for a single term."""
    shared = len(shared_terms(each, now, other_terms(now.sentence.terms, who)))
    near = float(each.vector @ now.vector)
    if shared < 2 and near < thresholds.SAME_POSITION:
        return 0.0
    return near + thresholds.SHIFT_SHARED * min(shared, _MOST_SHARED)
