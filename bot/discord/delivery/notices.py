"""Private messages to the creators of schedules and watches that were stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol

from bot.discord.delivery.poster import Poster, RefusedError

_log = logging.getLogger(__name__)


class Warnings(Protocol):
    """Schedules or watches, whose creators are to be told that they were stopped."""

    def warnings(self) -> list[tuple[int, str, str]]:
        """The warnings that have not been sent: (id, creator, line)."""

    def warned(self, id_: int, line: str, /) -> None:
        """Note that the creator got this warning; one that came meanwhile is still to be sent."""


class Notices:
    """Tells the creators; a failed message is tried again later. A message may take `patience` seconds."""

    def __init__(self, stopped: Sequence[Warnings], post: Poster, patience: float) -> None:
        self._stopped = stopped
        self._post = post
        self._patience = patience
        self._told: set[tuple[int, int, str]] = set()

    async def tell(self) -> None:
        """Tell the creators who have not been told. After a crash in between, they may be told twice."""
        for at, stopped in enumerate(self._stopped):
            for id_, person, line in await asyncio.to_thread(stopped.warnings):
                key = at, id_, line
                if key in self._told or await self._reach(person, line):
                    self._told.add(key)
                    await asyncio.to_thread(stopped.warned, id_, line)
                    self._told.discard(key)

    async def _reach(self, person: str, line: str) -> bool:
        """Tell a person; return False if that is to be tried again."""
        try:
            async with asyncio.timeout(self._patience):
                await self._post.warn(person, line)
        except RefusedError as refused:
            _log.warning("%s takes no private messages (%s): %s", person, refused, line)
        except Exception as error:
            _log.warning("the private message to %s failed (%s): %s", person, error or type(error).__name__, line)
            return False
        return True


def stopped_schedule(schedule: int, channel: str, count: int, error: Exception) -> str:
    """The line about a schedule that was paused."""
    return (
        f"I could not post the digest in <#{channel}>, {count} times in a row: {error}. "
        f"I have paused schedule {schedule}; resume it once the problem is solved."
    )


def stopped_watches(channel: str, count: int, error: Exception, watches: Sequence[int]) -> str:
    """The line about watches that were paused."""
    *first, last = map(str, watches)
    them, named = ("them", f"watches {', '.join(first)} and {last}") if first else ("it", f"watch {last}")
    return (
        f"I could not tell the news of your watches in <#{channel}>, {count} times in a row: {error}. "
        f"I have paused {named}; resume {them} once the problem is solved."
    )
