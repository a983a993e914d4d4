"""How the catalog's tables came to be, one revision a step; `migrate` brings a file up to date."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

HEAD = "0001"


def migrate(connection: Connection) -> None:
    """Bring the catalog behind `connection` to the newest revision.

    Alembic takes a second to import, so a catalog that is up to date is told by its version row alone.
    """
    if _revision(connection) == HEAD:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
