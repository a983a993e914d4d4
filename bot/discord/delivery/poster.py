"""The interface that deliveries are posted through, and the marks by which posted pages are found again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.discord.delivery.attempts import Delivery
from bot.discord.delivery.schedules import Schedule
from bot.presentation.discord.digests import Menu
from bot.presentation.discord.layouts import Page, footed
from bot.presentation.discord.markdown import small
from bot.presentation.words import OwnWords
from retrieval.domain.phrase import Phrase
from retrieval.errors import BriefingError

# Characters that a page leaves free for its mark, the line about a late digest, and a role.
ROOM = 200
_NOTICE = "notice "
GONE = Phrase("I no longer work on that server")


class RefusedError(BriefingError):
    """A channel or person does not accept messages; the message is the reason, in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """Pages on their way to a channel, claimed at the moment `at`; the first `posted` of them are recorded.

    `begun`: an earlier try may have posted the next one. `mark` and `record` take the number of a page from 0; the
    first page comes under `head` and mentions the `role`, the last stands above the `menu`.
    """

    channel: str
    pages: Sequence[Page]
    posted: int
    at: datetime
    begun: bool
    mark: Callable[[int], str]
    record: Callable[[int, str], None]
    head: str = ""
    role: str | None = None
    menu: Menu | None = None


class Poster(Protocol):
    """The place where deliveries go. Calls raise `RefusedError`, or another error if trying again may help."""

    async def send(self, channel: str, page: Page, mark: str, role: str | None, menu: Menu | None = None) -> str:
        """Post a page, after the mention of a role and above a menu of stories; return the id of the message.

        `mark` (at most 25 characters) is the nonce: Discord then does not show the page twice in a row.
        """

    async def find(self, channel: str, mark: str, since: datetime) -> str | None:
        """The id of the bot's message since then that `carries` the mark."""

    async def warn(self, person: str, line: str) -> None:
        """Tell a person in private."""


def mark_of(delivery: Delivery, number: int) -> str:
    """The mark of a page of a delivery; `number` counts from 0."""
    return f"{delivery.schedule}-{delivery.due:%y%m%d%H%M}/{number + 1}"


def notice_mark(notice: int, number: int) -> str:
    """The mark of a page of a notice about watches."""
    return f"{_NOTICE}{notice}/{number + 1}"


def marked(page: Page, mark: str) -> Page:
    """The page with its mark."""
    return footed(page, _last_line(mark))


def carries(text: str, mark: str) -> bool:
    """True if the text of a message is a page with this mark."""
    return text.rstrip().rpartition("\n")[2] == _last_line(mark)


def late(schedule: Schedule, due: datetime, words: OwnWords) -> str:
    """The line above a digest that is posted long after it was due."""
    zone = schedule.timetable.zone
    local = due.astimezone(ZoneInfo(zone))
    day = words.day(local.date().isoformat())
    return small(words("Late: this was due at {time} on {day} ({zone}).", time=f"{local:%H:%M}", day=day, zone=zone))


def _last_line(mark: str) -> str:
    return f"-# {mark}" if mark.startswith(_NOTICE) else f"-# digest {mark}"
