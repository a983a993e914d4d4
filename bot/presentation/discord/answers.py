"""Answers and their sources for Discord: title, outlet, author, date and link."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.presentation.discord.layouts import Page, Part, SourceLine, Text, Tone, button_address, paged
from bot.presentation.discord.markdown import (
    can_link,
    clean,
    clean_line,
    code,
    escape,
    join,
    marker,
    masked,
    quoted,
    shorten,
    small,
)
from bot.presentation.excerpts import MARK, UNMARK, Shown, excerpts, narrowed, uncovered
from bot.presentation.links import is_address
from bot.presentation.wording import beneath, capital, disagreement, made_by, newest, period
from bot.presentation.words import ENGLISH, OwnWords
from retrieval.answering.corpus import ABOUT_ME
from retrieval.answering.dating import InTime, PublicationDay, newest_day, openings
from retrieval.answering.standing import UNSURE
from retrieval.domain.answers import Answer, Statement
from retrieval.domain.articles import Filter
from retrieval.domain.citations import Citation

# Returns the best link for a citation: an address, or the file and its lines as plain text.
Link = Callable[[Citation], str]

# The longest title, and the longest name of an outlet or a person.
TITLE, NAME = 120, 40


def source(
    citation: Citation, link: Link, numbers: str = "", words: OwnWords = ENGLISH, dated: bool = True
) -> SourceLine:
    """A source with a button, or its title as link; `numbers` replace its own number.

    It is not `dated` where its day stands above it.
    """
    where, title = link(citation), titled(citation.title, citation.file)
    marks = numbers or f"[{citation.number}]"
    day = words.day(citation.published, citation.published_estimated) if dated else ""
    plain = _described(citation, where, escape(title), day)
    linked = _described(citation, where, masked(title, where), day) if can_link(where) else plain
    address = button_address(where) if can_link(where) else ""
    label = words("Source {number}", number=citation.number)
    return SourceLine(small(f"{marks} {plain}"), small(f"{marks} {linked}"), address, label)


def number(citation: Citation, link: Link) -> str:
    """The number of a citation, linked if it has an address."""
    where = link(citation)
    return marker(citation.number, where) if can_link(where) else f"[{citation.number}]"


def titled(title: str | None, file: str) -> str:
    """The title of an article in one line, or its file name."""
    return shorten(clean_line(title or "") or clean_line(file) or "untitled", TITLE)


def located(citation: Citation, longest: int) -> str:
    """The file, shortened to `longest`, and the place of the quote in it."""
    file = shorten(clean_line(citation.file), longest) or "?"
    if citation.is_lined:
        return f"{file}:{citation.line_start}"
    return f"{file}, {shorten(clean_line(citation.locator), NAME)}" if citation.locator else file


def people(*names: str | None, width: int = NAME) -> list[str]:
    """The names without duplicates, escaped."""
    named = (shorten(clean_line(name), width) for name in names if name)
    return [escape(name) for name in dict.fromkeys(named) if name]


def _described(citation: Citation, where: str, named: str, day: str) -> str:
    known = [*people(citation.outlet, citation.author), *filter(None, (day,))]
    if can_link(where):
        return " · ".join([named, *known])
    # Without a title the file name stands in its place, so it is not repeated.
    place = _place(citation, where)
    return " · ".join([named, *known, place] if clean_line(citation.title or "") else [place, *known])


def _place(citation: Citation, where: str) -> str:
    """The file and its lines; for an address too long for a message, the file and the first line."""
    if not citation.is_lined:
        return code(located(citation, TITLE))
    lines = str(citation.line_start) if is_address(where) else shorten(where.rpartition(":")[2], NAME)
    return code(f"{titled(None, citation.file)}:{lines}")


_MARKS = re.compile(f"[{MARK}{UNMARK}]")


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
    """The statements; an opening that names its day, and no title, is in the reader's language."""
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
