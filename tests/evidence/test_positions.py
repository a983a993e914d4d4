"""How sentences take positions, and which tell that one is given up."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval import tuned
from retrieval.domain.articles import Article, Metadata, Passage
from retrieval.evidence.positions import changed, is_turn, looks_back, position
from retrieval.evidence.sentence_selection import Evidence
from retrieval.nlp.forms import forms
from retrieval.nlp.statements import Sentence, statements

DEMANDS = "Norland demands membership of the Pact."
DROPS = "Norland has withdrawn its application for membership of the Pact."


@pytest.mark.parametrize(
    "text",
    [
        "Norland will no longer pursue membership of the Pact.",
        "Norland has withdrawn its application.",
        "The cable is being shelved, the ministry said.",
        "The demand has disappeared from the plan.",
        "The mayor, who had sworn that nobody would pay, is now open to a trial.",
        "After long resistance Norland has agreed to be neutral.",
        "Wendlandt verzichtet auf den Zuschlag.",
        "Elle en est venue à penser que la confiance vaut plus.",
        "The council is winding it up.",
    ],
)
def test_a_position_that_is_given_up_is_read_in_many_wordings(text: str) -> None:
    assert position(text).turned


@pytest.mark.parametrize(
    "text",
    [
        "Norland will not give up the Pact.",
        "Norland refuses to drop its demand.",
        "Sudmark demands that Norland abandon the Pact.",
        "Norland should withdraw its application.",
        "Gas prices have dropped since June.",
        "The court changed its opening hours.",
    ],
)
def test_what_is_denied_demanded_or_only_sounds_like_it_is_no_turn(text: str) -> None:
    assert not position(text).turned


def test_to_deny_an_end_holds_a_position() -> None:
    assert position("Norland will not give up the Pact.").held


def test_a_reference_to_the_position_of_before_is_one() -> None:
    assert is_turn("The bank cut its rate months after its governor had called such a step unthinkable.")
    assert not is_turn("The bank cut its rate on Thursday.")


@pytest.mark.parametrize(
    ("lemma", "made"),
    [
        ("drop", {"drop", "drops", "dropping", "dropped"}),
        ("give-up", {"give up", "gives up", "giving up", "gave up", "given up"}),
        ("deny", {"deny", "denies", "denying", "denied"}),
        ("agree", {"agree", "agrees", "agreeing", "agreed"}),
        ("dismiss", {"dismiss", "dismisses", "dismissing", "dismissed"}),
    ],
)
def test_a_lemma_makes_its_forms(lemma: str, made: set[str]) -> None:
    assert set(forms(lemma)) == made


@pytest.mark.parametrize("text", ["", "🙂" * 5_000, "give up " * 5_000, "had " * 10_000, "a" * 50_000])
def test_hostile_text_is_read(text: str) -> None:
    assert position(text).taken is ("give up" in text)


def sentence(text: str, day: str) -> Sentence:
    article = Article(1, "a.txt", Metadata(published=day), 1, "key")
    (only,) = statements(Passage(1, article, 0, len(text), 1, text))
    return only


def told(text: str, cosine: float = 1.0, day: str = "2025-01-01") -> Evidence:
    """A sentence whose vector is this near to that of every sentence with a cosine of one."""
    vector = np.array([cosine, (1 - cosine**2) ** 0.5], np.float32)
    return Evidence(sentence(text, day), coverage=1.0, context=1.0, cosine=1.0, fits=True, score=1.0, vector=vector)


@pytest.mark.parametrize(
    ("before", "now", "cosine", "expected"),
    [
        (DEMANDS, DROPS, 0.5, "changed"),
        (DEMANDS, DROPS, tuned.CHANGE.near - 0.01, None),
        (DEMANDS, DROPS.replace("membership of the Pact", "a harbour"), 0.9, None),
        (DEMANDS, "Norland insists on membership of the Pact.", tuned.TIMELINE.same_position + 0.01, "same"),
        (DEMANDS, "Norland insists on membership of the Pact.", tuned.TIMELINE.same_position - 0.01, None),
        (DROPS, "Norland gave up its bid for membership of the Pact.", tuned.TIMELINE.same_position + 0.01, "same"),
        (DROPS, "Norland gave up its bid for membership of the Pact.", tuned.TIMELINE.same_position - 0.01, None),
        (DROPS, "Norland demands membership of the Pact.", 0.9, None),
    ],
)
def test_a_statement_changes_one_near_it_on_the_matter_that_took_a_position(
    before: str, now: str, cosine: float, expected: str | None
) -> None:
    matter = frozenset(("membership", "pact"))
    assert changed(told(before), told(now, cosine), matter) == expected


def test_what_took_no_position_is_changed_only_by_what_is_surely_the_same_actor() -> None:
    before, now = told("The Pact has thirty members of equal rights."), told(DROPS, 0.5)
    matter = frozenset(("pact",))
    assert changed(before, now, matter) is None
    assert changed(before, now, matter, sure=True) == "changed"


@pytest.mark.parametrize(
    ("text", "before", "back"),
    [
        ("Six weeks after her pledge, Tierney kept the test.", "2024-11-20", True),
        ("Six weeks after her pledge, Tierney kept the test.", "2024-09-03", False),
        ("Zwei Jahre nach ihrem Auftritt verzichtet Kessler.", "2023-02-01", True),
        ("Valdoria cede diez meses después de su juramento.", "2024-03-05", True),
        ("Neuf jours ont suffi.", "2024-12-23", True),
        ("The president had vowed only 2 days before that it would stay.", "2024-12-30", True),
        ("The president had vowed only 2 days before that it would stay.", "2024-12-20", False),
        ("Tierney kept the test after six weeks.", "2025-02-12", False),
    ],
)
def test_a_span_of_time_that_fits_leads_back_to_what_was_told_then(text: str, before: str, back: bool) -> None:
    assert looks_back(sentence(text, "2025-01-01"), sentence("The test will go.", before)) is back


def test_who_looks_back_as_long_as_it_is_has_changed_what_was_told_then() -> None:
    before = told("Norland demands membership of the Pact.", day="2024-03-01")
    now = told("Ten months later Norland gave up its membership of the Pact.", 0.5)
    assert changed(before, now, frozenset(("membership", "pact"))) == "changed"
