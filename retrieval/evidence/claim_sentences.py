"""The sentences that a claim is compared with, and which of them come nearest to it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from retrieval import tuned
from retrieval.domain.articles import Embed, Passage, Vectors
from retrieval.evidence.sentence_selection import UNKNOWN
from retrieval.evidence.sentence_selection import share as share_of
from retrieval.nlp.annotate import Analysis
from retrieval.nlp.markup import readable
from retrieval.nlp.sentences import sentences
from retrieval.nlp.statements import Sentence, is_reference
from retrieval.nlp.tokens import content_terms

# What may close a question behind its mark.
_CLOSING = "\"'”’»)] "


@dataclass(frozen=True, slots=True)
class Premise:
    """A sentence that a claim may be compared with; `beside` are its terms and those around it."""

    sentence: Sentence
    beside: frozenset[str]
    vector: Vectors = field(default_factory=lambda: UNKNOWN)
    relevance: float = 0.0


def premises(passages: Iterable[Passage]) -> list[Premise]:
    """The sentences of passages, headings too; a question and a reference say nothing."""
    lines = []
    for passage in passages:
        own = list[Sentence]()
        for start, end in sentences(passage.text):
            text = readable(passage.text[start:end])
            silent = text.rstrip(_CLOSING).endswith("?") or is_reference(text)
            if (terms := frozenset(content_terms(text))) and not silent:
                own.append(Sentence(passage, start, end, text, terms))
        for place, sentence in enumerate(own):
            near = own[max(place - tuned.CLAIMS.beside, 0) : place + tuned.CLAIMS.beside + 1]
            lines.append(Premise(sentence, frozenset[str]().union(*(each.terms for each in near))))
    return lines


def promising(stated: Analysis, lines: Sequence[Premise], count: int) -> list[Premise]:
    """The sentences that share most terms and figures with a claim, best first, before vectors are known."""
    weights = _rarity(stated, lines)
    figures = {term for figure in stated.quantities for term in figure.terms}
    sentence, beside, figure, _ = tuned.CLAIMS.line_weights
    scored = (
        replace(
            each,
            relevance=sentence * share(stated.terms, each.sentence.terms, weights)
            + beside * share(stated.terms, each.beside, weights)
            + figure * (len(figures & each.sentence.terms) / len(figures) if figures else 0.0),
        )
        for each in lines
    )
    return sorted(scored, key=lambda each: -each.relevance)[:count]


def _rarity(stated: Analysis, lines: Sequence[Premise]) -> dict[str, float]:
    """The rarity of each term of a claim among the sentences: what they all share tells none from another."""
    count = len(lines)
    holding = {term: sum(term in each.sentence.terms for each in lines) for term in stated.terms}
    return {term: math.log(1 + (count + 0.5) / (held + 0.5)) for term, held in holding.items()}


def embed_premises(lines: Sequence[Premise], claim: str, embed: Embed) -> list[Premise]:
    """The sentences with their vectors, embedded in one batch with the claim, which count for what they tell of it."""
    texts = list(dict.fromkeys([claim, *(each.sentence.text for each in lines)]))
    vectors = dict(zip(texts, embed(texts), strict=True))
    known = [replace(each, vector=vectors[each.sentence.text]) for each in lines]
    weight = tuned.CLAIMS.line_weights[3]
    return [replace(each, relevance=each.relevance + weight * float(each.vector @ vectors[claim])) for each in known]


def rank(stated: Analysis, lines: Sequence[Premise]) -> list[Premise]:
    """The lines, those first that together tell most of a claim: what is told already counts no second time."""
    rest, left, ranked = sorted(lines, key=lambda each: -each.relevance), stated.terms, list[Premise]()
    weights = _rarity(stated, lines)
    total = sum(weights.values()) or 1.0
    while rest and len(ranked) < tuned.CLAIMS.lines_together:
        adds = [sum(weights[term] for term in left & each.sentence.terms) / total for each in rest]
        worth = [each.relevance + tuned.CLAIMS.line_adds * add for each, add in zip(rest, adds, strict=True)]
        best = rest.pop(worth.index(max(worth)))
        ranked.append(best)
        left -= best.sentence.terms
    return ranked + rest


def share(asked: frozenset[str], there: frozenset[str], weights: Mapping[str, float]) -> float:
    """The weighted share of the terms that is there, 0 to 1."""
    return share_of({term: weights.get(term, 0.0) for term in asked}, there)
