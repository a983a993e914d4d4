"""`briefing verify` as people and scripts use it, over the seeds, with the real embedder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli.main import run

SEEDS = Path(__file__).parents[1] / "seeds"
RUTTE = "002_109866a445957986.txt"


def test_a_verdict_comes_with_evidence_that_stands_in_the_file(
    seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["verify", "NATO has 32 member nations.", "--json", "--data-dir", seeds_dir]) == 0
    given = json.loads(capsys.readouterr().out)
    assert given["claim"] == "NATO has 32 member nations."
    assert given["verdict"] in ("supported", "partly")
    assert 0 <= given["score"] <= 1
    for each in given["evidence"]:
        text = (SEEDS / each["file"]).read_bytes().decode()
        assert text[each["start"] : each["end"]] == each["quote"]
    assert any("32 NATO member nations" in each["quote"] for each in given["evidence"])


def test_only_the_named_article_is_asked(seeds_dir: str, capsys: pytest.CaptureFixture[str]) -> None:
    claim = "Zelenskyy is relinquishing Ukraine's ambition to join NATO."
    verdicts = {}
    for file in (RUTTE, "001_82df3489a97b2c5e.txt"):
        assert run(["verify", claim, "--file", file, "--json", "--data-dir", seeds_dir]) == 0
        given = json.loads(capsys.readouterr().out)
        verdicts[file] = given["verdict"]
        assert {each["file"] for each in given["evidence"]} <= {file}
    assert verdicts[RUTTE] != "supported"
    assert verdicts["001_82df3489a97b2c5e.txt"] == "supported"


def test_a_terminal_shows_the_verdict_and_the_quote(seeds_dir: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "The front lines are not gradually moving westward.", "--data-dir", seeds_dir]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("The articles contradict this.")
    assert "gradually moving westward" in " ".join(shown.split())
    assert f"{RUTTE}:" in shown


def test_a_claim_that_no_article_tells_has_no_evidence(seeds_dir: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "Manchester City won the Champions League final.", "--data-dir", seeds_dir]) == 0
    assert capsys.readouterr().out.startswith("The articles do not say this.")


def test_a_file_that_is_not_there_is_one_line(seeds_dir: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "NATO has 32 members.", "--file", "nobody.txt", "--data-dir", seeds_dir]) == 1
    assert capsys.readouterr().err.strip() == "briefing: no article goes by the name nobody.txt"


def test_control_characters_of_a_claim_reach_no_terminal(seeds_dir: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "NATO has \x1b[31m32 member nations.", "--json", "--data-dir", seeds_dir]) == 0
    assert "\x1b" not in capsys.readouterr().out
