"""Wording shared by the terminal and Discord. The text is not escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.presentation.message_splitting import shorten
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.answers import Answer, Conflict, Statement, Unanswered
from retrieval.domain.searches import Searched
from retrieval.domain.timelines import FigureSeries
from retrieval.domain.watches import NewsKind
from retrieval.nlp.markup import readable

UNANSWERED = phrase("Asked this week without an answer")

_LONGEST_SIDE = 300  # of a disagreement
_LONGEST_QUESTION = 120  # of those without an answer

# The kinds of news on a watched topic.
NEWS: Mapping[NewsKind, str] = {
    "changed": phrase("a position changed"),
    "disagreement": phrase("sources disagree"),
    "new": phrase("new evidence"),
}


def day(published: str | None, estimated: bool = False) -> str:
    """A date for people: `14 Dec 2025`, `14 Dec 2025 (date estimated)` or `undated`."""
    return ENGLISH.day(published, estimated)


def titled(series: FigureSeries) -> str:
    """What a series is of, and its unit: "Key rate, percent"."""
    return f"{capital(series.quantity)}, {series.unit}"


def summary(series: FigureSeries, words: OwnWords = ENGLISH) -> str:
    """The values of a series in words: "5.25 (14 May 2025), 5 (22 Jan 2026)"."""
    return ", ".join(f"{words.number(each.value)} ({words.day(each.date)})" for each in series.points)


def capital(text: str) -> str:
    """The text with a capital letter at its start."""
    return text[:1].upper() + text[1:]


def articles(count: int, words: OwnWords = ENGLISH) -> str:
    """A number of articles: `1 article`, `1,200 articles`."""
    return words.many("{count} article", "{count} articles", count)


def searched(looked_through: Searched, words: OwnWords = ENGLISH) -> str:
    """The articles searched, within a sentence: `searched 5 articles, the newest of 14 Dec 2025`."""
    count = words.many("searched {count} article", "searched {count} articles", looked_through.articles)
    return f"{count}{newest(looked_through, words)}"


def newest(looked_through: Searched, words: OwnWords = ENGLISH) -> str:
    """The day of the newest article, after their number."""
    return words(", the newest of {day}", day=words.day(looked_through.newest)) if looked_through.newest else ""


def period(since: str | None, until: str | None, words: OwnWords) -> str:
    """Days in a sentence: "from 1 March 2026 to 31 March 2026", "since 3 May 2026", "on 4 May 2026"."""
    first, last = (each and words.long_day(each) for each in (since, until))
    if first and last:
        return (
            words("on {day}", day=first) if first == last else words("from {first} to {last}", first=first, last=last)
        )
    return words("since {day}", day=first) if first else words("until {day}", day=last) if last else ""


def made_by(answer: Answer, words: OwnWords = ENGLISH) -> list[str]:
    """Lines about the model that wrote the answer, or the reason why it did not; none for an extractive answer."""
    lines = []
    if answer.mode == "generated":
        said = [words("Written by {model}, each statement checked against its source", model=answer.model)]
        if answer.dropped:
            dropped = answer.dropped
            said.append(
                words.many("{count} did not pass and is left out", "{count} did not pass and are left out", dropped)
            )
        if any(each.unsure for each in answer.statements):
            said.append(words("read the quotes under uncertain statements"))
        lines.append("; ".join(said))
    return [*lines, words.said(answer.note)] if answer.note else lines


def beneath(answer: Answer, statement: Statement, words: OwnWords = ENGLISH) -> list[str]:
    """The lines under a statement: its quotes if it is uncertain, and the translation of a foreign quote."""
    cited = [each for each in answer.citations if each.number in statement.citations]
    quotes = [f"“{shorten(readable(each.quote), _LONGEST_SIDE)}” [{each.number}]" for each in cited]
    said = statement.translation
    translated = [words("Translated by the model: {translation}", translation=said)] if said else []
    return [*(quotes if statement.unsure else ()), *translated]


def aged(answer: Answer) -> str:
    """A warning if the newest source of an answer is old, else empty."""
    return f"Old news: the newest of these sources came out {answer.age} days ago" if answer.age is not None else ""


def disagreement(
    conflict: Conflict,
    quoted: Callable[[str], str] = str,
    number: Callable[[int], str] = "[{}]".format,
    words: OwnWords = ENGLISH,
) -> str:
    """A disagreement of sources: the sides in their own words, with the numbers of their citations.

    `quoted` makes a side's words fit to be shown, `number` the number of a citation. A long side is shortened; the
    quote of its citation is complete.
    """
    sides = (
        f"“{quoted(shorten(readable(side.said), _LONGEST_SIDE))}” {' '.join(map(number, side.citations))}"
        for side in conflict.sides
    )
    return words("Sources disagree: {sides}", sides=f" {words('but')} ".join(sides))


def asked(question: Unanswered, say: Callable[[str], str] = str, words: OwnWords = ENGLISH) -> str:
    """A question without an answer, and how often it was asked; `say` makes its words fit to be shown."""
    said = f"“{say(shorten(' '.join(question.question.split()), _LONGEST_QUESTION))}”"
    if question.count == 1:
        return words("{question} once", question=said)
    if question.count == 2:
        return words("{question} twice", question=said)
    return words.many("{question} {count} time", "{question} {count} times", question.count, question=said)


def unanswered(questions: Sequence[Unanswered], say: Callable[[str], str], words: OwnWords = ENGLISH) -> str:
    """The questions without an answer in a line; empty where there are none."""
    listed = ", ".join(asked(each, say, words) for each in questions)
    return f"{words(UNANSWERED)}: {listed}" if questions else ""
