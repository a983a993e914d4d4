"""Composes what is delivered unasked: digests on schedule and the news of watches; and tells how much of it waits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from threading import Event
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from bot.discord.context import scopes
from bot.discord.delivery.attempts import GONE, ROOM, Guilds, RefusedError
from bot.discord.delivery.channel_watches import ChannelWatches
from bot.discord.delivery.schedules import Schedule, Schedules
from bot.discord.delivery.timetable import Timetable, due_between
from bot.discord.delivery.watch_notices import WatchNotices
from bot.discord.delivery.worker import ComposedDigest
from bot.mail import Mail, is_allowed, write_mail
from bot.presentation import digest_wording, files
from bot.presentation.discord import deliveries
from bot.presentation.discord.digests import menu, pages
from bot.presentation.discord.layouts import Page
from bot.presentation.discord.servers import with_line
from bot.presentation.links import best_link, short_link
from bot.presentation.words import OwnWords, phrase
from bot.settings import BotSettings
from bot.web.metrics import Reading
from bot.web.published import PageShelf
from retrieval import observing
from retrieval.domain.articles import Filter
from retrieval.domain.reports import Digest, Watch, WatchNews, WatchState
from retrieval.errors import BriefingError
from retrieval.executor import BoundedExecutor
from retrieval.nlp.markup import visible
from retrieval.services.briefing import Briefing
from retrieval.services.watches import Arrivals
from retrieval.storage.catalog import Catalog
from retrieval.storage.deliveries import mails, notices

_DAY = timedelta(days=1)
# A timetable is due at least once in these days, even if the clocks skip a day.
_ROUND = 9 * _DAY
# The longest window of a digest, however long ago the last one was.
_LONGEST = 31 * _DAY
_WHY = phrase("Sent because schedule {number} of a Discord server names your address: its managers can take it out.")


class ScheduledDigests:
    """Composes the digests of schedules, as their `guilds` see them."""

    def __init__(
        self,
        briefing: Briefing,
        executor: BoundedExecutor,
        settings: BotSettings,
        shelf: PageShelf,
        guilds: Guilds = Guilds(),  # noqa: B008 - it cannot change
    ) -> None:
        self._briefing = briefing
        self._executor = executor
        self._settings = settings
        self._shelf = shelf
        self._guilds = guilds

    async def compose(self, schedule: Schedule, due: datetime, trying: bool = False) -> ComposedDigest:
        """The news that the channel has not received, for a digest that was due at `due`; one for `trying` is not kept
        as a page.

        Raises:
            RefusedError: the bot no longer works on that server.
        """
        if not self._guilds.serves(int(schedule.scope)):
            raise RefusedError(GONE)
        return await self._executor.run(partial(self._compose, schedule, due, trying))

    def _compose(self, schedule: Schedule, due: datetime, trying: bool) -> ComposedDigest:
        channel, topic, bases = schedule.channel, schedule.topic, self._settings.bases
        words = self._guilds.words(int(schedule.scope))
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


_log = logging.getLogger(__name__)

# What a process claims that looks at the watches.
_LOOK = "watches"


class WatchLooks:
    """Looks at the watched topics of the `guilds` that the bot serves, whenever articles came in."""

    def __init__(
        self,
        briefing: Briefing,
        settings: BotSettings,
        guilds: Guilds = Guilds(),  # noqa: B008 - it cannot change
    ) -> None:
        self._briefing = briefing
        self._watches = ChannelWatches(briefing.catalog)
        self._notices = WatchNotices(briefing.catalog)
        self._settings = settings
        self._guilds = guilds

    async def look(self, now: datetime) -> None:
        """Keep the news of all watches that run; do nothing if no articles came in."""
        stopped = Event()
        # Not in the bot's executor, where questions would wait for it.
        work = asyncio.ensure_future(asyncio.to_thread(self.look_now, now, stopped))
        try:
            await asyncio.shield(work)
        finally:
            # Where it is cancelled, the watch that is being looked at is finished.
            stopped.set()
            await work

    def look_now(self, now: datetime, stopped: Event | None = None) -> None:
        """Look in this thread, unless another process looks; a look that is `stopped` is finished by the next one."""
        with self._briefing.catalog.claims.taking(_LOOK) as taken:
            if taken:
                self._look(now, stopped)

    def _look(self, now: datetime, stopped: Event | None) -> None:
        running = [each.watch for each in self._watches.running() if self._guilds.serves(int(each.watch.scope))]
        arrivals = self._briefing.watches.arrivals()
        behind = [each for each in running if each.state is None or each.state.passage < arrivals.passage]
        if not behind:
            return
        with observing.step("watches"):
            self._look_at(behind, arrivals, now, stopped)

    def _look_at(self, behind: Sequence[Watch], arrivals: Arrivals, now: datetime, stopped: Event | None) -> None:
        # Articles that another process has stored may not be indexed yet.
        self._briefing.corpus.follow()
        quiet: dict[int, WatchState] = {}
        for watch in behind:
            if stopped and stopped.is_set():
                break
            try:
                look = self._briefing.watches.check(watch, arrivals)
            except Exception as error:
                # One topic holds up no other; it is looked at again in the next round.
                known = isinstance(error, BriefingError)
                _log.warning("watch %d could not be looked at: %s", watch.id, error, exc_info=None if known else error)
                continue
            if look.news is None:
                quiet[watch.id] = look.state
            else:
                self._notices.keep({watch.id: look.state}, {watch.id: look.news}, now)
        self._notices.keep(quiet, {}, now)

    def compose(self, scope: str, news: Sequence[WatchNews], since: datetime | None) -> list[Page]:
        """The pages of a notice for the server of this scope, with these news, held back `since` then."""
        return self.shown(news, self._guilds.words(int(scope)), ROOM, since)

    def shown(
        self, news: Sequence[WatchNews], words: OwnWords, room: int = 0, since: datetime | None = None
    ) -> list[Page]:
        """The pages that tell these news in somebody's language."""
        link, short = (partial(each, bases=self._settings.bases) for each in (best_link, short_link))
        return deliveries.pages(news, link, short, room, since, plain=self._settings.plain_messages, words=words)


def backlog(catalog: Catalog, now: datetime) -> list[Reading]:
    """How many digests, notices of watches and mails wait, and for how many seconds the oldest has been due.

    Raises:
        StoreError: the catalog does not answer.
    """
    running = Schedules(catalog).running()
    digests = [due[0] for each in running if (due := due_between(each.timetable, each.since, now))]
    told = select(func.count(), func.min(notices.c.at)).where(notices.c.state == "claimed")
    mailed = select(func.count(), func.min(mails.c.at))
    with catalog.reading() as connection:
        news, oldest_news = connection.execute(told).one()
        waiting, oldest_mail = connection.execute(mailed).one()
    counts = {"digests": len(digests), "news": news, "mails": waiting}
    oldest = {
        "digests": min(digests, default=now),
        "news": datetime.fromisoformat(oldest_news) if oldest_news else now,
        "mails": datetime.fromisoformat(oldest_mail) if oldest_mail else now,
    }
    seconds = {queue: max((now - at).total_seconds(), 0) for queue, at in oldest.items()}
    return [
        Reading("briefing_waiting", "What waits for its turn.", counts, "queue"),
        Reading("briefing_overdue_seconds", "How long the oldest of it has been due.", seconds, "queue"),
    ]
