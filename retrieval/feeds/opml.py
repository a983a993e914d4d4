"""Lists of feeds as other readers export them: OPML."""

from __future__ import annotations

import re

from retrieval.feeds.encoding import decode
from retrieval.feeds.entries import FeedError, address
from retrieval.feeds.sanitizer import line
from retrieval.feeds.xml_repair import local, root

MOST_FEEDS = 5_000


def read_opml(body: bytes) -> tuple[tuple[str, str], ...]:
    """Title and address of each feed listed, in all folders, each once; the address stands in for a missing title. One
    that is no address of the web comes as it is written.

    Raises FeedError for anything that is no OPML, for one that declares entities, and for one of too many feeds.
    """
    try:
        tree = root(decode(body), "opml")
    except FeedError as error:
        raise FeedError(str(error).replace("no feed", "no OPML")) from None
    found: dict[str, str] = {}
    for element in tree.iter():
        if local(element.tag) == "outline":
            stated = {name.lower(): value for name, value in element.attrib.items()}
            link = re.sub(r"^feed:(?://)?(?=https?:)|^feed(?=://)", "", stated.get("xmlurl", "").strip())
            if whole := address(f"http{link}" if link.startswith("://") else link, "") or line(link):
                found.setdefault(whole, line(stated.get("title", "")) or line(stated.get("text", "")) or whole)
    if len(found) > MOST_FEEDS:
        raise FeedError(f"too many feeds for one list: over {MOST_FEEDS:,}")
    return tuple((title, link) for link, title in found.items())
