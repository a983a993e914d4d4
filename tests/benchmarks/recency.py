"""How often the first citation of an answer is old although newer evidence is there, beside the figures of `eval`.

    python -m tests.benchmarks.recency QUESTIONS.jsonl --data FOLDER [--limit N]

FOLDER is a data folder that holds the articles; it is written to like by any command. A question counts where it says
`as_of`, the newest of its gold and silver files is at most `--days` older than that day, and it got an answer with a
dated citation: stale is one whose first citation is older than that. All questions are asked, so this takes minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from retrieval import evaluation
from retrieval.bootstrap import open_briefing
from retrieval.errors import NotFoundError
from retrieval.evaluation import Outcome
from retrieval.observing import SILENT
from retrieval.services.briefing import Briefing
from retrieval.settings import Settings

DAYS = 180
BOUND = 0.15


def stale(outcomes: Sequence[Outcome], newest: Sequence[str | None], days: int = DAYS) -> list[bool]:
    """For each outcome that counts, whether its first citation is older than `days` before the day of asking.

    `newest` has, for each outcome, the day of its newest piece of evidence, as far as it is known.
    """
    judged = []
    for outcome, evidence in zip(outcomes, newest, strict=True):
        asked, cited = outcome.question.as_of, outcome.answer.citations[:1]
        if asked is None or evidence is None or not cited or cited[0].published is None:
            continue
        limit = (asked - timedelta(days=days)).isoformat()
        if evidence >= limit:
            judged.append(cited[0].published[:10] < limit)
    return judged


def measure(briefing: Briefing, questions: Path, limit: int | None, days: int) -> dict[str, Any]:
    """The figures of `eval` on questions with gold files and on absent ones, and the share of stale first citations."""
    asked = evaluation.read_questions(questions, limit)
    outcomes = evaluation.run(briefing, asked, SILENT)
    known = [each for each in outcomes if each.question.gold or not each.question.answerable]
    judged = stale(outcomes, [_newest(briefing, each) for each in outcomes], days)
    share = round(sum(judged) / len(judged), 4) if judged else None
    return {"stale": share, "judged": len(judged), "days": days, **evaluation.summarise(known)}


def _newest(briefing: Briefing, outcome: Outcome) -> str | None:
    days = []
    for file in outcome.question.gold | outcome.question.silver:
        try:
            published = briefing.articles.show(file)[0].metadata.published
        except NotFoundError:
            continue
        days += [published[:10]] if published else []
    return max(days, default=None)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="the data folder that holds the articles")
    parser.add_argument("--limit", type=int, help="ask only the first so many questions")
    parser.add_argument("--days", type=int, default=DAYS)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 where the share of stale first citations reaches the bound."""
    given = _parser().parse_args(arguments)
    if not given.questions.is_file():
        raise SystemExit(f"{given.questions} is not there: it is the question file to measure with")
    with open_briefing(Settings(data_dir=given.data)) as briefing:
        measured = measure(briefing, given.questions, given.limit, given.days)
    sys.stdout.write(json.dumps(measured, indent=2) + "\n")
    return int(measured["stale"] is not None and measured["stale"] >= BOUND)


if __name__ == "__main__":
    raise SystemExit(main())
