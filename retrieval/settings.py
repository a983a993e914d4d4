"""Settings from the environment and `.env`, prefix `BRIEFING_`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from retrieval.errors import SettingsError

# Settings that go without the prefix, under the name everybody knows them by.
ALIASES = frozenset({"DISCORD_TOKEN"})
# What must stand in a setting, by what pydantic found wrong with it.
_WANTED = {
    "int_parsing": "must be a whole number",
    "bool_parsing": "must be true or false",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}


class Settings(BaseSettings):
    """Where things are kept, which model makes the vectors, what is polled; every field has a working default.

    Feeds are polled every `poll_minutes`, 0 for never; stories about the team's `topics` come first in digests.
    `allow_loopback` lets pages be fetched from this machine, which is for tests.
    """

    model_config = SettingsConfigDict(
        env_prefix="BRIEFING_", env_file=".env", extra="ignore", env_ignore_empty=True, frozen=True
    )

    data_dir: Path = Path(".briefing")
    embeddings: str = "minilm"
    chroma_url: str = ""
    database_url: str = ""
    poll_minutes: int = Field(default=30, ge=0)
    topics: Annotated[tuple[str, ...], NoDecode] = ()
    allow_loopback: bool = False

    @field_validator("topics", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value

    @field_validator("data_dir")
    @classmethod
    def _home(cls, value: Path) -> Path:
        return value.expanduser()

    @field_validator("chroma_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        return web_address(value)

    @field_validator("database_url")
    @classmethod
    def _sqlite_only(cls, value: str) -> str:
        if value and not value.startswith("sqlite:///"):
            raise ValueError("must be a SQLite address such as sqlite:////srv/briefing/catalog.sqlite3")
        return value


def web_address(value: str) -> str:
    """The value, or an error that says what it must be."""
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("must start with http:// or https://")
    return value


def load_settings(data_dir: Path | None = None) -> Settings:
    """Read the settings of the library; `data_dir` wins over the environment.

    Raises:
        SettingsError: a setting has a value that cannot be used, or `.env` cannot be read.
    """
    return load(Settings, data_dir)


Kind = TypeVar("Kind", bound=Settings)


def load(kind: type[Kind], data_dir: Path | None = None) -> Kind:
    """Read settings of this kind; `data_dir` wins over the environment.

    Raises:
        SettingsError: a setting has a value that cannot be used, or `.env` cannot be read.
    """
    try:
        with _heard() as unread:
            settings = kind(data_dir=data_dir) if data_dir else kind()
    except UnicodeDecodeError as error:
        raise SettingsError(".env cannot be read: it is no text in UTF-8") from error
    except OSError as error:
        raise SettingsError(f".env cannot be read: {error}") from error
    except ValidationError as error:
        raise SettingsError(_explain(error)) from error
    if unread:
        line = unread[0].args[0] if isinstance(unread[0].args, tuple) and unread[0].args else "?"
        raise SettingsError(f".env cannot be read: line {line} is no NAME=value, or has a quote that is not closed")
    return settings


@contextmanager
def _heard() -> Iterator[list[logging.LogRecord]]:
    """What python-dotenv cannot read it only logs, and goes on without."""
    log, heard = logging.getLogger("dotenv.main"), list[logging.LogRecord]()

    def hear(record: logging.LogRecord) -> bool:
        heard.append(record)
        return False

    log.addFilter(hear)
    try:
        yield heard
    finally:
        log.removeFilter(hear)


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    name = "_".join(str(part) for part in first["loc"][:1]).upper()
    wanted = _WANTED.get(first["type"], "").format(**first.get("ctx", {})) or first["msg"].removeprefix("Value error, ")
    return f"{name if name in ALIASES else f'BRIEFING_{name}'} {wanted}"
