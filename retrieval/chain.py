"""Answers as a LangChain chain: question, evidence, prompt, model, parse, verify, answer.

Every step is a named Runnable, so that callbacks, `astream_events` and LangSmith see its result; calls of the chat
model are runs within the steps `model` and `verify`. No step calls a tool. Where no model is needed or one fails, the
answer itself is passed on through the remaining steps.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, TypedDict, cast

from langchain_core.messages import BaseMessage, convert_to_messages
from langchain_core.prompt_values import ChatPromptValue
from langchain_core.runnables import Runnable, RunnableConfig, RunnableGenerator, RunnableLambda, RunnableSequence
from langchain_core.runnables.utils import AddableDict
from pydantic import Field, InstanceOf

from retrieval.answering.generated import Gathered
from retrieval.answering.grounded_generation import Generation, parsed
from retrieval.domain.answers import Answer, Standing, Turn
from retrieval.domain.llm import CheckedReply, Reply
from retrieval.errors import ChatError, QuestionError
from retrieval.llm.requests import PromptRequest
from retrieval.question.calendar import parse_day, parse_window
from retrieval.services.asking import Asking, QuestionRequest
from retrieval.services.briefing import Briefing


class AnswerPrompt(ChatPromptValue):
    """The messages that enter the model step, with the request and the material that they were made of.

    A message that is changed on the way is sent as it then stands.
    """

    request: InstanceOf[PromptRequest] = Field(exclude=True, repr=False)
    material: InstanceOf[Gathered] = Field(exclude=True, repr=False)


@dataclass(frozen=True, slots=True)
class ModelReply:
    """A model's reply, unchecked, after so many seconds."""

    material: Gathered
    reply: Reply
    seconds: float


@dataclass(frozen=True, slots=True)
class Draft:
    """The statements of a reply with the outcome of the program's own checks."""

    material: Gathered
    generation: Generation


class PromptStep(Runnable[Gathered | Answer, AnswerPrompt | Answer]):
    """The step that makes messages; its runs are those of a prompt, as with LangChain's own templates."""

    def __init__(self, asking: Asking) -> None:
        self.name = "prompt"
        self._asking = asking

    def invoke(
        self,
        input: Gathered | Answer,  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **_others: Any,
    ) -> AnswerPrompt | Answer:
        return self._call_with_config(self._fill, input, config, run_type="prompt")

    def _fill(self, material: Gathered | Answer) -> AnswerPrompt | Answer:
        if isinstance(material, Answer):
            return material
        try:
            request = self._asking.prepare(material)
        except ChatError as error:
            return _without(self._asking, material, error)
        return AnswerPrompt(messages=convert_to_messages(request.messages), request=request, material=material)


def answer_chain(briefing: Briefing) -> RunnableSequence[Any, Answer]:
    """The chain over an open briefing, from a question to its `Answer`.

        with open_briefing(load_settings(), chat=model) as briefing:
            answer_chain(briefing).invoke("Does Ukraine still want to join NATO?")

    The question is a string, or a mapping with `question` and any of `as_of`, `since`, `until`, `outlets`,
    `max_sentences` and `person`.
    """
    asking = briefing.asking

    def evidence(asked: Any) -> Gathered | Answer:
        gathered = asking.gather(_request(_described(asked)))
        return gathered if isinstance(gathered, Answer) or gathered.passages else asking.finish(gathered)

    def model(prompt: AnswerPrompt) -> ModelReply | Answer:
        started, material = time.monotonic(), prompt.material
        request = prompt.request.saying((each.type, each.text) for each in prompt.messages)
        try:
            reply = asking.send(request, material.passages)
        except ChatError as error:
            return _without(asking, material, error)
        return ModelReply(material, reply, time.monotonic() - started)

    def parse(said: ModelReply) -> Draft:
        return Draft(said.material, parsed(said.reply, said.material.passages, said.seconds))

    def verify(draft: Draft) -> Answer:
        person = draft.material.task.person
        return asking.finish(draft.material, lambda: asking.look_again(draft.generation, person))

    steps = RunnableLambda(evidence, name="evidence"), PromptStep(asking), _step(model), _step(parse), _step(verify)
    return RunnableSequence(*steps, name="answer")


def _request(about: Mapping[str, Any]) -> QuestionRequest:
    """The request that a mapping describes.

    Raises:
        QuestionError: it has no question, or a day that cannot be read.
    """
    question, outlets, day = about.get("question"), about.get("outlets") or (), about.get("as_of")
    if not isinstance(question, str):
        raise QuestionError('The chain takes a question, or a mapping that has one as "question".')
    since, until = (str(about[name]) if about.get(name) else None for name in ("since", "until"))
    return QuestionRequest(
        question=question,
        only=replace(parse_window(since, until), outlets=(outlets,) if isinstance(outlets, str) else tuple(outlets)),
        as_of=parse_day(str(day), end=True) if day else None,
        most=about.get("max_sentences"),
        person=about.get("person") or "",
    )


def _step(work: Callable[[Any], object]) -> Runnable[Any, Any]:
    """A step that lets an answer pass."""
    return RunnableLambda(lambda value: value if isinstance(value, Answer) else work(value), name=work.__name__)


def _without(asking: Asking, material: Gathered, error: ChatError) -> Answer:
    """The answer in extracts, with the reason why no model wrote it."""

    def fails() -> CheckedReply:
        raise error

    return asking.finish(material, fails)


class ChainQuestion(TypedDict, total=False):
    """What `BriefingChain` takes, beside a plain string; only `question` is required.

    `history` are the messages before it, as LangChain has them: messages, ("human", "...") pairs, or mappings with
    `role` and `content`. Days are dates or ISO days.
    """

    question: str
    history: list[Any]
    as_of: str | date
    since: str | date
    until: str | date
    outlets: list[str]
    max_sentences: int
    person: str


class ChainAnswer(TypedDict):
    """What `BriefingChain` gives: plain JSON values, the same as `briefing ask --json` has, without links.

    `question` is the question as it was understood, `answer` its text with [1] for citation 1, `standing` how sure it
    is (`answered`, `possible`: only what comes nearest, `nothing`), `reason` why there is no answer. A citation has
    `quote` with its offsets `start` and `end` into the article, `file`, `title`, `outlet`, `published`, `url`,
    `locator`.
    """

    question: str
    standing: Standing
    score: float
    reason: str | None
    mode: str
    model: str | None
    note: str | None
    searched: dict[str, Any]
    answer: str
    statements: list[dict[str, Any]]
    citations: list[dict[str, Any]]
    excerpts: list[dict[str, Any]]
    conflicts: list[dict[str, Any]]


class BriefingChain(RunnableSequence[Any, Any]):
    """A Runnable from a question to a `ChainAnswer`, over an open briefing.

        with open_chain(load_settings()) as chain:
            chain.invoke({"question": "And Germany?", "history": [("human", "..."), ("ai", "...")]})

    It streams as LangChain's own chains with a mapping as output do: pieces that add up to the answer, one for each
    statement. They come when every statement has been checked.

    Raises:
        QuestionError: the question, a day or an outlet cannot be asked about.
    """

    def __init__(self, briefing: Briefing) -> None:
        def question(asked: Any) -> dict[str, Any]:
            about = _described(asked)
            request, turns = _request(about), _turns(about.get("history") or [])
            understood = briefing.asking.follow_up(request.question, turns, request.person) if turns else None
            return {**about, "question": understood or request.question}

        steps = answer_chain(briefing).steps
        super().__init__(
            RunnableLambda(question, name="question").with_types(input_type=cast(Any, str | ChainQuestion)),
            *steps,
            RunnableGenerator(_pieces, _pieces_later, name="answer").with_types(output_type=cast(Any, ChainAnswer)),
            name="BriefingChain",
        )


def _described(asked: Any) -> Mapping[str, Any]:
    if not isinstance(asked, str | Mapping):
        raise QuestionError('The chain takes a question, or a mapping that has one as "question".')
    return {"question": asked} if isinstance(asked, str) else asked


def _turns(history: Any) -> list[Turn]:
    """The questions of a conversation with their answers, oldest first."""
    try:
        messages = convert_to_messages(history)
    except (ValueError, TypeError, NotImplementedError) as error:
        raise QuestionError(
            '"history" must be messages as LangChain has them: ("human", "..."), ("ai", "...").'
        ) from error
    turns: list[Turn] = []
    for message in messages:
        if message.type == "human":
            turns.append(Turn(_text(message), _text(message), ""))
        elif message.type == "ai" and turns:
            turns[-1] = replace(turns[-1], answer=_text(message))
    return turns


def _text(message: BaseMessage) -> str:
    return str(message.text)


def _pieces(answers: Iterator[Answer]) -> Iterator[AddableDict]:
    """The pieces of an answer: what is known of it, its text by statements, and its sources."""
    for answer in answers:
        yield AddableDict(
            question=answer.question,
            standing=answer.standing,
            score=answer.score,
            reason=answer.reason,
            mode=answer.mode,
            model=answer.model,
            note=answer.note,
            searched=asdict(answer.searched),
            answer="",
            statements=[],
        )
        if not answer.statements:
            yield AddableDict(answer=answer.message)
        for at, each in enumerate(answer.statements):
            yield AddableDict(answer=f"{' ' if at else ''}{each.numbered}", statements=[asdict(each)])
        yield AddableDict(
            citations=[asdict(each) for each in answer.citations],
            excerpts=[asdict(each) for each in answer.excerpts],
            conflicts=[asdict(each) for each in answer.conflicts],
        )


async def _pieces_later(answers: AsyncIterator[Answer]) -> AsyncIterator[AddableDict]:
    async for answer in answers:
        for piece in _pieces(iter([answer])):
            yield piece
