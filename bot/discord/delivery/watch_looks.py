"""The looks at watched topics: what came in is judged and kept; and the pages that tell it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from threading import Event

from bot.discord.delivery.channel_watches import ChannelWatches
from bot.discord.delivery.poster import ROOM
from bot.discord.delivery.watch_notices import WatchNotices
from bot.presentation.discord.deliveries import pages
from bot.presentation.discord.layouts import Page
from bot.presentation.links import best_link, short_link
from bot.presentation.words import ENGLISH, OwnWords
from bot.settings import BotSettings
from retrieval import observing
from retrieval.domain.reports import Watch, WatchNews, WatchState
from retrieval.errors import BriefingError
from retrieval.services.briefing import Briefing
from retrieval.services.watches import Arrivals

_log = logging.getLogger(__name__)

# What a process claims that looks at the watches.
_LOOK = "watches"


class WatchLooks:
    """Looks at the watched topics of the servers that the bot `serves`, whenever articles came in.

    `words` has the language of a server's notices.
    """

    def __init__(
        self,
        briefing: Briefing,
        settings: BotSettings,
        serves: Callable[[int], bool],
        words: Callable[[int], OwnWords] = lambda _guild: ENGLISH,
    ) -> None:
        self._briefing = briefing
        self._watches = ChannelWatches(briefing.catalog)
        self._notices = WatchNotices(briefing.catalog)
        self._settings = settings
        self._words = words
        self.serves = serves

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
        running = [each.watch for each in self._watches.running() if self.serves(int(each.watch.scope))]
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
        return self.shown(news, self._words(int(scope)), ROOM, since)

    def shown(
        self, news: Sequence[WatchNews], words: OwnWords, room: int = 0, since: datetime | None = None
    ) -> list[Page]:
        """The pages that tell these news in somebody's language."""
        link, short = (partial(each, bases=self._settings.bases) for each in (best_link, short_link))
        return pages(news, link, short, room, since, plain=self._settings.plain_messages, words=words)
