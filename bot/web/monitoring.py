"""What supervisors and Prometheus learn of a process."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from bot.web.app import Readiness
from bot.web.metrics import Metrics, Reading
from retrieval.errors import BriefingError
from retrieval.observing import watched_by
from retrieval.services.briefing import Briefing
from retrieval.services.health import PartState

_log = logging.getLogger(__name__)

# Seconds until the embedding model is tried again that could not be loaded.
_PAUSE = 30


class Monitor:
    """The readiness and the metrics of a process; `parts` and `readings` are its own beside those of the corpus.

    A process that never `answers` anything needs the catalog alone. `readings` run in a thread.
    """

    def __init__(
        self,
        briefing: Briefing,
        parts: Callable[[], Mapping[str, PartState]] = dict,
        readings: Callable[[], Sequence[Reading]] = tuple,
        answers: bool = True,
    ) -> None:
        self._briefing = briefing
        self._parts = parts
        self._readings = readings
        self._answers = answers
        self.metrics = Metrics(self._read)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Count what happens meanwhile, and load what questions need."""
        with watched_by(self.metrics):
            warming = asyncio.create_task(self._warm()) if self._answers else None
            try:
                yield
            finally:
                if warming:
                    warming.cancel()

    async def readiness(self) -> Readiness:
        """The states of the parts now."""
        return Readiness({**await asyncio.to_thread(self._corpus_parts), **self._parts()})

    def _corpus_parts(self) -> dict[str, PartState]:
        parts = self._briefing.health.parts()
        return parts if self._answers else {"catalog": parts["catalog"]}

    async def _warm(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._briefing.health.warm)
                # What is loaded stays: looking through it for garbage would hold up the event loop for 0.2 s.
                return gc.freeze()
            except BriefingError as error:
                _log.warning("not ready for questions: %s", error)
                await asyncio.sleep(_PAUSE)

    def _read(self) -> list[Reading]:
        parts = {**self._corpus_parts(), **self._parts()}
        ready = {name: float(part.ready) for name, part in parts.items()}
        read = [Reading("briefing_ready", "If a part is ready.", ready, "part")]
        try:
            return [*read, *_read_corpus(self._briefing), *self._readings()]
        except BriefingError as error:
            _log.warning("metrics of the catalog are missing: %s", error)
            return read


def _read_corpus(briefing: Briefing) -> list[Reading]:
    counts, coverage = briefing.health.counts(), briefing.feeds.coverage()
    failing = len(coverage.failing)
    return [
        Reading("briefing_articles", "Stored articles.", {"": counts.articles}),
        Reading("briefing_passages", "Stored passages.", {"": counts.passages}),
        Reading("briefing_vectors_pending", "Passages whose change the vector index lacks.", {"": counts.pending}),
        Reading("briefing_vectors_lag_seconds", "How long the vector index has been behind.", {"": counts.behind}),
        Reading(
            "briefing_feeds",
            "Feeds, by their last poll.",
            {"working": coverage.feeds - failing, "failing": failing},
            "state",
        ),
    ]
