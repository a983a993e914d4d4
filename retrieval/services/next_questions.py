"""Questions to ask next: those that the cited articles lead to, and who or which outlet a short name means."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice, zip_longest

from retrieval.domain.answers import Answer
from retrieval.domain.articles import Filter
from retrieval.nlp.actors import people
from retrieval.nlp.entities import entities, same_entity
from retrieval.nlp.names import is_one_person
from retrieval.nlp.tokens import content_terms, terms
from retrieval.question.outlets import find_attributions, index_of, meant_outlets
from retrieval.question.understanding import language_of_question
from retrieval.services.articles import Articles
from retrieval.services.asking import Asking
from retrieval.services.corpus import Corpus

_MOST, _TRIED, _SECONDS = 3, 6, 3.0  # questions suggested, tried, and the time for trying
_ARTICLES, _PASSAGES = 3, 20  # looked into for names
_LONGEST = 80  # characters: a button takes no more
_SENTENCE = 8  # words of a line that is no heading
_CHOICES = 10
_ASPECTS = ("What is the latest on {}?", "What has changed about {}?", "What happens next with {}?")


class NextQuestions:
    """Questions after a question. No language model is asked."""

    def __init__(self, corpus: Corpus, articles: Articles, asking: Asking) -> None:
        self._corpus = corpus
        self._articles = articles
        self._asking = asking

    def after(self, answer: Answer, only: Filter) -> list[str]:
        """Questions that the articles under this filter answer with more than was just quoted; the best first."""
        if language_of_question(answer.question) != "en":
            return []
        found: list[str] = []
        until = time.monotonic() + _SECONDS
        quoted = {each.quote for each in answer.citations}
        for question, name in islice(self._candidates(answer, only), _TRIED):
            if len(found) == _MOST or time.monotonic() > until:
                break
            if self._brings_more(question, name, only, quoted):
                found.append(question)
        return found

    def _candidates(self, answer: Answer, only: Filter) -> Iterator[tuple[str, str]]:
        """Questions about those whom the cited articles name, and about aspects that were not asked for."""
        asked = answer.question
        named = list(dict.fromkeys(each.name for each in entities(asked)))
        topic = " and ".join(named[-2:])
        who = [name for name in self._people(answer, only) if not any(same_entity(name, each) for each in named)]
        about = f" about {topic}" if topic else ""
        persons = [(f"What did {name} say{about}?", name) for name in who]
        aspects = [(each.format(topic), "") for each in _ASPECTS if topic]
        for question in chain.from_iterable(zip_longest(persons, aspects)):
            if question and len(question[0]) <= _LONGEST and question[0].casefold() != asked.casefold():
                yield question

    def _people(self, answer: Answer, only: Filter) -> list[str]:
        """The people in the articles that are cited, the most often named first."""
        counted: Counter[str] = Counter()
        for key in list(dict.fromkeys(each.key for each in answer.citations))[:_ARTICLES]:
            opened = self._articles.open(key)
            if opened and (only.scopes is None or opened[0].scope in only.scopes):
                lines = [line for line in opened[1].splitlines() if len(line.split()) >= _SENTENCE]
                told = "\n".join(lines)
                counted.update({name: told.count(name.split()[-1]) for name in people(told) if " " in name})
        return [name for name, _ in counted.most_common()]

    def _brings_more(self, question: str, name: str, only: Filter, quoted: set[str]) -> bool:
        answer = self._asking.extracts(question, only)
        if answer.standing != "answered" or not answer.citations:
            return False
        first = answer.citations[0].quote
        return (not name or name.rsplit(maxsplit=1)[-1] in first) and first not in quoted

    def meant(self, question: str, only: Filter) -> tuple[str, ...]:
        """The outlets, or the people, that a short name in the question may mean; empty unless there are several."""
        known = self._corpus.outlets(only.scopes)
        if find_attributions(question, known):
            return ()
        parts = _parts(known)
        for names, _span in find_attributions(question, tuple(parts)):
            return parts[names[0]][:_CHOICES]
        shorts = [each.name for each in entities(question) if len(each.terms) == 1 and each.kind != "acronym"]
        return self._bearers(question, shorts, only) if shorts else ()

    def _bearers(self, question: str, shorts: list[str], only: Filter) -> tuple[str, ...]:
        """The people whom the passages that the question finds call by the surname in it."""
        text = "\n".join(hit.passage.text for hit in self._asking.search(question, _PASSAGES, only))
        # One line after the other, since people of one surname are one in a text.
        full = dict.fromkeys(name for line in text.splitlines() for name in people(line))
        for short in shorts:
            found: list[str] = []
            for name in full:
                fits = name.casefold().endswith(f" {short.casefold()}") and content_terms(name.split()[0])
                if fits and not any(_is_one(name, each) for each in found):
                    found.append(name)
            if len(found) > 1:
                return tuple(found[:_CHOICES])
        return ()


def _is_one(one: str, other: str) -> bool:
    """Tell if two names are one person's: "Democrat Mark Kelly" is Mark Kelly."""
    short, long = sorted((one, other), key=len)
    return long.endswith(f" {short}") or is_one_person(tuple(terms(one)), tuple(terms(other)), f"{one} {other}")


def _parts(known: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The outlets that share a beginning or end of their names: “Times”, of the New York Times and the Moscow Times."""
    index = index_of(frozenset(known))
    parts: dict[str, list[str]] = {}
    for outlet in known:
        words = outlet.removeprefix("The ").split()
        runs = {" ".join(run) for at in range(1, len(words)) for run in (words[:at], words[at:])}
        for run in runs:
            parts.setdefault(run, []).append(outlet)
    return {run: tuple(owners) for run, owners in parts.items() if len(owners) > 1 and not meant_outlets(run, index)}


def with_full_name(question: str, name: str) -> str:
    """The question with the short form of a name in it made full."""
    words = name.split()
    forms = sorted(
        (" ".join(part) for at in range(1, len(words)) for part in (words[:at], words[at:])), key=len, reverse=True
    )
    for form in forms:
        at = question.casefold().find(form.casefold())
        if at >= 0:
            return f"{question[:at]}{name}{question[at + len(form) :]}"
    return question
