"""The figures of a topic: numbers with what they count, as the articles write them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.nlp.quantities import DATES, quantities
from retrieval.nlp.readable import readable
from retrieval.nlp.tokens import content_terms
from retrieval.timeline.trace import Step

# A numeral with a currency before it, or with a sign or words behind it that say what it counts.
_NUMERAL = re.compile(r"(?<![\w.,-])[$€£¥]?\d[\d.,\u202f]*(?<=\d)(?:\s?%|(?:[\s-][^\W\d_]+){0,2})")


def find_figures(steps: Sequence[Step]) -> list[tuple[str, Step]]:
    """The figures of these statements, the newest statement first; each value once, one figure a statement."""
    found: dict[str, tuple[str, Step]] = {}
    for step in sorted(steps, key=lambda step: step[0].day, reverse=True):
        value = _figure(readable(step[0].sentence.text))
        if value:
            found.setdefault(value.casefold(), (value, step))
    return list(found.values())


def _figure(text: str) -> str | None:
    """The first number of a sentence that counts or measures something and is no part of a date."""
    dated = {term for each in quantities(text) if each.kind in (*DATES, "ordinal") for term in each.terms}
    for match in _NUMERAL.finditer(text):
        numeral = re.split(r"[\s%-]", match[0])[0]
        if numeral in dated or not _measures(match[0], numeral):
            continue
        return match[0].strip()
    return None


def _measures(value: str, numeral: str) -> bool:
    return numeral[0] in "$€£¥" or value.endswith("%") or bool(content_terms(value.removeprefix(numeral)))
