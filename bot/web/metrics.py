"""What supervisors and Prometheus learn of a process: if its parts are ready, and metrics.

Metrics are counted where things happen, with no words and no names of people.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.observing import DiscordAnswer, EndedCommand, EndedDelivery, ShownFailure
from retrieval.domain.answers import Standing
from retrieval.domain.llm import Call
from retrieval.errors import BriefingError, BusyError, NotFoundError, QuestionError, QuotaError
from retrieval.observing import AnsweredQuestion, Step, watched_by
from retrieval.services.briefing import Briefing
from retrieval.services.operations import PartState

_log = logging.getLogger(__name__)

# Seconds until the embedding model is tried again that could not be loaded.
_PAUSE = 30
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_LAG = (10, 30, 60, 300, 900, 3_600, 4 * 3_600, 12 * 3_600)
# What ends a step without its having failed: what was asked cannot be done, or another process does it.
_REFUSED = (QuestionError, NotFoundError, QuotaError, BusyError)


@dataclass(frozen=True, slots=True)
class Reading:
    """A quantity as it is now; where it has a `label`, there is a value for every name."""

    name: str
    about: str
    values: Mapping[str, float]
    label: str = ""


class Metrics:
    """Counts what happens in this process; an observer. `read` gives the quantities of now, and may take a while."""

    def __init__(self, read: Callable[[], Sequence[Reading]]) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        registry.register(_Readings(read))
        self._questions = Counter(
            "briefing_questions", "Questions, by how sure the answer is.", ["standing"], registry=registry
        )
        self._steps = Histogram(
            "briefing_step_seconds", "How long a step took.", ["step"], buckets=_SECONDS, registry=registry
        )
        self._failed = Counter("briefing_step_failures", "Steps that failed.", ["step"], registry=registry)
        self._commands = Counter(
            "briefing_commands", "Commands in Discord, by how they ended.", ["command", "outcome"], registry=registry
        )
        self._command_seconds = Histogram(
            "briefing_command_seconds", "How long a command in Discord took.", buckets=_SECONDS, registry=registry
        )
        self._shown = Counter("briefing_failures", "Failures that people were shown.", ["cause"], registry=registry)
        self._deliveries = Counter(
            "briefing_deliveries", "Digests, news of watches and mails.", ["kind", "state"], registry=registry
        )
        self._lag = Histogram(
            "briefing_delivery_lag_seconds", "From due to delivered.", ["kind"], buckets=_LAG, registry=registry
        )
        self._calls = Counter(
            "briefing_model_calls", "Calls of language models.", ["purpose", "model", "outcome"], registry=registry
        )
        self._tokens = Counter(
            "briefing_model_tokens", "Their tokens, in and out.", ["model", "direction"], registry=registry
        )
        self._cost = Counter("briefing_model_cost", "What they cost, by the set prices.", ["model"], registry=registry)
        self._requests = Counter("briefing_discord_requests", "Discord's answers.", ["status"], registry=registry)
        self._limits = Counter(
            "briefing_discord_rate_limits", "Requests that Discord's limits refused.", ["scope"], registry=registry
        )
        self._begin()

    def _begin(self) -> None:
        """Let what has not happened yet be 0 instead of missing, so that alerts see the first time."""
        for standing in (*get_args(Standing), "failed"):
            self._questions.labels(standing)
        for name in get_args(Step):
            self._steps.labels(name)
            self._failed.labels(name)
        for cause in ("store", "embedding", "internal"):
            self._shown.labels(cause)
        for kind in ("digest", "news", "mail"):
            self._lag.labels(kind)
            for state in ("delivered", "given_up"):
                self._deliveries.labels(kind, state)
        for scope in ("user", "global", "shared"):
            self._limits.labels(scope)

    def text(self) -> bytes:
        """All of it in Prometheus' format."""
        return generate_latest(self._registry)

    @contextmanager
    def step(self, name: Step) -> Iterator[None]:
        """Time a step."""
        begun = time.perf_counter()
        try:
            yield
        except Exception as error:
            if not isinstance(error, _REFUSED):
                self._failed.labels(name).inc()
                if name == "asking":
                    self._questions.labels("failed").inc()
            raise
        finally:
            self._steps.labels(name).observe(time.perf_counter() - begun)

    def notice(self, event: object) -> None:
        """Count an event."""
        match event:
            case AnsweredQuestion(standing):
                self._questions.labels(standing).inc()
            case EndedCommand(name, well, seconds):
                self._commands.labels(name, "done" if well else "failed").inc()
                self._command_seconds.observe(seconds)
            case EndedDelivery(kind, state, seconds):
                self._deliveries.labels(kind, state).inc()
                if state == "delivered":
                    self._lag.labels(kind).observe(max(seconds, 0))
            case ShownFailure(cause):
                self._shown.labels(cause).inc()
            case DiscordAnswer(status, limit):
                self._requests.labels(str(status) if status == 429 else f"{status // 100}xx").inc()
                if status == 429:
                    self._limits.labels(limit if limit in ("global", "shared") else "user").inc()
            case Call():
                self._count_call(event)

    def _count_call(self, call: Call) -> None:
        self._calls.labels(call.purpose, call.model, call.outcome).inc()
        self._tokens.labels(call.model, "in").inc(call.tokens_in)
        self._tokens.labels(call.model, "out").inc(call.tokens_out)
        self._cost.labels(call.model).inc(call.cost)


class _Readings(Collector):
    def __init__(self, read: Callable[[], Sequence[Reading]]) -> None:
        self._read = read

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing: Prometheus' client would otherwise read everything once to learn the names."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        for each in self._read():
            new = GaugeMetricFamily(each.name, each.about, labels=[each.label] if each.label else [])
            family = families.setdefault(each.name, new)
            for name, value in each.values.items():
                family.add_metric([name] if each.label else [], value)
        yield from families.values()


@dataclass(frozen=True, slots=True)
class Readiness:
    """The states of the parts that a process needs for its duty."""

    parts: Mapping[str, PartState]

    @property
    def ready(self) -> bool:
        """True if it can do its duty now."""
        return all(part.ready for part in self.parts.values())


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
