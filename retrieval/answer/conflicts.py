"""Where sources of about the same time tell a fact differently: both sides are shown, neither is believed.

Dated sources disagree where two sentences are alike but for a name or a figure, or give one person two offices. Undated
ones cannot be told apart in time: each is heard, and they disagree where they answer the question with other things.
Articles of one story are one source. What an article of a later day says is no disagreement but may be a change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from retrieval import thresholds
from retrieval.answer.evidence import Embed, Evidence, cite, gather
from retrieval.answer.extractive import unmarked
from retrieval.answer.witnesses import Witness, are_undated, at_one_time, witnesses
from retrieval.models import Answer, Article, Citation, Conflict, Side
from retrieval.search.citations import Numbering
from retrieval.search.finder import Found
from retrieval.search.query import Query
from retrieval.wording.offices import differ, offices
from retrieval.wording.parallels import differing
from retrieval.words import terms

# The length of the runs of terms by which wording is compared.
_RUN = 4


@dataclass(frozen=True, slots=True)
class _Told:
    """A side before its citations have numbers."""

    said: str
    by: tuple[Evidence, ...]


def settle(given: Answer, query: Query, found: Found, embed: Embed, most: int | None = None) -> Answer:
    """The answer with what its sources disagree on, and from undated sources with a sentence of each.

    A question about now or about change is answered by the course of things: there nothing is disputed.
    """
    if not given.grounded or query.tense:
        return given
    evidence = gather(query, found, embed)
    if _is_timeless(given, evidence):
        heard = witnesses(query, evidence)
        if given.mode == "extractive":
            given = _retold(given, _trusted(heard), most)
        return _with(given, _answers(heard))
    return _with(given, _disputed(given, evidence))


def _is_timeless(given: Answer, evidence: Sequence[Evidence]) -> bool:
    """Whether no date is known of what the answer cites nor of anything else that was found."""
    return not any(each.published for each in given.citations) and not any(
        _article(each).metadata.published for each in evidence
    )


def _article(evidence: Evidence) -> Article:
    return evidence.sentence.hit.passage.article


def _retold(given: Answer, heard: Sequence[Witness], most: int | None) -> Answer:
    """The answer in a sentence of each source that adds something, within the bounds of any answer."""
    chosen: list[Witness] = []
    words = 0
    for each in heard:
        length = len(each.evidence.sentence.text.split())
        if len(chosen) == (most or thresholds.MAX_SENTENCES):
            break
        if (most or words + length <= thresholds.MAX_WORDS) and _adds(each, chosen):
            chosen.append(each)
            words += length
    if not chosen:
        return given
    numbered = [cite(each.evidence.sentence, number) for number, each in enumerate(chosen, 1)]
    text = " ".join(f"{unmarked(each.evidence.sentence.text)} [{number}]" for number, each in enumerate(chosen, 1))
    return replace(given, text=text, citations=tuple(numbered))


def _adds(this: Witness, others: Sequence[Witness]) -> bool:
    return not any(
        (this.values and this.values <= each.values)
        or float(this.evidence.vector @ each.evidence.vector) > thresholds.SAME_WITNESS
        for each in others
    )


def _trusted(heard: Sequence[Witness]) -> list[Witness]:
    """Those that do not merely repeat another source with something replaced: of such two, the one others confirm.

    Where nobody confirms either, the one that was found first.
    """
    doubted: list[Witness] = []
    for place, this in enumerate(heard):
        for other in heard[:place]:
            if other not in doubted and _repeats(this, other):
                rest = [each for each in heard if each is not this and each is not other]
                ours, theirs = _confirmed(this, other, rest), _confirmed(other, this, rest)
                if ours != theirs or _is_alike(this, other):
                    doubted.append(other if ours > theirs else this)
    return [each for each in heard if each not in doubted]


def _repeats(this: Witness, other: Witness) -> bool:
    """Whether two sources have much of their wording in common, and their sentences each something of their own."""
    passages = [each.evidence.sentence.hit.passage.text for each in (this, other)]
    ours, theirs = map(_runs, passages)
    own = this.terms - other.terms, other.terms - this.terms
    return all(own) and len(ours & theirs) >= thresholds.REPEATED_RUNS * max(min(len(ours), len(theirs)), 1)


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = terms(text)
    return frozenset(zip(*(words[at:] for at in range(_RUN)), strict=False))


def _is_alike(this: Witness, other: Witness) -> bool:
    return 2 * len(this.terms & other.terms) > len(this.terms | other.terms)


def _confirmed(this: Witness, but: Witness, rest: Sequence[Witness]) -> int:
    """How many others have all that one sentence says and the other does not."""
    own = this.terms - but.terms
    return sum(own <= frozenset(terms(each.evidence.sentence.hit.passage.text)) for each in rest)


def _answers(heard: Sequence[Witness]) -> list[_Told]:
    """The different answers that undated sources give, the best source first; what is far from the question is none."""
    context, cosine, share = thresholds.SIDE_FROM
    best = max((each.evidence.score for each in heard), default=0.0)
    sides: list[Witness] = []
    for each in heard:
        said = each.evidence
        if said.context < context or said.cosine < cosine or said.score < share * best:
            continue
        apart = all(not each.values & side.values and each.article.story != side.article.story for side in sides)
        if each.values and apart and all(are_undated(each.article, side.article) for side in sides):
            sides.append(each)
    return [_Told(each.evidence.sentence.text, (each.evidence,)) for each in sides[: thresholds.SIDES]]


def _disputed(given: Answer, evidence: Sequence[Evidence]) -> list[_Told]:
    """The first fact of the answer that a source of the same time tells otherwise, with both sides."""
    cited = {(each.key, each.start) for each in given.citations}
    for this in evidence:
        sentence = this.sentence
        if (_article(this).key, sentence.hit.passage.start + sentence.start) in cited:
            for other in _others(this, evidence):
                if sides := _sides(sentence.text, other.sentence.text):
                    return [_Told(sides[0], (this,)), _Told(sides[1], (other,))]
    return []


def _others(this: Evidence, evidence: Sequence[Evidence]) -> Iterator[Evidence]:
    """What independent sources of the same time say."""
    for each in evidence:
        if _article(each).story != _article(this).story and at_one_time(_article(each), _article(this)):
            yield each


def _sides(one: str, other: str) -> tuple[str, str] | None:
    """What two sentences tell differently, in the words of each."""
    for ours in offices(one):
        for theirs in offices(other):
            if differ(ours, theirs):
                return ours.said, theirs.said
    return (one, other) if differing(one, other) else None


def _with(given: Answer, sides: Sequence[_Told]) -> Answer:
    if len(sides) < 2:
        return given
    numbering = Numbering()
    numbering.number(given.citations)
    told = tuple(Side(unmarked(side.said), numbering.number(_cited(side))) for side in sides)
    return replace(given, citations=numbering.citations, conflicts=(Conflict(told),))


def _cited(side: _Told) -> list[Citation]:
    return [cite(each.sentence, 0) for each in side.by]
