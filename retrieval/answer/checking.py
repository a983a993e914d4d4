"""What a language model claims, checked before anybody sees it: the citation, the quote, then the claim itself.

What the team is shown as a quote is the stored text, never the model's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from retrieval import thresholds
from retrieval.answer.comparison import Claimed, Comparison, compare, complete, nearer
from retrieval.answer.evidence import Embed, Sentence, Vectors
from retrieval.answer.language import is_english
from retrieval.answer.lines import UNKNOWN, Draft, Line, draft, plain_lines, promising, rank
from retrieval.answer.quotes import Span, find_quote, find_sentence
from retrieval.answer.statement import read
from retrieval.answer.support import usual
from retrieval.models import Citation, Claim, Hit, Passage
from retrieval.search.citations import cite_part

# Sentences of the cited passages compared with a claim, and how many of them in pairs too.
_COMPARED = 4
_PAIRED = 4
# Characters; what is longer is no sentence.
_LONGEST = 1_000

Reason = Literal["empty", "passage not given", "quote not in the passage", "not supported", "contradicted"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim that its passages support, and the stored text that does; the citations have no number yet (0)."""

    claim: Claim
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A claim that must not be shown, and why."""

    claim: Claim
    reason: Reason


@dataclass(frozen=True, slots=True)
class _Place:
    """A quote where it stands: the passage, and the span of its text."""

    passage: Passage
    span: Span


def check(
    claims: Sequence[Claim], passages: Sequence[Hit | Passage], embed: Embed
) -> tuple[list[Checked], list[Dropped]]:
    """The claims that hold and those that do not, each in the order given. Embeds once, or not at all."""
    hits = [each if isinstance(each, Hit) else Hit(each, 0.0) for each in passages]
    outcomes: list[Checked | Dropped | None] = [_settled(claim, hits) for claim in claims]
    open_ = [place for place, outcome in enumerate(outcomes) if outcome is None]
    for place, outcome in zip(open_, _weigh([claims[place] for place in open_], hits, embed), strict=True):
        outcomes[place] = outcome
    return (
        [each for each in outcomes if isinstance(each, Checked)],
        [each for each in outcomes if isinstance(each, Dropped)],
    )


def _settled(claim: Claim, hits: Sequence[Hit]) -> Checked | Dropped | None:
    """What can be said of a claim without comparing it; None where it has to be."""
    if not any(map(str.isalnum, claim.text)):
        return Dropped(claim, "empty")
    if not claim.passages or not all(1 <= number <= len(hits) for number in claim.passages):
        return Dropped(claim, "passage not given")
    cited = _cited(claim, hits)
    if not all(_places(quote, cited) for quote in claim.quotes):
        return Dropped(claim, "quote not in the passage")
    for hit in cited:
        if span := find_sentence(claim.text, hit.passage.text):
            return Checked(claim, (cite_part(hit.passage, 0, *span),))
    comparable = len(claim.text) <= _LONGEST and is_english(claim.text)
    return None if comparable else Dropped(claim, "not supported")


def _cited(claim: Claim, hits: Sequence[Hit]) -> list[Hit]:
    return [hits[number - 1] for number in dict.fromkeys(claim.passages)]


def _places(quote: str, cited: Sequence[Hit]) -> list[_Place]:
    """Where a quote stands in the first cited passage that has it."""
    for hit in cited:
        if spans := find_quote(quote, hit.passage.text):
            return [_Place(hit.passage, span) for span in spans]
    return []


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A claim with the comparisons by words that may bear it, and those that tell it otherwise."""

    claim: Claim
    places: tuple[_Place, ...]
    bearing: tuple[Comparison, ...]
    turning: tuple[Comparison, ...]


def _weigh(claims: Sequence[Claim], hits: Sequence[Hit], embed: Embed) -> list[Checked | Dropped]:
    """The outcome of each claim. Embedding takes longest, so only what words leave open is embedded."""
    known = usual(hits)
    candidates = [_candidate(claim, _cited(claim, hits), known) for claim in claims]
    texts: dict[str, None] = {}
    for each in candidates:
        runs = [line for compared in (*each.bearing, *each.turning) for line in compared.run]
        texts |= dict.fromkeys([each.claim.text, *(line.sentence.text for line in runs)] if runs else [])
    vectors = dict(zip(texts, embed(list(texts)), strict=True)) if texts else {}
    return [_outcome(each, vectors) for each in candidates]


def _candidate(claim: Claim, cited: Sequence[Hit], known: frozenset[str]) -> _Candidate:
    stated = read(claim.text, known)
    claimed = Claimed(claim.text, stated, UNKNOWN, dict.fromkeys(stated.terms, 1.0))
    places = tuple(place for quote in claim.quotes for place in _places(quote, cited))
    drafts = draft(cited)
    lines = plain_lines(_choose(promising(stated, drafts, len(drafts)), places))
    alone = [compare(claimed, (each,)) for each in rank(stated, lines)]
    bearing = [each for each in alone if bears(each)]
    if not bearing:
        pairs = [pair for pair in combinations(alone[:_PAIRED], 2) if complete(claimed, *pair)]
        bearing = [each for one, other in pairs if bears(each := compare(claimed, one.run + other.run))]
    return _Candidate(claim, places, tuple(bearing), tuple(each for each in alone if turns(each)))


def _choose(ranked: Sequence[tuple[Draft, float]], places: Sequence[_Place]) -> list[tuple[Draft, float]]:
    """The most promising sentences, and those that are quoted."""
    return [
        each
        for number, each in enumerate(ranked)
        if number < _COMPARED or any(_overlaps(each[0].sentence, place) for place in places)
    ]


def _overlaps(sentence: Sentence, place: _Place) -> bool:
    same = sentence.hit.passage is place.passage
    return same and sentence.start < place.span[1] and place.span[0] < sentence.end


def _outcome(candidate: _Candidate, vectors: Mapping[str, Vectors]) -> Checked | Dropped:
    claim = candidate.claim
    bearing = [nearer(each, vectors[claim.text], vectors) for each in candidate.bearing]
    turning = [nearer(each, vectors[claim.text], vectors) for each in candidate.turning]
    best = max(bearing, key=lambda each: each.near, default=None)
    if best and any(each.near > best.near + thresholds.KEPT_WITHIN for each in turning):
        best = None
    if best and best.near >= thresholds.KEPT_FROM:
        return Checked(claim, _cite(best.run, candidate.places))
    denied = any(each.denies and each.near >= thresholds.CONTRADICTED_FROM and not each.lacks_name for each in turning)
    return Dropped(claim, "contradicted" if denied else "not supported")


def bears(compared: Comparison) -> bool:
    """Whether a run says by its words all that the claim says, as surely, of the same things, and in its own words."""
    lacks = compared.lacks_figure or compared.lacks_name or compared.lacks_point
    return compared.told >= thresholds.TOLD_FROM and not lacks and not turns(compared)


def turns(compared: Comparison) -> bool:
    """Whether a run says what the claim says with another sign, less surely, of others, or in somebody's words."""
    denied = compared.lacks_sign or compared.differs or compared.denies or compared.opposite
    return denied or compared.exchanged or compared.overstates or compared.as_fact


def _cite(run: Sequence[Line], places: Sequence[_Place]) -> tuple[Citation, ...]:
    """The quotes that bear the claim; where a sentence of the run holds none of them, the sentence."""
    found: dict[tuple[int, Span], Citation] = {}
    for line in run:
        sentence = line.sentence
        quotes = [place for place in places if _overlaps(sentence, place)]
        for each in quotes or [_Place(sentence.hit.passage, (sentence.start, sentence.end))]:
            found[each.passage.id, each.span] = cite_part(each.passage, 0, *each.span)
    return tuple(found.values())
