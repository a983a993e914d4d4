"""Answers with the words around their quotes in the reader's language, from what is known of them as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.presentation.wording import newest, period
from bot.presentation.words import OwnWords
from retrieval.answering.corpus import ABOUT_ME
from retrieval.answering.dating import InTime, PublicationDay, newest_day, openings
from retrieval.answering.standing import UNSURE
from retrieval.domain.answers import Answer, Statement
from retrieval.domain.searches import Filter


def worded(answer: Answer, words: OwnWords, listed: bool = False) -> Answer:
    """The answer with its message and the openings of its statements in the reader's language.

    Where the closest articles are `listed` below it, the message does not name one.
    """
    if listed and answer.closest and answer.reason == "not_found":
        return replace(answer, message=_message(replace(answer, closest=()), words))
    if words.english:
        return answer
    return replace(answer, message=_message(answer, words), statements=tuple(_opened(answer, words)))


def _message(answer: Answer, words: OwnWords) -> str:
    """The sentence in place of an answer; as it is, where its reason has no words here."""
    if answer.reason == "courtesy":
        return words(ABOUT_ME)
    missed = answer.missed and period(answer.missed.since, answer.missed.until, words)
    if answer.reason == "not_found":
        none = words("Nothing in the articles was published {days}.", days=missed) if missed else ""
        return " ".join(filter(None, (none, _not_found(answer, words))))
    if answer.reason == "uncertain":
        if not missed:
            return words(UNSURE)
        return words(
            "Nothing in the articles was published {days}: the closest I have is of another time.", days=missed
        )
    return answer.message


def _not_found(answer: Answer, words: OwnWords) -> str:
    which = _which(answer.only or Filter(), words)
    searched, closest = answer.searched, answer.closest
    if not searched.articles:
        return words("Not in the articles: there is none{which}.", which=which)
    named = (closest[0].title or closest[0].file).rstrip(".") if closest else ""
    return words.many(
        "Not in the articles: I searched {count} article{which}{newest}{closest}.",
        "Not in the articles: I searched {count} articles{which}{newest}{closest}.",
        searched.articles,
        which=which,
        newest=newest(searched, words),
        closest=words(", and what came closest is “{title}”", title=named) if named else "",
    )


def _which(only: Filter, words: OwnWords) -> str:
    """The outlets and days of a filter, in brackets: they fit behind a noun in every language."""
    days = period(only.since, only.until, words)
    parts = [
        words("from {outlets}", outlets=f" {words('or')} ".join(only.outlets)) if only.outlets else "",
        words("published {days}", days=days) if days else "",
    ]
    said = ", ".join(filter(None, parts))
    return f" ({said})" if said else ""


def _opened(answer: Answer, words: OwnWords) -> Iterator[Statement]:
    """The statements; an opening that names its day, and no title, is said in the reader's language."""
    cited = {each.number: each for each in answer.citations}
    statements = answer.statements
    days = [newest_day([cited[number] for number in each.citations if number in cited]) for each in statements]

    def say(turn: InTime, day: PublicationDay) -> str:
        return _opening(turn, words.day(day.day or None, day.estimated), words)

    for each, english, said in zip(statements, openings(days), openings(days, say), strict=True):
        opening = said if each.opening == english else words.said(each.opening)
        yield replace(each, opening=opening, text=words.said(each.text))


def _opening(turn: InTime, day: str, words: OwnWords) -> str:
    if turn is InTime.LEAD:
        return words("As of {day}:", day=day)
    if turn is InTime.UNKNOWN:
        return words("Undated:")
    return words("Earlier, {day}:", day=day) if turn is InTime.BEFORE else words("Later, {day}:", day=day)
