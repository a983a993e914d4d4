"""Private words to those whose schedules were stopped."""

from __future__ import annotations

import asyncio
import logging

from bot.discord.delivery.poster import Poster, RefusedError
from bot.discord.delivery.schedules import Schedules

_log = logging.getLogger(__name__)


class Notices:
    """Tells each creator; one that cannot be told is told later. A person may take `patience` seconds."""

    def __init__(self, schedules: Schedules, post: Poster, patience: float) -> None:
        self._schedules = schedules
        self._post = post
        self._patience = patience
        self._told: set[int] = set()

    async def tell(self) -> None:
        """Tell whoever has not been told; after a crash that hides whether they were, again."""
        for schedule, person, line in await asyncio.to_thread(self._schedules.warnings):
            if schedule in self._told or await self._reach(person, line):
                self._told.add(schedule)
                await asyncio.to_thread(self._schedules.warned, schedule)
                self._told.discard(schedule)

    async def _reach(self, person: str, line: str) -> bool:
        """Whether a person was told, or does not want to be."""
        try:
            async with asyncio.timeout(self._patience):
                await self._post.warn(person, line)
        except RefusedError as refused:
            _log.warning("%s takes no private messages (%s): %s", person, refused, line)
        except Exception as error:
            _log.warning("%s could not be told (%s): %s", person, error or type(error).__name__, line)
            return False
        return True
