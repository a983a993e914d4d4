"""The catalog: what is written whole or not at all, and what is said when nothing can be written."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, event, text

from retrieval.domain.articles import SHARED, Block, Document, Filter, Metadata
from retrieval.errors import ModelMismatchError, StoreError
from retrieval.storage import migrations
from retrieval.storage.article_rows import NewArticle
from retrieval.storage.articles import find_by_name, languages_of
from retrieval.storage.catalog import NEVER, Catalog, open_catalog
from retrieval.storage.full_text import search_words
from retrieval.storage.schema import tables
from retrieval.storage.servers import server_settings
from retrieval.storage.vectors.stored import pending_changes
from tests import commands, once
from tests.fakes import catalog_url, opened
from tests.press import stored


@pytest.fixture(autouse=True)
def real_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    """The migrations themselves, in place of the tables that all other tests get at once."""
    monkeypatch.setattr(migrations, "migrate", once.migrate)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """A catalog with nothing in it."""
    with opened(tmp_path) as catalog:
        yield catalog


def article(name: str, body: str = "The bridge is closed. A ferry runs.", **other: Any) -> NewArticle:
    """An article with a passage a sentence, ready to be stored."""
    spans = [sentence.span() for sentence in re.finditer(r"[^ .][^.]*\.", body)]
    vectors = np.eye(len(spans), 8, dtype=np.float32)
    document = Document(body, tuple(Block(*span) for span in spans), Metadata(title=name), "txt")
    return NewArticle(
        path=f"/press/{name}",
        file=name,
        fingerprint=f"{name} {body}",
        document=document,
        spans=spans,
        vectors=vectors,
        centroid=vectors.mean(axis=0),
        **other,
    )


def count(catalog: Catalog, table: str) -> int:
    with catalog.reading() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def pending(catalog: Catalog) -> list[int]:
    with catalog.reading() as connection:
        return pending_changes(connection)[1]


def stories(catalog: Catalog) -> dict[str, int]:
    with catalog.reading() as connection:
        return {row.file: row.story for row in connection.execute(text("SELECT file, story FROM articles"))}


def test_the_migrations_make_the_tables_of_the_schema(catalog: Catalog) -> None:
    def ours(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
        return kind != "table" or not str(name).startswith("word")  # the word index is no table of SQLAlchemy's

    with catalog.reading() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        assert server_settings.metadata is tables
        assert compare_metadata(context, tables) == []
        assert context.get_current_revision() == migrations.HEAD


def test_tests_get_the_tables_that_the_migrations_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path / "migrated") as catalog:
        migrated = _made(catalog)
    monkeypatch.setattr(migrations, "migrate", once.make_tables)
    with opened(tmp_path / "at once") as catalog:
        assert _made(catalog) == migrated
        assert "words_data" in dict(migrated)


def _made(catalog: Catalog) -> list[tuple[str, str]]:
    with catalog.reading() as connection:
        made = connection.execute(text("SELECT name, sql FROM sqlite_master ORDER BY name"))
        return [(row.name, row.sql) for row in made]


@pytest.mark.slow
@pytest.mark.parametrize("statement", [2, 7, 13, 19])
def test_a_first_migration_killed_at_any_statement_starts_again(statement: int, tmp_path: Path) -> None:
    assert commands.start(_open_and_die, tmp_path, statement).wait() == -signal.SIGKILL
    with opened(tmp_path) as catalog:
        catalog.store(article("bridge.txt"))
    assert len(stored(tmp_path).passages) == 2


def _open_and_die(_pipe: Connection, data_dir: Path, statement: int) -> None:
    _die_at(statement)
    open_catalog(catalog_url(data_dir))


def test_several_processes_may_open_a_new_catalog_at_once(tmp_path: Path) -> None:
    running = [commands.start(_open_and_store, tmp_path, f"{number}.txt") for number in range(4)]
    for each in running:
        each.hear()
    for each in running:
        each.say("go")
    assert [each.wait() for each in running] == [0] * 4
    assert len(stored(tmp_path).articles) == 4


def _open_and_store(pipe: Connection, data_dir: Path, name: str) -> None:
    pipe.send("ready")
    pipe.recv()
    with opened(data_dir) as catalog:
        catalog.store(article(name))


def test_a_catalog_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with opened(tmp_path) as catalog, catalog.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"made by a newer version \(9999\): install that one, or"):
        open_catalog(catalog_url(tmp_path))


@pytest.mark.parametrize("statement", [1, 3, 6, 8, 10])
def test_an_article_killed_while_it_is_replaced_is_the_old_or_the_new_one(statement: int, tmp_path: Path) -> None:
    with opened(tmp_path) as catalog:
        catalog.store(article("bridge.txt", "Old one. Old two. Old three."))
        catalog.store(article("other.txt"))
    before = stored(tmp_path)
    assert commands.start(_replace_and_die, tmp_path, statement).wait() == -signal.SIGKILL
    assert stored(tmp_path) == before
    with opened(tmp_path) as catalog:
        catalog.store(article("bridge.txt", "New one. New two.", replaces=1))
    assert {passage[3] for passage in stored(tmp_path).passages if passage[0] == "bridge.txt"} == {
        "New one.",
        "New two.",
    }


def _replace_and_die(_pipe: Connection, data_dir: Path, statement: int) -> None:
    catalog = open_catalog(catalog_url(data_dir))
    _die_at(statement)
    catalog.store(article("bridge.txt", "New one. New two.", replaces=1))


def _die_at(statement: int) -> None:
    """Kill this process when it is about to run its n-th SQL statement from here on."""
    seen = 0

    def die(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", die)


def test_what_replaces_an_article_leaves_nothing_of_it(catalog: Catalog) -> None:
    first = catalog.store(article("bridge.txt", "An old sentence. A rusty one."))
    catalog.followed(1_000)
    second = catalog.store(article("bridge.txt", "A new sentence.", replaces=first))
    assert second != first
    assert [count(catalog, table) for table in ("articles", "passages", "vectors", "words")] == [1] * 4
    with catalog.reading() as connection:
        assert search_words(connection, "rusty", 5, Filter()) == []
        assert [id_ for id_, _ in search_words(connection, "new", 5, Filter())] == [3]
    # The vector index hears of those that went and of the one that came; no id comes twice.
    assert pending(catalog) == [1, 2, 3]


def test_what_is_removed_leaves_nothing_behind(catalog: Catalog) -> None:
    ids = [catalog.store(article(f"{number}.txt")) for number in range(3)]
    catalog.followed(1_000)
    catalog.remove(ids[:2])
    assert [count(catalog, table) for table in ("articles", "passages", "vectors", "words")] == [1, 2, 2, 2]
    assert pending(catalog) == [1, 2, 3, 4]
    assert set(catalog.known()) == {"/press/2.txt"}


def test_an_article_with_more_passages_than_sqlite_takes_values_can_be_replaced_and_removed(tmp_path: Path) -> None:
    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 50)  # as it comes, 32,766

    with _connecting(limit), opened(tmp_path) as catalog:
        first = catalog.store(article("long.txt", "A sentence. " * 200))
        second = catalog.store(article("long.txt", "Another one. " * 200, replaces=first))
        assert count(catalog, "words") == 200
        catalog.remove([second])
        assert count(catalog, "words") == 0


def test_every_change_of_an_article_or_of_the_index_gives_the_catalog_another_state(catalog: Catalog) -> None:
    stored_as = 0

    def store() -> None:
        nonlocal stored_as
        stored_as = catalog.store(article("a"))

    states = [catalog.state()]
    for change in (
        store,
        lambda: catalog.note_languages({stored_as: "nl"}),
        lambda: catalog.move(stored_as, "/press/b", "b"),
        lambda: catalog.rescope(stored_as, "1"),
        lambda: catalog.remove([stored_as]),
        lambda: catalog.followed(max(pending(catalog))),
    ):
        change()
        states.append(catalog.state())
        catalog.remember("unrelated", states[-1])
        assert catalog.state() == states[-1]
    assert len(set(states)) == len(states)


def test_a_story_is_handed_on_when_its_first_article_goes(catalog: Catalog) -> None:
    first = catalog.store(article("first.txt"))
    second = catalog.store(article("second.txt", story=first))
    catalog.store(article("third.txt", story=first))
    catalog.store(article("another.txt"))
    catalog.remove([first])
    assert stories(catalog) == {"second.txt": second, "third.txt": second, "another.txt": 4}


def test_the_first_article_of_a_story_stays_in_it_when_it_changes(catalog: Catalog) -> None:
    first = catalog.store(article("first.txt"))
    second = catalog.store(article("second.txt", story=first))
    catalog.store(article("first.txt", "It is closed no more.", story=first, replaces=first))
    assert stories(catalog) == {"second.txt": second, "first.txt": second}


def test_an_article_alone_in_its_story_tells_its_own_when_it_changes(catalog: Catalog) -> None:
    first = catalog.store(article("first.txt"))
    changed = catalog.store(article("first.txt", "It is closed no more.", story=first, replaces=first))
    assert stories(catalog) == {"first.txt": changed}


def test_vectors_of_two_models_are_not_mixed(catalog: Catalog) -> None:
    catalog.bind_model("one")
    stored_id = catalog.store(article("bridge.txt"))
    with pytest.raises(ModelMismatchError) as caught:
        catalog.bind_model("two")
    assert str(caught.value) == (
        "these articles were embedded with one, the settings name two: "
        "run `briefing reindex` to embed them anew, or set BRIEFING_EMBEDDINGS to one"
    )
    catalog.bind_model("one")
    catalog.remove([stored_id])
    catalog.bind_model("two")
    assert catalog.fact("model") == "two"


def test_a_full_disk_is_said_in_one_line_and_loses_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as catalog:
        catalog.store(article("bridge.txt"))
    before = stored(tmp_path)

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count=45")  # beyond it SQLite answers as on a full disk

    with _connecting(limit), opened(tmp_path) as catalog, pytest.raises(StoreError) as caught:
        catalog.store(article("long.txt", "A sentence. " * 9_000))
    assert str(caught.value) == (
        f"no space left for {tmp_path / 'catalog.sqlite3'}: free some and run the command again, nothing is lost"
    )
    assert stored(tmp_path) == before
    with opened(tmp_path) as catalog:
        catalog.store(article("long.txt", "A sentence. " * 9_000))
    assert len(stored(tmp_path).articles) == 2


@contextmanager
def _connecting(limit: Callable[[sqlite3.Connection, object], None]) -> Iterator[None]:
    """A catalog opened inside works within this limit."""
    event.listen(Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", limit)


@pytest.mark.parametrize("content", [b"garbage" * 1_000, b"SQLite format 3\x00" + b"\xff" * 8_000])
def test_a_damaged_catalog_is_named_with_what_can_be_done(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite3").write_bytes(content)
    with pytest.raises(StoreError, match=r"catalog\.sqlite3 is damaged .*: restore it, or remove its folder and"):
        open_catalog(catalog_url(tmp_path))
    assert (tmp_path / "catalog.sqlite3").read_bytes() == content


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(
        StoreError, match=r"cannot use the data folder \(Not a directory: .*/file/data\): .* --data-dir"
    ):
        open_catalog(catalog_url(tmp_path / "file" / "data"))


def test_a_catalog_that_may_only_be_read_is_read_and_writing_says_why_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with opened(tmp_path) as catalog:
        catalog.store(article("bridge.txt"))
    address = f"sqlite:///file:{tmp_path / 'catalog.sqlite3'}?mode=ro&uri=true"
    catalog = open_catalog(address)
    assert count(catalog, "articles") == 1
    with pytest.raises(StoreError, match=r"cannot be written .*: check its permissions or name another --data-dir"):
        catalog.store(article("ferry.txt"))
    catalog.close()
    assert [each.name for each in tmp_path.iterdir() if each.is_dir()] == []


def test_who_only_reads_waits_for_nobody_who_writes(tmp_path: Path) -> None:
    with opened(tmp_path) as catalog:
        catalog.store(article("bridge.txt"))
    with closing(sqlite3.connect(tmp_path / "catalog.sqlite3", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM articles")
        # Would be given up after half a minute.
        with opened(tmp_path) as catalog:
            assert count(catalog, "articles") == 1


def test_a_copy_of_a_catalog_has_a_mark_of_another_moment(tmp_path: Path) -> None:
    with opened(tmp_path) as catalog:
        catalog.store(article("bridge.txt"))
        catalog.followed(1_000)
    shutil.copy(tmp_path / "catalog.sqlite3", tmp_path / "copy.sqlite3")
    with opened(tmp_path) as catalog:
        left = catalog.mark()
        catalog.followed(1_000)
        assert catalog.mark() != left
    copied = open_catalog(f"sqlite:///{tmp_path / 'copy.sqlite3'}")
    assert copied.mark() == left
    copied.close()


@pytest.mark.slow
def test_threads_that_open_a_new_catalog_at_once_all_get_it(tmp_path: Path) -> None:
    for number in range(20):
        folder = tmp_path / str(number)
        together = Barrier(4)

        def open_it(folder: Path = folder, together: Barrier = together) -> str:
            together.wait()
            with opened(folder) as catalog:
                return catalog.mark()

        with ThreadPoolExecutor(4) as threads:
            assert [future.result() for future in [threads.submit(open_it) for _ in range(4)]] == [NEVER] * 4


def test_an_older_catalog_keeps_its_articles_and_gets_the_new_columns(tmp_path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    engine = create_engine(catalog_url(tmp_path))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for name in "ab":
            connection.execute(
                text(
                    "INSERT INTO articles (path, file, fingerprint, story, published_estimated, tags, basis, centroid, "
                    f"text) VALUES ('/{name}', '{name}', '{name}', 1, 0, '[]', '{{}}', x'', 'words')"
                )
            )
    engine.dispose()
    with opened(tmp_path) as catalog, catalog.reading() as connection:
        (one,), (other,) = (find_by_name(connection, name) for name in "ab")
        assert languages_of(connection, [one.id, other.id]) == {}, "they are looked at at the next ingest"
    assert len(one.key) == len(other.key) == 24
    assert one.key != other.key
    assert one.scope == SHARED
