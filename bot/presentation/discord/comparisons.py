"""A comparison for Discord: rows of two cells, first the rows about the same matter."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from bot.presentation.discord.citations import Link, located
from bot.presentation.discord.markdown import can_link, clean_line, code, escape, length, marker
from bot.presentation.message_splitting import shorten, split
from bot.presentation.wording import day
from retrieval.domain.citations import Citation
from retrieval.domain.timelines import Column, Comparison
from retrieval.nlp.markup import readable

_TOPIC, _LABEL, _FILE, _SOURCE, _OUTLET = 100, 40, 60, 80, 40
# Eight cells and their heading share the 6,000 characters of a message's embeds.
_CELL = 680


# The line between the rows about the same matter and the other rows.
ELSE = "What else each side says:"


@dataclass(frozen=True, slots=True)
class Cell:
    """One statement of one side: its outlet and date, and its text with the source."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Table:
    """A comparison to show. In the first `alike` rows both sides speak of the same matter. All text is escaped."""

    title: str
    about: str
    rows: tuple[tuple[Cell, ...], ...]
    alike: int

    @property
    def apart(self) -> int | None:
        """The index of the first row about different matters; None if all rows are alike or none is."""
        return self.alike if 0 < self.alike < len(self.rows) else None


def table(comparison: Comparison, link: Link) -> Table:
    """The comparison in cells, within Discord's limits."""
    rows = tuple(
        tuple(_cell(column, each, link, at) for column, each in zip(comparison.columns, row, strict=True))
        for at, row in enumerate(_rows(comparison))
    )
    about = " · ".join(_say(seen(each), 2 * _LABEL) for each in comparison.columns)
    return Table(_say(comparison.topic, _TOPIC) or "Comparison", about, rows, comparison.alike)


def pages(shown: Table) -> list[str]:
    """The table in plain messages, one cell under the other."""
    parts = [f"**{shown.title}**\n-# {shown.about}"]
    for at, row in enumerate(shown.rows):
        parts += [ELSE] if at == shown.apart else []
        parts += [f"**{cell.name}**\n{cell.value}" for cell in row]
    return split("\n\n".join(parts))


def is_empty(comparison: Comparison) -> bool:
    """True if neither side has a statement."""
    return not any(each.statements for each in comparison.columns)


def seen(column: Column) -> str:
    """The name of a side, and its number of articles."""
    return f"{column.label}: {column.articles:,} article{'' if column.articles == 1 else 's'}"


def nothing(column: Column) -> str:
    """The text in place of a side without a statement."""
    return "Nothing on this." if column.articles else "No articles."


def _rows(comparison: Comparison) -> list[tuple[Citation | None, ...]]:
    return list(zip_longest(*(each.statements for each in comparison.columns))) or [(None,) * len(comparison.columns)]


def _cell(column: Column, statement: Citation | None, link: Link, row: int) -> Cell:
    name = _say(column.label, _LABEL) or "?"
    if statement is None:
        return Cell(name, nothing(column) if row == 0 else "—")
    when = day(statement.published, statement.published_estimated)
    where = _source(statement, link(statement))
    return Cell(f"{name} · {when}", f"{_quote(statement, _CELL - length(where) - length(name))}\n{where}")


def _quote(statement: Citation, room: int) -> str:
    """The words of a statement, shortened to fit once they are escaped."""
    words, kept = clean_line(readable(statement.quote)), room
    while length(quoted := f"“{escape(shorten(words, kept))}”") > room:
        kept -= max(1, (length(quoted) - room) // 2)
    return quoted


def _source(statement: Citation, where: str) -> str:
    """The number, linked if the address fits the cell, the title and the outlet."""
    title = _say(statement.title or statement.file, _SOURCE) or "untitled"
    outlet = _say(statement.outlet or "", _OUTLET)
    mark = marker(statement.number, where) if can_link(where) else ""
    if not mark or length(mark) > _CELL // 2:
        place = code(located(statement, _FILE))
        mark, title = f"[{statement.number}]", f"{title} · {place}" if statement.title else place
    return " ".join([mark, " · ".join(filter(None, (title, outlet)))])


def _say(text: str, longest: int) -> str:
    return escape(shorten(clean_line(text), longest))
