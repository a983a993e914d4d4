"""The shapes of what tools take and give: checked on the way in, published as JSON schemas.

What tools give are the documents of the command line's `--json`; the schemas name what a caller needs of them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from retrieval.domain.answers import Label, Standing
from retrieval.domain.reports import Length
from retrieval.question.understanding import MAX_LENGTH


def _as_list(value: object) -> object:
    """One name for a list of one."""
    return [value] if isinstance(value, str) else value


_Name = Annotated[str, Field(max_length=200)]
_Day = Annotated[str, Field(max_length=40)]
Words = Annotated[str, Field(min_length=1, max_length=MAX_LENGTH)]


class ToolArguments(BaseModel):
    """The arguments of a tool; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid")


class _Window(ToolArguments):
    since: _Day | None = Field(None, description='Only articles from this day on: 2024-12-03, "3 Dec 2024", 2024-12.')
    until: _Day | None = Field(None, description="Only articles up to this day.")
    outlets: Annotated[list[_Name], BeforeValidator(_as_list), Field(max_length=20)] = Field(
        default=[], description="Only articles of these outlets, as `articles` names them."
    )


class _Dated(_Window):
    as_of: _Day | None = Field(None, description="The day of asking, instead of today.")


class AskArguments(_Dated):
    """A question."""

    question: Words = Field(description="The question, in a sentence that can be understood alone.")
    before: Annotated[list[Words], BeforeValidator(_as_list), Field(max_length=20)] = Field(
        default=[], description="Earlier questions of the conversation, oldest first, where this one leans on them."
    )
    max_sentences: int | None = Field(None, ge=1, le=20, description="The most sentences that answer.")


class SearchArguments(_Dated):
    """A search."""

    query: Words = Field(description="What to look for, in words or as a question.")
    count: int = Field(10, ge=1, le=50, description="How many passages.")


class TimelineArguments(_Window):
    """A topic over time."""

    topic: Words = Field(description='The topic, such as "Ukraine NATO membership".')
    actor: _Name | None = Field(None, description="Only what this person or body says or does.")


class BriefArguments(_Dated):
    """A topic for a note."""

    topic: Words = Field(description='The topic, such as "Ukraine NATO membership".')
    audience: _Name = Field("", description='The reader, such as "the minister".')
    length: Length = Field("page", description="The size of the note.")


class VerifyArguments(_Window):
    """A claim."""

    claim: Words = Field(description="The claim, in one sentence that can be understood alone.")
    file: _Name | None = Field(None, description="Check against this article alone.")


class ArticlesArguments(_Window):
    """A page of the list of articles."""

    containing: _Name = Field("", description="Only articles with these words in title, outlet or file name.")
    first: int = Field(0, ge=0, le=10_000_000, description="How many to skip.")
    count: int = Field(20, ge=1, le=100, description="How many to list.")


class ArticleArguments(ToolArguments):
    """A stretch of an article."""

    file: Words = Field(description="The article's name, as citations and `articles` have it, or its address.")
    start: int = Field(0, ge=0, description="Where to begin, in characters: the `start` of a citation, for one.")
    length: int = Field(6_000, ge=1, le=20_000, description="How many characters.")


class _Document(BaseModel):
    model_config = ConfigDict(extra="allow")


class CitationDocument(_Document):
    """A quote, word for word, and where it stands."""

    number: int
    file: str
    title: str | None
    outlet: str | None
    published: str | None
    quote: str
    start: int
    end: int
    url: str | None
    locator: str
    link: str


class _Searched(_Document):
    articles: int
    newest: str | None


class AnswerDocument(_Document):
    """The document of `briefing ask --json`."""

    question: str
    answer: str
    grounded: bool
    standing: Standing
    score: float
    reason: str | None
    searched: _Searched
    citations: list[CitationDocument]
    excerpts: list[dict[str, Any]]


class _Passage(_Document):
    file: str
    title: str | None
    outlet: str | None
    published: str | None
    score: float
    text: str
    start: int
    end: int
    link: str


class SearchDocument(_Document):
    """The document of `briefing search --json`."""

    passages: list[_Passage]


class _Entry(_Document):
    date: str
    actor: str | None
    text: str
    change: Literal["changed", "same", "first"] | None
    citation: CitationDocument


class TimelineDocument(_Document):
    """The document of `briefing timeline --json`."""

    topic: str
    entries: list[_Entry]


class BriefDocument(_Document):
    """The document of `briefing brief --json`."""

    topic: str
    as_of: str
    sentence: dict[str, Any] | None
    new: list[dict[str, Any]]
    positions: list[dict[str, Any]]
    disagreements: list[dict[str, Any]]
    timeline: list[_Entry]
    figures: list[dict[str, Any]]
    not_known: list[str]
    coverage: dict[str, Any]
    citations: list[CitationDocument]


class VerdictDocument(_Document):
    """The document of `briefing verify --json`."""

    claim: str
    verdict: Label
    score: float
    evidence: list[CitationDocument]


class _Listed(_Document):
    file: str
    title: str | None
    published: str | None
    outlet: str | None
    passages: int


class ArticlesDocument(_Document):
    """The document of `briefing list --json`; `total` is the number of articles that it is a page of."""

    articles: list[_Listed]
    total: int


class ArticleDocument(_Document):
    """The document of `briefing show --json`, with its text from `start` to `end` of `length` characters in all."""

    file: str
    title: str | None
    outlet: str | None
    published: str | None
    url: str | None
    text: str
    start: int
    end: int
    length: int
