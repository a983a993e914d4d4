"""Rows of figures, each beside what it was measured against, as Markdown or JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import groupby
from typing import Any, Literal

Say = Callable[[str], object]  # one line on what is under way


@dataclass(frozen=True, slots=True)
class Target:
    """What a row is to reach: a bound on its value, or on its ratio to what it stands beside."""

    of: Literal["value", "ratio"]
    sign: Literal["≤", "≥"]
    bound: float

    def met(self, row: Row) -> bool:
        """Whether the row keeps within the bound."""
        reached = row.ours if self.of == "value" else row.ratio
        return reached is not None and (reached <= self.bound if self.sign == "≤" else reached >= self.bound)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of this project and, where there is one, the same figure `against` something run beside it."""

    table: str
    measure: str
    unit: str
    ours: float
    beside: float | None = None
    against: str = "stock"
    target: Target | None = None

    @property
    def ratio(self) -> float | None:
        """This project's figure divided by the other."""
        return self.ours / self.beside if self.beside else None


def document(rows: Sequence[Row]) -> dict[str, Any]:
    """Everything as one JSON document."""
    return {"machine": machine(), "rows": [_entry(row) for row in rows]}


def _entry(row: Row) -> dict[str, Any]:
    target = row.target and f"{row.target.of} {row.target.sign} {row.target.bound:g}"
    return {
        "table": row.table,
        "measure": row.measure,
        "unit": row.unit,
        "ours": row.ours,
        "beside": row.beside,
        "against": row.against if row.beside is not None else None,
        "ratio": row.ratio,
        "target": target,
        "met": row.target.met(row) if row.target else None,
    }


def markdown(rows: Sequence[Row]) -> str:
    """One table a heading, ready for a README."""
    about = ", ".join(f"{name} {value}" for name, value in machine().items())
    parts = [f"Measured on: {about}. Ratio: this project's figure divided by the one beside it."]
    for table, group in groupby(rows, key=lambda row: row.table):
        lines = [f"**{table}**", "", "| | this project | beside it | ratio | target |", "|---|---:|---:|---:|---|"]
        parts.append("\n".join(lines + [_line(row) for row in group]))
    return "\n\n".join(parts)


def _line(row: Row) -> str:
    beside = "" if row.beside is None else f"{_number(row.beside)} {row.unit} ({row.against})"
    ratio = "" if row.ratio is None else _number(row.ratio)
    return f"| {row.measure} | {_number(row.ours)} {row.unit} | {beside} | {ratio} | {_aim(row)} |".replace("  ", " ")


def _aim(row: Row) -> str:
    if row.target is None:
        return ""
    of = "ratio " if row.target.of == "ratio" else ""
    return f"{of}{row.target.sign} {row.target.bound:g}: {'met' if row.target.met(row) else '**missed**'}"


def _number(value: float) -> str:
    """Three significant digits, thousands parted."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def machine() -> dict[str, str]:
    """What a reader needs to know of the machine to read absolute figures."""
    return {
        "cores": str(os.cpu_count()),
        "processor": platform.machine(),
        "python": platform.python_version(),
        "chromadb": version("chromadb"),
        "langchain-chroma": version("langchain-chroma"),
    }
