"""HTML to plain text, and its opening tags, in linear time.

The time of HTML parsers grows with the square of the attributes of one tag (libxml2) or of unclosed comments (standard
library), so a feed could keep them busy for minutes. The text of an entry needs neither tree nor attributes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

# Every alternative runs to its own end or that of the text, so that nothing is scanned twice.
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<unread>script|style|title|iframe|object|noscript|template|svg|math)(?=[\s/>])(?![^<>]*/>)"
    r".*?(?:</(?P=unread)(?=[\s/>])[^>]*(?:>|\Z)|\Z)"
    r"|<(?:[!?]|(?P<closing>/)?(?P<name>[a-z][^\s/<>]*))"
    r"(?P<attributes>(?:=\s*(?:\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z))|[^>])*+)(?:>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([a-z][\w:-]*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_MOST_ATTRIBUTES = 4_000  # characters
_BLOCKS = frozenset(
    "p div ul ol li dl dt dd table tr blockquote pre h1 h2 h3 h4 h5 h6 header footer section article aside nav figure"
    " figcaption hr form main title".split()
)
_CELLS = frozenset({"td", "th"})
# A closing tag, or one that needs none. A single "<b>" may be the subject of a text.
_LOOKS = re.compile(
    r"</[a-z][\w:]*\s*>|<(?:p|br|hr|img|meta|link|base|embed|input|frame|iframe|script|style|object)\b[^<>]*>",
    re.IGNORECASE,
)
# A text may be about markup ("the <blink> tag"). If any of it could be executed as markup, all opening brackets in the
# text are replaced.
_ACTIVE = re.compile(
    r"<\s*/?\s*(?:script|style|iframe|frame|frameset|object|embed|applet|meta|link|base|form|input|svg|math)\b"
    r"|\bon\w+\s*=|script\s*:",
    re.IGNORECASE,
)
_OPENING = re.compile(r"<(?=\s*[a-z/!?])", re.IGNORECASE)
_HARMLESS = "‹"
# Control characters, lone surrogates, and marks that reorder or hide text. Joiners stay: Persian and emoji need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_LONG_NUMBER = re.compile(r"&#\d{20,};?")  # the standard library fails at thousands of digits
_LONGEST_LINE = 300


def plain(text: str, *, markup: bool) -> str:
    """The text without markup, with blank lines between paragraphs; entities are decoded once. `markup` for HTML; plain
    text that is clearly HTML is read as HTML too."""
    if markup or _LOOKS.search(text):
        text = _unescape(_TOKEN.sub(_break, " ".join(text.split())))
    text = _UNSEEN.sub("", text)
    if _ACTIVE.search(text):
        text = _OPENING.sub(_HARMLESS, text)
    paragraphs = (" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def line(text: str, *, markup: bool = False) -> str:
    """The text as `plain`, in one line of at most 300 characters."""
    whole = " ".join(plain(text, markup=markup).split())
    return whole if len(whole) <= _LONGEST_LINE else whole[: _LONGEST_LINE - 1].rstrip() + "…"


def tags(page: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The opening tags of a page, outside comments and scripts: names, and attributes by names, all in lower case."""
    for token in _TOKEN.finditer(page):
        if token["name"] and not token["closing"]:
            found = _ATTRIBUTE.findall(token["attributes"][:_MOST_ATTRIBUTES])
            yield token["name"].lower(), {name.lower(): _unescape("".join(value)) for name, *value in found}


def _unescape(text: str) -> str:
    return html.unescape(_LONG_NUMBER.sub("", text))


def _break(token: re.Match[str]) -> str:
    name = (token["name"] or "").lower().rpartition(":")[2]
    if name == "br":
        return "\n"  # two of them separate paragraphs
    return "\n\n" if name in _BLOCKS else " " if name in _CELLS else ""
