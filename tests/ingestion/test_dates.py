"""Dates come out as ISO 8601 with the offset they were written with, or not at all."""

import datetime

import pytest

from retrieval.ingestion.metadata.dates import believable, from_pdf, is_alone, normalise


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2024-12-03", "2024-12-03"),
        (" 2024-12-03T09:30:00+01:00 ", "2024-12-03T09:30:00+01:00"),
        ("2024-12-03T09:30:00Z", "2024-12-03T09:30:00+00:00"),
        ("2024-12-03 09:30", "2024-12-03T09:30:00+00:00"),
        ("Tue, 03 Dec 2024 09:30:00 -0500", "2024-12-03T09:30:00-05:00"),
        ("December 3, 2024", "2024-12-03"),
        ("3. Dezember 2024", "2024-12-03"),
        ("3 décembre 2024", "2024-12-03"),
        ("03.12.2024", "2024-12-03"),
        (datetime.date(2024, 12, 3), "2024-12-03"),
        (datetime.datetime(2024, 12, 3, 9, 30), "2024-12-03T09:30:00+00:00"),
        ("03/04/2024", None),
        ("2024-13-45", None),
        ("yesterday", None),
        ("December 2024", None),
        ("soon", None),
        ("", None),
        ("9" * 500, None),
        ("0001-01-01T00:00:00+14:00", None),
        (20241203, None),
        (True, None),
        (["2024-12-03"], None),
    ],
)
def test_dates_are_normalised(written: object, iso: str | None) -> None:
    assert normalise(written) == iso


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("D:20241203093000+01'00'", "2024-12-03T09:30:00+01:00"),
        ("D:20241203093000Z00'00'", "2024-12-03T09:30:00+00:00"),
        ("D:20241203", "2024-12-03"),
        ("D:20241399", None),
        ("", None),
    ],
)
def test_dates_of_pdf_files_are_understood(written: str, iso: str | None) -> None:
    assert from_pdf(written) == iso


def test_the_future_and_the_distant_past_are_not_believed() -> None:
    today = datetime.date(2024, 12, 3)
    assert believable("2024-12-04", today) == "2024-12-04"
    assert believable("2024-12-05", today) is None
    assert believable("1989-12-31T00:00:00+00:00", today) is None
    assert believable(None, today) is None


@pytest.mark.parametrize(
    ("line", "alone"),
    [
        ("3 December 2024", True),
        ("Tuesday, 3 December 2024", True),
        ("TUESDAY, 3 DECEMBER 2024", True),
        ("Updated 3 December 2024", False),
        ("Tuesday", False),
    ],
)
def test_a_line_of_a_date_has_nothing_beside_it_but_its_weekday(line: str, alone: bool) -> None:
    assert is_alone(line) is alone
