"""Answers as a LangChain chain: question, evidence, prompt, model, parse, verify, answer.

Each step is a Runnable with a name of its own, so that callbacks, `astream_events` and LangSmith see what came of it;
the calls of the chat model are runs within the steps `model` and `verify`. No step calls a tool.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from langchain_core.runnables import Runnable, RunnableLambda

from retrieval.answering.grounded_generation import Generation, parsed, prompted
from retrieval.answering.material import Gathered
from retrieval.domain.answers import Answer
from retrieval.domain.llm import CheckedReply, Reply, Task
from retrieval.domain.searches import Filter
from retrieval.errors import ChatError
from retrieval.services.asking import QuestionRequest
from retrieval.services.briefing import Briefing


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What goes from step to step. `answer` is there where no model is needed, `error` where one failed."""

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
        made = briefing.asking.gather(request)
        return State(answer=made) if isinstance(made, Answer) else State(material=made)

    def prompt(state: State) -> State:
        made = state.material
        return replace(state, task=prompted(made.task, made.passages, made.above)) if made and made.passages else state

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
        assert state.material  # noqa: S101 - one of both there is

        def written() -> CheckedReply:
            if state.error or not state.draft:
                raise state.error or ChatError("the model did not answer")
            return briefing.asking.look_again(state.draft, state.material.task.person if state.material else "")

        return briefing.asking.finish(state.material, written if state.task else None)

    chain: Runnable[Any, Any] = RunnableLambda(evidence, name="evidence")
    for step in (prompt, model, parse, verify):
        chain = chain | RunnableLambda(step, name=step.__name__)
    return chain.with_config(run_name="answer")
