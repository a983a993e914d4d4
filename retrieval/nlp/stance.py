"""What a sentence is for or against, read from its wording alone.

Precision first: what was held once, what is asked of others and what might be is no stance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from retrieval import thresholds
from retrieval.nlp.agents import actor
from retrieval.nlp.annotate import annotate
from retrieval.nlp.entities import is_named
from retrieval.nlp.past_reference import tells_of_before
from retrieval.nlp.positions import Matter, strength
from retrieval.nlp.quantities import MONTHS, WEEKDAYS, quantities
from retrieval.nlp.tokens import content_terms

_AGAINST = (
    r"relinquish\w*|abandon(?:s|ed|ing)?|renounc\w+|forgo(?:es|ing|ne)?|g(?:ives?|ave|iven|iving)\s+up|drop(?:s|ped|ping)"
    r"|shelv(?:es?|ed|ing)|scrap(?:s|ped|ping)|ditch(?:es|ed|ing)|reject(?:s|ed|ing)?|refus(?:es?|ed|ing)"
    r"|rul(?:es?|ed|ing)\s+out|oppos(?:es?|ed|ing)|veto(?:es|ed|ing)?|back(?:s|ed|ing)?\s+(?:away|down|out)"
    r"|backtrack\w*|declin(?:es?|ed|ing)\s+to|resist(?:s|ed|ing)?|withdr(?:aws?|ew|awn|awing)|terminat(?:es?|ed|ing)"
    r"|(?<=to\s)(?:drop|scrap|shelve|ditch|rule\s+out|oppose|withdraw|terminate|renounce|forgo)"
    r"|cancel(?:s|l?ed|l?ing)?|pull(?:s|ed|ing)?\s+out|walk(?:s|ed|ing)?\s+away|halt(?:s|ed|ing)?|opposition\s+to"
)
_FOR = (
    r"(?<=to\s)(?:back|favou?r|endorse|embrace|advocate|propose)|wants?|wanted|wish(?:es|ed)?|seek(?:s|ing)?|sought|support(?:s|ed|ing)?|back(?:s|ed|ing)|favou?r(?:s|ed|ing)?"
    r"|agree(?:s|d)?\s+(?:to|on|with)|accept(?:s|ed|ing)?|vow(?:s|ed)?|pledg(?:es?|ed|ing)|promis(?:es|ed|ing)"
    r"|propos(?:es|ing|ed\s+(?:an?|the|to|that))|advocat(?:es|ed|ing)|call(?:s|ed|ing)?\s+for|insist(?:s|ed|ing|ence)?(?:\s+on)?"
    r"|demand(?:s|ed|ing)?|push(?:es|ed|ing)?\s+(?:for|to)|bid\s+(?:for|to)|ambitions?|aspirations?|endors(?:es?|ed|ing)"
    r"|welcom(?:es|ed|ing)|embrac(?:es|ed|ing)|committed\s+to|in\s+favou?r\s+of"
)
_CUE = re.compile(
    rf"(?<!-)\b(?:(?P<against>{_AGAINST})|(?P<denial>not|never|no\s+longer|\w+n['’]t)|(?:{_FOR}))\b(?!-|\s+by\b)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[,;:()“”\"–—]\s?|\s-\s|\b(?:but|while|although|though|after|because|when|since|before|despite|unless|if)\b"
)
# "The plan was dropped": whoever is named there did not do it.
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being|gets?|got)(?:\s+\w+ly)?\s+$", re.IGNORECASE)
_DONE = re.compile(r"(?:ed|wn|en|up|out|down|away|sought)$", re.IGNORECASE)
_HOLDS = re.compile(r"opposed|committed", re.IGNORECASE)
_NOBODY = re.compile(r"\W*(?:no|none|few|neither|nobody)\b", re.IGNORECASE)
# What may have been held at another time than that of the article: more than tells of it for sure.
_ONCE = re.compile(
    r"\b(?:previously|earlier|once|formerly|used\s+to|had|originally|initially|years?\s+ago|last\s+year)\b",
    re.IGNORECASE,
)
# Words between cues that go together ("relinquishing its ambition"), and behind them, of what they are about.
_APART, _REACH = 3, 8
_BESIDE = (
    MONTHS
    | WEEKDAYS
    | frozenset(
        content_terms(
            "join keep maintain continue remain stay plan idea call proposal move decision part right new further any"
            " all more full whole"
        )
    )
)


@dataclass(frozen=True, slots=True)
class Stance:
    """Somebody is for a matter, or against it: in the words it is told in, its first term, all, and those that name."""

    actor: str
    favours: bool
    matter: str
    first: str
    about: frozenset[str]
    names: frozenset[str]

    def contradicts(self, other: Stance) -> bool:
        """Whether the other is for what this one is against, or the other way round."""
        return self.favours != other.favours and self.shares(other)

    def shares(self, other: Stance) -> bool:
        """Whether both are about the same: one in more words than the other, but both first of the same."""
        shared = frozenset(term for term in self.about if self._is_in(term, other))
        theirs = frozenset(term for term in other.about if other._is_in(term, self))
        if self.first not in shared or other.first not in theirs or not (shared & self.names or len(shared) > 1):
            return False
        whole = shared == self.about or theirs == other.about
        return whole and len(shared) >= thresholds.STANCE_SHARED * max(len(self.about), len(other.about))

    def _is_in(self, term: str, other: Stance) -> bool:
        return term in other.about or (term in self.names and is_named(term, other.names))


def stances(text: str, day: str) -> Iterator[Stance]:
    """The stances that a sentence of an article of this day says somebody takes now."""
    chains = [each for clause in _CLAUSE.split(text) for each in _chains(clause)]
    name = actor(text) if chains and not _NOBODY.match(text) and not _ONCE.search(text) else None
    if name is None or _names_other_year(text, day) or tells_of_before(text, day):
        return
    holder = frozenset(content_terms(name)[-1:])
    names = annotate(text).names - frozenset(content_terms(name))
    for favours, behind in chains:
        told = " ".join(behind.split()[:_REACH])
        terms = [each for each in content_terms(told) if each not in _BESIDE | holder]
        about = frozenset(terms)
        asked = Matter(holder, about & names or about, bool(about & names), frozenset())
        if terms and strength(text, asked):
            yield Stance(name, favours, told, terms[0], about, about & names)


def _names_other_year(text: str, day: str) -> bool:
    """Even what is to come in another year may be another matter than what is held now."""
    return any(each.kind == "year" and each.value != day[:4] for each in quantities(text))


def _chains(clause: str) -> Iterator[tuple[bool, str]]:
    """The words for and against that go together, as one: to reject a bid is against it; and what stands behind."""
    cues = [each for each in _CUE.finditer(clause) if not _is_passive(clause, each)]
    groups = [cues[:1]] if cues else []
    for last, each in pairwise(cues):
        if len(clause[last.end() : each.start()].split()) <= _APART:
            groups[-1].append(each)
        else:
            groups.append([each])
    for group in groups:
        turns = sum(bool(each["against"] or each["denial"]) for each in group)
        if not all(each["denial"] for each in group):
            yield turns % 2 == 0, clause[group[-1].end() :]


def _is_passive(clause: str, cue: re.Match[str]) -> bool:
    done = _DONE.search(cue[0]) and not _HOLDS.match(cue[0])
    return bool(done and _PASSIVE.search(clause[: cue.start()]))
