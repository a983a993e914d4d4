"""Settings from the environment and `.env`, prefix `BRIEFING_`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from retrieval.errors import SettingsError

# Settings without the prefix, because their names are established.
ALIASES = frozenset(("DISCORD_TOKEN", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "MISTRAL_API_KEY"))
# Where Chroma Cloud is, if no other region is named.
CHROMA_CLOUD = "https://api.trychroma.com"
# The required form of a setting, by pydantic's type of error.
_WANTED = {
    "int_parsing": "must be a whole number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_parsing": "must be true or false",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "literal_error": "must be {expected}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChromaPlace:
    """A Chroma server by its address, perhaps with user and password; with a `key` a database of Chroma Cloud.

    Without `tenant` and `database` they are the server's default ones, in the cloud those that the key is for. A
    request may take `seconds`.
    """

    url: str = field(repr=False)
    key: str = field(default="", repr=False)
    tenant: str = ""
    database: str = ""
    seconds: float = 20.0


class Settings(BaseSettings):
    """The folders, models, limits and topics; every field has a working default.

    A Chroma server at `chroma_url` (perhaps with user and password) may take `chroma_seconds` for a request; with
    `chroma_api_key` it is Chroma Cloud, without an address in its first region. Local embedding models are built in
    `models_dir`, by default a folder in the data folder. Feeds are polled every `poll_minutes`, 0 for never; stories
    about the team's `topics` come first in digests. Answers warn if their newest source is more than `aged_days` old, 0
    for never. `allow_loopback` allows fetching pages from this machine, for tests. A person may add `add_person`
    articles and `add_person_characters` a day, all members of a server likewise; 0 for any number.

    `chat_model` (a LangChain name) writes answers; where it is empty, answers are the articles' own sentences.
    `chat_url` is the address of a server with its provider's protocol. `chat_temperature` and `chat_effort` (how much a
    model reasons) apply to models that support them. An answer takes at most `chat_seconds` and `chat_tokens`, the
    request included; a person has `chat_tokens_person` a day, all people together `chat_tokens_day`. Prices are for a
    million tokens, in any currency; without them no costs are shown. `verifier` checks a model's statements and
    people's claims: the program itself (`local`) or a model (`model`), which is `verifier_model` or else the chat
    model. By default it is the model where one is set.
    """

    model_config = SettingsConfigDict(
        env_prefix="BRIEFING_", env_file=".env", extra="ignore", env_ignore_empty=True, frozen=True
    )

    data_dir: Path = Path(".briefing")
    models_dir: Path | None = None
    embeddings: str = "minilm"
    chroma_url: SecretStr = SecretStr("")
    chroma_api_key: SecretStr = SecretStr("")
    chroma_tenant: str = ""
    chroma_database: str = ""
    chroma_seconds: float = Field(default=20, gt=0, le=600, allow_inf_nan=False)
    database_url: SecretStr = SecretStr("")
    poll_minutes: int = Field(default=30, ge=0)
    aged_days: int = Field(default=180, ge=0)
    topics: Annotated[tuple[str, ...], NoDecode] = ()
    allow_loopback: bool = False
    chat_model: str = ""
    chat_url: str = ""
    openai_api_key: SecretStr = Field(default=SecretStr(""), validation_alias="OPENAI_API_KEY")
    anthropic_api_key: SecretStr = Field(default=SecretStr(""), validation_alias="ANTHROPIC_API_KEY")
    google_api_key: SecretStr = Field(default=SecretStr(""), validation_alias="GOOGLE_API_KEY")
    mistral_api_key: SecretStr = Field(default=SecretStr(""), validation_alias="MISTRAL_API_KEY")
    chat_temperature: float = Field(default=0, ge=0, le=2, allow_inf_nan=False)
    chat_effort: Literal["", "minimal", "low", "medium", "high"] = "low"
    chat_seconds: float = Field(default=30, gt=0, le=600, allow_inf_nan=False)
    chat_tokens: int = Field(default=8_000, ge=2_000)
    chat_tokens_person: int = 100_000
    chat_tokens_day: int = 1_000_000
    chat_price_in: float = Field(default=0, ge=0, allow_inf_nan=False)
    chat_price_out: float = Field(default=0, ge=0, allow_inf_nan=False)
    add_person: int = Field(default=50, ge=0)
    add_person_characters: int = Field(default=2_000_000, ge=0)
    add_server: int = Field(default=500, ge=0)
    add_server_characters: int = Field(default=20_000_000, ge=0)
    verifier: Literal["", "local", "model", "off"] = ""
    verifier_model: str = ""

    @property
    def has_server(self) -> bool:
        """Tell if the catalog is on a PostgreSQL server."""
        return self.database_url.get_secret_value().startswith("postgresql")

    def verifying(self) -> Self:
        """The settings of the model that checks; it uses the chat model's server only if the provider is the same."""
        model = self.verifier_model or self.chat_model
        same = model.partition(":")[0] == self.chat_model.partition(":")[0]
        return self.model_copy(update={"chat_model": model, "chat_url": self.chat_url if same else ""})

    @field_validator("topics", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value

    @property
    def chroma(self) -> ChromaPlace | None:
        """The Chroma server or cloud that holds the vector index; None where a folder does."""
        url, key = self.chroma_url.get_secret_value(), self.chroma_api_key.get_secret_value()
        if not (url or key):
            return None
        return ChromaPlace(
            url=url or CHROMA_CLOUD,
            key=key,
            tenant=self.chroma_tenant,
            database=self.chroma_database,
            seconds=self.chroma_seconds,
        )

    @field_validator("data_dir", "models_dir")
    @classmethod
    def _home(cls, value: Path | None) -> Path | None:
        return value.expanduser() if value else None

    @property
    def models(self) -> Path:
        """The folder of the local embedding models, in the data folder unless the settings name another."""
        return self.models_dir or self.data_dir / "models"

    @field_validator("chroma_url")
    @classmethod
    def _chroma(cls, value: SecretStr) -> SecretStr:
        url = web_address(value.get_secret_value().strip())
        try:
            readable = not url or (urlsplit(url).hostname and urlsplit(url).port != 0)
        except ValueError:  # its message has what may be a part of the password
            readable = False
        if not readable:
            raise ValueError("is no web address; in a password, write / as %2F, : as %3A and @ as %40")
        return SecretStr(url)

    @field_validator("chat_model", "verifier_model")
    @classmethod
    def _named(cls, value: str) -> str:
        provider, _, model = value.strip().partition(":")
        if value.strip() and not (provider.strip() and model.strip()):
            raise ValueError("must be provider:model as LangChain names it, such as openai:gpt-5-mini or ollama:qwen3")
        return value.strip()

    @field_validator("chat_url")
    @classmethod
    def _openly(cls, value: str) -> str:
        if "@" in value:
            raise ValueError("must not contain a password: put the key into OPENAI_API_KEY or ANTHROPIC_API_KEY")
        return web_address(value)

    @field_validator("chroma_api_key", mode="after")
    @classmethod
    def _encrypted(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        given = info.data.get("chroma_url")
        url = urlsplit(given.get_secret_value() if given else "")
        if value.get_secret_value() and url.scheme == "http" and url.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("is sent over https only: correct BRIEFING_CHROMA_URL")
        return value

    @field_validator("openai_api_key", "anthropic_api_key", "google_api_key", "mistral_api_key", "chroma_api_key")
    @classmethod
    def _key(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value().strip()
        if not key.isascii() or not key.isprintable() or " " in key:
            # Rejected here, because the error about such a header would quote the key.
            raise ValueError("is not a key")
        return SecretStr(key)

    @field_validator("chat_tokens_person", "chat_tokens_day")
    @classmethod
    def _room(cls, value: int, info: ValidationInfo) -> int:
        least = info.data.get("chat_tokens", 0)
        if value < least:
            raise ValueError(f"must be at least BRIEFING_CHAT_TOKENS ({least}), which one answer may take")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value().strip()
        if url.startswith(("postgresql://", "postgres://")):
            url = f"postgresql+psycopg://{url.partition('://')[2]}"
        if url and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError(
                "must be an address such as sqlite:////srv/briefing/catalog.sqlite3 "
                "or postgresql+psycopg://user:password@host/name"
            )
        return SecretStr(url)


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
    wrong: list[str] = []
    try:
        with _heard() as unread:
            settings = kind(data_dir=data_dir) if data_dir else kind()
    except UnicodeDecodeError as error:
        raise SettingsError(".env cannot be read: it is not UTF-8 text") from error
    except OSError as error:
        raise SettingsError(f".env cannot be read: {error}") from error
    except ValidationError as error:
        wrong = [_explain(each) for each in error.errors()]
    if unread:
        lines = ", ".join(str(each.args[0]) if isinstance(each.args, tuple) and each.args else "?" for each in unread)
        many = "lines" if len(unread) > 1 else "line"
        are = "are not NAME=value, or have" if len(unread) > 1 else "is not NAME=value, or has"
        wrong.insert(0, f".env cannot be read: {many} {lines} {are} a quote that is not closed")
    if wrong:
        raise SettingsError("; ".join(wrong))
    return settings


@contextmanager
def _heard() -> Iterator[list[logging.LogRecord]]:
    """python-dotenv only logs lines that it cannot read, and ignores them; this collects its warnings."""
    log, heard = logging.getLogger("dotenv.main"), list[logging.LogRecord]()

    def hear(record: logging.LogRecord) -> bool:
        heard.append(record)
        return False

    log.addFilter(hear)
    try:
        yield heard
    finally:
        log.removeFilter(hear)


def _explain(error: ErrorDetails) -> str:
    name = "_".join(str(part) for part in error["loc"][:1]).upper()
    wanted = _WANTED.get(error["type"], "").format(**error.get("ctx", {})) or error["msg"].removeprefix("Value error, ")
    return f"{name if name in ALIASES else f'BRIEFING_{name}'} {wanted}"
