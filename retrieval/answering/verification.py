"""Verdicts on claims, judged modestly by the sentences that come nearest.

Supported is what a sentence says without a gap, and nobody later otherwise; what only lies near is related.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from retrieval import tuned
from retrieval.answering.dating import PublicationDay
from retrieval.domain.answers import Label, Verdict
from retrieval.domain.articles import Embed
from retrieval.domain.phrase import Phrase
from retrieval.evidence.citations import cite_part
from retrieval.evidence.claim_sentences import Premise, embed_premises, premises, promising, rank, share
from retrieval.evidence.entailment import Claimed, Entailment, compare, cosine, with_roles
from retrieval.evidence.gaps import Gap, left_out, nearness
from retrieval.evidence.predicates import predicate
from retrieval.evidence.sentence_selection import cite
from retrieval.nlp.annotate import Analysis, annotate
from retrieval.nlp.entities import is_named
from retrieval.nlp.forms import is_alike
from retrieval.nlp.language import is_english
from retrieval.nlp.roles import differ, roles
from retrieval.nlp.sentences import find_sentence
from retrieval.nlp.tokens import terms
from retrieval.search.hybrid import Found

# Sentences compared with a claim, the most promising first.
_COMPARED = 12
# Of the lines whose quantities and names count in a score, how many of the first count by their likeness and context.
_NEAREST = 3

# What a label leaves of the score.
_WORTH: dict[Label, float] = {"supported": 1.0, "contradicted": 0.3, "partly": 0.85, "unsupported": 0.85}

# What each gap takes from how near a sentence is, where the nearest that is related is chosen.
_GAP_COSTS = 0.1
# Gaps with which a sentence does not even touch on what was so.
_APART = frozenset((Gap.POLARITY, Gap.ENTITY, Gap.RELATION))
_CLOSING = "\"'”’»)] "
_NO_CLAIM = Phrase("A question states nothing that could be checked")
_UNREAD = Phrase("Only claims in English are compared by what they say; this one stands nowhere word for word")


def judge(claim: str, found: Found, embed: Embed) -> Verdict:
    """The verdict of the passages found on a claim, with the one or two sentences that bear it."""
    if claim.rstrip(_CLOSING).endswith("?"):
        return Verdict(claim, "unsupported", 0.0, note=_NO_CLAIM)
    for hit in found.hits:
        if span := find_sentence(claim, hit.passage.text):
            return Verdict(claim, "supported", 1.0, (cite_part(hit.passage, 1, *span),))
    if not is_english(claim):
        return _unread(claim, found, embed)
    claimed, lines = prepare(claim, found, embed)
    alone = [with_roles(claimed, compare(claimed, (each,))) for each in lines[:_COMPARED]]
    # What came to an end may be told by a sentence that has few of the claim's words.
    ends = [compare(claimed, (each,)) for each in lines[_COMPARED:] if annotate(each.sentence.text).ended]
    label, run, note = _settle(claimed, alone, ends, found, embed)
    cited = tuple(cite(each.sentence, number) for number, each in enumerate(run, 1))
    return Verdict(claim, label, _likelihood(claimed, lines) * _WORTH[label], cited, note=note)


def _unread(claim: str, found: Found, embed: Embed) -> Verdict:
    """The verdict on a claim in a language of which no clause is read: what has nearly all of its words is related."""
    claimed, lines = prepare(claim, found, embed)
    near = [compare(claimed, (each,)) for each in lines[:1]]
    if not near or near[0].near < tuned.CLAIMS.partly_from:
        return Verdict(claim, "unsupported", 0.0, note=_UNREAD)
    score = _likelihood(claimed, lines) * _WORTH["partly"]
    return Verdict(claim, "partly", score, (cite(near[0].evidence[0].sentence, 1),), note=_UNREAD)


def rescored(verdict: Verdict, label: Label) -> float:
    """The score of a verdict, had it this label: so one given otherwise does not go with the score of another."""
    return verdict.score / _WORTH[verdict.verdict] * _WORTH[label]


def prepare(claim: str, found: Found, embed: Embed) -> tuple[Claimed, list[Premise]]:
    """A claim taken apart, and the sentences of the passages found that tell of it, best first."""
    stated = annotate(claim)
    chosen = promising(stated, premises(hit.passage for hit in found.hits), tuned.ANSWER.sentences)
    lines = embed_premises(chosen, claim, embed)
    return Claimed(claim, stated, found.vector, found.weights), rank(stated, lines)


def _settle(
    claimed: Claimed, alone: Sequence[Entailment], ends: Sequence[Entailment], found: Found, embed: Embed
) -> tuple[Label, tuple[Premise, ...], str | None]:
    """The label, the run that bears it, and what a reader must know of it."""
    near = [each for each in alone if each.near >= tuned.CLAIMS.partly_from]
    saying = _saying(claimed, near, embed)
    denying = [each for each in alone if _contradicts(each, near)]
    if saying:
        best = max(saying, key=lambda each: each.near)
        if later := _told_otherwise_later(claimed, saying, (*alone, *ends)):
            then = _nearest([each for each in saying if "" < each.day < later.day]) or best
            return "partly", then.evidence + later.evidence, _change(then, later)
        disputing = _disputing(claimed, saying, denying, (*alone, *ends))
        if other := disputing or _other_office(claimed.states.names, best, found):
            note = Phrase("Sources differ: [1] says so, [{number}] otherwise", number=len(best.evidence) + 1)
            return "partly", (*best.evidence, other), note
        return "supported", best.evidence, None
    denying = [each for each in denying if not any(_tells_later(claimed.states, other, each) for other in near)]
    if denying:
        return "contradicted", max(denying, key=lambda each: each.near).evidence, None
    if not near:
        return "unsupported", (), None
    best = max(near, key=lambda each: each.near - _GAP_COSTS * len(each.gaps))
    telling = [each for each in near if not each.gaps & _APART and not _ends(claimed, each)]
    if before := _nearest(telling):
        ended = [each for each in (*alone, *ends) if _ends(claimed, each, denied=True)]
        if last := _nearest([each for each in ended if "" < before.day < each.day]):
            return "partly", before.evidence + last.evidence, _change(before, last)
    return "partly", best.evidence, None


def _change(then: Entailment, later: Entailment) -> str:
    days = PublicationDay(then.day), PublicationDay(later.day)
    return f"Was so on {days[0]} [1]; since {days[1]} told otherwise [{len(then.evidence) + 1}]"


def _saying(claimed: Claimed, near: Sequence[Entailment], embed: Embed) -> list[Entailment]:
    """Those that say all of a claim: without a gap, and with words of the same meaning where they have others."""
    whole = [each for each in near if not each.gaps and each.near >= tuned.CLAIMS.supported_from]
    beside = [left_out(each.text, claimed.states) if each.strangers else () for each in whole]
    words = (word for each, others in zip(whole, beside, strict=True) for word in (*each.strangers, *others))
    texts = list(dict.fromkeys(words))
    vectors = dict(zip(texts, embed(texts), strict=True)) if texts else {}
    return [
        each
        for each, others in zip(whole, beside, strict=True)
        if nearness(each.strangers, others, vectors) >= tuned.CLAIMS.same_word
    ]


def _contradicts(each: Entailment, near: Sequence[Entailment]) -> bool:
    """Tell if a sentence contradicts: only one of the nearest can, of the same names, or one that says all the rest."""
    nearest = max((other.near for other in near), default=0.0)
    whole = each.gaps == each.certain and not each.strangers
    sure = max(tuned.CLAIMS.contradicted_from, nearest - tuned.CLAIMS.contradicted_within)
    enough = each.near >= (tuned.CLAIMS.partly_from if whole else sure)
    return bool(each.certain) and not each.gaps & {Gap.ENTITY, Gap.ROLE} and enough


def _told_otherwise_later(
    claimed: Claimed, saying: Sequence[Entailment], alone: Sequence[Entailment]
) -> Entailment | None:
    """The nearest of the sentences by which an article later than all that say a claim tells an end of it."""
    days = [each.day for each in saying if not _ends(claimed, each)]
    later = [each for each in alone if any(days) and each.day > max(days) and _ends(claimed, each)]
    return _nearest(later)


def _nearest(found: Sequence[Entailment]) -> Entailment | None:
    return max(found, key=lambda each: each.near, default=None)


def _ends(claimed: Claimed, other: Entailment, *, denied: bool = False) -> bool:
    """Tell if a sentence tells an end of what a claim says, or another number; with `denied` a denial is enough."""
    stated, said = claimed.states, other.said
    if Gap.ENTITY in other.gaps or other.near < tuned.CLAIMS.partly_from:
        return False
    first = predicate(claimed.text)
    told = stated.terms - stated.names - stated.ended - stated.denied - (first.subject if first else frozenset())
    numbers = Gap.QUANTITY in other.certain and not other.gaps & {Gap.TIME, Gap.ROLE}
    gone = said.ended | said.denied if denied else said.ended
    return numbers or any(is_alike(term, gone - stated.ended) for term in told)


def _disputing(
    claimed: Claimed, saying: Sequence[Entailment], denying: Sequence[Entailment], others: Sequence[Entailment]
) -> Premise | None:
    """A sentence of another source, no older, that denies what is said, or of unknown order that tells an end of it."""
    best = max(saying, key=lambda each: each.near)
    stories = {each.story for each in saying}
    denied = [each for each in denying if each.day >= best.day]
    ended = [each for each in others if not (each.day and best.day) and _ends(claimed, each)]
    return next((each.evidence[0] for each in (*denied, *ended) if each.story not in stories), None)


def _other_office(names: frozenset[str], best: Entailment, found: Found) -> Premise | None:
    """A sentence that gives another office to whom the best does, where more sources do so than agree with it."""
    told = (office for line in best.evidence for office in roles(line.sentence.text))
    own = [office for office in told if names.issuperset(terms(office.name)[-1:])]
    agree, differing, holders = set[int](), dict[int, Premise](), dict[str, Premise]()
    for each in premises(hit.passage for hit in found.hits) if own else ():
        article = each.sentence.passage.article.id
        for office in roles(each.sentence.text):
            if any(differ(one, office) for one in own):
                differing.setdefault(article, each)
            elif any(one.name == office.name for one in own):
                agree.add(article)
            elif any(one.kind == office.kind for one in own):
                holders.setdefault(office.name, each)
    rivals = [each for article, each in differing.items() if article not in agree]
    return rivals[0] if rivals and len(rivals) + len(holders) > len(agree) else None


def _tells_later(stated: Analysis, other: Entailment, denying: Entailment) -> bool:
    """Tell if a sentence of a later day speaks of an end of what the claim is about, and the denying one does not."""
    changed = (other.said.ended - denying.said.ended) & (stated.denied | stated.affirmed - stated.names)
    return "" < denying.day < other.day and bool(changed)


def _likelihood(claimed: Claimed, lines: Sequence[Premise]) -> float:
    """The likelihood that the lines support the claim: logistic in how near they come and what they lack."""
    if not lines:
        return 0.0
    stated, first = claimed.states, lines[: tuned.CLAIMS.lines_together]
    said = [annotate(each.sentence.text) for each in first]
    there = frozenset[str]().union(*(each.terms.union(each.initials) for each in said))
    given = [each for other in said for each in other.quantities]
    beside = frozenset[str]().union(*(each.beside for each in first[:_NEAREST]))
    parts = (
        cosine(first[:_NEAREST], claimed.vector),
        share(stated.terms, beside, claimed.weights),
        sum(not any(each.agrees(other, there) for other in given) for each in stated.quantities),
        not all(is_named(name, there) for name in stated.names),
    )
    weighed = sum(weight * part for weight, part in zip(tuned.CLAIMS.support_weights, parts, strict=True))
    return 1 / (1 + math.exp(-weighed - tuned.CLAIMS.support_bias))
