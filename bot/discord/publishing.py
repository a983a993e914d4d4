"""The pages of digests and notes that a channel has seen, where the bot has a web address."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping

from bot.presentation.links import address
from bot.presentation.words import ENGLISH, OwnWords, phrase
from bot.settings import BotSettings
from bot.web.published import Kind, PublishedPages

_log = logging.getLogger(__name__)

# The most characters of the line that leads to a page.
LINE = 300
_KINDS: Mapping[Kind, str] = {"digest": phrase("This digest as a page"), "note": phrase("This note as a page")}
# Its label is in the language of whoever asked.
_LEADS = re.compile(r"^-# \[[^\[\]\n]+\]\(<[^<>\n]+/s/[^<>\n]+>\)$", re.MULTILINE)


class PageShelf:
    """Keeps pages for servers, and words the lines that lead to them; without a web address it keeps nothing.

    They are served by this process at its port, or `elsewhere`, by `briefing web`.
    """

    def __init__(self, settings: BotSettings, elsewhere: bool = False) -> None:
        self._public = address(settings.public_url) if settings.reader_port or elsewhere else ""
        self.pages = PublishedPages(settings.data_dir / "pages")

    @property
    def room(self) -> int:
        """The characters that a message leaves free for the line."""
        return LINE if self._public else 0

    def keep(
        self, guild: int | None, kind: Kind, title: str, make: Callable[[], str], words: OwnWords = ENGLISH
    ) -> str:
        """Make and keep a page of a server; the line that leads to it.

        Empty where no page is kept, or where that fails: the message goes out anyway.
        """
        if not self._public or not guild:
            return ""
        try:
            made = self.pages.keep(str(guild), kind, title, make())
        except OSError as error:
            _log.warning("a page of a %s was not kept: %s", kind, error)
            return ""
        return _line(words(_KINDS[kind]), self.pages.address(self._public, str(guild), made))

    def index(self, guild: int | None, words: OwnWords = ENGLISH) -> str:
        """The line that leads to all pages of a server; empty where there is none."""
        if not self._public or not guild:
            return ""
        return _line(words("Digests and notes of this server as pages"), self.pages.address(self._public, str(guild)))


def leading_line(text: str) -> str:
    """The line of a message that leads to its page; empty where it has none."""
    found = _LEADS.search(text)
    return found[0] if found else ""


def _line(label: str, where: str) -> str:
    line = f"-# [{label}](<{where}>)"
    return line if len(line) <= LINE else ""
