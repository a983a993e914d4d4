"""An answer that a model writes: the passages it gets to read, and what it wrote put in order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from retrieval import tuned
from retrieval.answering.conflicts import settle_generated
from retrieval.answering.dated_statements import Dated, Succession, quotes, succeed
from retrieval.answering.latest_position import entries
from retrieval.answering.standing import unsure
from retrieval.domain.answers import Answer, Statement
from retrieval.domain.articles import Embed, Filter, Hit, Passage
from retrieval.domain.llm import CheckedReply, Task
from retrieval.domain.phrase import Phrase, together
from retrieval.errors import ChatError
from retrieval.evidence.citations import Numbering
from retrieval.evidence.excerpts import ArticleText
from retrieval.evidence.sentence_selection import Evidence
from retrieval.nlp.anaphora import mended
from retrieval.nlp.markup import readable
from retrieval.nlp.sentences import sentences
from retrieval.nlp.tokens import content_terms
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


_NONE = Phrase("Extracts only: the model found no answer in these passages")
_FAILED = Phrase("Extracts only: nothing that the model wrote passed the checks")
_LEFT = Phrase("Partly quoted: the model left out what the articles say of now or before")
_CUT = Phrase("The model broke off: there may be more to say")
_ONCE = Phrase("Not looked at again: {reason}")
# Statements of an answer: the one that answers, and five points.
_MOST = 6


def compose(
    plain: Answer,
    query: Question,
    found: Found,
    evidence: Sequence[Evidence],
    write: Callable[[], CheckedReply],
    embed: Embed,
    most: int | None = None,
) -> Answer:
    """The model's answer to the question, in at most `most` sentences; `plain` is the extractive one.

    Where the model fails or nothing it says holds, the answer is `plain`, and has a note; where it says that it cannot
    answer, nothing is sure. About now or change its sentences are dated and put in order, and what they leave out of
    the course of things is quoted.
    """
    try:
        written = write()
    except ChatError as error:
        return replace(plain, note=Phrase("Extracts only: {reason}", reason=error.reason))
    said = _relevant([Dated(each.text, each.citations, by=each) for each in written.sentences], query, found, embed)
    dropped = written.dropped + len(written.sentences) - len(said)
    if not said and not dropped:
        # That a model finds nothing is no proof that there is nothing: small ones miss much, and an article may have
        # told it to say so. But it is not sure any longer.
        return replace(unsure(query, found, plain.score, plain.citations), note=_NONE, prompts=written.prompts)
    if not said:
        return replace(plain, note=_FAILED, dropped=dropped, prompts=written.prompts)
    course = Succession(tuple(said))
    if query.tense:
        past = _relevant(quotes(plain), query, found, embed) if plain.grounded else []
        course = succeed(said, past, found.day, most or _MOST)
    told = _mended(course.told)
    dropped += len(course.told) - len(told)
    if not told:
        return replace(plain, note=_FAILED, dropped=dropped, prompts=written.prompts)
    made = replace(_answer(plain, told[: most or _MOST], course.quoted, written), dropped=dropped)
    timeline = entries(made.citations, evidence, found) if query.tense else ()
    return settle_generated(replace(made, timeline=timeline), query, evidence, found)


def _mended(told: Sequence[Dated]) -> list[Dated]:
    """The statements of which none leans on one that is not there."""
    return mended(
        told,
        at=lambda each: each.by.at if each.by else None,
        text=lambda each: each.text,
        write=lambda each, text: replace(each, text=text),
    )


def _relevant(told: Sequence[Dated], query: Question, found: Found, embed: Embed) -> list[Dated]:
    """Without what has nothing to do with the question: what an article made the model say is mostly that.

    What shares a word with the question or with what it quotes is about it, unless neither is near the question at all.
    """
    if not told:
        return []
    asked = frozenset(content_terms(query.text))
    near = embed([each.text for each in told]) @ found.vector
    quotes_near = embed([_quoted(each) for each in told]) @ found.vector
    kept = []
    for each, itself, its_quotes in zip(told, near, quotes_near, strict=True):
        akin = max(itself, its_quotes) >= tuned.TOPICS.akin_from and _share(content_terms(_quoted(each)), each.text)
        if itself >= tuned.TOPICS.relevant_from or akin or _share(asked, each.text):
            kept.append(each)
    return kept


def _quoted(told: Dated) -> str:
    return " ".join(readable(each.quote) for each in told.citations)


def _share(asked: Iterable[str], text: str) -> bool:
    return not set(asked).isdisjoint(content_terms(text))


def _answer(plain: Answer, told: Sequence[Dated], quoted: bool, written: CheckedReply) -> Answer:
    numbering = Numbering()
    once = _ONCE.filled(reason=written.note) if written.note else None
    notes = (_LEFT if quoted else None, _CUT if written.cut else None, once)
    return replace(
        plain,
        standing="answered",
        reason=None,
        message="",
        statements=tuple(_statement(each, numbering.number(each.citations)) for each in told),
        citations=numbering.citations,
        mode="generated",
        model=written.model,
        prompts=written.prompts,
        note=together(notes, ". "),
    )


def _statement(told: Dated, numbers: tuple[int, ...]) -> Statement:
    text = f"{told.text}{'.' if told.text[-1].isalnum() else ''}"
    if told.by is None:
        return Statement(text, numbers, told.opening)
    by = told.by
    return Statement(text, numbers, told.opening, unsure=by.unsure, side=by.side, translation=by.translation)
