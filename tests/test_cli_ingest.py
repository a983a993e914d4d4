"""`briefing ingest` from the command line: what comes in, and what it says where nothing can."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli.main import run
from tests.ingestion import office
from tests.ingestion.samples import pdf


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("old.doc", b"x", "not a format that can be read (it reads text, Markdown, HTML, PDF"),
        ("locked.pdf", pdf([["Words"]], password=b"secret"), "password-protected (save it without its password)"),
        ("blank.pdf", pdf([[]]), "no text"),
        ("rubbish.docx", b"PK rubbish", "a broken archive"),
        ("pictures.zip", office.zipped({"a.png": b"x"}), "nothing in it can be read"),
    ],
)
def test_a_single_file_that_cannot_be_read_fails_with_advice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, data: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(data)
    status = run(["ingest", str(tmp_path / name), "--json", "--data-dir", str(tmp_path / "data")])
    output = capsys.readouterr()
    assert (status, output.out) == (1, "")
    assert said in output.err


def test_of_several_files_one_that_cannot_be_read_fails_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known, new, bad = (tmp_path / name for name in ("known.txt", "new.txt", "old.doc"))
    for file in (known, new, bad):
        file.write_text(f"The harbour bridge is closed, says {file.stem}.")
    at = ["--data-dir", str(tmp_path / "data")]
    assert run(["ingest", str(known), *at]) == 0
    assert run(["ingest", str(known), str(new), str(bad), *at]) == 0
    assert "old.doc" in capsys.readouterr().out


def test_a_folder_with_a_file_that_cannot_be_read_is_read_but_for_that(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "old.doc").write_bytes(b"x")
    assert run(["ingest", str(tmp_path / "share"), "--data-dir", str(tmp_path / "data")]) == 0
    assert "old.doc" in capsys.readouterr().out


def test_a_link_to_a_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.txt").write_text("The ferry is free.")
    (tmp_path / "share" / "linked").symlink_to(tmp_path / "elsewhere")
    assert run(["ingest", str(tmp_path / "share"), "--data-dir", str(tmp_path / "data")]) == 0
    assert "linked: a link to a folder" in capsys.readouterr().out


def test_a_folder_that_lost_its_articles_at_once_is_asked_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    share, data = tmp_path / "share", ["--json", "--data-dir", str(tmp_path / "data")]
    for folder, count in (("", 25), ("drive", 10), ("old", 10)):
        (share / folder).mkdir(exist_ok=True)
        for number in range(count):
            (share / folder / f"{number}.txt").write_text(f"The {folder} ferry {number} is free on Sundays.")
    assert run(["ingest", str(share), *data]) == 0
    for file in (*(share / "drive").iterdir(), *(share / "old").iterdir(), share / "3.txt"):
        file.unlink()
    (share / "old").rmdir()  # nobody unmounts a drive so
    (share / "new.txt").write_text("The bridge is closed on Mondays.")
    capsys.readouterr()
    assert run(["ingest", str(share), *data]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["added"], report["removed"], report["articles"]) == (1, 11, 35)
    assert report["skipped"] == [
        {
            "file": str(share / "drive"),
            "reason": "10 of its 10 articles are gone at once and are kept: is its drive connected? "
            "If they are gone for good, ingest again with --really-gone",
        }
    ]
    assert run(["ingest", str(share), "--really-gone", *data]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["removed"], report["articles"], report["skipped"]) == (10, 25, [])
    for file in share.glob("*.txt"):
        file.unlink()
    assert run(["ingest", str(share), *data]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["removed"], report["articles"]) == (0, 25)
    assert report["skipped"][0]["file"] == str(share)
