"""Measures briefing notes on the made-up affairs: do they open with the latest position and have both sides of it.

The topic of an affair is that of its timeline. `lead` and `beside` of its questions about change name the articles
with the new position and with the old ones, `conflict` of its question about a person the office told two ways.

`pace` times notes over the evaluation set `news_dev` beside answers in one process, on the commonest names of titles.
"""

from __future__ import annotations

import json
import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from retrieval.domain.articles import Filter
from retrieval.domain.reports import Brief
from retrieval.nlp.entities import entities
from retrieval.services.briefs import NoteRequest
from tests.benchmarks.asking import Places, open_corpus
from tests.benchmarks.counts import Key, table
from tests.benchmarks.domains import OURS
from tests.benchmarks.report import Row, Say, Target, markdown

_TOPICS = 10
_LIMIT = 3.0  # seconds of a note


def report(places: Places, say: Say, only: Collection[str] = ()) -> str:
    """The table of the notes on our ten affairs and on those of `domains_dev`."""
    folders = OURS, places.evaluation_set("domains_dev")
    results = [run(folder, places.data, say, only) for folder in folders]
    return table({key: values for each in results for key, values in each.items()})


def run(folder: Path, data: Path, say: Say, only: Collection[str] = ()) -> dict[Key, list[bool]]:
    """By what is looked at and affair, if it came out right; wrong ones go to `say`."""
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    results: dict[Key, list[bool]] = defaultdict(list)
    for affair in dict.fromkeys(row["corpus"] for row in rows):
        own = [row for row in rows if row["corpus"] == affair]
        topic = next((row for row in own if row["cmd"] == "timeline"), None)
        if topic is None or (only and affair not in only):
            continue
        with open_corpus(folder / affair, data / f"affair-{affair}") as corpus:
            request = NoteRequest(topic=topic["args"][0], only=Filter(), as_of=date.fromisoformat(topic["as_of"]))
            note = corpus.briefing.briefs.compose(request)
        for what, right, shown in _judge(note, own):
            results[what, affair].append(right)
            if not right:
                say(f"{affair}  {what}  {topic['args'][0]!r}: {shown}")
    return results


def _judge(note: Brief, rows: list[dict[str, Any]]) -> list[tuple[str, bool, str]]:
    files = {each.number: each.file for each in note.citations}
    changed = next(row["expect"] for row in rows if row["kind"] == "changed" and "lead" in row["expect"])
    opening = files[note.sentence.citations[0]] if note.sentence else "nothing"
    table = [(files[each.statement.citations[0]], files[each.was.citations[0]]) for each in note.positions if each.was]
    sides = any(now in changed["lead"] and was in changed["beside"] for now, was in table)
    judged = [
        ("opens with the latest", opening in changed["lead"], note.sentence.text if note.sentence else "nothing"),
        ("both positions in the table", sides, str(table)),
    ]
    office = next((row["expect"] for row in rows if row["kind"] == "who" and "conflict" in row["expect"]), None)
    if office:
        told = [" / ".join(side.said for side in each.sides) for each in note.disagreements]
        right = any(all(re.search(form, each, re.I) for form in office["conflict"]) for each in told)
        judged.append(("office under disagreements", right, str(told)))
    return judged


def pace(places: Places, say: Say, _only: Collection[str] = ()) -> str:
    """The CPU seconds of notes on the commonest names of a large corpus, beside those of answers about them.

    The CPU's, because other work on the machine does not change them; alone a note takes no longer than these.
    """
    folder = places.evaluation_set("news_dev") / "articles"
    with open_corpus(folder, places.data / "news") as corpus:
        briefing = corpus.briefing
        articles = briefing.articles.all(Filter())
        names = Counter(each.name for one in articles for each in entities(one.article.metadata.title or ""))
        topics = [name for name, _ in names.most_common(_TOPICS)]
        asked = [partial(briefing.asking.ask, f"What is the latest on {topic}?", Filter()) for topic in topics]
        wanted = [partial(briefing.briefs.compose, NoteRequest(topic=topic)) for topic in topics]
        for once in (asked[0], wanted[0]):
            once()  # models and index are opened
        answers, notes = zip(*zip(map(_seconds, asked), map(_seconds, wanted), strict=True), strict=True)
    for topic, note, answer in zip(topics, notes, answers, strict=True):
        say(f"{topic}: note {note:.2f} CPU s, answer {answer:.2f} CPU s")
    title = f"Notes on {len(topics)} names over {len(articles):,} articles"
    row = partial(Row, title, unit="CPU s", against="an answer")
    return markdown(
        [
            row("median", ours=statistics.median(notes), beside=statistics.median(answers)),
            row("longest", ours=max(notes), beside=max(answers), target=Target("value", "≤", _LIMIT)),
        ]
    )


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
