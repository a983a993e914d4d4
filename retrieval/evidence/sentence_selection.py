"""The sentences of the passages found, each with what speaks for its answering the question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from retrieval import tuned
from retrieval.domain.articles import Embed, Hit, Passage, Vectors
from retrieval.domain.citations import Citation
from retrieval.evidence.citations import cite_part
from retrieval.nlp.actors import people
from retrieval.nlp.annotate import annotate
from retrieval.nlp.markup import readable
from retrieval.nlp.quantities import DATES
from retrieval.nlp.roles import roles
from retrieval.nlp.sentences import sentences
from retrieval.nlp.statements import Sentence, statements
from retrieval.nlp.tokens import content_terms
from retrieval.question.target import Office
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found

# The vector of what is not embedded.
UNKNOWN: Vectors = np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence with what speaks for it, each share from 0 to 1, and the `score` made of it.

    `coverage` is the weighted share of the question's terms in it, `context` in its passage and headline. It `fits`
    with the kind of thing asked for and a name the question lacks; `vector` is of unit length.
    """

    sentence: Sentence
    coverage: float
    context: float
    cosine: float
    fits: bool
    score: float
    vector: Vectors


def gather(query: Question, found: Found, embed: Embed) -> list[Evidence]:
    """The evidence of the most promising sentences, strongest first: of the hits, of other times, and of copies."""
    hits = {hit.passage.id: hit for hit in found.hits}
    beside = {hit.passage.id: hit for hit in (*found.across, *found.copies) if hit.passage.id not in hits}
    chosen = [each for some in (hits, beside) for each in _promising(some.values(), found.weights)]
    return _weighed(query, found, chosen, embed)


def of_hits(evidence: Sequence[Evidence], found: Found) -> list[Evidence]:
    """The evidence that an answer is chosen from: of what matches the question best, whenever it was said."""
    hits = {hit.passage.id for hit in found.hits}
    return [each for each in evidence if each.sentence.passage.id in hits]


def in_surroundings(evidence: Sequence[Evidence], found: Found, embed: Embed) -> list[Evidence]:
    """The evidence, strongest first, the nearness of what stands around a sentence in its score.

    What answers in other words than the question's is often told by the sentences before and after it. Beyond the
    strongest a sentence counts as near as it is itself.
    """
    weight, most = tuned.ANSWER.surroundings, tuned.ANSWER.in_surroundings
    near = [each.cosine for each in evidence]
    if evidence and found.vector.any():
        near[:most] = (embed([_surroundings(each.sentence) for each in evidence[:most]]) @ found.vector).tolist()
    raised = [replace(each, score=each.score + weight * own) for each, own in zip(evidence, near, strict=True)]
    return sorted(raised, key=lambda each: -each.score)


def _surroundings(sentence: Sentence) -> str:
    """A sentence with the one before it and the one after it in its passage, as people read them."""
    text = sentence.passage.text
    spans = sentences(text)
    own = [at for at, (start, end) in enumerate(spans) if start < sentence.end and sentence.start < end]
    first, last = max(own[0] - 1, 0), min(own[-1] + 1, len(spans) - 1)
    return readable(text[spans[first][0] : spans[last][1]])


def weigh(
    query: Question, found: Found, chosen: Sequence[Sentence], embed: Embed, gathered: Sequence[Evidence] = ()
) -> list[Evidence]:
    """The evidence of these sentences, strongest first; what is gathered already is not weighed again."""
    known = {each.sentence.place: each for each in gathered}
    new = [each for each in chosen if each.place not in known]
    covered = [of for each in new for of in _covered(each.passage, [each], found.weights)]
    old = [known[each.place] for each in chosen if each.place in known]
    return sorted([*_weighed(query, found, covered, embed), *old], key=lambda each: -each.score)


def _weighed(query: Question, found: Found, chosen: Sequence[Evidence], embed: Embed) -> list[Evidence]:
    if not chosen:
        return []
    if found.vector.any():
        vectors = embed([each.sentence.whole for each in chosen])
        near = (vectors @ found.vector).tolist()
    else:  # Of what the model cannot read only the words count.
        vectors = np.zeros((len(chosen), found.vector.size), np.float32)
        near = [tuned.ANSWER.blind * (each.coverage + each.context) / 2 for each in chosen]
    evidence = [_weigh(query, each, vector, cosine) for each, vector, cosine in zip(chosen, vectors, near, strict=True)]
    return sorted(evidence, key=lambda each: -each.score)


def _covered(passage: Passage, sentences: Sequence[Sentence], weights: Mapping[str, float]) -> list[Evidence]:
    """The evidence of a passage's sentences before their vectors are known: how much they are worth looking at."""
    context = share(weights, headed(passage))
    under = {each.under: content_terms(each.under) for each in sentences if each.under}
    shares = ((each, share(weights, each.terms.union(under.get(each.under, ())))) for each in sentences)
    return [Evidence(each, own, context, 0.0, False, own + 0.5 * context + each.score, UNKNOWN) for each, own in shares]


def _promising(hits: Iterable[Hit], weights: Mapping[str, float]) -> list[Evidence]:
    covered = [each for hit in hits for each in _covered(hit.passage, statements(hit.passage, hit.score), weights)]
    return sorted(covered, key=lambda each: -each.score)[: tuned.ANSWER.sentences]


def is_same(one: Evidence, other: Evidence) -> bool:
    """Tell if two sentences say the same."""
    return float(one.vector @ other.vector) > tuned.ANSWER.same_sentence


def cite(sentence: Sentence, number: int) -> Citation:
    """The citation of a sentence."""
    return cite_part(sentence.passage, number, sentence.start, sentence.end)


def names_covered(query: Question, found: Found) -> float:
    """The weighted share of the question's names and numbers that one passage has; 1 where it has none."""
    weights = {term: weight for term, weight in found.weights.items() if term in query.marked}
    return max((share(weights, headed(hit.passage)) for hit in found.hits), default=0.0) if weights else 1.0


def headed(passage: Passage) -> frozenset[str]:
    """The terms of a passage, of what it stands under, of its headline and of who wrote it."""
    known = passage.article.metadata
    return _headed(f"{known.title or ''} {known.author or ''}", passage.above, passage.text)


@lru_cache(maxsize=4_096)  # passages that many questions find
def _headed(title: str, above: str, text: str) -> frozenset[str]:
    return frozenset(content_terms(f"{title} {readable(f'{above} {text}')}"))


def share(weights: Mapping[str, float], terms_there: frozenset[str]) -> float:
    """The weighted share of the terms that is there, 0 to 1."""
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in terms_there) / total if total else 0.0


def _weigh(query: Question, of: Evidence, vector: Vectors, cosine: float) -> Evidence:
    """The evidence with its score: 1 counts for naming something new (somebody where it asks who), 2 for whoever holds
    the office asked for, -1 for nothing of the kind asked for.
    """
    stated = annotate(of.sentence.text)
    there = stated.names.union(*(each.terms for each in stated.quantities)) if vector.any() else of.sentence.terms
    fit = int(not there <= query.terms)
    if query.office and names_holder(query.office, of.sentence):
        fit = 2
    elif query.figures and not query.target:
        fit = 1 if tells_figures(query, of.sentence) else -1
    elif vector.any() and query.target == "person" and not query.names.issuperset(content_terms(query.text)):
        fit = int(any(query.terms.isdisjoint(content_terms(name)) for name in people(of.sentence.text)))
    elif vector.any() and query.target in ("number", "date"):
        dates = query.target == "date"
        fit = fit if any((each.kind in DATES) is dates for each in stated.quantities) else -1
    parts = (of.coverage, of.context, cosine, of.sentence.score, float(fit))
    score = sum(weight * part for weight, part in zip(tuned.ANSWER.evidence_weights, parts, strict=True))
    return replace(of, cosine=cosine, fits=fit > 0, score=score, vector=vector)


def names_holder(office: Office, sentence: Sentence) -> bool:
    """Tell if a sentence says who holds an office."""
    return any(role.is_of(*office) for role in roles(sentence.text))


def tells_figures(query: Question, sentence: Sentence) -> bool:
    """Tell if a sentence has a figure of the question, or another number of the same: "40 members", "32 members"."""
    there = annotate(sentence.text).quantities
    return any(
        each.agrees(other) or each.counts(other) or each.rivals(other) for each in query.figures for other in there
    )


def once(embed: Embed) -> Embed:
    """The embedding, asked for each text only once."""
    known: dict[str, Vectors] = {}

    def look_up(texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, embed(new), strict=True))
        return np.stack([known[text] for text in texts]) if texts else embed(texts)

    return look_up
