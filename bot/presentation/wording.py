"""Wording shared by the terminal and Discord: answers, timelines and comparisons. The text is not escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.presentation.discord.markdown import shorten
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.answers import (
    Answer,
    Column,
    Conflict,
    FigureSeries,
    Statement,
    Timeline,
    TimelineEntry,
    Unanswered,
)
from retrieval.domain.articles import Searched
from retrieval.domain.reports import NewsKind
from retrieval.nlp.markup import readable, visible

UNANSWERED = phrase("Asked this week without an answer")

_LONGEST_SIDE = 300  # of a disagreement
_LONGEST_QUESTION = 120  # of those without an answer

# The kinds of news on a watched topic.
NEWS: Mapping[NewsKind, str] = {
    "changed": phrase("a position changed"),
    "disagreement": phrase("sources disagree"),
    "new": phrase("new evidence"),
}
# The characters of a name, and how many changes are named.
_NAME, _NAMED = 40, 3
# A text that is one quotation; a straight mark that opens one, or closes it; and double marks as single ones.
_QUOTATION = re.compile(r'“[^“”]*”|„[^„“”]*[“”]|«[^«»]*»|"[^"]*"')
_STRAIGHT = re.compile(r'(?:(?<=[\s(\[—–-])|^)(")(?=\S)|"')
_SINGLE = str.maketrans("“”„", "‘’‚")
# The lines over the rows about the same matter, and over the other rows.
ALIKE, ELSE = phrase("On the same matter"), phrase("What else each side says")


def day(published: str | None, estimated: bool = False) -> str:
    """A date for people: `14 Dec 2025`, `14 Dec 2025 (date estimated)` or `undated`."""
    return ENGLISH.day(published, estimated)


def titled(series: FigureSeries) -> str:
    """The quantity of a series, and its unit: "Key rate, percent"."""
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
    quotes = [f"{in_quotes(shorten(readable(each.quote), _LONGEST_SIDE))} [{each.number}]" for each in cited]
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
        f"{quoted(in_quotes(shorten(readable(side.said), _LONGEST_SIDE)))} {' '.join(map(number, side.citations))}"
        for side in conflict.sides
    )
    return words("Sources disagree: {sides}", sides=f" {words('but')} ".join(sides))


def asked(question: Unanswered, say: Callable[[str], str] = str, words: OwnWords = ENGLISH) -> str:
    """A question without an answer, and how often it was asked; `say` makes its words fit to be shown."""
    said = say(in_quotes(shorten(" ".join(question.question.split()), _LONGEST_QUESTION)))
    if question.count == 1:
        return words("{question} once", question=said)
    if question.count == 2:
        return words("{question} twice", question=said)
    return words.many("{question} {count} time", "{question} {count} times", question.count, question=said)


def unanswered(questions: Sequence[Unanswered], say: Callable[[str], str], words: OwnWords = ENGLISH) -> str:
    """The questions without an answer in a line; empty where there are none."""
    listed = ", ".join(asked(each, say, words) for each in questions)
    return f"{words(UNANSWERED)}: {listed}" if questions else ""


def extent(timeline: Timeline, words: OwnWords = ENGLISH) -> str:
    """The number of statements, and the days of the first and the last."""
    return f"{counted(timeline, words)}, {words.span(*edges(timeline, words))}"


def counted(timeline: Timeline, words: OwnWords = ENGLISH) -> str:
    """ "13 statements", or "40 of 96 statements" where there is no room for more."""
    many = len(timeline.entries)
    if timeline.found > many:
        shown = words.number(many)
        return words.many("{shown} of {count} statement", "{shown} of {count} statements", timeline.found, shown=shown)
    return words.many("{count} statement", "{count} statements", many)


def edges(timeline: Timeline, words: OwnWords = ENGLISH) -> tuple[str, str]:
    """The days of the first and the last statement; estimated if no statement of that day has a sure date."""
    first, last = (dated(_whole_day(timeline, place), words) for place in (0, -1))
    return first, last


def dated(entry: TimelineEntry, words: OwnWords = ENGLISH) -> str:
    """The day of a statement: `14 Dec 2025 (date estimated)`."""
    return words.day(entry.date, entry.citation.published_estimated)


def shifts(timeline: Timeline, say: Callable[[str], str] = str, words: OwnWords = ENGLISH) -> Iterator[str]:
    """A line that names the actors whose position changed, the latest first; no line if there are none.

    `say` makes a name fit to be shown.
    """
    changed = [each for each in reversed(timeline.entries) if each.change == "changed"]
    named = ", ".join(changed_on(entry, say, words) for entry in changed[:_NAMED])
    if len(changed) > _NAMED:
        named = words("{names} and {number} more", names=named, number=len(changed) - _NAMED)
    if changed:
        yield words("Changed: {names}", names=named)


def changed_on(entry: TimelineEntry, say: Callable[[str], str] = str, words: OwnWords = ENGLISH) -> str:
    """The actor of a statement and its day, "Volodymyr Zelenskyy on 14 Dec 2025"; the day alone of nobody named."""
    name, day = shorten(visible(entry.actor or ""), _NAME), dated(entry, words)
    return words("{actor} on {day}", actor=say(name), day=day) if name else day


def in_quotes(text: str) -> str:
    """A text in quotation marks, those within it single: “He said: ‘no.’” What is one quotation already stays."""
    if _QUOTATION.fullmatch(text):
        return text
    return f"“{_STRAIGHT.sub(lambda mark: '‘' if mark[1] else '’', text).translate(_SINGLE)}”"


def _whole_day(timeline: Timeline, place: int) -> TimelineEntry:
    """The first or the last entry; if its date is estimated, one of the same day with a sure date, if there is one."""
    edge = timeline.entries[place]
    sure = (each for each in timeline.entries if each.date == edge.date and not each.citation.published_estimated)
    return next(sure, edge)


def seen(column: Column, words: OwnWords = ENGLISH) -> str:
    """The name of a side, and its number of articles."""
    return f"{column.label}: {articles(column.articles, words)}"


def nothing(column: Column, words: OwnWords = ENGLISH) -> str:
    """The text in place of a side without a statement."""
    return words("Nothing on this.") if column.articles else words("No articles.")
