"""Text of articles and users for Discord: escaped, so that it does not format, mention or link; split into messages.

Discord formats text in its clients and finds mentions on its servers. So a backslash, which only clients heed,
keeps text from formatting; and a zero-width space, which both see, keeps it from mentioning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import IntEnum
from urllib.parse import quote

from bot.presentation.links import is_address
from retrieval.nlp.markup import visible

# Joiners belong between emoji and letters of some scripts; alone or beside Latin letters they only hide text.
_LETTER = r"[^\x00-\x7f\xad\s\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
_JOINER = re.compile(rf"(?<={_LETTER})([\u200c\u200d])(?={_LETTER})")
# Letters and symbols without a visible shape.
_SHAPELESS = "\u115f\u1160\u2800\u3164\uffa0"

_IN_ADDRESS = r"[^\s<>()\[\]\"“”„«»。，、；：！？）」』】]"
_AT_ADDRESS_END = r"[^\s<>()\[\]\"“”„«»。，、；：！？）」』】.,:;!?'’*_~`|\\…]"
_PING = r"@(?=everyone|here|[!&]?[0-9])"
_ACTIVE = re.compile(
    rf"(?P<address>(?<![^\W_])https?://(?:\({_IN_ADDRESS}*\)|{_IN_ADDRESS})*(?:\({_IN_ADDRESS}*\)|{_AT_ADDRESS_END}))"
    rf"|(?P<ping>{_PING})"
    r"|(?P<number>^[0-9]+)(?=\.(?:\s|$))"
    r"|(?P<mark>[\\*_~`|<>#\[\]()]|^[-+](?=[\s#]|$)|:(?=[\w+-]+:|//))",
    re.IGNORECASE | re.MULTILINE,
)
_BLOCK_START = re.compile(r"[0-9]+(?=\.\s)|(?=[-+*>]\s|#{1,3}\s|-#)")
# Between a text and the number of its source, which would stand on a line by itself on a phone.
STUCK = "\u00a0"
_SCHEME = re.compile(r"[\w+.-]*://")
_IN_CODE = str.maketrans("`<>", "'‹›")
_ROUND = str.maketrans("[]", "()")

# The most UTF-16 units of an address in a message.
_LONGEST_ADDRESS = 1500


def length(text: str) -> int:
    """The length of a text in UTF-16 units: never less than Discord counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """The text without control and format characters, except joiners in their place; lines and spaces stay."""
    lines = (re.sub(r"\S+", lambda word: _clean_word(word[0]), line) for line in text.splitlines())
    joined = "\n".join(re.sub(r"\s", " ", line).strip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", joined).strip("\n")


def _clean_word(word: str) -> str:
    return (
        word
        if word.isascii() and word.isprintable()
        else "".join(part if part in ("\u200c", "\u200d") else visible(part) for part in _JOINER.split(word))
    )


def clean_line(text: str) -> str:
    """The cleaned text in one line with single spaces; empty if nothing in it is visible."""
    line = " ".join(clean(text).split())
    seen = (unicodedata.category(each)[0] in "LNPS" and each not in _SHAPELESS for each in line)
    return line if any(seen) else ""


def escape(text: str) -> str:
    """Escape the text, so that Discord shows it unchanged; addresses stay links without a preview.

    Text that only begins like an address is escaped too: as a link it would include the text that follows.
    """
    return _ACTIVE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    if found["address"]:
        # Angle brackets mark the end of an address, so that no backslash after it becomes part of it.
        return f"<{_encode(found[0], '')}>"
    if found["ping"]:
        return "@\u200b"
    return f"{found[0]}\\" if found["number"] else f"\\{found[0]}"


def code(text: str) -> str:
    """A file name as code. Escapes do not work there, so active characters are replaced."""
    quiet = re.sub(_PING, "@\u200b", text.translate(_IN_CODE), flags=re.IGNORECASE)
    return f"`{quiet}`"


def escape_start(line: str) -> str:
    """Escape text at the start of a line, so that it does not open a list or a heading."""
    found = _BLOCK_START.match(line)
    return f"{found[0]}\\{line[found.end() :]}" if found else line


def quoted(text: str) -> str:
    """The text as a block quote, without blank lines."""
    return "\n".join(f"> {line}" for line in text.split("\n") if line.strip())


def small(text: str) -> str:
    """A line of small print."""
    return f"-# {text}"


def join(*lines: str) -> str:
    """The lines that are not empty."""
    return "\n".join(line for line in lines if line)


def can_link(link: str) -> bool:
    """True if a link is an address, and short enough for a message."""
    return is_address(link) and length(_encode(link, "()[]")) <= _LONGEST_ADDRESS


def masked(label: str, address: str) -> str:
    """A link with a label. Brackets and addresses in the label are changed: with them Discord shows no link."""
    while "://" in label:
        label = _SCHEME.sub("", label)
    return f"[{escape(label.translate(_ROUND)) or 'link'}]({_quiet(address)})"


def marker(number: int, address: str) -> str:
    """The linked number of a citation."""
    return f"[[{number}]]({_quiet(address)})"


def _quiet(address: str) -> str:
    """The address in angle brackets, so that Discord shows no preview, also after an edit."""
    return f"<{_encode(address, '()[]')}>"


def _encode(address: str, unfit: str) -> str:
    """The address with active characters percent-encoded."""
    unfit += '\\*`|"<>^{} '
    encoded = "".join(
        quote(each, safe="", errors="replace") if each in unfit or not each.isprintable() else each for each in address
    )
    return re.sub(_PING, "%40", encoded, flags=re.IGNORECASE)


LIMIT = 2000

# Never cut: masked links, addresses, escaped characters, citation numbers, and the marks that open a line of a quote
# or of small print. Every `**` is ours, since the ones of other people are escaped.
_WHOLE = re.compile(
    r"\[(?:\\.|\[[^\[\]\n]*\]|[^\[\]\\\n])*\]\([^\s()]+\)"
    r"|<https?://[^\s<>]+>|https?://[^\s<>*\\]+"
    r"|`[^`\n]+`|\\?\[[0-9]+\\?\]|\*\*|\\[^0-9A-Za-z\s]|@\u200b\w+|(?m:^)(?:> |-# )"
)
_LINE_START = re.compile(r"(?:> |-# )?")
_MARKER = re.compile(r"\\?\[{1,2}[0-9]+\\?\]")
_GAP = re.compile(r"\s+")
_BOLD = "**"
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]*\\]*$")

# Units that closing and opening bold, and an escape at the start of a line, may add to a message.
_ROOM = 12


class _Break(IntEnum):
    """The places to cut text at, the best last."""

    ANYWHERE = 0
    WORD = 1
    SENTENCE = 2
    LINE = 3
    PARAGRAPH = 4


def split(text: str, limit: int = LIMIT) -> list[str]:
    """Split the text into messages, none of them blank. `limit` is at least 40.

    A message begins with the quote mark, small print mark or bold type it was cut in.
    """
    messages = []
    rest = text.strip()
    while length(rest) > limit:
        message, rest = cut(rest, limit)
        messages.append(message)
    return [*messages, rest] if rest else messages


def shorten(text: str, limit: int) -> str:
    """The beginning of a line of unescaped text, with an ellipsis if it was cut."""
    if length(text) <= limit:
        return text
    kept, used = 0, 1
    for start, end in _clusters(text):
        used += length(text[start:end])
        if used > limit:
            break
        kept = end
    head = text[:kept]
    space = head.rfind(" ") if not text[kept].isspace() else kept
    return (head[:space] if space > kept // 2 else head).rstrip() + "…"


def shorten_start(text: str, limit: int) -> str:
    """The end of a line of unescaped text, with an ellipsis if it was cut."""
    if length(text) <= limit:
        return text
    kept, used = len(text), 1
    for start, end in reversed(list(_clusters(text))):
        used += length(text[start:end])
        if used > limit:
            break
        kept = start
    tail = text[kept:]
    space = tail.find(" ") if not text[kept - 1].isspace() else 0
    return "…" + (tail[space:] if 0 <= space < len(tail) // 2 else tail).lstrip()


def cut(text: str, limit: int) -> tuple[str, str]:
    """The beginning of a text that is longer than a message, and the rest."""
    kind, at, bold = _best_break(text, limit)
    head, rest = text[:at].rstrip(), text[at:].lstrip()
    if kind < _Break.LINE:
        opened = head[head.rfind("\n") + 1 :]
        rest = _opening(opened) + _BOLD * bold + escape_start(rest)
    else:
        after = len(_opening(rest))
        rest = rest[:after] + _BOLD * bold + rest[after:]
    return head + _BOLD * bold, rest


def _best_break(text: str, limit: int) -> tuple[_Break, int, bool]:
    """The best place to cut at within the limit, its kind, and True if it is within bold type."""
    best: dict[_Break, tuple[int, bool]] = {}
    used, bold = 0, False
    for start, end in _atoms(text, limit - _ROOM):
        used += length(text[start:end])
        if used + len(_BOLD) * bold > limit:
            break
        if text[start:end] == _BOLD:
            bold = not bold
            if bold:
                continue
        if bold and text.startswith(_BOLD, end):
            continue
        kind = _kind(text, start, end)
        # A break near the start would leave a message all but empty.
        if kind is _Break.ANYWHERE or used >= limit // 4:
            best[kind] = end, bold
    return max(best), *best[max(best)]


def _opening(line: str) -> str:
    match = _LINE_START.match(line)
    return match[0] if match else ""


def _kind(text: str, start: int, end: int) -> _Break:
    """The kind of break after the atom from `start` to `end`."""
    gap = _GAP.match(text, end)
    if gap is None:
        return _Break.SENTENCE if text[start] in "。！？" else _Break.ANYWHERE
    if "\n" in gap[0]:
        return _Break.PARAGRAPH if gap[0].count("\n") > 1 else _Break.LINE
    if _MARKER.match(text, gap.end()):
        # A citation's number stays with its sentence.
        return _Break.ANYWHERE
    ended = _MARKER.match(text, start) or _SENTENCE_END.search(text, max(0, end - 8), end)
    return _Break.SENTENCE if ended else _Break.WORD


def _atoms(text: str, longest: int) -> Iterator[tuple[int, int]]:
    """The stretches that are not cut, in order, none longer than `longest`."""
    at = 0
    for whole in _WHOLE.finditer(text):
        yield from _short_clusters(text, at, whole.start(), longest)
        if length(whole[0]) <= longest:
            yield whole.span()
        else:
            yield from _short_clusters(text, whole.start(), whole.end(), longest)
        at = whole.end()
    yield from _short_clusters(text, at, len(text), longest)


def _short_clusters(text: str, first: int, last: int, longest: int) -> Iterator[tuple[int, int]]:
    for start, end in _clusters(text[first:last]):
        if length(text[first + start : first + end]) <= longest:
            yield first + start, first + end
        else:
            yield from ((at, at + 1) for at in range(first + start, first + end))


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """The spans of the grapheme clusters (Unicode's Annex 29). A mark that we put into links is not cut off."""
    import regex  # here, because it takes an eighth of a second

    return (found.span() for found in regex.finditer(r"\X\u200b*", text))
