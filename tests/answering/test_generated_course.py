"""A model's answer about now and change, and where articles disagree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from retrieval.answering.dated_statements import undated
from retrieval.services.briefing import Briefing
from tests.answering.conftest import CLOSED, Author, ask, folder_of
from tests.fakes import open_with

STILL = "Does Norland still insist on joining the Pact?"
INSISTS = "Norland still insists on joining the Pact, Ada Berg told reporters."
GIVES_UP = "Norland has given up on joining the Pact, Ada Berg told parliament."
HOPES = "Norland hopes to profit from joining the Pact, an analyst wrote."
PORTS = "Norland opened three ports to ships of the Pact, Ada Berg told parliament."
PACT = {
    "old.md": f"---\ntitle: A vow\npublished: 2024-12-03\n---\n{INSISTS}\n",
    "new.md": f"---\ntitle: A turn\npublished: 2025-12-14\n---\n{GIVES_UP} {PORTS}\n",
    "undated.txt": f"{HOPES}\n",
}
NOW, BEFORE = (GIVES_UP, [GIVES_UP]), (INSISTS, [INSISTS])


@pytest.fixture(scope="module")
def pact(writer: Author, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Briefing]:
    """What Norland wanted, and what it wants now."""
    with open_with(tmp_path_factory.mktemp("pact"), chat=writer) as opened:
        opened.articles.ingest([folder_of(PACT, tmp_path_factory.mktemp("articles"))])
        yield opened


def test_the_newest_leads_with_its_day_in_whichever_order_the_model_tells_it(pact: Briefing, author: Author) -> None:
    author.writes((HOPES, [HOPES]), BEFORE, NOW)
    given = ask(pact, STILL)
    assert given.text == (f"As of 14 Dec 2025: {GIVES_UP} [1] Earlier, 3 Dec 2024: {INSISTS} [2] Undated: {HOPES} [3]")
    assert (given.mode, given.note) == ("generated", None)


def test_what_the_model_tells_of_several_days_is_of_the_newest(pact: Briefing, author: Author) -> None:
    turn = "Norland still insists on joining the Pact, but it has given up on joining the Pact."
    author.writes(BEFORE, (turn, [INSISTS, GIVES_UP]), NOW)
    given = ask(pact, STILL)
    assert given.text.startswith("As of 14 Dec 2025: ")
    assert given.text.endswith(f"Earlier, 3 Dec 2024: {INSISTS} [{len(given.citations)}]")


@pytest.mark.parametrize(
    "claims", [[BEFORE], [NOW], [(HOPES, [HOPES])], [(PORTS, [PORTS]), BEFORE], [BEFORE, (PORTS, [PORTS])]]
)
def test_neither_the_latest_position_nor_what_it_replaced_is_left_out_by_a_model(
    claims: list[tuple[str, list[str]]], pact: Briefing, author: Author
) -> None:
    author.writes(*claims, cut=True)
    given = ask(pact, STILL)
    assert given.text.startswith(f"As of 14 Dec 2025: {GIVES_UP} [1]")
    assert f"Earlier, 3 Dec 2024: {INSISTS} [" in given.text
    assert (given.mode, given.model) == ("generated", "ours:test")
    assert given.note == (
        "Partly quoted: the model left out what the articles say of now or before. "
        "The model broke off: there may be more to say"
    )


def test_a_verdict_comes_before_the_day_it_is_of(pact: Briefing, author: Author) -> None:
    author.writes((f"No: {GIVES_UP}", [GIVES_UP]), BEFORE)
    assert ask(pact, STILL).text.startswith(f"No, as of 14 Dec 2025: {GIVES_UP} [1]")


def test_of_an_answer_cut_short_the_latest_position_is_what_stays(pact: Briefing, author: Author) -> None:
    author.writes(BEFORE, (HOPES, [HOPES]), NOW)
    assert ask(pact, STILL, max_sentences=1).text == f"As of 14 Dec 2025: {GIVES_UP} [1]"
    assert len(ask(pact, STILL, max_sentences=2).citations) == 2


def test_what_came_out_after_the_day_of_asking_is_not_given_to_the_model(pact: Briefing, author: Author) -> None:
    author.writes(BEFORE)
    given = ask(pact, STILL, as_of=date(2024, 12, 10))
    assert given.text == f"As of 3 Dec 2024: {INSISTS} [1]"
    assert [each.source for each in author.asked[0].passages] == ["2024-12-03 · A vow", f"undated · {HOPES}"]


def test_the_model_reads_what_is_dated_from_the_newest_on(pact: Briefing, author: Author) -> None:
    ask(pact, STILL)
    dates = [each.source.partition(" ")[0] for each in author.asked[0].passages]
    assert dates == ["2025-12-14", "2024-12-03", "undated"]


@pytest.mark.parametrize(
    "opening",
    [
        "As of 14 December 2025, {new}",
        "As of 14 Dec 2025 (date estimated): {new}",
        "Currently, {new}",
        "As of today, December 14, 2025, {new}",
        "In late 2025, {new}",
    ],
)
def test_a_day_that_the_model_says_is_said_once(opening: str, pact: Briefing, author: Author) -> None:
    author.writes((opening.format(new=GIVES_UP), [GIVES_UP]), (f"Earlier, in December 2024, {INSISTS}", [INSISTS]))
    given = ask(pact, STILL)
    assert given.text == f"As of 14 Dec 2025: {GIVES_UP} [1] Earlier, 3 Dec 2024: {INSISTS} [2]"
    assert given.dropped == 0


@pytest.mark.parametrize(
    "claim",
    [
        f"As of 14 December 2025, {INSISTS}",
        f"As of 20 January 2026, {INSISTS}",
        f"Earlier, in March 2022, {INSISTS}",
        f"In 2019 and 2024, {INSISTS}",
        INSISTS.replace("Pact,", "Pact on 14 December 2025,"),
    ],
)
def test_a_day_that_is_neither_the_articles_nor_in_it_is_not_shown(claim: str, pact: Briefing, author: Author) -> None:
    author.writes(NOW, (claim, [INSISTS]))
    given = ask(pact, STILL)
    assert given.dropped == 1
    assert given.text == f"As of 14 Dec 2025: {GIVES_UP} [1] Earlier, 3 Dec 2024: {INSISTS} [2]"


def test_a_date_of_the_article_is_no_loss_to_an_answer_that_says_no_days(briefing: Briefing, author: Author) -> None:
    author.writes(("On 7 January 2025, the harbour bridge was closed.", [CLOSED]))
    assert ask(briefing).text == "The harbour bridge was closed. [1]"
    author.writes(("On 8 January 2025, the harbour bridge was closed.", [CLOSED]))
    assert (ask(briefing).mode, ask(briefing).dropped) == ("extractive", 1)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Earlier in December 2024 Ada Berg left.", "Ada Berg left."),
        ("2024-12-03: it rained.", "It rained."),
        ("In December 2024 and January 2025 Ada Berg left.", None),
        ("In 2024 elections were held.", None),
        ("Until 3 December 2024, Ada Berg led.", None),
        ("Earlier in the week, Ada Berg left.", None),
        ("December, the month of snow, is cold.", None),
        ("3 December 2024", None),
        ("In 2024, 2025 and 2026 Ada Berg led.", None),
        ("In 2024, 3,000 people left.", "3,000 people left."),
    ],
)
def test_only_what_opens_a_statement_by_dating_it_is_taken_off(said: str, left: str | None) -> None:
    assert undated(said, ["2024-12-03"]) == (left or said)


def test_the_course_of_things_is_told_from_the_quotes_under_their_numbers(pact: Briefing, author: Author) -> None:
    author.writes(BEFORE, NOW, (HOPES, [HOPES]))
    given = ask(pact, STILL)
    assert [(each.date, each.citation.number, each.text) for each in given.timeline] == [
        ("2024-12-03", 2, INSISTS),
        ("2025-12-14", 1, GIVES_UP),
    ]
    assert given.timeline and all(
        each.citation in given.citations and each.text == each.citation.quote for each in given.timeline
    )
    assert given.timeline[0].change == "first"
    assert ask(pact, "Who told reporters about joining the Pact?").timeline == ()


# Disagreement


TOLLS = {
    "herald.md": (
        "---\ntitle: A blast\noutlet: Herald\npublished: 2025-03-01\n---\n"
        "The blast at the Norland harbour killed 12 dock workers on Friday.\n\n"
        "Ambulances from four towns came, and a school near the quay was opened for families.\n"
    ),
    "courier.md": (
        "---\ntitle: At the quay\noutlet: Courier\npublished: 2025-03-01\n---\n"
        "Grain dust had gathered in a silo for weeks, inspectors believe, and no alarm went off.\n\n"
        "The blast at the Norland harbour killed 19 dock workers on Friday.\n"
    ),
}
HOW_MANY = "How many dock workers did the blast at the Norland harbour kill?"
TWELVE, NINETEEN = "killed 12 dock workers on Friday", "killed 19 dock workers on Friday"


@pytest.fixture(scope="module")
def blast(writer: Author, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Briefing]:
    """Two outlets that count the dead of one day differently."""
    with open_with(tmp_path_factory.mktemp("blast"), chat=writer) as opened:
        opened.articles.ingest([folder_of(TOLLS, tmp_path_factory.mktemp("articles"))])
        yield opened


@pytest.mark.parametrize(
    "claims",
    [
        [(f"The blast at the Norland harbour {TWELVE}.", [TWELVE])],
        [(f"The blast at the Norland harbour {NINETEEN}.", [NINETEEN])],
        [(f"The blast at the Norland harbour {each}.", [each]) for each in (TWELVE, NINETEEN)],
    ],
)
def test_both_sides_of_a_fact_are_shown_whichever_the_model_tells(
    claims: list[tuple[str, list[str]]], blast: Briefing, author: Author
) -> None:
    author.writes(*claims)
    given = ask(blast, HOW_MANY)
    assert given.mode == "generated"
    (conflict,) = given.conflicts
    quotes = {each.number: each.quote for each in given.citations}
    sides = [" ".join(quotes[number] for number in side.citations) for side in conflict.sides]
    assert ["12" in each for each in sides].count(True) == ["19" in each for each in sides].count(True) == 1
    # Neither stands there twice.
    assert len(quotes) == 2


def test_the_model_reads_both_sides(blast: Briefing, author: Author) -> None:
    ask(blast, HOW_MANY)
    texts = " ".join(each.text for each in author.asked[0].passages)
    assert "killed 12" in texts
    assert "killed 19" in texts
