"""An answer for Discord."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.presentation.discord.citations import Link, number, source, titled
from bot.presentation.discord.layouts import Page, Part, Text, Tone, paged
from bot.presentation.discord.markdown import clean, clean_line, escape, join, quoted, small
from bot.presentation.excerpts import MARK, UNMARK, Shown, excerpts, narrowed, uncovered
from bot.presentation.worded_answers import worded
from bot.presentation.wording import beneath, capital, disagreement, made_by, newest
from bot.presentation.words import ENGLISH, OwnWords
from retrieval.answering.standing import UNSURE
from retrieval.domain.answers import Answer, Statement

_MARKS = re.compile(f"[{MARK}{UNMARK}]")


def answer(
    answer: Answer, link: Link, asked: str | None = None, plain: bool = False, words: OwnWords = ENGLISH
) -> list[Page]:
    """The messages of an answer: its excerpts or statements with their sources, or the closest articles.

    `asked` is the question as the person asked it. If it was understood as another question, that is shown. `plain`
    messages have no components.
    """
    answer = worded(answer, words, listed=True)
    said = " · ".join(_foot(answer, asked, words))
    foot = small(capital(said)) if said else ""

    def whole(answer: Answer) -> list[Page]:
        parts = _nothing(answer, words) if answer.standing == "nothing" else list(_parts(answer, link, words))
        below = lambda at, total: foot if at == total else ""  # noqa: E731
        return paged(parts, _tone(answer), opening=_above(answer, words), foot=below, plain=plain)

    pages = whole(answer)
    if len(pages) > 1:
        # Leaving out the sentences around the answer is better than a second message.
        brief = whole(replace(answer, excerpts=tuple(map(narrowed, answer.excerpts))))
        pages = brief if len(brief) == 1 else pages
    return pages


def _tone(answer: Answer) -> Tone:
    if answer.standing != "answered":
        return Tone.POSSIBLE if answer.standing == "possible" else Tone.NOTHING
    return Tone.DISPUTED if answer.conflicts else Tone.ANSWERED if answer.age is None else Tone.OLD


def _above(answer: Answer, words: OwnWords) -> str:
    """The lines over an answer that may not answer, or whose sources are old."""
    unsure, age = answer.standing == "possible", answer.age
    old = words.many(
        "⚠️ **Old news**: the newest of these sources came out {count} day ago.",
        "⚠️ **Old news**: the newest of these sources came out {count} days ago.",
        age or 0,
    )
    return join(
        f"🟡 **{escape(clean_line(answer.message) or words(UNSURE))}**" if unsure else "",
        "" if age is None else old,
    )


def _parts(answer: Answer, link: Link, words: OwnWords) -> Iterator[Part]:
    shown = excerpts(answer)
    if answer.standing != "possible" and not shown:
        yield (Text(_statements(answer, link, words)),)
    for each in shown:
        yield _excerpt(each, link, words)
    for line in _disagreements(answer, link, words):
        yield (Text(line),)
    if others := uncovered(answer, shown):
        yield Text(f"**{words('Sources')}**"), *(source(each, link, words=words) for each in others)


def _nothing(answer: Answer, words: OwnWords) -> list[Part]:
    closest = [
        f"- {escape(titled(each.title, each.file))} · {words.day(each.published)}" for each in answer.closest[:3]
    ]
    said = (Text(f"🔍 {escape(clean(answer.text))}"),)
    return [said, (Text(join(f"**{words('Came closest')}**", *closest)),)] if closest else [said]


def _excerpt(shown: Shown, link: Link, words: OwnWords) -> Part:
    """An excerpt: its day, the quote with the words that answer in bold, and its source in small print."""
    above = [small(escape(each)) for each in (shown.heading, shown.lead) if each]
    quote = quoted("\n".join([*above, *map(_bold, shown.lines)]))
    first, *more = shown.citations
    numbers = " ".join([f"[{first.number}]", *(number(each, link) for each in more)])
    return Text(join(escape(shown.opening), quote)), source(first, link, numbers, words, not shown.opening)


def _bold(line: str) -> str:
    """A line with its marks as bold type; escaped part by part, so that no mark becomes part of an address."""
    return "**".join(map(escape, _MARKS.split(line)))


def _statements(answer: Answer, link: Link, words: OwnWords) -> str:
    """The statement that answers and the points below it, with linked numbers; or the message in their place."""
    numbers = {each.number: number(each, link) for each in answer.citations}
    lines = [_statement(answer, each, numbers, at > 0, words) for at, each in enumerate(answer.statements)]
    return "\n".join(lines) or escape(clean(answer.message))


def _statement(answer: Answer, statement: Statement, numbers: dict[int, str], point: bool, words: OwnWords) -> str:
    text = escape(clean(statement.marked_by(words("Not certain:"))))
    side = f"**{escape(clean_line(statement.side))}:** " if statement.side else ""
    cited = [numbers[each] for each in statement.citations if each in numbers]
    line = " ".join([f"{'- ' if point else ''}{side}{text}", *cited])
    return join(line, *(small(escape(clean_line(each))) for each in beneath(answer, statement, words)))


def _disagreements(answer: Answer, link: Link, words: OwnWords) -> list[str]:
    numbers = {each.number: number(each, link) for each in answer.citations}
    return [
        f"⚖️ {disagreement(each, escape, lambda cited: numbers.get(cited, f'[{cited}]'), words)}"
        for each in answer.conflicts
    ]


def _foot(answer: Answer, asked: str | None, words: OwnWords) -> Iterator[str]:
    """The standing, unless the answer begins with it, and how the answer came about."""
    understood = clean_line(answer.question)
    if asked is not None and clean_line(asked).casefold() != understood.casefold():
        yield words("Understood as: {question}", question=escape(understood))
    if answer.standing == "answered":
        yield words("Answered")
        latest = max(
            (each for each in answer.citations if each.day), key=lambda each: each.published or "", default=None
        )
        if latest and not (answer.statements and answer.statements[0].opening):
            yield words("as of {day}", day=words.day(latest.published, latest.published_estimated))
    # The message of `not_found` names the articles searched already.
    if answer.reason != "not_found" and answer.searched.articles:
        count = words.many("searched {count} article", "searched {count} articles", answer.searched.articles)
        yield f"{count}{newest(answer.searched, words)}"
    yield from (escape(clean_line(each)) for each in made_by(answer, words))
