"""What of a question filters a search, and what is only preferred."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from retrieval.domain.articles import Filter
from retrieval.question.understanding import understand
from retrieval.search.hybrid import all_of, narrow
from tests.fakes import WordVectors, open_with

pytestmark = pytest.mark.usefixtures("both_databases")

DAY = date(2025, 12, 20)
DECEMBER = Filter(since="2024-12-01", until="2024-12-31")


def filters(question: str, only: Filter = Filter()) -> tuple[Filter, Filter | None]:  # noqa: B008 - it cannot change
    return narrow(understand(question, as_of=DAY, outlets=["Reuters", "AP"]), only)


@pytest.mark.parametrize(
    ("question", "within", "preferred"),
    [
        ("Is the bridge open?", Filter(), None),
        ("What did Reuters say about the bridge?", Filter(outlets=("Reuters",)), None),
        ("What happened in December 2024 at the bridge?", Filter(), DECEMBER),
        ("What did NATO decide this week?", Filter(), Filter(since="2025-12-13", until="2025-12-20")),
        (
            "What did Reuters report in December 2024 about the bridge?",
            Filter(since="2024-12-01", until="2024-12-31", outlets=("Reuters",)),
            None,
        ),
        # News of a day is printed on the next.
        ("What was published on 3 December 2024 about the bridge?", Filter("2024-12-03", "2024-12-04"), None),
        ("Does Ukraine still want to join NATO as of December 2024?", Filter(until="2024-12-31"), None),
    ],
)
def test_outlets_and_days_of_publication_filter_and_days_of_events_are_preferred(
    question: str, within: Filter, preferred: Filter | None
) -> None:
    assert filters(question) == (within, preferred)
    assert all_of(understand(question, as_of=DAY, outlets=["Reuters", "AP"]), Filter()) == (preferred or within)


def test_a_filter_of_ones_own_overrides_what_the_question_names() -> None:
    question = "What did Reuters report in December 2024 about the bridge?"
    own = Filter(since="2025-01-01")
    assert filters(question, own) == (Filter(since="2025-01-01", outlets=("Reuters",)), None)
    assert filters(question, Filter(outlets=("AP",)))[0].outlets == ("AP",)
    assert filters("What happened in December 2024?", Filter(until="2025-01-01")) == (Filter(until="2025-01-01"), None)


def test_where_nothing_is_of_the_days_preferred_all_is_searched_and_the_search_says_so(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    for day, who, pillar in (("2024-11-20", "council", "northern"), ("2025-03-01", "mayor", "southern")):
        text = f"The {who} spoke about the harbour bridge and its {pillar} pillar."
        (tmp_path / "articles" / f"{day}.md").write_text(f"---\npublished: {day}\n---\n{text}\n")
    with open_with(tmp_path / "data", WordVectors()) as briefing:
        briefing.articles.ingest([tmp_path / "articles"])

        def search(question: str) -> tuple[list[str], Filter | None, int]:
            query, only = briefing.corpus.understand(question, Filter(), DAY)
            found = briefing.corpus.search(query, 5, only, DAY)
            return [hit.passage.article.file for hit in found.hits], found.missed, found.searched.articles

        newest, oldest = "2025-03-01.md", "2024-11-20.md"
        assert search("What happened in December 2024 at the harbour bridge?") == ([oldest, newest], DECEMBER, 2)
        assert search("What happened in November 2024 at the harbour bridge?") == ([oldest, newest], None, 2)
        assert search("What was published in November 2024 about the harbour bridge?") == ([oldest], None, 1)
        assert search("What was published in June 2024 about the harbour bridge?") == ([], None, 0)
