"""The sentences of the passages found, each with what speaks for its answering the question.

A sentence's evidence is how much of the question's wording it covers (weighted by inverse document
frequency), how near its vector lies to the question's, how well its passage was found, and whether it holds
the kind of thing asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval import thresholds
from retrieval.evidence.citations import cite_part
from retrieval.models import Citation, Hit
from retrieval.nlp.readable import readable
from retrieval.nlp.statements import statements
from retrieval.nlp.tokens import content_terms, terms
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage found; `start` and `end` are offsets into the passage's text."""

    hit: Hit
    start: int
    end: int
    text: str
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a sentence, each share from 0 to 1, and the `score` made of it.

    `coverage` is the weighted share of the question's terms in the sentence, `context` that in its passage and
    headline. It `fits` where it holds the kind of thing asked for and names something the question does not.
    `vector` is the sentence's, of unit length.
    """

    sentence: Sentence
    coverage: float
    context: float
    cosine: float
    fits: bool
    score: float
    vector: Vectors


def gather(query: Question, found: Found, embed: Embed) -> list[Evidence]:
    """The evidence of the sentences most worth looking at, strongest first."""
    drafts = sorted(
        (draft for hit in found.hits for draft in _draft(hit, found.weights)), key=lambda draft: -draft.promise
    )[: thresholds.SENTENCES]
    return _weighed(query, found, drafts, embed)


def weigh(query: Question, found: Found, chosen: Sequence[Sentence], embed: Embed) -> list[Evidence]:
    """The evidence of these sentences, strongest first."""
    drafts = [_Draft(each, share(found.weights, each.terms), share(found.weights, headed(each.hit))) for each in chosen]
    return _weighed(query, found, drafts, embed)


def _weighed(query: Question, found: Found, drafts: Sequence[_Draft], embed: Embed) -> list[Evidence]:
    if not drafts:
        return []
    vectors = embed([draft.sentence.text for draft in drafts])
    evidence = [
        _weigh(query, draft, vector, float(vector @ found.vector))
        for draft, vector in zip(drafts, vectors, strict=True)
    ]
    return sorted(evidence, key=lambda each: -each.score)


@dataclass(frozen=True, slots=True)
class _Draft:
    sentence: Sentence
    coverage: float
    context: float

    @property
    def promise(self) -> float:
        """How much a sentence is worth looking at, before its vector is known."""
        return self.coverage + 0.5 * self.context + self.sentence.hit.score


def _draft(hit: Hit, weights: Mapping[str, float]) -> list[_Draft]:
    context = share(weights, headed(hit))
    return [_Draft(sentence, share(weights, sentence.terms), context) for sentence in said(hit)]


def said(hit: Hit) -> list[Sentence]:
    """The sentences of a passage that say something."""
    return [Sentence(hit, each.start, each.end, each.text, each.terms) for each in statements(hit.passage)]


def is_same(one: Evidence, other: Evidence) -> bool:
    """Whether two sentences say the same."""
    return float(one.vector @ other.vector) > thresholds.SAME_SENTENCE


def cite(sentence: Sentence, number: int) -> Citation:
    """The citation of a sentence."""
    return cite_part(sentence.hit.passage, number, sentence.start, sentence.end)


def names_covered(query: Question, found: Found) -> float:
    """The weighted share of the question's names and numbers that one passage has; 1 where it has none."""
    names = _names(query.text) & found.weights.keys()
    weights = {term: found.weights[term] for term in names}
    return max((share(weights, headed(hit)) for hit in found.hits), default=0.0) if names else 1.0


def _names(question: str) -> frozenset[str]:
    """The terms of the words that a capital or a digit marks; a capital that opens a sentence marks nothing."""
    marked = (
        match[0]
        for match in _WORD.finditer(question)
        if any(map(str.isdigit, match[0])) or (match[0][0].isupper() and not _opens(question[: match.start()]))
    )
    return frozenset(term for word in marked for term in content_terms(word))


def _opens(before: str) -> bool:
    return not before.strip() or before.rstrip()[-1] in '.?!:“"'


def headed(hit: Hit) -> frozenset[str]:
    """The terms of a passage and its headline."""
    return frozenset(content_terms(f"{hit.passage.article.metadata.title or ''} {readable(hit.passage.text)}"))


def share(weights: Mapping[str, float], terms_there: frozenset[str]) -> float:
    """The weighted share of the terms that is there, 0 to 1."""
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in terms_there) / total if total else 0.0


def _weigh(query: Question, draft: _Draft, vector: Vectors, cosine: float) -> Evidence:
    fit = _fit(query, draft.sentence.text)
    parts = (draft.coverage, draft.context, cosine, draft.sentence.hit.score, float(fit))
    score = sum(weight * part for weight, part in zip(thresholds.EVIDENCE_WEIGHTS, parts, strict=True))
    return Evidence(draft.sentence, draft.coverage, draft.context, cosine, fit > 0, score, vector)


# Names and numbers: what most questions ask for. A capital that opens a sentence is no sign of a name, but two
# in a row are.
_NAMED = re.compile(
    r"(?:(?<=[\w,;:’”\"“(—–-] )|(?<=[“\"‘(—]))[A-Z][\w’'&-]+|^[A-Z][\w’'&-]+ [A-Z][\w’'&-]+|\b\w*\d[\w.,%]*"
)
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?"
    r"|billions?|half|third|quarter|twice|double)\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b(?:1[5-9]|20)\d\d\b|\b(?:Jan|Feb|March|April|May|June|July|Aug|Sep|Oct|Nov|Dec)|\b(?:Mon|Tues|Wednes|Thurs"
    r"|Fri|Satur|Sun)day\b|\b(?:yesterday|today|decades?|years?|months?|weeks?)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w’'.&-]+")
_SIGNS = {"number": _NUMBER, "date": _DATE}


def _fit(query: Question, text: str) -> int:
    """1 for a sentence that names something the question does not, -1 for one without the kind of thing asked for."""
    sign = _SIGNS.get(query.target or "")
    if sign and not sign.search(text):
        return -1
    asked = frozenset(terms(query.text))
    return int(any(term not in asked for match in _NAMED.finditer(text) for term in terms(match[0])))
