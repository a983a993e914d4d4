"""A figure of a topic over time: what makes a series, what does not, and how it is shown."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from bot.presentation import brief_outline, files, json_output, terminal_reports
from bot.presentation.image.canvas import Sheet, Stroke, letters
from bot.presentation.image.chart import add_chart
from bot.presentation.image.timeline import compose
from bot.presentation.links import Bases
from bot.presentation.words import ENGLISH
from retrieval.domain.answers import Timeline
from retrieval.domain.articles import Filter
from retrieval.services.briefs import NoteRequest
from tests.fakes import WordVectors, open_with
from tests.test_pictures import check

RATES = [
    ("2025-05-14", "The Bank of Norda held its key rate at 5.25 percent on Wednesday, its governor said."),
    ("2025-08-20", "The Bank of Norda cut its key rate to 5 percent, from 5.25 percent in May."),
    ("2026-01-22", "The Bank of Norda raised its key rate to 5.5 percent on Thursday to curb prices."),
    ("2026-03-22", "The Bank of Norda lowered its key rate by 0.75 percent to 4.75 percent on Thursday."),
    # Another bank's, what may come, the past, and a day of which two values are told.
    ("2026-03-23", "The Bank of Sund has a key rate of 9 percent, the highest on the coast."),
    ("2026-03-24", "The Bank of Norda may bring its key rate down to 3 percent, analysts said."),
    ("2026-03-25", "The Bank of Norda had a key rate of 2 percent in 2021, its archive shows."),
    ("2026-03-26", "The Bank of Norda set its key rate at 7 percent, a leaflet claimed."),
    ("2026-03-26", "The Bank of Norda set its key rate at 6 percent, a poster claimed on the quay."),
]


def traced(tmp_path: Path, rows: list[tuple[str, str]]) -> tuple[Timeline, str]:
    """The timeline of the key rate, and its note as a page."""
    (tmp_path / "articles").mkdir()
    for number, (day, text) in enumerate(rows):
        head = f"---\ntitle: Report {number}\noutlet: Ledger\npublished: {day}\n---\n\n"
        (tmp_path / "articles" / f"{number}.md").write_text(f"{head}{text}\n")
    with open_with(tmp_path, WordVectors(256)) as briefing:
        briefing.articles.ingest([tmp_path / "articles"])
        timeline = briefing.timelines.trace("Bank of Norda key rate", Filter())
        for point in timeline.series.points if timeline.series else ():
            cited = point.citation
            assert briefing.articles.show(cited.file)[1][cited.start : cited.end] == cited.quote
        note = briefing.briefs.compose(NoteRequest(topic="Bank of Norda key rate", as_of=date(2026, 4, 1)))
        return timeline, files.note_page(note, Bases(), brief_outline.pictures(note))


def test_values_of_one_quantity_and_unit_make_a_series_that_is_charted_with_its_sources(tmp_path: Path) -> None:
    timeline, page = traced(tmp_path, RATES)
    series = timeline.series
    assert series and (series.quantity, series.unit) == ("key rate", "percent")
    assert [each.value for each in series.points] == [5.25, 5, 5.5, 4.75]
    assert [each.date for each in series.points] == [day for day, _ in RATES[:4]]
    said = "Key rate, percent: 5.25 (14 May 2025), 5 (20 Aug 2025), 5.5 (22 Jan 2026), 4.75 (22 Mar 2026)"
    assert said in " ".join(terminal_reports.timeline(timeline, Bases()).split())
    document = json.loads(json_output.dump(json_output.timeline(timeline, Bases())))
    assert [each["citation"]["quote"] for each in document["series"]["points"]] == [text for _, text in RATES[:4]]
    assert f'alt="Chart of {said}"' in page
    sheet = compose(timeline)
    check(sheet)
    drawn = [each.text for each in sheet.words]
    assert {f"{each.value:g} [{each.citation.number}]" for each in series.points} <= set(drawn)


def test_a_label_is_on_no_line_of_its_chart(tmp_path: Path) -> None:
    timeline, _ = traced(tmp_path, RATES)
    sheet = Sheet()
    assert timeline.series
    add_chart(sheet, timeline.series, letters(), ENGLISH)
    labels = [each for each in sheet.words if each.bold and "[" in each.text]
    lines = [each for each in sheet.parts if isinstance(each, Stroke) and each.tone == "first"]
    assert len(labels) == 4 and len(lines) == 3
    for label in labels:
        for line in lines:
            for step in range(201):
                x, y = (a + (b - a) * step / 200 for a, b in ((line.x, line.to_x), (line.y, line.to_y)))
                assert not (label.box.left < x < label.box.right and label.box.top < y < label.box.bottom)


@pytest.mark.parametrize("left_out", [1, 2])
def test_two_values_or_those_of_several_are_no_series(tmp_path: Path, left_out: int) -> None:
    rows = [RATES[0], RATES[left_out], *RATES[4:]]
    timeline, page = traced(tmp_path, rows)
    assert timeline.entries and timeline.series is None
    assert "Chart of" not in page
