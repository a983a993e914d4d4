"""The analysis of a sentence, and what two sentences differ by."""

from __future__ import annotations

import pytest

from retrieval.nlp.annotate import annotate, differing
from retrieval.nlp.entities import is_named
from retrieval.nlp.tokens import terms


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Talks begin on Monday, 3 December 2024.", {"weekday monday", "day 3", "month decemb", "year 2024"}),
        ("By 3 May", {"day 3", "month may"}),
        ("The third of them", {"ordinal 3rd"}),
        ("They march and may win.", set()),
        ("In March they won.", {"month march"}),
        ("Twenty tanks for $3.7M", {"number 20", "number 3700000"}),
        ("Am 27. Dezember 2023 kamen 40 Gäste.", {"day 27", "month decemb", "year 2023", "number 40"}),
        ("Le 1er août et en mars 2018", {"day 1", "month august", "month march", "year 2018"}),
        ("El 3 de mayo votaron 120 diputados.", {"day 3", "month may", "number 120"}),
        ("W maju 2021 i 5 lipca", {"month may", "year 2021", "day 5", "month juli"}),
        ("Mayo tiene 12 puertos.", {"number 12"}),
    ],
)
def test_numbers_and_parts_of_dates_are_figures(text: str, figures: set[str]) -> None:
    assert {f"{each.kind} {each.value}" for each in annotate(text).quantities} == figures


@pytest.mark.parametrize("text", ["about 40 tanks", "more than 40 tanks", "40-50 tanks", "between 30 and 40 tanks"])
def test_an_estimate_and_the_end_of_a_range_are_loose(text: str) -> None:
    assert annotate(text).quantities and all(each.loose for each in annotate(text).quantities)


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("NATO will not accept Ukraine, but Rutte hopes.", "accept Ukraine"),
        ("Rutte declined to name a date.", "name date"),
        ("Rutte no longer hopes.", "hopes"),
        ("Rutte not only hopes.", ""),
        ("Rutte fought hard on bare ground.", ""),
        ("Rutte never named the price that Moscow and Kyiv paid.", "named price Moscow Kyiv"),
    ],
)
def test_a_negation_reaches_a_few_words_of_its_clause(text: str, denied: str) -> None:
    assert annotate(text).denied == set(terms(denied))


def test_what_is_avoided_is_denied_by_evasion() -> None:
    stated = annotate("Rutte avoided a promise.")
    assert stated.evaded == stated.denied == set(terms("promise"))


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        ("Estonia gave up its tanks.", "tanks"),
        ("Estonia dropped plans for tanks; Latvia bought some.", "plans tanks"),
        ("Estonia no longer builds tanks.", "builds tanks"),
        ("Estonia will not abandon its tanks.", ""),
        ("Estonia builds longer tanks.", ""),
        ("Estonia refuses tanks.", ""),
    ],
)
def test_what_is_given_up_or_so_no_longer_has_ended(text: str, ended: str) -> None:
    assert annotate(text).ended == set(terms(ended))


def test_a_capital_marks_a_name_and_at_the_head_of_a_sentence_an_unusual_word() -> None:
    assert annotate("Tanks reached Estonia on Monday. Rutte smiled.").names == set(terms("Estonia Rutte"))
    assert annotate("Weapons arrived. Rutte smiled.").names == set(terms("Rutte"))
    assert annotate("Weapon makers met.").names == set(terms("weapon"))


def test_the_united_states_are_one_name() -> None:
    assert annotate("They met in the United States of America.").names == set(terms("US"))


@pytest.mark.parametrize(("name", "form"), [("Zelenskyy", "Zelensky"), ("Moscow", "Russian"), ("Britain", "UK")])
def test_a_name_is_known_in_its_other_forms(name: str, form: str) -> None:
    assert is_named(terms(name)[0], frozenset(terms(form)))
    assert not is_named(terms(name)[0], frozenset(terms("Rutte")))


BLAST = "The explosion at the Tarnow refinery killed 12 workers on Monday night, officials said."


@pytest.mark.parametrize(
    "other",
    [
        "The court in Vilnius fined the airline for delays in the spring.",
        "The court in Warsaw did not fine the airline 40 million euros for delays in spring.",
        "The Warsaw court fined the airline for delays in spring.",
    ],
)
def test_what_is_told_in_other_words_or_lacks_a_figure_differs_in_none(other: str) -> None:
    assert differing("The court in Warsaw fined the airline 40 million euros for delays in spring.", other) is None


@pytest.mark.parametrize(
    ("one", "other", "disagree"),
    [
        (
            BLAST,
            "On Monday night the explosion at the Tarnow refinery killed fifteen workers, the governor said.",
            True,
        ),
        (BLAST, "The explosion at the Tarnow refinery killed at least 12 workers on Monday night.", False),
        (BLAST, "The explosion at the Tarnow refinery killed at least 15 workers on Monday night.", False),
        (BLAST, f"“{BLAST}”", False),
        ("Some 1.2 million people fled the province.", "The agency said 1,200,000 people fled the province.", False),
        ("Adam Novak set the fire at the Gdansk port.", "Petr Svoboda set the fire at the Gdansk port.", True),
        (
            "Norway signed the treaty with Iceland on 3 March.",
            "Norway signed the treaty with Iceland on 5 March.",
            True,
        ),
        ("The firm hired 200 engineers in Krakow.", "The firm hired 300 engineers in Lodz.", False),
        ("Four people were arrested in Oslo.", "Nine people were arrested in Oslo.", True),
        ("Karin Holm signed the treaty on Monday.", "Ole Brandt signed the treaty on Monday.", True),
        ("Karin Holm signed the treaty on Monday.", "The treaty was signed by Karin Holm on Monday.", False),
        ("Karin Holm signed a petition on Monday.", "Ole Brandt signed a petition on Monday.", False),
        ("Karin Holm spoke on Monday in Oslo.", "Ole Brandt spoke on Monday in Oslo.", False),
    ],
)
def test_only_another_figure_day_or_name_for_the_same_thing_differs(one: str, other: str, disagree: bool) -> None:
    assert (differing(one, other) is not None) == disagree
