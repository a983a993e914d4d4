"""A document is judged by everything that is expected of it, and by nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.benchmarks.judging import found, is_right


def answer(
    *cited: tuple[str, str], text: str = "", grounded: bool = True, sides: tuple[str, ...] = ()
) -> dict[str, Any]:
    conflicts = [{"sides": [{"said": said} for said in sides]}] if sides else []
    citations = [{"file": file, "quote": quote} for file, quote in cited]
    return {"answer": text, "grounded": grounded, "citations": citations, "conflicts": conflicts}


NEW, OLD = ("new.txt", "The plan is shelved."), ("old.txt", "The plan stands.")
TURN = {"lead": ["new.txt"], "beside": ["old.txt"], "says": "shelved|dropped"}
ENTRIES = [{"change": "first", "citation": {"file": "old.txt"}}, {"change": "changed", "citation": {"file": "new.txt"}}]
COLUMNS = [{"statements": [{"file": "old.txt"}]}, {"statements": [{"file": "new.txt"}]}]
MARKED = {"origin": "AFP", "marks": [{"kind": "disputed", "sides": [{"said": "Mayor Bo"}, {"said": "Chairman Bo"}]}]}


@pytest.mark.parametrize(
    ("expected", "document", "right"),
    [
        (TURN, answer(NEW, OLD), True),
        (TURN, answer(OLD, NEW), False),
        (TURN, answer(NEW), False),
        (TURN, answer(("new.txt", "It rained."), OLD), False),
        (TURN, answer(NEW, OLD, grounded=False), False),
        ({"answers": ["Two", "2"], "gold": ["old.txt"]}, answer(OLD, text="It has two."), True),
        ({"answers": ["Two", "2"], "gold": ["old.txt"]}, answer(NEW, text="It has two."), False),
        ({"answers": ["Two"]}, answer(NEW, text="It has three."), False),
        ({"refuse": True}, answer(grounded=False), True),
        ({"refuse": True}, answer(OLD), False),
        ({"conflict": ["ayor", "hair"]}, answer(OLD, sides=("Mayor", "Chairman")), True),
        ({"conflict": ["ayor", "hair"]}, answer(OLD, sides=("Mayor", "Lord Mayor")), False),
        ({"conflict": ["ayor", "hair"]}, answer(OLD), False),
        ({"changed_file": ["new.txt"]}, {"entries": ENTRIES}, True),
        ({"changed_file": ["old.txt"]}, {"entries": ENTRIES}, False),
        ({"columns": [["old.txt"], ["new.txt", "more.txt"]]}, {"columns": COLUMNS}, True),
        ({"columns": [["new.txt"], ["old.txt"]]}, {"columns": COLUMNS}, False),
        ({"origin": "AFP", "disputed": "Bo"}, {"stories": [MARKED]}, True),
        ({"origin": "AP", "disputed": "Bo"}, {"stories": [MARKED]}, False),
        ({"disputed": "Jo"}, {"stories": [MARKED]}, False),
        ({"shift": True}, {"stories": [MARKED]}, False),
        ({"shift": True}, {"stories": [{"marks": [{"kind": "shift", "sides": []}]}]}, True),
    ],
)
def test_a_document_is_right_with_everything_that_is_expected(
    expected: dict[str, Any], document: dict[str, Any], right: bool
) -> None:
    assert is_right(expected, document) is right


def test_what_came_is_told_in_a_line() -> None:
    documents = [answer(NEW, text="Yes."), {"entries": ENTRIES}, {"columns": COLUMNS}, {"stories": [MARKED]}]
    for document, told in zip(documents, ["Yes.", "new.txt", "old.txt", "Mayor Bo"], strict=True):
        assert told in found(document)
        assert "\n" not in found(document)
