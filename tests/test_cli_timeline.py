"""`briefing timeline` as people and scripts use it, over the seeds, with the real embedder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli import run

SEEDS = Path(__file__).parents[1] / "seeds"
NEWEST = "001_82df3489a97b2c5e.txt"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> str:
    folder = tmp_path_factory.mktemp("seeded")
    (folder / "models").symlink_to(models_dir)
    assert run(["ingest", str(SEEDS), "--data-dir", str(folder)]) == 0
    return str(folder)


def test_a_timeline_has_verbatim_entries_by_day_and_tells_the_change(
    seeded: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["timeline", "Ukraine NATO membership", "--json", "--data-dir", seeded]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["topic"] == "Ukraine NATO membership"
    assert [each["date"] for each in made["entries"]] == sorted(each["date"] for each in made["entries"])
    for each in made["entries"]:
        text = (SEEDS / each["citation"]["file"]).read_bytes().decode()
        assert text[each["citation"]["start"] : each["citation"]["end"]] == each["citation"]["quote"]
    changed = [each for each in made["entries"] if each["change"] == "changed"]
    assert ("Zelenskyy", NEWEST) in {(each["actor"], each["citation"]["file"]) for each in changed}


def test_one_actor_in_some_days_can_be_asked_for(seeded: str, capsys: pytest.CaptureFixture[str]) -> None:
    narrowed = ["--actor", "Rutte", "--until", "2024-12-31"]
    assert run(["timeline", "Ukraine NATO membership", *narrowed, "--json", "--data-dir", seeded]) == 0
    entries = json.loads(capsys.readouterr().out)["entries"]
    assert entries and all("Rutte" in each["actor"] and each["date"] <= "2024-12-31" for each in entries)


def test_a_terminal_shows_day_actor_quote_and_source(seeded: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["timeline", "Ukraine NATO membership", "--data-dir", seeded]) == 0
    shown = capsys.readouterr().out
    assert "14 Dec 2025 (date estimated) · Zelenskyy · changed" in shown
    assert f"{NEWEST}:" in shown


def test_a_topic_that_no_article_tells_of_says_so(seeded: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["timeline", "Champions League final", "--data-dir", seeded]) == 0
    assert capsys.readouterr().out == "No dated article tells of this.\n"


def test_two_sources_that_call_a_man_otherwise_are_both_shown(seeded: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "Who is Mark Rutte?", "--json", "--data-dir", seeded]) == 0
    given = json.loads(capsys.readouterr().out)
    files = {each["number"]: each["file"] for each in given["citations"]}
    sides = {side["said"]: files[side["citations"][0]] for side in given["conflicts"][0]["sides"]}
    assert sides["Prime Minister of the Netherlands"] == "000_33fa4830dbf1c954.txt"
    assert sides["NATO Secretary-General"] in ("002_109866a445957986.txt", "004_92108ae0858e4d18.txt")
