"""The made-up affairs hold what is asked of them, and their commands run."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from retrieval.embedding.local_model import package_folder
from tests.benchmarks import domains
from tests.benchmarks.counts import Count, table

pytestmark = pytest.mark.slow

ROWS = [json.loads(line) for line in (domains.OURS / "questions.jsonl").read_text("utf-8").splitlines()]
AFFAIRS = sorted({row["corpus"] for row in ROWS})
KINDS = {"changed", "now-fact", "who", "fact", "absent", "furniture", "timeline", "compare", "digest", "shift"}


def texts(affair: str) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in (domains.OURS / affair).iterdir()}


def files(expected: dict[str, Any]) -> set[str]:
    named = [expected.get(name, []) for name in ("lead", "beside", "gold", "changed_file")]
    return {file for own in [*named, *expected.get("columns", [])] for file in own}


@pytest.mark.parametrize("affair", AFFAIRS)
def test_an_affair_has_every_kind_of_question_and_the_articles_they_name(affair: str) -> None:
    rows, articles = [row for row in ROWS if row["corpus"] == affair], texts(affair)
    assert {row["kind"] for row in rows} == KINDS
    assert len({row["id"] for row in rows}) == len(rows)
    assert 5 <= len(articles) <= 7
    assert rows and all(files(row["expect"]) <= set(articles) for row in rows)


@pytest.mark.parametrize("affair", AFFAIRS)
def test_what_is_expected_stands_in_the_articles(affair: str) -> None:
    articles = texts(affair)
    rows = [row for row in ROWS if row["corpus"] == affair]
    assert rows
    for row in rows:
        expected = row["expect"]
        if pattern := expected.get("says"):
            assert expected["lead"] and all(
                re.search(pattern, articles[file], re.IGNORECASE) for file in expected["lead"]
            )
            assert expected["beside"] and not any(
                re.search(pattern, articles[file], re.IGNORECASE) for file in expected["beside"]
            )
        for file in [*expected.get("gold", ()), *(expected.get("lead", ()) if "answers" in expected else ())]:
            assert any(answer.casefold() in articles[file].casefold() for answer in expected["answers"])
        for side in expected.get("conflict", ()):
            assert any(side in text for text in articles.values())


@pytest.mark.skipif(package_folder() is None, reason="needs the weights of the default embedder")
def test_the_commands_of_an_affair_run_and_misses_are_told(tmp_path: Path, models_dir: Path) -> None:
    (tmp_path / "models").symlink_to(models_dir)
    missed: list[str] = []
    results = domains.run(domains.OURS, tmp_path, missed.append, only=["mackerel"])
    figures = domains.figures(results)
    assert figures["all"].of == 21
    assert figures["all"].of - figures["all"].right == len(missed)
    assert figures["fact"].right >= 4


def test_a_table_adds_up_its_rows_and_columns() -> None:
    lines = table({("who", "bank"): [True, False], ("fact", "bank"): [True], ("fact", "fish"): [True]}).splitlines()
    assert [line.split() for line in lines] == [
        ["bank", "fish", "all"],
        ["who", "1/2", "-", "1/2"],
        ["fact", "1/1", "1/1", "2/2"],
        ["all", "2/3", "1/1", "3/4"],
    ]
    assert str(Count(0, 0)) == "-"
