"""A language model's tasks and replies, unchecked and checked, and their cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retrieval.domain.answers import Turn
from retrieval.domain.citations import Citation

Purpose = Literal["answer", "digest", "brief", "standalone", "verify", "choose"]


@dataclass(frozen=True, slots=True)
class PromptPassage:
    """A passage as a language model reads it; `source` names its outlet and date as far as they are known."""

    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class StatementToJudge:
    """A statement to be judged, and the excerpts that should support it."""

    text: str
    excerpts: tuple[PromptPassage, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """A task for a language model. By `purpose`, `text` is a question to answer (`answer`) or to choose sentences
    for (`choose`), the title of a story (`digest`), the topic of a note (`brief`) or a follow-up question to rewrite
    (`standalone`); `verify` judges the `statements`.

    `passages` are numbered from 1, the best first: those that exceed the budget are left out from the end. `turns`
    are the conversation so far, oldest first, `day` the day of asking; `person` identifies the person for the
    budget. `seconds` is a time limit below that of the settings.
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
    """A statement written by a language model, unchecked: its numbers and quotes may be invented.

    `passages` are the passages it cites, counted from 1 in the order of the task; `quotes` are the words it copied
    from them. `side` and `translation` are as in `Statement`.
    """

    text: str
    passages: tuple[int, ...]
    quotes: tuple[str, ...] = ()
    side: str = ""
    translation: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """A language model's verdict, unchecked, on the statement with this number, and the words it rests on.

    Where a statement is partly supported, `part` is the supported part.
    """

    number: int
    verdict: str
    part: str = ""
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The reply of a language model: `claims` (answer, digest, brief), `question` (standalone), `opinions` (verify) or
    `numbers` (choose). All are empty where it found nothing to say.

    It read the first `given` passages or statements of its task, with the prompt version `prompt`. Where the reply
    broke off (`cut`), its complete parts are kept. A `cached` reply cost nothing.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedStatement:
    """A model's statement that passed the checks, with the stored quotes that support it, not numbered yet.

    `at` is its position among all statements of the model. The other fields are as in `Statement`.
    """

    text: str
    citations: tuple[Citation, ...]
    at: int = 0
    unsure: bool = False
    side: str = ""
    translation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedReply:
    """A model's reply after the checks: the statements that passed, and the number of those dropped.

    `prompts` are the versions of the prompts used; the reply may have broken off (`cut`). `note` says in a few
    words why the second check did not take place, where one was due.
    """

    model: str
    sentences: tuple[CheckedStatement, ...]
    dropped: int
    cut: bool = False
    prompts: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The outcome and cost of a call of a language model; `estimated` where the provider did not report the tokens.

    `tokens_in` counts all that was sent, including failed attempts. `prompt` is the version of the prompt.
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
