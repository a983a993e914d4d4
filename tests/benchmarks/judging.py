"""Judges the JSON document of a command by what its line of questions expects.

lead, beside        the first citation is of one of `lead`, and one of `beside` is cited too
says                the first citation's quote matches this pattern: the very statement, not any of its article
answers, gold       one of these strings stands in the answer; one of these files is cited
refuse              the answer is not grounded; all others that `ask` expects need one that is
conflict            a disagreement is shown, and each of these strings stands in one of its sides
changed_file        an entry of the timeline that cites one of these files is marked as a change
columns             each column of the comparison has a statement of one of its files
origin              a story of the digest comes from this agency
disputed, shift     a story is marked so; of what is disputed a side matches the pattern
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Document = Mapping[str, Any]
Check = Callable[[Document, Any], bool]


def is_right(expected: Mapping[str, Any], document: Document) -> bool:
    """Whether the document has everything that is expected."""
    if document.get("grounded") is False and not expected.get("refuse"):
        return False
    return all(CHECKS[name](document, wanted) for name, wanted in expected.items())


def cited(document: Document) -> list[str]:
    """The files that an answer cites, in its order."""
    return [citation["file"] for citation in document["citations"]]


def changed_files(document: Document) -> set[str]:
    """The files of the timeline's entries that are marked as a change."""
    return {entry["citation"]["file"] for entry in document["entries"] if entry["change"] == "changed"}


def found(document: Document) -> str:
    """What came, in a line."""
    if "answer" in document:
        sides = [[side["said"] for side in conflict["sides"]] for conflict in document["conflicts"]]
        return f"{'' if document['grounded'] else 'NOT GROUNDED '}{document['answer'][:200]!r} {sides or ''}"
    if "entries" in document:
        return f"{len(document['entries'])} entries, changes in {sorted(changed_files(document))}"
    if "columns" in document:
        return str([_files(column) for column in document["columns"]])
    marks = [(mark["kind"], [side["said"][:60] for side in mark["sides"]]) for mark in _marks(document)]
    return f"origins {[story['origin'] for story in document['stories']]}, marks {marks}"


def _lead(document: Document, files: list[str]) -> bool:
    return cited(document)[:1] != [] and cited(document)[0] in files


def _any_cited(document: Document, files: list[str]) -> bool:
    return not set(files).isdisjoint(cited(document))


def _says(document: Document, pattern: str) -> bool:
    return any(re.search(pattern, citation["quote"], re.IGNORECASE) for citation in document["citations"][:1])


def _answers(document: Document, answers: list[str]) -> bool:
    return any(answer.casefold() in document["answer"].casefold() for answer in answers)


def _refuses(document: Document, wanted: bool) -> bool:
    return document["grounded"] is not wanted


def _conflict(document: Document, parts: list[str]) -> bool:
    conflicts = [[side["said"] for side in conflict["sides"]] for conflict in document["conflicts"]]
    return any(all(any(part in said for said in sides) for part in parts) for sides in conflicts)


def _changed(document: Document, files: list[str]) -> bool:
    return not changed_files(document).isdisjoint(files)


def _columns(document: Document, wanted: list[list[str]]) -> bool:
    columns = document["columns"]
    return all(not set(files).isdisjoint(_files(column)) for column, files in zip(columns, wanted, strict=True))


def _files(column: Document) -> list[str]:
    return [statement["file"] for statement in column["statements"]]


def _origin(document: Document, agency: str) -> bool:
    return any(story["origin"] == agency for story in document["stories"])


def _disputed(document: Document, pattern: str) -> bool:
    marks = [mark for mark in _marks(document) if mark["kind"] == "disputed"]
    return any(re.search(pattern, side["said"]) for mark in marks for side in mark["sides"])


def _shift(document: Document, wanted: bool) -> bool:
    return any(mark["kind"] == "shift" for mark in _marks(document)) is wanted


def _marks(document: Document) -> list[Document]:
    return [mark for story in document["stories"] for mark in story["marks"]]


CHECKS: dict[str, Check] = {
    "lead": _lead,
    "beside": _any_cited,
    "says": _says,
    "answers": _answers,
    "gold": _any_cited,
    "refuse": _refuses,
    "conflict": _conflict,
    "changed_file": _changed,
    "columns": _columns,
    "origin": _origin,
    "disputed": _disputed,
    "shift": _shift,
}
