"""HTML by its structure alone: checks its size, removes what a reader does not see, and makes pieces of the rest.

Web pages go through article extraction next. Mails, books and fragments have nothing around their text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from retrieval.domain.articles import BlockKind
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.ingestion.metadata.fields import one_line
from retrieval.ingestion.readers.documents import Piece, table

_UNREAD = frozenset("script style noscript template head svg iframe object form button select textarea math".split())
_STRUCK = frozenset(("del", "s", "strike"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = (
    frozenset(
        "p div ul ol li dl dt dd table tr blockquote pre header footer section article aside nav figure figcaption"
        " hr main body address details summary tbody thead tfoot caption center fieldset".split()
    )
    | _HEADINGS
)
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0*)?(?![.\d])|font-size\s*:\s*0(?![.\d])",
    re.IGNORECASE,
)
_STRUCK_STYLE = re.compile(r"text-decoration[\w-]*\s*:[^;]*line-through", re.IGNORECASE)
# For screen readers: invisible, and about the page rather than the article.
_HIDDEN_CLASS = re.compile(
    r"(?:^|\s)(?:sr-only|screen-reader(?:-text)?|visually-?hidden|u-hidden(?:-visually)?|a11y-hidden|is-hidden|d-none"
    r"|offscreen|element-invisible)(?=\s|$)",
    re.IGNORECASE,
)
_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,3}(?:\s*,\s*\d{1,3})*|[*†‡§¶]{1,3}|[a-z]|[ivx]{1,5})[\])]?")
_NOTE = re.compile(r"(?:foot|end)?note|^fn|cite|ref", re.IGNORECASE)
# Behind these a raised number is an exponent.
_POWER = re.compile(r"(?:(?<!\d)10|\b(?:[cdkm]?m|ft|in|mi|yd|s))$")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d\d(?:\s?[ap]\.?m\.?)?(?:\s[A-Z]{2,5})?", re.IGNORECASE)
_MOST_SHARE = 0.5  # of a page's text; pages that hide more show it by a script
_MOST_ELEMENTS = 100_000
_MOST_INLINE = 5_000  # in one paragraph or the like
_MOST_ATTRIBUTES = 5_000  # in one tag; the parser's time grows with the square of their number
_TAG = re.compile(r"<(?=[a-zA-Z])")
_BARE = re.compile(r"[^\"'>]*")
_SKIPPED = {"<script": "</script", "<style": "</style", "<!--": "-->"}
_SKIP = re.compile(r"<(?:script|style|!--)", re.IGNORECASE)
_BLOCK_TAGS = frozenset(
    "html head body main article section div p ul ol li dl dt dd table tr td th blockquote pre h1 h2 h3 h4 h5 h6"
    " header footer aside nav figure form".split()
)


def read(page: str) -> list[Piece]:
    """The text of a page as it stands; nothing if the page is empty. Raises UnreadableError."""
    from lxml import html

    check_tags(page)
    parser = html.HTMLParser(encoding="utf-8", no_network=True)
    try:
        tree = html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except (ValueError, html.etree.ParserError):
        return []
    check_elements(tree)
    strip_unseen(tree)
    return pieces(tree)


def strip_unseen(tree: Any) -> None:
    """Remove text that is invisible or struck out, marks of notes behind words, and the links back from a note."""
    hidden = [element for element in tree.iter() if isinstance(element.tag, str) and _is_hidden(element)]
    whole = len(tree.text_content())
    if sum(len(each.text_content()) for each in _outermost(hidden)) <= _MOST_SHARE * whole:
        for each in hidden:
            _drop(each)
    for element in list(tree.iter(*_STRUCK)):
        _drop(element)
    for element in list(tree.iter("sup")):
        _unstick(element)
    for element in list(_links_back(tree)):
        _drop(element)


def pieces(tree: Any) -> list[Piece]:
    """The text of a tree, one piece for a block, with headings, list items and rows of tables.

    Recursion is safe: the parser stops at 256 levels.
    """
    found = list(_walk(tree))
    return list(_with_clocks(found))


def _is_hidden(element: Any) -> bool:
    style = element.get("style") or ""
    return (
        (element.get("hidden") is not None and element.get("hidden") != "until-found")
        or bool(style and (_HIDDEN_STYLE.search(style) or _STRUCK_STYLE.search(style)))
        or bool(_HIDDEN_CLASS.search(element.get("class") or ""))
    ) and element.tag not in ("html", "body")


def _outermost(elements: Sequence[Any]) -> Iterator[Any]:
    inner = set(elements)
    return (element for element in elements if inner.isdisjoint(element.iterancestors()))


def _drop(element: Any) -> None:
    """Remove an element without the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail or ""
    before = element.getprevious()
    if before is not None:
        before.tail = _joined(before.tail or "", tail)
    else:
        parent.text = _joined(parent.text or "", tail)
    parent.remove(element)


def _joined(before: str, after: str) -> str:
    return before.rstrip() + after if before[-1:].isspace() and after[:1] in ",.;:!?" else before + after


def _unstick(mark: Any) -> None:
    """Remove the mark of a note; write an exponent with a caret."""
    text = "".join(mark.itertext()).strip()
    if not _NOTE_MARK.fullmatch(text):
        return
    parent, before = mark.getparent(), mark.getprevious()
    behind = "" if parent is None else (before.tail if before is not None else parent.text) or ""
    noted = _is_linked(mark) or any(_NOTE.search(mark.get(name) or "") for name in ("class", "id"))
    if text.isdigit() and not noted and _POWER.search(behind):
        mark.text = f"^{text}"
    elif noted or text[0] in "*†‡§¶[(" or (text.isdigit() and behind[-1:].strip()):
        _drop(mark)


def _is_linked(mark: Any) -> bool:
    """Tell if a mark has a link in it, or is all of a link to another place of the page."""
    around = mark.getparent()
    whole = around is not None and around.tag == "a" and len(around) == 1
    return next(mark.iter("a"), None) is not None or (whole and (around.get("href") or "").startswith("#"))


def _links_back(tree: Any) -> Iterator[Any]:
    """The links from the end of a note back to its mark, which is a link, an anchor or raised; that to a table or a
    chapter further up is text.
    """
    above = set[str]()
    for element in tree.iter():
        if element.tag in ("a", "sup"):
            above.update(filter(None, (element.get("id"), element.get("name"))))
        goal, block = element.get("href") or "", element.getparent()
        if element.tag != "a" or block is None or not goal.startswith("#") or goal[1:] not in above:
            continue
        last = element.getnext() is None and not (element.tail or "").strip()
        if last and block.text_content().strip() != element.text_content().strip():
            yield element


def _walk(element: Any, kind: BlockKind | None = None) -> Iterator[Piece]:
    waiting: list[str] = []
    yield from _block(element, kind, waiting)
    yield from _flush(waiting, kind)


def _block(element: Any, kind: BlockKind | None, waiting: list[str]) -> Iterator[Piece]:
    waiting.append(element.text or "")
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag == "table" and _is_data(child):
            yield from _flush(waiting, kind)
            yield from _rows(child)
        elif tag in _BLOCKS:
            yield from _flush(waiting, kind)
            inner: BlockKind | None = "heading" if tag in _HEADINGS else "item" if tag == "li" else kind
            yield from _walk(child, inner)
        elif tag == "br":
            waiting.append("\n" if _is_doubled(child) else " ")
        elif tag and tag not in _UNREAD:
            yield from _block(child, kind, waiting)
        waiting.append(child.tail or "")


def _is_doubled(line_break: Any) -> bool:
    """Tell if a line break is one of two, which separate paragraphs."""
    following = line_break.getnext()
    doubled = following is not None and following.tag == "br" and not (line_break.tail or "").strip()
    before = line_break.getprevious()
    return doubled or (before is not None and before.tag == "br" and not (before.tail or "").strip())


def _flush(waiting: list[str], kind: BlockKind | None) -> Iterator[Piece]:
    for part in re.split(r"\n\n+" if kind is None else r"\n{2,}", _spaced("".join(waiting))):
        if text := one_line(part):
            yield Piece(text, kind)
    waiting.clear()


def _spaced(text: str) -> str:
    """The text with single line breaks as spaces, if double ones separate paragraphs."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", text) if "\n\n" in text else text


def _is_data(element: Any) -> bool:
    """Tell if a table contains data: several short cells in most rows, and no table inside."""
    rows = list(element.iter("tr"))
    if any(element is not inner for inner in element.iter("table")):
        return False
    widths = [sum(1 for cell in each if cell.tag in ("td", "th")) for each in rows]
    cells = list(element.iter("td", "th"))
    long = sum(len(cell.text_content()) > 600 for cell in cells)
    return sum(width > 1 for width in widths) * 2 > len(rows) and long * 4 <= len(cells)


def _rows(element: Any) -> Iterator[Piece]:
    for caption in element.iter("caption"):
        yield from _walk(caption)
    yield from table(
        [" ".join(cell.text_content().split()) for cell in each if cell.tag in ("td", "th")]
        for each in element.iter("tr")
    )


def _with_clocks(found: Sequence[Piece]) -> Iterator[Piece]:
    """Puts the time of a post in a live blog before the heading or text under it."""
    clock = ""
    for piece in found:
        if _CLOCK.fullmatch(piece.text):
            if clock:
                yield Piece(clock)
            clock = piece.text
        else:
            yield piece._replace(text=f"{clock} {piece.text}") if clock else piece
            clock = ""
    if clock:
        yield Piece(clock)


def check_tags(page: str) -> None:
    """Raises UnreadableError for a tag with thousands of attributes, which would keep the parser busy for minutes."""
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
                raise UnreadableError(Phrase("too tangled to read"))


def check_elements(tree: Any) -> None:
    """Raises UnreadableError for so many elements that extraction would take minutes, in all or inside one block: its
    time grows with the square of their number."""
    block_of: dict[Any, Any] = {}
    inline: Counter[Any] = Counter()
    for count, element in enumerate(tree.iter(), 1):
        if element.tag in _BLOCK_TAGS:
            block_of[element] = element
        else:
            block = block_of[element] = block_of.get(element.getparent())
            inline[block] += 1
            if inline[block] > _MOST_INLINE:
                raise UnreadableError(Phrase("too tangled to read"))
        if count > _MOST_ELEMENTS:
            raise UnreadableError(Phrase("too large (over {most} elements)", most=_MOST_ELEMENTS))
