"""Excerpts for a reader: the sentences that answer, marked, with what they need to be read alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from retrieval import tuned
from retrieval.domain.citations import Citation, Excerpt
from retrieval.nlp.anaphora import leans_back
from retrieval.nlp.markup import BACK, DATELINE, MARK, above, is_item, is_row, readable
from retrieval.nlp.prompt_injection import is_order, ordered
from retrieval.nlp.sentences import sentences

Span = tuple[int, int]

# Characters of an article looked at on either side of a quote.
_AROUND = 2_500
# Sentences before the first one that are taken in because it points back to them.
_BACK = 2
# Items of a list, or rows of a table, that are taken in behind what leads to them.
_ITEMS = 12
# Sentences between two quotes of an article that are shown as one run.
_APART = 2
# The longest heading, in words and characters.
_HEADING_WORDS, _HEADING_LENGTH = 12, 120


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article's text and the spans of its body, in order: what stands between two of them is boilerplate."""

    text: str
    body: tuple[Span, ...]


@dataclass(slots=True)
class _Run:
    """Sentences `first` to `last` of `spans`, with the quotes `marked`; those at `orders` are never shown."""

    citation: Citation
    page: ArticleText
    spans: Sequence[Span]
    orders: frozenset[int]
    first: int
    last: int
    marked: list[Span] = field(default_factory=list)

    def words(self, place: int) -> int:
        return length(readable(self.read(place)))

    def read(self, place: int) -> str:
        start, end = self.spans[place]
        return self.page.text[start:end]

    @property
    def total(self) -> int:
        return sum(map(self.words, range(self.first, self.last + 1)))

    @property
    def start(self) -> int:
        return self.spans[self.first][0]

    @property
    def end(self) -> int:
        return self.spans[self.last][1]

    def holds(self, other: _Run, place: int) -> bool:
        """Tell if a sentence of another run is in this one."""
        return other.citation.key == self.citation.key and self.start <= other.spans[place][0] < self.end


def excerpts(citations: Sequence[Citation], pages: Mapping[str, ArticleText]) -> tuple[Excerpt, ...]:
    """The excerpts of an answer in the order of its citations, within the bounds of `tuned`; `pages` by article key."""
    runs: list[_Run] = []
    for citation in citations:
        if citation.key in pages and not _joins(runs, citation):
            runs += _runs(citation, pages[citation.key]) if len(runs) < tuned.ANSWER.excerpts else ()
    _complete(runs)
    _grow(runs)
    return tuple(map(_excerpt, _joined(runs)))


def length(text: str) -> int:
    """The number of words of a text; of scripts without spaces as many as would fill the room."""
    return max(len(text.split()), len(text) // 12)


def _runs(citation: Citation, page: ArticleText) -> Iterator[_Run]:
    """The run of a quote; none where the article no longer has it in its place."""
    if page.text[citation.start : citation.end] != citation.quote:
        return
    spans = _around(citation, page)
    places = [at for at, (start, end) in enumerate(spans) if start < citation.end and citation.start < end]
    if places:
        orders = frozenset(at for at, order in enumerate(ordered(page.text, spans)) if order)
        yield _Run(citation, page, spans, orders, places[0], places[-1], [(citation.start, citation.end)])


def _around(citation: Citation, page: ArticleText) -> list[Span]:
    """The sentences around a quote as far as the body goes on without a break."""
    low, high = citation.start, citation.end
    for start, end in reversed([span for span in page.body if span[0] < low]):
        if end < low and any(map(str.isalnum, page.text[end:low])):
            break
        low = min(low, start)
    for start, end in (span for span in page.body if span[1] > high):
        if start > high and any(map(str.isalnum, page.text[high:start])):
            break
        high = max(high, end)
    low, high = max(low, citation.start - _AROUND), min(high, citation.end + _AROUND)
    whole = [(low + start, low + end) for start, end in sentences(page.text[low:high])]
    # What is cut at either end is no sentence.
    cut_first = low == citation.start - _AROUND and len(whole) > 1
    cut_last = high == citation.end + _AROUND and len(whole) > 1
    return whole[cut_first : len(whole) - cut_last]


def _joins(runs: Iterable[_Run], citation: Citation) -> bool:
    """Tell if a quote stands in a run or close beside it; it is marked there then."""
    for run in runs:
        if run.citation.key != citation.key:
            continue
        places = [at for at, (start, end) in enumerate(run.spans) if start < citation.end and citation.start < end]
        near = places and run.first - _APART <= places[-1] and places[0] <= run.last + _APART
        if near and run.orders.isdisjoint(range(min(run.first, places[0]), max(run.last, places[-1]) + 1)):
            run.first, run.last = min(run.first, places[0]), max(run.last, places[-1])
            run.marked.append((citation.start, citation.end))
            return True
    return False


def _complete(runs: Sequence[_Run]) -> None:
    """Take in what a run needs: what its first sentence points back to, the items that its last one leads to."""
    room = tuned.ANSWER.excerpt_words - sum(run.total for run in runs)
    for run, _ in product(runs, range(_BACK)):
        if leans_back(readable(run.read(run.first))):
            room -= _take_in(run, _before(run), room)
    for run, _ in product(runs, range(_ITEMS)):
        if _leads_on(run):
            room -= _take_in(run, _behind(run), room)


def _take_in(run: _Run, place: int | None, room: int) -> int:
    """Take a sentence in where there is one and room for it; the words that it takes."""
    if place is None or run.words(place) > room:
        return 0
    run.first, run.last = min(run.first, place), max(run.last, place)
    return run.words(place)


def _leads_on(run: _Run) -> bool:
    """Tell if a list or a table goes on behind a run, or its last sentence leads to one."""
    if run.last + 1 >= len(run.spans):
        return False
    text, last, following = run.page.text, run.spans[run.last][0], run.spans[run.last + 1][0]
    if is_row(text, following):
        return True
    return is_item(text, following) and (run.read(run.last).endswith(":") or is_item(text, last))


def _grow(runs: Sequence[_Run]) -> None:
    """Give the room that is left to the sentences around, a run at a time: what follows first, then what precedes."""
    room = tuned.ANSWER.excerpt_words - sum(run.total for run in runs)
    ends = list(product(runs, (_behind, _before)))
    while ends:
        kept = []
        for run, beside in ends:
            place = beside(run)
            if place is not None and any(other.holds(run, place) for other in runs if other is not run):
                continue
            if words := _take_in(run, place, room):
                room -= words
                kept.append((run, beside))
        ends = kept


def _joined(runs: Iterable[_Run]) -> list[_Run]:
    """The runs, those of an article that meet as one."""
    kept: list[_Run] = []
    for run in runs:
        text = run.page.text
        for other in kept:
            between = text[min(run.end, other.end) : max(run.start, other.start)]
            starts = [start for start, _ in other.spans]
            known = run.start in starts and run.spans[run.last][0] in starts
            if other.citation.key == run.citation.key and known and not any(map(str.isalnum, between)):
                other.first = min(other.first, starts.index(run.start))
                other.last = max(other.last, starts.index(run.spans[run.last][0]))
                other.marked += run.marked
                break
        else:
            kept.append(run)
    return kept


def _behind(run: _Run) -> int | None:
    """The place of the sentence that may follow a run."""
    return _beside(run, run.last + 1)


def _before(run: _Run) -> int | None:
    """The place of the sentence that may precede a run."""
    return _beside(run, run.first - 1)


def _beside(run: _Run, place: int) -> int | None:
    free = 0 <= place < len(run.spans) and place not in run.orders and not _is_heading(run, place)
    return place if free else None


def _is_heading(run: _Run, place: int) -> bool:
    """Tell if a sentence stands alone in its paragraph, is short and ends like none."""
    (start, end), text = run.spans[place], run.page.text
    if is_row(text, start) or is_item(text, start):
        return False
    bare = readable(text[start:end])
    alone = (not start or "\n" in text[max(start - 3, 0) : start]) and "\n" in text[end : end + 3]
    ends = bare.rstrip("\"'”’»)* ")[-1:] or "."
    return alone and ends not in ".!…;:," and len(bare) <= _HEADING_LENGTH and len(bare.split()) <= _HEADING_WORDS


def _excerpt(run: _Run) -> Excerpt:
    start, end = run.spans[run.first][0], run.spans[run.last][1]
    dateline = DATELINE.match(run.page.text, start, min(mark[0] for mark in run.marked))
    start, heading = dateline.end() if dateline else start, _heading(run)
    return Excerpt(
        citation=run.citation.number,
        file=run.citation.file,
        key=run.citation.key,
        text=run.page.text[start:end],
        start=start,
        end=end,
        marked=tuple(sorted(run.marked)),
        line=run.page.text.count("\n", 0, start) + 1,
        heading=heading,
        lead=_lead(run, heading) or None,
    )


def _heading(run: _Run) -> str | None:
    """The nearest heading over a run; a rule is none, and the article's own title says nothing more."""
    for place in range(run.first - 1, -1, -1):
        if place not in run.orders and _is_heading(run, place) and any(map(str.isalnum, run.read(place))):
            line = readable(run.read(place))
            found = MARK.sub("", line, count=1) or line
            return None if found.rstrip(".") == (run.citation.title or "").rstrip(".") else found
    return None


def _lead(run: _Run, heading: str | None) -> str | None:
    """The header of the table, or the line that leads to the list, that a run begins in the middle of."""
    text, start = run.page.text, run.spans[run.first][0]
    if not (is_row(text, start) or is_item(text, start)):
        return None
    # Of a long table the run sees only the end.
    line = above(text[max(0, start - BACK) : start]).rpartition("\n")[2]
    shown = is_row(line) if is_row(text, start) else not is_order(line)
    mark = MARK.match(line)
    lead = readable(line[mark.end() :] if mark else line) if shown else ""
    return lead if lead != heading else None
