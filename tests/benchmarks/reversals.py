"""The seeds' reversal on other days and in other words.

redated    the newest article leads six questions, where it comes so many days after the newest of the others
reworded   a timeline marks the change, where a short article of another wording tells it
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from shutil import copyfile, copytree

from tests.benchmarks.asking import SEEDS, Corpus, Document, Places, open_corpus
from tests.benchmarks.counts import Figures, Key, aligned, count, table, total
from tests.benchmarks.judging import changed_files, cited, found
from tests.benchmarks.report import Say

REVERSAL = "001_82df3489a97b2c5e.txt"
# The text of the newest of the other articles states its day.
NEWEST_OTHER = date(2024, 12, 4)
DAYS = (2, 7, 16, 47, 83)
MORE_DAYS = (1, 150, 400)
QUESTIONS = (
    "Does Ukraine still insist on joining NATO?",
    "What does Zelensky say about NATO?",
    "Where does Ukraine stand on NATO today?",
    "Is membership off the table?",
    "brief me on Ukraine and NATO",
    "Has Ukraine given up on NATO membership?",
)
ASKED_AFTER = timedelta(days=3)
TOPIC = "Ukraine NATO membership"
WORDINGS = Path(__file__).parent / "reversal_wordings.txt"

Results = dict[Key, list[bool]]


def wordings() -> list[str]:
    """The articles that tell the reversal in other words, each a headline and a few sentences."""
    return [text.strip() for text in WORDINGS.read_text("utf-8").split("\n---\n")]


def redated(places: Places, say: Say, days: tuple[int, ...] = (*DAYS, *MORE_DAYS)) -> Results:
    """Whether the newest article leads, by question and days between."""
    results: Results = defaultdict(list)
    for after in days:
        with _seeds_of(places, f"redated-{after}", published := NEWEST_OTHER + timedelta(days=after)) as corpus:
            for question in QUESTIONS:
                document = corpus.ask(question, published + ASKED_AFTER)
                right = leads(document)
                results[question, str(after)].append(right)
                if not right:
                    say(f"after {after} days, {question} {cited(document)[:1]} {found(document)}")
    return results


def leads(document: Document) -> bool:
    """Whether an answer is one, and begins with the reversal."""
    return document["grounded"] and cited(document)[:1] == [REVERSAL]


def reworded(places: Places, say: Say, texts: list[str] | None = None) -> list[bool]:
    """Whether the timeline marks the change, for each wording."""
    results = []
    with _seeds_of(places, "reworded") as corpus:
        for text in texts or wordings():
            (places.data / "reworded-articles" / REVERSAL).write_text(text + "\n", "utf-8")
            corpus.ingest(places.data / "reworded-articles")
            results.append(REVERSAL in changed_files(traced := corpus.timeline(TOPIC)))
            if not results[-1]:
                say(f"{text.splitlines()[0]}: {found(traced)}")
    return results


@contextmanager
def _seeds_of(places: Places, name: str, published: date | None = None) -> Iterator[Corpus]:
    """The seeds, in folders of this name; with the reversal published on another day."""
    articles = places.data / f"{name}-articles"
    if not articles.is_dir():
        copytree(SEEDS, articles, copy_function=copyfile)
        if published:
            _redate(articles / "sources.toml", published)
    with open_corpus(articles, places.data / name) as corpus:
        yield corpus


def _redate(sources: Path, published: date) -> None:
    text = sources.read_text("utf-8")
    known = tomllib.loads(text)[REVERSAL]["published"]
    sources.write_text(text.replace(f"published = {known}", f"published = {published}"), "utf-8")


def figures(places: Places, say: Say) -> Figures:
    """How often the newest leads on the five days of the issue and on others, and how many wordings are marked."""
    leading = redated(places, say)
    by_day = {days: total(count(values) for (_, own), values in leading.items() if own == days) for _, days in leading}
    return {
        "redated": total(by_day[str(days)] for days in DAYS),
        "redated further": total(by_day[str(days)] for days in MORE_DAYS),
        "reworded": count(reworded(places, say)),
    }


def report(places: Places, say: Say) -> str:
    """A table by question and days, and the count of the wordings."""
    marks = count(reworded(places, say))
    return "\n\n".join([table(redated(places, say)), aligned([["a timeline marks the reworded reversal", str(marks)]])])
