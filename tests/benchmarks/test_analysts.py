"""An analyst's question is judged by what a reader sees, with excerpts or without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.analysts import judged, shown, standing
from tests.benchmarks.asking import Places

ROW = {"answerable": True, "keys": [["60 days", "may 17"], ["jones act"]], "gold_docs": ["R48903"]}


def document(grounded: bool, answer: str, quote: str, **more: Any) -> dict[str, Any]:
    return {"grounded": grounded, "answer": answer, "citations": [{"file": "R48903-ships.md", "quote": quote}], **more}


def test_every_group_of_keys_must_stand_in_what_is_shown() -> None:
    right = document(True, "It is waived [1]", "The Jones\u00a0Act is waived through May 17")
    assert dict(judged(ROW, right)) == {"shown": True, "answered": True, "document": True}
    assert not dict(judged(ROW, document(True, "It is waived [1]", "the Jones Act")))["shown"]


def test_excerpts_count_where_there_are_some() -> None:
    possible = document(False, "Not sure", "60 days", excerpts=[{"text": "The Jones Act is waived for 60 days."}])
    assert standing(possible) == "possible"
    assert dict(judged(ROW, possible)) == {"shown": True, "answered": True, "document": True}
    assert "Not sure" in shown(possible)


def test_a_refusal_shows_nothing_even_where_its_words_hold_the_keys() -> None:
    refused = document(False, "Not in the articles: the Jones Act is waived for 60 days", "")
    assert dict(judged(ROW, refused)) == {"shown": False, "answered": False, "document": True}


@pytest.mark.parametrize(
    ("came", "right"),
    [
        (document(True, "17", "17"), False),
        (document(False, "Not sure", "17", standing="possible"), True),
        (document(False, "Not in the articles", ""), True),
    ],
)
def test_a_near_miss_must_not_count_as_answered(came: dict[str, Any], right: bool) -> None:
    assert list(judged({"answerable": False}, came)) == [("near miss", right)]


def test_a_missing_evaluation_set_ends_with_a_clear_line(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="analyst_dev is not there"):
        Places(tmp_path, tmp_path / "nowhere").evaluation_set("analyst_dev")
