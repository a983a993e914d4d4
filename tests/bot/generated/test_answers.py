"""Answers written by a model, in Discord and at the terminal: the providers' own clients, and a server that fails."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE
from threading import Semaphore
from typing import Any

import pytest

from bot.cli.main import run
from retrieval.bootstrap import open_briefing
from retrieval.domain.articles import Filter
from retrieval.services.briefing import Briefing
from tests.bot.conftest import Town
from tests.bot.generated.conftest import FALSE, GIVEN_UP, LATEST, NEW, TRUE, WISH, Pieces
from tests.bot.test_ask import NATO
from tests.model_server import Asked, ModelServer, Says
from tests.shown import said
from tests.writers import KEY, environment, passages, settings, writes, written


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
    # The newest first, and passages of all times.
    assert days[0] == "2025-12-14"
    assert {"2024-12-03", "2024-12-04"} <= set(days)


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
