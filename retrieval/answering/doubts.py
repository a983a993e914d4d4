"""What makes it doubtful that the sentences a claim quotes say it, though nothing is known for certain.

Another subject in its place, more certainty, a number that is of something else, a part told as the whole, a reason
nobody gives. Read from the words of both; a second look may find otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from retrieval import tuned
from retrieval.answering.held import is_dated, is_held, strange_names
from retrieval.domain.articles import Passage
from retrieval.evidence.claim_sentences import Premise
from retrieval.evidence.entailment import (
    Entailment,
    as_fact,
    compare,
    drops_condition,
    taken_apart,
    unmatched,
    with_roles,
)
from retrieval.evidence.gaps import Gap, exchanged, is_rearranged, opposed, overstates
from retrieval.evidence.predicates import Predicate, predicate, shortfalls
from retrieval.nlp.annotate import Analysis, annotate
from retrieval.nlp.clauses import assertion, places, read
from retrieval.nlp.entities import is_named
from retrieval.nlp.factuality import tellings
from retrieval.nlp.lexicon import load
from retrieval.nlp.markup import readable
from retrieval.nlp.quantities import Quantity
from retrieval.nlp.statements import Sentence
from retrieval.nlp.tokens import STOPWORDS, content_terms

# Content terms behind a word that limits or supposes them, and words between a name and the verb that "who" gives it.
_REACH, _RELATIVE = 2, 4
# What `Assertion.supposed` is of what may be.
_MAYBE = 2
# Characters before a sentence in which its pronouns may be named.
_BEFORE = 400
_CLAUSE_END = re.compile(r"[.;:!?()—–]|,\s(?=(?:and|but|while|whereas|which|who)\b)")
_NUMBER = re.compile(r"\s*(?:[0-9]|percent\b|%)")


def compared(claim: str, run: Sequence[Premise]) -> Entailment:
    """The claim beside the sentences that it rests on, by the words of both."""
    claimed = taken_apart(claim)
    return with_roles(claimed, compare(claimed, tuple(run)))


def is_denied(claim: str, found: Entailment) -> bool:
    """Tell if the sentences plainly tell it otherwise: deny it, say the opposite, count otherwise, or only if."""
    if Gap.POLARITY in found.certain or (Gap.QUANTITY in found.certain and _is_counted_otherwise(claim, found)):
        return True
    if _is_only_possible(claim, found):
        return True
    opposite = found.told >= tuned.CLAIMS.replaced_from and opposed(annotate(claim), found.said)
    return bool(opposite) or drops_condition(taken_apart(claim), found.evidence)


def _is_only_possible(claim: str, found: Entailment) -> bool:
    """Tell if a claim tells as a fact what its sentences have behind "may" or "if" alone, by the same verb."""
    first = predicate(claim)
    if first is None or first.loose or first.saying or first.asserted.supposed or _has("supposing", claim):
        return False
    texts = (read(line.sentence.text) for line in found.evidence)
    there = [assertion(said, at) for said in texts for at in places(said, first.term)]
    same = [each for each in there if not each.nominal]
    return bool(same) and len(same) == len(there) and all(each.supposed == _MAYBE for each in same)


def is_borne(claim: str, found: Entailment) -> bool:
    """Tell if the words of both leave no gap: nothing strange in the claim, and nothing lost that limits the sentences.

    They are limited by their conditions and by whoever says them. A negation that they lack, or a name or number in the
    place of another, leaves a gap that the words alone do not show.
    """
    there, own = ({each.lower() for each in _pattern("conditions").findall(text)} for text in (found.text, claim))
    stated = annotate(claim)
    return not (
        found.gaps
        or found.strangers
        or there - own
        or tellings(claim) < tellings(_nearest(stated, found))
        or stated.negations > found.said.negations
        or any(is_rearranged(stated, annotate(line.sentence.text)) for line in found.evidence)
    )


def is_doubtful(claim: str, found: Entailment) -> bool:
    """Tell if the sentences seem to tell it otherwise, or to tell less."""
    if not found.evidence:
        return False
    said = found.text
    return bool(
        _is_of_another(claim, found)
        or _is_told_surer(claim, found)
        or _is_counted_otherwise(claim, found)
        or opposed(annotate(claim), found.said)
        or _is_only_a_part(claim, said)
        or (_has("asserted_causes", claim) and not _has("causes", said))
    )


def _is_of_another(claim: str, found: Entailment) -> bool:
    """Tell if it is told of somebody else, or by somebody else."""
    if Gap.ROLE in found.gaps and not _speaks(claim, found):
        return True
    first = predicate(claim)
    if first and any(_is_of_nearer(first, line.sentence.text) for line in found.evidence):
        return True
    if exchanged(annotate(claim), found.said) and found.told >= tuned.CLAIMS.replaced_from:
        return True
    # A name in another's place, where all else is said.
    texts = [_around(line.sentence) for line in found.evidence]
    others = found.said.names - annotate(claim).names
    return bool(found.told >= tuned.CLAIMS.replaced_from and others and strange_names(claim, texts))


def _around(sentence: Sentence) -> str:
    """A sentence with what stands before it, which its pronouns may mean, and the title of its article."""
    passage = sentence.passage
    before = readable(passage.text[max(sentence.start - _BEFORE, 0) : sentence.start])
    return f"{passage.article.metadata.title or ''}. {before} {sentence.text}"


def _speaks(claim: str, found: Entailment) -> bool:
    """Tell if all that is in question is who says it, and who does is named there."""
    first = predicate(claim)
    if first is None or not first.saying:
        return False
    return bool(first.subject) and all(is_named(each, found.said.terms) for each in first.subject)


def _is_of_nearer(stated: Predicate, text: str) -> bool:
    """Tell if what the claim says of its subject is said of another right before "who"."""
    said = read(text)
    for at in places(said, stated.term):
        for place in range(max(at - _RELATIVE, 1), at):
            if said[place].text in ("who", "whom"):
                nearest = next((word for word in reversed(said[:place]) if word.name), None)
                if (
                    nearest
                    and stated.subject
                    and not any(is_named(each, frozenset(nearest.terms)) for each in stated.subject)
                ):
                    return True
    return False


def _is_told_surer(claim: str, found: Entailment) -> bool:
    """Tell if it is told as done or as a fact where the sentences have it as meant, tried or said."""
    stated, first = annotate(claim), predicate(claim)
    gaps = frozenset[Gap]()
    if first and not first.saying:
        gaps = min((shortfalls(first, line.sentence.text) for line in found.evidence), key=len)
    if Gap.POLARITY in gaps or overstates(stated, annotate(_nearest(stated, found))):
        return True
    if _has("supposing", claim):
        return False
    if Gap.MODALITY in gaps or _has_supposed(claim, found.text):
        return True
    return not _has("attitudes", claim) and as_fact(taken_apart(claim), found.said, found.evidence)


def _nearest(stated: Analysis, found: Entailment) -> str:
    """The sentence that shares most terms with the claim."""
    return max((line.sentence for line in found.evidence), key=lambda each: len(each.terms & stated.terms)).text


def _has_supposed(claim: str, said: str) -> bool:
    """Tell if the claim tells what stands behind a word that only supposes it."""
    stated = annotate(claim).terms - annotate(claim).names
    return any(stated.intersection(behind[:2]) for behind in _behind("supposed", said))


def _is_counted_otherwise(claim: str, found: Entailment) -> bool:
    """Tell if it has a number or a part of a date that the sentences lack, or have of something else."""
    missing, _ = unmatched(annotate(claim), found.said)
    plain = [each for each in found.said.quantities if each.kind == "number"]
    values = [float(each.value) for each in plain]
    passages = [line.sentence.passage for line in found.evidence]
    return any(
        _is_other(each, plain, values, passages) or (len(each.value) > 1 and any(map(each.agrees, plain)))
        for each in missing
    )


def _is_other(part: Quantity, plain: Sequence[Quantity], values: Sequence[float], passages: Sequence[Passage]) -> bool:
    """Tell if a quantity that is not said stands in another's place; the year may be that of the article."""
    if part.kind == "number":
        return not is_held(part, plain, values)
    return part.kind in ("day", "weekday", "month") or (part.kind == "year" and not is_dated(part, (), passages))


def _is_only_a_part(claim: str, said: str) -> bool:
    """Tell if a sentence tells of some of those of whom the claim tells without a limit."""
    if _has("partial", claim):
        return False
    stated = frozenset(content_terms(claim))
    return any(stated.intersection(behind[:_REACH]) for behind in _behind("limits", said))


def _behind(name: str, text: str) -> Iterator[list[str]]:
    """The content terms behind every word or phrase of a list, to the end of its clause; not of a number."""
    for match in _pattern(name).finditer(text):
        rest = text[match.end() :]
        if not _NUMBER.match(rest):
            yield [each for each in content_terms(_CLAUSE_END.split(rest, maxsplit=1)[0]) if each not in STOPWORDS]


def _has(name: str, text: str) -> bool:
    return bool(_pattern(name).search(text))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    phrases = sorted(load("claims")[name], key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, phrases))})\b", re.IGNORECASE)
