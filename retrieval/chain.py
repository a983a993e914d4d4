"""Answers as a LangChain chain: evidence, prompt, model, parse, verify.

Every step is a named Runnable, so that callbacks, `astream_events` and LangSmith see its result; calls of the chat
model are runs within the steps `model` and `verify`. No step calls a tool. Where no model is needed or one fails, the
answer itself is passed on through the remaining steps.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from langchain_core.messages import convert_to_messages
from langchain_core.prompt_values import ChatPromptValue
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda, RunnableSequence
from pydantic import Field, InstanceOf

from retrieval.answering.grounded_generation import Generation, parsed
from retrieval.answering.model_evidence import Gathered
from retrieval.domain.answers import Answer
from retrieval.domain.llm import CheckedReply, Reply
from retrieval.domain.searches import Filter
from retrieval.errors import ChatError
from retrieval.llm.requests import PromptRequest
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
        gathered = asking.gather(_request({"question": asked} if isinstance(asked, str) else dict(asked)))
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


def _request(about: dict[str, Any]) -> QuestionRequest:
    return QuestionRequest(
        question=about["question"],
        only=Filter(about.get("since"), about.get("until"), tuple(about.get("outlets", ()))),
        as_of=date.fromisoformat(str(about["as_of"])) if about.get("as_of") else None,
        most=about.get("max_sentences"),
        person=about.get("person", ""),
    )


def _step(work: Callable[[Any], object]) -> Runnable[Any, Any]:
    """A step that lets an answer pass."""
    return RunnableLambda(lambda value: value if isinstance(value, Answer) else work(value), name=work.__name__)


def _without(asking: Asking, material: Gathered, error: ChatError) -> Answer:
    """The answer in extracts, with the reason why no model wrote it."""

    def fails() -> CheckedReply:
        raise error

    return asking.finish(material, fails)
