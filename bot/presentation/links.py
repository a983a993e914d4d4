"""The best link for a citation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote as percent_encode
from urllib.parse import urlsplit

from bot.presentation.text_fragments import fragment
from bot.web.permalinks import article_permalink, permalink
from retrieval.domain.articles import Article
from retrieval.domain.citations import Citation

# Without a user name before the host: it may pass for the host.
_HOST = r"(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@:%\\\[\]()<>{}|^`\"']+)(?::\d{0,5})?"
_ADDRESS = re.compile(rf"(https?)://({_HOST})((?:[/?][^#]*)?)((?:#.*)?)", re.IGNORECASE | re.DOTALL)
# Characters that end a masked link or that browsers rewrite. Letters of any alphabet stay.
_UNFIT = frozenset("()[]<>{}|^`\"'\\")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DIRECTIVE = ":~:"

_MARKDOWN = (".md", ".markdown")


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
