"""The data that is kept of people and servers: listed, deleted on request, and deleted when it is too old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from retrieval.services.corpus import Corpus
from retrieval.storage.locks import writing_articles
from retrieval.storage.retention import Counts, Forgotten, Retention
from retrieval.storage.server_settings import KnownServers

# What a server has that the bot left is kept for this long, so that it may return.
GRACE = timedelta(days=30)


class Privacy:
    """The data that is kept of people and servers. Questions are kept for `days`, 0 for ever."""

    def __init__(
        self, corpus: Corpus, days: int = 0, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._corpus = corpus
        self._clock = clock
        self._kept = Retention(corpus.catalog, days, clock)
        self.servers = KnownServers(corpus.catalog)
        self.days = days

    def expire(self) -> Counts:
        """Delete what is older than it is kept, and count it by kind."""
        return self._kept.expire()

    def about(self, person: str) -> dict[str, Any]:
        """The data that is kept of a person, known by a Discord id or an e-mail address, as a document for JSON."""
        return self._kept.about(person)

    def count_person(self, person: str) -> Counts:
        """Count what is kept of a person, by kind."""
        listed = ((kind.replace("_", " "), rows) for kind, rows in self.about(person).items() if isinstance(rows, list))
        return {kind: len(rows) for kind, rows in listed if rows}

    def forget_person(self, person: str, limits: bool = True) -> Forgotten:
        """Delete what is kept of a person; what is counted for the `limits` of the day may stay to its end."""
        return self._kept.forget_person(person, limits)

    def count_server(self, server: str) -> Counts:
        """Count what is kept of a server, by kind."""
        return self._kept.count_server(server)

    def forget_server(self, server: str) -> Counts:
        """Delete everything of a server, and count it by kind.

        Raises:
            BusyError: another process is adding articles.
        """
        with writing_articles(self._corpus.catalog.hold, self._corpus.data_dir):
            gone = self._kept.forget_server(server)
            self._corpus.follow()
        return gone

    def forget_left(self, owns: Callable[[str], bool] = lambda _server: True) -> dict[str, Counts]:
        """Delete everything of the servers, of these, that the bot left longer than `GRACE` ago, and count it by
        server and kind.

        The servers it is on must have been noted before: one may have taken the bot back.
        """
        gone = filter(owns, self.servers.gone(self._clock() - GRACE))
        return {server: self.forget_server(server) for server in gone}
