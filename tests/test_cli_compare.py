"""`briefing compare` as people and scripts use it, over the seeds, with the real embedder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli.main import run
from bot.presentation import terminal
from bot.presentation.links import Bases
from retrieval.domain.answers import Column, Comparison
from retrieval.domain.citations import Citation

SEEDS = Path(__file__).parents[1] / "seeds"
NEWEST = "001_82df3489a97b2c5e.txt"
TOPIC = "NATO membership"
PERIODS = ["--period", "2024-12", "--period", "2025-12"]


def test_both_sides_are_quoted_and_the_change_stands_beside_what_it_changes(
    seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["compare", TOPIC, *PERIODS, "--json", "--data-dir", seeds_dir]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["topic"] == TOPIC
    assert [(each["label"], each["articles"]) for each in made["columns"]] == [("2024-12", 4), ("2025-12", 1)]
    for each in (statement for column in made["columns"] for statement in column["statements"]):
        text = (SEEDS / each["file"]).read_bytes().decode()
        assert text[each["start"] : each["end"]] == each["quote"]
    rows = zip(*(column["statements"][: made["alike"]] for column in made["columns"]), strict=True)
    assert any("aspirations" in before["quote"] and "relinquishing" in after["quote"] for before, after in rows)


def test_a_wide_terminal_has_two_columns_and_a_narrow_one_has_none(
    seeds_dir: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = {}
    for width in (80, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        assert run(["compare", TOPIC, *PERIODS, "--data-dir", seeds_dir]) == 0
        shown[width] = capsys.readouterr().out
        assert max(map(len, shown[width].splitlines())) <= width
        assert f"{NEWEST}:" in shown[width]
    assert any("4 articles" in line and "1 article" in line for line in shown[120].splitlines())
    assert "\n2025-12: 1 article\n" in shown[80]


def test_a_side_without_statements_says_whether_it_has_articles(monkeypatch: pytest.MonkeyPatch) -> None:
    for width in ("80", "120"):
        monkeypatch.setenv("COLUMNS", width)
        columns = Column("2024", 4, ()), Column("2019", 0, ())
        shown = terminal.comparison(Comparison("toll", columns), Bases())
        assert shown.index("2024: 4 articles") < shown.index("Nothing on this.") < shown.index("No articles.")
        assert "[1]" not in shown


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ([], "Name two outlets or two periods to compare"),
        (["--period", "2024", "--outlet", "AP"], "Name two outlets or two periods to compare"),
        ([*PERIODS, "--period", "2023"], "Name two outlets or two periods to compare"),
        (["--period", "2024", "--period", "2024-01..2024-12"], "Both sides are the same"),
        (["--period", "2024", "--period", "soon"], '"soon" is not a date'),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(
    tmp_path: Path, options: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["compare", TOPIC, *options, "--data-dir", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert line in said
    assert said.count("\n") == 1


def test_an_outlet_that_no_article_is_from_is_said_as_for_a_question(
    seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["compare", TOPIC, "--outlet", "AP", "--outlet", "BBC", "--data-dir", seeds_dir]) == 1
    assert 'No article is from "AP": none of the articles names its outlet.' in capsys.readouterr().err


@pytest.mark.parametrize("quote", ["The toll \u001b[31mrises\u202e to nine.", "关税将在三月上涨。" * 20])
def test_columns_hold_no_active_character_and_keep_apart(quote: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    said = Citation(1, "a.txt", quote, None, None, None, "unknown", False, quote, 0, len(quote), 1, 1, None, "k")
    columns = Column(quote, 1, (said,)), Column("b", 1, (said,))
    shown = terminal.comparison(Comparison("toll", columns, 1), Bases())
    assert "\u001b" not in shown and "\u202e" not in shown
    beside = any(line.count("undated") == 2 for line in shown.splitlines())
    assert beside == quote.startswith("The")
