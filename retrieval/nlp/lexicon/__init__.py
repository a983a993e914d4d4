"""Word lists as data: tables of lemmas, one file a language or a subject.

A language without a file works with fewer marks: nothing is found by wording there.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The tables of a file of this name."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text("utf-8"))
