"""A language model's tasks and replies, unchecked and checked, and their cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retrieval.domain.answers import Turn
from retrieval.domain.citations import Citation

Purpose = Literal["answer", "digest", "standalone", "verify", "choose"]


@dataclass(frozen=True, slots=True)
class PromptPassage:
    """A passage as a language model gets to read it; `source` says who published it and when, as far as is known."""

    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class StatementToJudge:
    """A statement to be judged, and the excerpts that are to support it."""

    text: str
    excerpts: tuple[PromptPassage, ...]


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
    passages: tuple[PromptPassage, ...] = ()
    turns: tuple[Turn, ...] = ()
    day: str | None = None
    person: str = ""
    statements: tuple[StatementToJudge, ...] = ()
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
class CheckedStatement:
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
class CheckedReply:
    """What is left of what a language model wrote once it was checked, and how many statements were dropped.

    It was written and looked at again by `prompts` of these versions, and may have broken off (`cut`). `note` says in a
    few words why nobody looked at it again, where somebody should have.
    """

    model: str
    sentences: tuple[CheckedStatement, ...]
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
