"""The pages of digests and notes that a channel has seen, where the bot has a web address."""

from __future__ import annotations

import logging

from bot.presentation.links import address
from bot.settings import BotSettings
from bot.web.published import Kind, PublishedPages

_log = logging.getLogger(__name__)

# The most characters of the line that leads to a page.
LINE = 300


class PageShelf:
    """Keeps pages for servers, and words the lines that lead to them; without a web address it keeps nothing."""

    def __init__(self, settings: BotSettings) -> None:
        self._public = address(settings.public_url) if settings.reader_port else ""
        self.pages = PublishedPages(settings.data_dir / "pages")

    @property
    def is_open(self) -> bool:
        """True where pages can be read."""
        return bool(self._public)

    def keep(self, guild: int | None, kind: Kind, title: str, page: str) -> str:
        """Keep a page of a server; the line that leads to it, empty where that fails: the message goes out anyway."""
        if not self._public or not guild:
            return ""
        try:
            made = self.pages.keep(str(guild), kind, title, page)
        except OSError as error:
            _log.warning("a page of a %s was not kept: %s", kind, error)
            return ""
        return _line(f"This {kind} as a page", self.pages.address(self._public, str(guild), made))

    def index(self, guild: int | None) -> str:
        """The line that leads to all pages of a server; empty where there is none."""
        if not self._public or not guild:
            return ""
        return _line("Digests and notes of this server as pages", self.pages.address(self._public, str(guild)))


def _line(label: str, where: str) -> str:
    line = f"-# [{label}](<{where}>)"
    return line if len(line) <= LINE else ""
