"""What is done once for all tests of a worker, because it is the same every time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import ClassVar

import numpy as np
from filelock import FileLock
from sqlalchemy import Connection, create_engine, inspect

from retrieval.domain.articles import Vectors
from retrieval.embedding.local_model import MiniLM
from retrieval.storage import migrations
from tests import servers


class SharedMiniLM(MiniLM):
    """MiniLM as it is, but loaded once a worker and run once a text, in the folder that all tests share.

    Most of a suite's time would go on embedding the same few sentences again. The vector of a text is the same in any
    company, as tests/embedding/test_local_model.py shows.
    """

    folder: ClassVar[Path]
    _known: ClassVar[dict[str, Vectors]] = {}

    def __init__(self, _folder: Path) -> None:
        super().__init__(self.folder)

    def embed(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, load(self.folder).embed(new), strict=True))
        return np.stack([self._known[text] for text in texts]) if texts else super().embed(texts)


@cache
def load(folder: Path) -> MiniLM:
    """The model in a folder that several workers share: the first one builds its file."""
    model = MiniLM(folder)
    with FileLock(folder.with_suffix(".lock")):
        model.embed(["anything"])
    return model


def make_tables(connection: Connection) -> None:
    """Give a new catalog the tables that the migrations make, and any other the migrations themselves.

    Alembic reads and runs all revisions, which takes longer than most tests of a catalog.
    """
    if inspect(connection).get_table_names():
        migrate(connection)
    elif connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_on_server())
    else:
        for statement in _statements():
            connection.exec_driver_sql(statement)


# The migrations themselves, whatever stands in their place.
migrate: Callable[[Connection], None] = migrations.migrate


@cache
def _on_server() -> str:
    return servers.made_by(migrate)


@cache
def _statements() -> list[str]:
    """The statements that make what the migrations make of nothing."""
    with create_engine("sqlite://").begin() as connection:
        migrate(connection)
        # A virtual table makes its own shadows.
        made = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
            " AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY rowid"
        )
        return [*made.scalars(), f"INSERT INTO alembic_version VALUES ('{migrations.HEAD}')"]
