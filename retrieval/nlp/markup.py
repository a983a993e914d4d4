"""Article text as a person reads it, without markup; and what a table's row or a list's item stands under."""

from __future__ import annotations

import re
from html import unescape
from unicodedata import category

# A link or picture of Markdown, with what it shows.
LINK = re.compile(r"!?\[([^\[\]]*)\]\([ \t]*[^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s\"[^\"]*\")?[ \t]*\)")
# A link by reference, "[link][1]", or with its address in the wrong brackets.
_REFERENCE = re.compile(r"!?\[(?=[^\[\]]*[^\W\d_])([^\[\]]{1,300})\]\[[^\[\]\n]{0,300}\]")
_EMPHASIS = re.compile(r"(?<![\w*_])(\*{1,3}|_{1,3})(?=[^\s*_])(.+?)(?<=[^\s*_])\1(?![\w*_])")
# What is left of emphasis that was converted badly, or cut at the end of a sentence.
_STARS = re.compile(r"\*{4,}|(?<![\w*])\*{2,3}(?!\*)|(?<!\*)\*{2,3}(?![\w*])")
# The borders of the cells in a row of a Markdown table.
_ROW = re.compile(r"^[^\S\n]*\|(?P<cells>[^\n]*?)\|?[^\S\n]*$", re.MULTILINE)
_BORDER = re.compile(r"\s*\|(?:\s*\|)*\s*")
# The mark of a footnote in Markdown.
_NOTE = re.compile(r"\[\^[\w-]{1,40}\]")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")
# An entity, but for the "<" of a tag that is written about.
_ENTITY = re.compile(r"&(?!lt;[A-Za-z/])(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31}\d{0,2});")
# Where a report is from and whose it is, before it begins: "BRUSSELS (AP) — ", "KYIV, Dec 3 (Reuters) - ",
# "Bern (sda).".
DATELINE = re.compile(
    r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ .’'-]{2,40}(?:, [\w. ]{2,30})?(?:\s\([\w ./-]{2,30}\))?\s?(?:—|–|-{1,2})\s"
    r"|[^\W\d_a-z][\w.'’/-]*(?: [^\W\d_a-z][\w.'’/-]*){0,3}(?:, [\w. ]{2,20})?\s"
    r"\([^\W\d_]{2,8}\)(?:\s?(?:—|–|-{1,2})\s|\.(?:\s|$|\s?[—–-]{1,2}\s))"
)
# What may stand before a sentence in its line: the mark of a bullet, heading or quotation.
MARK = re.compile(r"[\s•‣◦▪●·*+>#–—-]+\s")
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


_FRONT_MATTER = re.compile(r"\A\ufeff?(---|\+\+\+)[^\S\n]*\n.*?\n\1[^\S\n]*(?:\n\s*|\Z)", re.DOTALL)


def beginning(text: str) -> int:
    """Where a stored text begins to be an article: behind its front matter."""
    matter = _FRONT_MATTER.match(text)
    return matter.end() if matter else 0


def readable(text: str) -> str:
    """The text in single spaces without markup and control characters; the cells of a row are parted by "·"."""
    if "|" in text:
        text = _ROW.sub(lambda row: _BORDER.sub(" · ", row["cells"].strip(" |")), text)
    return visible(unmarked(text))


def unmarked(text: str) -> str:
    """The text without Markdown and HTML markup."""
    if "](" in text:
        text = LINK.sub(r"\1", text)
    if "][" in text:
        text = _REFERENCE.sub(r"\1", text)
    if "[^" in text:
        text = _NOTE.sub("", text)
    if "*" in text or "_" in text:
        text = _EMPHASIS.sub(r"\2", text)
    if "**" in text:
        text = _STARS.sub("", text)
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = _ENTITY.sub(lambda entity: unescape(entity[0]), text)
    return text


def visible(text: str) -> str:
    """The text without control and format characters, in single spaces."""
    spaced = " ".join(text.split())
    # Nearly every text is clean by then; character by character takes a quarter of the time of an answer.
    if spaced.isprintable():
        return spaced
    return " ".join("".join(char for char in spaced if char == " " or category(char) not in _UNSAFE).split())


_ITEM = re.compile(r"[^\S\n]*(?:[-*+•‣◦▪●·]|[0-9]{1,2}[.)]|\([a-z0-9]\))\s")
# The rule between the header and the rows of a Markdown table.
RULE = re.compile(r"\s*\|(?=[^\n]*-)[\s|:-]+(?=\n|\Z)")
# The longest line over a table or list that says what it is of.
_LONGEST = 300
# Characters before a passage: enough to hold the header of most tables that it begins in the middle of.
BACK = 8_000
_OPENING = 8
# The most rows or items that are gone back over.
_MOST = 2_000


def is_row(text: str, start: int = 0) -> bool:
    """Tell if a row of a table begins here."""
    return text.startswith("|", start)


def is_item(text: str, start: int = 0) -> bool:
    """Tell if an item of a list begins here."""
    return _ITEM.match(text, start) is not None


def over(before: str, passage: str) -> str:
    """The header or lead of the table or list that a passage begins within, from the text before it; else nothing."""
    head, _, mark = before.rpartition("\n")
    opening = f"{mark}{passage[:_OPENING]}"
    return above(head) if head and (is_row(opening) or is_item(opening)) else ""


def above(text: str) -> str:
    """The line over the row or item that follows this text: its table's header or its list's lead; empty if none."""
    lines = [line.strip() for line in text.split("\n")[-_MOST:] if line.strip()]
    if not lines or not (is_row(lines[-1]) or is_item(lines[-1])):
        return _lead(lines)
    same = is_row if is_row(lines[-1]) else is_item
    top = len(lines)
    while top and same(lines[top - 1]):
        top -= 1
    header = lines[top] if same is is_row else ""
    return f"{_lead(lines[:top])}\n{header}".strip()


def _lead(lines: list[str]) -> str:
    line = lines[-1] if lines else ""
    return line if len(line) <= _LONGEST and not is_row(line) and not is_item(line) else ""
