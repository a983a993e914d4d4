"""Article text as a person reads it: no markup, no control characters, single spaces."""

from __future__ import annotations

import re
import unicodedata

_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s\"[^\"]*\")?\)")
_EMPHASIS = re.compile(r"(?<![\w*_])(\*{1,3}|_{1,3})(?=\S)(.+?)(?<=\S)\1(?![\w*_])")
# What is left of emphasis that was converted badly.
_STARS = re.compile(r"\*{4,}")
# The borders of the cells in a row of a Markdown table.
_ROW = re.compile(r"^[^\S\n]*\|(?P<cells>[^\n]*?)\|?[^\S\n]*$", re.MULTILINE)
_BORDER = re.compile(r"\s*\|(?:\s*\|)*\s*")
# The mark of a footnote in Markdown.
_NOTE = re.compile(r"\[\^[\w-]{1,40}\]")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
# Where a report is from and whose it is, before it begins: "BRUSSELS (AP) — ", "KYIV, Dec 3 (Reuters) - ".
DATELINE = re.compile(
    r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ .’'-]{2,40}(?:, [\w. ]{2,30})?(?:\s\([\w ./-]{2,30}\))?\s?(?:—|–|-{1,2})\s"
)
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


_FRONT_MATTER = re.compile(r"\A\ufeff?---[^\S\n]*\n.*?\n---[^\S\n]*(?:\n\s*|\Z)", re.DOTALL)


def beginning(text: str) -> int:
    """Where a stored text begins to be an article: behind its front matter."""
    matter = _FRONT_MATTER.match(text)
    return matter.end() if matter else 0


def readable(text: str) -> str:
    """The text without Markdown and HTML markup, control and format characters, in single spaces.

    The cells of a table's row are parted by "·".
    """
    if "|" in text:
        text = _ROW.sub(lambda row: _BORDER.sub(" · ", row["cells"].strip(" |")), text)
    return visible(unmarked(text))


def unmarked(text: str) -> str:
    """The text without Markdown and HTML markup."""
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    if "[^" in text:
        text = _NOTE.sub("", text)
    if "***" in text:
        text = _STARS.sub("", text)
    if "*" in text or "_" in text:
        text = _EMPHASIS.sub(r"\2", text)
    if "<" in text:
        text = _TAG.sub("", text)
    return text


def visible(text: str) -> str:
    """The text without control and format characters, in single spaces."""
    spaced = " ".join(text.split())
    # Nearly every text is clean by then; character by character takes a quarter of the time of an answer.
    return spaced if spaced.isprintable() else " ".join(_without_unsafe(spaced).split())


def _without_unsafe(text: str) -> str:
    return "".join(
        character for character in text if character == " " or unicodedata.category(character) not in _UNSAFE
    )
