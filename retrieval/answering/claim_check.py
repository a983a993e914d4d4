"""What a language model claims, checked before anybody sees it: the citation, the quote, then the claim itself.

What the team is shown as a quote is the stored text, never the model's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations
from typing import Literal

from retrieval import thresholds
from retrieval.answering.verification import usual
from retrieval.evidence.additions import clauses, left_out, nearness, strangers
from retrieval.evidence.citations import cite_part
from retrieval.evidence.claim_sentences import UNKNOWN, Draft, Line, draft, plain_lines, promising, rank
from retrieval.evidence.entailment import Claimed, Entailment, compare, complete, nearer
from retrieval.evidence.gaps import Gap
from retrieval.evidence.sentence_selection import Embed, Sentence, Vectors
from retrieval.models import Citation, Claim, Hit, Passage
from retrieval.nlp.annotate import annotate
from retrieval.nlp.forms import one_word
from retrieval.nlp.language import is_english
from retrieval.nlp.prompt_injection import ordered
from retrieval.nlp.quotes import Span, find_quote, find_sentence
from retrieval.nlp.sentences import sentences
from retrieval.nlp.tokens import terms

# Sentences of the cited passages compared with a claim, and how many of them in pairs too.
_COMPARED = 4
_PAIRED = 4
# Characters; what is longer is no sentence.
_LONGEST = 1_000
# Gaps by which a run does not only lack something, but tells it otherwise.
_TURNING = frozenset((Gap.POLARITY, Gap.MODALITY, Gap.ROLE))

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
    """A claim, or a clause of one, with the comparisons by words that may bear it, and those that tell it otherwise.

    `strangers` are its words that no cited passage has, `beside` those that each bearing run has in their place.
    """

    text: str
    bearing: tuple[Entailment, ...]
    turning: tuple[Entailment, ...]
    strangers: tuple[str, ...] = ()
    beside: tuple[tuple[str, ...], ...] = ()
    clauses: tuple[_Candidate, ...] = ()

    def texts(self) -> Iterator[str]:
        """What has to be embedded to settle it."""
        runs = [line for compared in (*self.bearing, *self.turning) for line in compared.evidence]
        if self.bearing or runs:
            yield from (self.text, *(line.sentence.text for line in runs))
        if self.bearing and self.strangers:
            yield from (*self.strangers, *chain.from_iterable(self.beside))
        for each in self.clauses if self.bearing else ():
            yield from each.texts()


def _weigh(claims: Sequence[Claim], hits: Sequence[Hit], embed: Embed) -> list[Checked | Dropped]:
    """The outcome of each claim. Embedding takes longest, so only what words leave open is embedded."""
    known = usual(hits)
    candidates = [_candidate(claim, _cited(claim, hits), known) for claim in claims]
    texts = list(dict.fromkeys(chain.from_iterable(each.texts() for each in candidates)))
    vectors = dict(zip(texts, embed(texts), strict=True)) if texts else {}
    return [_outcome(claim, each, hits, vectors) for claim, each in zip(claims, candidates, strict=True)]


def _candidate(claim: Claim, cited: Sequence[Hit], known: frozenset[str]) -> _Candidate:
    drafts, places = _drafts(cited), _quoted(claim, cited)
    whole = _compared(claim.text, claim.text, drafts, places, known)
    parts = clauses(claim.text) if whole.bearing else []
    titles = (each.passage.article.metadata.title or "" for each in cited)
    cited_text = " ".join([*titles, *(each.sentence.text for each in drafts)])
    there = frozenset(terms(cited_text)) | frozenset(terms(one_word(cited_text)))
    stated = annotate(claim.text, known)
    return replace(
        whole,
        strangers=strangers(claim.text, stated, there),
        beside=tuple(
            left_out(" ".join(line.sentence.text for line in each.evidence), stated) for each in whole.bearing
        ),
        clauses=tuple(_compared(part, claim.text, drafts, (), known) for part in parts if len(parts) > 1),
    )


def _drafts(cited: Sequence[Hit]) -> list[Draft]:
    """The sentences of the cited passages, without orders and what stands right behind one: they bear nothing."""
    apart = set[tuple[int, int]]()
    for hit in cited:
        spans = sentences(hit.passage.text)
        flags = zip(spans, ordered(hit.passage.text, spans), strict=True)
        apart |= {(hit.passage.id, start) for (start, _), order in flags if order}
    return [each for each in draft(cited) if (each.sentence.hit.passage.id, each.sentence.start) not in apart]


def _compared(
    text: str, claim: str, drafts: Sequence[Draft], places: Sequence[_Place], known: frozenset[str]
) -> _Candidate:
    """A claim, or a clause of it, beside the sentences that share most with it. Whose words it is the claim says."""
    stated = annotate(text, known)
    claimed = Claimed(claim, stated, UNKNOWN, dict.fromkeys(stated.terms, 1.0))
    lines = plain_lines(_choose(promising(stated, drafts, len(drafts)), places))
    alone = [compare(claimed, (each,)) for each in rank(stated, lines)]
    bearing = [each for each in alone if may_show(each)]
    if not bearing:
        pairs = [pair for pair in combinations(alone[:_PAIRED], 2) if complete(claimed, *pair)]
        bearing = [each for one, other in pairs if may_show(each := compare(claimed, one.evidence + other.evidence))]
    return _Candidate(text, tuple(bearing), tuple(each for each in alone if turns(each)))


def _quoted(claim: Claim, cited: Sequence[Hit]) -> tuple[_Place, ...]:
    return tuple(place for quote in claim.quotes for place in _places(quote, cited))


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


def _outcome(
    claim: Claim, candidate: _Candidate, hits: Sequence[Hit], vectors: Mapping[str, Vectors]
) -> Checked | Dropped:
    best = _best(candidate, vectors)
    if best and all(_best(each, vectors) for each in candidate.clauses):
        return Checked(claim, _cite(best.evidence, _quoted(claim, _cited(claim, hits))))
    turning = [nearer(each, vectors[candidate.text], vectors) for each in candidate.turning]
    denied = any(
        each.certain and each.near >= thresholds.CONTRADICTED_FROM and Gap.ENTITY not in each.gaps for each in turning
    )
    return Dropped(claim, "contradicted" if denied else "not supported")


def _best(candidate: _Candidate, vectors: Mapping[str, Vectors]) -> Entailment | None:
    """The nearest run that bears a claim; None where it is not near, another nearer, or a word of the claim strange."""
    beside = candidate.beside or ((),) * len(candidate.bearing)
    bearing = [
        nearer(each, vectors[candidate.text], vectors)
        for each, others in zip(candidate.bearing, beside, strict=True)
        if nearness(candidate.strangers, others, vectors) >= thresholds.WORD_FROM
    ]
    turning = [nearer(each, vectors[candidate.text], vectors) for each in candidate.turning]
    best = max(bearing, key=lambda each: each.near, default=None)
    if not best or best.near < thresholds.KEPT_FROM:
        return None
    return None if any(each.near > best.near + thresholds.KEPT_WITHIN for each in turning) else best


def may_show(found: Entailment) -> bool:
    """Whether a run says by its words all that the claim says, as surely, of the same things, and in its own words."""
    return found.told >= thresholds.TOLD_FROM and not found.gaps


def turns(found: Entailment) -> bool:
    """Whether a run says what the claim says with another sign, less surely, of others, or in somebody's words."""
    return bool(found.certain or found.gaps & _TURNING)


def _cite(run: Sequence[Line], places: Sequence[_Place]) -> tuple[Citation, ...]:
    """The quotes that bear the claim; where a sentence of the run holds none of them, the sentence."""
    found: dict[tuple[int, Span], Citation] = {}
    for line in run:
        sentence = line.sentence
        quotes = [place for place in places if _overlaps(sentence, place)]
        for each in quotes or [_Place(sentence.hit.passage, (sentence.start, sentence.end))]:
            found[each.passage.id, each.span] = cite_part(each.passage, 0, *each.span)
    return tuple(found.values())
