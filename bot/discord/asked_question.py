"""A question as somebody asks it in Discord."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.discord.server_settings import ChannelSettings
from bot.presentation.words import ENGLISH, OwnWords
from retrieval.domain.articles import Filter


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question with the person who asked it, the audience and the filter.

    `conversation` is the thread or private channel that the question continues, `replies_to` the message it replies to.
    Both are None for a new question. The settings of its channel, `here`, add to the filter. `listed` is the channel
    that may list it if it has no answer, empty for all channels of the server, None for a question in private.
    The bot adds its own `words`.
    """

    text: str
    person: int
    scope: str
    conversation: str | None = None
    replies_to: str | None = None
    only: Filter = field(default_factory=Filter)
    here: ChannelSettings = field(default_factory=ChannelSettings)
    listed: str | None = None
    words: OwnWords = ENGLISH
