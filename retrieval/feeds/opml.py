"""Lists of feeds as other readers export them: OPML."""

from __future__ import annotations

import re

from retrieval.feeds.encoding import decode
from retrieval.feeds.entries import FeedError, address
from retrieval.feeds.markup import line
from retrieval.feeds.skeleton import local, root

MOST_FEEDS = 5_000


def read_opml(body: bytes) -> tuple[tuple[str, str], ...]:
    """Title and address of each feed listed, in all folders, each once; the address stands in for a missing title.

    Raises FeedError for anything that is no OPML, and for one that declares entities.
    """
    try:
        tree = root(decode(body), "opml")
    except FeedError as error:
        raise FeedError(str(error).replace("no feed", "no OPML")) from None
    found: dict[str, str] = {}
    for element in tree.iter():
        if local(element.tag) == "outline" and len(found) < MOST_FEEDS:
            stated = {name.lower(): value for name, value in element.attrib.items()}
            link = re.sub(r"^feed:(?://)?(?=https?:)|^feed(?=://)", "", stated.get("xmlurl", "").strip())
            if whole := address(f"http{link}" if link.startswith("://") else link, ""):
                found.setdefault(whole, line(stated.get("title", "")) or line(stated.get("text", "")) or whole)
    return tuple((title, link) for link, title in found.items())
