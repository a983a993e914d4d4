"""What walks between the rooms: plain frozen dataclasses.

Offsets are character offsets, end-exclusive, into an article's stored text: the decoded file itself for
text and Markdown, the extracted text for HTML and PDF. Dates are ISO 8601 strings (`2024-12-03`, or
`2024-12-03T09:30:00+00:00`), so that they sort and compare by their first ten characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

# The scope of the articles that everybody sees.
SHARED = ""

Basis = Literal["front_matter", "manifest", "feed", "page", "text", "unknown"]
# The endings of files whose stored text is their own.
LINED = (".txt", ".md", ".markdown")
BlockKind = Literal["heading", "paragraph", "item"]


def _is_lined(file: str) -> bool:
    return file.lower().removesuffix(".gz").endswith(LINED)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading or list item of the article proper; page furniture has no blocks.

    `place` says where in the source a person finds it, as "p. 54"; empty where that is a line of the file.
    """

    start: int
    end: int
    kind: BlockKind = "paragraph"
    place: str = ""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of an article; `basis` says for each known field where it was read."""

    title: str | None = None
    author: str | None = None
    outlet: str | None = None
    url: str | None = None
    published: str | None = None
    published_estimated: bool = False
    tags: tuple[str, ...] = ()
    basis: Mapping[str, Basis] = field(default_factory=dict, hash=False)

    @property
    def day(self) -> str:
        """The ISO day it came out, empty where nobody knows it."""
        return (self.published or "")[:10]


@dataclass(frozen=True, slots=True)
class Document:
    """A file read and cleaned, not yet stored. `blocks` are in order and never overlap."""

    text: str
    blocks: tuple[Block, ...]
    metadata: Metadata
    format: str


@dataclass(frozen=True, slots=True)
class Article:
    """A stored article without its text. `file` is its path inside the ingested folder.

    `story` is the id shared by all articles that tell one origin's story (an agency piece and its
    rewrites): articles of one story are one witness. `key` names the article in links: nobody can guess it, and it
    stays when the article is stored anew. `scope` says who sees it: `SHARED`, or the name of one audience. It is
    `on_disk` where it was read from a file, and not from the web or an attachment.
    """

    id: int
    file: str
    metadata: Metadata
    story: int
    key: str
    scope: str = SHARED
    on_disk: bool = True

    @property
    def is_lined(self) -> bool:
        """Whether the stored text is that of the file, line by line."""
        return _is_lined(self.file)


@dataclass(frozen=True, slots=True)
class Listed:
    """An article in the list of all: its language as an ISO 639 code (`und`: it has too few words), its passages, and
    the path or address it came from."""

    article: Article
    language: str
    passages: int
    place: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of sentences of one article; `text` is the article's text from `start` to `end`.

    `line` is the line it starts on, counted from 1. `places` say where in the source it stands, each from an offset
    into the article on, such as (310, "p. 54"); there are none where the text is the file's own.
    """

    id: int
    article: Article
    start: int
    end: int
    line: int
    text: str
    places: tuple[tuple[int, str], ...] = ()

    def place_at(self, offset: int) -> str:
        """The place of what begins at an offset into the article; the line, where the file has lines."""
        before = [place for start, place in self.places if start <= offset]
        if before:
            return before[-1]
        line = self.line + self.text.count("\n", 0, max(0, offset - self.start))
        return f"line {line}" if self.article.is_lined else ""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a passage's article must satisfy: inclusive days of publication, outlets and scopes (any of them).

    `scopes` of None is everything there is: what the operator at the command line sees.
    """

    since: str | None = None
    until: str | None = None
    outlets: tuple[str, ...] = ()
    scopes: tuple[str, ...] | None = None

    def __bool__(self) -> bool:
        return bool(self.since or self.until or self.outlets) or self.scopes is not None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, with the fused `score` that ranks it (0 to 1).

    `also` names the files of the other articles that tell the same story: copies, and rewrites of one agency piece.
    """

    passage: Passage
    score: float
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search looked through: how many articles, and the day of the newest."""

    articles: int
    newest: str | None


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote and where it stands: `quote` is the text of the article `key` from `start` to `end`.

    `locator` says where a person looks: "line 9", "p. 54", "slide 3", "sheet Trade!B4:B9", "§ 2.1 Tariffs"; empty where
    the source has no such places. The lines are those of the stored text, and the file's own only where it says so.
    """

    number: int
    file: str
    title: str | None
    outlet: str | None
    author: str | None
    published: str | None
    published_basis: Basis
    published_estimated: bool
    quote: str
    start: int
    end: int
    line_start: int
    line_end: int
    url: str | None
    key: str
    on_disk: bool = True
    locator: str = ""

    @property
    def is_lined(self) -> bool:
        """Whether the lines are those of the file."""
        return _is_lined(self.file)

    @property
    def where(self) -> str:
        """The file and where in it, as one writes that: `notes.md:9`, `report.pdf, p. 54`."""
        if self.is_lined:
            return f"{self.file}:{self.line_start}"
        return f"{self.file}, {self.locator}" if self.locator else self.file

    @property
    def day(self) -> str:
        """The ISO day it came out, empty where nobody knows it."""
        return (self.published or "")[:10]


@dataclass(frozen=True, slots=True)
class QuoteInContext:
    """A quote in its paragraph, word for word: what stands before it, the quote, what stands after it."""

    before: str
    quote: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A run of sentences of one article, shown so that it can be read alone.

    `text` is the article's text from `start` to `end`; `marked` are the ranges in it that answer, as offsets into the
    article's text too. `citation` is the number of the citation of its first marked range. `heading` is the heading it
    stands under, `lead` the lead-in or table header that it needs and that stands further up, both as people read
    them. `line` is the line it starts on, counted from 1.
    """

    citation: int
    file: str
    key: str
    text: str
    start: int
    end: int
    marked: tuple[tuple[int, int], ...]
    line: int
    heading: str | None = None
    lead: str | None = None


@dataclass(frozen=True, slots=True)
class Closest:
    """The article that came closest to a question the articles do not answer."""

    file: str
    title: str | None
    published: str | None


@dataclass(frozen=True, slots=True)
class Side:
    """What some sources say where others say otherwise: the words in question, and the numbers of the citations."""

    said: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Sources of about the same time that tell a fact differently."""

    sides: tuple[Side, ...]


Change = Literal["first", "same", "changed"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A statement of a timeline: its day, who says or does it, the article's words, and what they change.

    `change` is against the entry before of the same actor; None where nothing can be said of it.
    """

    date: str
    actor: str | None
    text: str
    change: Change | None
    citation: Citation


@dataclass(frozen=True, slots=True)
class Timeline:
    """What was said and done about a topic, oldest first, and what was looked through for it.

    `undated` is how many articles tell of it but have no date, and so no place here. `found` is how many statements
    there were before they were limited to the entries; `actor` is whose alone they are, if anybody's.
    """

    topic: str
    entries: tuple[Entry, ...]
    searched: Searched
    undated: int = 0
    found: int = 0
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """What one side of a comparison says, in its own words, each with its citation; `articles` is how many it has."""

    label: str
    articles: int
    statements: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A topic as two outlets tell it, or as it was told in two periods. Citations are numbered through.

    The first `alike` statements of both columns speak of the same matter, each beside its like.
    """

    topic: str
    columns: tuple[Column, ...]
    alike: int = 0


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
        """The statement behind its opening, and said to be unsure where it is."""
        return " ".join(filter(None, (self.opening, "Not certain:" if self.unsure else "", self.text)))


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
    timeline: tuple[Entry, ...] = ()
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
class Point:
    """A key sentence of a story, and the numbers of its citations."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a reader should know of a story: somebody's position has changed (`shift`, the earlier side first), or its
    sources disagree (`disputed`).
    """

    kind: Literal["shift", "disputed"]
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """What several articles tell, or one. `origin` is the agency whose piece some of them print or rewrite.

    `new` is false for one still developing: the destination was told of it, by `earlier` articles that are not among
    its `files`.
    """

    title: str
    files: tuple[str, ...]
    outlets: tuple[str, ...]
    origin: str | None
    points: tuple[Point, ...]
    new: bool = True
    earlier: int = 0
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Trouble:
    """A feed that cannot be read, and why, in a few words."""

    title: str
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the world the articles see: how many feeds are polled, those that fail, the newest article's day.

    `unread` feeds do not fail, but have not been read for a day.
    """

    feeds: int
    failing: tuple[Trouble, ...]
    newest: str | None
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Digest:
    """The stories of some days, both inclusive, the weightiest first; `found` says how many there are in all.

    `articles` is how many articles they are. `last` is the moment of the last digest of the destination, where one is
    told; `told` are the keys of the articles that the stories consist of. `model` wrote points, if any; `dropped` and
    `note` are as those of an answer.
    """

    since: str
    until: str
    articles: int
    stories: tuple[Story, ...]
    found: int
    citations: tuple[Citation, ...] = ()
    coverage: Coverage | None = None
    last: str | None = None
    told: tuple[str, ...] = ()
    model: str | None = None
    dropped: int = 0
    note: str | None = None


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


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that did not become an article, and why, in a few words."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A new article that repeats a stored one: a `copy` in its words, a `rewrite` in its content."""

    file: str
    of: str
    kind: Literal["copy", "rewrite"]


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did to the catalog, and what the catalog holds after it.

    `rescoped` articles are as they were, but others see them now.
    """

    added: int
    updated: int
    unchanged: int
    removed: int
    duplicates: tuple[Duplicate, ...]
    skipped: tuple[Skipped, ...]
    articles: int
    passages: int
    seconds: float
    rescoped: int = 0


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that is polled for the audience `scope`, and how it goes. Moments are in UTC.

    `polled` is when it was last asked for, `worked` when it was last read, `updated` the day the feed says it changed.
    It has failed `failures` times running; `reason` is what is wrong with it or with some of its articles, if anything.
    `articles` is how many it brought that are still stored.
    """

    id: int
    scope: str
    url: str
    title: str
    added: str
    polled: str | None
    worked: str | None
    updated: str | None
    failures: int
    reason: str | None
    next_at: str
    articles: int


@dataclass(frozen=True, slots=True)
class PollReport:
    """What a poll did: how many feeds were asked for, were read anew, and had not changed; those that failed.

    `skipped` names entries that gave no article, by their addresses.
    """

    polled: int
    read: int
    unchanged: int
    failing: tuple[Trouble, ...]
    added: int
    updated: int
    duplicates: tuple[Duplicate, ...]
    skipped: tuple[Skipped, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Intaken:
    """An article that came by an address or as an attachment. `state` is what that changed in the catalog."""

    article: Article
    state: Literal["added", "updated", "unchanged"]
    duplicate: Duplicate | None = None


# What an answer is at while somebody waits for it.
Stage = Literal["understanding", "searching", "reading", "writing", "checking"]

Purpose = Literal["answer", "digest", "standalone", "verify", "choose"]


@dataclass(frozen=True, slots=True)
class Extract:
    """A passage as a language model gets to read it; `source` says who published it and when, as far as is known."""

    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A statement to be judged, and the excerpts that are to support it."""

    text: str
    excerpts: tuple[Extract, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """What a language model is to do with a text, by its `purpose`: a question to answer, or to choose sentences for,
    the title of a story to tell, a follow-up to make a question of; or the `statements` to judge.

    `passages` are numbered from 1 and should come best first: those the budget has no room for are left out from the
    end. `turns` are the conversation so far, oldest first, `day` the day of asking; `person` tells people apart. It may
    take `seconds`, where that is less than the settings allow.
    """

    purpose: Purpose
    text: str = ""
    passages: tuple[Extract, ...] = ()
    turns: tuple[Turn, ...] = ()
    day: str | None = None
    person: str = ""
    statements: tuple[Judged, ...] = ()
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement a language model wrote, unchecked: the numbers and the words it relies on may be anything.

    `passages` are those it cites, counted from 1 in the order the model was given them; `quotes` are their words, as it
    repeats them. `side` and `translation` are as those of a statement.
    """

    text: str
    passages: tuple[int, ...]
    quotes: tuple[str, ...] = ()
    side: str = ""
    translation: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a language model thinks of the statement of a number: its verdict, unchecked, and the words it rests on.

    Of a statement that is partly supported `part` is what is.
    """

    number: int
    verdict: str
    part: str = ""
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What a language model came back with: `claims` (answer, digest), `question` (standalone), `opinions` (verify) or
    `numbers` (choose). None: it found nothing to say.

    It was given the first `given` passages or statements of its task, by the version `prompt` of its rules. Where its
    reply broke off (`cut`), what is whole is kept. A `cached` one cost nothing now.
    """

    model: str
    given: int
    claims: tuple[Claim, ...] = ()
    question: str = ""
    opinions: tuple[Opinion, ...] = ()
    numbers: tuple[int, ...] = ()
    prompt: str = ""
    cut: bool = False
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A statement of a model that passed the checks, with the stored quotes that bear it, not numbered yet.

    `at` is its place among all that the model said. The rest is as in `Statement`.
    """

    text: str
    citations: tuple[Citation, ...]
    at: int = 0
    unsure: bool = False
    side: str = ""
    translation: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What is left of what a language model wrote once it was checked, and how many statements were dropped.

    It was written and looked at again by `prompts` of these versions, and may have broken off (`cut`). `note` says in a
    few words why nobody looked at it again, where somebody should have.
    """

    model: str
    sentences: tuple[Said, ...]
    dropped: int
    cut: bool = False
    prompts: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """What came of asking a language model, and what it cost; `estimated` where the provider did not say the tokens.

    Those in are of all that was sent, tries in vain included. `prompt` is the version of the prompt.
    """

    purpose: str
    model: str
    person: str
    tokens_in: int
    tokens_out: int
    estimated: bool
    cost: float
    seconds: float
    outcome: Literal["done", "cached", "failed"]
    prompt: str = ""
