"""PostgreSQL as the catalog: what compiles there and is wrong, and what is said when the server is of no use."""

from __future__ import annotations

import random
import re
import secrets
import socket
import struct
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, insert, text

from retrieval.bootstrap import open_briefing
from retrieval.domain.articles import Filter
from retrieval.errors import BusyError, SettingsError, StoreError
from retrieval.settings import Settings
from retrieval.storage import migrations, postgres, postgres_session, postings
from retrieval.storage.articles import article_text, outlet_names
from retrieval.storage.catalog import Catalog, open_catalog
from retrieval.storage.full_text import search_words
from retrieval.storage.locks import KeptLock
from retrieval.storage.passages import all_passage_ids
from retrieval.storage.postgres_session import WatchedSession
from retrieval.storage.schema import changes
from retrieval.storage.usage import Replies
from retrieval.storage.vectors.stored import pending_changes
from tests import commands, servers
from tests.fakes import catalog_url, opened
from tests.press import SYLLABLES, stored, write_articles
from tests.storage.test_catalog import article
from tests.storage.test_full_text import store

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with servers.on_server():
        yield tmp_path_factory.mktemp("catalog")


@pytest.fixture
def catalog(data_dir: Path) -> Iterator[Catalog]:
    """A catalog without articles; one schema serves all tests, for making one takes longer than they do."""
    with opened(data_dir) as catalog:
        yield catalog
        catalog.remove([each.id for each in catalog.known().values()])
        catalog.followed(pending(catalog)[0])


def pending(catalog: Catalog) -> tuple[int, list[int]]:
    with catalog.reading() as connection:
        return pending_changes(connection)


def test_no_change_gets_a_smaller_number_than_one_that_was_seen(catalog: Catalog) -> None:
    """Else the follower of the changes, which deletes those up to the last it saw, drops one that it never saw."""
    with ThreadPoolExecutor(1) as others:
        with catalog.writing() as connection:
            connection.execute(insert(changes).values(passage=1_000))
            other = others.submit(catalog.store, article("other.txt"))
            # Were the other not to wait for this transaction, its change would be seen without this one.
            number, seen = pending(catalog)
            assert (seen, other.done()) == ([], False)
        other.result()
    number, seen = pending(catalog)
    assert seen[0] == 1_000
    assert len(seen) == 3
    catalog.followed(number)
    assert pending(catalog) == (0, [])


def test_who_waits_too_long_for_another_that_writes_is_told_so(catalog: Catalog) -> None:
    with (
        catalog.writing(),
        pytest.raises(BusyError, match=r"^the PostgreSQL database .* is being written by another .* in a moment$"),
        catalog.writing(patient=False),
    ):
        pass


def test_a_reader_sees_one_moment_and_waits_for_nobody(catalog: Catalog) -> None:
    with catalog.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM articles")).scalar() == 0
        catalog.store(article("bridge.txt"))
        assert connection.execute(text("SELECT count(*) FROM articles")).scalar() == 0
    with catalog.writing() as connection, catalog.reading() as other:
        connection.execute(text("DELETE FROM articles"))
        assert other.execute(text("SELECT count(*) FROM articles")).scalar() == 1
        connection.rollback()


@pytest.mark.usefixtures("catalog")
def test_a_database_that_is_empty_beside_a_vector_index_is_not_taken_for_a_new_one(tmp_path: Path) -> None:
    (tmp_path / "chroma").mkdir()
    (tmp_path / "chroma" / "chroma.sqlite3").touch()
    settings = Settings(data_dir=tmp_path, database_url=SecretStr(catalog_url(tmp_path / "another")))
    empty = rf"^the PostgreSQL database .* is empty, though {tmp_path}/chroma has the vector index of a catalog: resto"
    for _ in range(2):
        with pytest.raises(StoreError, match=empty), open_briefing(settings):
            pass
    (tmp_path / "chroma" / "chroma.sqlite3").unlink()
    with open_briefing(settings) as briefing:
        assert briefing.articles.is_empty()


@pytest.mark.slow
def test_a_server_that_is_restarted_in_the_middle_of_an_ingest_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_articles(tmp_path / "articles", range(12))
    words = ("ingest", tmp_path / "articles", "--data-dir", tmp_path / "data")
    with servers.own_server() as server:
        monkeypatch.setenv("BRIEFING_DATABASE_URL", server.address)
        command = commands.start_briefing(tmp_path / "first", *words, pausing=True)
        _steps(command, 4)
        server.stop()
        server.start()
        _steps(command, 4)
        command.running.hear()
        server.stop()
        ended = command.go_on()
        assert (ended.status, ended.out) == (1, "")
        assert re.fullmatch(r"briefing: the PostgreSQL database .* \(.*\): check .* that the server runs\n", ended.err)
        server.start()
        again = commands.briefing(tmp_path / "second", *words)
        assert (again.status, again.err) == (0, "")
        with closing(open_catalog(server.address)) as catalog:
            assert len(catalog.known()) == 12


def test_a_server_that_hangs_in_the_middle_of_an_ingest_is_left_with_one_line_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_articles(tmp_path / "articles", range(12))
    words = ("ingest", tmp_path / "articles", "--data-dir", tmp_path / "data")
    with servers.own_server() as server:
        monkeypatch.setenv("BRIEFING_DATABASE_URL", server.address)
        command = commands.start_briefing(tmp_path / "first", *words, pausing=True, prepare=_be_impatient)
        _steps(command, 4)
        with server.frozen():
            ended = command.go_on()
        assert (ended.status, ended.out) == (1, "")
        assert re.fullmatch(
            r"briefing: the PostgreSQL database .* \(connection timeout expired\): check .*\n", ended.err
        )
        again = commands.briefing(tmp_path / "second", *words)
        assert (again.status, again.err) == (0, "")
        with closing(open_catalog(server.address)) as catalog:
            assert len(catalog.known()) == 12
            monkeypatch.setattr(postgres_session, "PATIENCE", 0.2)
            monkeypatch.setitem(postgres._NETWORK, "connect_timeout", 2)
        # The same within a transaction, which has no connection to be tried before.
        with closing(open_catalog(server.address)) as catalog:
            ended_by_us = pytest.raises(
                StoreError, match=r"ended the connection: run the command again .* nothing is lost$"
            )
            with ended_by_us, catalog.writing() as connection:
                connection.execute(text("DELETE FROM articles"))
                with server.frozen():
                    connection.execute(text("DELETE FROM passages"))
            assert len(catalog.known()) == 12


def test_what_only_takes_long_is_waited_for(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_session, "PATIENCE", 0.1)
    asked = []
    monkeypatch.setattr(WatchedSession, "_look", lambda self, look=WatchedSession._look: asked.append(look(self)))
    with catalog.reading() as connection:
        assert connection.execute(text("SELECT 7 FROM pg_sleep(1)")).scalar() == 7
    assert asked


def _be_impatient() -> None:
    postgres_session.PATIENCE = 0.2
    postgres._NETWORK["connect_timeout"] = 2


def _steps(command: commands.Command, count: int) -> None:
    for _ in range(count):
        command.running.hear()
        command.running.say("go on")


@pytest.mark.slow
def test_a_database_in_a_language_compares_days_and_names_by_their_characters() -> None:
    """English of ICU's passes over the marks in a moment, and takes no notice of capitals at first."""
    name = f"briefing_test_{secrets.token_hex(4)}"
    servers.run("CREATE DATABASE {} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-u-ka-shifted'", name)
    try:
        catalog = open_catalog(f"{_server()}/{name}")
        store(catalog, "The ferry runs.", outlet="abend", published="2024-12-03T09:30:00+01:00")
        store(catalog, "The ferry stops.", outlet="Zeit", published="2024-12-03")
        store(catalog, "The ferry sinks.", outlet="Abend", published="2024-12-04")
        with catalog.reading() as connection:
            within = search_words(connection, "ferry", 9, Filter(since="2024-12-03", until="2024-12-03"))
            assert {id_ for id_, _ in within} == {1, 2}
            assert outlet_names(connection) == ("Abend", "Zeit", "abend")
        catalog.close()
    finally:
        servers.run("DROP DATABASE {} WITH (FORCE)", name)


def test_a_nul_is_stored_as_a_mark_of_the_same_length(catalog: Catalog) -> None:
    id_ = store(catalog, "The bridge\x00 is closed.", title="Bri\x00dge")
    Replies(catalog).keep("k\x00", {"text": "a\x00b \\u0000", "also": ["\\\x00"]})
    with catalog.reading() as connection:
        assert article_text(connection, id_) == "The bridge\ufffd is closed."
        assert len(search_words(connection, "bridge\x00?", 5, Filter())) == 1
    assert Replies(catalog).find("k\x00") == {"text": "a\ufffdb \\u0000", "also": ["\\\ufffd"]}


def test_ids_are_in_the_order_of_passages_and_never_come_again(catalog: Catalog) -> None:
    body = " ".join(f"Sentence {number}." for number in range(300))
    first = catalog.store(article("long.txt", body))
    with catalog.reading() as connection:
        starts = connection.execute(text("SELECT start FROM passages ORDER BY id")).scalars().all()
    assert starts == sorted(starts)
    last = max(pending(catalog)[1])
    catalog.store(article("long.txt", "Only one.", replaces=first))
    assert pending(catalog)[1][-1] > last


def test_a_session_that_the_server_ends_costs_nothing(catalog: Catalog, data_dir: Path) -> None:
    catalog.store(article("bridge.txt"))
    ended = r"^the PostgreSQL database .* ended the connection: run the command again when it is back, nothing is lost$"
    with pytest.raises(StoreError, match=ended), catalog.writing() as connection:
        connection.execute(text("DELETE FROM articles"))
        _end(_session(connection))
        connection.execute(text("DELETE FROM articles"))
    assert len(stored(data_dir).articles) == 1
    with catalog.reading() as connection:
        kept = _session(connection)
    _end(kept)
    catalog.store(article("ferry.txt"))
    assert len(stored(data_dir).articles) == 2


def test_a_query_that_hangs_is_ended_with_one_line_and_what_writes_may_take_long(
    catalog: Catalog, data_dir: Path
) -> None:
    with catalog.reading() as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "1min"
        assert connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar() == "10min"
        catalog.database.take_time(connection)
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "0"
    # The limits of a server, or of its user, hold instead.
    with closing(open_catalog(f"{catalog_url(data_dir)}%20-cstatement_timeout%3D100")) as hurried:
        too_long = r"^the PostgreSQL database .* took too long for a query, and was told to stop: it is too busy; try"
        with pytest.raises(BusyError, match=too_long), hurried.reading() as connection:
            connection.execute(text("SELECT pg_sleep(60)"))
        with hurried.writing() as connection:
            connection.execute(text("SELECT pg_sleep(0.2)"))
        with hurried.reading() as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1


def test_who_holds_a_transaction_without_a_word_keeps_nobody_else_waiting(catalog: Catalog, data_dir: Path) -> None:
    limit = "%20-cidle_in_transaction_session_timeout%3D100"
    silent = open_catalog(f"{catalog_url(data_dir)}{limit}")
    with closing(silent), pytest.raises(StoreError, match="ended the connection"), silent.writing() as connection:
        connection.execute(text("SELECT 1"))
        catalog.store(article("bridge.txt"))  # which waits until the other transaction is ended
        connection.execute(text("SELECT 1"))


def test_a_lock_that_ends_with_its_session_is_kept_unless_another_process_takes_it(
    catalog: Catalog, data_dir: Path
) -> None:
    mine = KeptLock(lambda: catalog.hold("bot"))
    with opened(data_dir) as other:
        _end(_lock_session("bot", catalog))
        assert mine.keep()
        assert other.hold("bot") is None
        _end(_lock_session("bot", catalog))
        theirs = other.hold("bot")
        assert theirs
        assert not mine.keep()
        theirs.release()
        assert mine.keep()
        mine.release()


def _lock_session(name: str, catalog: Catalog) -> object:
    """The session that has a lock."""
    with catalog.reading() as connection:
        return connection.execute(
            text(f"SELECT pid FROM pg_locks WHERE granted AND {servers.IS_LOCK}"), {"name": name}
        ).scalar_one()


def _session(connection: Connection) -> object:
    return connection.execute(text("SELECT pg_backend_pid()")).scalar()


def _end(session: object) -> None:
    """End a session, as a server does that is restarted."""
    with servers.connected() as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [session])


def test_a_database_that_may_only_be_read_answers_and_writing_says_why_not(catalog: Catalog, data_dir: Path) -> None:
    catalog.store(article("bridge.txt"))
    # As on a server that follows another.
    reading = open_catalog(f"{catalog_url(data_dir)}%20-cdefault_transaction_read_only%3Don")
    assert reading.read_only
    with reading.reading() as connection:
        assert search_words(connection, "ferry", 5, Filter())
    with pytest.raises(StoreError, match=r"can only be read: name the server that is written in BRIEFING_DATABASE"):
        reading.store(article("ferry.txt"))
    reading.close()


def test_a_catalog_of_a_newer_version_is_left_alone(catalog: Catalog, data_dir: Path) -> None:
    _call_version(catalog, "9999")
    with pytest.raises(StoreError, match=r"made by a newer version \(9999\): install that one, or"), opened(data_dir):
        pass
    _call_version(catalog, migrations.HEAD)


def _call_version(catalog: Catalog, version: str) -> None:
    with catalog.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def _server() -> str:
    return f"postgresql+psycopg://{servers.SERVER.partition('://')[2].rpartition('/')[0]}"


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("postgresql+psycopg://me:secret@127.0.0.1:9/news", r"^the PostgreSQL database news at 127.0.0.1:9 cannot be"),
        ("postgresql+psycopg://me:secret@no.invalid/news", r"cannot be used \(.*\): check BRIEFING_DATABASE_URL, and"),
        ("postgresql+psycopg://me:secret@127.0.0.1:port/news", r"^BRIEFING_DATABASE_URL is no address of a database"),
        ("postgresql+psycopg://me:sec/ret@127.0.0.1:secret@h/news", r"^BRIEFING_DATABASE_URL is no address of a"),
        (f"{_server()}/no_such_one", r"database \"no_such_one\" does not exist\): check BRIEFING_DATABASE_URL"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_in_one_line_without_the_password(address: str, line: str) -> None:
    with pytest.raises((StoreError, SettingsError), match=line) as told:
        open_catalog(address)
    assert "\n" not in str(told.value)
    assert "sec" not in str(told.value)


def test_a_server_that_is_too_old_or_in_another_encoding_says_so() -> None:
    old = r"^the server has PostgreSQL 13: version 14 or newer is needed$"
    with _pretender("13.9", "UTF8") as address, pytest.raises(StoreError, match=old):
        open_catalog(address)
    foreign = r"^the database has the encoding LATIN1: make one with `createdb --encoding=UTF8`$"
    with _pretender("15.2", "LATIN1") as address, pytest.raises(StoreError, match=foreign):
        open_catalog(address)


@contextmanager
def _pretender(version: str, encoding: str) -> Iterator[str]:
    """A server that lets everybody in and says no more than what it is."""
    greeting = b"R" + struct.pack("!ii", 8, 0)
    for name, value in {"server_version": version, "server_encoding": encoding}.items():
        body = f"{name}\0{value}\0".encode()
        greeting += b"S" + struct.pack("!i", 4 + len(body)) + body
    greeting += b"Z" + struct.pack("!i", 5) + b"I"
    encryption = {struct.pack("!HH", 1234, number) for number in (5679, 5680)}

    def answer(listening: socket.socket) -> None:
        while True:
            caller, _ = listening.accept()
            with caller:
                while asked := caller.recv(1_024):
                    if asked == b"stop":
                        return
                    caller.sendall(b"N" if asked[4:8] in encryption else greeting)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=answer, args=[listening], daemon=True)
        thread.start()
        port = listening.getsockname()[1]
        try:
            yield f"postgresql+psycopg://me@127.0.0.1:{port}/news"
        finally:
            with socket.create_connection(("127.0.0.1", port)) as last:
                last.sendall(b"stop")
            thread.join()


def test_both_engines_find_the_same_passages_in_the_same_order(catalog: Catalog, tmp_path: Path) -> None:
    """The first ten for a hundred questions, of words from frequent to rare, in passages from short to long."""
    chance = random.Random(18)
    words = [f"{one}{two}" for one in SYLLABLES for two in SYLLABLES]
    weights = [1 / rank for rank in range(1, len(words) + 1)]

    def some(least: int, most: int) -> str:
        return " ".join(chance.choices(words, weights, k=chance.randint(least, most)))

    articles = [article(some(1, 4), f"{'. '.join(some(4, 60) for _ in range(100))}.") for _ in range(5)]
    questions = [some(1, 6) for _ in range(100)]
    with opened(tmp_path) as other:
        for each in articles:
            catalog.store(each)
            other.store(each)
        mine, theirs = (_firsts(each, questions) for each in (catalog, other))
    assert sum(map(len, theirs)) > 950
    alike = [len(found & wanted) / len(wanted) for found, wanted in zip(mine, theirs, strict=True)]
    assert min(alike) >= 0.9
    assert sum(alike) > 99


@pytest.mark.parametrize(("few", "dearer"), [(0, 0), (2, 0), (2, 1_000)])
@pytest.mark.parametrize("only", [Filter(), Filter(scopes=("one",)), Filter(scopes=("one", "two"))])
def test_the_best_passages_are_the_first_of_all_that_are_found(
    only: Filter, few: int, dearer: int, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many are asked for, and whatever is left unread for it."""
    monkeypatch.setattr(postings, "_FEW", few)
    monkeypatch.setattr(postings, "_DEARER", dearer)
    chance = random.Random(3)
    words = [f"{one}{two}" for one in SYLLABLES for two in SYLLABLES][:40]

    def some(least: int, most: int) -> str:
        return " ".join(chance.choices(words, range(1, 41), k=chance.randint(least, most)))

    for scope in ("one", "two", "three"):
        catalog.store(article(some(1, 3), f"{'. '.join(some(3, 9) for _ in range(150))}.", scope=scope))
    with catalog.reading() as connection:
        for asked in [some(1, 8) for _ in range(40)]:
            everything = search_words(connection, asked, 1_000, only)
            assert everything
            for count in (1, 5, 30):
                best = search_words(connection, asked, count, only)
                assert [score for _, score in best] == pytest.approx([score for _, score in everything[:count]])
                assert dict(best) == pytest.approx({id_: dict(everything)[id_] for id_, _ in best})  # of equals, any


def _firsts(catalog: Catalog, questions: Sequence[str]) -> list[set[int]]:
    """The first ten passages for each question, counted from the first that is stored."""
    with catalog.reading() as connection:
        first = min(all_passage_ids(connection))
        found = [search_words(connection, question, 10, Filter()) for question in questions]
    return [{id_ - first for id_, _ in each} for each in found]
