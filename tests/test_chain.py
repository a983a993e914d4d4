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
from langchain_core.load import dumps
from langchain_core.messages import BaseMessage, SystemMessage
from langchain_core.prompt_values import PromptValue

import prompts
from retrieval.bootstrap import open_briefing
from retrieval.chain import BriefingChain, answer_chain
from retrieval.domain.articles import Filter
from retrieval.errors import QuestionError
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
    """The names of the steps that began, and the messages that the chat models were sent."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.sent: list[list[BaseMessage]] = []

    def on_chain_start(self, *_given: Any, **about: Any) -> None:
        self.steps.append(str(about.get("name")))

    def on_chat_model_start(self, serialized: Any, messages: list[list[BaseMessage]], **_others: Any) -> None:
        del serialized
        self.sent += messages


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
    assert len(heard.sent) == 2
    assert briefing.asking.ask(NATO, Filter()).statements == given.statements


@pytest.mark.parametrize("briefing", [Scripted(verdict="contradicted")], indirect=True)
def test_what_the_second_look_contradicts_is_not_in_the_answer(briefing: Briefing) -> None:
    given = answer_chain(briefing).invoke(NATO)
    assert SAID.removeprefix("No: ") not in given.text
    assert given.dropped == 1


async def test_its_events_stream(briefing: Briefing) -> None:
    seen = [each async for each in answer_chain(briefing).astream_events(NATO, version="v2")]
    assert {each["name"] for each in seen if each["event"] in ("on_chain_end", "on_prompt_end")} >= set(STEPS)
    (filled,) = (each["data"]["output"] for each in seen if each["event"] == "on_prompt_end")
    sent = [each["data"]["input"]["messages"][0] for each in seen if each["event"] == "on_chat_model_start"]
    assert len(sent) == 2
    assert sent[0] == filled.messages
    assert SAID.removeprefix("No: ") in seen[-1]["data"]["output"].text


def test_messages_enter_the_model_step_and_whoever_taps_the_chain_may_take_them_elsewhere(briefing: Briefing) -> None:
    chain = answer_chain(briefing)
    evidence, prompt, *others = chain.steps
    tapped = evidence | prompt
    filled = tapped.invoke(NATO)
    assert isinstance(filled, PromptValue)
    rules, request = filled.to_messages()
    assert (rules.type, request.type) == ("system", "human")
    assert rules.text == prompts.load("answer").rules
    assert QUOTE in request.text
    assert NATO in request.text
    assert QUOTE in (tapped | Scripted()).invoke(NATO).text
    assert dumps(filled)

    def shortened(value: Any) -> Any:
        return value.model_copy(update={"messages": [SystemMessage("You answer in a sentence."), value.messages[1]]})

    heard, again = Heard(), evidence | prompt | shortened
    for step in others:
        again = again | step
    answer = again.invoke(NATO, config={"callbacks": [heard]})
    assert heard.sent[0][0].text == "You answer in a sentence."
    assert SAID.removeprefix("No: ") in answer.text
    assert answer.prompts[0] not in chain.invoke(NATO).prompts


class Mumbling(Scripted):
    """A model that gives no JSON, but the number of a sentence."""

    def _call(self, messages: list[BaseMessage], *_given: Any, **_others: Any) -> str:
        chooses = "Choose the sentences" in messages[0].text
        return "The first one: 1" if chooses else "I would say that it does not."


@pytest.mark.parametrize("briefing", [Mumbling()], indirect=True)
def test_a_small_model_that_gives_no_json_chooses_sentences_in_the_chain_too(briefing: Briefing) -> None:
    heard = Heard()
    answer = answer_chain(briefing).invoke(NATO, config={"callbacks": [heard]})
    assert [each[0].text for each in heard.sent] == [prompts.load(name).rules for name in ("answer", "choose")]
    assert answer.mode == "generated"
    assert [each.partition("@")[0] for each in answer.prompts] == ["choose"]


def test_a_question_that_is_too_long_for_the_model_is_answered_in_extracts(seeded: Path, tmp_path: Path) -> None:
    folder, heard = Path(shutil.copytree(seeded, tmp_path / "data", symlinks=True)), Heard()
    with open_briefing(Settings(data_dir=folder, chat_tokens=2000), chat=Scripted()) as briefing:
        answer = answer_chain(briefing).invoke(NATO, config={"callbacks": [heard]})
    assert heard.sent == []
    assert answer.mode == "extractive"
    assert answer.citations


def test_what_asks_for_no_evidence_asks_no_model(briefing: Briefing) -> None:
    heard = Heard()
    given = answer_chain(briefing).invoke("Thank you!", config={"callbacks": [heard]})
    assert not given.grounded
    assert heard.sent == []


def test_the_answer_is_a_dict_with_its_standing_and_its_citations(briefing: Briefing) -> None:
    heard = Heard()
    answer = BriefingChain(briefing).invoke({"question": NATO, "as_of": "2025-12-20"}, config={"callbacks": [heard]})
    asked = briefing.asking.ask(NATO, Filter())
    assert (answer["answer"], answer["standing"], answer["mode"]) == (asked.text, "answered", "generated")
    cited = answer["citations"][0]
    text = briefing.articles.show(cited["file"])[1]
    assert text[cited["start"] : cited["end"]] == cited["quote"]
    assert json.loads(json.dumps(answer))["searched"] == {"articles": 5, "newest": "2025-12-14"}
    assert [each for each in heard.steps if each in ("BriefingChain", "question", *STEPS)] == [
        "BriefingChain",
        "question",
        *STEPS,
    ]


async def test_its_pieces_add_up_to_the_answer_also_behind_another_step(seeds_dir: str) -> None:
    with open_briefing(Settings(data_dir=Path(seeds_dir))) as briefing:
        chain = BriefingChain(briefing)
        whole = chain.invoke(NATO)
        pieces = list(chain.stream(NATO))
        assert len(pieces) == 2 + len(whole["statements"])
        assert sum(pieces[1:], pieces[0]) == whole
        assert "".join(chain.pick("answer").stream(NATO)) == whole["answer"]
        later = [piece async for piece in chain.astream(NATO)]
        assert sum(later[1:], later[0]) == whole == await chain.ainvoke(NATO)
        assert ({"question": lambda text: text} | chain).batch([NATO, NATO]) == [whole, whole]
        nothing = chain.invoke("Who won the football match in Bratislava?")
    assert (nothing["standing"], nothing["citations"], nothing["statements"]) == ("nothing", [], [])
    assert nothing["answer"]


def test_a_follow_up_is_understood_from_its_history(seeds_dir: str) -> None:
    with open_briefing(Settings(data_dir=Path(seeds_dir))) as briefing:
        history = [("human", "What has Germany said about sending foreign troops?"), ("ai", "That it sends none.")]
        answer = BriefingChain(briefing).invoke({"question": "And France?", "history": history})
    assert answer["question"] == "What has France said about sending foreign troops?"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (3, "takes a question"),
        ({"input": NATO}, "takes a question"),
        ({"question": NATO, "since": "soonish"}, "is not a date"),
        ({"question": NATO, "outlets": "The Daily Planet"}, "The Daily Planet"),
        ({"question": NATO, "history": [("nobody", "...")]}, "must be messages"),
        ({"question": NATO, "history": 7}, "must be messages"),
        (" ", "question"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(seeds_dir: str, asked: object, says: str) -> None:
    with open_briefing(Settings(data_dir=Path(seeds_dir))) as briefing:
        chain = BriefingChain(briefing)
        with pytest.raises(QuestionError, match=says) as refused:
            chain.invoke(asked)
        assert "\n" not in str(refused.value)
        assert isinstance(chain.batch([asked, NATO], return_exceptions=True)[0], QuestionError)


def test_the_example_of_the_documentation_runs(
    seeds_dir: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).parents[1] / "docs" / "models.md").read_text("utf-8")
    example = re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0]
    monkeypatch.setenv("BRIEFING_DATA_DIR", seeds_dir)
    exec(example, {})  # noqa: S102 - it is ours
    printed = capsys.readouterr().out
    assert "000_33fa4830dbf1c954.txt:13 2024-12-04" in printed
    assert "answered As of 14 Dec 2025" in printed
    assert "What has France said about sending foreign troops?" in printed
