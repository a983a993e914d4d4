"""Copies and rewrites are told from independent reports."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from retrieval.ingestion.duplicates import DuplicateFinder, compare, containment, features_of
from tests.bulk import fill
from tests.fakes import opened

AGENCY = (
    "BRUSSELS (AP) — Mark Rutte said Tuesday that NATO will send 500 more generators to Kyiv before January. "
    "The 32 allies met in Brussels for 2 days, and Antony Blinken pledged $725 million in arms. "
    "Volodymyr Zelenskyy thanked the allies, and asked for 19 more air defence batteries."
)
REWRITE = (
    "Kyiv will get 500 more generators before January, Mark Rutte told reporters on Tuesday in Brussels. "
    "At the 2 days of talks of the 32 allies, $725 million in arms was pledged by Antony Blinken, and Volodymyr "
    "Zelenskyy asked NATO, which he thanked, for 19 air defence batteries more. For more, visit AP's coverage."
)
OTHER = (
    "Olaf Scholz visited Kyiv on Monday for the first time in 2 years and promised 650 million euros. "
    "Germany remains wary of sending troops, Boris Pistorius told Deutschlandfunk on Tuesday."
)
DAY, NEXT_DAY, NEXT_MONTH = "2024-12-03", "2024-12-04", "2025-01-05"


def told(
    one: str,
    other: str,
    *,
    days: tuple[str | None, str | None] = (DAY, NEXT_DAY),
    cosine: float = 0.95,
    outlets: tuple[str | None, str | None] = (None, None),
) -> str | None:
    return compare(features_of(one, one, days[0], outlets[0]), features_of(other, other, days[1], outlets[1]), cosine)


def test_the_same_words_are_a_copy_even_when_printed_much_later() -> None:
    assert told(AGENCY, f"{AGENCY} Additional reporting by our staff in Berlin.") == "copy"
    assert told(AGENCY, AGENCY, days=(DAY, NEXT_MONTH)) == "copy"
    assert told(AGENCY, AGENCY, days=(f"{DAY}T08:00:00+00:00", NEXT_DAY)) == "copy"


def test_a_column_that_repeats_half_of_itself_every_month_is_no_copy() -> None:
    half = "The five things to know today are these, and here they are in short for all of our readers again."
    one, other = f"{half} {AGENCY}", f"{half} {half} {OTHER}"
    assert told(one, other, days=(DAY, NEXT_MONTH)) is None


def test_an_announcement_that_is_printed_again_as_done_weeks_later_is_no_copy() -> None:
    reasons = " ".join(f"Of the reasons for it number {number} is that nobody uses it." for number in range(2, 9))
    planned = f"The harbour will end its ferry service on 4 June. {reasons}"
    done = f"The harbour ended its ferry service on 4 June. {reasons} We thank our crews."
    assert told(planned, done, days=(DAY, NEXT_MONTH)) is None
    assert told(planned, done) == "copy"


def test_a_retold_agency_story_is_a_rewrite() -> None:
    assert told(AGENCY, REWRITE) == "rewrite"
    assert told(AGENCY, REWRITE, days=(DAY, None)) == "rewrite"


def test_a_retold_story_is_no_rewrite_weeks_later_or_without_an_agency() -> None:
    assert told(AGENCY, REWRITE, days=(DAY, NEXT_MONTH)) is None
    assert told(AGENCY.replace("(AP) ", ""), REWRITE.replace("AP's", "our")) is None


def test_another_report_of_the_same_days_is_another_witness() -> None:
    assert told(AGENCY, OTHER) is None
    assert told(AGENCY, REWRITE, cosine=0.5) is None


def test_an_outlet_that_tells_its_own_story_again_rewrites_no_other() -> None:
    assert told(AGENCY, REWRITE, outlets=("The Post", "The Courier")) == "rewrite"
    assert told(AGENCY, REWRITE, outlets=("The Post", "The Post")) is None


def test_a_few_lines_with_the_names_of_a_long_report_are_no_rewrite() -> None:
    long = f"{AGENCY} " + " ".join(f"Delegate Person{n} of Country{n} paid {n}0{n} euros." for n in range(30))
    assert told(long, REWRITE) is None


def test_the_same_figures_in_other_words_make_a_rewrite() -> None:
    one = (
        "LINDEN (dpa) - 74 Stunden, 2,6 Millionen Fahrten, 310 Millionen Gulden, 24 Prozent weniger, sagt das Institut."
    )
    other = "Laut dpa: 310 Millionen Gulden kosten 2,6 Millionen Fahrten mit 74 Stunden Stau, 24 Prozent weniger."
    assert told(one, other, cosine=0.6) == "rewrite"


def test_texts_too_short_to_compare_share_nothing() -> None:
    assert told("Short.", "Short.") is None
    assert containment(frozenset(), frozenset({"a"})) == 0.0


BULLETIN = (
    "The staff of the navy of Velden said this morning that over the last day its ships had stopped {} smugglers and "
    "searched {} boats between the islands. The harbour police counted {} fines, and {} crews were sent back to port. "
    "Since the beginning of the year {} boats have been searched in these waters, the staff said in its daily note."
)
QUAKE = (
    "An earthquake of magnitude {} struck {} kilometres south of the coast at a depth of {} kilometres, the survey "
    "said. There was no warning of a tsunami, and no report of damage. It was felt in {} towns, the survey said."
)


def test_a_bulletin_with_other_figures_is_no_copy_of_the_last() -> None:
    assert told(BULLETIN.format(12, 340, 27, 5, 9120), BULLETIN.format(14, 311, 39, 8, 9431), cosine=0.99) is None
    assert told(QUAKE.format(4.7, 31, 10, 6), QUAKE.format(5.9, 88, 42, 19), days=(DAY, DAY), cosine=0.99) is None


def test_a_bulletin_printed_twice_is_a_copy() -> None:
    night = BULLETIN.format(12, 340, 27, 5, 9120)
    assert told(night, f"{night} More news at six.", cosine=0.99) == "copy"
    assert told(night, night.replace("27", "about 30"), cosine=0.99) == "copy"


def test_adding_articles_does_not_copy_what_is_stored_for_each(tmp_path: Path) -> None:
    with opened(tmp_path) as catalog:
        matrix = fill(catalog, 60, 1)
        with catalog.reading() as connection:
            finder = DuplicateFinder(connection)
        vectors = np.random.default_rng(3).standard_normal((700, matrix.shape[1])).astype(np.float32)
        buffers = []
        for number, vector in enumerate(vectors):
            finder.add(1_000 + number, vector, None)
            buffers.append(id(finder._rows))
        assert len(set(buffers)) <= 4
        finder.add(5_000, vectors[3] * 2, 1_003)
        nearest = finder._candidates(vectors[3] / np.linalg.norm(vectors[3]), None)
        assert nearest[0][0] == 5_000
        assert 1_003 not in [id_ for id_, _ in nearest]
