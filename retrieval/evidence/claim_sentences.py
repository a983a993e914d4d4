"""The sentences that a claim is compared with, and which of them come nearest to it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval import tuned
from retrieval.domain.searches import Hit
from retrieval.evidence.sentence_selection import Embed, Sentence, Vectors
from retrieval.nlp.annotate import Analysis
from retrieval.nlp.readable import readable
from retrieval.nlp.sentences import sentences
from retrieval.nlp.tokens import content_terms

# What may close a question behind its mark.
_CLOSING = "\"'”’»)] "


# The vector of what is not embedded.
UNKNOWN: Vectors = np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence of a passage. `beside` are its terms and those of the sentences around it."""

    sentence: Sentence
    beside: frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with its unit vector, and how much it tells of the claim it is to be compared with."""

    sentence: Sentence
    beside: frozenset[str]
    vector: Vectors
    relevance: float


def draft(hits: Sequence[Hit]) -> list[Draft]:
    """The sentences of passages, headings too; a question says nothing."""
    drafts = []
    for hit in hits:
        said = _sentences(hit)
        for place, sentence in enumerate(said):
            near = said[max(place - tuned.BESIDE, 0) : place + tuned.BESIDE + 1]
            drafts.append(Draft(sentence, frozenset[str]().union(*(each.terms for each in near))))
    return drafts


def _sentences(hit: Hit) -> list[Sentence]:
    found = []
    for start, end in sentences(hit.passage.text):
        text = readable(hit.passage.text[start:end])
        said = frozenset(content_terms(text))
        if said and not text.rstrip(_CLOSING).endswith("?"):
            found.append(Sentence(hit, start, end, text, said))
    return found


def promising(stated: Analysis, drafts: Sequence[Draft], count: int) -> list[tuple[Draft, float]]:
    """The sentences that share most with a claim, before vectors are known, the best first.

    By the weighted share of the claim's terms in a sentence, and in those around it, and by the share of its figures.
    """
    weights = _rarity(stated, drafts)
    figures = {term for figure in stated.quantities for term in figure.terms}
    sentence, beside, figure, _ = tuned.LINE_WEIGHTS
    scored = [
        (
            each,
            sentence * share(stated.terms, each.sentence.terms, weights)
            + beside * share(stated.terms, each.beside, weights)
            + figure * (len(figures & each.sentence.terms) / len(figures) if figures else 0.0),
        )
        for each in drafts
    ]
    return sorted(scored, key=lambda each: -each[1])[:count]


def _rarity(stated: Analysis, drafts: Sequence[Draft]) -> dict[str, float]:
    """How rare each term of a claim is among the sentences: what they all share tells none from another."""
    count = len(drafts)
    holding = {term: sum(term in each.sentence.terms for each in drafts) for term in stated.terms}
    return {term: math.log(1 + (count + 0.5) / (held + 0.5)) for term, held in holding.items()}


def plain_lines(chosen: Sequence[tuple[Draft, float]]) -> list[Line]:
    """The sentences as lines whose vectors are not known."""
    return [Line(each.sentence, each.beside, UNKNOWN, promise) for each, promise in chosen]


def embed_lines(chosen: Sequence[tuple[Draft, float]], claim: str, embed: Embed) -> list[Line]:
    """The sentences as lines, embedded in one batch with the claim."""
    texts = list(dict.fromkeys([claim, *(each.sentence.text for each, _ in chosen)]))
    vectors = dict(zip(texts, embed(texts), strict=True))
    return [
        Line(
            each.sentence,
            each.beside,
            vectors[each.sentence.text],
            promise + tuned.LINE_WEIGHTS[3] * float(vectors[each.sentence.text] @ vectors[claim]),
        )
        for each, promise in chosen
    ]


def rank(stated: Analysis, lines: Sequence[Line]) -> list[Line]:
    """The lines, those first that together tell most of a claim: what is told already counts no second time."""
    rest, left, ranked = sorted(lines, key=lambda each: -each.relevance), stated.terms, list[Line]()
    weights = _rarity(stated, [Draft(each.sentence, each.beside) for each in lines])
    while rest and len(ranked) < tuned.LINES_TOGETHER:
        best = max(rest, key=lambda each: each.relevance + tuned.LINE_ADDS * _adds(each, left, weights))
        rest.remove(best)
        ranked.append(best)
        left -= best.sentence.terms
    return ranked + rest


def _adds(line: Line, left: frozenset[str], weights: Mapping[str, float]) -> float:
    total = sum(weights.values())
    return sum(weights[term] for term in left & line.sentence.terms) / total if total else 0.0


def share(asked: frozenset[str], there: frozenset[str], weights: Mapping[str, float]) -> float:
    """The weighted share of the terms that is there, 0 to 1."""
    total = sum(weights.get(term, 0.0) for term in asked)
    return sum(weights.get(term, 0.0) for term in asked & there) / total if total else 0.0
