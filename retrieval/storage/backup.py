"""A backup of a catalog in one file: a SQLite catalog, whatever database it comes from, with a manifest in it."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, text

from retrieval.errors import BusyError, StoreError
from retrieval.observing import Progress
from retrieval.storage import migrations
from retrieval.storage.catalog import Catalog, open_catalog
from retrieval.storage.copying import Sum, clear, copy_catalog, differing, fill_words, finish, holds, sums
from retrieval.storage.locks import alone, using_folder

# Pages of SQLite copied between two looks at the progress.
_PAGES = 4_000
_HEAD = b"SQLite format 3\x00"
# The tables of a backup beside those of its catalog.
_TABLES = (
    "CREATE TABLE backup_manifest (document TEXT NOT NULL)",
    "CREATE TABLE backup_files (path TEXT PRIMARY KEY, content BLOB NOT NULL)",
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself: the program and the schema it was made with, when, and what its tables hold."""

    version: str
    schema: str
    made: str
    tables: Mapping[str, Sum]


def make_backup(catalog: Catalog, pages: Path, file: Path, progress: Progress) -> Manifest:
    """Write a backup of a catalog that may be in use, and of the published pages in a folder, to a file.

    The file is there once it is whole; an older one is replaced then.

    Raises:
        StoreError: it cannot be written.
    """
    part = file.with_name(f"{file.name}.part")
    with using_folder(), _translated(part):
        _remove(part)
        # Only its owner may read it, as long as it is written too.
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            manifest = _write(catalog, pages, part, progress)
            _flush(part)
            part.replace(file)
        except BaseException:
            _remove(part)
            raise
    return manifest


def _write(catalog: Catalog, pages: Path, part: Path, progress: Progress) -> Manifest:
    with catalog.reading() as connection:
        if connection.dialect.name == "sqlite":
            holds(connection)  # from here on, the connection sees one moment
            _copy_pages(_raw(connection), part, progress)
        else:
            catalog.database.take_time(connection)
            with closing(open_catalog(part)) as copy, copy.writing() as target:
                copy_catalog(connection, lambda: nullcontext(target), progress)
                finish(connection, lambda: nullcontext(target))
    with closing(open_catalog(part)) as copy, copy.writing() as connection:
        manifest = Manifest(
            version("briefing"),
            migrations.HEAD,
            datetime.now(UTC).isoformat(timespec="seconds"),
            sums(connection, progress),
        )
        for statement in _TABLES:
            connection.exec_driver_sql(statement)
        document = json.dumps(asdict(manifest))
        connection.execute(text("INSERT INTO backup_manifest VALUES (:document)"), {"document": document})
        for page in sorted(pages.glob("*/*.html")):
            row = {"path": str(page.relative_to(pages)), "content": page.read_bytes()}
            connection.execute(text("INSERT INTO backup_files VALUES (:path, :content)"), row)
    # One file without a log beside it.
    with closing(sqlite3.connect(part)) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")
    return manifest


def read_manifest(file: Path) -> Manifest:
    """What a backup says of itself.

    Raises:
        StoreError: the file is no backup, is cut short, or was made by a newer version.
    """
    with using_folder(), file.open("rb") as content:
        head = content.read(100)
    if not head.startswith(_HEAD[: len(head)]) or not head:
        raise StoreError(f"{file} is no backup of this program")
    size = int.from_bytes(head[16:18]) if len(head) == 100 else 0
    size = 65_536 if size == 1 else size
    if not size or file.stat().st_size < size * int.from_bytes(head[28:32]):
        raise StoreError(f"{file} is cut short: copy it again")
    try:
        with closing(_open_backup(file)) as raw:
            found = raw.execute("SELECT document FROM backup_manifest").fetchone()
        known = json.loads(found[0])
        tables = {name: Sum(**each) for name, each in known["tables"].items()}
        manifest = Manifest(known["version"], known["schema"], known["made"], tables)
    except (sqlite3.DatabaseError, ValueError, TypeError, KeyError) as error:
        raise StoreError(f"{file} is no backup of this program, or is damaged") from error
    if manifest.schema > migrations.HEAD:
        raise StoreError(f"{file} was made by a newer version ({manifest.version}): install that one to restore it")
    return manifest


def restore_backup(file: Path, data_dir: Path, place: Path | str, replace: bool, progress: Progress) -> Manifest:
    """Put what a backup holds into the catalog at a place, and its pages into the data folder.

    What is there stays until all of it is in place.

    Raises:
        BusyError: another process is adding articles, or has the vector index.
        StoreError: the file is no whole backup, or the catalog holds something and may not be replaced.
    """
    manifest = read_manifest(file)
    with closing(_open_target(place, replace)) as target, alone(target.hold, data_dir):
        with target.reading() as connection:
            if not replace and holds(connection):
                raise StoreError(f"{target.database.place} holds a catalog: --replace puts the backup in its place")
        stage = data_dir / "restoring.sqlite3"
        try:
            with closing(_stage(file, manifest, stage, progress)) as staged:
                _put_in_place(staged, target, data_dir / "pages", progress)
        finally:
            _remove(stage)
    return manifest


def _open_target(place: Path | str, replace: bool) -> Catalog:
    """The catalog at a place. Where it may be replaced, a damaged file is set aside, and one half filled is taken."""
    file = place if isinstance(place, Path) else Path(place.removeprefix("sqlite:///"))
    try:
        catalog = open_catalog(place, filling=replace)
        if replace and catalog.database.kind == "SQLite":
            catalog.check()
        return catalog
    except BusyError:
        raise
    except StoreError:
        if not (replace and file.is_file()):
            raise
        for ending in ("-wal", "-shm"):
            file.with_name(f"{file.name}{ending}").unlink(missing_ok=True)
        file.replace(file.with_name(f"{file.name}.damaged"))
        return open_catalog(place)


def _stage(file: Path, manifest: Manifest, stage: Path, progress: Progress) -> Catalog:
    """Copy a backup beside the catalog it is for, bring it to the newest schema and check it; the caller closes it.

    Raises:
        StoreError: the file does not hold what it says.
    """
    _remove(stage)
    with using_folder(), _translated(file), closing(_open_backup(file)) as raw:
        stage.parent.mkdir(parents=True, exist_ok=True)
        _copy_pages(raw, stage, progress)
    catalog = None
    try:
        # Before the tables are brought up to date, which changes what they hold.
        same = manifest.schema == migrations.HEAD
        catalog = open_catalog(stage)
        with catalog.writing() as connection:
            found = sums(connection, progress)
            wrong = differing(manifest.tables, found) if same else _fewer(manifest.tables, found)
            if wrong:
                raise StoreError(f"{file} is damaged: it does not hold what it says of {', '.join(wrong)}")
        fill_words(catalog.writing, progress)
    except BaseException:
        if catalog:
            catalog.close()
        _remove(stage)
        raise
    return catalog


def _fewer(said: Mapping[str, Sum], found: Mapping[str, Sum]) -> list[str]:
    """The tables with another number of rows than an older schema had; caches may be emptied meanwhile."""
    return [name for name, each in said.items() if name in found and found[name].rows not in (each.rows, 0)]


def _put_in_place(stage: Catalog, target: Catalog, pages: Path, progress: Progress) -> None:
    """Replace all that a catalog holds by what a staged backup holds, in one transaction, and the published pages."""
    with stage.writing() as connection:
        files = connection.execute(text("SELECT path, content FROM backup_files")).all()
        for table in ("backup_manifest", "backup_files"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    with stage.reading() as source:
        holds(source)
        if target.database.kind == "SQLite":
            with target.reading() as connection:
                place = Path(str(connection.engine.url.database))
            target.close()
            _copy_pages(_raw(source), place, progress)
        else:
            with target.writing() as connection:
                clear(connection)
                copy_catalog(source, lambda: nullcontext(connection), progress)
                finish(source, lambda: nullcontext(connection))
    for each in files:
        page = pages / each.path
        with using_folder():
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_bytes(each.content)


def _copy_pages(source: sqlite3.Connection, place: Path, progress: Progress) -> None:
    """Copy a SQLite database, as the transaction of the connection sees it, over another in one transaction."""
    (total,) = source.execute("PRAGMA page_count").fetchone()
    with closing(sqlite3.connect(place, timeout=30)) as target, progress.track("Copying", total, "pages") as done:
        left = total

        def tell(_status: int, remaining: int, _total: int) -> None:
            nonlocal left
            done(left - remaining)
            left = remaining

        source.backup(target, pages=_PAGES, progress=tell, sleep=0)


def _raw(connection: Connection) -> sqlite3.Connection:
    """SQLite's own connection within a transaction of SQLAlchemy's."""
    raw: Any = connection.connection.dbapi_connection
    return raw  # type: ignore[no-any-return]


def _open_backup(file: Path) -> sqlite3.Connection:
    """A backup, for reading alone: nothing is written beside it."""
    return sqlite3.connect(f"file:{quote(str(file.absolute()))}?mode=ro&immutable=1", uri=True)


def _flush(file: Path) -> None:
    with file.open("rb+") as written:
        os.fsync(written.fileno())


def _remove(file: Path) -> None:
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm", f"{file.name}-journal"):
        file.with_name(name).unlink(missing_ok=True)


@contextmanager
def _translated(file: Path) -> Iterator[None]:
    """Raise failures of SQLite as errors with one clear line."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{file} cannot be read or written ({error})") from error
