"""Where somebody takes another position than in an earlier article."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from retrieval import thresholds
from retrieval.evidence.changes import changed
from retrieval.evidence.sentence_selection import Embed, Sentence, said, weigh
from retrieval.nlp.entities import same_entity
from retrieval.nlp.stance import Stance, stances
from retrieval.question.understanding import Question, clean
from retrieval.search.hybrid import Found

# Finds, for a question, what earlier articles say of it.
Seek = Callable[[Question], Found]
# An earlier statement, and the one that tells otherwise.
Shift = tuple[Sentence, Sentence]
_Held = tuple[Sentence, Stance]


def find_shift(sentences: Sequence[Sentence], seek: Seek, embed: Embed) -> Shift | None:
    """A position that one of the sentences takes and an earlier article tells otherwise, the earlier first.

    Where the same was said in between it is no news.
    """
    positions = [(each, stance) for each in sentences if day(each) for stance in stances(each.text, day(each))]
    for now, stance in positions[: thresholds.SHIFT_SEARCHES]:
        matter = clean(f"{stance.actor} {stance.matter}")
        query = Question(matter, matter)
        found = seek(query)
        earlier = _contradicting(stance, _earlier(now, stance, found))
        if earlier and (before := _nearest(now, earlier, query, found, embed)):
            return before, now
    return None


def day(sentence: Sentence) -> str:
    """The day an article came out, empty where it is unknown."""
    return sentence.hit.passage.article.metadata.day


def _earlier(now: Sentence, stance: Stance, found: Found) -> Iterator[_Held]:
    """What the same actor is said to hold on the same matter."""
    own = now.hit.passage.article
    for each in (each for hit in found.hits for each in said(hit)):
        if not day(each) or day(each) >= day(now) or each.hit.passage.article.story == own.story:
            continue
        for other in stances(each.text, day(each)):
            if same_entity(other.actor, stance.actor) and stance.shares(other):
                yield each, other


def _contradicting(stance: Stance, earlier: Iterator[_Held]) -> list[Sentence]:
    """Those statements of another position since which the position of now was not told."""
    known = list(earlier)
    agreed = max((day(each) for each, other in known if other.favours == stance.favours), default="")
    return [each for each, other in known if stance.contradicts(other) and day(each) > agreed]


def _nearest(
    now: Sentence, earlier: Sequence[Sentence], query: Question, found: Found, embed: Embed
) -> Sentence | None:
    weighed = {id(each.sentence): each for each in weigh(query, found, [now, *earlier], embed)}
    stated = weighed[id(now)]
    near = [
        (float(stated.vector @ weighed[id(each)].vector), each)
        for each in earlier
        if changed(weighed[id(each)], stated, found) == "changed"
    ]
    nearness, best = max(near, key=lambda pair: pair[0], default=(0.0, None))
    return best if nearness >= thresholds.SHIFT_NEAR else None
