"""What was said about a topic, day by day, and what changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.briefing import Briefing
from retrieval.models import Filter, Timeline
from retrieval.wording.actors import actor, is_same
from tests.fakes import WordVectors, open_with

TOPIC = "Harbour toll"
Traces = Callable[..., Timeline]


@pytest.fixture
def trace(tmp_path: Path) -> Traces:
    """The timeline of articles, each with its day, or None for undated."""

    def traced(articles: list[tuple[str | None, str]], only: Filter = Filter(), who: str | None = None) -> Timeline:  # noqa: B008
        folder = tmp_path / "articles"
        folder.mkdir()
        for number, (day, text) in enumerate(articles):
            dated = f"published: {day}\n" if day else ""
            (folder / f"{number}.md").write_text(f"---\ntitle: Report {number}\n{dated}---\n\n{text}\n", "utf-8")
        with open_with(tmp_path, WordVectors(256)) as briefing:
            briefing.ingest([folder])
            return _checked(briefing, briefing.timeline(TOPIC, only, who))

    return traced


def _checked(briefing: Briefing, made: Timeline) -> Timeline:
    for entry in made.entries:
        text = briefing.show(entry.citation.file)[1]
        assert text[entry.citation.start : entry.citation.end] == entry.citation.quote
        assert entry.date == (entry.citation.published or "")[:10]
    return made


INSISTS = ("2024-01-10", "Anna Berg insisted on Tuesday that the harbour toll must stay for the city.")
AGAIN = ("2024-03-01", "Berg insisted again that the harbour toll must stay for the city and its people.")
DROPS = ("2024-06-20", "Berg abandoned the harbour toll on Friday and gave up a year of plans.")
RIVAL = ("2024-02-02", "Carl Lund said the harbour toll harms the fishermen of the coast.")


def test_entries_come_by_day_whatever_order_the_articles_came_in(trace: Traces) -> None:
    made = trace([DROPS, RIVAL, INSISTS])
    assert [entry.date for entry in made.entries] == ["2024-01-10", "2024-02-02", "2024-06-20"]


def test_who_says_the_same_and_who_gives_up_is_told_for_each_actor(trace: Traces) -> None:
    made = trace([INSISTS, RIVAL, AGAIN, DROPS])
    told = [(entry.actor, entry.change) for entry in made.entries]
    assert told == [
        ("Anna Berg", "first"),
        ("Carl Lund", "first"),
        ("Anna Berg", "same"),
        ("Anna Berg", "changed"),
    ]


def test_undated_articles_and_other_topics_are_left_out(trace: Traces) -> None:
    other = ("2024-04-04", "Carl Lund opened a library in the old town with a speech about novels.")
    undated = (None, "Carl Lund said the harbour toll is a scandal for the whole country.")
    assert {entry.date for entry in trace([INSISTS, undated, other]).entries} == {"2024-01-10"}


def test_an_actor_and_days_narrow_it(trace: Traces) -> None:
    made = trace([INSISTS, RIVAL, AGAIN, DROPS], Filter(since="2024-02-01", until="2024-05-01"), "Anna Berg")
    assert [(entry.actor, entry.date) for entry in made.entries] == [("Berg", "2024-03-01")]


def test_a_topic_nobody_tells_of_has_no_entries(trace: Traces) -> None:
    assert trace([("2024-04-04", "Carl Lund opened a library in the old town.")]).entries == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("BRUSSELS — On Tuesday, NATO Secretary-General Mark Rutte navigated inquiries.", "Mark Rutte"),
        ("“The front lines are moving westward,” Rutte noted.", "Rutte"),
        ("Security Guarantees: Trump might support them.", "Trump"),
        ("In Brussels, Ukraine’s ministers met.", "Ukraine"),
        ("He argues that Ukraine needs to abandon its plans.", None),
        ("On Tuesday the talks ended.", None),
    ],
)
def test_who_acts_is_named_without_title_and_not_by_place_or_pronoun(text: str, name: str | None) -> None:
    assert actor(text) == name


def test_a_surname_is_the_same_person() -> None:
    assert is_same("Rutte", "Mark Rutte") and not is_same("Rutte", "Mark Lund")
