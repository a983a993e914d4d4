"""Splitting text into messages, and shortening it. All lengths are in UTF-16 units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum

from bot.presentation.discord.markdown import escape_start, length

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
