"""Backups, restores and copies of a catalog: the same comes out on both databases, or one line and nothing touched."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import alembic.command
import pytest
from alembic.config import Config

from bot.cli.main import run
from bot.web.published import PublishedPages
from retrieval.domain.articles import Filter
from retrieval.observing import SILENT
from retrieval.storage import migrations
from retrieval.storage.backup import make_backup
from retrieval.storage.catalog import open_catalog
from retrieval.storage.copying import sums
from retrieval.storage.sqlite import open_sqlite
from tests import servers
from tests.fakes import catalog_url, open_with
from tests.press import town, write_articles

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("both_databases")]
BUSY = 75


def filled(folder: Path, numbers: range = range(12)) -> Path:
    """A data folder with articles, a question and a page."""
    data = folder / "data"
    write_articles(folder / "articles", numbers)
    with open_with(data) as briefing:
        briefing.articles.ingest([folder / "articles"])
        briefing.articles.remove(f"{numbers[-1]:04}.txt")  # whose numbers are never given again
        told = briefing.asking.ask(f"What about {town(1)}?", Filter())
        briefing.conversations.keep(told, "What\x00 about?", Filter(), "1", "7", "", "ann")
    PublishedPages(data / "pages").keep("7", "note", "Note", "<p>note</p>")
    return data


def content(url: str, filling: bool = False) -> dict[str, Any]:
    with closing(open_catalog(url, filling=filling)) as catalog, catalog.reading() as connection:
        return dict(sums(connection, SILENT))


def finds(data: Path, number: int) -> list[tuple[str, float]]:
    with open_with(data) as briefing:
        hits = briefing.asking.search(f"news of {town(number)}", 3, Filter())
        return [(hit.passage.article.file, round(hit.score, 3)) for hit in hits]


def command(capsys: pytest.CaptureFixture[str], data: Path, *arguments: str) -> tuple[int, str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRIEFING_DATABASE_URL", catalog_url(data))
        status = run([*arguments, "--data-dir", str(data)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_a_backup_is_restored_into_an_empty_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, file, other = filled(tmp_path), tmp_path / "x.backup", tmp_path / "other"
    before = content(catalog_url(data))
    made = json.loads(command(capsys, data, "backup", str(file), "--json")[1])
    assert made["tables"]["articles"]["rows"] == 11
    assert file.stat().st_mode & 0o077 == 0
    assert [each.name for each in tmp_path.glob("x.backup*")] == ["x.backup"]
    status, out, err = command(capsys, other, "restore", str(file))
    assert (status, err) == (0, "")
    assert "11 articles" in out
    assert content(catalog_url(other)) == before
    assert finds(other, 3) == finds(data, 3)
    assert [page.title for page in PublishedPages(other / "pages").listed("7")] == ["Note"]
    # Numbers go on where they had come to.
    write_articles(tmp_path / "more", range(90, 91))
    ids = []
    for folder in (data, other):
        with open_with(folder) as briefing:
            briefing.articles.ingest([tmp_path / "more"])
            with briefing.catalog.reading() as connection:
                ids.append(connection.exec_driver_sql("SELECT max(id) FROM passages").scalar())
    assert ids[0] == ids[1] == 26


def test_what_is_there_is_replaced_only_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, file = filled(tmp_path), tmp_path / "x.backup"
    command(capsys, data, "backup", str(file))
    before = content(catalog_url(data))
    with open_with(data) as briefing:
        briefing.articles.remove("0001.txt")
    changed = content(catalog_url(data))
    status, _, err = command(capsys, data, "restore", str(file))
    assert status == 1 and "--replace" in err
    assert content(catalog_url(data)) == changed != before
    assert command(capsys, data, "restore", str(file), "--replace")[0] == 0
    assert content(catalog_url(data)) == before
    assert finds(data, 1)[0][0] == "0001.txt"
    with open_with(data) as briefing:
        briefing.corpus.vectors()
        assert command(capsys, data, "restore", str(file), "--replace")[0] == BUSY


def test_a_file_that_is_no_whole_backup_gets_one_line_and_touches_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, file = filled(tmp_path, range(3)), tmp_path / "x.backup"
    command(capsys, data, "backup", str(file))
    whole, before = file.read_bytes(), content(catalog_url(data))
    foreign = tmp_path / "foreign"
    with closing(sqlite3.connect(foreign)) as made:
        made.execute("CREATE TABLE anything (x)")
    bad = {"cut short": whole[:-5000], "no backup": b"hello", "no backup ": b"", "no backup of": foreign.read_bytes()}
    for line, written in bad.items():
        file.write_bytes(written)
        status, out, err = command(capsys, data, "restore", str(file), "--replace")
        assert (status, out, err.count("\n")) == (1, "", 1), err
        assert line.strip() in err
    # Somebody has changed a text in it.
    file.write_bytes(whole.replace(town(1).encode(), town(2).encode()))
    assert "does not hold what it says" in command(capsys, data, "restore", str(file), "--replace")[2]
    file.write_bytes(whole)
    with closing(sqlite3.connect(file)) as made:
        made.execute("UPDATE backup_manifest SET document = replace(document, ?, '9999')", [migrations.HEAD])
        made.commit()
    assert "newer version" in command(capsys, data, "restore", str(file), "--replace")[2]
    assert command(capsys, data, "restore", str(tmp_path / "none"))[0] == 1
    assert command(capsys, data, "backup", str(tmp_path / "none" / "x"))[0] == 1
    assert content(catalog_url(data)) == before
    assert not (data / "restoring.sqlite3").exists()


def test_a_damaged_catalog_gives_way_to_its_backup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, file = filled(tmp_path, range(3)), tmp_path / "x.backup"
    if servers.catalog_on_server(data):
        return  # a server looks after its own files
    command(capsys, data, "backup", str(file))
    before = content(catalog_url(data))
    (data / "catalog.sqlite3").write_bytes(b"SQLite format 3\x00" + b"\x01" * 50_000)
    assert command(capsys, data, "restore", str(file))[0] == 1
    assert command(capsys, data, "restore", str(file), "--replace")[0] == 0
    assert content(catalog_url(data)) == before
    assert (data / "catalog.sqlite3.damaged").exists()


def test_a_catalog_moves_to_another_database_and_is_the_same_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, other = filled(tmp_path), tmp_path / "other"
    before = content(catalog_url(data))
    targets = [f"sqlite:///{tmp_path / 'copy.sqlite3'}"]
    if servers.catalog_on_server(data):
        targets.append(catalog_url(other))
    for target in targets:
        status, out, _ = command(capsys, data, "migrate", "--to", target)
        assert status == 0 and "BRIEFING_DATABASE_URL" in out
        assert content(target) == before
        # It is no empty database now, and running it again harms nothing.
        assert command(capsys, data, "migrate", "--to", target)[0] == 1
        assert content(target) == before
        with closing(open_catalog(target)) as catalog:
            assert catalog.fact("model") == "words"
    assert command(capsys, data, "migrate", "--to", "mysql://x")[0] == 2


def test_a_copy_of_an_older_state_is_made_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, target = filled(tmp_path), tmp_path / "copy.sqlite3"
    url = f"sqlite:///{target}"
    assert command(capsys, data, "migrate", "--to", url)[0] == 0
    with closing(open_catalog(url)) as half, closing(open_catalog(catalog_url(data))) as source:
        half.remember("filling", source.fact("catalog") or "")
    # Half a copy is not taken for a catalog.
    with pytest.raises(Exception, match="not whole yet"):
        open_catalog(url)
    with open_with(data) as briefing:
        briefing.articles.remove("0001.txt")
    assert command(capsys, data, "migrate", "--to", url)[0] == 0
    assert content(url) == content(catalog_url(data))


def test_a_backup_of_an_older_version_is_brought_up_to_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config, file, url = Config(), tmp_path / "x.backup", catalog_url(tmp_path / "data")
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with closing(open_sqlite(file)) as database, database.writing() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0016")
        connection.exec_driver_sql(
            "INSERT INTO notes (channel, topic, day, article) VALUES ('9', 'ferries', '2026-11-01', 1)"
        )
        connection.exec_driver_sql("CREATE TABLE backup_files (path TEXT PRIMARY KEY, content BLOB NOT NULL)")
        connection.exec_driver_sql("CREATE TABLE backup_manifest (document TEXT NOT NULL)")
        tables = {
            "notes": {"rows": 1, "digest": ""},
            "articles": {"rows": 0, "digest": ""},
            "passages": {"rows": 0, "digest": ""},
        }
        document = {"version": "0.1", "schema": "0016", "made": "2026-11-01T08:00:00+00:00", "tables": tables}
        connection.exec_driver_sql("INSERT INTO backup_manifest VALUES (?)", (json.dumps(document),))
    with closing(sqlite3.connect(file)) as made:
        made.execute("PRAGMA journal_mode=DELETE")
    status, _, err = command(capsys, tmp_path / "data", "restore", str(file))
    assert (status, err) == (0, "")
    assert content(url)["notes"].rows == 1


def test_an_empty_catalog_is_backed_up_too(tmp_path: Path) -> None:
    with closing(open_catalog(catalog_url(tmp_path / "data"))) as catalog:
        made = make_backup(catalog, tmp_path / "data" / "pages", tmp_path / "x", SILENT)
    assert sum(each.rows for each in made.tables.values()) == 0
    shutil.rmtree(tmp_path / "data", ignore_errors=True)
