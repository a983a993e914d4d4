"""What of a Markdown file nobody sees where it is published: struck out, a comment, a script, a template's tag."""

from __future__ import annotations

import re

# Struck out, or a comment of HTML, Obsidian or a link definition.
_WITHDRAWN = (
    r"(?<![~\\])~~(?=[^\s~])(?:[^~\n]|\n(?!\s*\n)){1,2000}?(?<=\S)~~(?!~)"
    r"|<(?P<tag>del|s|strike|script|style)\b[^<>]{0,2000}>.{0,5000}?</(?P=tag)\s*>|<!--.*?(?:-->|\Z)"
    r"|(?<!%)%%(?!%)[^%]{1,5000}?%%|^[ \t]*\[(?:comment|//|_metadata_[^\]]{0,50})\]:[^\n]*$"
)
# What Liquid, Jinja and Hugo put something else for; classes of kramdown and Pandoc; tags that only show or lay out;
# spaces.
_GENERATED = (
    r"|\{%[^\n]{0,300}?%\}|\{\{[^\n]{0,300}?\}\}|\{[:.#][^{}\n]{1,300}\}|^:{3,}[^\n]*$"
    r"|<(?:div|embed|figure|iframe|img|input|link|object|p|param|section|source|table|td|th|tr|video)\s[^<>]{1,4000}>"
    r"|&(?:nbsp|[et]msp|[et]nsp|thinsp|#160|#x[aA]0);"
)
_UNSEEN = re.compile(_WITHDRAWN + _GENERATED, re.IGNORECASE | re.DOTALL | re.MULTILINE)
_MARKS = ("~~", "<", "%%", "]:", "{", ":::", "&")
_ANY = re.compile(r"[^\n]")


def blanked(text: str) -> str:
    """The text with spaces of the same length in their place, so that the rest keeps its offsets and lines."""
    if not any(mark in text for mark in _MARKS):
        return text
    return _UNSEEN.sub(lambda found: _ANY.sub(" ", found[0]), text)
