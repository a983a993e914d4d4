"""Whether the articles say what a sentence claims, judged modestly by the sentences that come nearest to it.

Wording, vectors, names, figures and negation are compared; nothing is inferred. Where that does not tell, the
articles say nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from retrieval import thresholds
from retrieval.answer.evidence import Embed, Evidence, Sentence, cite, gather
from retrieval.answer.statement import ENDINGS, Figure, Statement, is_named, read
from retrieval.models import Verdict
from retrieval.readable import readable
from retrieval.search.finder import Found
from retrieval.search.query import Query
from retrieval.sentences import sentences
from retrieval.words import content_terms, terms

# Sentences compared with a claim, the most promising first, and how many of them in pairs too.
_COMPARED = 8
_PAIRED = 3
# Terms beside its names and figures with which a claim states little but the figures.
_LITTLE = 2

_Label = Literal["supported", "contradicted", "partly", "unsupported"]
# What a label leaves of the score.
_WORTH: dict[_Label, float] = {"supported": 1.0, "contradicted": 0.3, "partly": 0.85, "unsupported": 0.85}

_SMALL = re.compile(r"\b[a-z]{3,}\b")
_PRONOUN = re.compile(r"\b(?:s?he|they|it|his|her|their|its|th(?:is|ese|ose))\b", re.IGNORECASE)


def judge(claim: str, query: Query, found: Found, embed: Embed) -> Verdict:
    """What the articles found say of a claim, with the one or two sentences that say it.

    `query` should be the whole claim: the dates and outlets in it are part of what is checked, and narrow nothing.
    """
    evidence = sorted(gather(query, found, embed), key=_promise, reverse=True)
    stated = read(claim, _usual(found))
    alone = [_compare(stated, (each,), found) for each in evidence[:_COMPARED]]
    near = [each.run[0] for each in alone if each.near >= thresholds.PARTLY_FROM][:_PAIRED]
    paired = [_compare(stated, pair, found) for pair in combinations(near, 2)]
    label, run = _settle(stated, alone, paired)
    cited = tuple(cite(each.sentence, number) for number, each in enumerate(run, 1))
    return Verdict(claim, label, _score(stated, evidence, found) * _WORTH[label], cited)


def _promise(each: Evidence) -> float:
    """How much a sentence is worth comparing with the claim. Whether it would answer a question says nothing here."""
    return each.cosine + each.coverage + 0.5 * each.sentence.hit.score


def _usual(found: Found) -> frozenset[str]:
    """The terms of the words that the passages found write small."""
    return frozenset(terms(" ".join(word for hit in found.hits for word in _SMALL.findall(hit.passage.text))))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A claim beside a run of one or two sentences. `near` (at most 1) is how alike they are, missing figures apart.

    The run lacks a figure or a name of the claim, the point of it, or its sign (that it denies, or tells of an end);
    `differs` in negation; `denies` the claim, by negation or by another figure, and `disputed` are the terms in
    question.
    """

    run: tuple[Evidence, ...]
    near: float
    lacks_figure: bool
    lacks_name: bool
    lacks_point: bool
    lacks_sign: bool
    differs: bool
    denies: bool
    disputed: frozenset[str]
    said: Statement


def _compare(stated: Statement, run: tuple[Evidence, ...], found: Found) -> _Comparison:
    said = read(" ".join(each.sentence.text for each in run))
    missing, others = _unmatched(stated.figures, said.figures)
    covered = _covered(stated, said, missing, found.weights)
    meant = said.terms.union(*(content_terms(_before(each.sentence)) for each in run))
    flipped = _flipped(stated, said)
    replaced = _replaced(missing, others)
    return _Comparison(
        run,
        near=(_cosine(run, found) + covered) / 2 - thresholds.SECOND_COSTS * (len(run) - 1),
        lacks_figure=bool(missing),
        lacks_name=not all(is_named(name, meant) for name in stated.names),
        lacks_point=_lacks_point(stated, said, missing),
        lacks_sign=_lacks_sign(stated, said),
        differs=bool(flipped) or (bool(stated.denied) and not said.denied and not _agreed_end(stated, said)),
        denies=bool(flipped - stated.evaded - said.evaded) or bool(replaced),
        disputed=flipped | replaced,
        said=said,
    )


def _lacks_point(stated: Statement, said: Statement, missing: Sequence[Figure]) -> bool:
    """Whether the claim states little but a figure, and no figure for anything of the kind is said."""
    rest = stated.terms - stated.names - {each.term for each in stated.figures}
    return len(rest) <= _LITTLE and any(
        not any(_is_comparable(each, other) for other in said.figures) for each in missing
    )


def _is_comparable(figure: Figure, other: Figure) -> bool:
    """Whether both are figures of one kind, numbers beside a common term."""
    beside = {figure.before, figure.after} & {other.before, other.after} - {None}
    return figure.kind == other.kind and (figure.kind != "number" or bool(beside))


def _lacks_sign(stated: Statement, said: Statement) -> bool:
    """Whether the claim denies what is not denied in its words, or one side alone says that a thing ended."""
    if stated.denied and not stated.denied & said.denied:
        return True
    alone = stated.ended ^ said.ended if not stated.ended & (said.ended | said.denied) else frozenset[str]()
    return bool(alone & stated.terms & said.terms - stated.names)


def _agreed_end(stated: Statement, said: Statement) -> frozenset[str]:
    """The terms that the claim denies and that are said to be so no longer. To deny an end agrees with none."""
    return stated.denied & said.ended if stated.denied.isdisjoint(ENDINGS) else frozenset()


def _unmatched(stated: Sequence[Figure], said: Sequence[Figure]) -> tuple[list[Figure], list[Figure]]:
    """The figures of the claim that the sentences do not give, and theirs that the claim does not."""
    missing = [each for each in stated if not any(each.agrees(other) for other in said)]
    return missing, [other for other in said if not any(each.agrees(other) for each in stated)]


def _covered(stated: Statement, said: Statement, missing: Sequence[Figure], weights: Mapping[str, float]) -> float:
    """The weighted share of the claim's terms that is said, names in any form; missing figures count elsewhere."""
    named = {name for name in stated.names if is_named(name, said.terms)}
    return _share(stated.terms - {each.term for each in missing}, said.terms | named, weights)


def _share(asked: frozenset[str], there: frozenset[str], weights: Mapping[str, float]) -> float:
    """The weighted share of the terms that is there, 0 to 1."""
    total = sum(weights.get(term, 0.0) for term in asked)
    return sum(weights.get(term, 0.0) for term in asked & there) / total if total else 0.0


def _before(sentence: Sentence) -> str:
    """The sentence before, where a pronoun points back to it."""
    if not _PRONOUN.search(sentence.text):
        return ""
    spans = sentences(sentence.hit.passage.text[: sentence.start])
    return readable(sentence.hit.passage.text[slice(*spans[-1])]) if spans else ""


def _flipped(stated: Statement, said: Statement) -> frozenset[str]:
    """The terms that one side denies and the other affirms; none where both deny something alike.

    One term is enough only right behind the negation: "did not approve the budget" denies no budget. The negation of
    a claim governs most of it, that of a longer sentence may not.
    """
    if stated.denied & said.denied or _agreed_end(stated, said):
        return frozenset()
    ours, theirs = stated.denied & said.affirmed, (said.denied & stated.affirmed & said.heads) - stated.ended
    return theirs | (ours if ours & stated.heads or len(ours - stated.names) > 1 else frozenset())


def _cosine(run: Sequence[Evidence], found: Found) -> float:
    total = np.sum([each.vector for each in run], axis=0)
    return float(total @ found.vector / np.linalg.norm(total))


def _replaced(missing: Sequence[Figure], others: Sequence[Figure]) -> frozenset[str]:
    """The missing figures in whose place another stands; of several it is not clear which is meant."""
    kinds = Counter(each.kind for each in missing)
    return frozenset(
        each.term for each in missing if kinds[each.kind] == 1 and any(each.rivals(other) for other in others)
    )


def _settle(
    stated: Statement, alone: Sequence[_Comparison], paired: Sequence[_Comparison]
) -> tuple[_Label, tuple[Evidence, ...]]:
    """The label, and the run that bears it: the nearest that tells of the whole claim, else of a part."""
    nearest = max((each.near for each in alone), default=0.0)
    labelled = [(_decide(each, nearest), each) for each in (*alone, *paired)]
    labelled = [each for each in labelled if each[0] != "contradicted" or not _is_doubtful(stated, each[1], alone)]
    telling = [(label, each) for label, each in labelled if label != "unsupported"]
    if not telling:
        return "unsupported", ()
    label, best = max(telling, key=lambda each: (each[0] != "partly", each[1].near))
    return label, best.run


def _is_doubtful(stated: Statement, denying: _Comparison, alone: Sequence[_Comparison]) -> bool:
    """Whether another near sentence agrees with the claim in what is disputed, or tells later that it changed."""
    near = [each for each in alone if each.near >= thresholds.PARTLY_FROM and each is not denying]
    return any(_agrees(stated, each, denying.disputed) or _tells_later(stated, each, denying) for each in near)


def _agrees(stated: Statement, other: _Comparison, disputed: frozenset[str]) -> bool:
    said = other.said
    figures = {each.term for each in stated.figures for given in said.figures if each.agrees(given)}
    alike = stated.denied & said.denied | _agreed_end(stated, said) | (stated.affirmed & said.affirmed) | figures
    return not other.denies and bool(disputed & alike - stated.names)


def _tells_later(stated: Statement, other: _Comparison, denying: _Comparison) -> bool:
    """Whether a sentence of a later day speaks of an end of what the claim is about, and the denying one does not."""
    days = [_day(each) for each in (denying, other)]
    changed = (other.said.ended - denying.said.ended) & (stated.denied | stated.affirmed - stated.names)
    return "" not in days and days[0] < days[1] and bool(changed)


def _day(compared: _Comparison) -> str:
    return (compared.run[0].sentence.hit.passage.article.metadata.published or "")[:10]


def _decide(compared: _Comparison, nearest: float) -> _Label:
    """Better nothing than a wrong "contradicted": only a single sentence can, one of the nearest, of the same names."""
    sure = max(thresholds.CONTRADICTED_FROM, nearest - thresholds.CONTRADICTED_WITHIN)
    if compared.denies and len(compared.run) == 1 and not compared.lacks_name and compared.near >= sure:
        return "contradicted"
    if compared.denies or compared.differs or compared.lacks_point or compared.near < thresholds.PARTLY_FROM:
        return "unsupported"
    lacks = compared.lacks_figure or compared.lacks_name or compared.lacks_sign
    return "supported" if compared.near >= thresholds.SUPPORTED_FROM and not lacks else "partly"


def _score(stated: Statement, evidence: Sequence[Evidence], found: Found) -> float:
    """How near the best evidence comes: in its vector, in what three sentences cover, and in what a passage does."""
    if not evidence:
        return 0.0
    three = frozenset[str]().union(*(each.sentence.terms for each in evidence[:3]))
    cosine, context = max(each.cosine for each in evidence), max(each.context for each in evidence)
    return min(max((cosine + _share(stated.terms, three, found.weights) + context) / 3, 0.0), 1.0)
