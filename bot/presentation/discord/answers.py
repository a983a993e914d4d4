"""An answer for Discord."""

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


def answer(answer: Answer, link: Link, asked: str | None = None) -> list[str]:
    """The messages of an answer: its excerpts or statements with their sources, or the closest articles.

    `asked` is the question as the person asked it. If it was understood as another question, that is shown.
    """
    understood = clean_line(answer.question)
    same = asked is None or clean_line(asked).casefold() == understood.casefold()
    meant = "" if same else small(f"Understood as: {escape(understood)}")
    if answer.standing == "nothing":
        return split(join(_nothing(answer), meant))
    whole = _whole(answer, link, meant)
    if length(whole) > LIMIT:
        # Leaving out the sentences around the answer is better than a second message.
        brief = _whole(replace(answer, excerpts=tuple(map(narrowed, answer.excerpts))), link, meant)
        whole = brief if length(brief) <= LIMIT else whole
    return split(whole)


def _whole(answer: Answer, link: Link, meant: str) -> str:
    """The answer as one text, without the links of its sources if they make it too long for a message."""
    shown = excerpts(answer)
    above = _unsure(answer) if answer.standing == "possible" else "" if shown else _statements(answer, link)
    parts = [above, *(_excerpt(each, link) for each in shown), *_disagreements(answer, link)]
    others = uncovered(answer, shown)
    whole = ""
    for linked in (True, False):
        below = join(_sources(answer, others, link, linked), _foot(answer), *_notes(answer), meant)
        whole = "\n\n".join(filter(None, [*parts, below]))
        if length(whole) <= LIMIT:
            break
    return whole


def _nothing(answer: Answer) -> str:
    closest = [f"- {escape(titled(each.title, each.file))} · {day(each.published)}" for each in answer.closest[:3]]
    # The message of `not_found` names the articles searched already.
    names_searched = answer.reason == "not_found" or not answer.searched.articles
    return join(
        quoted(f"🔍 {escape(clean(answer.text))}"),
        "**Came closest**" if closest else "",
        *closest,
        "" if names_searched else small(f"Searched {searched(answer.searched)}"),
    )


def _unsure(answer: Answer) -> str:
    """The line over excerpts that may not answer."""
    return f"🟡 **{escape(clean_line(answer.message) or UNSURE)}**"


def _excerpt(shown: Shown, link: Link) -> str:
    """An excerpt: its day, the quote with the words that answer in bold, and its source in small print."""
    above = [small(escape(each)) for each in (shown.heading, shown.lead) if each]
    quote = quoted("\n".join([*above, *map(_bold, shown.lines)]))
    first, *more = shown.citations
    numbers = " ".join([f"[{first.number}]", *(number(each, link) for each in more)])
    return join(escape(shown.opening), quote, small(source(first, link, numbers=numbers)))


def _bold(line: str) -> str:
    """A line with its marks as bold type; escaped part by part, so that no mark becomes part of an address."""
    return "**".join(map(escape, _MARKS.split(line)))


def _statements(answer: Answer, link: Link) -> str:
    """The statement that answers and the points below it, with linked numbers; or the message in their place."""
    numbers = {each.number: number(each, link) for each in answer.citations}
    lines = [_statement(answer, each, numbers, at > 0) for at, each in enumerate(answer.statements)]
    return "\n".join(lines) or escape(clean(answer.message))


def _statement(answer: Answer, statement: Statement, numbers: dict[int, str], point: bool) -> str:
    text = escape(clean(statement.marked))
    side = f"**{escape(clean_line(statement.side))}:** " if statement.side else ""
    cited = [numbers[each] for each in statement.citations if each in numbers]
    line = " ".join([f"{'- ' if point else ''}{side}{text}", *cited])
    return join(line, *(small(escape(clean_line(each))) for each in beneath(answer, statement)))


def _disagreements(answer: Answer, link: Link) -> list[str]:
    numbers = {each.number: number(each, link) for each in answer.citations}
    return [
        f"⚖️ {disagreement(each, escape, lambda cited: numbers.get(cited, f'[{cited}]'))}" for each in answer.conflicts
    ]


def _sources(answer: Answer, others: list[Citation], link: Link, linked: bool) -> str:
    """The sources that belong to no excerpt; without `linked`, only the ones without a link in the text have one."""
    if not others:
        return ""
    cited = [each.citations for each in answer.statements]
    cited += [side.citations for conflict in answer.conflicts for side in conflict.sides]
    linked_above = set(chain.from_iterable(cited))
    return join("**Sources**", *(source(each, link, linked or each.number not in linked_above) for each in others))


def _foot(answer: Answer) -> str:
    """The date of the newest source, unless the answer begins with it, and the number of articles searched."""
    newest = max((each for each in answer.citations if each.day), key=lambda each: each.published or "", default=None)
    dated = answer.standing == "possible" or (answer.statements and answer.statements[0].opening)
    if newest is None or dated:
        return small(f"Searched {searched(answer.searched)}")
    return small(f"As of {day(newest.published, newest.published_estimated)} · searched {searched(answer.searched)}")


def _notes(answer: Answer) -> list[str]:
    old = [small(f"⚠️ {aged(answer)}.")] if answer.age is not None else []
    return [*old, *(small(escape(clean_line(each))) for each in made_by(answer))]
