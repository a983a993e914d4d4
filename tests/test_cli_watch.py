"""`briefing watch` as people and scripts use it, over the seeds, with the real embedder."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from bot.cli.main import run

SEEDS = Path(__file__).parents[1] / "seeds"
NEWEST = "001_82df3489a97b2c5e.txt"
TOPIC = "Ukraine NATO membership"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """The seeds of 2024."""
    shutil.copytree(SEEDS, tmp_path / "inbox")
    (tmp_path / "inbox" / NEWEST).unlink()
    return tmp_path / "inbox"


@pytest.fixture
def data(tmp_path: Path, inbox: Path, models_dir: Path) -> str:
    """A data folder with these articles in it."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models_dir)
    assert run(["ingest", str(inbox), "--data-dir", str(tmp_path / "data")]) == 0
    return str(tmp_path / "data")


def test_a_reversal_is_told_once_with_both_quotes(data: str, inbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["watch", "add", TOPIC, "--data-dir", data]) == 0
    assert f"Watching topic 1: {TOPIC} (anything)." in capsys.readouterr().out
    assert run(["watch", "run", "--exit-code", "--data-dir", data]) == 0
    shutil.copy(SEEDS / NEWEST, inbox)
    assert run(["ingest", str(inbox), "--data-dir", data]) == 0
    capsys.readouterr()
    assert run(["watch", "run", "--exit-code", "--data-dir", data]) == 3
    out = capsys.readouterr().out
    assert len(re.findall(r"^(?:before|now), .*\n  \S", out, re.MULTILINE)) == 2
    told = " ".join(out.split())
    assert told.startswith(f"{TOPIC}: a position changed before, 3 Dec 2024: “")
    assert "now, 14 Dec 2025: “Zelenskyy’s choice to give up on NATO membership" in told
    assert run(["watch", "run", "--exit-code", "--data-dir", data]) == 0
    assert capsys.readouterr().out == "No news on 1 watched topic.\n"


def test_a_paused_or_removed_topic_is_silent(data: str, inbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for topic in (TOPIC, "NATO and Ukraine"):
        assert run(["watch", "add", topic, "--only", "changes", "--json", "--data-dir", data]) == 0
    assert run(["watch", "pause", "1", "--data-dir", data]) == 0
    assert run(["watch", "remove", "2", "--data-dir", data]) == 0
    shutil.copy(SEEDS / NEWEST, inbox)
    assert run(["ingest", str(inbox), "--data-dir", data]) == 0
    capsys.readouterr()
    assert run(["watch", "run", "--json", "--data-dir", data]) == 0
    assert json.loads(capsys.readouterr().out) == {"watched": 0, "news": []}
    assert run(["watch", "resume", "1", "--data-dir", data]) == 0
    capsys.readouterr()
    assert run(["watch", "run", "--json", "--data-dir", data]) == 0
    (news,) = json.loads(capsys.readouterr().out)["news"]
    assert news["kind"] == "changed"
    quotes = {each["number"]: each for each in news["citations"]}
    assert quotes[news["statement"]["citations"][0]]["file"] == NEWEST
    assert quotes[news["was"]["citations"][0]]["published"].startswith("2024-12-03")


def test_the_list_and_wrong_numbers_are_one_line(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["watch", "list", "--data-dir", data]) == 0
    assert "No topic is watched" in capsys.readouterr().out
    assert run(["watch", "remove", "7", "--data-dir", data]) == 1
    assert "there is no watched topic 7" in capsys.readouterr().err
    assert run(["watch", "add", "?!", "--data-dir", data]) == 1
