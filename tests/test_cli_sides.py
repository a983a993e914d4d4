"""An answer that compares sides, as a terminal, a script and Discord show it."""

from __future__ import annotations

import json

import pytest

from bot.cli.main import run
from bot.presentation import json_output, terminal
from bot.presentation.discord import rendering
from bot.presentation.links import Bases
from retrieval.domain.answers import Answer, Statement
from tests.made_answers import Quoted, answered
from tests.shown import plain

DIFFER = "How do the US and German positions on Ukraine's NATO invitation differ?"


def written(*statements: Statement) -> Answer:
    """An answer that a model wrote of two sources."""
    plain = answered(Quoted("{Berlin hesitates.}"), Quoted("{Paris is open to it.}"))
    return Answer(
        question=DIFFER,
        standing="answered",
        score=0.9,
        searched=plain.searched,
        statements=statements,
        citations=plain.citations,
        mode="generated",
        model="a-model",
    )


COMPARED = written(
    Statement("They differ on sending troops.", (1, 2)),
    Statement("Germany is hesitant.", (1,), side="Germany"),
    Statement("France is more open.", (2,), side="France"),
    Statement("Germany asks for a mandate.", (1,), side="Germany"),
)


def test_a_wide_terminal_has_a_column_a_side_and_a_narrow_one_has_one_below_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    wide = [" ".join(line.split()) for line in terminal.answer(COMPARED, Bases()).splitlines()]
    assert wide[0] == "They differ on sending troops. [1] [2]"
    assert "Germany France" in wide
    assert "Germany is hesitant. [1] France is more open. [2]" in wide
    assert "Germany asks for a mandate. [1]" in wide
    monkeypatch.setenv("COLUMNS", "60")
    narrow = terminal.answer(COMPARED, Bases())
    assert (
        narrow.index("Germany\n") < narrow.index("Germany asks") < narrow.index("France\n") < narrow.index("open. [2]")
    )


def test_what_is_unsure_of_a_side_has_its_quote_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    unsure = written(
        Statement("Germany may agree.", (1,), unsure=True, side="Germany"),
        Statement("France is more open.", (2,), side="France"),
    )
    shown = " ".join(terminal.answer(unsure, Bases()).split())
    assert "Not certain: Germany may agree. [1] “Berlin hesitates.” [1] France" in shown


def test_a_script_finds_the_statements_by_their_side() -> None:
    made = json.loads(json.dumps(json_output.answer(COMPARED, Bases())))
    assert [each["side"] for each in made["sides"]] == ["Germany", "France"]
    assert [[each["text"] for each in side["statements"]] for side in made["sides"]] == [
        ["Germany is hesitant.", "Germany asks for a mandate."],
        ["France is more open."],
    ]
    assert len(made["statements"]) == 4


def test_discord_has_no_tables_but_points_with_the_side_in_front() -> None:
    (message,) = plain(rendering.answer, COMPARED, lambda cited: cited.file)
    assert "- **Germany:** Germany is hesitant. [1]" in message
    assert "- **France:** France is more open. [2]" in message


def test_one_side_alone_is_no_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    alone = written(Statement("Berlin waits.", (1,), side="Germany"), Statement("It may take months.", (1,)))
    assert "Berlin waits. [1]\n- It may take months. [1]" in terminal.answer(alone, Bases())
    assert json_output.answer(alone, Bases())["sides"] == []


def test_extracts_are_set_side_by_side_over_their_articles(
    seeds_dir: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert run(["ask", DIFFER, "--json", "--data-dir", seeds_dir]) == 0
    sides = {each["side"]: each["statements"] for each in json.loads(capsys.readouterr().out)["sides"]}
    assert sides["German"] and all("Germany" in each["text"] for each in sides["German"])
    assert sides["US"] and all("United States" in each["text"] for each in sides["US"])
    assert run(["ask", DIFFER, "--data-dir", seeds_dir]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].split() == ["German", "US"]
    assert any(line.startswith("› ") for line in shown)


def test_other_questions_have_no_sides(seeds_dir: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "Does Ukraine still want to join NATO?", "--json", "--data-dir", seeds_dir]) == 0
    assert json.loads(capsys.readouterr().out)["sides"] == []
