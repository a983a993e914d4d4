"""A claim compared with the sentences that may say it: how near they come and what they lack or deny."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from retrieval import tuned
from retrieval.domain.articles import Vectors
from retrieval.evidence.claim_sentences import Premise, share
from retrieval.evidence.gaps import (
    Gap,
    compares,
    exchanged,
    flipped,
    is_tied,
    opposed,
    overstates,
    respelt,
    strangers,
    tie_of,
)
from retrieval.evidence.predicates import is_unread, predicate, shortfalls
from retrieval.evidence.sentence_selection import UNKNOWN
from retrieval.nlp.annotate import Analysis, annotate, joined
from retrieval.nlp.entities import is_named
from retrieval.nlp.factuality import attributed, conditional, is_attributed, is_conditional, is_counted, opens_quotation
from retrieval.nlp.forms import base, is_alike, is_form
from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.markup import readable
from retrieval.nlp.quantities import Quantity
from retrieval.nlp.sentences import sentences
from retrieval.nlp.statements import Sentence
from retrieval.nlp.tokens import content_terms, terms

# What points back to a name: a pronoun, or what the named is.
_POINTER = re.compile(
    rf"\b(?:s?he|they|it|his|her|their|its|the\s+(?:{any_of(load('en')['agents']['pointing_nouns'].split())})"
    r"|th(?:is|ese)\s+\w+)\b",
    re.IGNORECASE,
)
# How many sentences back it points, where those between do so as well.
_BACK = 3


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim taken apart, with its unit vector and the weights of its terms."""

    text: str
    states: Analysis
    vector: Vectors
    weights: Mapping[str, float]


def taken_apart(claim: str) -> Claimed:
    """A claim whose terms all count alike, without a vector."""
    stated = annotate(claim)
    return Claimed(claim, stated, UNKNOWN, dict.fromkeys(stated.terms, 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entailment:
    """A claim beside a run of sentences: the `gaps` in what they say of it; those that are `certain` they contradict.

    `near` (at most 1) is how alike they are; `told` the share of the claim's other terms that is said, `strangers`
    those words of it that are not.
    """

    evidence: tuple[Premise, ...]
    gaps: frozenset[Gap]
    certain: frozenset[Gap]
    near: float
    told: float
    strangers: tuple[str, ...]
    said: Analysis

    @property
    def day(self) -> str:
        """The day of its article, empty where nobody knows it."""
        return self.evidence[0].sentence.day

    @property
    def story(self) -> int:
        """The story of its article."""
        return self.evidence[0].sentence.article.story

    @property
    def text(self) -> str:
        """The sentences as people read them."""
        return " ".join(each.sentence.text for each in self.evidence)


def compare(claimed: Claimed, run: tuple[Premise, ...]) -> Entailment:
    """The claim beside a run of sentences, by the words of both."""
    stated = claimed.states
    said = joined([annotate(each.sentence.text) for each in run])
    missing, others = unmatched(stated, said)
    turned, contrary = flipped(stated, said), opposed(stated, said)
    replaced = _replaced(missing, others)
    undenied = bool(stated.denied) and not any(is_alike(term, said.denied) for term in stated.denied)
    certain = {Gap.POLARITY} if turned - stated.evaded - said.evaded else set[Gap]()
    replacing = _kinds(each for each in missing if each.terms & replaced)
    # What a figure was in one month says nothing against what it was in another.
    certain |= set[Gap]() if Gap.TIME in _kinds(missing) and _is_of_a_period(stated) else replacing
    found = {
        Gap.ENTITY: bool(_unnamed(claimed.text, stated, said, run)),
        Gap.POLARITY: undenied or bool(turned or contrary),
        Gap.MODALITY: overstates(stated, said)
        or drops_condition(claimed, run)
        or (as_fact(claimed, said, run) and not _is_count(claimed, run)),
        Gap.ROLE: exchanged(stated, said),
    }
    covered = _covered(stated, said, missing, claimed.weights)
    plain = stated.terms - stated.names - _terms(stated.quantities)
    return Entailment(
        evidence=run,
        gaps=frozenset(gap for gap, there in found.items() if there) | _kinds(missing) | certain,
        certain=frozenset(certain),
        near=(cosine(run, claimed.vector) + covered) / 2 - tuned.CLAIMS.second_costs * (len(run) - 1),
        told=len({term for term in plain if is_form(term, said.terms)}) / len(plain) if plain else 1.0,
        strangers=strangers(claimed.text, stated, said.terms),
        said=said,
    )


def with_roles(claimed: Claimed, found: Entailment) -> Entailment:
    """The same with the gaps in who does what, as the clauses of the sentences tell it."""
    gaps, stated = set[Gap](), predicate(claimed.text)
    if stated:
        short = [shortfalls(stated, each.sentence.text, _before(each.sentence)) for each in found.evidence]
        gaps |= min(short, key=len)
    if is_unread(claimed.text) or _lacks_comparison(claimed.text, found.evidence):
        gaps.add(Gap.RELATION)
    if _lacks_tie(claimed.text, found.evidence):
        gaps.add(Gap.ROLE)
    subject = stated.subject if stated else frozenset[str]()
    if found.said.denied & claimed.states.affirmed - claimed.states.names - subject:
        gaps.add(Gap.POLARITY)
    # Of what is not told there in any word nothing is denied for sure.
    certain = found.certain - {Gap.POLARITY} if Gap.RELATION in gaps else found.certain
    titles = frozenset(content_terms(" ".join(each.sentence.article.metadata.title or "" for each in found.evidence)))
    names = {name for name in claimed.states.names if not is_named(name, found.said.terms)}
    if stated and Gap.RELATION not in gaps and names <= titles - subject:
        # What an article is about its sentences need not name again.
        found = replace(found, gaps=found.gaps - {Gap.ENTITY})
    # Where the clauses show who does what, the order of the names shows no more.
    shown = stated is not None or tie_of(claimed.text) is not None
    kept = found.gaps - {Gap.ROLE} if shown and not gaps & {Gap.ROLE, Gap.RELATION} else found.gaps
    told = stated.term if stated and Gap.RELATION not in gaps else ""
    strange = tuple(word for word in found.strangers if told not in map(base, terms(word)))
    return replace(found, gaps=kept | gaps, certain=certain, strangers=strange)


def _kinds(missing: Iterable[Quantity]) -> set[Gap]:
    return {Gap.QUANTITY if each.kind in ("number", "ordinal") else Gap.TIME for each in missing}


def _is_of_a_period(stated: Analysis) -> bool:
    """Tell if a claim gives a figure and the month or year it was so, rather than the day something happened; a number
    in words counts who took part in what happened: "The two ports signed it in May".
    """
    kinds = {each.kind for each in stated.quantities}
    figured = any(each.kind == "number" and any(map(_has_digit, each.terms)) for each in stated.quantities)
    return figured and not kinds.isdisjoint(("month", "year")) and kinds.isdisjoint(("day", "weekday"))


def _has_digit(term: str) -> bool:
    return any(map(str.isdigit, term))


def _unnamed(claim: str, stated: Analysis, said: Analysis, run: Sequence[Premise]) -> frozenset[str]:
    """The names of the claim that are not said, in any form, nor where a pronoun points back to."""
    there = said.terms.union(said.initials, *(content_terms(_before(each.sentence)) for each in run))
    if tie := tie_of(claim):
        # Whose president somebody is may be said before: "Governor Sollmann told ...".
        there |= tie.owners & frozenset(content_terms(" ".join(_context(each.sentence) for each in run)))
    return frozenset(name for name in stated.names - respelt(stated, said) if not is_named(name, there))


def _lacks_comparison(claim: str, run: Sequence[Premise]) -> bool:
    """Tell if the claim compares, and none of the sentences does."""
    return compares(claim) and not any(compares(each.sentence.text) for each in run)


def _lacks_tie(claim: str, run: Sequence[Premise]) -> bool:
    """Tell if the claim says what somebody is, and none of the sentences does."""
    stated = tie_of(claim)
    return stated is not None and not any(is_tied(stated, each.sentence.text, _context(each.sentence)) for each in run)


def _context(sentence: Sentence) -> str:
    """The headline and what the passage has before a sentence."""
    return f"{sentence.article.metadata.title or ''} {readable(sentence.passage.text[: sentence.start])}"


def unmatched(stated: Analysis, said: Analysis) -> tuple[list[Quantity], list[Quantity]]:
    """The quantities of the claim that the sentences do not give, and theirs that the claim does not."""
    missing = [each for each in stated.quantities if not _is_given(each, said)]
    return missing, [other for other in said.quantities if not any(each.agrees(other) for each in stated.quantities)]


def _is_given(quantity: Quantity, said: Analysis) -> bool:
    """Tell if a quantity is said; not where it is said of something else, and another of the very thing."""
    same = [other for other in said.quantities if quantity.agrees(other, said.terms)]
    if not same or _is_drawn_away(quantity, same, said):
        return False
    if any(quantity.nearness(other) >= tuned.CLAIMS.same_place for other in same):
        return True
    return any(quantity.shares(other) for other in same) or not any(quantity.rivals(other) for other in said.quantities)


def _is_drawn_away(quantity: Quantity, same: Sequence[Quantity], said: Analysis) -> bool:
    """Tell if another quantity of the kind stands clearly more among the words of this one than it does itself."""
    own = max(quantity.nearness(other) for other in same)
    others = (other for other in said.quantities if other.kind == quantity.kind and other.value != quantity.value)
    return any(quantity.nearness(other) > own + tuned.CLAIMS.drawn_away for other in others)


def _terms(quantities: Sequence[Quantity]) -> frozenset[str]:
    return frozenset[str]().union(*(each.terms for each in quantities))


def _covered(stated: Analysis, said: Analysis, missing: Sequence[Quantity], weights: Mapping[str, float]) -> float:
    """The weighted share of the claim's terms that is said, names and quantities in any form; missing ones apart."""
    given = _terms(stated.quantities) - _terms(missing)
    named = {name for name in stated.names if is_named(name, said.terms)}
    there = said.terms.union(named, given, said.initials, respelt(stated, said))
    return share(stated.terms - _terms(missing), there, weights)


def _before(sentence: Sentence) -> str:
    """The headline and the sentences before, where a sentence points back to one named there."""
    passage, parts = sentence.passage, [sentence.text]
    spans = sentences(passage.text[: sentence.start])
    while spans and len(parts) <= _BACK and _POINTER.search(parts[-1]):
        parts.append(readable(passage.text[slice(*spans.pop())]))
    return " ".join([passage.article.metadata.title or "", *parts[1:]]) if _POINTER.search(sentence.text) else ""


def cosine(run: Sequence[Premise], vector: Vectors) -> float:
    """The cosine of the sentences, taken together, with a claim; 0 where their vectors are not known."""
    if not vector.size:
        return 0.0
    total = np.sum([each.vector for each in run], axis=0)
    return float(total @ vector / np.linalg.norm(total))


def _replaced(missing: Sequence[Quantity], others: Sequence[Quantity]) -> frozenset[str]:
    """The missing quantities in whose place another stands; of several it is not clear which is meant."""
    kinds = Counter(each.kind for each in missing)
    return _terms(
        [
            each
            for each in missing
            if kinds[each.kind] == 1 and any(each.rivals(other) or each.counts(other) for other in others)
        ]
    )


def drops_condition(claimed: Claimed, run: Sequence[Premise]) -> bool:
    """Tell if the claim tells without a condition what mostly holds on one."""
    if is_conditional(claimed.text):
        return False
    words = frozenset[str]().union(*(conditional(each.sentence.text) for each in run))
    shared = claimed.states.terms & frozenset[str]().union(*(each.sentence.terms for each in run))
    return bool(words & shared) and share(shared, words, claimed.weights) >= tuned.CLAIMS.as_fact_from


def as_fact(claimed: Claimed, said: Analysis, run: Sequence[Premise]) -> bool:
    """Tell if the claim tells as a fact what mostly stands in somebody's words."""
    words = frozenset[str]()
    for each in run:
        # Inside a quotation that an earlier sentence opens all of it is somebody's words.
        inside = opens_quotation(each.sentence.passage.text[: each.sentence.start])
        words |= each.sentence.terms if inside else attributed(each.sentence.text)
    shared = claimed.states.terms & said.terms
    if is_attributed(claimed.text):
        return False
    return bool(shared) and share(shared, words, claimed.weights) >= tuned.CLAIMS.as_fact_from


def _is_count(claimed: Claimed, run: Sequence[Premise]) -> bool:
    """Tell if a claim tells a number as those tell it who count such things."""
    numbers = any(each.kind == "number" for each in claimed.states.quantities)
    return numbers and all(is_counted(each.sentence.text) for each in run)
