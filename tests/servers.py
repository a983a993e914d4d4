"""PostgreSQL for tests: which server there is, and a schema of its own for every data folder.

`BRIEFING_TEST_POSTGRES` names a database whose user may make schemas; else one on this machine is tried.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import event

# Set while a test has its catalogs on the server, for the processes that it starts too: the server, and what the names
# of its schemas begin with.
_OWN = "TEST_SCHEMAS"
SERVER = os.environ.get(_OWN, "").partition(" ")[0] or os.environ.get(
    "BRIEFING_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres"
)


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
    prefix, digest = os.environ[_OWN].split()[1], hashlib.blake2b(str(data_dir.absolute()).encode(), digest_size=8)
    name = f"{prefix}_{digest.hexdigest()}"
    run("CREATE SCHEMA IF NOT EXISTS {}", name)
    return address(f"-csearch_path={name}")


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


def made_by(migrate: Any) -> str:
    """What the migrations run on a new database, as one text."""
    made: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if not values and not statement.lstrip().upper().startswith("SELECT"):
            made.append(statement)

    name = f"briefing_test_{secrets.token_hex(4)}"
    run("CREATE SCHEMA {}", name)
    from retrieval.storage.postgres import open_postgres

    database = open_postgres(address(f"-csearch_path={name}"))
    try:
        with database.writing() as connection:
            event.listen(connection, "before_cursor_execute", keep)
            migrate(connection)
    finally:
        database.close()
        run("DROP SCHEMA {} CASCADE", name)
    return ";\n".join(made)
