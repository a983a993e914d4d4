"""The names of articles and outlets, for completion in a shell.

Read with the driver of the database alone, for SQLAlchemy takes longer to import than a person waits for a key; and
read only, for a key pressed in a shell makes no data folder and waits for no writer.
"""

from __future__ import annotations

from contextlib import closing
from typing import Literal, LiteralString

from retrieval.nlp.markup import visible
from retrieval.settings import Settings

NameKind = Literal["files", "outlets"]

_QUERIES: dict[NameKind, LiteralString] = {
    "files": "SELECT file, coalesce(title, '') FROM articles ORDER BY file",
    "outlets": "SELECT outlet, count(*) FROM articles WHERE outlet IS NOT NULL GROUP BY outlet ORDER BY outlet",
}


def known_names(settings: Settings, kind: NameKind) -> list[tuple[str, str]]:
    """The names of this kind, with the title of an article or the number of articles of an outlet.

    Names that cannot be typed are left out: a shell would take a line end in one for the end of it.

    Raises:
        sqlite3.Error, psycopg.Error: there is no catalog, or it cannot be read.
    """
    rows = _from_server(settings, _QUERIES[kind]) if settings.has_server else _from_file(settings, _QUERIES[kind])
    return [(name, _described(about)) for name, about in rows if name.isprintable()]


def _from_file(settings: Settings, query: str) -> list[tuple[str, str | int]]:
    import sqlite3

    file = settings.database_url.get_secret_value().removeprefix("sqlite:///")
    file = file or str(settings.data_dir / "catalog.sqlite3")
    address = f"file:{file.replace('%', '%25').replace('?', '%3f').replace('#', '%23')}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=1)) as connection:
        return connection.execute(query).fetchall()


def _from_server(settings: Settings, query: LiteralString) -> list[tuple[str, str | int]]:
    import psycopg

    address = settings.database_url.get_secret_value().replace("+psycopg", "", 1)
    with psycopg.connect(address, connect_timeout=2) as connection:
        return connection.execute(query).fetchall()


def _described(about: str | int) -> str:
    return visible(about) if isinstance(about, str) else f"{about:,} article{'' if about == 1 else 's'}"
