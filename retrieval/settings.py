"""Settings from the environment and `.env`, prefix `BRIEFING_`."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from retrieval.errors import SettingsError


class Settings(BaseSettings):
    """Where things are kept and which model makes the vectors; every field has a working default."""

    model_config = SettingsConfigDict(
        env_prefix="BRIEFING_", env_file=".env", extra="ignore", env_ignore_empty=True, frozen=True
    )

    data_dir: Path = Path(".briefing")
    embeddings: str = "minilm"
    chroma_url: str = ""
    database_url: str = ""
    source_base_url: str = ""

    @field_validator("data_dir")
    @classmethod
    def _home(cls, value: Path) -> Path:
        return value.expanduser()

    @field_validator("chroma_url", "source_base_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value

    @field_validator("database_url")
    @classmethod
    def _sqlite_only(cls, value: str) -> str:
        if value and not value.startswith("sqlite:///"):
            raise ValueError("must be a SQLite address such as sqlite:////srv/briefing/catalog.sqlite3")
        return value


def load_settings(data_dir: Path | None = None) -> Settings:
    """Read the settings; `data_dir` wins over the environment.

    Raises:
        SettingsError: a setting has a value that cannot be used, or `.env` cannot be read.
    """
    try:
        return Settings(data_dir=data_dir) if data_dir else Settings()
    except (UnicodeDecodeError, OSError) as error:
        raise SettingsError(f".env cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = "BRIEFING_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{name} {first['msg'].removeprefix('Value error, ')}") from error
