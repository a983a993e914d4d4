"""What a model says, as the providers' own clients bring it: in their forms, or in spite of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from threading import Event
from typing import Any

import pytest

from retrieval.domain.answers import Turn
from retrieval.domain.llm import Claim, Opinion, StatementToJudge, Task
from retrieval.errors import ChatError
from retrieval.llm.service import open_chat
from retrieval.settings import Settings
from tests.llm.conftest import PASSAGES, WELL, Talks, each_client, each_provider, others_slow
from tests.model_server import Says, claims

SAID = (
    Claim("The council agreed on a budget.", (1,), ("agreed on a budget",)),
    Claim("It rained.", (2,), ("It rained.",)),
)
# Where each protocol has the form that the model is held to.
FORMS = {
    "openai": "response_format",
    "responses": "text",
    "anthropic": "output_config",
    "google": "generationConfig",
    "mistral": "response_format",
    "ollama": "format",
}


def is_held(provider: str, body: Mapping[str, Any]) -> bool:
    """Whether the model is asked for a form."""
    return "responseJsonSchema" in body["generationConfig"] if provider == "google" else FORMS[provider] in body


@each_provider
def test_a_model_is_given_rules_and_passages_and_its_claims_come_back(provider: str, talks: Talks) -> None:
    talk = talks(provider, Says(WELL))
    reply = talk.ask()
    assert (reply.claims, reply.given, reply.cut, reply.cached) == (SAID, 2, False, False)
    (asked,) = talk.server.asked
    assert "from nothing else" in asked.rules
    assert "Reuters, 3 Dec 2024\n\nThe council met in Oslo" in asked.text
    assert asked.text.endswith("</question-" + asked.text[-9:])
    assert "quotes" in json.dumps(asked.body[FORMS[provider]])
    assert (talk.day.calls, talk.day.tokens_in, talk.day.tokens_out, talk.day.estimated) == (1, 1200, 80, False)


@each_provider
def test_claims_are_told_while_the_model_still_writes(provider: str, talks: Talks) -> None:
    heard = Event()

    def pieces() -> Iterator[str]:
        first, second = WELL[: WELL.index(", {") + 3], WELL[WELL.index(", {") + 3 :]
        yield first
        assert heard.wait(20)
        yield second

    told: list[int] = []

    def on_progress(count: int) -> None:
        told.append(count)
        heard.set()

    assert talks(provider, Says(pieces())).ask(on_progress=on_progress).claims == SAID
    assert told == [1, 2]


@each_client
@pytest.mark.parametrize(
    "said",
    [
        f"Here is the answer:\n```json\n{WELL}\n```\nAsk me if {{anything}} is unclear [1].",
        f"<think>The form is {claims(('Not this.', [9], ['No.']))}, so</think>{WELL}",
        json.dumps(json.loads(WELL), indent=2).replace('"\n', '",\n').replace("}\n  ]", "},\n  ]"),
        json.dumps(json.loads(WELL)["claims"]),
    ],
    ids=["fences and chatter", "thoughts", "commas too many", "a bare list"],
)
def test_a_model_that_is_not_held_to_the_form_is_understood(provider: str, said: str, talks: Talks) -> None:
    assert talks(provider, Says(said, loosely=True)).ask().claims == SAID


@each_provider
def test_a_provider_without_forms_is_asked_without_one_and_never_bothered_again(provider: str, talks: Talks) -> None:
    def reluctant(asked: Any) -> Says:
        error = {"error": {"type": "invalid_request_error", "message": "unknown field"}}
        return Says(status=400, error=error) if is_held(provider, asked.body) else Says(f"Sure! {WELL}", loosely=True)

    talk = talks(provider, reluctant)
    assert talk.ask().claims == SAID
    assert talk.ask("And in 2025?").claims == SAID
    assert [is_held(provider, asked.body) for asked in talk.server.asked] == [True, False, False]
    assert talk.waited == []


def test_a_model_of_openai_too_old_for_forms_is_given_a_tool(talks: Talks) -> None:
    with pytest.warns(UserWarning, match="gpt-4"):
        talk = talks("openai:gpt-4", Says(WELL))
        assert talk.ask().claims == SAID
    assert "tools" in talk.server.asked[0].body


@each_provider
@pytest.mark.parametrize(
    ("task", "said", "wanted"),
    [
        ({"purpose": "standalone", "turns": (Turn("Who met?", "Who met?", "The council."),)},
         '{"question": "Where did the council meet?"}', ("Where did the council meet?", ())),
        ({"purpose": "verify", "statements": (StatementToJudge("It rained.", PASSAGES),)},
         '{"verdicts": [{"number": 1, "verdict": "partly", "part": "Rain.", "quotes": ["It rained."]}]}',
         ("", (Opinion(1, "partly", "Rain.", ("It rained.",)),))),
    ],
    ids=["standalone", "verify"],
)  # fmt: skip
def test_follow_ups_and_verdicts_come_back_too(
    provider: str, task: dict[str, Any], said: str, wanted: tuple[str, tuple[Opinion, ...]], talks: Talks
) -> None:
    reply = talks(provider, Says(said)).ask(**task)
    assert (reply.question, reply.opinions) == wanted


@each_client
def test_a_model_that_finds_nothing_says_so(provider: str, talks: Talks) -> None:
    assert talks(provider, Says(claims())).ask().claims == ()


@each_client
@pytest.mark.parametrize("said", ["", "  \n"])
def test_an_empty_answer_is_one_honest_line(provider: str, said: str, talks: Talks) -> None:
    with pytest.raises(ChatError, match=r"^the model's answer was empty$"):
        talks(provider, Says(said)).ask()


@each_client
@pytest.mark.parametrize(
    "said",
    [
        "I am sorry, Dave.",
        '{"claims": ["one", "two"]}',
        '{"claims": [{"text": ["x"]}]}',
        '{"answer": "Yes."}',
        "[" * 999,
    ],
)
def test_an_answer_of_another_form_is_one_honest_line(provider: str, said: str, talks: Talks) -> None:
    talk = talks(provider, Says(said))
    with pytest.raises(ChatError, match=r"^the model's answer could not be read$"):
        talk.ask()
    # It is asked once more, held to no form, and has been paid for all the same.
    assert len(talk.server.asked) == 2
    assert (talk.day.calls, talk.day.failed) == (1, 1)
    assert talk.day.tokens_out > 80


@pytest.mark.parametrize(
    ("provider", "says"),
    others_slow(
        [
            ("openai", Says(refusal="I can't help with that.")),
            ("openai", Says('{"claims": [', stopped="refusal")),
            ("responses", Says(refusal="I can't help with that.")),
            ("anthropic", Says(stopped="refusal")),
            ("anthropic", Says(WELL, stopped="refusal", loosely=True)),
        ]
    ),
)
def test_a_refusal_is_told_as_one(provider: str, says: Says, talks: Talks) -> None:
    with pytest.raises(ChatError, match=r"^the model refused to answer$"):
        talks(provider, says).ask()


@each_provider
def test_of_an_answer_that_is_cut_off_the_whole_claims_are_kept(provider: str, talks: Talks) -> None:
    talk = talks(provider, Says(WELL[:-20], stopped="length"), Says(WELL))
    first = talk.ask()
    assert (first.claims, first.cut) == (SAID[:1], True)
    # And it is not remembered in the place of a whole one.
    assert talk.ask().claims == SAID


@each_client
def test_a_model_without_room_for_one_claim_says_so(provider: str, talks: Talks) -> None:
    with pytest.raises(ChatError, match=r"^the model ran out of room for its answer$"):
        talks(provider, Says(WELL[:30], stopped="length")).ask()


@pytest.mark.parametrize("provider", others_slow(["openai", "responses", "google", "mistral", "ollama"]))
def test_a_provider_that_bills_nothing_back_is_estimated_for(provider: str, talks: Talks) -> None:
    talk = talks(provider, Says(WELL, tokens=None), chat_price_in=2, chat_price_out=10)
    talk.ask()
    day = talk.day
    assert day.estimated
    assert 300 < day.tokens_in < 3000
    assert len(WELL) / 5 < day.tokens_out < len(WELL)
    assert day.cost == pytest.approx((day.tokens_in * 2 + day.tokens_out * 10) / 1_000_000)


@each_provider
@pytest.mark.parametrize("tokens", [(2**63, 5), (10**30, 1), (900, 10**6), (-50_000, 80), (1200, -1)])
def test_a_provider_that_counts_what_cannot_be_is_estimated_for(
    provider: str, tokens: tuple[int, int], talks: Talks
) -> None:
    talk = talks(provider, Says(WELL, tokens=tokens))
    assert talk.ask().claims == SAID
    assert talk.day.estimated
    assert 300 < talk.day.tokens_in < 3000
    assert 0 < talk.day.tokens_out < len(WELL)


@pytest.mark.slow
@pytest.mark.parametrize(("provider", "marked"), [("anthropic", True), ("mistral", False)])
def test_the_rules_come_first_and_are_marked_where_a_provider_keeps_what_is_marked(
    provider: str, marked: bool, talks: Talks
) -> None:
    talk = talks(provider, Says(WELL))
    talk.ask()
    talk.ask("Another question")
    first, second = (_rules(asked.body) for asked in talk.server.asked)
    assert first == second
    assert ("cache_control" in json.dumps(first)) == marked


def _rules(body: Mapping[str, Any]) -> Any:
    return body["system"] if "system" in body else body["messages"][0]


@pytest.mark.parametrize(
    ("provider", "place", "temperature", "effort"),
    [
        ("openai", (), None, "low"),
        ("openai:gpt-4o", (), 0, None),
        ("openai:my-own", (), 0, None),
        pytest.param("anthropic", (), 0, None, marks=pytest.mark.slow),
        pytest.param("google", ("generationConfig",), 0, None, marks=pytest.mark.slow),
        pytest.param("mistral", (), 0, None, marks=pytest.mark.slow),
        pytest.param("ollama", ("options",), 0, None, marks=pytest.mark.slow),
    ],
)
def test_temperature_and_effort_are_set_where_a_model_takes_them(
    provider: str, place: tuple[str, ...], temperature: float | None, effort: str | None, talks: Talks
) -> None:
    talk = talks(provider, Says(WELL))
    talk.ask()
    body = talk.server.asked[0].body
    for name in place:
        body = body[name]
    assert (body.get("temperature"), body.get("reasoning_effort")) == (temperature, effort)


def test_a_model_that_is_given_is_asked_as_any_other(talks: Talks) -> None:
    from langchain_core.language_models.fake_chat_models import FakeListChatModel

    talk = talks("openai", Says(WELL))
    chat = open_chat(Settings(), talk.chat._ledger, Nothing(), given=FakeListChatModel(responses=[WELL]))
    assert chat
    reply = chat.send(chat.prepare(Task("answer", "What was agreed?", PASSAGES)))
    assert (reply.claims, reply.model) == (SAID, "FakeListChatModel")
    assert talk.server.asked == []


class Nothing:
    """Remembers nothing."""

    def find(self, _key: str) -> None:
        return None

    def keep(self, key: str, reply: Mapping[str, Any], person: str = "") -> None:
        pass


def test_openai_itself_is_asked_to_store_nothing(talks: Talks, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = talks("openai", Says(WELL))
    talk.ask()
    assert "store" not in talk.server.asked[0].body
    monkeypatch.setenv("OPENAI_BASE_URL", f"{talk.server.url}/v1")
    talk = talks("openai", Says(WELL), chat_url="")
    talk.ask()
    assert talk.server.asked[-1].body["store"] is False


@pytest.mark.slow
def test_a_local_model_has_room_for_all_it_is_sent(talks: Talks) -> None:
    talk = talks("ollama", Says(WELL), chat_tokens=6000)
    talk.ask()
    assert talk.server.asked[0].body["options"]["num_ctx"] == 6000
