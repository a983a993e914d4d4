"""Settings from the environment and `.env`, prefix `BRIEFING_`."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from retrieval.errors import SettingsError

# Settings that go without the prefix, under the name everybody knows them by.
ALIASES = frozenset({"DISCORD_TOKEN"})


class Settings(BaseSettings):
    """Where things are kept and which model makes the vectors; every field has a working default."""

    model_config = SettingsConfigDict(
        env_prefix="BRIEFING_", env_file=".env", extra="ignore", env_ignore_empty=True, frozen=True
    )

    data_dir: Path = Path(".briefing")
    embeddings: str = "minilm"
    chroma_url: str = ""
    database_url: str = ""

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
        return kind(data_dir=data_dir) if data_dir else kind()
    except (UnicodeDecodeError, OSError) as error:
        raise SettingsError(f".env cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"][:1]).upper()
        name = name if name in ALIASES else f"BRIEFING_{name}"
        raise SettingsError(f"{name} {first['msg'].removeprefix('Value error, ')}") from error
