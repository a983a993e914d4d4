"""A model's words without its markup: what it writes is shown as plain text."""

from __future__ import annotations

import re

from retrieval.nlp.readable import readable

# Characters, markup included: more is no statement any longer.
_LONGEST = 2_000

_MARKER = re.compile(
    r"(?<!\[)\[{1,2}\s*(?:passages?|sources?|quotes?)?\s*[\d\s,;–-]*\d\s*\]{1,2}(?:\([^()\s]*\))?|【[^【】]*】"
    r"|\((?:passages?|sources?)\s[\d\s,;–-]*(?:and\s+\d+\s*)?\)",
    re.IGNORECASE,
)
# Also without a scheme, where a path stands behind the name.
_ADDRESS = re.compile(
    r"\(?<?(?<!\w)(?:\w{2,20}://|www\.|(?:[\w-]{1,63}[.․。]){1,5}[a-z]{2,24}(?::[0-9]{1,5})?/)[^\s<>()]*>?\)?",
    re.IGNORECASE,
)
# Mentions, channels, emoji, times and tags; marks of code, emphasis and spoilers; marks that open a line.
_MARKUP = re.compile(
    r"<[@#:/a-z][^<>]*>|@(?=everyone\b|here\b)|[`*|~\\]+|__+|\A[\s#>+•–-]+(?=\s|\w)|\A\d{1,2}[.)]\s", re.I
)
_GAP = re.compile(r"\s+(?=[.,;:!?](?:\s|\Z))")


def bare(text: str) -> str:
    """A model's words without markup, links and citation numbers of its own, in one line."""
    plain = _MARKER.sub(" ", _ADDRESS.sub(" ", readable(_MARKER.sub(" ", text[:_LONGEST]))))
    return _GAP.sub("", " ".join(_MARKUP.sub(" ", plain).replace("()", " ").split()))
