"""Measures looks at watched topics as articles come in: how often they tell, and how long a look takes.

`replay`: the updates of 14 crises (`timelines_dev`) come in one by one, day by day, with a watch on each crisis.
`crowd`: 100 watches of ten servers over 10,000 made-up articles of one passage; every look comes after ten more, three
of them about watched topics. Embeddings are hashed words, and counted.
"""

from __future__ import annotations

import itertools
import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from bot.discord.delivery.channel_watches import ChannelWatches
from bot.discord.delivery.composing import WatchLooks
from bot.settings import BotSettings
from retrieval.domain.articles import SHARED, Block, Document, Metadata
from retrieval.domain.reports import WatchNews
from retrieval.services.briefing import Briefing
from retrieval.services.watches import Watches
from retrieval.storage.article_rows import NewArticle
from retrieval.storage.deliveries import watch_news
from retrieval.storage.full_text import recount
from tests.benchmarks.asking import SEEDS, Places, open_corpus
from tests.benchmarks.report import Say
from tests.benchmarks.timelines import write
from tests.fakes import WordVectors, open_with

PARTS = ("replay", "crowd")
ARTICLES, WATCHES, SERVERS = 10_000, 100, 10
_POLLS, _NEW, _ABOUT = 40, 10, 3  # looks, the articles that come in before each, and those about watched topics
_FIRST = "Bar Bel Dor Fen Gar Hol Ist Kel Lun Mar Nor Pel Quin Ras Sel Tor Ul Ven Wick Zan".split()
_SECOND = "barden belford dorwick fenholm garmouth holby istow kelstead lunham marton norleigh osby pelton".split()
_WORKS = "bridge hospital harbour library school tunnel stadium reservoir theatre airport".split()
_NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def report(places: Places, say: Say, only: Collection[str] = PARTS) -> str:
    """The figures in lines of text."""
    lines = itertools.chain(
        replay(places.evaluation_set("timelines_dev"), places.data / "replay", say) if "replay" in only else (),
        crowd(places.data / "crowd", say) if "crowd" in only else (),
    )
    return "\n".join(lines)


def replay(crises: Path, data: Path, say: Say) -> Iterator[str]:
    """How often the watches told, and on how many days one of them told more than once."""
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    updates = [json.loads(line) for line in (crises / "updates.jsonl").read_text("utf-8").splitlines()]
    updates.sort(key=lambda each: (each["date"], each["doc_id"]))
    write(updates, data / "all")
    (data / "inbox").mkdir()
    told: Counter[tuple[str, str]] = Counter()
    own, clock = 0, _Stopwatch()
    with open_corpus(data / "inbox", data / "catalog") as corpus:
        watches = corpus.briefing.watches
        events = sorted({each["event"] for each in updates})
        topics = {watches.add(SHARED, each.replace("_", " ")).topic: each for each in events}
        for update in updates:
            shutil.copy(data / "all" / f"{update['doc_id']}.md", data / "inbox")
            corpus.briefing.articles.ingest([data / "inbox" / f"{update['doc_id']}.md"])
            with clock.running():
                looks = list(_look(watches, date.fromisoformat(update["date"])))
            for news in looks:
                event = topics[news.topic]
                told[event, update["date"]] += 1
                own += event == update["event"]
                say(f"{update['date']}  {event}  {news.kind}  {update['doc_id']}: {news.statement.text}")
    twice = sum(count > 1 for count in told.values())
    yield (
        f"replay: {len(updates)} updates, {len(events)} watches told {told.total()} times, {own} of them of an update "
        f"of their own crisis; more than once a day: {twice} of {len(told)} days; {clock}"
    )


def _look(watches: Watches, day: date) -> Iterator[WatchNews]:
    arrivals = watches.arrivals()
    for watch in watches.kept.of(SHARED):
        look = watches.check(watch, arrivals, day)
        watches.kept.keep(watch.id, look.state)
        if look.news:
            yield look.news


def crowd(data: Path, say: Say) -> Iterator[str]:
    """How long looks take at many watches over many articles."""
    chance = random.Random(1)
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    towns = [f"{first}{second}" for first in _FIRST for second in _SECOND]
    watched = chance.sample(towns, WATCHES)
    others = sorted(set(towns) - set(watched))
    model, clock, embedded = WordVectors(384), _Stopwatch(), []
    with open_with(data, model) as briefing:
        press = _Press(briefing, chance)
        press.publish(chance.choices(towns, k=ARTICLES - WATCHES) + watched)
        say(f"{ARTICLES} articles stored")
        kept = ChannelWatches(briefing.catalog)
        places = [(str(number % SERVERS), str(number % 30)) for number in range(WATCHES)]
        for town, (scope, channel) in zip(watched, places, strict=True):
            topic, state = briefing.watches.begin(scope, f"the mayor of {town}")
            kept.add(scope, topic, state, "anything", channel, "at once", "1")
        say(f"{WATCHES} topics watched")
        looks = WatchLooks(briefing, BotSettings())
        told = 0
        for _ in range(_POLLS):
            press.publish(chance.sample(watched, _ABOUT) + chance.choices(others, k=_NEW - _ABOUT))
            before = model.embedded
            with clock.running():
                looks.look_now(_NOW)
            embedded.append(model.embedded - before)
            with briefing.catalog.reading() as connection:
                told = connection.execute(select(func.count()).select_from(watch_news)).scalar_one()
    yield (
        f"crowd: {WATCHES} watches over {ARTICLES} articles, {_POLLS} looks, {told} news; {clock}, without the "
        f"embedding of {sum(embedded) // _POLLS} sentences and queries a look, {max(embedded)} at most"
    )


class _Press:
    """Writes articles of one passage, a later day every time, straight into the catalog: to read and compare so many
    takes an hour.
    """

    def __init__(self, briefing: Briefing, chance: random.Random) -> None:
        self._briefing = briefing
        self._chance = chance
        self._words = " ".join(each.read_text("utf-8") for each in sorted(SEEDS.glob("*.txt"))).split()
        self._stored = 0
        briefing.catalog.bind_model("words")

    def publish(self, towns: Sequence[str]) -> None:
        """Store an article on each of the towns, and index them."""
        for town in towns:
            self._briefing.catalog.store(self._article(town))
            self._stored += 1
        with self._briefing.catalog.writing() as connection:
            recount(connection)
        self._briefing.corpus.follow()

    def _article(self, town: str) -> NewArticle:
        work, millions = self._chance.choice(_WORKS), self._chance.randint(20, 900)
        fact = f"The mayor of {town} said that the new {work} would cost {millions} million crowns."
        others = (" ".join(self._chance.choices(self._words, k=18)).replace(".", "") for _ in range(3))
        text = " ".join([fact, *(f"{each.capitalize()}." for each in others)])
        day = date(2024, 1, 1) + timedelta(days=self._stored // 15)
        metadata = Metadata(title=f"News from {town}", outlet=f"{town} Courier", published=day.isoformat())
        vector = self._briefing.corpus.embedder().documents([text])
        name = f"{self._stored}.txt"
        return NewArticle(
            path=f"/press/{name}",
            file=name,
            fingerprint=name,
            document=Document(text, (Block(0, len(text)),), metadata, "txt"),
            spans=[(0, len(text))],
            vectors=vector,
            centroid=vector[0],
            language="en",
        )


class _Stopwatch:
    """The seconds that looks took, by the clock and of the processor, which other work here hardly changes."""

    def __init__(self) -> None:
        self._passed: list[float] = []
        self._worked: list[float] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        passed, worked = time.perf_counter(), time.process_time()
        yield
        self._passed.append(time.perf_counter() - passed)
        self._worked.append(time.process_time() - worked)

    def __str__(self) -> str:
        def spread(seconds: Sequence[float]) -> str:
            ordered = sorted(seconds)
            p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
            return f"p50 {ordered[len(ordered) // 2]:.2f} s, p95 {p95:.2f} s"

        return f"a look takes {spread(self._passed)} (processor {spread(self._worked)})"
