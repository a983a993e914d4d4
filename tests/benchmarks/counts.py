"""Counts of what came out right, in tables of plain text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Key = tuple[str, str]  # a row and a column


@dataclass(frozen=True, slots=True)
class Count:
    """How many of how many came out right."""

    right: int
    of: int

    def __add__(self, other: Count) -> Count:
        return Count(self.right + other.right, self.of + other.of)

    def __str__(self) -> str:
        return f"{self.right}/{self.of}" if self.of else "-"


NONE = Count(0, 0)

# The name of a figure, and what it came to.
Figures = Mapping[str, Count]


def count(results: Iterable[bool]) -> Count:
    """The count of single results."""
    known = list(results)
    return Count(sum(known), len(known))


def total(counts: Iterable[Count]) -> Count:
    """The counts added up."""
    return sum(counts, NONE)


def table(results: Mapping[Key, Sequence[bool]]) -> str:
    """A row for each first part of the keys, a column for each second, and what both add up to."""
    rows, columns = (list(dict.fromkeys(key[side] for key in results)) for side in (0, 1))
    cells = {key: count(values) for key, values in results.items()}
    lines = [["", *columns, "all"]]
    for row in rows:
        line = [cells.get((row, column), NONE) for column in columns]
        lines.append([row, *map(str, line), str(total(line))])
    line = [total(cells.get((row, column), NONE) for row in rows) for column in columns]
    lines.append(["all", *map(str, line), str(total(line))])
    return aligned(lines)


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """Lines of cells, the first of each to the left and the others to the right of their columns."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))]
        )
        for line in lines
    )
