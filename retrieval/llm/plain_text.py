"""Strips a model's markup, because its words are shown as plain text."""

from __future__ import annotations

import re

from retrieval.nlp.markup import readable

# The most characters of a statement, markup included.
_LONGEST = 2_000

_MARKER = re.compile(
    r"(?<!\[)\[{1,2}\s*(?:passages?|sources?|quotes?)?\s*[\d\s,;–-]*\d\s*\]{1,2}(?:\([^()\s]*\))?|【[^【】]*】"
    r"|\((?:passages?|sources?)\s[\d\s,;–-]*(?:and\s+\d+\s*)?\)",
    re.IGNORECASE,
)
# Also without a scheme, if a path follows the name.
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
    """A model's words in one line, without markup, links and its own citation numbers."""
    plain = _MARKER.sub(" ", _ADDRESS.sub(" ", readable(_MARKER.sub(" ", text[:_LONGEST]))))
    return _GAP.sub("", " ".join(_MARKUP.sub(" ", plain).replace("()", " ").split()))
