"""An answer as Discord shows it. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain

from bot.presentation.discord.citations import Link, number, source, titled
from bot.presentation.discord.markdown import clean, clean_line, escape, join, length, quoted, small
from bot.presentation.excerpts import MARK, UNMARK, Shown, excerpts, narrowed, uncovered
from bot.presentation.message_splitting import LIMIT, split
from bot.presentation.wording import UNSURE, aged, beneath, day, disagreement, made_by, searched
from retrieval.domain.answers import Answer, Statement
from retrieval.domain.citations import Citation

_MARKS = re.compile(f"[{MARK}{UNMARK}]")


def answer(given: Answer, link: Link, asked: str | None = None) -> list[str]:
    """The messages of an answer: its excerpts or statements with their sources, or what came closest.

    `asked` is the question as it was asked: where it was understood as another one, that is shown.
    """
    understood = clean_line(given.question)
    same = asked is None or clean_line(asked).casefold() == understood.casefold()
    meant = "" if same else small(f"Understood as: {escape(understood)}")
    if given.standing == "nothing":
        return split(join(_nothing(given), meant))
    whole = _whole(given, link, meant)
    if length(whole) > LIMIT:
        # A message of its own for a line of small print helps nobody: the sentences around the answer go first.
        brief = _whole(replace(given, excerpts=tuple(map(narrowed, given.excerpts))), link, meant)
        whole = brief if length(brief) <= LIMIT else whole
    return split(whole)


def _whole(given: Answer, link: Link, meant: str) -> str:
    """The answer as one text, without the links of its sources where it is too long for a message with them."""
    shown = excerpts(given)
    above = _unsure(given) if given.standing == "possible" else "" if shown else _statements(given, link)
    said = [above, *(_excerpt(each, link) for each in shown), *_disagreements(given, link)]
    others = uncovered(given, shown)
    whole = ""
    for linked in (True, False):
        below = join(_sources(given, others, link, linked), _foot(given), *_notes(given), meant)
        whole = "\n\n".join(filter(None, [*said, below]))
        if length(whole) <= LIMIT:
            break
    return whole


def _nothing(given: Answer) -> str:
    closest = [f"- {escape(titled(each.title, each.file))} · {day(each.published)}" for each in given.closest[:3]]
    # What is not found is said to be so together with what was searched.
    said = given.reason == "not_found" or not given.searched.articles
    return join(
        quoted(f"🔍 {escape(clean(given.text))}"),
        "**Came closest**" if closest else "",
        *closest,
        "" if said else small(f"Searched {searched(given.searched)}"),
    )


def _unsure(given: Answer) -> str:
    """The line over excerpts that may not answer: unsure in words, not by its sign alone."""
    return f"🟡 **{escape(clean_line(given.message) or UNSURE)}**"


def _excerpt(shown: Shown, link: Link) -> str:
    """The day it speaks of, a quote with the words that answer in bold, and its source in small print."""
    above = [small(escape(each)) for each in (shown.heading, shown.lead) if each]
    said = quoted("\n".join([*above, *map(_bold, shown.lines)]))
    first, *more = shown.citations
    numbers = " ".join([f"[{first.number}]", *(number(each, link) for each in more)])
    return join(escape(shown.opening), said, small(source(first, link, numbers=numbers)))


def _bold(line: str) -> str:
    """A line with its marks as bold type; it is escaped part by part, since a mark would become part of an address."""
    return "**".join(map(escape, _MARKS.split(line)))


def _statements(given: Answer, link: Link) -> str:
    """The statement that answers and the points below it, numbers as links; or the sentence said instead of them."""
    numbers = {each.number: number(each, link) for each in given.citations}
    said = [_statement(given, each, numbers, at > 0) for at, each in enumerate(given.statements)]
    return "\n".join(said) or escape(clean(given.message))


def _statement(given: Answer, statement: Statement, numbers: dict[int, str], point: bool) -> str:
    text = escape(clean(statement.marked))
    side = f"**{escape(clean_line(statement.side))}:** " if statement.side else ""
    cited = [numbers[each] for each in statement.citations if each in numbers]
    line = " ".join([f"{'- ' if point else ''}{side}{text}", *cited])
    return join(line, *(small(escape(clean_line(each))) for each in beneath(given, statement)))


def _disagreements(given: Answer, link: Link) -> list[str]:
    numbers = {each.number: number(each, link) for each in given.citations}
    return [
        f"⚖️ {disagreement(each, escape, lambda cited: numbers.get(cited, f'[{cited}]'))}" for each in given.conflicts
    ]


def _sources(given: Answer, others: list[Citation], link: Link, linked: bool) -> str:
    """The sources that stand under no excerpt; where there is no room for all links, those in the text have to do."""
    if not others:
        return ""
    cited = [each.citations for each in given.statements]
    cited += [side.citations for conflict in given.conflicts for side in conflict.sides]
    told = set(chain.from_iterable(cited))
    return join("**Sources**", *(source(each, link, linked or each.number not in told) for each in others))


def _foot(given: Answer) -> str:
    """How new the newest source is, where the answer does not begin with that, and what was searched."""
    newest = max((each for each in given.citations if each.day), key=lambda each: each.published or "", default=None)
    said = given.standing == "possible" or (given.statements and given.statements[0].opening)
    if newest is None or said:
        return small(f"Searched {searched(given.searched)}")
    return small(f"As of {day(newest.published, newest.published_estimated)} · searched {searched(given.searched)}")


def _notes(given: Answer) -> list[str]:
    old = [small(f"⚠️ {aged(given)}.")] if given.age is not None else []
    return [*old, *(small(escape(clean_line(each))) for each in made_by(given))]
