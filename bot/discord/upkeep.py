"""Deletes what is kept for too long, and what servers have left behind that the bot is no longer on."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.web.published import PublishedPages
from retrieval.services.operations import Privacy

_log = logging.getLogger(__name__)

# The most that the clock may have been set meanwhile.
_STEADY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Presence:
    """The servers that an application is on, and those of which this process knows it."""

    application: str
    here: Collection[str]
    owns: Callable[[int], bool]


class Upkeep:
    """The care for what is kept, to be done again and again.

    `present` gives the servers that the bot is on, None where it is not known; with `expiring`, what is too old is
    deleted too.
    """

    def __init__(
        self,
        kept: Privacy,
        pages: PublishedPages,
        clock: Callable[[], datetime],
        present: Callable[[], Presence | None] = lambda: None,
        expiring: bool = True,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kept = kept
        self._pages = pages
        self._clock = clock
        self._present = present
        self._expiring = expiring
        self._elapsed = elapsed
        self._last: tuple[datetime, float] | None = None

    def run(self) -> None:
        """Note where the bot is, and delete what is due; nothing the first time, and after the clock was set."""
        there, steady = self._present(), self._is_steady()
        if there:
            self._kept.servers.note(there.application, there.here, self._clock(), lambda scope: there.owns(int(scope)))
        if steady and self._expiring:
            gone = {**self._kept.expire(), "pages": self._pages.expire(self._kept.days)}
            if any(gone.values()):
                _log.info("deleted what was kept long enough: %s", {kind: many for kind, many in gone.items() if many})
        if steady and there:
            for server, counts in self._kept.forget_left(lambda scope: there.owns(int(scope))).items():
                self._pages.forget(server)
                _log.info("deleted what was kept of server %s, which removed the bot: %s", server, dict(counts))

    def _is_steady(self) -> bool:
        """Tell if the clock has gone on as time has: one that is ahead for a while would have all deleted."""
        now, before = (self._clock(), self._elapsed()), self._last
        self._last = now
        return before is not None and abs(now[0] - before[0] - timedelta(seconds=now[1] - before[1])) < _STEADY
