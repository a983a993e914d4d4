"""`briefing stats`: what the language model cost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import run
from retrieval.domain.llm import Call
from retrieval.storage.usage import Usage
from tests.fakes import opened


@pytest.fixture
def record(tmp_path: Path) -> Callable[..., None]:
    """Notes a call of a model in the data folder: one of no tokens that has failed, but for what a test says."""

    def note(**what: Any) -> None:
        known = {"purpose": "answer", "model": "openai:x", "person": "ann", "tokens_in": 0, "tokens_out": 0}
        call = Call(**{**known, "estimated": False, "cost": 0.0, "seconds": 0.0, "outcome": "failed", **what})
        with opened(tmp_path) as catalog:
            Usage(catalog).record(call)

    return note


def test_nothing_asked_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stats", "--data-dir", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "No language model has been asked yet.\n"
    assert run(["stats", "--json", "--data-dir", str(tmp_path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["days"] == []
    assert told["total"] == {"calls": 0, "tokens_in": 0, "tokens_out": 0, "cached": 0, "failed": 0, "cost": None}


def test_a_day_is_a_line_with_all_that_is_known(
    tmp_path: Path, record: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    record(
        tokens_in=12_000,
        tokens_out=800,
        estimated=True,
        cost=0.0321,
        seconds=1.25,
        outcome="done",
        prompt="answer@1a2b3c4d",
    )
    record(seconds=3.0)
    record(outcome="cached")
    assert run(["stats", "--data-dir", str(tmp_path)]) == 0
    day, line = capsys.readouterr().out.strip().split("  ", 1)
    assert len(day) == 10
    expected = "2 calls (1 failed, 1 cached), about 12,000 + 800 tokens, cost 0.0321, p50 1,250 ms, p95 1,250 ms"
    assert line == f"openai:x  {expected}, answer@1a2b3c4d"


def test_without_prices_no_cost_is_told(
    tmp_path: Path, record: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    record(
        purpose="digest", model="ollama:\x1b[31mx", person="", tokens_in=100, tokens_out=10, seconds=0.5, outcome="done"
    )
    assert run(["stats", "--data-dir", str(tmp_path)]) == 0
    line = capsys.readouterr().out
    assert "cost" not in line
    assert "\x1b" not in line
    assert run(["stats", "--json", "--data-dir", str(tmp_path)]) == 0
    told = json.loads(capsys.readouterr().out)
    (day,) = told["days"]
    assert (day["calls"], day["tokens_in"], day["p50_ms"], day["cost"]) == (1, 100, 500, None)
    assert told["total"]["tokens_out"] == 10
