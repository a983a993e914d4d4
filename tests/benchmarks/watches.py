"""Measures watches on the made-up affairs, replayed article by article: told once of the reversal, and of nothing else.

The topic of an affair is that of its timeline. `lead` of its questions about change names the article of the reversal;
what came out at one moment comes in together.
"""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from retrieval.domain.articles import SHARED, Filter
from retrieval.domain.reports import WatchedFor, WatchNews
from tests.benchmarks import watch_polls
from tests.benchmarks.asking import Corpus, Places, open_corpus
from tests.benchmarks.counts import Key, table
from tests.benchmarks.domains import OURS
from tests.benchmarks.report import Say


@dataclass(frozen=True, slots=True)
class Told:
    """News, with the moment at which its articles came out and the files it cites."""

    moment: str
    news: WatchNews
    files: tuple[str, ...]


def report(places: Places, say: Say, only: Collection[str] = ()) -> str:
    """The table of the watches on our ten affairs and on those of `domains_dev`, then the figures of `watch_polls`."""
    polls = [each for each in watch_polls.PARTS if not only or each in only]
    if only and len(polls) == len(only):
        return watch_polls.report(places, say, polls)
    folders = OURS, places.evaluation_set("domains_dev")
    results = [run(folder, places.data, say, only) for folder in folders]
    counted = table({key: values for each in results for key, values in each.items()})
    return "\n\n".join(filter(None, (counted, watch_polls.report(places, say, polls))))


def run(folder: Path, data: Path, say: Say, only: Collection[str] = ()) -> dict[Key, list[bool]]:
    """By what is looked at and affair, if it came out right; wrong ones, and all that was told, go to `say`."""
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    results: dict[Key, list[bool]] = defaultdict(list)
    for affair in dict.fromkeys(row["corpus"] for row in rows):
        own = [row for row in rows if row["corpus"] == affair]
        topic = next((row["args"][0] for row in own if row["cmd"] == "timeline"), None)
        if topic is None or (only and affair not in only):
            continue
        days = _days(folder / affair, data / f"affair-{affair}")
        reversal = _reversal(own, days)
        for wanted in ("changes", "anything"):
            told = list(_replay(folder / affair, data / f"watch-{affair}", days, topic, wanted))
            for each in told:
                cited = ", ".join(each.files)
                say(f"{affair}  {wanted}  {each.moment}  {each.news.kind}  {cited}: {each.news.statement.text}")
            alarms = [each.moment for each in told]
            results[f"{wanted}: told at the reversal", affair].append(alarms.count(reversal) == 1)
            others = [moment for moment in days if moment != reversal][1:]
            results[f"{wanted}: silent otherwise", affair] += [moment not in alarms for moment in others]
            if reversal not in alarms:
                say(f"{affair}  {wanted}  not told on {reversal}: {topic!r}")
    return results


def _days(articles: Path, data: Path) -> dict[str, list[str]]:
    """The files of an affair by the moment they came out, oldest first; those without a date came with the first."""
    with open_corpus(articles, data) as corpus:
        listed = [each.article for each in corpus.briefing.articles.all(Filter())]
    first = min(filter(None, (each.metadata.published for each in listed)))
    days: dict[str, list[str]] = defaultdict(list)
    for each in listed:
        days[each.metadata.published or first].append(each.file)
    return dict(sorted(days.items()))


def _reversal(rows: list[dict[str, Any]], days: dict[str, list[str]]) -> str:
    """The first moment at which an article tells of the reversal."""
    leads = {file for row in rows if row["kind"] == "changed" for file in row["expect"].get("lead", ())}
    return next(day for day, files in days.items() if leads & set(files))


def _replay(articles: Path, data: Path, days: dict[str, list[str]], topic: str, wanted: WatchedFor) -> Iterator[Told]:
    """What a watch on a topic, added on the first day, tells on the later ones."""
    shutil.rmtree(data, ignore_errors=True)
    inbox = data / "inbox"
    inbox.mkdir(parents=True)
    shutil.copy(articles / "sources.toml", inbox)
    first, *later = days
    _bring(articles, inbox, days[first])
    with open_corpus(inbox, data) as corpus:
        corpus.briefing.watches.add(SHARED, topic, wanted, date.fromisoformat(first[:10]))
        for day in later:
            _bring(articles, inbox, days[day])
            corpus.ingest(inbox)
            if news := _look(corpus, date.fromisoformat(day[:10])):
                yield Told(day, news, tuple(each.file for each in news.citations))


def _bring(articles: Path, inbox: Path, files: list[str]) -> None:
    for file in files:
        shutil.copy(articles / file, inbox)


def _look(corpus: Corpus, day: date) -> WatchNews | None:
    watches = corpus.briefing.watches
    [watch] = watches.kept.of(SHARED)
    look = watches.check(watch, watches.arrivals(), day)
    watches.kept.keep(watch.id, look.state)
    return look.news
