"""How long a digest of many articles takes once they are embedded, beside counting the words of their texts.

    python -m tests.benchmarks.digest [--articles 1000]   made-up articles of a week, prepared vectors
    python -m tests.benchmarks.digest --data FOLDER       all articles of a data folder, which is copied first

Counting words is there to tell a slow machine from a slow digest. Every second made-up article shares its matter with
four others, the rest stand alone. A channel is told of all days but the last, and then of what is new in all of them.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.discord.delivery.schedules import Schedules
from bot.discord.delivery.timetable import Timetable
from retrieval.bootstrap import open_briefing
from retrieval.domain.articles import Filter
from retrieval.embedding.base import Embedder
from retrieval.services.briefing import Briefing
from retrieval.settings import Settings
from tests.benchmarks.alone import peak_mib
from tests.benchmarks.corpus import DIMENSIONS, PreparedVectors, Prose
from tests.benchmarks.figures import timed
from tests.benchmarks.ours import open_ours
from tests.benchmarks.report import Row, Target, markdown

FIRST = date(2024, 12, 2)
WEEK = 7
BOUND = 10  # seconds that a digest may take
_CHANNEL = "1"
_WORD = re.compile(r"\w+")
_MATTER_WORDS = 60  # words that the articles on one matter share, of those of each paragraph a third


def write_week(folder: Path, count: int, seed: int = 1) -> None:
    """Write so many articles to the folder, of about 700 words each; every second one shares its matter with four."""
    prose, chance = Prose(seed), random.Random(seed)
    matters = [[word.capitalize() for word in prose.words(_MATTER_WORDS)] for _ in range(max(count // 10, 1))]
    folder.mkdir(parents=True)
    for number in range(count):
        topic = chance.randrange(len(matters))
        own = matters[topic] if number % 2 else [word.capitalize() for word in prose.words(_MATTER_WORDS)]
        day = FIRST + timedelta(days=number * WEEK // count)
        head = f"---\ntitle: {' '.join(prose.words(8))}\noutlet: Post {number % 40}\npublished: {day}\n---"
        texts = [_paragraph(prose, chance, own, topic if number % 2 else 400) for _ in range(5)]
        (folder / f"{number:05}.md").write_text("\n\n".join([head, *texts]) + "\n", "utf-8")


def _paragraph(prose: Prose, chance: random.Random, own: Sequence[str], topic: int) -> str:
    """Ten sentences of 14 words; every third word is one of the matter's own."""
    said = []
    for _ in range(10):
        words = [chance.choice(own) if place % 3 == 2 else word for place, word in enumerate(prose.words(14))]
        said.append(" ".join(words).capitalize() + ".")
    return f"Topic{topic} " + " ".join(said)


def measure(briefing: Briefing, name: str, since: date, until: date) -> list[Row]:
    """A digest of all these days, and one for a channel that was told of all but the last of them."""
    whole = Filter(since.isoformat(), until.isoformat())
    yesterday = (until - timedelta(days=1)).isoformat()
    seconds, made = timed(briefing.digests.compose, whole)
    counting = _count_words(briefing, whole)
    told = briefing.digests.compose(Filter(whole.since, yesterday), destination=_CHANNEL)
    _post(briefing, told.told, until)
    further, remembered = timed(briefing.digests.compose, whole, None, _CHANNEL)
    table = f"digest of {made.articles:,} articles, {name}"
    beside, target = "counting their words", Target("value", "≤", BOUND)
    return [
        Row(table, f"all {made.found:,} stories", "s", seconds, counting, beside, target),
        Row(table, f"{remembered.found:,} stories new to a channel", "s", further, counting, beside, target),
        Row(table, "peak memory of the process", "MiB", peak_mib()),
    ]


def _count_words(briefing: Briefing, only: Filter) -> float:
    articles, _ = briefing.articles.page(only, count=100_000)
    texts = [opened[1] for each in articles if (opened := briefing.articles.open(each.key))]
    return timed(lambda: [Counter(_WORD.findall(text.lower())) for text in texts])[0]


def _post(briefing: Briefing, told: Sequence[str], day: date) -> None:
    now = datetime(day.year, day.month, day.day, tzinfo=UTC)
    timetable = Timetable("08:00", "UTC", frozenset(range(7)))
    schedules = Schedules(briefing.catalog)
    schedule = schedules.add("1", _CHANNEL, timetable, "", now)
    delivery = schedules.claim(schedule.id, now + timedelta(hours=8), now)
    assert delivery
    schedules.keep(delivery, ["page"], told)
    schedules.settle(delivery, "posted")


@contextmanager
def made_up(work: Path, count: int) -> Iterator[Briefing]:
    """A briefing over so many made-up articles."""
    write_week(work / "articles", count)
    embedder = Embedder("prepared", PreparedVectors(), dimensions=DIMENSIONS)
    with open_ours(work / "data", embedder) as briefing:
        briefing.articles.ingest([work / "articles"])
        yield briefing


def main(arguments: Sequence[str]) -> None:
    """Print the figures as a Markdown table."""
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks.digest", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=1000, metavar="N", help="how many are made up [1000]")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="a data folder to take instead")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="digest-") as folder, ExitStack() as opened:
        if asked.data is None:
            briefing = opened.enter_context(made_up(Path(folder), asked.articles))
            rows = measure(briefing, "made up, of a week", FIRST, FIRST + timedelta(days=WEEK - 1))
        else:
            copy = shutil.copytree(asked.data, Path(folder) / "data")
            briefing = opened.enter_context(open_briefing(Settings(data_dir=copy)))
            rows = measure(briefing, f"all of {asked.data}", *_days(briefing))
    print(markdown(rows))


def _days(briefing: Briefing) -> tuple[date, date]:
    everything, _ = briefing.articles.page(Filter(), count=100_000)
    days = sorted(each.metadata.published[:10] for each in everything if each.metadata.published)
    return date.fromisoformat(days[0]), date.fromisoformat(days[-1])


if __name__ == "__main__":
    main(sys.argv[1:])
