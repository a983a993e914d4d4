"""PostgreSQL for tests: which server there is, and a schema of its own for every data folder.

`BRIEFING_TEST_POSTGRES` names a database whose user may make schemas; else one on this machine is tried.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import event

from retrieval.storage.catalog import open_catalog
from retrieval.storage.postgres import open_postgres

# Set while a test has its catalogs on the server, for the processes that it starts too: the server, and what the names
# of its schemas begin with.
_OWN = "TEST_SCHEMAS"
SERVER = os.environ.get(_OWN, "").partition(" ")[0] or os.environ.get(
    "BRIEFING_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres"
)
# The number of a catalog's lock, and that a row of pg_locks is of it.
LOCK = "hashtextextended(current_schema() || ' lock of briefing: ' || :name, 0)"
IS_LOCK = f"locktype = 'advisory' AND objsubid = 1 AND (classid::bigint << 32 | objid::bigint) = {LOCK}"


@cache
def missing() -> str | None:
    """Why no test can use a server; None where one can."""
    try:
        run("SELECT 1")
    except psycopg.Error as error:
        where = SERVER.rpartition("@")[2]
        return f"no PostgreSQL at {where} (BRIEFING_TEST_POSTGRES names another): {str(error).splitlines()[0]}"
    return None


@contextmanager
def on_server() -> Iterator[None]:
    """Have the catalogs of all data folders on the server; they are gone afterwards."""
    if missing():
        pytest.skip(missing() or "")
    prefix = f"briefing_test_{secrets.token_hex(4)}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(_OWN, f"{SERVER} {prefix}")
        try:
            yield
        finally:
            with connected() as connection:
                named = "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)"
                for (name,) in connection.execute(named, [f"{prefix}_"]).fetchall():
                    run("DROP SCHEMA IF EXISTS {} CASCADE", name)


def catalog_on_server(data_dir: Path) -> str | None:
    """The address of the catalog of a data folder, whose schema is made; None where it is a file."""
    if _OWN not in os.environ:
        return None
    run("CREATE SCHEMA IF NOT EXISTS {}", name := _schema(data_dir))
    return address(f"-csearch_path={name}")


def _schema(data_dir: Path) -> str:
    prefix, digest = os.environ[_OWN].split()[1], hashlib.blake2b(str(data_dir.absolute()).encode(), digest_size=8)
    return f"{prefix}_{digest.hexdigest()}"


def copy_catalog(source: Path, target: Path) -> None:
    """Give a data folder what the catalog of another one has, where they are on the server."""
    if _OWN not in os.environ:
        return
    old, new = _schema(source), _schema(target)
    open_catalog(f"{catalog_on_server(target)}").close()
    with connected() as connection, connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")  # tables come in any order
        named = "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = %s"
        for kind, statements in (("r", _COPY_ROWS), ("S", _COPY_NUMBER)):
            for (name,) in connection.execute(named, [old, kind]).fetchall():
                names = {"old": sql.Identifier(old, name), "new": sql.Identifier(new, name)}
                for statement in statements:
                    connection.execute(sql.SQL(statement).format(**names, text=sql.Literal(f'{new}."{name}"')))


_COPY_ROWS: tuple[LiteralString, ...] = ("DELETE FROM {new}", "INSERT INTO {new} SELECT * FROM {old}")
_COPY_NUMBER: tuple[LiteralString, ...] = ("SELECT setval({text}, last_value, is_called) FROM {old}",)


def address(options: str) -> str:
    """The address of the server for sessions with these options."""
    return f"postgresql+psycopg://{SERVER.partition('://')[2]}?options={quote(options)}"


def run(statement: LiteralString, *names: str) -> None:
    """Run a statement with names in it, as itself."""
    with connected() as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def connected() -> psycopg.Connection:
    """A connection of its own, each statement of which is committed."""
    return psycopg.connect(SERVER, autocommit=True, connect_timeout=3)


@dataclass(frozen=True, slots=True)
class OwnServer:
    """A server of a test's own, which it can end as a power cut does."""

    folder: Path
    port: int

    @property
    def address(self) -> str:
        """The address of its database."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        _as_postgres("pg_ctl", "start", "-w", "-D", self.folder / "data", "-l", self.folder / "log", "-o", options)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it keep its connections and do nothing, as where its disks hang."""
        first = (self.folder / "data" / "postmaster.pid").read_text().split()[0]
        asked = subprocess.run(["ps", "-o", "pid=", "--ppid", first], check=True, capture_output=True, text=True)
        processes = [int(each) for each in (first, *asked.stdout.split())]
        try:
            for process in processes:
                os.kill(process, signal.SIGSTOP)
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def stop(self) -> None:
        """End it at once."""
        _as_postgres("pg_ctl", "stop", "-D", self.folder / "data", "-m", "immediate")


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """A server that runs for this test alone."""
    if _programs() is None or (os.getuid() == 0 and shutil.which("runuser") is None):
        pytest.skip("no programs of PostgreSQL to start a server with")
    # Not below pytest's folder, which other users may not enter.
    with tempfile.TemporaryDirectory(prefix="postgres-") as name, socket.create_server(("127.0.0.1", 0)) as free:
        server = OwnServer(Path(name), free.getsockname()[1])
        free.close()
        if os.getuid() == 0:
            shutil.chown(name, "postgres")
        _as_postgres("initdb", "-D", server.folder / "data", "--username=postgres", "--auth=trust", "--encoding=UTF8")
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _programs() -> Path | None:
    """The folder of the server's programs."""
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


def _as_postgres(program: str, *arguments: object) -> None:
    """Run a program as a user that PostgreSQL accepts: not as root."""
    before = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    command = [*before, f"{_programs()}/{program}", *map(str, arguments)]
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def made_by(migrate: Any) -> str:
    """What the migrations run on a new database, as one text."""
    made: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if not values and not statement.lstrip().upper().startswith("SELECT"):
            made.append(statement)

    name = f"briefing_test_{secrets.token_hex(4)}"
    run("CREATE SCHEMA {}", name)
    database = open_postgres(address(f"-csearch_path={name}"))
    try:
        with database.writing() as connection:
            event.listen(connection, "before_cursor_execute", keep)
            migrate(connection)
    finally:
        database.close()
        run("DROP SCHEMA {} CASCADE", name)
    return ";\n".join(made)
