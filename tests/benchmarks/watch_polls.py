"""Measures looks at watched topics as articles come in: how often they tell, and how long a look takes.

`replay`: the updates of 14 crises (`timelines_dev`) come in one by one, day by day, with a watch on each crisis.
`crowd`: 100 watches of ten servers over 10,000 made-up articles; every look comes after ten more, three of them about
watched topics. Embeddings are hashed words, and counted.
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
from datetime import UTC, date, datetime
from pathlib import Path

from bot.discord.delivery.channel_watches import ChannelWatches
from bot.discord.delivery.watch_looks import WatchLooks
from bot.discord.delivery.watch_notices import WatchNotices
from bot.presentation.links import Bases
from retrieval.domain.articles import SHARED
from retrieval.domain.watches import WatchNews
from retrieval.services.watches import Watches
from tests.benchmarks.asking import SEEDS, Places, open_corpus
from tests.benchmarks.press import write_press
from tests.benchmarks.report import Say
from tests.benchmarks.timelines import write
from tests.fakes import WordVectors, open_with

PARTS = ("replay", "crowd")
ARTICLES, WATCHES, SERVERS = 10_000, 100, 10
_POLLS, _NEW, _ABOUT = 40, 10, 3  # looks, the articles that come in before each, and those about watched topics
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
    files = _short_press(data, ARTICLES + _POLLS * _NEW)
    old, later = files[:ARTICLES], files[ARTICLES:]
    model, clock, embedded = WordVectors(384), _Stopwatch(), []
    with open_with(data, model) as briefing:
        started = time.process_time()
        briefing.articles.ingest(old)
        say(f"{ARTICLES} articles brought in, in {time.process_time() - started:.0f} s of the processor")
        kept, notices = ChannelWatches(briefing.catalog), WatchNotices(briefing.catalog)
        towns = [_town(each.read_text("utf-8")) for each in chance.sample(old, WATCHES)]
        places = [(str(number % SERVERS), str(number % 30)) for number in range(WATCHES)]
        for town, (scope, channel) in zip(towns, places, strict=True):
            topic, state = briefing.watches.begin(scope, f"the mayor of {town}")
            kept.add(scope, topic, state, "anything", channel, "at once", "1")
        looks = WatchLooks(briefing, Bases("", ""), lambda _server: True)
        told = 0
        for poll in range(_POLLS):
            new = later[poll * _NEW : (poll + 1) * _NEW]
            for each in new[:_ABOUT]:
                text = each.read_text("utf-8")
                each.write_text(text.replace(_town(text), chance.choice(towns)), "utf-8")
            briefing.articles.ingest(new)
            before = model.embedded
            with clock.running():
                looks.look_now(_NOW)
            embedded.append(model.embedded - before)
            claimed = (notices.claim(*place, _NOW, looks.compose) for place in dict.fromkeys(places))
            for notice in filter(None, claimed):
                told += 1
                notices.settle(notice)
    yield (
        f"crowd: {WATCHES} watches over {ARTICLES} articles, {_POLLS} looks, {told} notices; {clock}, without the "
        f"embedding of {sum(embedded) // _POLLS} sentences and queries, {max(embedded)} at most"
    )


def _short_press(data: Path, count: int) -> list[Path]:
    """Made-up articles of two paragraphs, on a town each: whole ones take an hour to bring in."""
    data.mkdir(parents=True)
    write_press(data / "press", sorted(SEEDS.glob("*.txt")), count)
    files = sorted((data / "press").glob("*.md"))
    for each in files:
        head, *paragraphs = (part.strip() for part in each.read_text("utf-8").split("\n\n"))
        fact = next(paragraph for paragraph in paragraphs if paragraph.startswith("The mayor of"))
        each.write_text("\n\n".join([head, fact, paragraphs[-1]]) + "\n", "utf-8")
    return files


def _town(text: str) -> str:
    return text.partition("title: News from ")[2].partition("\n")[0]


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
