"""The markup of feeds: HTML to plain text and its opening tags, in linear time; XML repaired and reduced.

The time of HTML parsers grows with the square of the attributes of one tag (libxml2) or of unclosed comments (standard
library), so a feed could keep them busy for minutes. The text of an entry needs neither tree nor attributes.

The time of feedparser grows with the square of a long author, of many attributes or of blanks before a DOCTYPE, and it
uses a slow reader for broken XML. So it gets a new document of known elements within bounds. No DTD reaches any XML
parser: everything before the root element is left out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.entities import html5
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape

from retrieval.feeds.entries import MOST_ENTRIES, FeedError

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
_WRAPPERS = frozenset({"rss", "rdf", "feed", "channel"})
_ENTRIES = frozenset({"item", "entry"})
_PEOPLE = frozenset({"author", "creator", "managingeditor", "name", "email"})
# These may contain elements.
_MARKUP = frozenset("title description summary content encoded body abstract subtitle tagline fullitem".split())
_FIELDS = (
    _PEOPLE
    | _MARKUP
    | {"link", "id", "guid", "category", "subject", "keywords"}
    | {"pubdate", "published", "updated", "issued", "modified", "created", "date", "lastbuilddate"}
)
_ATTRIBUTES = frozenset(
    "version href rel type uri url term label scheme domain mode ispermalink about src lastmod base".split()
)
_FOREIGN = ("search.yahoo.com/mrss", "georss.org", "podlove.org")  # their pictures and places have titles and links too
_MOST_TAGS = 500_000  # of a document, cut off after them, because a tag takes hundreds of bytes of memory
_MOST_FIELDS = 100  # of an entry
_MOST_NAMES = 20
_LONGEST = 5_000
_LONGEST_PERSON = 200
_LONGEST_MARKUP = 200_000
# Prefixes that feeds often use undeclared.
_KNOWN = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "atom": "http://www.w3.org/2005/Atom",
    "itunes": "http://www.itunes.com/DTDs/PodCast-1.0.dtd",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xhtml": "http://www.w3.org/1999/xhtml",
}
_LOOSE = re.compile(
    r"<!\[CDATA\[(?P<data>.*?)(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|(?P<lone>(?:&(?![#\w]))++)|&(?!(?:lt|gt|amp|quot|apos);)(?P<name>#\d{1,7};|#[xX][\da-fA-F]{1,6};|\w{1,40};)?",
    re.DOTALL,
)
_SPACED = re.compile(r"[^{:]+$|\{http://www\.w3\.org/(?:XML/1998/namespace|1999/02/22-rdf-syntax-ns#)\}")
_NUMBERS = {"&amp;": "&#38;", "&lt;": "&#60;", "&gt;": "&#62;", "&quot;": "&#34;", "&apos;": "&#39;"}
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PAGE = re.compile(r"<!doctype\s+html|<(?:html|head|body|div|p|script|br|h1)[\s/>]", re.IGNORECASE)


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


def root(text: str, names: str) -> Any:
    """The root element with one of these names (a regular expression), also of broken XML.

    Raises FeedError if there is none, and for a document that declares entities, which only attacks do.
    """
    from lxml import etree

    text = _NO_XML.sub("", _LOOSE.sub(_mend, text))
    # After the first error the parser drops references by name, but not by number.
    for name, number in _NUMBERS.items():
        text = text.replace(name, number)
    start = re.search(rf"<(?:[\w.-]{{1,40}}:)?(?:{names})(?=[\s/>])", text, re.IGNORECASE)
    before = text[: start.start() if start else len(text)]
    if re.search("<!entity", before, re.IGNORECASE):
        raise FeedError("no feed: it declares entities")
    if start is None or re.search(r"<(?:html|body)[\s>]", before, re.IGNORECASE):
        raise FeedError("an HTML page, no feed" if _PAGE.search(before) else "no feed: unknown format")
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    end = next(islice(re.finditer("<", text), _MOST_TAGS, None), None)
    try:
        found = etree.fromstring(text[start.start() : end and end.start()].encode(), parser)
    except etree.XMLSyntaxError:
        found = None
    if found is None:
        raise FeedError("no feed: broken beyond repair")
    return found


def local(name: object) -> str:
    """An element's or attribute's name in lower case, without its namespace."""
    return name.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(name, str) else ""


def skeleton(text: str) -> bytes:
    """The feed as a new document: the fields that are read, bounded in number and length, with elements inside texts as
    escaped HTML. Of thousands of entries the first and the last are kept, since the newest are at one end."""
    from lxml import etree

    old = root(text, "|".join(_WRAPPERS))
    new = _copy(None, old)
    waiting, entries = [(old, new)], []
    while waiting:
        source, target = waiting.pop()
        _fill(target, source)
        for child in source:
            if (name := local(child.tag)) in _ENTRIES:
                entries.append((target, child))
            elif name in _WRAPPERS and len(waiting) < _MOST_FIELDS:
                waiting.append((child, _copy(target, child)))
    if len(entries) > 2 * MOST_ENTRIES:
        entries = entries[:MOST_ENTRIES] + entries[-MOST_ENTRIES:]
    for target, child in entries:
        _fill(_copy(target, child), child)
    return bytes(etree.tostring(new, encoding="utf-8", xml_declaration=True))


def _mend(found: re.Match[str]) -> str:
    """CDATA as escaped text, nothing for comments, characters for HTML's entities, an escaped & for a single one."""
    if found["data"] is not None:
        return escape(found["data"])
    if not found[0].startswith("&"):
        return ""
    if found["lone"]:
        return "&amp;" * len(found["lone"])
    name = found["name"]
    if name and (name.startswith("#") or name in html5):
        return escape(html.unescape(found[0]), {'"': "&quot;", "'": "&apos;"})
    return f"&amp;{name or ''}"


def _fill(target: Any, source: Any) -> None:
    count = 0
    for child in source:
        name = local(child.tag)
        if name not in _FIELDS or any(part in str(child.tag).lower() for part in _FOREIGN):
            continue
        count += 1
        if count > _MOST_FIELDS:
            return
        field = _copy(target, child)
        if field is None:
            continue
        if name in _MARKUP:
            field.text = _inner(child)
            if len(child):
                field.set("type", "text/html")
        else:
            field.text = (child.text or "")[: _LONGEST_PERSON if name in _PEOPLE else _LONGEST]
        if name in ("guid", "id") and not re.match(r"\s*https?://", field.text or "", re.IGNORECASE):
            field.set("ispermalink", "false")  # else any id would count as a link
        if name in _PEOPLE and len(child):
            _fill(field, child)


def _copy(parent: Any, old: Any) -> Any:
    """The element without its content; None if its prefix is unknown."""
    from lxml import etree

    tag, prefix = old.tag, old.prefix
    if not tag.startswith("{") and ":" in tag:
        prefix, _, name = tag.partition(":")
        if prefix not in _KNOWN or ":" in name:
            return None if parent is not None else etree.Element(local(tag))
        tag = f"{{{_KNOWN[prefix]}}}{name}"
    # The same prefix, or none: feedparser recognises some elements by it if it does not know the namespace.
    if any(blank in tag for blank in " \t\r\n"):
        tag = local(tag)  # not a valid namespace
    space = {prefix: tag[1:].partition("}")[0]} if tag.startswith("{") else {}
    new = _made(parent, tag, space)
    # By names, since the time to list values grows with the square of their number.
    names = [name for name in old.attrib if local(name) in _ATTRIBUTES and _SPACED.match(name)]
    for name in names[:_MOST_NAMES]:
        if len(value := old.get(name)) <= _LONGEST:
            new.set(name, value)
    return new


def _made(parent: Any, tag: str, space: dict[Any, str]) -> Any:
    from lxml import etree

    try:
        return etree.Element(tag, nsmap=space) if parent is None else etree.SubElement(parent, tag, nsmap=space)
    except ValueError:  # not a valid namespace
        return etree.Element(local(tag)) if parent is None else etree.SubElement(parent, local(tag))


def _inner(element: Any) -> str:
    from lxml import etree

    if not len(element):
        return (element.text or "")[:_LONGEST_MARKUP]
    parts, room = [escape(element.text or "")], _LONGEST_MARKUP
    for child in element:
        parts.append(etree.tostring(child, encoding="unicode"))
        room -= len(parts[-1])
        if room < 0:
            break
    return "".join(parts)[:_LONGEST_MARKUP]
