"""Word lists as data: a TOML file a language or subject, read once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """The tables of `name`.toml in this folder; treat them as constants."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def listed(text: str, parted_by: str | None = None) -> tuple[str, ...]:
    """The items of a list written as one text, parted by white space or by a mark; what is empty is left out."""
    return tuple(item for each in text.split(parted_by) if (item := " ".join(each.split())))


def listed_lines(text: str) -> tuple[str, ...]:
    """The items of a list over several lines, parted by semicolons; without repetitions."""
    return tuple(dict.fromkeys(item for line in text.splitlines() for item in listed(line, ";")))


def any_of(phrases: Iterable[str]) -> str:
    """A pattern of any of some phrases, the longest first; `*` stands for any ending of a word."""
    return "|".join(map(_pattern, sorted(phrases, key=len, reverse=True))) or r"(?!)"


def _pattern(phrase: str) -> str:
    spaced = r"\s+".join(re.escape(word) for word in phrase.split())
    return spaced.replace(r"\*", r"\w*").replace("'", "['’ʼ]")
