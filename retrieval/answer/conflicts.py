"""Where sources of about the same time tell a fact differently: both sides are shown, neither is believed.

Dated sources disagree where two sentences are alike but for a name or a figure, or give one person two offices. Undated
ones cannot be told apart in time: each is heard, and they disagree where they answer the question with other things.
Articles of one story are one source. What an article of a later day says is no disagreement but may be a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from retrieval.answer.evidence import Embed, Evidence, cite, gather
from retrieval.answer.extractive import unmarked
from retrieval.answer.undated import doubtful, retell, rivals
from retrieval.answer.witnesses import at_one_time, heard, witnesses
from retrieval.models import Answer, Article, Citation, Conflict, Side
from retrieval.search.citations import Numbering
from retrieval.search.finder import Found
from retrieval.search.query import Query
from retrieval.wording.offices import Office, differ, offices
from retrieval.wording.parallels import differing


@dataclass(frozen=True, slots=True)
class _Told:
    """A side before its citations have numbers."""

    said: str
    by: tuple[Evidence, ...]


def settle(given: Answer, query: Query, found: Found, embed: Embed, most: int | None = None) -> Answer:
    """The answer with what its sources disagree on, and from undated sources with a sentence of each.

    Of a question about now or about change only the newest of what it cites can be in dispute: the rest is the past.
    """
    if not given.grounded:
        return given
    if query.tense or not _is_timeless(given, found):
        hits = tuple({hit.passage.id: hit for hit in (*found.across, *found.hits)}.values())
        return _with(given, _disputed(given, query, gather(query, replace(found, hits=hits), embed)))
    # Copies too: one may have something in another's place.
    sentences = heard(query, gather(query, replace(found, hits=(*found.hits, *found.copies)), embed))
    doubted = doubtful(witnesses(sentences))
    if given.mode == "extractive":
        given = retell(given, sentences, doubted, most)
    apart = rivals(sentences, doubted)
    return _with(given, [_Told(each.evidence.sentence.text, (each.evidence,)) for each in apart])


def _is_timeless(given: Answer, found: Found) -> bool:
    """Whether no date is known of what the answer cites nor of anything else that was found."""
    return not any(each.published for each in given.citations) and not any(
        hit.passage.article.metadata.published for hit in found.hits
    )


def _article(evidence: Evidence) -> Article:
    return evidence.sentence.hit.passage.article


def _disputed(given: Answer, query: Query, evidence: Sequence[Evidence]) -> list[_Told]:
    """The first fact of the answer that a source of the same time tells otherwise, with both sides."""
    newest = max((each.published or "" for each in given.citations), default="")[:10]
    cited = {
        (each.key, each.start) for each in given.citations if not query.tense or (each.published or "")[:10] == newest
    }
    quoted = [each for each in evidence if (_article(each).key, _start(each)) in cited]
    for this in quoted:
        for other in evidence:
            if _are_rivals(this, other) and (sides := _sides(this, other, quoted)):
                return sides
    return []


def _start(evidence: Evidence) -> int:
    return evidence.sentence.hit.passage.start + evidence.sentence.start


def _are_rivals(this: Evidence, other: Evidence) -> bool:
    """Whether two sentences are of independent sources of one time."""
    return _article(this).story != _article(other).story and at_one_time(_article(this), _article(other))


def _sides(this: Evidence, other: Evidence, quoted: Sequence[Evidence]) -> list[_Told]:
    """What two sentences tell differently, in the words of each, with what the answer quotes besides for an office."""
    one, two = this.sentence.text, other.sentence.text
    for ours in offices(one):
        for theirs in offices(two):
            if differ(ours, theirs):
                pairs = (ours, this), (theirs, other)
                return [_Told(office.phrase, _giving(office, first, quoted)) for office, first in pairs]
    return [_Told(one, (this,)), _Told(two, (other,))] if differing(one, two) else []


def _giving(office: Office, first: Evidence, quoted: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """A sentence that gives somebody an office, and the first of each other source that is quoted for it."""
    by = {_article(first).id: first}
    for each in quoted:
        if any(same.name == office.name and same.head == office.head for same in offices(each.sentence.text)):
            by.setdefault(_article(each).id, each)
    return tuple(by.values())


def _with(given: Answer, sides: Sequence[_Told]) -> Answer:
    if len(sides) < 2:
        return given
    numbering = Numbering()
    numbering.number(given.citations)
    told = tuple(Side(unmarked(side.said), numbering.number(_cited(side))) for side in sides)
    return replace(given, citations=numbering.citations, conflicts=(Conflict(told),))


def _cited(side: _Told) -> list[Citation]:
    return [cite(each.sentence, 0) for each in side.by]
