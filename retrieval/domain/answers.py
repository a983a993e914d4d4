"""Answers, their statements, conflicts between sources, verdicts on claims, timelines and comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from retrieval.domain.articles import Closest, Filter, Searched
from retrieval.domain.citations import Citation, Excerpt

Change = Literal["first", "same", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """A statement of a timeline: its day, its actor and its words from the article.

    `change` compares it with the actor's previous entry; None where that cannot be decided.
    """

    date: str
    actor: str | None
    text: str
    change: Change | None
    citation: Citation


@dataclass(frozen=True, slots=True)
class FigurePoint:
    """A value of a figure, on the ISO day of the article that states it."""

    date: str
    value: float
    citation: Citation


@dataclass(frozen=True, slots=True)
class FigureSeries:
    """A figure over time, oldest first: what it is of, and the unit of its values."""

    quantity: str
    unit: str
    points: tuple[FigurePoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The statements about a topic, oldest first, and the extent of the search.

    `undated` counts the articles about it that have no date and so no place here. `found` counts the statements
    before they were limited to the entries; `actor` is set where only that actor's statements were asked for. `series`
    is a figure of the topic with values of several days, whose statements need not be entries.
    """

    topic: str
    entries: tuple[TimelineEntry, ...]
    searched: Searched
    undated: int = 0
    found: int = 0
    actor: str | None = None
    series: FigureSeries | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One side of a comparison: its statements as citations, and the number of its articles."""

    label: str
    articles: int
    statements: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A topic as two outlets report it, or as it was reported in two periods. Citations are numbered across both
    columns.

    The first `alike` statements of both columns are about the same matter, in the same order.
    """

    topic: str
    columns: tuple[Column, ...]
    alike: int = 0


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a conflict or change: its words, and the numbers of its citations."""

    said: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Sources of about the same time that report a fact differently."""

    sides: tuple[Side, ...]


Standing = Literal["answered", "possible", "nothing"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer and the numbers of its citations; `opening` names the day it is of.

    A model's statement may be `unsure`: neither shown to be wrong nor confirmed. `side` is the one side it reports
    where sides are compared, `translation` the model's translation of quotes in another language.
    """

    text: str
    citations: tuple[int, ...]
    opening: str = ""
    unsure: bool = False
    side: str = ""
    translation: str = ""

    @property
    def marked(self) -> str:
        """The statement after its opening, and marked where it is unsure."""
        return self.marked_by("Not certain:")

    @property
    def numbered(self) -> str:
        """The statement likewise, with the numbers of its citations: "... [1] [2]"."""
        return " ".join([self.marked, *(f"[{number}]" for number in self.citations)])

    def marked_by(self, unsure: str) -> str:
        """Likewise, with another mark for what is unsure; a verdict comes first: "No, as of 14 Dec: ..."."""
        verdict, colon, rest = self.text.partition(": ")
        if self.opening and colon and verdict.isalpha() and not self.unsure:
            opening, text = f"{verdict}, {self.opening[0].lower()}{self.opening[1:]}", rest
        else:
            opening, text = self.opening, self.text
        return " ".join(filter(None, (opening, unsure if self.unsure else "", text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer from the articles. Its `standing` says how sure it is.

    `answered`: the `statements` answer, each with citations, and `excerpts` show them in context. `possible`: the
    excerpts are the closest there is, but may not answer. `nothing`: no excerpts. Without statements, `message` is
    the sentence to show and `reason` says why (`not_found`, `uncertain`, ...).

    `score` (0 to 1) orders questions by how likely the articles answer them. A `generated` answer was written by
    `model` with `prompts` of these versions; `dropped` counts its statements that failed the checks. `note` tells
    the reader why an answer is extractive although a model is set, or that the model broke off. `age` is the age in
    days of the newest source where it exceeds the limit the team has set. `timeline` is set, oldest first, where
    the question asks about the present or about change; `conflicts` are facts that sources of one time report
    differently. Where nothing answers, `only` is the filter of the search, `missed` that of days without articles.
    """

    question: str
    standing: Standing
    score: float
    searched: Searched
    statements: tuple[Statement, ...] = ()
    message: str = ""
    reason: str | None = None
    citations: tuple[Citation, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
    closest: tuple[Closest, ...] = ()
    mode: Literal["extractive", "generated"] = "extractive"
    timings_ms: Mapping[str, float] = field(default_factory=dict, hash=False)
    model: str | None = None
    prompts: tuple[str, ...] = ()
    dropped: int = 0
    note: str | None = None
    timeline: tuple[TimelineEntry, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    age: int | None = None
    only: Filter | None = None
    missed: Filter | None = None

    @property
    def grounded(self) -> bool:
        """True where the articles answer."""
        return self.standing == "answered"

    @property
    def text(self) -> str:
        """The answer in one paragraph: its statements with their citation numbers, or the message."""
        return " ".join(each.numbered for each in self.statements) if self.statements else self.message

    @property
    def sides(self) -> dict[str, tuple[Statement, ...]]:
        """The statements by the side they report, in their order; empty unless sides are compared, two at least."""
        names = dict.fromkeys(each.side for each in self.statements if each.side)
        found = {name: tuple(each for each in self.statements if each.side == name) for name in names}
        return found if len(found) > 1 else {}


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question without an answer, as it was last put, and how often it was asked."""

    question: str
    count: int


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation, as typed and as understood, and its answer.

    The answer holds only what was taken from the articles; it is empty where they did not answer.
    """

    asked: str
    understood: str
    answer: str


Label = Literal["supported", "partly", "unsupported", "contradicted"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a claim. `score` (0 to 1) is how close the best evidence comes to the claim.

    `model` judged it, if any; `note` says in a few words why none did although one is set.
    """

    claim: str
    verdict: Label
    score: float
    evidence: tuple[Citation, ...] = ()
    model: str | None = None
    note: str | None = None


# The current step of an answer in progress.
Stage = Literal["understanding", "searching", "reading", "writing", "checking"]
