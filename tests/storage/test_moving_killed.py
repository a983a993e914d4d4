"""Backups, restores and copies that are killed at any step, or made while others write: nothing is half there."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from retrieval import bootstrap
from retrieval.domain.articles import Filter
from retrieval.settings import Settings
from retrieval.storage import backup, copying
from retrieval.storage.catalog import open_catalog
from retrieval.storage.full_text import search_words
from tests import commands, servers
from tests.fakes import catalog_url
from tests.press import stored, town, write_articles
from tests.storage.test_moving import content, filled

pytestmark = pytest.mark.slow

_KILLS = 3


def settings(data: Path, url: str) -> Settings:
    return Settings(data_dir=data, database_url=SecretStr(url), embeddings="words")


def moving(pipe: Connection, work: str, data: Path, url: str, *about: Any) -> None:
    """Restore or migrate in small steps, and wait for a word at every one."""
    backup._PAGES = 3
    copying._ROWS = copying._LONG_ROWS = copying._PASSAGES = 5
    getattr(bootstrap, work)(settings(data, url), *about, commands._telling(pipe, True))
    pipe.send("done")


def steps(running: commands.Running) -> Iterator[str]:
    """What the process says, one step after the other; it goes on when the next is asked for."""
    while (said := str(running.hear())) != "done":
        yield said
        running.say("go on")


def kills(count: int) -> list[int]:
    """Some of the steps, the first and the last ones among them."""
    return sorted({0, count - 2, count - 1, *random.Random(1).sample(range(count), min(count, _KILLS))})


def killed_at(step: int, *work: Any) -> None:
    running = commands.start(moving, *work)
    for number, _ in enumerate(steps(running)):
        if number == step:
            running.kill()
            return
    running.wait()


def completed(*work: Any) -> int:
    running = commands.start(moving, *work)
    count = sum(1 for _ in steps(running))
    assert running.wait() == 0
    return count


def test_a_backup_that_is_made_while_articles_come_in_has_each_whole_or_not_at_all(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write_articles(tmp_path / "articles", range(150))
    running = commands.start(commands.ingest, data, tmp_path / "articles", True)
    seen = []
    for number in range(400):
        said = str(running.hear())
        if said == "closing":
            break
        if number % 3 == 1:
            file, other = tmp_path / f"{number}.backup", tmp_path / f"{number}"
            bootstrap.backup(settings(data, f"sqlite:///{data / 'catalog.sqlite3'}"), file)
            bootstrap.restore(settings(other, f"sqlite:///{other / 'catalog.sqlite3'}"), file, False)
            seen.append(len(stored(other).articles))
        running.say("go on")
    assert str(running.hear()) == "closed"
    assert running.wait() == 0
    assert len(stored(data).articles) == 150
    assert seen == sorted(seen)
    assert any(0 < count < 150 for count in seen), seen


@pytest.mark.parametrize("on_server", [False, True])
def test_a_killed_restore_leaves_the_old_catalog_or_has_put_the_new_one_in_place(
    tmp_path: Path, on_server: bool
) -> None:
    data, file = filled(tmp_path / "a", range(8)), tmp_path / "x.backup"
    bootstrap.backup(settings(data, catalog_url(data)), file)
    new = content(catalog_url(data))
    with _places(on_server) as place:
        old_data, url = filled(tmp_path / "b", range(20, 26)), place(tmp_path / "b" / "data")
        old = content(url)
        assert old != new
        count = completed("restore", tmp_path / "count", place(tmp_path / "count"), file, True)
        found = []
        for step in kills(count):
            killed_at(step, "restore", old_data, url, file, True)
            found.append(content(url))
            assert found[-1] in (old, new), step
            if found[-1] == new:
                break
        assert found[0] == old
        completed("restore", old_data, url, file, True)
        assert content(url) == new


@contextmanager
def _places(on_server: bool) -> Iterator[Callable[[Path], Any]]:
    """The address of a data folder's catalog: on the server, or in the folder."""
    if not on_server:
        yield lambda data: f"sqlite:///{data / 'catalog.sqlite3'}"
        return
    with servers.on_server():
        yield servers.catalog_on_server


@pytest.mark.parametrize("back", [False, True])
def test_a_killed_copy_goes_on_where_it_ended(tmp_path: Path, back: bool) -> None:
    data = filled(tmp_path)
    file = f"sqlite:///{data / 'catalog.sqlite3'}"
    wanted = content(file)
    with servers.on_server():
        server = str(servers.catalog_on_server(tmp_path / "server"))
        _kill_and_go_on(data, file, server)
        assert content(server) == wanted
        fresh = str(servers.catalog_on_server(tmp_path / "fresh"))
        assert "words_by_form" in indexes(fresh)
        assert indexes(server) == indexes(fresh)
        if back:
            copy = f"sqlite:///{tmp_path / 'back.sqlite3'}"
            _kill_and_go_on(data, server, copy)
            assert content(copy) == wanted
        assert named(server) == named(file)


def _kill_and_go_on(data: Path, source: str, target: str) -> None:
    for step in (0, 4, 9, 17):
        killed_at(step, "migrate", data, source, target)
        with pytest.raises(Exception, match="not whole yet"):
            open_catalog(target)
    # Nothing is copied twice: the rest takes fewer steps than all of it.
    assert completed("migrate", data, source, target) > 0


def indexes(url: str) -> list[str]:
    """The names of the indexes of a catalog on the server."""
    asked = text("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() ORDER BY indexname")
    with closing(open_catalog(url)) as catalog, catalog.reading() as connection:
        return list(connection.execute(asked).scalars())


def named(url: str) -> list[list[int]]:
    """The passages that the word index finds for the towns of the articles."""
    with closing(open_catalog(url)) as catalog, catalog.reading() as connection:
        return [
            sorted(id_ for id_, _ in search_words(connection, f"news of {town(number)}", 2, Filter()))
            for number in range(11)
        ]
