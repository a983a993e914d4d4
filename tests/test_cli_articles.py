"""`briefing list`, `show` and `remove`: articles are found by any of their names."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import run
from tests.fakes import WordVectors, open_with
from tests.ingestion import office
from tests.ingestion.samples import ARTICLE, FIRST, SECOND

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """A folder of three articles, in the catalog of the data folder beside it."""
    folder = tmp_path / "share"
    (folder / "old").mkdir(parents=True)
    front = "---\ntitle: Council Closes Old Bridge\npublished: 2024-12-03\ntags: [Harbour, bridges]\n---\n"
    (folder / "001_82df.txt").write_text(f"{front}{FIRST}\n")
    (folder / "002_91aa.txt").write_text(f"Ferry to Velden is free\n\n{SECOND}\n")
    (folder / "old" / "all.zip").write_bytes(office.zipped({"report.docx": office.docx()}))
    with open_with(tmp_path / "data") as briefing:
        assert briefing.articles.ingest([folder]).added == 3
    return folder


@pytest.fixture
def call(share: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command over it; its status, standard output and standard error."""

    def called(*arguments: str) -> tuple[int, str, str]:
        status = run([*arguments, "--data-dir", str(share.parent / "data")])
        output = capsys.readouterr()
        return status, output.out, output.err

    return called


@pytest.mark.parametrize(
    "name",
    [
        "001_82df.txt",
        "001_82df.txt:9",
        "001_82df.txt:9-12",
        "001_",
        "{share}/001_82df.txt",
    ],
)
def test_an_article_is_shown_by_any_of_its_names(call: Run, share: Path, name: str) -> None:
    status, out, err = call("show", name.format(share=share))
    assert (status, FIRST in out) == (0, True)
    assert "Council Closes Old Bridge · 3 Dec 2024 (date from its front matter)" in err


def test_a_file_inside_another_is_shown_by_its_place(call: Run) -> None:
    for name in ("old/all.zip/report.docx", "report.docx", "report.docx, § 3 Outlook"):
        status, out, _ = call("show", name)
        assert (status, SECOND in out) == (0, True)
    document = json.loads(call("show", "report.docx", "--json")[1])
    assert document["published_basis"] == "text"
    assert [each["locator"] for each in document["locators"]][-1] == "§ 3 Outlook"


@pytest.mark.parametrize(("name", "meant"), [("001_82fd.txt", "001_82df.txt"), ("ferry to velden", "002_91aa.txt")])
def test_a_name_that_nearly_fits_is_answered_with_the_one_meant(call: Run, name: str, meant: str) -> None:
    status, _, err = call("show", name)
    assert status == 1
    assert f"did you mean {meant}" in err


def test_a_beginning_of_several_names_is_none(call: Run) -> None:
    status, _, err = call("show", "00")
    assert status == 1
    status, _, err = call("show", "001", "--json")
    assert status == 0, err


def test_the_list_says_how_days_are_known_and_where_articles_came_from(call: Run, share: Path) -> None:
    status, out, _ = call("list")
    assert status == 0
    assert "3 Dec 2024   en   001_82df.txt  Council Closes Old Bridge" in out
    assert f"[date from its front matter · 1 passage · {share}/001_82df.txt]" in out
    (found,) = json.loads(call("list", "--tag", "harbour", "--json")[1])["articles"]
    assert (found["file"], found["from"], found["tags"]) == (
        "001_82df.txt",
        f"{share}/001_82df.txt",
        ["Harbour", "bridges"],
    )


@pytest.mark.parametrize(("name", "removed"), [("old", 1), ("old/all.zip", 1), ("", 3), ("001_82df.txt", 1)])
def test_whatever_was_ingested_is_removed_by_its_path(call: Run, share: Path, name: str, removed: int) -> None:
    linked = share.parent / "linked"
    linked.symlink_to(share)
    status, out, _ = call("remove", str(linked / name), "--json")
    assert (status, json.loads(out)) == (0, {"removed": removed})


def test_a_title_or_day_added_later_embeds_nothing_anew(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "note.txt").write_text(ARTICLE)
    model = WordVectors()
    with open_with(tmp_path / "data", model) as briefing:
        briefing.articles.ingest([tmp_path / "share"])
        embedded = model.embedded
        (tmp_path / "share" / "sources.toml").write_text('["note.txt"]\ntitle = "Bridge"\npublished = "2024-12-03"\n')
        assert briefing.articles.ingest([tmp_path / "share"]).updated == 1
        article, _ = briefing.articles.show("note.txt")
        assert (article.metadata.title, article.metadata.published) == ("Bridge", "2024-12-03")
        assert model.embedded == embedded
        (tmp_path / "share" / "note.txt").write_text(f"{ARTICLE}\n\nThe mayor has resigned.\n")
        briefing.articles.ingest([tmp_path / "share"])
        assert model.embedded > embedded


def test_documents_are_json(call: Run) -> None:
    found: Any = json.loads(call("list", "--json")[1])
    assert {each["published_basis"] for each in found["articles"]} == {"front_matter", "text", "unknown"}
