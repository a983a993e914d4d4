"""The migrations of the catalog's tables; `migrate` brings a catalog up to date."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from retrieval.errors import StoreError

HEAD = "0018"


def is_current(connection: Connection) -> bool:
    """Tell if the catalog is at the newest revision.

    Reads the version row itself, because Alembic takes a second to import.
    """
    return revision(connection) == HEAD


def migrate(connection: Connection) -> None:
    """Bring the catalog behind `connection` to the newest revision.

    Raises:
        StoreError: it is at a revision this version does not know.
    """
    if is_current(connection):
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(
            f"the catalog was made by a newer version ({revision(connection)}): "
            "install that one, or ingest into another --data-dir"
        ) from error
    if connection.dialect.name == "postgresql":
        _compare_by_code_point(connection)


def _compare_by_code_point(connection: Connection) -> None:
    """Let every text of a PostgreSQL database compare as in SQLite, whatever language the database is in.

    Days and moments are compared as text, and a language may ignore the marks in them.
    """
    columns = connection.execute(
        text(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = "
            "current_schema() AND data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C'"
        )
    )
    for table, column, kind in columns.all():
        connection.exec_driver_sql(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE {kind} COLLATE "C"')


def revision(connection: Connection) -> str | None:
    """The revision of a catalog; None where there are no tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
