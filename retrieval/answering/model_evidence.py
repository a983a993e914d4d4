"""An answer's material: what was found, and the passages that a model gets to read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from retrieval.domain.answers import Answer
from retrieval.domain.articles import Embed, Filter, Hit, Passage
from retrieval.domain.llm import Task
from retrieval.evidence.excerpts import ArticleText
from retrieval.evidence.sentence_selection import Evidence
from retrieval.nlp.markup import readable
from retrieval.nlp.sentences import sentences
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A question with what was found for it: `plain` is the answer in extracts of the `evidence`.

    `task` is what a model is asked, over `passages` with the headings `above` them; none where it is not.
    """

    query: Question
    found: Found
    plain: Answer
    evidence: tuple[Evidence, ...]
    task: Task
    passages: tuple[Passage, ...]
    embed: Embed
    only: Filter
    above: tuple[str, ...] = ()
    most: int | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)


# Passages of an article before those of others are heard, characters looked at for a neighbour, and of a joined one.
_EACH, _NEAR, _LONGEST = 3, 300, 2_500
_HEADING = re.compile(r"^#{1,6}\s+(\S[^\n]{0,120})$", re.MULTILINE)


def passages(query: Question, found: Found) -> list[Passage]:
    """The passages found, the best first, the fourth of an article behind what others say.

    About now or change by turns with those of all times, the newest first, without what came later.
    """
    lists = (sorted(found.across, key=_day, reverse=True), found.hits) if query.tense else (found.hits,)
    ranked = [each for pair in zip_longest(*lists) for each in pair if each]
    known = [each for each in ranked if not query.tense or not found.day or _day(each) <= found.day.isoformat()]
    unique = list({each.passage.id: each.passage for each in known or ranked}.values())
    heard, first, later = Counter[str](), list[Passage](), list[Passage]()
    for each in unique:
        heard[each.article.key] += 1
        (first if heard[each.article.key] <= _EACH else later).append(each)
    return [*first, *later]


def _day(hit: Hit) -> str:
    """The day an article came out, empty where it is unknown."""
    return hit.passage.article.metadata.day


def widened(chosen: Sequence[Passage], pages: Mapping[str, ArticleText]) -> list[Passage]:
    """The passages with a sentence before and behind; those that touch are one, in the place of the better."""
    made: list[Passage] = []
    for passage in chosen:
        wide = _wide(passage, pages.get(passage.article.key))
        at = next((at for at, each in enumerate(made) if _touch(each, wide)), None)
        if at is None:
            made.append(wide)
        else:
            made[at] = _joined(made[at], wide, pages[wide.article.key])
    return made


def headings(chosen: Sequence[Passage], pages: Mapping[str, ArticleText]) -> Iterator[str]:
    """The nearest heading over every passage, empty where there is none."""
    for passage in chosen:
        page = pages.get(passage.article.key)
        above = [match[1] for match in _HEADING.finditer(page.text, 0, passage.start)] if page else []
        heading = readable(above[-1]) if above else ""
        yield "" if heading == (passage.article.metadata.title or "") else heading


def _wide(passage: Passage, page: ArticleText | None) -> Passage:
    """A passage from the sentence before it to the one behind, as far as the body of the article has them."""
    if page is None or page.text[passage.start : passage.end] != passage.text:
        return passage
    start, end = passage.start, passage.end
    for first, last in page.body:
        low, high = max(first, start - _NEAR), min(last, end + _NEAR)
        if low < passage.start <= last + 2:
            spans = sentences(page.text[low : passage.start])
            # The first of several may be cut.
            start = low + spans[-1][0] if len(spans) > (low > first) else start
        if first - 2 <= passage.end < high:
            spans = sentences(page.text[passage.end : high])
            end = passage.end + spans[0][1] if len(spans) > (high < last) else end
    return _cut(passage, start, end, page)


def _touch(one: Passage, other: Passage) -> bool:
    same = one.article.key == other.article.key and one.start < other.end and other.start < one.end
    return same and max(one.end, other.end) - min(one.start, other.start) <= _LONGEST


def _joined(one: Passage, other: Passage, page: ArticleText) -> Passage:
    return _cut(one, min(one.start, other.start), max(one.end, other.end), page)


def _cut(passage: Passage, start: int, end: int, page: ArticleText) -> Passage:
    line = passage.line - page.text.count("\n", start, passage.start)
    return replace(passage, start=start, end=end, text=page.text[start:end], line=line)
