"""Titles and days as the heads of texts state them, in the languages they are written in."""

from __future__ import annotations

import pytest

from retrieval.domain.articles import Metadata
from retrieval.ingestion.reading import read
from tests.ingestion.samples import FIRST, SECOND, read_text, texts


def head(*lines: str, name: str = "a.txt") -> Metadata:
    return read("\n\n".join((*lines, FIRST, SECOND)).encode(), name).metadata


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Hafen von Velden öffnet am Montag", "1. März 2026"),
        ("Le port de Velden rouvre lundi", "1er mars 2026"),
        ("El puerto de Velden reabre el lunes", "1 de marzo de 2026"),
        ("Il porto di Velden riapre lunedì", "1° marzo 2026"),
        ("Port w Velden otwarty od poniedziałku", "1 marca 2026 r."),
        ("Порт Вельдена відкриється в понеділок", "1 березня 2026 року"),
        ("Порт Вельдена откроется в понедельник", "1 марта 2026 г."),
        ("维尔登港周一重新开放", "2026年3月1日"),
        ("ヴェルデン港、月曜日に再開", "2026年3月1日"),
        ("إعادة فتح ميناء فيلدن يوم الاثنين", "1 مارس 2026"),
        ("إعادة فتح ميناء فيلدن يوم الاثنين", "١ آذار ٢٠٢٦"),
    ],
)
def test_the_headline_is_the_title_and_the_line_under_it_the_day(title: str, written: str) -> None:
    found = head(title, written)
    assert (found.title, found.published, found.published_estimated) == (title, "2026-03-01", False)


@pytest.mark.parametrize("speaker", ["Vice Chair for Harbours Anna B. Berg", "Governor Anna B. Berg"])
def test_who_speaks_under_a_title_and_its_day_is_the_author(speaker: str) -> None:
    place = "At the Conference on the Structure of Harbours, Harbour House, Velden"
    found = head("Many Tides at the Quay", "March 1, 2026", speaker, place)
    assert (found.title, found.author, found.outlet) == ("Many Tides at the Quay", "Anna B. Berg", None)
    assert head("March 1, 2026", "Many Tides at the Quay", speaker, place).author == "Anna B. Berg"


def test_a_headline_about_an_office_stays_the_title() -> None:
    found = head("Velden Times", "March 1, 2026", "Governor Berg Opens the Harbour of Velden")
    assert (found.title, found.outlet) == ("Governor Berg Opens the Harbour of Velden", "Velden Times")


@pytest.mark.parametrize(
    "line",
    [
        "**Publication Date:** 04/13/2026",
        "| **Publication Date:** | 04/13/2026 |",
        "Updated April 13, 2026",
        "Published by Jane Roe on April 13, 2026",
        "Veröffentlicht am 13. April 2026",
        "Datum: 13.04.2026",
        "Publié le 13/04/2026",
    ],
)
def test_a_line_that_names_its_date_gives_the_day(line: str) -> None:
    assert head("# Council Closes Old Bridge", line, name="a.md").published == "2026-04-13"


@pytest.mark.parametrize("opening", ["Bern, 8 March 2026.", "BERN, 8. März 2026 –", "New York, March 8, 2026 (AP) —"])
def test_a_dateline_gives_the_day(opening: str) -> None:
    found = read(f"Council Closes Old Bridge\n\n{opening} {FIRST}\n\n{SECOND}".encode(), "a.txt").metadata
    assert found.published == "2026-03-08"


@pytest.mark.parametrize(
    "line",
    [
        "8 March 2026 | Korsvik | Coast Desk Daily",
        "The Tide · Sunday 8 March 2026 · 2 min read",
        "Korsvik Evening Courier, 8 March 2026",
        "New Korsvik, 8 March 2026",
        "FOR IMMEDIATE RELEASE\n8 March 2026",
    ],
)
def test_a_line_of_facts_gives_the_day_among_them(line: str) -> None:
    found = head("# Council Closes Old Bridge", line, name="a.md")
    assert (found.published, found.title) == ("2026-03-08", "Council Closes Old Bridge")


def test_the_day_in_the_line_under_a_headline_is_no_part_of_it() -> None:
    found = read(f"Council Of Korsvik Closes Its Old Bridge\n8 March 2026\n\n{FIRST}\n\n{SECOND}".encode(), "a.txt")
    assert (found.metadata.title, found.metadata.published) == (
        "Council Of Korsvik Closes Its Old Bridge",
        "2026-03-08",
    )


def test_the_heading_under_the_name_of_whoever_publishes_is_the_title() -> None:
    found = head("City of Korsvik\nPress Office", "# Council closes the old bridge for repairs", name="a.md")
    assert found.title == "Council closes the old bridge for repairs"


@pytest.mark.parametrize(
    "line", ["The hearing is on 8 March 2026.", "Due date: 8 March 2026", "Next meeting 8 March 2026"]
)
def test_another_day_in_the_head_is_none_of_its_own(line: str) -> None:
    assert head("Council Closes Old Bridge", line).published is None


def test_a_day_that_can_be_read_in_two_ways_is_an_estimate() -> None:
    found = head("Council Closes Old Bridge", "Publication Date: 04/10/2026")
    assert (found.published, found.published_estimated) == ("2026-04-10", True)


def test_what_the_head_says_elsewhere_settles_how_a_day_is_read() -> None:
    lines = ("Council Closes Old Bridge", "Publication Date: 04/10/2026", "Version of 4 October 2026, no. 3")
    assert (head(*lines).published, head(*lines).published_estimated) == ("2026-10-04", False)


@pytest.mark.parametrize("title", ["NATO", "Ports", "港口"])
def test_a_short_heading_is_the_title(title: str) -> None:
    assert head(f"# {title}", name="a.md").title == title


def test_a_speaker_of_a_transcript_is_not_its_title() -> None:
    said = "\n\n".join(f"MAYOR ILSE HANSEN: We will close pier {pier} of the harbour on Monday." for pier in range(5))
    opening = "MAYOR ILSE HANSEN: Good morning\n\nRemarks on the harbour of Velden"
    found = read(f"{opening}\n\n{said}".encode(), "talks.txt").metadata
    assert found.title == "Remarks on the harbour of Velden"


@pytest.mark.parametrize(
    ("head", "outlet", "title"),
    [
        ("The Harbour Post\n11 November 2025\n\nNew head for the harbour board", "The Harbour Post", None),
        (
            "HNA - Harbour News Agency\n5 October 2026, 00:42\n\nTown votes no by 31 votes",
            "HNA - Harbour News Agency",
            None,
        ),
        ("Coastline\n8 June 2026 | 06:10 local time\n\nDockers to return after talks", "Coastline", None),
        ("Küstenblatt\nMittwoch, 6. Mai 2026\n\nStreit um den Hafen ist beigelegt", "Küstenblatt", None),
        ("THE LEDGER\n\n'Not one crane': dockers vow to fight\n\nBy Ann Lee\n9 March 2026", "THE LEDGER", None),
        # A title over its day and the first heading.
        ("New Head For Clean Fjord\n11 November 2025\n\nBackground", None, "New Head For Clean Fjord"),
        ("Harbour board votes no\n\nMembers want a second opinion\n\nBy Ann Lee", None, "Harbour board votes no"),
    ],
)
def test_a_short_name_over_the_day_and_a_longer_title_is_the_outlet(
    head: str, outlet: str | None, title: str | None
) -> None:
    body = "The board of the harbour met on Monday evening and heard six speakers. It was a long evening in the hall.\n"
    document = read_text(f"{head}\n\n{body}")
    known = document.metadata
    assert known.outlet == outlet
    assert known.title == (title or head.split("\n\n")[1])
    assert outlet is None or outlet not in texts(document)


def test_a_heading_within_an_article_is_not_its_title() -> None:
    found = head("Council closes the old bridge", "## What the ferries are to cost from now on", name="a.md")
    assert found.title == "Council closes the old bridge"
