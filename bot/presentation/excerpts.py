"""Excerpts for people to read, with marks around the words that answer. The front ends show the marks in their ways.

The marks are rare characters. An article that holds them gets square brackets in their place, so that it cannot mark
its own text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.presentation.discord.markdown import clean_line, shorten
from retrieval.domain.answers import Answer
from retrieval.domain.citations import Citation, Excerpt
from retrieval.nlp.markup import unmarked

MARK, UNMARK = "\u2997", "\u2998"

_FROM_ARTICLES = str.maketrans({MARK: "[", UNMARK: "]"})
_LONGEST_LEAD = 300  # characters of a heading or lead-in
_QUOTE = re.compile(rf"^({MARK}?)\s*>\s+")
_BULLET = re.compile(rf"^({MARK}?)\s*[-*+•▪◦·]\s+")
_NUMBER = re.compile(rf"^{MARK}?\s*\(?[0-9]{{1,3}}[.)]\s")
_HEADING = re.compile(rf"^({MARK}?)\s*#{{1,6}}\s+")
_ROW, _ROW_END = re.compile(rf"^({MARK}?)\s*\|"), re.compile(rf" ?\|({UNMARK}?)$")
# The line between the head of a table and its rows, or a horizontal rule.
_RULE = re.compile(r"[\s|:=_*-]{3,}")
_APART = re.compile(rf"{UNMARK}(\s*){MARK}")
_LATE, _EARLY = re.compile(rf"{MARK}(\s+)"), re.compile(rf"(\s+){UNMARK}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An excerpt to show, with at least one citation; all citations are of one article.

    `opening` names its day, `heading` and `lead` stand above it; all three may be empty. The `lines` have marks.
    """

    opening: str
    heading: str
    lead: str
    lines: tuple[str, ...]
    citations: tuple[Citation, ...]


def excerpts(answer: Answer) -> list[Shown]:
    """The excerpts of an answer; none if a model wrote it, or if an older version stored it without excerpts."""
    if answer.mode == "generated":
        return []
    cited = [tuple(each for each in answer.citations if _holds(excerpt, each)) for excerpt in answer.excerpts]
    return [_shown(*each, answer) for each in zip(answer.excerpts, cited, strict=True) if each[1]]


def uncovered(answer: Answer, shown: list[Shown]) -> list[Citation]:
    """The citations of an answer that belong to none of its excerpts."""
    covered = {each.number for excerpt in shown for each in excerpt.citations}
    return [each for each in answer.citations if each.number not in covered]


def narrowed(excerpt: Excerpt) -> Excerpt:
    """An excerpt from its first mark to its last, without the sentences around them."""
    start, end = min(each[0] for each in excerpt.marked), max(each[1] for each in excerpt.marked)
    return replace(excerpt, text=excerpt.text[start - excerpt.start : end - excerpt.start], start=start, end=end)


def lines(excerpt: Excerpt) -> list[str]:
    """The paragraphs, list items and table rows of an excerpt without markup, one a line, none empty.

    In every line the words that answer stand between `MARK` and `UNMARK`.
    """
    found: list[str] = []
    goes_on = False
    for marked in _marked_lines(excerpt):
        line = _QUOTE.sub(r"\1", marked.strip())
        bare = line.replace(MARK, "").replace(UNMARK, "").strip()
        if not bare or _RULE.fullmatch(bare):
            goes_on = False
            continue
        alone = bool(_ROW.match(line) or _HEADING.match(line))
        if goes_on and not (alone or _BULLET.match(line) or _NUMBER.match(line)):
            found[-1] += f" {line}"
        else:
            found.append(line)
        goes_on = not alone
    return [line for line in map(_readable, found) if line]


def _shown(excerpt: Excerpt, cited: tuple[Citation, ...], answer: Answer) -> Shown:
    numbers = {each.number for each in cited}
    openings = (each.opening for each in answer.statements if each.opening and numbers.intersection(each.citations))
    return Shown(
        opening=_plain(next(openings, "")),
        heading=shorten(_plain(excerpt.heading or ""), _LONGEST_LEAD),
        lead=shorten(_plain(excerpt.lead or ""), _LONGEST_LEAD),
        lines=tuple(lines(excerpt)),
        citations=cited,
    )


def _holds(excerpt: Excerpt, cited: Citation) -> bool:
    within = excerpt.key == cited.key and excerpt.start <= cited.start and cited.end <= excerpt.end
    return within or excerpt.citation == cited.number


def _marked_lines(excerpt: Excerpt) -> Iterator[str]:
    """The lines of the text; a marked stretch over several lines is marked in every line."""
    text, at = excerpt.text.translate(_FROM_ARTICLES), 0
    parts = []
    for start, end in sorted(excerpt.marked):
        begin, stop = (min(max(place - excerpt.start, at), len(text)) for place in (start, end))
        if text[begin:stop].strip():
            parts += [text[at:begin], MARK, text[begin:stop], UNMARK]
            at = stop
    is_open = False
    for line in "".join([*parts, text[at:]]).splitlines():
        begun = MARK * is_open + line
        is_open = begun.rfind(MARK) > begun.rfind(UNMARK)
        yield begun + UNMARK * is_open


def _readable(line: str) -> str:
    """A line without markup; its marks stand at the edges of words and never side by side."""
    line = _plain(_HEADING.sub(r"\1", _BULLET.sub(r"• \1", line)))
    if _ROW.match(line):
        line = _ROW_END.sub(r"\1", _ROW.sub(r"\1", line))
    if line.count(MARK) != line.count(UNMARK):
        # What looks like a tag over the edge of a mark took one of the two along.
        line = line.replace(MARK, "").replace(UNMARK, "")
    line = _EARLY.sub(rf"{UNMARK}\1", _LATE.sub(rf"\1{MARK}", _APART.sub(r"\1", line)))
    return " ".join(line.replace(MARK + UNMARK, "").split())


def _plain(text: str) -> str:
    """A line without markup and without invisible characters, except the ones that join letters."""
    return clean_line(unmarked(text))
