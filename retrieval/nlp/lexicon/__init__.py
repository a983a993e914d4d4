"""Word lists as data: one file a language, or a kind of name."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """The tables of the lexicon file of this name, such as "en"; empty where there is none."""
    file = Path(__file__).with_name(f"{name}.toml")
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
