"""Private messages to the creators of schedules that were stopped."""

from __future__ import annotations

import asyncio
import logging

from bot.discord.delivery.poster import Poster, RefusedError
from bot.discord.delivery.schedules import Schedules

_log = logging.getLogger(__name__)


class Notices:
    """Tells the creators; a failed message is tried again later. A message may take `patience` seconds."""

    def __init__(self, schedules: Schedules, post: Poster, patience: float) -> None:
        self._schedules = schedules
        self._post = post
        self._patience = patience
        self._told: set[int] = set()

    async def tell(self) -> None:
        """Tell the creators who have not been told. After a crash in between, they may be told twice."""
        for schedule, person, line in await asyncio.to_thread(self._schedules.warnings):
            if schedule in self._told or await self._reach(person, line):
                self._told.add(schedule)
                await asyncio.to_thread(self._schedules.warned, schedule)
                self._told.discard(schedule)

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
