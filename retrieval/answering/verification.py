"""Whether the articles say what a sentence claims, judged modestly by the sentences that come nearest to it.

Where wording and likeness do not tell, the articles say nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import combinations

from retrieval import thresholds
from retrieval.evidence.citations import cite_part
from retrieval.evidence.claim_sentences import Line, draft, embed_lines, promising, rank, share
from retrieval.evidence.entailment import Claimed, Comparison, agreed_end, compare, complete, cosine
from retrieval.evidence.sentence_selection import Embed, cite
from retrieval.models import Hit, Label, Verdict
from retrieval.nlp.annotate import Analysis, annotate
from retrieval.nlp.attribution import is_told
from retrieval.nlp.entities import is_named
from retrieval.nlp.language import is_english
from retrieval.nlp.quotes import find_sentence
from retrieval.nlp.tokens import terms
from retrieval.search.hybrid import Found

# Sentences compared with a claim, the most promising first, and how many of them in pairs too.
_COMPARED = 8
_PAIRED = 3
# Of the lines whose figures and names count in a score, how many of the first count by their likeness and context.
_NEAREST = 3

# What a label leaves of the score.
_WORTH: dict[Label, float] = {"supported": 1.0, "contradicted": 0.3, "partly": 0.85, "unsupported": 0.85}

_SMALL = re.compile(r"\b[a-z]{3,}\b")


def judge(claim: str, found: Found, embed: Embed) -> Verdict:
    """What the passages found say of a claim, with the one or two sentences that say it."""
    for hit in found.hits:
        if span := find_sentence(claim, hit.passage.text):
            return Verdict(claim, "supported", 1.0, (cite_part(hit.passage, 1, *span),))
    if not is_english(claim):
        return Verdict(claim, "unsupported", 0.0)
    claimed, lines = prepare(claim, found, embed)
    alone = [compare(claimed, (each,)) for each in lines[:_COMPARED]]
    near = [each for each in alone if each.near >= thresholds.PARTLY_FROM][:_PAIRED]
    pairs = [pair for pair in combinations(near, 2) if complete(claimed, *pair)]
    paired = [compare(claimed, one.run + other.run) for one, other in pairs]
    label, run = _settle(claimed.states, alone, paired)
    likelihood = _likelihood(claimed, lines)
    if label == "partly" and likelihood >= thresholds.SURE_FROM and _is_told_whole(claimed, alone):
        label, run = "supported", tuple(each.run[0] for each in alone[:_NEAREST])
    cited = tuple(cite(each.sentence, number) for number, each in enumerate(run, 1))
    return Verdict(claim, label, likelihood * _WORTH[label], cited)


def rescored(verdict: Verdict, label: Label) -> float:
    """The score of a verdict, had it this label: so one given otherwise does not go with the score of another."""
    return verdict.score / _WORTH[verdict.verdict] * _WORTH[label]


def prepare(claim: str, found: Found, embed: Embed) -> tuple[Claimed, list[Line]]:
    """A claim taken apart, and the sentences of the passages found that tell of it, best first."""
    stated = annotate(claim, usual(found.hits))
    chosen = promising(stated, draft(found.hits), thresholds.SENTENCES)
    lines = embed_lines(chosen, claim, embed)
    return Claimed(claim, stated, found.vector, found.weights), rank(stated, lines)


def usual(hits: Sequence[Hit]) -> frozenset[str]:
    """The terms of the words that passages write small."""
    return frozenset(terms(" ".join(word for hit in hits for word in _SMALL.findall(hit.passage.text))))


def _settle(
    stated: Analysis, alone: Sequence[Comparison], paired: Sequence[Comparison]
) -> tuple[Label, tuple[Line, ...]]:
    """The label, and the run that bears it: the nearest that tells of the whole claim, else of a part."""
    nearest = max((each.near for each in alone), default=0.0)
    labelled = [(_decide(each, nearest), each) for each in (*alone, *paired)]
    labelled = [each for each in labelled if each[0] != "contradicted" or not _is_doubtful(stated, each[1], alone)]
    telling = [(label, each) for label, each in labelled if label != "unsupported"]
    if not telling:
        return "unsupported", ()
    label, best = max(telling, key=lambda each: (each[0] != "partly", each[1].near))
    return label, best.run


def _is_doubtful(stated: Analysis, denying: Comparison, alone: Sequence[Comparison]) -> bool:
    """Whether another near sentence agrees with the claim in what is disputed, or tells later that it changed."""
    near = [each for each in alone if each.near >= thresholds.PARTLY_FROM and each is not denying]
    return any(_agrees(stated, each, denying.disputed) or _tells_later(stated, each, denying) for each in near)


def _agrees(stated: Analysis, other: Comparison, disputed: frozenset[str]) -> bool:
    said = other.said
    figures = {term for each in stated.figures for given in said.figures if each.agrees(given) for term in each.terms}
    alike = stated.denied & said.denied | agreed_end(stated, said) | (stated.affirmed & said.affirmed) | figures
    return not other.denies and bool(disputed & alike - stated.names)


def _tells_later(stated: Analysis, other: Comparison, denying: Comparison) -> bool:
    """Whether a sentence of a later day speaks of an end of what the claim is about, and the denying one does not."""
    days = [_day(each) for each in (denying, other)]
    changed = (other.said.ended - denying.said.ended) & (stated.denied | stated.affirmed - stated.names)
    return "" not in days and days[0] < days[1] and bool(changed)


def _day(compared: Comparison) -> str:
    return compared.run[0].sentence.hit.passage.article.metadata.day


def _decide(compared: Comparison, nearest: float) -> Label:
    """Better nothing than a wrong "contradicted": only a single sentence can, one of the nearest, of the same names."""
    sure = max(thresholds.CONTRADICTED_FROM, nearest - thresholds.CONTRADICTED_WITHIN)
    lacks_whom = compared.lacks_name or compared.lacks_tie
    if compared.denies and len(compared.run) == 1 and not lacks_whom and compared.near >= sure:
        return "contradicted"
    if compared.denies or compared.differs or compared.lacks_point or compared.near < thresholds.PARTLY_FROM:
        return "unsupported"
    lacks = compared.lacks_figure or compared.lacks_name or compared.lacks_sign or compared.lacks_tie
    turned = compared.opposite or compared.exchanged or compared.overstates or compared.as_fact
    near = compared.near >= thresholds.SUPPORTED_FROM and compared.told >= thresholds.TOLD_FROM
    return "supported" if near and not (lacks or turned) else "partly"


def _is_told_whole(claimed: Claimed, alone: Sequence[Comparison]) -> bool:
    """Whether the first lines together lack nothing of the claim, and none of them tells it otherwise.

    Who is said to say so must be named where it is said.
    """
    first = alone[:_NEAREST]
    nearest = max(first, key=lambda each: each.near)
    together = compare(claimed, tuple(each.run[0] for each in first))
    turned = any(each.differs or each.denies or each.opposite or each.exchanged or each.lacks_sign for each in first)
    lacks = (
        together.lacks_figure or together.lacks_name or together.lacks_tie or together.told < thresholds.TOLD_TOGETHER
    )
    return not (turned or lacks or (nearest.lacks_name and is_told(claimed.text)))


def _likelihood(claimed: Claimed, lines: Sequence[Line]) -> float:
    """How likely the lines support the claim: a logistic function of how near they come and of what they lack."""
    if not lines:
        return 0.0
    stated, first = claimed.states, lines[: thresholds.LINES_TOGETHER]
    said = [annotate(each.sentence.text) for each in first]
    there = frozenset[str]().union(*(each.terms.union(each.initials) for each in said))
    given = [each for other in said for each in other.figures]
    beside = frozenset[str]().union(*(each.beside for each in first[:_NEAREST]))
    parts = (
        cosine(first[:_NEAREST], claimed.vector),
        share(stated.terms, beside, claimed.weights),
        sum(not any(each.agrees(other, there) for other in given) for each in stated.figures),
        not all(is_named(name, there) for name in stated.names),
    )
    weighed = sum(weight * part for weight, part in zip(thresholds.SUPPORT_WEIGHTS, parts, strict=True))
    return 1 / (1 + math.exp(-weighed - thresholds.SUPPORT_BIAS))
