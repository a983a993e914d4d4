"""Text fragments: the part of a link that names words, so that a browser goes to them and marks them.

`#:~:text=`, a draft of the Web Incubator Community Group: browsers look for whole words, whatever their case and
spacing. One part must stand within one paragraph; a start and an end may stand in different paragraphs.
"""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import quote as percent_encode

from retrieval.nlp.markup import readable

# Markup whose other half stands outside the quote, escapes, and links by reference.
_LEFTOVER = re.compile(r"\\(?=[!-/:-@\[-`{-~])|`+|\*\*+|~~|\[\^[^\]]*\]|\[|\](?:\([^)\s]*\)?|\[[^\]]*\])?")
_BULLET = r"(?:[-*+•>]|#{1,6}|\d{1,3}[.)])[ \t]+"
# Where the page may begin another paragraph, line or cell.
_BREAK = re.compile(rf"\n\s*(?:{_BULLET})?|\s\|\s")
# Words, and the clauses of scripts without spaces: what a browser takes for a word there is sure at punctuation only.
_CHUNK = re.compile(r"\S+?(?:[、。，；：！？」』）】》]+|(?=\s)|$)")

_WHOLE = 140  # characters, percent-encoded, up to which a quote is named whole
_END = 100  # likewise, for each end of a longer one
_FEWEST, _MOST = 3, 6  # chunks at each end
_ENOUGH, _ENOUGH_WIDE = 36, 8  # bytes, and Chinese, Japanese or Korean characters, that tell a place in fewer
_LONGEST = 800  # of a fragment: beyond that, the page without one is the better link


def fragment(quote: str, markdown: bool) -> str:
    """The words for a browser to look for, encoded; empty if there are none or they are too long for a link."""
    parts = _parts(quote, markdown)
    if not parts:
        return ""
    whole = _encode(parts[0])
    head, tail = _end(parts[0]), _end(parts[-1], last=True)
    if len(parts) > 1 or (len(whole) > _WHOLE and len(head) + len(tail) < len(parts[0])):
        whole = f"{_encode(head)},{_encode(tail)}"
    return whole if len(whole) <= _LONGEST else ""


def _parts(quote: str, markdown: bool) -> list[str]:
    """The visible lines of a quote, from the first to the last that is long enough to be found."""
    seen = (_see(part, markdown) for part in _BREAK.split(quote.replace("\r\n", "\n").replace("\r", "\n")))
    parts = [part for part in map(_cut, seen) if part]
    telling = [index for index, part in enumerate(parts) if _tells_place(part)]
    return parts[telling[0] : telling[-1] + 1] if telling else parts


def _see(part: str, markdown: bool) -> str:
    part = readable(part)
    return " ".join(html.unescape(_LEFTOVER.sub("", part)).split()) if markdown else part


def _cut(text: str) -> str:
    """The text from its first to its last letter or digit: quotes and dashes differ from page to page."""
    solid = [index for index, each in enumerate(text) if each == "_" or unicodedata.category(each)[0] in "LN"]
    if not solid:
        return ""
    end = solid[-1] + 1
    while end < len(text) and unicodedata.category(text[end])[0] == "M":
        end += 1
    return text[solid[0] : end]


def _tells_place(text: str) -> bool:
    wide = sum(unicodedata.east_asian_width(each) in "WF" for each in text)
    return len(_CHUNK.findall(text)) >= _FEWEST or len(text.encode()) >= _ENOUGH or wide >= _ENOUGH_WIDE


def _end(part: str, last: bool = False) -> str:
    """The first or last words of a part: enough to be found, or all."""
    chunks = list(_CHUNK.finditer(part))
    if last:
        cuts = [part[chunk.start() :] for chunk in chunks[: -_MOST - 1 : -1]]
    else:
        cuts = [part[: chunk.end()] for chunk in chunks[:_MOST]]
    words = ""
    for cut in map(_cut, cuts):
        if _tells_place(words) and len(_encode(cut)) > _END:
            break
        words = cut
    return words


def _encode(text: str) -> str:
    # A hyphen beside a comma would make context of the words.
    return percent_encode(text, safe="").replace("-", "%2D")
