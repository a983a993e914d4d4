"""What a language model claims, checked before anybody sees it: what is known to be false, doubtful, or left open.

A claim is dropped for what the program knows for certain; of all else it says how it stands. What the team is shown as
a quote is the stored text, never the model's. What an article orders whoever answers is no news: a model that obeys
joins it to what is true, so a claim is held against such orders clause by clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import prompts
from retrieval.answering.doubts import compared, is_borne, is_denied, is_doubtful
from retrieval.answering.held import strange_figure, strange_names, whole
from retrieval.domain.articles import Passage
from retrieval.domain.citations import Citation
from retrieval.domain.llm import Claim
from retrieval.evidence.citations import cite_part
from retrieval.evidence.claim_sentences import Premise, premises, promising
from retrieval.evidence.entailment import Entailment
from retrieval.nlp.annotate import annotate
from retrieval.nlp.language import is_english
from retrieval.nlp.markup import readable
from retrieval.nlp.prompt_injection import is_order, ordered
from retrieval.nlp.sentences import Span, find_quote, find_sentence, sentences
from retrieval.nlp.tokens import content_terms

_JOINT = re.compile(r"\s*[;:—–]\s+|,\s+(?:and|but|so)\s+|\s-\s")
_WORD = re.compile(r"[^\W_]+")
# Terms of a clause that an order alone has, and words in a row that are those of our own rules.
_CLAUSE, _RUN = 2, 5


class Orders:
    """The orders in some passages, and what their other sentences tell."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._given: list[frozenset[str]] = []
        self._told: list[frozenset[str]] = []
        self._words: dict[bool, list[str]] = {True: [], False: []}
        for passage in passages:
            spans = sentences(passage.text)
            for (start, end), order in zip(spans, ordered(passage.text, spans), strict=True):
                text = readable(passage.text[start:end])
                (self._given if order else self._told).append(frozenset(content_terms(text)))
                self._words[order].append(_words(text))
        self._known = frozenset[str]().union(*self._told)

    def obeyed(self, text: str) -> bool:
        """Tell if a statement orders something, or says what only an order or our own rules have."""
        parts = [each for start, end in sentences(text) for each in _JOINT.split(text[start:end])]
        return any(is_order(each) or self._is_from_order(each) for each in parts) or _is_from_rules(text)

    def _is_from_order(self, clause: str) -> bool:
        said, words = frozenset(content_terms(clause)), _words(clause)
        if len(said) >= _CLAUSE and any(words in each for each in self._words[True]):
            return not any(words in each for each in self._words[False])
        for given in self._given:
            if said & given - self._known:
                return True
            if len(said) >= _CLAUSE and said <= given and not any(said <= told for told in self._told):
                return True
        return False


def is_ordered(passage: Passage, span: Span) -> bool:
    """Tell if words of a passage are an order, or stand right behind one."""
    spans = sentences(passage.text)
    flags = zip(spans, ordered(passage.text, spans), strict=True)
    return any(order and span[0] < end and start < span[1] for (start, end), order in flags)


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _is_from_rules(text: str) -> bool:
    words = _WORD.findall(text.casefold())
    return any(tuple(words[at : at + _RUN]) in _rules() for at in range(len(words) - _RUN + 1))


@cache
def _rules() -> frozenset[tuple[str, ...]]:
    """The runs of words of the rules that a model is given; their example, which tells of a bridge, apart."""
    found = set[tuple[str, ...]]()
    for name in ("answer", "digest", "brief", "verify"):
        words = _WORD.findall(prompts.load(name).rules.partition("An example.")[0].casefold())
        found |= {tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}
    return frozenset(found)


# Sentences of the cited passages that a claim without a quote is compared with, of which the best is cited.
_NEAREST = 2
# Characters; what is longer is no claim.
_LONGEST = 1_000

Reason = Literal["empty", "passage not given", "quote not in the passage", "ordered", "name", "figure", "contradicted"]
Certainty = Literal["sure", "unsure", "doubtful"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim that is not known to be false, and the stored text it rests on; the citations have no number yet (0).

    It is `sure` where it is a sentence of its passage word for word, or its words and those of its quotes leave no gap;
    `doubtful` where they seem to say otherwise.
    """

    claim: Claim
    citations: tuple[Citation, ...]
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Dropped:
    """A claim that must not be shown, and why."""

    claim: Claim
    reason: Reason


@dataclass(frozen=True, slots=True)
class _Place:
    """A quote where it stands: the passage, and the span of its text."""

    passage: Passage
    span: Span


def check(claims: Iterable[Claim], given: Sequence[Passage]) -> list[Checked | Dropped]:
    """The outcome of every claim over the passages that the model was given, in order."""
    orders = Orders(given)
    return [_outcome(claim, given, orders) for claim in claims]


def _outcome(claim: Claim, given: Sequence[Passage], orders: Orders) -> Checked | Dropped:
    if not any(map(str.isalnum, claim.text)) or len(claim.text) > _LONGEST:
        return Dropped(claim, "empty")
    if not claim.passages or not all(1 <= number <= len(given) for number in claim.passages):
        return Dropped(claim, "passage not given")
    cited = [given[number - 1] for number in dict.fromkeys(claim.passages)]
    places = [_places(quote, cited) for quote in claim.quotes]
    if not all(places):
        return Dropped(claim, "quote not in the passage")
    quoted = [place for each in places for place in each]
    if orders.obeyed(claim.text) or any(is_ordered(place.passage, place.span) for place in quoted):
        return Dropped(claim, "ordered")
    for passage in cited:
        if (span := find_sentence(claim.text, passage.text)) and not is_ordered(passage, span):
            return Checked(claim, (_cite(_Place(passage, span)),), "sure")
    return _weighed(claim, cited, quoted)


def _weighed(claim: Claim, cited: Sequence[Passage], quoted: Sequence[_Place]) -> Checked | Dropped:
    """The outcome of a claim in words of its own; only English is read closely enough to know anything of it."""
    chosen = _chosen(claim, cited, quoted)
    if not chosen:
        return Dropped(claim, "ordered")
    citations = tuple(map(_cite, quoted)) or (_cite(_place(chosen[0])),)
    if not is_english(claim.text) or not all(is_english(each.text) for each in cited):
        return Checked(claim, citations, "unsure")
    found = compared(claim.text, chosen)
    if reason := _known(claim, cited, found):
        return Dropped(claim, reason)
    if is_doubtful(claim.text, found):
        return Checked(claim, citations, "doubtful")
    return Checked(claim, citations, "sure" if is_borne(claim.text, found) else "unsure")


def _known(claim: Claim, cited: Sequence[Passage], found: Entailment) -> Reason | None:
    """Why a claim is certainly false, if it is."""
    if strange_names(claim.text, [*map(whole, cited)]):
        return "name"
    if strange_figure(claim.text, cited, claim.quotes):
        return "figure"
    return "contradicted" if is_denied(claim.text, found) else None


def _chosen(claim: Claim, cited: Sequence[Passage], quoted: Sequence[_Place]) -> list[Premise]:
    """The sentences that hold the quotes; without quotes those that share most with the claim, the best first."""
    lines = [each for each in premises(cited) if not is_ordered(_place(each).passage, _place(each).span)]
    if quoted:
        return [each for each in lines if any(_overlap(_place(each), place) for place in quoted)]
    return promising(annotate(claim.text), lines, _NEAREST)


def _place(line: Premise) -> _Place:
    return _Place(line.sentence.passage, (line.sentence.start, line.sentence.end))


def _places(quote: str, cited: Sequence[Passage]) -> list[_Place]:
    """Where a quote stands in the first cited passage that has it."""
    for passage in cited:
        if spans := find_quote(quote, passage.text):
            return [_Place(passage, span) for span in spans]
    return []


def _overlap(one: _Place, other: _Place) -> bool:
    return one.passage is other.passage and one.span[0] < other.span[1] and other.span[0] < one.span[1]


def _cite(place: _Place) -> Citation:
    return cite_part(place.passage, 0, *place.span)
