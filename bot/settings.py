"""The settings of the front ends: Discord, links and the reader page, beside the library's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from bot.presentation.links import Bases
from retrieval.settings import Settings, load, web_address

# Where Discord gives out tokens.
PORTAL = "https://discord.com/developers/applications"


class BotSettings(Settings):
    """All settings; all but the token have a working default.

    `guilds` are the ids of the servers that the bot serves; empty means every server it is invited to. `welcome` greets
    a server once when the bot joins it, `follow_ups` suggests questions under answers. `message_content` asks Discord
    for the intent to read follow-ups that do not mention the bot. A person may ask `questions` in `questions_seconds`;
    `workers` questions are answered at once. `folders` are read again when their files change. `plain_messages` makes
    all messages of text, without components.
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

    @field_validator("public_url", "source_base_url")
    @classmethod
    def _addresses(cls, value: str) -> str:
        return web_address(value)

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
