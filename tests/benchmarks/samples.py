"""Which articles and questions a side-by-side run uses, laid out in folders of a few articles each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.evaluation import EvalQuestion, read_questions
from retrieval.ingestion.metadata.fields import MANIFEST

SLICE = 20  # articles ingested before the sides change places
SUFFIXES = (".txt", ".md")  # what a stock text loader reads


@dataclass(frozen=True, slots=True)
class Sample:
    """`size` articles in `slices`, folders of at most `SLICE`, and the questions whose gold is all among them."""

    size: int
    slices: tuple[Path, ...]
    questions: tuple[EvalQuestion, ...]


def draw(folder: Path, questions: Path | None, size: int, work: Path) -> Sample:
    """Copy `size` articles of a folder to `work`: the gold ones of the questions first, then by name.

    A name is the path below the folder, as question files spell it.
    """
    asked = [question for question in (read_questions(questions) if questions else []) if question.gold]
    there = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES]
    gold = dict.fromkeys(name for question in asked for name in sorted(question.gold) if (folder / name).is_file())
    chosen = sorted(list(dict.fromkeys([*gold, *there]))[:size])
    slices = tuple(_slices(folder, chosen, work))
    return Sample(len(chosen), slices, tuple(question for question in asked if question.gold <= set(chosen)))


def _slices(folder: Path, names: Sequence[str], work: Path) -> Iterator[Path]:
    for first in range(0, len(names), SLICE):
        top = work / f"slice-{first:05}"
        for name in names[first : first + SLICE]:
            target = top / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, target)
            manifest = (folder / name).with_name(MANIFEST)
            if manifest.exists():
                shutil.copyfile(manifest, target.with_name(MANIFEST))
        yield top
