"""Pages made, by malice or machine, so that reading them would take minutes."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from retrieval.errors import UnreadableError

_MOST_ELEMENTS = 100_000
_MOST_INLINE = 5_000  # in one paragraph or the like
_MOST_ATTRIBUTES = 5_000  # in one tag: the parser takes time by the square of their number
_TAG = re.compile(r"<(?=[a-zA-Z])")
_BARE = re.compile(r"[^\"'>]*")
_SKIPPED = {"<script": "</script", "<style": "</style", "<!--": "-->"}
_SKIP = re.compile(r"<(?:script|style|!--)", re.IGNORECASE)
_BLOCK_TAGS = frozenset(
    "html head body main article section div p ul ol li dl dt dd table tr td th blockquote pre h1 h2 h3 h4 h5 h6"
    " header footer aside nav figure form".split()
)


def check_tags(page: str) -> None:
    """Raises UnreadableError for a tag with thousands of attributes, which would hold the parser for minutes."""
    position = 0
    while tag := _TAG.search(page, position):
        if skip := _SKIP.match(page, tag.start()):
            end = page.find(_SKIPPED[skip[0].lower()], skip.end())
            position = len(page) if end < 0 else end + 2
            continue
        position, attributes = tag.end(), 0
        while bare := _BARE.match(page, position):
            attributes += len(bare[0].split())
            position = bare.end() + 1
            quote = page[bare.end() : position]
            if quote not in ('"', "'"):
                break
            closing = page.find(quote, position)
            position = len(page) if closing < 0 else closing + 1
            if attributes > _MOST_ATTRIBUTES:
                raise UnreadableError("too tangled to read")


def check_elements(tree: Any) -> None:
    """Raises UnreadableError where there are so many elements that extraction would take minutes: in all, or inside
    one block, for the text of these is put together in time by the square of their number."""
    block_of: dict[Any, Any] = {}
    inline: Counter[Any] = Counter()
    for count, element in enumerate(tree.iter(), 1):
        if element.tag in _BLOCK_TAGS:
            block_of[element] = element
        else:
            block = block_of[element] = block_of.get(element.getparent())
            inline[block] += 1
            if inline[block] > _MOST_INLINE:
                raise UnreadableError("too tangled to read")
        if count > _MOST_ELEMENTS:
            raise UnreadableError(f"too large (over {_MOST_ELEMENTS:,} elements)")
