"""What the passages order whoever answers, and whether a statement obeys: what an article orders is no news.

A model that obeys joins what it is to say to what is true, so a statement is held against the orders clause by clause.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import prompts
from retrieval.domain.articles import Passage
from retrieval.nlp.markup import readable
from retrieval.nlp.prompt_injection import is_order, ordered
from retrieval.nlp.sentences import sentences
from retrieval.nlp.tokens import content_terms

Span = tuple[int, int]

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
