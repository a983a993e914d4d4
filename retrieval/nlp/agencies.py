"""The news agencies whose pieces others print and rewrite; which there are is data (`lexicon/agencies.toml`)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from retrieval.nlp.lexicon import load

_SHORT = {form: short for short, forms in load("agencies").items() for form in (short, *forms)}
_AGENCY = re.compile(rf"(?<![\w])(?:{'|'.join(map(re.escape, sorted(_SHORT, key=len, reverse=True)))})(?!\w)")


def credits_agency(text: str) -> bool:
    """Whether a text names an agency."""
    return bool(named_agencies(text))


def named_agencies(text: str) -> set[str]:
    """The agencies that a text names, by their short names."""
    return {_SHORT[match[0]] for match in _AGENCY.finditer(text)}


def common_agency(texts: Iterable[str]) -> str | None:
    """The agency that the most of these texts name, by its short name."""
    named = Counter(name for text in texts for name in named_agencies(text))
    return max(named, key=lambda name: (named[name], name)) if named else None
