"""The settings of the front ends: Discord, links and the reader page, beside the library's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from bot.mail import Mailer, is_sender, read_server
from bot.presentation.image.canvas import Theme
from bot.presentation.links import Bases
from retrieval.settings import Settings, load, web_address

# Where Discord gives out tokens.
PORTAL = "https://discord.com/developers/applications"
_TOKEN = 16  # characters of a token that cannot be guessed


class BotSettings(Settings):
    """All settings; all but the token have a working default.

    `guilds` are the ids of the servers that the bot serves; empty means every server it is invited to. `welcome` greets
    a server once when the bot joins it, `follow_ups` suggests questions under answers. `message_content` asks Discord
    for the intent to read follow-ups that do not mention the bot. A person may ask `questions` in `questions_seconds`;
    `workers` questions are answered at once. `folders` are read again when their files change. `plain_messages` makes
    all messages of text, without components. `pictures` are drawn `light` or `dark`, but light in documents.
    Digests are mailed through `smtp_url`, from `mail_from`, to those addresses and domains ("@example.org") that
    `mail_to` names. Who has the `mcp_token` may ask through `briefing mcp --http`. Logs are lines of `log_format`, with
    the text of questions only if `log_questions`. Traces go to the collector at `otlp_url`, errors to the Sentry server
    of `sentry_dsn`; neither has anybody's words in it.
    """

    discord_token: SecretStr = Field(default=SecretStr(""), validation_alias="DISCORD_TOKEN")
    guilds: Annotated[frozenset[int], NoDecode] = frozenset()
    message_content: bool = False
    welcome: bool = True
    follow_ups: bool = True
    public_url: str = ""
    source_base_url: str = ""
    reader_host: str = "127.0.0.1"
    reader_port: int = Field(default=8080, ge=0, le=65535)
    questions: int = Field(default=10, ge=1)
    questions_seconds: int = Field(default=60, ge=1)
    plain_messages: bool = False
    workers: int = Field(default=4, ge=1, le=64)
    folders: Annotated[tuple[Path, ...], NoDecode] = ()
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = ""
    mail_to: Annotated[frozenset[str], NoDecode] = frozenset()
    pictures: Theme = "light"
    mcp_token: SecretStr = SecretStr("")
    log_format: Literal["text", "json"] = "text"
    log_questions: bool = False
    otlp_url: str = ""
    sentry_dsn: SecretStr = SecretStr("")

    @field_validator("guilds", mode="before")
    @classmethod
    def _ids(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        ids = value.replace(",", " ").split()
        if not all(each.isascii() and each.isdigit() for each in ids):
            raise ValueError("must be server ids, such as 123456789012345678, separated by commas")
        return frozenset(map(int, ids))

    @field_validator("folders", mode="before")
    @classmethod
    def _paths(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(Path(each.strip()).expanduser() for each in value.split(",") if each.strip())

    @field_validator("smtp_url")
    @classmethod
    def _server(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            read_server(value.get_secret_value())
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        if value and (not is_sender(value)):
            raise ValueError('must be an address, such as briefing@example.org or "Briefing <briefing@example.org>"')
        return value

    @field_validator("mail_to", mode="before")
    @classmethod
    def _recipients(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        named = value.replace(",", " ").split()
        if not all(is_sender(each if not each.startswith("@") else f"x{each}") for each in named):
            raise ValueError("must be addresses or domains, such as ann@example.org, @example.org")
        return frozenset(named)

    @field_validator("mcp_token")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        token = value.get_secret_value().strip()
        if token and not (len(token) >= _TOKEN and token.isascii() and token.isprintable() and " " not in token):
            raise ValueError(f"must be {_TOKEN} letters and digits or more, such as `openssl rand -hex 32` prints")
        return SecretStr(token)

    @field_validator("sentry_dsn")
    @classmethod
    def _reporting(cls, value: SecretStr) -> SecretStr:
        dsn = urlsplit(web_address(value.get_secret_value()))
        if any(dsn) and not (dsn.username and dsn.hostname and dsn.path.strip("/")):
            raise ValueError("must be a DSN as Sentry shows it, such as https://key@sentry.example.org/1")
        return value

    @field_validator("public_url", "source_base_url", "otlp_url")
    @classmethod
    def _addresses(cls, value: str) -> str:
        return web_address(value)

    def serves(self, guild: int | None) -> bool:
        """True if the bot works on a server, or (None) in private messages: there only if it works on every server."""
        return not self.guilds or guild in self.guilds

    @property
    def mailer(self) -> Mailer | None:
        """What sends mail; None unless both the server and the sender are set."""
        url = self.smtp_url.get_secret_value()
        return Mailer(read_server(url), self.mail_from) if url and self.mail_from else None

    @property
    def bases(self) -> Bases:
        """The bases of links."""
        return Bases(self.public_url, self.source_base_url)


def load_bot_settings(data_dir: Path | None = None) -> BotSettings:
    """Read the settings; `data_dir` wins over the environment.

    Raises:
        SettingsError: a setting has a value that cannot be used, or `.env` cannot be read.
    """
    return load(BotSettings, data_dir)


def place(host: str, port: int) -> str:
    """A host and a port as an address has them: `127.0.0.1:8080`, `[::1]:8080`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
