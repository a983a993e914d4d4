"""What a server sets about the bot, for all of it and for its channels; kept in the catalog."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from threading import Lock
from typing import Any, TypeVar

from bot.presentation.words import OwnWords, words_in
from retrieval.domain.articles import Filter
from retrieval.question.calendar import parse_window
from retrieval.storage.catalog import Catalog
from retrieval.storage.servers import ChosenSettings, Place

# The channel of a row that is about the whole server.
_SERVER = ""


class Threads(StrEnum):
    """When a thread is opened under an answer."""

    ON = "on"
    OFF = "off"
    REPLY = "reply"


class Language(StrEnum):
    """The language of the bot's own words: that of each person's client, or one for all."""

    CLIENT = "client"
    ENGLISH = "en"
    GERMAN = "de"
    FRENCH = "fr"
    SPANISH = "es"
    POLISH = "pl"
    UKRAINIAN = "uk"


class Adding(StrEnum):
    """Who may add articles. Managers of the server always may."""

    EVERYONE = "everyone"
    ROLE = "role"
    MANAGERS = "managers"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """The settings of a whole server. `private` is how commands answer; `digest_time` is local to `digest_zone`."""

    threads: Threads = Threads.ON
    language: Language = Language.CLIENT
    private: bool = False
    adding: Adding = Adding.EVERYONE
    adding_role: str = ""
    digest_time: str = ""
    digest_zone: str = ""

    def __post_init__(self) -> None:
        # As stored, they are plain text.
        object.__setattr__(self, "threads", Threads(self.threads))
        object.__setattr__(self, "language", Language(self.language))
        object.__setattr__(self, "adding", Adding(self.adding))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """The settings of a channel and its threads.

    With `questions` every message in it is a question, in a `silent` one nothing is answered in public. The rest
    filters its questions; `since` and `until` are as typed, so that "yesterday" moves on.
    """

    questions: bool = False
    silent: bool = False
    outlet: str = ""
    since: str = ""
    until: str = ""

    @property
    def filters(self) -> bool:
        """True if a question without a filter of its own gets one."""
        return bool(self.outlet or self.since or self.until)

    def narrowed(self, only: Filter, names_outlet: bool = False, names_days: bool = False) -> Filter:
        """The filter with the channel's outlet and days, unless it or the question names others."""
        if self.outlet and not (only.outlets or names_outlet):
            only = replace(only, outlets=(self.outlet,))
        if (self.since or self.until) and not (only.since or only.until or names_days):
            days = parse_window(self.since or None, self.until or None)
            only = replace(only, since=days.since, until=days.until)
        return only


Kept = TypeVar("Kept", ServerSettings, ChannelSettings)


class StoredSettings:
    """The settings of all servers: read once, since one process runs the bot, and written through. Thread-safe."""

    def __init__(self, catalog: Catalog) -> None:
        self._stored = ChosenSettings(catalog)
        self._lock = Lock()
        self._chosen = self._stored.all()

    def server(self, scope: str) -> ServerSettings:
        """The settings of a server; the defaults where it has set nothing."""
        return _read(ServerSettings, self._chosen.get((scope, _SERVER), {}))

    def words(self, scope: str) -> OwnWords | None:
        """The words in the language that a server chose; None where they are in that of each person's Discord."""
        language = self.server(scope).language
        return None if language is Language.CLIENT else words_in(language.value)

    def channel(self, scope: str, channel: str) -> ChannelSettings:
        """The settings of a channel."""
        return _read(ChannelSettings, self._chosen.get((scope, channel), {}))

    def channels(self, scope: str) -> dict[str, ChannelSettings]:
        """The channels of a server that have settings, by their ids."""
        named = [channel for owner, channel in list(self._chosen) if owner == scope and channel != _SERVER]
        return {channel: self.channel(scope, channel) for channel in named}

    def change_server(self, scope: str, **chosen: Any) -> ServerSettings:
        """Change settings of a server; returns all of them."""
        with self._lock:
            changed = replace(self.server(scope), **chosen)
            self._write({(scope, _SERVER): changed})
        return changed

    def change_channel(self, scope: str, channel: str, **chosen: Any) -> ChannelSettings:
        """Change settings of a channel; returns all of them."""
        with self._lock:
            changed = replace(self.channel(scope, channel), **chosen)
            self._write({(scope, channel): changed})
        return changed

    def forget_channel(self, scope: str, channel: str) -> None:
        """Forget the settings of a channel that is gone."""
        with self._lock:
            if (scope, channel) in self._chosen:
                self._write({(scope, channel): ChannelSettings()})

    def choose_channels(self, scope: str, name: str, chosen: Collection[str]) -> None:
        """Set `questions` or `silent` for these channels, and for no other of the server; a channel is not both."""
        other = {"questions": "silent", "silent": "questions"}[name]
        changed: dict[Place, ServerSettings | ChannelSettings] = {}
        with self._lock:
            known = self.channels(scope)
            for channel in {*known, *chosen}:
                wanted: dict[str, Any] = {name: True, other: False} if channel in chosen else {name: False}
                changed[scope, channel] = replace(known.get(channel, ChannelSettings()), **wanted)
            self._write(changed)

    def _write(self, changed: Mapping[Place, ServerSettings | ChannelSettings]) -> None:
        rows = {place: _chosen(settings) for place, settings in changed.items()}
        self._stored.keep(rows)
        self._chosen = {place: chosen for place, chosen in (self._chosen | rows).items() if chosen}


def _chosen(settings: ServerSettings | ChannelSettings) -> dict[str, Any]:
    """The values that differ from the defaults."""
    default = asdict(type(settings)())
    return {name: value for name, value in asdict(settings).items() if value != default[name]}


def _read(kind: type[Kept], chosen: Mapping[str, Any]) -> Kept:
    """The settings of these values, without those of another version."""
    known = {each.name for each in fields(kind)}
    try:
        return kind(**{name: value for name, value in chosen.items() if name in known})
    except ValueError:
        return kind()
