"""Which sentences tell of a time before their article's."""

from __future__ import annotations

import pytest

from retrieval.nlp.past_reference import tells_of_before

DAY = "2025-11-05"


@pytest.mark.parametrize(
    "text",
    [
        "Berg said in a filing at the time: the Pact needs us.",
        "Berg said in a filing in April that he had no plans.",
        "In April, Berg offered to leave.",
        "Speaking on 3 December 2024, he insisted on the Pact.",
        "Sudmark left the Pact in 2014.",
        "Norland raised the levy last year.",
        "He previously said Norland would stay.",
        "Norland had vowed never to give up.",
    ],
)
def test_what_was_said_or_so_at_another_time_is_told(text: str) -> None:
    assert tells_of_before(text, DAY)


@pytest.mark.parametrize(
    "text",
    [
        "Sudmark, which left the Pact in 2014, offered talks.",
        "A judge struck down the plan announced in April.",
        "The deal agreed in April collapsed.",
        "Prices rose by 7 percent in October.",
        "Prices rose from 2 percent in April to 7 percent.",
        "Talks will resume in April.",
        "Norland wants to join the Pact by 2030.",
        "The court overturned the 1973 ruling.",
        "Norland said that it had dropped its demand.",
        "A previously unknown group claimed the attack.",
        "It was the worst fire since one in 2014.",
    ],
)
def test_what_is_news_beside_another_time_is_news(text: str) -> None:
    assert not tells_of_before(text, DAY)


def test_what_was_so_in_a_year_that_has_only_just_ended_is_news() -> None:
    assert not tells_of_before("Sales fell by 9 percent in 2025.", "2026-01-10")
