"""Two sides on one topic: what each says, and what of it stands beside what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from retrieval.comparison.contrast import sides
from retrieval.domain.answers import Comparison
from retrieval.domain.articles import Filter
from retrieval.errors import QuestionError
from retrieval.services.briefing import Briefing
from tests.fakes import WordVectors, open_with

TOPIC = "Harbour toll"
Written = Sequence[tuple[str, str, str]]
Compares = Callable[..., Comparison]

RISES = "Anna Berg said the harbour toll rises to nine euros for every lorry in March."
DENIES = "Berg denied that the harbour toll rises for any lorry in March."
FISHING = "Carl Lund said the harbour toll harms the fishermen of the northern coast."
SCHOOLS = "The harbour toll pays for schools in the old town, Dora Falk wrote."
OPERA = "The soprano sang five encores at the opera on the night of her farewell."


@pytest.fixture
def compare(tmp_path: Path) -> Compares:
    """The comparison of two outlets, or of two periods, over articles by outlet, day and text."""

    def compared(written: Written, *outlets: str, periods: Sequence[str] = (), topic: str = TOPIC) -> Comparison:
        folder = tmp_path / "articles"
        folder.mkdir()
        for number, (outlet, day, text) in enumerate(written):
            head = f"title: Report {number}\noutlet: {outlet}\n" + (f"published: {day}\n" if day else "")
            (folder / f"{number}.md").write_text(f"---\n{head}---\n\n{text}\n", "utf-8")
        with open_with(tmp_path, WordVectors(256)) as briefing:
            briefing.articles.ingest([folder])
            return _checked(briefing, briefing.timelines.compare(topic, sides(outlets, periods)))

    return compared


def _checked(briefing: Briefing, made: Comparison) -> Comparison:
    cited = [each for column in made.columns for each in column.statements]
    numbers = list(dict.fromkeys(each.number for each in cited))
    assert numbers == list(range(1, len(numbers) + 1))
    for each in cited:
        assert briefing.articles.show(each.file)[1][each.start : each.end] == each.quote
    return made


def quotes(made: Comparison) -> list[list[str]]:
    return [[each.quote for each in column.statements] for column in made.columns]


def test_what_speaks_of_the_same_matter_stands_in_one_row_before_the_rest(compare: Compares) -> None:
    written = [
        ("Herald", "2024-01-01", FISHING),
        ("Herald", "2024-01-05", RISES),
        ("Gazette", "2024-01-02", SCHOOLS),
        ("Gazette", "2024-01-06", DENIES),
    ]
    made = compare(written, "Herald", "Gazette")
    assert [each.label for each in made.columns] == ["Herald", "Gazette"]
    assert (made.alike, quotes(made)) == (1, [[RISES, FISHING], [DENIES, SCHOOLS]])


def test_a_side_speaks_in_the_order_of_its_days_and_undated_last(compare: Compares) -> None:
    written = [
        ("Herald", "", SCHOOLS),
        ("Herald", "2024-03-01", RISES),
        ("Herald", "2024-01-01", FISHING),
        ("Gazette", "2024-01-01", OPERA),
    ]
    assert quotes(compare(written, "Herald", "Gazette"))[0] == [FISHING, RISES, SCHOOLS]


def test_a_side_that_does_not_tell_of_the_topic_says_nothing(compare: Compares) -> None:
    made = compare([("Herald", "2024-01-01", RISES), ("Opera News", "2024-01-01", OPERA)], "Herald", "Opera News")
    assert [(each.articles, len(each.statements)) for each in made.columns] == [(1, 1), (1, 0)]


def test_nothing_is_said_twice_by_one_side(compare: Compares) -> None:
    again = ("Herald", "2024-02-01", f"{RISES} {FISHING}")
    made = compare([("Herald", "2024-01-01", RISES), again, ("Gazette", "2024-01-01", DENIES)], "Herald", "Gazette")
    assert sorted(quotes(made)[0]) == [RISES, FISHING]


def test_what_only_points_back_is_not_quoted(compare: Compares) -> None:
    written = [
        ("Herald", "2024-01-01", f"{RISES} He argues that the harbour toll protects the old piers."),
        ("Gazette", "2024-01-01", f"{DENIES} Their harbour toll is a tax on trade."),
    ]
    assert quotes(compare(written, "Herald", "Gazette")) == [[RISES], [DENIES]]


def test_one_long_article_does_not_crowd_out_the_others_of_its_side(compare: Compares) -> None:
    matters = "the ferry to Oslo", "the price of salmon", "the rust of cranes", "the noise at night", "the old customs"
    long = " ".join(f"Berg said the harbour toll changes {matter} for good." for matter in matters)
    written = [("Herald", "2024-01-01", long), ("Herald", "2024-01-02", SCHOOLS), ("Gazette", "2024-01-01", OPERA)]
    said = quotes(compare(written, "Herald", "Gazette"))[0]
    assert len(said) == 4
    assert SCHOOLS in said


def test_two_periods_hold_what_was_published_in_them_and_may_overlap(compare: Compares) -> None:
    written = [("Herald", "2024-01-01", RISES), ("Herald", "2024-02-01", FISHING), ("Herald", "2025-01-01", DENIES)]
    made = compare(written, periods=["2024", "2024-02..2025"])
    assert [each.articles for each in made.columns] == [2, 2]
    assert (made.alike, quotes(made)) == (2, [[RISES, FISHING], [DENIES, FISHING]])
    left, right = made.columns
    assert left.statements[1] == right.statements[1]


def test_a_period_without_articles_has_none(compare: Compares) -> None:
    made = compare([("Herald", "2024-01-01", RISES)], periods=["2019", "2024"])
    assert [(each.articles, len(each.statements)) for each in made.columns] == [(0, 0), (1, 1)]


def test_outlets_named_in_two_ways_are_one(compare: Compares) -> None:
    with pytest.raises(QuestionError, match="Both sides are the same"):
        compare([("Herald", "2024-01-01", RISES)], "Herald", "the herald")


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2024-12-03", "2024-12-03", "2024-12-03"),
        (" 2024-02 ", "2024-02-01", "2024-02-29"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-11 .. 2025", "2024-11-01", "2025-12-31"),
        ("2024-11..", "2024-11-01", None),
        ("..2024-11", None, "2024-11-30"),
    ],
)
def test_a_period_is_a_day_a_month_a_year_or_from_one_to_another(
    written: str, first: str | None, last: str | None
) -> None:
    (_label, only), _other = sides((), (written, "1999"), ("",))
    assert only == Filter(first, last, scopes=("",))


@pytest.mark.parametrize(
    ("outlets", "periods"),
    [
        ([], []),
        (["A"], []),
        (["A"], ["2024"]),
        (["A", "B", "C"], []),
        (["A", "B"], ["2024", "2025"]),
        ([], ["2024", "2024-01..2024-12"]),
        ([], ["2024", ".."]),
        ([], ["2024", "soon"]),
        (["A", "A"], []),
    ],
)
def test_anything_but_two_different_sides_of_one_kind_is_refused(outlets: list[str], periods: list[str]) -> None:
    with pytest.raises(QuestionError):
        sides(outlets, periods)
