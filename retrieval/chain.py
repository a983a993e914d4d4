"""Answers as a LangChain chain: evidence, prompt, model, parse, verify.

Every step is a named Runnable, so that callbacks, `astream_events` and LangSmith see its result; calls of the chat
model are runs within the steps `model` and `verify`. No step calls a tool.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from langchain_core.runnables import Runnable, RunnableLambda

from retrieval.answering.grounded_generation import Generation, parsed, prompted
from retrieval.answering.model_evidence import Gathered
from retrieval.domain.answers import Answer
from retrieval.domain.llm import CheckedReply, Reply, Task
from retrieval.domain.searches import Filter
from retrieval.errors import ChatError
from retrieval.services.asking import QuestionRequest
from retrieval.services.briefing import Briefing


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The state between two steps. `answer` is set where no model is needed, `error` where one failed."""

    material: Gathered | None = None
    answer: Answer | None = None
    task: Task | None = None
    reply: Reply | None = None
    seconds: float = 0.0
    draft: Generation | None = None
    error: ChatError | None = None


def answer_chain(briefing: Briefing) -> Runnable[Any, Answer]:
    """The chain over an open briefing, from a question to its `Answer`.

        with open_briefing(load_settings(), chat=model) as briefing:
            answer_chain(briefing).invoke("Does Ukraine still want to join NATO?")

    The question is a string, or a mapping with `question` and any of `as_of`, `since`, `until`, `outlets`,
    `max_sentences` and `person`.
    """

    def evidence(asked: Any) -> State:
        about: dict[str, Any] = {"question": asked} if isinstance(asked, str) else dict(asked)
        request = QuestionRequest(
            question=about["question"],
            only=Filter(about.get("since"), about.get("until"), tuple(about.get("outlets", ()))),
            as_of=date.fromisoformat(str(about["as_of"])) if about.get("as_of") else None,
            most=about.get("max_sentences"),
            person=about.get("person", ""),
        )
        gathered = briefing.asking.gather(request)
        return State(answer=gathered) if isinstance(gathered, Answer) else State(material=gathered)

    def prompt(state: State) -> State:
        material = state.material
        if not material or not material.passages:
            return state
        return replace(state, task=prompted(material.task, material.passages, material.above))

    def model(state: State) -> State:
        if not (state.material and state.task):
            return state
        started = time.monotonic()
        try:
            reply = briefing.asking.ask_model(state.task, state.material.passages)
        except ChatError as error:
            return replace(state, error=error)
        return replace(state, reply=reply, seconds=time.monotonic() - started)

    def parse(state: State) -> State:
        if not (state.material and state.reply):
            return state
        return replace(state, draft=parsed(state.reply, state.material.passages, state.seconds))

    def verify(state: State) -> Answer:
        if state.answer:
            return state.answer
        assert state.material  # noqa: S101 - either answer or material is set

        def written() -> CheckedReply:
            if state.error or not state.draft:
                raise state.error or ChatError("the model did not answer")
            return briefing.asking.look_again(state.draft, state.material.task.person if state.material else "")

        return briefing.asking.finish(state.material, written if state.task else None)

    chain: Runnable[Any, Any] = RunnableLambda(evidence, name="evidence")
    for step in (prompt, model, parse, verify):
        chain = chain | RunnableLambda(step, name=step.__name__)
    return chain.with_config(run_name="answer")
