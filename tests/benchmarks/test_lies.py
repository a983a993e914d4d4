"""The lies and the true claims over the seeds alone: made the same each time, told apart well, and nothing invented."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.benchmarks.lies import Case, articles, cases, right, table, tally, told_cases
from tests.benchmarks.lying import LIES
from tests.benchmarks.rewriting import reword

pytestmark = pytest.mark.slow

SEEDS = Path(__file__).parents[2] / "seeds"


def made() -> list[list[Case]]:
    own = articles(sorted(SEEDS.glob("*.txt")))
    return [*cases(own, random.Random(5)), told_cases(own)]


def test_the_same_claims_are_made_each_time() -> None:
    assert made() == made()


def test_no_altered_quote_and_no_false_citation_passes_and_few_lies_do() -> None:
    found = tally(made(), 10)
    wells = {key: [*sides[True], *sides[False]] for key, sides in found.items()}
    for kind in ("altered quote", "passage not given", "one passage not given"):
        assert set(wells[False, kind]) == {1.0}
    lies = [well for (true, _), own in wells.items() if not true for well in own]
    claims = [well for (true, _), own in wells.items() if true for well in own]
    assert share(lies) >= 0.9
    assert share(claims) >= 0.9
    assert share(wells[True, "by hand"]) >= 0.85
    assert len("\n".join(table(found)).splitlines()) == len(found) + 4


def share(wells: Sequence[float]) -> float:
    return sum(wells) / len(wells)


def test_a_lie_changes_the_claim_and_a_rewording_its_words_only() -> None:
    text = "Rutte said that President Joe Biden may not send 1,000 soldiers to the United Nations on December 4, 2014."
    rng = random.Random(1)
    assert {kind for kind, lie in LIES.items() if lie(text, ["Angela Merkel", "Paris"], rng) not in (None, text)} >= {
        "invented number",
        "invented date",
        "negated",
    }
    reworded = reword(text, rng)
    assert reworded is not None
    assert reworded[0] != text
    case = told_cases(articles(sorted(SEEDS.glob("*.txt"))))[0]
    assert right(case) == 1
