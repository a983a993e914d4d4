"""Messages as plain data: blocks that the bot turns into Discord's components or, where those are off, into text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from enum import IntEnum
from itertools import groupby
from typing import Any
from urllib.parse import quote, urlsplit

from bot.presentation.discord.markdown import LIMIT, cut, length, split

# The characters of a message with components, and the components that its blocks may take: of Discord's 40, eleven are
# for the container, a row of buttons, a mention, the foot and the line that a delivery adds.
LONGEST, _COMPONENTS = 4000, 29
# The most sources of a message with a button of their own; of others the title is a link.
_BUTTONS = 6
_LONGEST_BUTTON_ADDRESS = 512


class Tone(IntEnum):
    """The colour beside a message. Its meaning stands in words as well."""

    ANSWERED = 0x3BA55D
    POSSIBLE = 0xE8A33D
    NOTHING = 0x80848E
    OLD = 0xB0703C
    DISPUTED = 0xA667C2
    NEWS = 0x5865F2


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of Markdown. A `heading` is not repeated for the part below it on the same page."""

    text: str
    heading: bool = False


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line about a source, and the address that its button opens; `linked` is the line with a link in it.

    Without an address that a button takes, the line with the link is shown.
    """

    text: str
    linked: str
    address: str
    label: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of the message: a picture if it has words for people who cannot see it."""

    name: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Space between blocks, with or without a line."""

    line: bool = True


Block = Text | SourceLine | Attached | Rule
Part = tuple[Block, ...]
_KINDS: Mapping[str, type[Any]] = {each.__name__: each for each in (Text, SourceLine, Attached, Rule)}


@dataclass(frozen=True, slots=True)
class Card:
    """One message; `above` is a line over its frame."""

    blocks: Part
    tone: Tone = Tone.NEWS
    above: str = ""


# A message with components, or one of plain text.
Page = Card | str


def paged(
    parts: Iterable[Part],
    tone: Tone,
    *,
    head: Part = (),
    foot: Callable[[int, int], str] = lambda _at, _total: "",
    opening: str = "",
    ruled: bool = True,
    room: int = 0,
    plain: bool = False,
) -> list[Page]:
    """The parts in as few messages as hold them; a part that is longer than a message is cut.

    `head` stands on every page, `opening` above the first; `foot` makes the last line of a page from its number and the
    number of pages. `ruled` draws lines between the parts. Every page leaves `room` characters free.
    """
    above: Part = (Text(opening),) if opening else ()
    limit = (LIMIT if plain else LONGEST) - room - max(length(foot(1, 1)), length(foot(99, 99))) - 2
    longest = limit - length(plain_text((*above, *head))) - 2
    found: list[Part] = [(*above, *head)]
    bare = found[0]
    for piece in (piece for part in parts for piece in _pieces(part, longest, plain)):
        added = _joined(found[-1], piece, ruled and found[-1] is not bare)
        if found[-1] is not bare and not _fits(added, limit, plain):
            found.append(head)
            bare = found[-1]
            added = _joined(bare, piece, False)
        found[-1] = added
    lines = [foot(at, len(found)) for at in range(1, len(found) + 1)]
    whole = (_joined(page, (Text(line),), False) if line else page for page, line in zip(found, lines, strict=True))
    return [plain_text(page) if plain else Card(tuple(merged(_lean(page))), tone) for page in whole]


def fitted(ways: Iterable[str]) -> str:
    """The first of several ways to write a text that fits into a message; else the beginning of the last."""
    text = ""
    for text in ways:
        if length(text) <= LIMIT:
            break
    return split(text)[0]


def plain_text(blocks: Iterable[Block]) -> str:
    """The blocks as text, with the addresses in it."""
    text = ""
    for block in blocks:
        match block:
            case Rule():
                text = text.rstrip("\n") + "\n\n"
            case Text(line) | SourceLine(linked=line):
                text += f"{line}\n"
    return text.strip()


def plain_pages(page: Page) -> list[str]:
    """The messages that say the same without components."""
    return [page] if isinstance(page, str) else split(f"{page.above}\n{plain_text(page.blocks)}")


def topped(page: Page, line: str) -> Page:
    """The page with a line above it."""
    return f"{line}\n{page}" if isinstance(page, str) else replace(page, blocks=(Text(line), *page.blocks))


def footed(page: Page, line: str) -> Page:
    """The page with a line at its end."""
    return f"{page}\n{line}" if isinstance(page, str) else replace(page, blocks=(*page.blocks, Text(line)))


def merged(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, with the ones of text that follow one another in one: a message has few components."""
    for is_text, run in groupby(blocks, lambda block: isinstance(block, Text)):
        if is_text:
            text = "\n".join(each.text for each in run if isinstance(each, Text))
            # Discord refuses blank text.
            yield from (Text(text),) if text.strip() else ()
        else:
            yield from run


def without_button(block: Block) -> Block:
    """The block; for a source, the line with a link in it."""
    return Text(block.linked) if isinstance(block, SourceLine) else block


def button_address(address: str) -> str:
    """The address as a button takes it; empty if it takes none such."""
    encoded = quote(address, safe="%/:?#[]@!$&'()*+,;=~")
    fits = len(encoded) <= _LONGEST_BUTTON_ADDRESS and urlsplit(address).netloc.isascii()
    return encoded if address.startswith(("https://", "http://")) and fits else ""


def stored(page: Page) -> Any:
    """The page as JSON."""
    if isinstance(page, str):
        return page
    return {"tone": page.tone, "blocks": [[type(each).__name__, asdict(each)] for each in page.blocks]}


def restored(kept: Any) -> Page:
    """The page that was stored as this JSON."""
    if isinstance(kept, str):
        return kept
    return Card(tuple(_KINDS[kind](**fields) for kind, fields in kept["blocks"]), Tone(kept["tone"]))


def _joined(page: Part, part: Part, ruled: bool) -> Part:
    """The page with a part below it, without the part's heading if the page's last one says the same."""
    headings = [each for each in page if isinstance(each, Text) and each.heading]
    if headings and part[0] == headings[-1]:
        return (*page, *((Rule(),) if ruled else ()), *part[1:])
    return (*page, Rule(ruled), *part) if page else part


def _lean(page: Part) -> Iterator[Block]:
    """The page with so few buttons that there is room for all else; other sources are text."""
    buttons = 0
    for block in page:
        if isinstance(block, SourceLine):
            buttons += bool(block.address)
            yield block if block.address and buttons <= _BUTTONS else Text(block.linked)
        else:
            yield block


def _fits(blocks: Part, limit: int, plain: bool) -> bool:
    if plain:
        return length(plain_text(blocks)) <= limit
    lean = list(merged(_lean(blocks)))
    # A section has a text and a button.
    used = sum(3 if isinstance(block, SourceLine) else 1 for block in lean)
    words = "\n".join(block.text for block in lean if isinstance(block, Text | SourceLine))
    return used <= _COMPONENTS and length(words) <= limit


def _pieces(part: Part, longest: int, plain: bool) -> Iterator[Part]:
    """The part, or the pieces of it that fit on a page."""
    piece: Part = ()
    left = list(part)
    while left:
        block = left.pop(0)
        if _fits((*piece, block), longest, plain):
            piece = (*piece, block)
            continue
        room = longest - length(plain_text(piece)) - 1
        if isinstance(block, Text) and longest // 4 <= room < length(block.text):
            head, rest = cut(block.text, room)
            piece, block = (*piece, Text(head)), Text(rest)
        elif not piece and isinstance(block, SourceLine):
            # A link is never cut.
            block = Text(block.text)
        if piece:
            yield piece
        piece, left = (), [block, *left]
    yield piece
