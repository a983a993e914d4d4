"""What is due and not delivered yet, for monitors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from bot.discord.delivery.schedules import Schedules
from bot.discord.delivery.timetable import due_between
from bot.web.metrics import Reading
from retrieval.storage.catalog import Catalog
from retrieval.storage.deliveries import mails, notices


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
