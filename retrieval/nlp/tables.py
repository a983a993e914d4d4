"""Under which header a row of a table stands, and under which sentence an item of a list."""

from __future__ import annotations

import re

_ITEM = re.compile(r"[^\S\n]*(?:[-*+•‣◦▪●·]|[0-9]{1,2}[.)]|\([a-z0-9]\))\s")
# The rule between the header and the rows of a Markdown table.
RULE = re.compile(r"\s*\|(?=[^\n]*-)[\s|:-]+(?=\n|\Z)")
# The longest line over a table or list that says what it is of.
_LONGEST = 300
# Characters before a passage: enough to hold the header of most tables that it begins in the middle of.
BACK = 8_000
_OPENING = 8
# The most rows or items that are gone back over.
_MOST = 2_000


def is_row(text: str, start: int = 0) -> bool:
    """Whether a row of a table begins here."""
    return text.startswith("|", start)


def is_item(text: str, start: int = 0) -> bool:
    """Whether an item of a list begins here."""
    return _ITEM.match(text, start) is not None


def over(before: str, passage: str) -> str:
    """What a passage stands under that begins within a table or list, from the text before it; else nothing."""
    head, _, mark = before.rpartition("\n")
    opening = f"{mark}{passage[:_OPENING]}"
    return above(head) if head and (is_row(opening) or is_item(opening)) else ""


def above(text: str) -> str:
    """What the row or item that follows this text stands under: the header of its table with the line over that, or the
    line that leads to its list. Empty where it is the first of them, or no such line is there.
    """
    lines = [line.strip() for line in text.split("\n")[-_MOST:] if line.strip()]
    if not lines or not (is_row(lines[-1]) or is_item(lines[-1])):
        return _lead(lines)
    same = is_row if is_row(lines[-1]) else is_item
    top = len(lines)
    while top and same(lines[top - 1]):
        top -= 1
    header = lines[top] if same is is_row else ""
    return f"{_lead(lines[:top])}\n{header}".strip()


def _lead(lines: list[str]) -> str:
    line = lines[-1] if lines else ""
    return line if len(line) <= _LONGEST and not is_row(line) and not is_item(line) else ""
