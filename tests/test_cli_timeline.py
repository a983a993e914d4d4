"""`briefing timeline` as people and scripts use it, over the seeds, with the real embedder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli.main import run

SEEDS = Path(__file__).parents[1] / "seeds"
NEWEST = "001_82df3489a97b2c5e.txt"


def test_a_timeline_has_verbatim_entries_by_day_and_tells_the_change(
    seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["timeline", "Ukraine NATO membership", "--json", "--data-dir", seeds_dir]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["topic"] == "Ukraine NATO membership"
    assert [each["date"] for each in made["entries"]] == sorted(each["date"] for each in made["entries"])
    for each in made["entries"]:
        text = (SEEDS / each["citation"]["file"]).read_bytes().decode()
        assert text[each["citation"]["start"] : each["citation"]["end"]] == each["citation"]["quote"]
        assert each["text"] == each["citation"]["quote"]
    changed = [each for each in made["entries"] if each["change"] == "changed"]
    assert [(each["actor"], each["citation"]["file"]) for each in changed] == [("Volodymyr Zelenskyy", NEWEST)]
    before = [
        each["text"] for each in made["entries"] if each["actor"] == "Volodymyr Zelenskyy" and each not in changed
    ]
    assert before and all("NATO" in text for text in before)


def test_the_seeds_tell_of_one_actor_of_a_story_once_a_day_and_no_comment(
    seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["timeline", "Ukraine NATO membership", "--json", "--data-dir", seeds_dir]) == 0
    entries = json.loads(capsys.readouterr().out)["entries"]
    assert len([each for each in entries if each["actor"] == "Mark Rutte" and each["date"] == "2024-12-03"]) == 1
    said = " ".join(each["text"] for each in entries)
    assert "This duality" not in said and "They asserted" not in said


@pytest.mark.parametrize("name", ["Zelenskyy", "Zelensky", "Volodymyr Zelenskiy"])
def test_an_actor_is_found_however_the_name_is_spelt(
    seeds_dir: str, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert run(["timeline", "Ukraine NATO membership", "--actor", name, "--json", "--data-dir", seeds_dir]) == 0
    entries = json.loads(capsys.readouterr().out)["entries"]
    assert {each["actor"] for each in entries} == {"Volodymyr Zelenskyy"}
    assert {each["date"][:4] for each in entries} == {"2024", "2025"}


def test_an_actor_nobody_quotes_is_named_in_the_line_that_says_so(
    seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["timeline", "Ukraine NATO membership", "--actor", "Ada Lovelace", "--data-dir", seeds_dir]) == 0
    assert capsys.readouterr().out.startswith(
        "No dated article says anything about Ada Lovelace on Ukraine NATO membership.\n"
    )


def test_whoever_speaks_for_a_country_is_told_with_it(seeds_dir: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["timeline", "Ukraine NATO membership", "--actor", "Ukraine", "--json", "--data-dir", seeds_dir]) == 0
    made = json.loads(capsys.readouterr().out)
    newest = made["entries"][-1]
    assert (newest["actor"], newest["change"]) == ("Volodymyr Zelenskyy", "changed")
    assert newest["citation"]["file"] == NEWEST
    assert (made["actor"], made["found"]) == ("Ukraine", len(made["entries"]))
    assert not {each["actor"] for each in made["entries"]} & {"Mark Rutte", "Vladimir Putin", "Russia"}


@pytest.mark.parametrize("topic", ["", "?!…"])
def test_a_topic_without_words_fails_with_one_line(
    seeds_dir: str, capsys: pytest.CaptureFixture[str], topic: str
) -> None:
    assert run(["timeline", topic, "--data-dir", seeds_dir]) == 1
    shown = capsys.readouterr()
    assert not shown.out and len(shown.err.splitlines()) == 1


def test_a_topic_of_three_thousand_characters_has_its_timeline(
    seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["timeline", "Ukraine NATO membership " * 125, "--json", "--data-dir", seeds_dir]) == 0
    assert json.loads(capsys.readouterr().out)["entries"]


def test_one_actor_in_some_days_can_be_asked_for(seeds_dir: str, capsys: pytest.CaptureFixture[str]) -> None:
    narrowed = ["--actor", "Rutte", "--until", "2024-12-31"]
    assert run(["timeline", "Ukraine NATO membership", *narrowed, "--json", "--data-dir", seeds_dir]) == 0
    entries = json.loads(capsys.readouterr().out)["entries"]
    assert entries and all("Rutte" in each["actor"] and each["date"] <= "2024-12-31" for each in entries)


def test_a_terminal_shows_each_day_once_and_what_changed_stands_out(
    seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["timeline", "Ukraine NATO membership", "--data-dir", seeds_dir]) == 0
    lines = capsys.readouterr().out.splitlines()
    count = sum("[" in line for line in lines if line.startswith("    ["))
    assert " ".join(lines[:3]) == (
        f"Ukraine NATO membership: {count} statements, 3 Dec 2024 (date estimated) to 14 Dec 2025 (date estimated) "
        "Changed: Volodymyr Zelenskyy on 14 Dec 2025 (date estimated)"
    )
    assert [line for line in lines[3:] if line and line[0].isdigit()] == [
        "3 Dec 2024 (date estimated)",
        "4 Dec 2024",
        "14 Dec 2025 (date estimated)",
    ]
    assert [line for line in lines if line.startswith(">>")] == [">> Volodymyr Zelenskyy · CHANGED"]
    assert any(f"{NEWEST}:" in line for line in lines)
    assert lines[-1] == "Searched 5 articles, the newest of 14 Dec 2025."


def test_a_topic_that_no_article_tells_of_says_so(seeds_dir: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["timeline", "Champions League final", "--data-dir", seeds_dir]) == 0
    assert capsys.readouterr().out == (
        "No dated article says anything about Champions League final.\n\n"
        "Searched 5 articles, the newest of 14 Dec 2025.\n"
    )


def test_two_sources_that_call_a_man_otherwise_are_both_shown(
    seeds_dir: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ask", "Who is Mark Rutte?", "--json", "--data-dir", seeds_dir]) == 0
    given = json.loads(capsys.readouterr().out)
    files = {each["number"]: each["file"] for each in given["citations"]}
    sides = {side["said"]: files[side["citations"][0]] for side in given["conflicts"][0]["sides"]}
    assert sides["Mark Rutte, Prime Minister of the Netherlands"] == "000_33fa4830dbf1c954.txt"
    assert sides["NATO Secretary-General Mark Rutte"] in ("002_109866a445957986.txt", "004_92108ae0858e4d18.txt")
