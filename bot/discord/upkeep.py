"""Deletes what is kept for too long, and what servers have left behind that the bot is no longer on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime

from bot.web.published import PublishedPages
from retrieval.services.privacy import Privacy

_log = logging.getLogger(__name__)


class Upkeep:
    """The care for what is kept, to be done now and then; `clock` gives the time."""

    def __init__(self, kept: Privacy, pages: PublishedPages, clock: Callable[[], datetime]) -> None:
        self._kept = kept
        self._pages = pages
        self._clock = clock

    def note_servers(self, application: str, here: Collection[str], serves: Callable[[str], bool]) -> None:
        """Note the servers that the bot is on, of those that this process `serves`."""
        self._kept.servers.note(application, here, self._clock(), serves)

    def tidy(self, noted: bool) -> None:
        """Delete what is too old; of servers that were left only if it is `noted` which ones the bot is on now."""
        if not self._kept.is_steady():
            return
        gone = {**self._kept.expire(), "pages": self._pages.expire(self._kept.days)}
        if any(gone.values()):
            _log.info("deleted what was kept long enough: %s", {kind: many for kind, many in gone.items() if many})
        for server, counts in self._kept.forget_left().items() if noted else ():
            self._pages.forget(server)
            _log.info("deleted what was kept of server %s, which removed the bot: %s", server, dict(counts))
