"""What deliveries go through, and what is put around a page so that it is found again."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.discord.delivery.schedules import Delivery, Schedule

# Characters that a page has to leave free for what is put around it: its mark, that it is late, a role.
ROOM = 200


class RefusedError(Exception):
    """A channel or person that nothing may be sent to; the message is the reason, in a few words."""


class Poster(Protocol):
    """Where deliveries go. Every call may raise `RefusedError`, or anything else where trying again may help."""

    async def send(self, channel: str, page: str, mark: str, role: str | None) -> str:
        """Post a page as it is, mentioning a role before it; gives the message's id.

        `mark` (at most 25 characters) is to be the nonce: Discord then refuses to show the page twice in a row.
        """

    async def find(self, channel: str, mark: str, since: datetime) -> str | None:
        """The id of the bot's own message since then whose content `carries` the mark."""

    async def warn(self, person: str, line: str) -> None:
        """Tell a person in private."""


def mark_of(delivery: Delivery, number: int) -> str:
    """What the page of this number, from 0, of a delivery is known by."""
    return f"{delivery.schedule}-{delivery.due:%y%m%d%H%M}/{number + 1}"


def marked(page: str, mark: str) -> str:
    """A page with the mark it is found by."""
    return f"{page}\n{_last_line(mark)}"


def carries(content: str, mark: str) -> bool:
    """Whether a message's content is a page with this mark."""
    return content.rstrip().rpartition("\n")[2] == _last_line(mark)


def late(schedule: Schedule, due: datetime) -> str:
    """The line above what is posted long after it was due."""
    zone = schedule.timetable.zone
    local = due.astimezone(ZoneInfo(zone))
    return f"-# Late: this was due at {local:%H:%M} on {local.day} {local:%b %Y} ({zone})."


def _last_line(mark: str) -> str:
    return f"-# digest {mark}"
