"""The best link for a citation, and permalinks to passages on the reader page.

A permalink works as long as the words stand anywhere in the article.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote as percent_encode
from urllib.parse import urlsplit

from retrieval.domain.articles import Article
from retrieval.domain.citations import Citation
from retrieval.nlp.markup import readable

_AT = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_OF = re.compile(r"[0-9a-f]{12}")
_LONGEST = 20_000  # characters of a passage
_MOST_CITED = 8  # passages of one address
# The most characters to read for finding a passage that has moved, and the cost of a try in characters.
_MOST_READ, _TRY = 30_000_000, 100
# A quote does not begin with a space or in the middle of a word.
_BEGINNING = re.compile(r"(?=\S)(?:(?<!\w)|(?!\w))")
# Without a user name before the host: it may pass for the host.
_HOST = r"(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@:%\\\[\]()<>{}|^`\"']+)(?::\d{0,5})?"
_ADDRESS = re.compile(rf"(https?)://({_HOST})((?:[/?][^#]*)?)((?:#.*)?)", re.IGNORECASE | re.DOTALL)
# Characters that end a masked link or that browsers rewrite. Letters of any alphabet stay.
_UNFIT = frozenset("()[]<>{}|^`\"'\\")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DIRECTIVE = ":~:"
_MARKDOWN = (".md", ".markdown")
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
_LONGEST_FRAGMENT = 800  # characters: beyond that, the page without one is the better link
# The characters of an address. Brackets only in pairs: a closing one may belong to the sentence or the label.
_PART = r"[^\s<>()\[\]|`\"“”„«»。，、；：！？）」』】]"
_PIECE = rf"(?:\({_PART}*\)|\[{_PART}*\]|(?![,;]https?://){_PART})"
# An address does not end with the end of a sentence or of bold type.
_LAST = rf"(?:\({_PART}*\)|\[{_PART}*\]|(?![.,:;!?'’*_~\\…]){_PART})"
_WRITTEN = re.compile(rf"<(?P<held>https?://[^\s<>]+)>|(?P<bare>https?://{_PIECE}*{_LAST})", re.IGNORECASE)
_UPLOAD = re.compile(r"https?://(?:cdn\.discordapp\.com|media\.discordapp\.net)[/:]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cited:
    """The passage of a permalink: its place when it was cited, and the digest of its words."""

    start: int
    end: int
    digest: str


def article_permalink(key: str, public_url: str) -> str:
    """The address of an article on the reader page."""
    return f"{public_url.rstrip('/')}/a/{percent_encode(key, safe='')}"


def permalink(citation: Citation, public_url: str, others: Iterable[Citation] = ()) -> str:
    """The address of a passage, with the digest of its words; those of `others` in its article are marked too."""
    near = [each for each in others if each.key == citation.key and each.start != citation.start]
    places = [f"at={each.start}-{each.end}&of={digest(each.quote)}" for each in (citation, *near[: _MOST_CITED - 1])]
    return f"{article_permalink(citation.key, public_url)}?{'&'.join(places)}#cited"


def digest(quote: str) -> str:
    """The digest of a quote for its permalink."""
    return hashlib.sha256(quote.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def read_permalink(places: Sequence[str], digests: Sequence[str]) -> list[Cited]:
    """The passages in the address of a page, by its `at` and `of`, the one to go to first."""
    read = (_read(*pair) for pair in zip(places[:_MOST_CITED], digests[:_MOST_CITED], strict=False))
    return [each for each in read if each]


def _read(place: str, words: str) -> Cited | None:
    at, of = _AT.fullmatch(place), _OF.fullmatch(words)
    if not at or not of or not 0 < int(at[2]) - int(at[1]) <= _LONGEST:
        return None
    return Cited(int(at[1]), int(at[2]), of[0])


def find_cited(text: str, cited: Cited) -> tuple[int, int] | None:
    """The place of the cited words now: the old place, or the nearest one with exactly these words."""
    length = cited.end - cited.start
    if digest(text[cited.start : cited.end]) == cited.digest:
        return cited.start, cited.end
    begins = [match.start() for match in _BEGINNING.finditer(text, 0, max(len(text) - length + 1, 0))]
    begins.sort(key=lambda begin: abs(begin - cited.start))
    for begin in begins[: _MOST_READ // (length + _TRY)]:
        if digest(text[begin : begin + length]) == cited.digest:
            return begin, begin + length
    return None


@dataclass(frozen=True, slots=True)
class Bases:
    """The public address of the reader page, and the prefix for links to source files.

    `cited` are citations that the reader page marks too where it shows their article.
    """

    public_url: str = ""
    source_base_url: str = ""
    cited: tuple[Citation, ...] = ()

    def among(self, cited: Iterable[Citation]) -> Bases:
        """The bases of the links of citations that stand together."""
        return replace(self, cited=tuple(cited))


def best_link(citation: Citation, bases: Bases) -> str:
    """The article's own page at the quoted words; else the reader page; else the file; else its place in words."""
    page = _page(citation)
    if own := address(citation.url or ""):
        if page and urlsplit(own).path.lower().endswith(".pdf"):
            return f"{own.partition('#')[0]}{page}"
        return _point(own, fragment(citation.quote, citation.file.lower().endswith(_MARKDOWN)))
    if public := address(bases.public_url):
        return permalink(citation, public, bases.cited)
    lines = [str(line) for line in dict.fromkeys((citation.line_start, citation.line_end))]
    if citation.on_disk and (base := address(bases.source_base_url)):
        lined = citation.is_lined and not citation.file.lower().endswith(".gz")
        anchor = "#" + "-".join(f"L{line}" for line in lines) if lined else page
        return f"{base.rstrip('/')}/{percent_encode(citation.file, errors='surrogatepass')}{anchor}"
    return f"{citation.file}:{'-'.join(lines)}" if citation.is_lined else citation.where


def short_link(citation: Citation, bases: Bases) -> str:
    """A link of few characters: the reader page, else the article's own page without the quoted words."""
    if public := address(bases.public_url):
        return permalink(citation, public)
    own = address(citation.url or "")
    return own.partition("#")[0] if own else best_link(citation, bases)


def _page(citation: Citation) -> str:
    """The anchor that opens a page of a PDF file; empty without a page."""
    number = citation.locator.removeprefix("p. ")
    return f"#page={number}" if number.isdecimal() and number != citation.locator else ""


def article_link(article: Article, bases: Bases) -> str | None:
    """The link to a whole article: its own page, else the reader page, else the source file."""
    if own := address(article.metadata.url or ""):
        return own
    if public := address(bases.public_url):
        return article_permalink(article.key, public)
    if article.on_disk and (base := address(bases.source_base_url)):
        return f"{base.rstrip('/')}/{percent_encode(article.file, errors='surrogatepass')}"
    return None


def is_address(link: str) -> bool:
    """True for a web address, False for a file and its lines as plain text."""
    return _ADDRESS.fullmatch(link) is not None


def address(url: str) -> str:
    """The address, encoded for a masked link and a page; empty if it is not a web address."""
    match = _ADDRESS.fullmatch(url.strip())
    if not match or any(map(_is_hidden, match[2])):
        return ""
    return f"{match[1].lower()}://{match[2]}{_fit(match[3] + match[4])}"


def _fit(text: str) -> str:
    return "".join(
        percent_encode(each, safe="", errors="surrogatepass") if each in _UNFIT or _is_hidden(each) else each
        for each in _STRAY_PERCENT.sub("%25", text)
    )


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character)[0] in "CZ"


def _point(own: str, words: str) -> str:
    page, _, section = own.partition("#")
    section = section.partition(_DIRECTIVE)[0] + (f"{_DIRECTIVE}text={words}" if words else "")
    return f"{page}#{section}" if section else page


def fragment(quote: str, markdown: bool) -> str:
    """The words for a browser to look for, encoded; empty if there are none or they are too long for a link."""
    parts = _parts(quote, markdown)
    if not parts:
        return ""
    whole = _encode(parts[0])
    head, tail = _end(parts[0]), _end(parts[-1], last=True)
    if len(parts) > 1 or (len(whole) > _WHOLE and len(head) + len(tail) < len(parts[0])):
        whole = f"{_encode(head)},{_encode(tail)}"
    return whole if len(whole) <= _LONGEST_FRAGMENT else ""


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


def addresses(texts: Iterable[str]) -> list[str]:
    """The addresses in the texts, in order, without duplicates; anchors within a page do not count."""
    found: dict[str, str] = {}
    for match in (match for text in texts for match in _WRITTEN.finditer(text)):
        address = match["held"] or match["bare"]
        found.setdefault(address.partition("#")[0], address)
    return list(found.values())


def is_upload(address: str) -> bool:
    """True for the address of a file uploaded to Discord, which expires after a day."""
    return _UPLOAD.match(address) is not None
