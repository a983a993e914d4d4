"""Private messages to the creators of schedules and watches that were stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from bot.discord.delivery.attempts import CreatorWarning
from bot.discord.delivery.poster import Poster, RefusedError
from bot.presentation.words import OwnWords
from retrieval.domain.phrase import Phrase

_log = logging.getLogger(__name__)

_ONE = Phrase(
    "I could not post the news of your watches in {channel}, {count} times in a row: {reason}. I have paused watch "
    "{watch}; resume it once the problem is solved."
)
_SEVERAL = Phrase(
    "I could not post the news of your watches in {channel}, {count} times in a row: {reason}. I have paused watches "
    "{first} and {last}; resume them once the problem is solved."
)


class Warnings(Protocol):
    """Schedules or watches, whose creators are to be told that they were stopped."""

    def warnings(self) -> list[CreatorWarning]:
        """The warnings that have not been sent."""

    def warned(self, id_: int, line: str, /) -> None:
        """Note that the creator got this warning; one that came meanwhile is still to be sent."""


class Notices:
    """Tells the creators, in the `words` of the server; a failed message is tried again later.

    A message may take `patience` seconds.
    """

    def __init__(
        self, stopped: Sequence[Warnings], post: Poster, patience: float, words: Callable[[int], OwnWords]
    ) -> None:
        self._stopped = stopped
        self._post = post
        self._patience = patience
        self._words = words
        self._told: set[tuple[int, int, str]] = set()

    async def tell(self) -> None:
        """Tell the creators who have not been told. After a crash in between, they may be told twice."""
        for at, stopped in enumerate(self._stopped):
            for each in await asyncio.to_thread(stopped.warnings):
                key, line = (at, each.id, each.line), self._words(int(each.scope)).said(each.line)
                if key in self._told or await self._reach(each.creator, line):
                    self._told.add(key)
                    await asyncio.to_thread(stopped.warned, each.id, each.line)
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


def reason_of(error: Exception) -> str:
    """Why a delivery failed, for those who manage a server: other errors may name folders and settings."""
    return error.line if isinstance(error, RefusedError) else Phrase("an internal error, see the log")


def stopped_schedule(schedule: int, channel: str, count: int, reason: str) -> str:
    """The line about a schedule that was paused."""
    return Phrase(
        "I could not post the digest in {channel}, {count} times in a row: {reason}. I have paused schedule "
        "{schedule}; resume it once the problem is solved.",
        channel=f"<#{channel}>",
        count=count,
        reason=reason,
        schedule=schedule,
    )


def stopped_watches(channel: str, count: int, reason: str, watches: Sequence[int]) -> str:
    """The line about watches that were paused."""
    *first, last = map(str, watches)
    where = f"<#{channel}>"
    if first:
        return _SEVERAL.filled(channel=where, count=count, reason=reason, first=", ".join(first), last=last)
    return _ONE.filled(channel=where, count=count, reason=reason, watch=last)
