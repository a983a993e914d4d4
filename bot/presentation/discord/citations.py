"""A source for Discord: title, outlet, author, date and link."""

from __future__ import annotations

from collections.abc import Callable

from bot.presentation.discord.layouts import SourceLine, button_address
from bot.presentation.discord.markdown import can_link, clean_line, code, escape, marker, masked, small
from bot.presentation.links import is_address
from bot.presentation.message_splitting import shorten
from bot.presentation.words import ENGLISH, OwnWords
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
