"""Which sentences can be quoted alone: those that do not need the one before them to say of whom they tell."""

from __future__ import annotations

import re

from retrieval.nlp.agents import actor, points_back

_OWNED = re.compile(
    r"\W*(?:(?:And|But|Yet|Then|Still|Now|However|Instead|Later),?\s)?(?:Their|His|Her|Its|Our|My|Such)\b"
)


def stands_alone(text: str) -> bool:
    """Whether it names whom it tells of: "Their goal is peace" does not, "Their king, Harald, wants it" does."""
    return not points_back(text) and not (_OWNED.match(text) and actor(text) is None)
