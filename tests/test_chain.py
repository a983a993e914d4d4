"""Answers as a LangChain chain, over the seeds and a chat model of one's own."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel, SimpleChatModel
from langchain_core.messages import BaseMessage

from retrieval.bootstrap import open_briefing
from retrieval.chain import answer_chain
from retrieval.domain.searches import Filter
from retrieval.services.briefing import Briefing
from retrieval.settings import Settings

NATO = "Does Ukraine still want to join NATO?"
QUOTE = "relinquishing its ambition to join NATO"
SAID = "No: Zelenskyy has buried Kyiv's hope of the alliance."
STEPS = ["evidence", "prompt", "model", "parse", "verify"]


class Scripted(SimpleChatModel):
    """A model that makes one claim of the passage that has its quote, and gives one verdict on it; it cannot stream."""

    verdict: str = "supported"

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _call(self, messages: list[BaseMessage], *_given: Any, **_others: Any) -> str:
        if "You judge" in str(messages[0].content):
            return json.dumps({"verdicts": [{"number": 1, "verdict": self.verdict, "part": "", "quotes": []}]})
        texts = re.split(r'<passage-\w+ number="(\d+)">', str(messages[-1].content))
        number = next(int(n) for n, text in zip(texts[1::2], texts[2::2], strict=True) if QUOTE in text)
        return json.dumps({"claims": [{"text": SAID, "passages": [number], "quotes": [QUOTE]}]})


class Heard(BaseCallbackHandler):
    """The names of the steps that began, and the chat models that were asked."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.models = 0

    def on_chain_start(self, *_given: Any, **about: Any) -> None:
        self.steps.append(str(about.get("name")))

    def on_chat_model_start(self, *_given: Any, **_about: Any) -> None:
        self.models += 1


@pytest.fixture
def briefing(seeded: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Briefing]:
    """The seeds and a model that is given."""
    folder = Path(shutil.copytree(seeded, tmp_path / "data", symlinks=True))
    chat: BaseChatModel = getattr(request, "param", Scripted())
    with open_briefing(Settings(data_dir=folder), chat=chat) as opened:
        yield opened


def test_the_chain_answers_as_the_briefing_does_and_callbacks_see_every_step(briefing: Briefing) -> None:
    heard = Heard()
    given = answer_chain(briefing).with_config(callbacks=[heard]).invoke({"question": NATO, "as_of": "2025-12-20"})
    assert SAID.removeprefix("No: ") in given.text
    assert (given.mode, given.model) == ("generated", "Scripted")
    assert [each.partition("@")[0] for each in given.prompts] == ["answer", "verify"]
    assert [each for each in heard.steps if each in STEPS] == STEPS
    assert heard.models == 2
    assert briefing.asking.ask(NATO, Filter()).statements == given.statements


@pytest.mark.parametrize("briefing", [Scripted(verdict="contradicted")], indirect=True)
def test_what_the_second_look_contradicts_is_not_in_the_answer(briefing: Briefing) -> None:
    given = answer_chain(briefing).invoke(NATO)
    assert SAID.removeprefix("No: ") not in given.text
    assert given.dropped == 1


async def test_its_events_stream(briefing: Briefing) -> None:
    seen = [each async for each in answer_chain(briefing).astream_events(NATO, version="v2")]
    assert {each["name"] for each in seen if each["event"] == "on_chain_end"} >= set(STEPS)
    assert any(each["event"] == "on_chat_model_start" for each in seen)
    assert SAID.removeprefix("No: ") in seen[-1]["data"]["output"].text


def test_what_asks_for_no_evidence_asks_no_model(briefing: Briefing) -> None:
    heard = Heard()
    given = answer_chain(briefing).invoke("Thank you!", config={"callbacks": [heard]})
    assert not given.grounded
    assert heard.models == 0
