"""The digest of a schedule: its days and its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from zoneinfo import ZoneInfo

from bot.discord.audience import scopes
from bot.discord.delivery.poster import GONE, ROOM, RefusedError
from bot.discord.delivery.schedules import Schedule
from bot.discord.delivery.timetable import Timetable, due_between
from bot.discord.delivery.worker import ComposedDigest
from bot.discord.publishing import PageShelf
from bot.mail import Mail, is_allowed, write_mail
from bot.presentation import digest_wording, files
from bot.presentation.discord.digests import menu, pages
from bot.presentation.discord.server_settings import with_line
from bot.presentation.links import best_link, short_link
from bot.presentation.words import ENGLISH, OwnWords, phrase
from bot.settings import BotSettings
from retrieval.domain.articles import Filter
from retrieval.domain.reports import Digest
from retrieval.executor import BoundedExecutor
from retrieval.nlp.markup import visible
from retrieval.services.briefing import Briefing

_DAY = timedelta(days=1)
# A timetable is due at least once in these days, even if the clocks skip a day.
_ROUND = 9 * _DAY
# The longest window of a digest, however long ago the last one was.
_LONGEST = 31 * _DAY
_WHY = phrase("Sent because schedule {number} of a Discord server names your address: its managers can take it out.")


class ScheduledDigests:
    """Composes the digests of schedules, as their servers see them, in their `words`.

    `serves` is True for a server the bot works on.
    """

    def __init__(
        self,
        briefing: Briefing,
        executor: BoundedExecutor,
        settings: BotSettings,
        serves: Callable[[int], bool],
        shelf: PageShelf,
        words: Callable[[int], OwnWords] = lambda _guild: ENGLISH,
    ) -> None:
        self._briefing = briefing
        self._executor = executor
        self._settings = settings
        self._serves = serves
        self._shelf = shelf
        self._words = words

    async def compose(self, schedule: Schedule, due: datetime, trying: bool = False) -> ComposedDigest:
        """The news that the channel has not received, for a digest that was due at `due`; one for `trying` is not kept
        as a page.

        Raises:
            RefusedError: the bot no longer works on that server.
        """
        if not self._serves(int(schedule.scope)):
            raise RefusedError(GONE)
        return await self._executor.run(partial(self._compose, schedule, due, trying))

    def _compose(self, schedule: Schedule, due: datetime, trying: bool) -> ComposedDigest:
        channel, topic, bases = schedule.channel, schedule.topic, self._settings.bases
        words = self._words(int(schedule.scope))
        if schedule.roundup:
            days = week(schedule.timetable, due)
        else:
            days = window(schedule.timetable, due, self._briefing.digests.last(channel))
        only = replace(days, scopes=scopes(int(schedule.scope)))
        digest = self._briefing.digests.compose(
            only, topic, destination=channel, channel=channel, roundup=schedule.roundup
        )
        link, short = (partial(each, bases=bases) for each in (best_link, short_link))
        plain = self._settings.plain_messages
        found = pages(digest, topic or "", link, room=ROOM + self._shelf.room, short=short, plain=plain, words=words)
        if digest.stories and not trying:
            title = digest_wording.days(digest, topic, visible, words)
            make = partial(files.digest_page, digest, topic, bases, words=words)
            found = with_line(found, self._shelf.keep(int(schedule.scope), "digest", title, make, words))
        mails = tuple(self._mails(schedule, due, digest, words))
        return ComposedDigest(tuple(found), digest.told, mails, menu(digest, topic, words))

    def _mails(self, schedule: Schedule, due: datetime, digest: Digest, words: OwnWords) -> Iterator[Mail]:
        """The digest for the addresses that mail may still go to, if it has a story and mail is set up."""
        allowed = [each for each in schedule.mail if is_allowed(each, self._settings.mail_to)]
        if not (allowed and digest.stories and self._settings.mail_from):
            return
        bases, why = self._settings.bases, words(_WHY, number=schedule.id)
        text = files.digest_text(digest, schedule.topic, bases, notice=why, words=words)
        page = files.digest_page(digest, schedule.topic, bases, notice=why, words=words)
        subject = digest_wording.subject(digest, schedule.topic, words)
        for address in allowed:
            known = f"{schedule.scope}/{schedule.id}/{schedule.created}/{due}/{address}"
            yield write_mail(
                sender=self._settings.mail_from,
                address=address,
                subject=subject,
                text=text,
                page=page,
                # The same for every try, so that a mail that comes twice is shown once.
                id_=f"digest-{due:%Y%m%d%H%M}-{sha256(known.encode()).hexdigest()[:20]}",
                moment=due,
            )


def week(timetable: Timetable, due: datetime) -> Filter:
    """The days of a roundup that is due then: back to the same day of the week before, whose evening came after it."""
    until = due.astimezone(ZoneInfo(timetable.zone)).date()
    return Filter((until - 7 * _DAY).isoformat(), max(until, due.astimezone(UTC).date()).isoformat())


def window(timetable: Timetable, due: datetime, last: datetime | None) -> Filter:
    """The days of publication, in the timetable's zone, of the articles for a digest that is due then.

    They begin a day before the channel's last digest, for articles that came in late, and never after the timetable's
    previous moment: the last digest may be of another schedule, on another topic. Articles that the channel has
    received are left out later.
    """
    zone = ZoneInfo(timetable.zone)
    before = due_between(timetable, due - _ROUND, due - timedelta(seconds=1))[-1]
    first = max(min(last - _DAY if last else before, before, due - _DAY), due - _LONGEST)
    # Feeds date their articles in UTC, where it is already tomorrow in the evening of America.
    until = max(due.astimezone(zone).date(), due.astimezone(UTC).date())
    return Filter(first.astimezone(zone).date().isoformat(), until.isoformat())
