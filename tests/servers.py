"""PostgreSQL for tests: which server there is, and a database of its own for every data folder.

`BRIEFING_TEST_POSTGRES` names a server whose user may make databases; else one on this machine is tried.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from retrieval.storage import migrations
from retrieval.storage.catalog import open_catalog

SERVER = os.environ.get("TEST_DATABASES", "").partition(" ")[0] or os.environ.get(
    "BRIEFING_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432"
)
# Set while a test has its catalogs in PostgreSQL, for the processes that it starts too: the server, what the names of
# its databases begin with, and what they are copies of.
_OWN = "TEST_DATABASES"


@cache
def missing() -> str | None:
    """Why no test can use a server; None where one can."""
    try:
        _run("SELECT 1")
    except psycopg.Error as error:
        where = SERVER.rpartition("@")[2]
        return f"no PostgreSQL at {where} (BRIEFING_TEST_POSTGRES names another): {str(error).splitlines()[0]}"
    return None


@contextmanager
def on_server(template: str | None = None) -> Iterator[None]:
    """Have the catalogs of all data folders on the server; they are gone afterwards.

    Each starts as a copy of the `template`: by default as one with all tables and nothing in them.
    """
    if missing():
        pytest.skip(missing() or "")
    prefix = f"briefing_test_{secrets.token_hex(4)}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(_OWN, f"{SERVER} {prefix} {template or _empty()}")
        try:
            yield
        finally:
            for name in _named(f"{prefix}_"):
                _run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def database_for(data_dir: Path) -> str | None:
    """The address of the database for a data folder, which is made; None where the catalog is a file."""
    if _OWN not in os.environ:
        return None
    _, prefix, template = os.environ[_OWN].split()
    name = f"{prefix}_{hashlib.blake2b(str(data_dir.absolute()).encode(), digest_size=8).hexdigest()}"
    make(name, template)
    return address(name)


def make(name: str, template: str = "template0") -> None:
    """Make a database, unless it is there."""
    if name not in _named(name):
        # Another process may be faster.
        with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            _run("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'", name, template)


def address(name: str) -> str:
    """The address of a database on the server."""
    return f"postgresql+psycopg://{SERVER.partition('://')[2].rstrip('/')}/{name}"


@cache
def _empty() -> str:
    """A database with all tables and nothing in them, made by the migrations of this state of the code."""
    folder = Path(migrations.__file__).parent
    content = b"".join(file.read_bytes() for file in sorted(folder.rglob("*.py")))
    name = f"briefing_empty_{hashlib.blake2b(content, digest_size=6).hexdigest()}"
    make(name)
    open_catalog(address(name)).close()
    return name


def _named(start: str) -> list[str]:
    with _connected() as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [start])
        return [name for (name,) in rows]


def _run(statement: str, *names: str) -> None:
    with _connected() as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _connected() -> psycopg.Connection:
    return psycopg.connect(f"{SERVER.rstrip('/')}/postgres", autocommit=True, connect_timeout=3)
