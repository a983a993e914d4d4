"""Answers written by a model, in Discord and at the terminal: the providers' own clients, and a server that fails."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE
from threading import Event, Semaphore
from typing import Any

import pytest

from bot.cli.main import run
from bot.discord import asking
from bot.discord.asked_question import AskedQuestion
from bot.discord.asking import Questions
from bot.settings import BotSettings
from retrieval.bootstrap import open_briefing
from retrieval.domain.articles import Filter
from retrieval.executor import BoundedExecutor
from retrieval.services.briefing import Briefing
from retrieval.settings import Settings
from tests.bot.conftest import Town
from tests.bot.test_ask import NATO
from tests.bot.test_questions import Recorder
from tests.model_server import Asked, ModelServer, Says
from tests.shown import read, said
from tests.writers import KEY, environment, passages, settings, writes, written

WISH = "Zelenskyy has been vocal about his nation’s aspirations for NATO membership"
GIVEN_UP = "announced a significant shift in the country’s foreign policy by relinquishing its ambition to join NATO"
# What the extracts lead with, in Discord and elsewhere.
LATEST = re.compile(r"As of 14 Dec 2025 \\?\(date estimated\\?\):\s[^\[]*\b(?:relinquish|give up)[^\[]*\[1\]")
TRUE = writes(
    ("Zelenskyy announced a shift in foreign policy by relinquishing the ambition to join NATO.", None, [GIVEN_UP]),
    ("Zelenskyy has been vocal about his nation's aspirations for NATO membership.", None, [WISH]),
)
FALSE = writes(
    ("Ukraine joined NATO in 2019.", None, [GIVEN_UP]),
    ("Zelenskyy has never been vocal about NATO membership.", None, [WISH]),
    ("Putin announced that Russia is relinquishing its ambition to join NATO.", None, [GIVEN_UP]),
    ("Zelenskyy has been vocal about NATO membership.", None, [WISH.replace("vocal", "silent")]),
    ("Zelenskyy has been vocal about his nation's aspirations for NATO membership.", [99], [WISH]),
)


@pytest.fixture(scope="module")
def running() -> Iterator[ModelServer]:
    """One server for all tests: the clients keep what they have made for an address."""
    with ModelServer() as there:
        yield there


@pytest.fixture
def server(running: ModelServer) -> ModelServer:
    """A server that has not been asked yet, of an honest model."""
    running.asked.clear()
    running.says(TRUE)
    return running


@pytest.fixture
def data_dir(seeded: Path, tmp_path: Path) -> Path:
    """The seeds, and nothing asked yet."""
    return Path(shutil.copytree(seeded, tmp_path / "data", symlinks=True))


@pytest.fixture
def briefing(server: ModelServer, data_dir: Path, request: pytest.FixtureRequest) -> Iterator[Briefing]:
    """The seeds and a model; settings are given by `@pytest.mark.parametrize("briefing", [{...}], indirect=True)`."""
    with open_briefing(settings(server, **{"data_dir": data_dir, **getattr(request, "param", {})})) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("briefing", [{"provider": each} for each in ("openai", "anthropic", "ollama")], indirect=True)
def test_every_providers_model_writes_answers_that_are_checked(briefing: Briefing, server: ModelServer) -> None:
    given = briefing.asking.ask(NATO, Filter())
    assert given.mode == "generated"
    assert given.text.endswith("aspirations for NATO membership. [2]")
    assert [each.quote for each in given.citations] == [GIVEN_UP, WISH]
    server.says(FALSE)
    given = briefing.asking.ask(f"And now: {NATO}", Filter())
    assert (given.mode, given.dropped) == ("extractive", 5)


def test_the_same_question_is_answered_again_without_the_model(briefing: Briefing, server: ModelServer) -> None:
    first, again = briefing.asking.ask(NATO, Filter()), briefing.asking.ask(NATO, Filter())
    assert replace(first, timings_ms={}) == replace(again, timings_ms={})
    assert len(server.asked) == 1
    assert briefing.usage.stats()[0].cached == 1


def test_a_person_who_has_spent_the_days_budget_gets_extracts(data_dir: Path, server: ModelServer) -> None:
    with open_briefing(settings(server, data_dir=data_dir, chat_tokens_person=8_000)) as briefing:
        given = briefing.asking.ask(NATO, Filter(), person="ann")
        assert given.mode == "generated"
        given = briefing.asking.ask("What did Rutte say about NATO membership?", Filter(), person="ann")
        assert given.note == "Extracts only: today's budget for the model is spent"
        assert (
            briefing.asking.ask("What did Rutte say about NATO membership?", Filter(), person="bob").note != given.note
        )


# Now and change


RUTTE = "Who is Mark Rutte?"
SECRETARY = "NATO Secretary-General Mark Rutte highlighted the importance of bolstering Ukraine's position"
PREMIER = "Mark Rutte, Prime Minister of the Netherlands"
NEW = "Zelenskyy announced a shift in foreign policy by relinquishing the ambition to join NATO."
OLD = "Zelenskyy has been vocal about his nation's aspirations for NATO membership."
COURSE = f"As of 14 Dec 2025 (date estimated): {NEW} [1] Earlier, 4 Dec 2024: {OLD} [2]"
SIDES = {
    "secretary": (
        "NATO Secretary-General Mark Rutte highlighted the importance of bolstering Ukraine.",
        None,
        [SECRETARY],
    ),
    "premier": ("Mark Rutte is Prime Minister of the Netherlands.", None, [PREMIER]),
}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (OLD, NEW),
        (f"Earlier, in December 2024, {OLD}", f"As of 14 Dec 2025 (date estimated): {NEW}"),
    ],
)
def test_a_model_that_leads_with_the_old_position_is_put_in_order(
    first: str, second: str, briefing: Briefing, server: ModelServer
) -> None:
    server.says(writes((first, None, [WISH]), (second, None, [GIVEN_UP])))
    given = briefing.asking.ask(NATO, Filter())
    assert (given.text, given.dropped, given.note) == (COURSE, 0, None)
    assert [(each.date, each.text, each.citation.number) for each in given.timeline] == [
        ("2024-12-04", WISH, 2),
        ("2025-12-14", GIVEN_UP, 1),
    ]


def test_a_model_that_dates_falsely_is_not_shown(briefing: Briefing, server: ModelServer) -> None:
    server.says(writes((f"As of 14 December 2025, {OLD}", None, [WISH]), (NEW, None, [GIVEN_UP]), (OLD, None, [WISH])))
    given = briefing.asking.ask(NATO, Filter())
    assert (given.text, given.dropped) == (COURSE, 1)


async def test_a_model_that_says_nothing_new_is_told_beside_the_latest_position(
    town: Town, server: ModelServer
) -> None:
    server.says(writes((OLD, None, [WISH])))
    answer = said(await town.ann.slash(town.channel, "ask", question=NATO))
    latest, _, earlier = answer.partition(f"Earlier, 4 Dec 2024: {OLD} [2]")
    assert LATEST.search(latest)
    assert " · Partly quoted: the model left out what the articles say of now or before" in earlier


@pytest.mark.parametrize("told", [["secretary"], ["premier"], ["secretary", "premier"]])
async def test_both_sides_are_shown_once_whichever_the_model_tells(
    told: list[str], town: Town, server: ModelServer
) -> None:
    server.says(writes(*(SIDES[each] for each in told)))
    answer = said(await town.ann.slash(town.channel, "ask", question=RUTTE))
    assert "Written by openai:gpt-5-mini" in answer
    (line,) = [each for each in answer.split("\n") if "Sources disagree" in each]
    assert re.search(r"“NATO Secretary-General Mark Rutte” \[[12]\]", line)
    assert re.search(r"“Mark Rutte, Prime Minister of the Netherlands” \[[12]\]", line)
    assert "[3]" not in answer


def test_the_model_is_given_both_sides_and_days(briefing: Briefing, server: ModelServer) -> None:
    briefing.asking.ask(RUTTE, Filter())
    given = list(passages(server.asked[0]).values())
    assert any(PREMIER in each for each in given[:3])
    assert any("NATO Secretary-General Mark Rutte" in each for each in given[:3])
    briefing.asking.ask(NATO, Filter())
    days = re.findall(r"(\d{4}-\d\d-\d\d)(?: \(date estimated\))? · ", server.asked[1].text)
    # After the three that the extracts are from, the newest first.
    assert days[0] == "2025-12-14"
    assert days[3:] == sorted(days[3:], reverse=True)


# At the terminal


FAULTS: dict[str, tuple[Says | Any, str]] = {
    "wrong key": (Says(status=401, error={"error": {"message": f"bad key {KEY}"}}), "refuses the key"),
    "refusal": (Says(refusal="I would rather not.", stopped="refusal"), "the model refused to answer"),
    "empty": (Says(""), "empty"),
    "malformed": (Says("I think that it may well be so."), "could not be read"),
    "too long": (Says(status=400, error={"error": {"code": "context_length_exceeded", "message": "long"}}), "too long"),
    "broken off": (Says('{"claims": [{"text": "Zel', ends="broken"), "Extracts only: the model"),
    "closed early": (Says('{"claims": [', ends="early"), "Extracts only: the model"),
    "out of order": (Says(status=500), "out of order"),
    "nothing found": (Says('{"claims": []}'), "found no answer"),
    "lies": (FALSE, "nothing that the model wrote passed the checks"),
    "nonsense": (Says(written([("x", [0], [""])] * 200)), "nothing that the model wrote passed the checks"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_model_that_fails_leaves_extracts_and_one_line_that_says_why(
    fault: str,
    server: ModelServer,
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    says, line = FAULTS[fault]
    server.says(says)
    for name, value in environment(server).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("BRIEFING_CHAT_SECONDS", "2")
    monkeypatch.setattr("retrieval.llm.exchange._BACK_OFF", 0.001)
    assert run(["ask", NATO, "--data-dir", str(data_dir)]) == 0
    shown = capsys.readouterr()
    # What the model says it cannot answer is no longer sure.
    assert bool(LATEST.search(" ".join(shown.out.split()))) == (fault != "nothing found")
    assert "Extracts only: " in shown.out
    assert line in " ".join(shown.out.split())
    assert KEY not in shown.out + shown.err
    assert "Traceback" not in shown.err


def test_one_that_hangs_is_not_waited_for(data_dir: Path, server: ModelServer) -> None:
    server.says(TRUE)
    with open_briefing(settings(server, data_dir=data_dir, chat_seconds=1)) as briefing:
        briefing.asking.ask(NATO, Filter())  # what takes long when it is asked first is over
        server.says(Says('{"claims": [', ends="hanging"))
        assert briefing.asking.ask("What did Rutte say about NATO?", Filter()).note == (
            "Extracts only: the model did not answer in time"
        )


def endless(server: ModelServer, asked: Semaphore) -> Callable[[Asked], Says]:
    """A provider that keeps the line open and says nothing on it."""

    def nothing() -> Iterator[str]:
        asked.release()
        while not server.closing.wait(0.05):
            yield ""

    return lambda _asked: Says(Pieces(nothing))


# One process for all: the time is spent on what it has to load.
COMMANDS = """
import os, sys
from bot.cli.main import run
from tests.shown import read

question, folder = sys.argv[1:]
for command in (["ask", question], ["digest", "--date", "2025-12-14"], ["doctor"]):
    print("ends with", run([*command, "--data-dir", folder]), flush=True)
os.environ["BRIEFING_CHAT_SECONDS"] = "0.5"
sys.exit(run(["ask", question, "--data-dir", folder]))
"""


@pytest.mark.slow
def test_a_command_waits_for_a_model_until_it_is_stopped_or_time_is_up(data_dir: Path, server: ModelServer) -> None:
    asked = Semaphore(0)
    server.says(endless(server, asked))
    known = {**os.environ, **environment(server, "ollama"), "BRIEFING_CHAT_SECONDS": "300"}
    command = [sys.executable, "-c", COMMANDS, NATO, str(data_dir)]
    with subprocess.Popen(command, env=known, stdout=PIPE, stderr=PIPE, text=True) as process:
        for _ in range(3):
            assert asked.acquire(timeout=60)
            process.send_signal(signal.SIGINT)
            assert process.stdout
            assert process.stdout.readline() == "ends with 130\n"
        out, err = process.communicate(timeout=30)
    assert "Extracts only: the model did not answer in time" in " ".join(out.split())
    # And there is no log among it.
    assert err.split("\n") == ["", "briefing: stopped; what was done is kept"] * 3 + [""]
    assert process.returncode == 0


def test_the_document_says_who_wrote_it(
    server: ModelServer, data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment(server).items():
        monkeypatch.setenv(name, value)
    assert run(["ask", NATO, "--json", "--data-dir", str(data_dir)]) == 0
    given = json.loads(capsys.readouterr().out)
    assert (given["mode"], given["model"], given["dropped"], given["note"]) == (
        "generated",
        "openai:gpt-5-mini",
        0,
        None,
    )
    assert "[2]" in given["answer"]
    assert run(["ask", NATO, "--data-dir", str(data_dir)]) == 0
    said = "Written by openai:gpt-5-mini, each statement checked against its source."
    assert said in " ".join(capsys.readouterr().out.split())
    assert run(["digest", "--date", "2025-12-14", "--json", "--data-dir", str(data_dir)]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["model"] == "openai:gpt-5-mini"
    assert made["stories"][0]["points"][0]["text"].startswith("Zelenskyy announced a shift in foreign policy")


def test_an_evaluation_adds_what_became_of_the_models_statements(
    server: ModelServer, data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = data_dir / "questions.jsonl"
    questions.write_text(json.dumps({"question": NATO, "answerable": True, "as_of": "2025-12-20"}))
    command = ["eval", str(questions), "--json", "--data-dir", str(data_dir)]
    assert run([*command, "--model"]) == 1
    assert "set BRIEFING_CHAT_MODEL" in capsys.readouterr().err
    for name, value in {**environment(server), "BRIEFING_CHAT_PRICE_IN": "10"}.items():
        monkeypatch.setenv(name, value)
    server.says(writes((NEW, None, [GIVEN_UP]), (OLD.replace("NATO", "EU"), None, [WISH])))
    assert run([*command, "--model"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["written"], figures["dropped"], figures["unsure"]) == (1, 1, 0)
    assert figures["kept"] >= 1
    assert (figures["calls"], figures["tokens"], figures["cost"]) == (1, 1280, 0.012)
    assert figures["model_latency_ms"]["p50"] > 0
    assert figures["prompts"][0].startswith("answer@")


def test_a_model_without_a_key_is_told_to_the_operator_and_not_to_the_reader(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BRIEFING_CHAT_MODEL", "anthropic:claude-haiku-4-5")
    assert run(["ask", NATO, "--data-dir", str(data_dir)]) == 0
    shown = capsys.readouterr()
    assert "Extracts only: the model cannot be used as it is set up." in shown.out
    assert "ANTHROPIC_API_KEY is not set" in shown.err
    assert run(["show", "001_82df3489a97b2c5e.txt", "--data-dir", str(data_dir)]) == 0
    assert "ANTHROPIC" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("says", "line"),
    [
        (Says('{"question": "Since when?"}'), "chat model: openai:gpt-5-mini answered in "),
        (Says(status=401), "chat model: the model's provider refuses the key"),
    ],
)
def test_the_doctor_asks_the_model_something_short(
    says: Says,
    line: str,
    server: ModelServer,
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server.says(says)
    for name, value in environment(server).items():
        monkeypatch.setenv(name, value)
    for _ in range(2):  # what was asked before is asked again
        run(["doctor", "--data-dir", str(data_dir)])
        shown = capsys.readouterr().out
        assert line in shown
        assert KEY not in shown
    assert len(server.asked) == 2


def test_the_doctor_names_the_key_that_is_missing(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BRIEFING_CHAT_MODEL", "anthropic:claude-haiku-4-5")
    run(["doctor", "--data-dir", str(data_dir)])
    shown = capsys.readouterr().out
    assert "chat model: BRIEFING_CHAT_MODEL names anthropic:claude-haiku-4-5, but ANTHROPIC_API_KEY is not set" in shown
    assert shown.count("ANTHROPIC_API_KEY") == 1


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


class Pieces:
    """Pieces that are made while they are sent."""

    def __init__(self, make: Any) -> None:
        self._make = make

    def __iter__(self) -> Iterator[str]:
        return iter(self._make())


CLAIM = "Zelenskyy announced that Ukraine gives up its ambition to join NATO."


@pytest.mark.parametrize("briefing", [{"verifier": "model"}], indirect=True)
async def test_a_message_is_checked_by_the_model_where_it_is_to_be(town: Town, server: ModelServer) -> None:
    server.says(Says(json.dumps({"verdict": "supported", "reason": "So it says.", "quotes": [GIVEN_UP]})))
    message = await town.ann.send(town.channel, CLAIM)
    shown = said(await town.ann.context_menu(town.channel, "Check against sources", message))
    assert "Supported" in shown
    assert "“announced a significant shift in the country’s foreign policy" in shown
    assert "-# Judged by openai:gpt-5-mini, not by a person: read the quotes." in shown
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
