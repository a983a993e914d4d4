"""PostgreSQL: sessions as the catalog needs them, and what its failures mean."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import RLock
from typing import Any, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from retrieval.errors import BusyError, SettingsError, StoreError
from retrieval.storage.engine import Database
from retrieval.storage.locks import Hold

# The oldest version whose makers still mend it, and the first to report a standby by itself.
_OLDEST = 14
# Milliseconds to wait for a lock; and where what is written may be left out.
_PATIENCE, _IMPATIENCE = 30_000, 500
# Searches are planned for what they look for. Compiling a plan takes longer than running it.
# A query for an answer may take a minute, and nobody holds a snapshot or the lock of the writer for ten without a word;
# where the server has limits of its own, these hold. A session whose client is gone ends within half a minute.
_LIMITS = {"statement_timeout": "1min", "idle_in_transaction_session_timeout": "10min"}
_SESSION = "; ".join(
    (
        f"SET lock_timeout = {_PATIENCE}; SET plan_cache_mode = force_custom_plan; SET jit = off",
        "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4",
        *(
            f"SELECT set_config('{name}', '{most}', false) WHERE current_setting('{name}') = '0'"
            for name, most in _LIMITS.items()
        ),
    )
)
# What writes may take long: migrations, a restore, what is removed from the word index.
_WITHOUT_LIMIT = "SET LOCAL statement_timeout = 0"
# One writer at a time in every catalog of the server; the lock is let go after the commit can be seen.
_ONE_WRITER = "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' is written by briefing', 0))"
# A lock by its name, of this catalog.
_KEY = "hashtextextended(current_schema() || ' lock of briefing: ' || %s, 0)"
_TRY_LOCK, _UNLOCK = f"SELECT pg_try_advisory_lock({_KEY})", f"SELECT pg_advisory_unlock({_KEY})"
# A server that hangs or is gone is noticed within half a minute.
_NETWORK = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
}
# PostgreSQL stores no NUL: in its place stands a mark of the same length, since offsets count characters.
_NUL, _MARK = "\x00", "\ufffd"
_ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")

_BUSY = frozenset(("55P03", "40001", "40P01", "53300"))
_ENDED = frozenset(("57P01", "57P02", "57P03", "57P05", "25P03"))
_DAMAGED = frozenset(("XX001", "XX002"))


class PostgresDatabase(Database):
    """A database on a PostgreSQL server."""

    kind = "PostgreSQL"
    on_server = True

    def __init__(self, engine: Engine, reader: Engine, place: str, read_only: bool) -> None:
        super().__init__(engine, reader, place, read_only)
        self._locks = _Locks(engine)

    def hold(self, name: str, once: bool = False) -> Hold | None:  # noqa: ARG002 - nothing is left behind in any case
        """An advisory lock of the server's, which ends with the session."""
        with self.translated():
            return self._locks.take(name)

    def close(self) -> None:
        """Close the connections; the locks end with theirs."""
        self._locks.close()
        super().close()

    def check(self) -> None:
        """Reach the server: it looks for damage itself, by its checksums."""
        with self.reading() as connection:
            connection.exec_driver_sql("SELECT 1")

    def take_time(self, connection: Connection) -> None:
        """Lift the limits for this transaction."""
        connection.exec_driver_sql(f"{_WITHOUT_LIMIT}; SET LOCAL idle_in_transaction_session_timeout = 0")

    def overwrite(self) -> None:
        """Does nothing: the server's own VACUUM overwrites what was deleted."""

    def _writer(self, patient: bool) -> Engine:
        # Every statement sees what was committed before it: the transaction may have waited for the one before.
        return self.engine.execution_options(writing=True, patient=patient, isolation_level="READ COMMITTED")

    def _explain(self, error: DBAPIError) -> Exception:
        place, state = self.place, getattr(error.orig, "sqlstate", None) or ""
        said = " ".join(str(error.orig).splitlines()[0].split()) if str(error.orig) else type(error.orig).__name__
        if state in _BUSY:
            return BusyError(f"{place} is being written by another process, or is too busy: try again in a moment")
        if state == "57014":
            return BusyError(
                f"{place} took too long for a query, and was told to stop: it is too busy; try again later"
            )
        if state in _ENDED or state.startswith("08") or error.connection_invalidated:
            return StoreError(f"{place} ended the connection: run the command again when it is back, nothing is lost")
        if not state:
            return StoreError(f"{place} cannot be used ({said}): check BRIEFING_DATABASE_URL, and that the server runs")
        if state == "25006":
            return StoreError(f"{place} can only be read: name the server that is written in BRIEFING_DATABASE_URL")
        if state == "42501":
            return StoreError(f"{place} does not let its user do this ({said}): make it the owner of the database")
        if state == "53100":
            return StoreError(f"no space left for {place}: free some and run the command again, nothing is lost")
        if state in _DAMAGED:
            return StoreError(f"{place} is damaged ({said}): restore it from a backup")
        return StoreError(f"{place}: {said}")


class _Locks:
    """Advisory locks in a session of their own. Thread-safe."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._session: Connection | None = None
        self._held: dict[str, _AdvisoryLock] = {}
        self._using = RLock()

    def take(self, name: str) -> _AdvisoryLock | None:
        """Take a lock; None where it is taken."""
        with self._using:
            session = self._session if self._alive() else None
            if session is None:
                self._held.clear()
                session = self._session = self._engine.connect()
            # A session gets a lock that it has a second time.
            if name in self._held or not session.exec_driver_sql(_TRY_LOCK, (name,)).scalar():
                return None
            self._held[name] = lock = _AdvisoryLock(self, name)
            return lock

    def has(self, lock: _AdvisoryLock) -> bool:
        """True while the session that took the lock is alive."""
        with self._using:
            return self._held.get(lock.name) is lock and self._alive()

    def let_go(self, lock: _AdvisoryLock) -> None:
        """Let go of a lock, unless it was lost before."""
        with self._using:
            if self._session and self._held.get(lock.name) is lock:
                del self._held[lock.name]
                # Where this fails, the session has ended, and the lock with it.
                with suppress(DBAPIError):
                    self._session.exec_driver_sql(_UNLOCK, (lock.name,))

    def close(self) -> None:
        """End the session."""
        with self._using:
            self._held.clear()
            if self._session:
                # Not given back to the pool, where its locks would live on.
                self._session.invalidate()
                self._session.close()
                self._session = None

    def _alive(self) -> bool:
        if self._session is None:
            return False
        try:
            self._session.exec_driver_sql("SELECT 1")
        except DBAPIError:
            self.close()
            return False
        return True


@dataclass(frozen=True, slots=True, eq=False)
class _AdvisoryLock:
    locks: _Locks
    name: str

    @property
    def is_locked(self) -> bool:
        return self.locks.has(self)

    def release(self) -> None:
        self.locks.let_go(self)


def open_postgres(address: str) -> PostgresDatabase:
    """The database at SQLAlchemy's address of one, `postgresql+psycopg://user:password@host:port/name`.

    Raises:
        SettingsError: it is no such address, or the driver is not installed.
        StoreError: the server cannot be reached, or is of no use.
    """
    try:
        url = make_url(address)
        engine = create_engine(
            url,
            connect_args=_NETWORK,
            json_serializer=_dump_json,
            hide_parameters=True,  # an error would quote questions and articles in the log
            # A server that was restarted since is asked again.
            pool_pre_ping=True,
        )
    except (ArgumentError, ValueError) as error:  # whose text may have a part of the password
        raise SettingsError(
            "BRIEFING_DATABASE_URL is no address of a database such as postgresql+psycopg://user:password@host/name; "
            "in a password, write / as %2F, : as %3A and @ as %40"
        ) from error
    except ModuleNotFoundError as error:
        raise SettingsError(
            "BRIEFING_DATABASE_URL names a PostgreSQL server: its driver comes with `uv sync --extra postgres`"
        ) from error
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "connect", _prepare, insert=True)  # before SQLAlchemy asks anything
    event.listen(engine, "begin", _begin)
    # As a SQLite file: a connection sees one moment.
    reader = engine.execution_options(isolation_level="REPEATABLE READ")
    database = PostgresDatabase(engine, reader, _place(url), read_only=False)
    with database.reading() as connection:
        known = cast(Any, connection.connection.dbapi_connection).info.parameter_status
        database.read_only = "on" in (known("in_hot_standby"), known("default_transaction_read_only"))
    return database


def _place(url: URL) -> str:
    host = f" at {url.host}{f':{url.port}' if url.port else ''}" if url.host else ""
    return f"the PostgreSQL database {url.database or url.username or ''}{host}"


def _connect(_dialect: object, _record: object, arguments: Sequence[Any], options: Mapping[str, Any]) -> Any:
    from retrieval.storage.postgres_session import WatchedSession

    return WatchedSession.connect(*arguments, **options)


def _prepare(connection: Any, _record: object) -> None:
    """Set up a new session."""
    from psycopg.types.string import StrDumperUnknown

    class WithoutNul(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace(_NUL, _MARK))

    version, encoding = connection.info.server_version, connection.info.parameter_status("server_encoding")
    if version < _OLDEST * 10_000:
        raise StoreError(f"the server has PostgreSQL {version // 10_000}: version {_OLDEST} or newer is needed")
    if encoding != "UTF8":
        raise StoreError(f"the database has the encoding {encoding}: make one with `createdb --encoding=UTF8`")
    connection.adapters.register_dumper(str, WithoutNul)
    connection.autocommit = True
    connection.execute(_SESSION)
    connection.autocommit = False


def _dump_json(value: Any) -> str:
    return _ESCAPED_NUL.sub(rf"\1{_MARK}", json.dumps(value))


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("writing"):
        if not options["patient"]:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_IMPATIENCE}")
        connection.exec_driver_sql(f"{_WITHOUT_LIMIT}; {_ONE_WRITER}")
