"""A second look at what a model wrote, and all of it as people in Discord see it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from bot.discord import asking
from bot.discord.asking import Questions
from bot.discord.context import AskedQuestion
from bot.settings import BotSettings
from retrieval.bootstrap import open_briefing
from retrieval.domain.articles import Filter
from retrieval.executor import BoundedExecutor
from retrieval.services.briefing import Briefing
from retrieval.settings import Settings
from tests.bot.conftest import Town
from tests.bot.generated.conftest import GIVEN_UP, LATEST, NEW, TRUE, WISH, Pieces
from tests.bot.test_ask import NATO
from tests.bot.test_questions import Recorder
from tests.model_server import Asked, ModelServer, Says
from tests.shown import read, said
from tests.writers import settings, writes

# The second look


BURIED = "No: Zelenskyy has buried Kyiv's hope of the alliance."


def looked_at(first: Callable[[Asked], Says], second: Says) -> Callable[[Asked], Says]:
    """A model that writes so, and judges so."""
    return lambda asked: second if "You judge" in asked.rules else first(asked)


def verdict(label: str) -> Says:
    """A verdict on the one statement there is."""
    return Says(json.dumps({"verdicts": [{"number": 1, "verdict": label, "part": "", "quotes": []}]}))


@pytest.mark.slow
@pytest.mark.parametrize(
    "second",
    [
        Says(refusal="I would rather not.", stopped="refusal"),
        Says('{"verdicts": [', stopped="length"),
        Says('{"verdicts": [{"number": 1, "verd', ends="broken"),
        Says("It may well be so."),
        Says(""),
        Says(status=401),
        Says(status=500),
        Says(ends="hanging"),
        Says(json.dumps({"verdicts": [{"number": 7, "verdict": "supported"}]})),
    ],
    ids=["refusal", "cut", "broken", "garbage", "empty", "key", "out of order", "hanging", "another"],
)
@pytest.mark.parametrize("briefing", [{"chat_seconds": 2}], indirect=True)
def test_a_second_look_that_fails_leaves_the_unsure_as_unsure(
    second: Says, briefing: Briefing, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.llm.exchange._BACK_OFF", 0.001)
    server.says(looked_at(writes((BURIED, None, [GIVEN_UP])), second))
    given = briefing.asking.ask(NATO, Filter())
    assert f"Not certain: {BURIED} [1]" in given.text
    assert given.statements[0].unsure
    assert given.citations[0].quote == GIVEN_UP


def test_a_budget_that_is_spent_between_the_calls_is_said_so(data_dir: Path, server: ModelServer) -> None:
    costly = writes((BURIED, None, [GIVEN_UP]))
    server.says(looked_at(lambda asked: replace(costly(asked), tokens=(6_000, 900)), verdict("supported")))
    with open_briefing(settings(server, data_dir=data_dir, chat_tokens_person=8_000)) as briefing:
        first = briefing.asking.ask(NATO, Filter(), person="ann")
    assert first.mode == "generated"
    assert "Not looked at again: today's budget for the model is spent" in (first.note or "")


def test_another_model_may_look_again(data_dir: Path, server: ModelServer) -> None:
    server.says(looked_at(writes((BURIED, None, [GIVEN_UP])), verdict("supported")))
    with open_briefing(settings(server, data_dir=data_dir, verifier_model="openai:gpt-4o")) as briefing:
        given = briefing.asking.ask(NATO, Filter())
    assert [each.body["model"] for each in server.asked] == ["gpt-5-mini", "gpt-4o"]
    assert not given.statements[0].unsure
    assert "Reuters" not in server.asked[1].text
    assert BURIED in server.asked[1].text


async def test_discord_shows_what_the_second_look_left_and_the_quote_where_it_failed(
    town: Town, server: ModelServer
) -> None:
    claims = writes((NEW, None, [GIVEN_UP]), (BURIED, None, [GIVEN_UP]))
    server.says(looked_at(claims, verdict("contradicted")))
    answer = said(await town.ann.slash(town.channel, "ask", question=NATO))
    assert "buried" not in answer
    assert "checked against its source; 1 did not pass and is left out" in answer
    # In other words: what was judged before is remembered.
    claims = writes((NEW, None, [GIVEN_UP]), (BURIED.replace("buried", "laid to rest"), None, [GIVEN_UP]))
    server.says(looked_at(claims, Says("Perhaps.")))
    answer = said(await town.ann.slash(town.channel, "ask", question=f"{NATO} Tell me."))
    unsure = answer.index("Not certain: No: Zelenskyy has laid to rest")
    assert answer.index("-# “announced a significant shift", unsure) > unsure
    assert "read the quotes under uncertain statements" in answer
    assert "Not looked at again: the model's answer could not be read" in answer


# In Discord


async def test_an_answer_says_who_wrote_it_and_that_it_was_checked(town: Town) -> None:
    answer = said(await town.ann.slash(town.channel, "ask", question=NATO))
    assert "relinquishing the ambition to join NATO. [1]" in answer
    assert " · Written by openai:gpt-5-mini, each statement checked against its source" in answer
    assert "Sources" in answer


async def test_what_a_model_makes_up_is_never_shown(town: Town, server: ModelServer) -> None:
    server.says(
        writes(
            ("Zelenskyy has been vocal about his nation's aspirations for NATO membership.", None, [WISH]),
            ("@everyone Ukraine joined NATO in 2019, see [this](https://evil.example) [1].", None, [WISH]),
        )
    )
    answer = said(await town.ann.slash(town.channel, "ask", question=NATO))
    assert "aspirations for NATO membership. [2]" in answer
    assert "2019" not in answer
    assert "evil" not in answer
    assert "checked against its source; 1 did not pass and is left out" in answer


async def test_a_model_that_fails_leaves_extracts_in_discord_too(town: Town, server: ModelServer) -> None:
    server.says(Says(refusal="I would rather not.", stopped="refusal"))
    answer = said(await town.ann.slash(town.channel, "ask", question=NATO))
    assert LATEST.search(answer)
    assert " · Extracts only: the model refused to answer" in answer


async def test_a_follow_up_is_understood_by_the_model(town: Town, server: ModelServer) -> None:
    await town.mention("What did Mark Rutte say about Ukraine joining NATO?")
    (thread,) = town.channel.threads
    server.says(Says('{"question": "What did Marco Rubio say about Ukraine joining NATO?"}'), TRUE)
    await town.ann.send(thread, f"<@{town.user.id}> and Marco Rubio?")
    assert "-# Understood as: What did Marco Rubio say about Ukraine joining NATO?" in read(town.said(thread)[-1])


async def test_whoever_waits_sees_how_far_the_model_is(
    briefing: Briefing, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Event()

    def slowly(asked: Asked) -> Says:
        whole = "".join(TRUE(asked).pieces)
        half = whole.index("}, {") + 1

        def pieces() -> Iterator[str]:
            yield whole[:half]
            assert seen.wait(30)
            yield whole[half:]

        return Says(Pieces(pieces))

    server.says(slowly)
    monkeypatch.setattr(asking, "_SILENCE", 0.01)
    executor, reply = BoundedExecutor(1), Recorder("1 statement so far", seen)
    await Questions(briefing, executor, BoundedExecutor(1), BotSettings()).answer(AskedQuestion(NATO, 1, ""), reply)
    executor.shutdown()
    assert any("Writing the answer, 1 statement so far" in each for each in reply.lines)
    assert "Written by openai:gpt-5-mini" in reply.lines[-1]


async def test_whoever_waits_for_the_second_look_sees_that_statements_are_checked(
    briefing: Briefing, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Event()

    def judge(_asked: Asked) -> Says:
        assert seen.wait(30)
        return verdict("supported")

    first = writes((BURIED, None, [GIVEN_UP]))
    server.says(lambda asked: judge(asked) if "You judge" in asked.rules else first(asked))
    monkeypatch.setattr(asking, "_SILENCE", 0.01)
    executor, reply = BoundedExecutor(1), Recorder("Checking every statement", seen)
    await Questions(briefing, executor, BoundedExecutor(1), BotSettings()).answer(AskedQuestion(NATO, 1, ""), reply)
    executor.shutdown()
    checking = next(at for at, each in enumerate(reply.lines) if "Checking every statement" in each)
    assert BURIED.removeprefix("No: ") in reply.lines[-1]
    assert checking < len(reply.lines) - 1


CLAIM = "Zelenskyy announced that Ukraine gives up its ambition to join NATO."


@pytest.mark.parametrize("briefing", [{"verifier": "model"}], indirect=True)
async def test_a_message_is_checked_by_the_model_where_it_is_to_be(town: Town, server: ModelServer) -> None:
    server.says(Says(json.dumps({"verdict": "supported", "reason": "So it says.", "quotes": [GIVEN_UP]})))
    message = await town.ann.send(town.channel, CLAIM)
    shown = said(await town.ann.context_menu(town.channel, "Check against sources", message))
    assert "Supported" in shown
    assert "“announced a significant shift in the country’s foreign policy" in shown
    assert "-# Judged by openai:gpt-5-mini, not by a person: read the quotes." in shown
    assert town.bot.briefing.usage.spent(str(town.ann.id)) > 0
    server.says(Says(json.dumps({"verdict": "contradicted", "reason": "No.", "quotes": ["Ukraine has joined NATO"]})))
    message = await town.ann.send(town.channel, "Zelenskyy announced that Ukraine drops its ambition to join NATO.")
    shown = said(await town.ann.context_menu(town.channel, "Check against sources", message))
    assert "Contradicted" not in shown
    assert "-# Judged by similarity of words and meaning to the articles, not by a person" in shown
    assert " Judged without the model: it showed no quote that is in the articles." in shown


def test_without_a_model_the_setting_for_claims_changes_nothing(data_dir: Path) -> None:
    with open_briefing(Settings(data_dir=data_dir, verifier="model")) as briefing:
        found = briefing.verification.verify(CLAIM, Filter())
    assert (found.model, found.note) == (None, None)
