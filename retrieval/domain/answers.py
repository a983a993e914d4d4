"""Answers, the statements they are made of, conflicts between sources, and verdicts on claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from retrieval.domain.citations import Citation, Excerpt
from retrieval.domain.searches import Closest, Searched
from retrieval.domain.timelines import TimelineEntry


@dataclass(frozen=True, slots=True)
class Side:
    """What some sources say where others say otherwise: the words in question, and the numbers of the citations."""

    said: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Sources of about the same time that tell a fact differently."""

    sides: tuple[Side, ...]


Standing = Literal["answered", "possible", "nothing"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer and the numbers of the citations that bear it; `opening` says of which day it is.

    A model's may be `unsure`: nobody found it to be wrong, and nobody is certain of it. `side` is whose side it tells
    where sides are compared, `translation` what the model makes of quotes in another language than the answer's.
    """

    text: str
    citations: tuple[int, ...]
    opening: str = ""
    unsure: bool = False
    side: str = ""
    translation: str = ""

    @property
    def marked(self) -> str:
        """The statement behind its opening, marked where it is unsure; a verdict leads: "No, as of 14 Dec: ..."."""
        verdict, colon, rest = self.text.partition(": ")
        if self.opening and colon and verdict.isalpha() and not self.unsure:
            opening, text = f"{verdict}, {self.opening[0].lower()}{self.opening[1:]}", rest
        else:
            opening, text = self.opening, self.text
        return " ".join(filter(None, (opening, "Not certain:" if self.unsure else "", text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the articles say to a question, and how sure that is: its `standing`.

    `answered`: `statements` say it, each with citations, and `excerpts` show where it stands in context. `possible`: it
    is not sure that they do; the excerpts are the closest there is. `nothing`: neither. `message` is the sentence said
    instead of statements, and `reason` why there are none (`not_found`, `uncertain`, ...).

    `score` (0 to 1) orders questions by how likely the articles answer them. A `generated` answer was written by
    `model`, by `prompts` of these versions; `dropped` is how many of its statements did not pass the checks. `note` is
    what a reader must know of it: why an answer is extractive although a model is set, or that the model broke off.
    `age` is how many days old the newest source is, where that is more than the team wants to trust. `timeline` is the
    course of things, oldest first, where the question asks about now or about change; `conflicts` are what sources of
    one time tell differently.
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

    @property
    def grounded(self) -> bool:
        """Whether the articles are known to answer."""
        return self.standing == "answered"

    @property
    def text(self) -> str:
        """The answer in one paragraph: its statements with their numbers, or the message said instead."""
        return " ".join(map(_numbered, self.statements)) if self.statements else self.message


def _numbered(statement: Statement) -> str:
    numbers = (f"[{number}]" for number in statement.citations)
    return " ".join([statement.marked, *numbers])


@dataclass(frozen=True, slots=True)
class Turn:
    """A question asked earlier in a conversation, as it was asked and as it was understood, and its answer.

    The answer is what was said of the articles alone: nothing where they did not answer.
    """

    asked: str
    understood: str
    answer: str


Label = Literal["supported", "partly", "unsupported", "contradicted"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the articles support a claim. `score` (0 to 1) is how near the best evidence comes to saying it.

    `model` judged it, if any; `note` says in a few words why none did although one is set.
    """

    claim: str
    verdict: Label
    score: float
    evidence: tuple[Citation, ...] = ()
    model: str | None = None
    note: str | None = None


# What an answer is at while somebody waits for it.
Stage = Literal["understanding", "searching", "reading", "writing", "checking"]
