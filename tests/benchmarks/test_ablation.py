"""A family of rules is turned off while the sets are measured again, and on after that."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval import tuned
from retrieval.answering import extractive, standing, verification
from retrieval.nlp.names import Aliases
from retrieval.search import hybrid
from retrieval.services import asking
from tests.benchmarks import ablation
from tests.benchmarks.ablation import Switch, numbers
from tests.benchmarks.asking import Places
from tests.benchmarks.counts import Count, Figures


def test_numbers_come_back_even_after_a_failure() -> None:
    before = tuned.SEARCH.words_weight
    with pytest.raises(ValueError, match="no"), numbers("SEARCH", words_weight=0.0):
        assert tuned.SEARCH.words_weight == 0.0
        raise ValueError("no")
    assert before == tuned.SEARCH.words_weight


@pytest.mark.parametrize("switch", ablation.SWITCHES, ids=lambda switch: switch.name)
def test_a_switch_changes_something_that_there_is_and_puts_it_back(switch: Switch) -> None:
    before = _everything()
    with switch.turned_off():
        during = _everything()
    assert during != before
    assert during.keys() == before.keys()
    assert _everything() == before


def _everything() -> dict[str, object]:
    """All that a switch may turn off, by its owner and name."""
    owners = (tuned, Aliases, asking, extractive, hybrid, standing, verification)
    return {f"{owner.__name__}.{name}": value for owner in owners for name, value in vars(owner).items()}


def test_the_table_says_what_each_figure_loses_and_gains(tmp_path: Path) -> None:
    seen, said = list[Path](), list[str]()

    def own(places: Places) -> Figures:
        seen.append(places.data)
        off = tuned.SEARCH.words_weight == 0.0
        return {"found": Count(3 if off else 5, 10), "refused": Count(4 if off else 3, 10), "cited": Count(2, 10)}

    switches = [
        Switch("words", lambda: numbers("SEARCH", words_weight=0.0)),
        Switch("copies", lambda: numbers("DUPLICATES", copy_containment=2.0), ingests=True),
    ]
    printed = ablation.report(Places(tmp_path), said.append, (), switches, {"bank": own, "fish": own})
    assert [line.split() for line in printed.splitlines()[1:4]] == [
        ["bank:", "found", "5/10", "-2", "."],
        ["bank:", "refused", "3/10", "+1", "."],
        ["bank:", "cited", "2/10", ".", "."],
    ]
    assert seen == [tmp_path] * 4 + [tmp_path / "without-copies"] * 2
    assert said[-1] == f"measured fish in {tmp_path / 'without-copies'}"
    few = ablation.report(Places(tmp_path), said.append, ["words", "fish"], switches, {"bank": own, "fish": own})
    assert "copies" not in few
    assert "bank" not in few
