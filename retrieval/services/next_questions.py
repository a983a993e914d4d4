"""Questions to ask next: those that the cited articles lead to, and who or which outlet a short name means."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice, zip_longest

from retrieval.domain.answers import Answer
from retrieval.domain.articles import Article, Filter
from retrieval.domain.phrase import Phrase
from retrieval.nlp.actors import people
from retrieval.nlp.entities import entities, same_entity
from retrieval.nlp.names import bare, is_one_person
from retrieval.nlp.tokens import content_terms, terms
from retrieval.question.outlets import find_attributions, index_of, meant_outlets
from retrieval.services.articles import Articles
from retrieval.services.asking import Asking
from retrieval.services.corpus import Corpus

_MOST, _TRIED, _SECONDS = 3, 6, 3.0  # questions suggested, tried, and the time for trying
_ARTICLES, _PASSAGES = 3, 20  # looked into for names
_LONGEST = 80  # characters: a button takes no more
_OPENING = 3_000  # characters of an article that examples take names from
_SENTENCE = 8  # words of a line that is no heading
_SMALL = 0.2  # of the long words of running text, at least, that begin with a small letter; in German four in ten do
_LONG = 5  # letters: headlines write the short ones small too
_CHOICES = 10
_NEWEST, _EXAMPLES, _EXAMPLES_TRIED = 20, 3, 8  # articles looked at, examples given, examples tried

# Says a question in a language.
Say = Callable[[str], str]


class NextQuestions:
    """Questions after a question. No language model is asked."""

    def __init__(self, corpus: Corpus, articles: Articles, asking: Asking) -> None:
        self._corpus = corpus
        self._articles = articles
        self._asking = asking

    def after(self, answer: Answer, only: Filter, say: Say = str) -> list[str]:
        """Questions that the articles under this filter answer with more than was just quoted; the best first.

        `say` puts them into the language of the question.
        """
        found: list[str] = []
        until = time.monotonic() + _SECONDS
        quoted = {each.quote for each in answer.citations}
        for question, name in islice(self._candidates(answer, only, say), _TRIED):
            if len(found) == _MOST or time.monotonic() > until:
                break
            if self._brings_more(question, name, only, quoted):
                found.append(question)
        return found

    def _candidates(self, answer: Answer, only: Filter, say: Say) -> Iterator[tuple[str, str]]:
        """Questions about those whom the cited articles name, and about aspects that were not asked for."""
        asked = answer.question
        named = list(dict.fromkeys(each.name for each in entities(asked)))
        topic = _together(named[-2:])
        who = [name for name in self._people(answer, only) if not any(same_entity(name, each) for each in named)]
        persons = [(say(_said(name, topic)), name) for name in who]
        aspects = [(say(each), "") for each in _aspects(topic)] if topic else []
        for question in chain.from_iterable(zip_longest(persons, aspects)):
            if question and len(question[0]) <= _LONGEST and question[0].casefold() != asked.casefold():
                yield question

    def examples(self, only: Filter, says: Sequence[Say] = (str,)) -> list[str]:
        """Questions about the newest articles that these answer, and one that any answer; none without articles.

        Each is put into the first language of `says` in which it is answered.
        """
        newest, _ = self._articles.page(only, "", 0, _NEWEST)
        found: list[str] = []
        for name in islice(self._names(newest), _EXAMPLES_TRIED):
            if len(found) == _EXAMPLES - 1:
                break
            asked = _aspects(name)[0] if len(found) % 2 == 0 else _said(name, "")
            found += self._answered(asked, only, says)
        return [*found, *self._answered(Phrase("What articles do you have?"), only, says)] if newest else []

    def _answered(self, asked: Phrase, only: Filter, says: Sequence[Say]) -> list[str]:
        """The question in the first language in which it is answered; empty where there is none."""
        for question in dict.fromkeys(say(asked) for say in says):
            if len(question) <= _LONGEST and self._asking.extracts(question, only).standing == "answered":
                return [question]
        return []

    def _names(self, newest: Sequence[Article]) -> Iterator[str]:
        """What articles name in their running text and in their titles, the newest first, each once."""
        seen: set[str] = set()
        for article in newest:
            opened, title = self._articles.open(article.key), (article.metadata.title or "").casefold()
            # A title in capitals alone does not show where a name ends.
            told = _running(opened[1][:_OPENING]) if opened else ""
            for name in dict.fromkeys(bare(each.name) for each in entities(told)):
                if name and name.casefold() in title and name not in seen:
                    seen.add(name)
                    yield name

    def _people(self, answer: Answer, only: Filter) -> list[str]:
        """The people in the articles that are cited, the most often named first."""
        counted: Counter[str] = Counter()
        for key in list(dict.fromkeys(each.key for each in answer.citations))[:_ARTICLES]:
            opened = self._articles.open(key)
            if opened and (only.scopes is None or opened[0].scope in only.scopes):
                told = _running(opened[1])
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


def _said(name: str, topic: str) -> Phrase:
    if topic:
        return Phrase("What did {name} say about {topic}?", name=name, topic=topic)
    return Phrase("What did {name} say?", name=name)


def _aspects(topic: str) -> tuple[Phrase, ...]:
    return (
        Phrase("What is the latest on {topic}?", topic=topic),
        Phrase("What has changed about {topic}?", topic=topic),
        Phrase("What happens next with {topic}?", topic=topic),
    )


def _together(names: Sequence[str]) -> str:
    """One name, or two in a phrase."""
    return Phrase("{one} and {other}", one=names[0], other=names[1]) if len(names) > 1 else "".join(names)


def _running(text: str) -> str:
    """The lines that are sentences: headlines and lists of links do not show where a name ends."""
    return "\n".join(line for line in text.splitlines() if _is_running(line))


def _is_running(line: str) -> bool:
    words = line.split()
    long = [word for word in words if len(word) >= _LONG and word[0].isalpha()]
    return len(words) >= _SENTENCE and sum(word[0].islower() for word in long) >= _SMALL * len(long)


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
