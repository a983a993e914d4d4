"""Composes a briefing note from the statements about its topic, in the articles' own sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from retrieval import tuned
from retrieval.brief.sections import HeldPosition, find_figures, find_positions
from retrieval.digest.marks import find_disputes, titled
from retrieval.domain.answers import Answer, Change, Conflict, Side, Timeline, TimelineEntry
from retrieval.domain.articles import Article, Embed, Hit, Passage
from retrieval.domain.citations import Citation
from retrieval.domain.reports import ActorPosition, Brief, BriefCoverage, BriefStatement, Figure, Length
from retrieval.evidence.citations import Numbering, overlap
from retrieval.evidence.positions import came_later, is_turn
from retrieval.evidence.sentence_selection import cite, headed, share
from retrieval.nlp.markup import readable
from retrieval.nlp.statements import Sentence, statements
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found
from retrieval.timeline.series import find_series
from retrieval.timeline.trace import Course, Step, find_changes, follow, in_order, spread

# Statements of these days count as new where there is no last note, and where their article came in after it: a day's
# news reaches some outlets late.
NEW_DAYS = timedelta(14)


@dataclass(frozen=True, slots=True)
class BriefBounds:
    """The most lines of a note's sections."""

    new: int
    positions: int
    disagreements: int
    timeline: int
    figures: int


BOUNDS: dict[Length, BriefBounds] = {
    "short": BriefBounds(new=2, positions=3, disagreements=1, timeline=5, figures=2),
    "page": BriefBounds(new=3, positions=5, disagreements=2, timeline=6, figures=3),
    "long": BriefBounds(new=8, positions=12, disagreements=4, timeline=10, figures=8),
}


@dataclass(frozen=True, slots=True)
class BriefRequest:
    """A topic as it was read, the day of asking, and the day since when a statement is new.

    `article` is the highest id of an article.
    """

    query: Question
    as_of: date
    since: date
    audience: str = ""
    length: Length = "page"
    article: int = 0


@dataclass(frozen=True, slots=True)
class BriefMaterial:
    """The material of a note: the passages found, the answer to its topic, and the passages that may name roles.

    `late` are the stories that came in after the last note; None where there was none. `agency` is whose piece the
    articles of one story print.
    """

    found: Found
    answer: Answer
    naming: Sequence[Passage]
    late: frozenset[int] | None = None
    agency: str | None = None


def compose(request: BriefRequest, material: BriefMaterial, embed: Embed) -> Brief:
    """The note on a topic that the answer is sure of."""
    course = follow(request.query, material.found, embed)
    return _Composer(request, material, course).compose()


def empty(request: BriefRequest, found: Found) -> Brief:
    """The note on a topic that no article is about for sure."""
    return Brief(
        topic=request.query.text,
        as_of=request.as_of.isoformat(),
        since=request.since.isoformat(),
        coverage=coverage(found, ()),
        timeline=Timeline(topic=request.query.text, entries=(), searched=found.searched),
        article=request.article,
        audience=request.audience,
    )


class _Composer:
    """Composes one note, numbering its citations in the order of their use."""

    def __init__(self, request: BriefRequest, material: BriefMaterial, course: Course) -> None:
        self._request = request
        self._found = material.found
        self._answer = material.answer
        self._naming = material.naming
        self._late = material.late
        self._agency = material.agency
        self._course = course
        self._bounds = BOUNDS[request.length]
        self._numbering = Numbering()
        self._steps = in_order(course.steps)
        matter = frozenset(self._found.weights)
        self._changes = find_changes(self._steps, matter, course.actors)
        self._held = find_positions(self._steps, self._changes, matter, course.actors)

    def compose(self) -> Brief:
        """The note; its sections are composed in the order in which they are read."""
        opening = self._opening()
        return replace(
            empty(self._request, self._found),
            sentence=opening.statement,
            new=tuple(map(self._state, self._new(opening.statement))),
            positions=tuple(self._positions(opening)),
            disagreements=tuple(self._disputes()),
            timeline=self._timeline(),
            figures=tuple(self._figures()),
            coverage=coverage(self._found, about(self._found, self._course.steps), self._agency),
            citations=self._numbering.citations,
        )

    def _opening(self) -> ActorPosition:
        """The latest position or event, by the answer to the topic, and the one before it."""
        citations = {each.number: each for each in self._answer.citations}
        first = self._answer.statements[0]
        lead = citations[first.citations[0]]
        known = next((each for each in self._held if overlap(cite(each.now[0].sentence, 0), lead)), None)
        now = next((each for each in self._answer.timeline if each.citation.number == lead.number), None)
        cited = self._cited([lead])
        was = self._state(known.was) if known and known.was else self._earlier(lead, now)
        actor = (known and known.actor) or (now and now.actor)
        statement = BriefStatement(text=first.text, citations=cited, published=lead.day, actor=actor or None)
        changed = bool((known and known.was) or (now and now.change == "changed") or (was and is_turn(first.text)))
        return ActorPosition(actor or self._request.query.text, statement, was, changed)

    def _earlier(self, lead: Citation, now: TimelineEntry | None) -> BriefStatement | None:
        """The earlier statement that the answer quotes, by the same actor where there is one."""
        before = [each for each in self._answer.timeline if came_later(lead.published, each.citation.published)]
        theirs = [each for each in before if now and self._course.actors.may_agree(each.actor, now.actor)]
        was = next(reversed(theirs or before), None)
        if was is None:
            return None
        cited = self._cited([was.citation])
        return BriefStatement(text=readable(was.text), citations=cited, published=was.date, actor=was.actor)

    def _new(self, opening: BriefStatement) -> list[Step]:
        """The strongest new statements, newest first, without the opening."""
        fresh = [each for each in self._course.steps if self._is_new(each) and _text(each) != opening.text]
        return in_order(fresh[: self._bounds.new])[::-1]

    def _is_new(self, step: Step) -> bool:
        """True for a statement published since the day of the request; what the last note could have is not new.

        An article that came in after the last note may have been published shortly before.
        """
        since, (stated, _) = self._request.since, step
        if self._late is None:
            return stated.day >= since.isoformat()
        came_late = stated.sentence.article.story in self._late
        return stated.day > (since - NEW_DAYS if came_late else since).isoformat()

    def _positions(self, opening: ActorPosition) -> Iterator[ActorPosition]:
        """The position of every actor, that of the opening first, unless it is nobody's and changes nothing."""
        if opening.statement.actor or opening.changed:
            yield opening
        others = [each for each in self._held if not self._course.actors.agree(each.actor, opening.actor)]
        yield from map(self._hold, others[: self._bounds.positions - 1])

    def _hold(self, held: HeldPosition) -> ActorPosition:
        was = self._state(held.was) if held.was else None
        return ActorPosition(actor=held.actor, statement=self._state(held.now), was=was, changed=was is not None)

    def _disputes(self) -> Iterator[Conflict]:
        """The facts that independent sources of one time report differently, every one once."""
        naming = [sentence for passage in titled(self._naming) for sentence in statements(passage)]
        topical = {each.id for each in about(self._found, self._course.steps)}
        seen: set[frozenset[str]] = set()
        for pair in find_disputes([stated.sentence for stated, _ in self._steps], naming):
            words = frozenset(text for text, _ in pair)
            if words in seen or not any(sentence.article.id in topical for _, sentence in pair):
                continue
            seen.add(words)
            yield Conflict(tuple(Side(readable(text), self._cited([cite(each, 0)])) for text, each in pair))
            if len(seen) == self._bounds.disagreements:
                return

    def _timeline(self) -> Timeline:
        """Some statements of all times, changes before others, oldest first."""
        changes = dict(zip((id(step) for step in self._steps), self._changes, strict=True))
        ranked = sorted(self._course.steps, key=lambda step: changes[id(step)] != "changed")
        kept = in_order(spread(ranked, lambda step: step[0].day, self._bounds.timeline))
        return Timeline(
            topic=self._request.query.text,
            entries=tuple(self._entry(step, changes[id(step)]) for step in kept),
            searched=self._found.searched,
            undated=self._course.undated,
            found=len(self._course.steps),
            series=find_series((stated.sentence for stated, _ in self._course.repeated), self._cite),
        )

    def _entry(self, step: Step, change: Change | None) -> TimelineEntry:
        stated, _ = step
        citation = self._cite(stated.sentence)
        return TimelineEntry(
            date=stated.day, actor=stated.actor, text=stated.sentence.text, change=change, citation=citation
        )

    def _cite(self, sentence: Sentence) -> Citation:
        return cite(sentence, self._number(sentence)[0])

    def _figures(self) -> Iterator[Figure]:
        for value, step in find_figures(self._course.steps)[: self._bounds.figures]:
            yield Figure(value, self._state(step))

    def _state(self, step: Step) -> BriefStatement:
        stated, _ = step
        return BriefStatement(
            text=_text(step), citations=self._number(stated.sentence), published=stated.day, actor=stated.actor
        )

    def _number(self, sentence: Sentence) -> tuple[int, ...]:
        return self._cited([cite(sentence, 0)])

    def _cited(self, citations: Sequence[Citation]) -> tuple[int, ...]:
        return self._numbering.number(citations)


def topical(found: Found) -> Found:
    """The result of a search without the passages that, with their headline, have too little of the topic."""

    def keep(hits: Sequence[Hit]) -> tuple[Hit, ...]:
        return tuple(hit for hit in hits if share(found.weights, headed(hit.passage)) >= tuned.TIMELINE.entry_coverage)

    return replace(found, hits=keep(found.hits), across=keep(found.across), copies=keep(found.copies))


def about(found: Found, steps: Sequence[Step] = ()) -> list[Article]:
    """The articles about the topic: those with a statement, and those with a passage that has enough of it."""
    near = topical(found)
    hits = (hit.passage.article for hit in (*near.hits, *near.across, *near.copies))
    return list({each.id: each for each in (*(stated.sentence.article for stated, _ in steps), *hits)}.values())


def _text(step: Step) -> str:
    return readable(step[0].sentence.text)


def coverage(found: Found, about: Sequence[Article], agency: str | None = None) -> BriefCoverage:
    """The articles that the note rests on: their number, days and outlets, and how many share one origin."""
    days = sorted(filter(None, (each.metadata.day for each in about)))
    outlets = Counter(each.metadata.outlet for each in about if each.metadata.outlet)
    return BriefCoverage(
        articles=len(about),
        searched=found.searched.articles,
        oldest=days[0] if days else None,
        newest=days[-1] if days else None,
        outlets=tuple(outlets.most_common()),
        repeats=len(repeated(about)),
        undated=len(about) - len(days),
        estimated=sum(each.metadata.published_estimated for each in about if each.metadata.day),
        agency=agency,
    )


def repeated(about: Sequence[Article]) -> list[Article]:
    """The articles that share their origin with another."""
    stories = Counter(each.story for each in about)
    return [each for each in about if stories[each.story] > 1]
