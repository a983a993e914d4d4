"""How answers fare where sources disagree: each question asked of its own documents alone.

    python -m tests.benchmarks.conflicts QUESTIONS.jsonl [--models FOLDER] [--vectors FILE] [--limit N] [--show]

JSON lines with `question`, `documents` (`text`, and the `answer` it gives), `gold_answers` and `wrong_answers`.

`exact`: all gold answers stand in the answer and none of the wrong ones. `both sides`: of the questions whose documents
give several answers, those where two of them at least stand in the answer or in the quotes of what sources disagree on;
`right beside wrong`: of those with wrong answers, where a right and a wrong one do.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.domain.answers import Answer
from retrieval.domain.articles import Filter
from retrieval.embedding.base import Embedder
from retrieval.observing import SILENT
from retrieval.services.briefing import Briefing
from retrieval.services.corpus import Corpus
from retrieval.storage.catalog import open_catalog
from retrieval.storage.vectors.exact import ExactVectors
from tests.benchmarks.remembered import remembering
from tests.fakes import catalog_url


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question, and which of its answers are shown, in the answer itself and beside it."""

    question: str
    given: Answer
    gold: frozenset[str]
    wrong: frozenset[str]

    @property
    def beside(self) -> str:
        """The answer, and all that it quotes."""
        return " ".join([self.given.text, *(each.quote for each in self.given.citations)])

    @property
    def exact(self) -> bool:
        return self.gold <= shown(self.gold, self.given.text) and not shown(self.wrong, self.given.text)

    @property
    def sides(self) -> bool:
        return len(shown(self.gold | self.wrong, self.beside)) > 1

    @property
    def right_beside_wrong(self) -> bool:
        return bool(shown(self.gold, self.beside) and shown(self.wrong, self.beside))


def shown(answers: frozenset[str], text: str) -> frozenset[str]:
    """Those of the answers that stand in a text."""
    held = _plain(text)
    return frozenset(each for each in answers if _plain(each) in held)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def ask(row: dict[str, Any], embedder: Embedder, work: Path) -> Outcome:
    """A question asked of its documents, which are all there is."""
    folder, data_dir = work / "documents", work / "data"
    folder.mkdir(parents=True)
    data_dir.mkdir()
    for number, document in enumerate(row["documents"]):
        (folder / f"{number:02}.txt").write_text(document["text"], "utf-8")
    catalog = open_catalog(catalog_url(data_dir))
    stored = ExactVectors(catalog)
    briefing = Briefing(Corpus(catalog, lambda: embedder, lambda: stored, data_dir, SILENT))
    try:
        briefing.articles.ingest([folder])
        given = briefing.asking.ask(row["question"], Filter())
    finally:
        briefing.close()
    return Outcome(row["question"], given, frozenset(row["gold_answers"]), frozenset(row["wrong_answers"]))


def report(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The figures, a line each."""
    several = [each for each in outcomes if len(each.gold | each.wrong) > 1]
    wrong = [each for each in outcomes if each.wrong - each.gold]
    yield _share("answered", [each.given.grounded for each in outcomes])
    yield _share("exact", [each.exact for each in outcomes])
    yield _share("both sides", [each.sides for each in several])
    yield _share("right beside wrong", [each.right_beside_wrong for each in wrong])
    yield _share("disagreement told", [bool(each.given.conflicts) for each in several])
    yield _share("told without cause", [bool(each.given.conflicts) for each in outcomes if each not in several])


def _share(name: str, holds: Sequence[bool]) -> str:
    return f"{name:20} {sum(holds) / len(holds):.3f} ({sum(holds)} of {len(holds)})" if holds else f"{name:20} -"


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks.conflicts",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    parser.add_argument("--models", type=Path, metavar="FOLDER", help="where the model is, or is to be laid out")
    parser.add_argument("--vectors", type=Path, metavar="FILE", help="keeps vectors for the next run")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first questions")
    parser.add_argument("--show", action="store_true", help="print every answer")
    asked = parser.parse_args(arguments)
    if not asked.questions.is_file():
        parser.error(f"{asked.questions} is not there")
    rows = [json.loads(line) for line in asked.questions.read_text("utf-8").splitlines() if line.strip()]
    started, outcomes = time.perf_counter(), list[Outcome]()
    with tempfile.TemporaryDirectory(prefix="conflicts-") as folder:
        work = Path(folder)
        with remembering(asked.models or work / "models", asked.vectors) as embedder:
            for number, row in enumerate(rows[: asked.limit]):
                outcomes.append(ask(row, embedder, work / str(number)))
    if asked.show:
        print("\n".join(line for each in outcomes for line in _told(each)))
    print("\n".join(report(outcomes)))
    print(f"\n{time.perf_counter() - started:.0f} s")


def _told(outcome: Outcome) -> Iterator[str]:
    yield f"\n# {outcome.question}  gold {sorted(outcome.gold)} wrong {sorted(outcome.wrong)} exact {outcome.exact}"
    yield outcome.given.text
    for conflict in outcome.given.conflicts:
        yield f"  disagree: {conflict}"


if __name__ == "__main__":
    main(sys.argv[1:])
