"""Measures answers and retrieval on a file of questions, as `briefing eval` prints it.

Hits@k and MRR@10 are over documents (the articles of the passages found, each at its best rank) on questions
with gold files; so are `contained` and `cited_gold`, since only there is it known that the articles answer.
AUROC is the probability that an answerable question scores higher than an unanswerable one (the Mann-Whitney
statistic, ties count half).
"""

from __future__ import annotations

import json
import math
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from retrieval.domain.answers import Answer, Turn
from retrieval.domain.articles import Filter, Hit
from retrieval.domain.citations import Citation
from retrieval.errors import NotFoundError, QuestionError
from retrieval.observing import Progress
from retrieval.services.briefing import Briefing
from retrieval.storage.conversations import turn
from retrieval.storage.usage import DayOfUsage

# Passages ranked for a question: enough for ten documents, whatever their length.
RANKED_PASSAGES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalQuestion:
    """One line of a question file.

    `before` are the earlier questions of its conversation, oldest first. A question with `answerable` None is
    asked, but counts in no share.
    """

    id: object = None
    question: str
    answerable: bool | None = None
    answers: tuple[str, ...] = ()
    gold: frozenset[str] = frozenset()
    silver: frozenset[str] = frozenset()
    as_of: date | None = None
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question with its result: the files found, best first, the answer, and the milliseconds it took."""

    question: EvalQuestion
    files: tuple[str, ...]
    answer: Answer
    verbatim: bool
    milliseconds: float


def read_questions(path: Path, limit: int | None = None) -> list[EvalQuestion]:
    """The questions of a JSON-lines file.

    Raises:
        NotFoundError: there is no such file.
        QuestionError: a line is not a question.
    """
    try:
        lines = path.read_text("utf-8").split("\n")  # splitlines would also split at separators within JSON strings
    except (OSError, UnicodeDecodeError) as error:
        raise NotFoundError(f"cannot read the questions in {path}: {error}") from error
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    return [_question(path, number, line) for number, line in numbered[:limit]]


def _question(path: Path, number: int, line: str) -> EvalQuestion:
    try:
        row = json.loads(line)
        return EvalQuestion(
            id=row.get("id"),
            question=str(row["question"]),
            answerable=bool(row["answerable"]) if row.get("answerable") is not None else None,
            answers=tuple(map(str, row.get("answers") or ())),
            gold=frozenset(row.get("gold") or ()),
            silver=frozenset(row.get("silver") or ()),
            as_of=date.fromisoformat(str(row["as_of"])[:10]) if row.get("as_of") else None,
            before=tuple(map(str, row.get("before") or ())),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise QuestionError(f"{path}, line {number}: not a question ({error!r})") from error


def run(
    briefing: Briefing,
    questions: Sequence[EvalQuestion],
    progress: Progress,
    *,
    cutoff: bool = False,
    take: Callable[[Outcome], object] = lambda _outcome: None,
) -> list[Outcome]:
    """Ask every question on its own day; with `cutoff`, articles later than that day are hidden.

    `take` gets the outcome of a question as soon as it is answered.

    Raises:
        NotFoundError: there are no articles to ask.
        QuestionError: a question cannot be asked.
    """
    if briefing.articles.is_empty():
        raise NotFoundError("no articles yet: add some with `briefing ingest PATH`")
    outcomes = []
    with progress.track("Asking", len(questions), "questions") as done:
        for question in questions:
            outcomes.append(_ask(briefing, question, cutoff))
            take(outcomes[-1])
            done(1)
    return outcomes


def _ask(briefing: Briefing, question: EvalQuestion, cutoff: bool) -> Outcome:
    only = Filter(until=question.as_of.isoformat() if cutoff and question.as_of else None)
    understood = _understand(briefing, question, only)
    hits = briefing.asking.search(understood, RANKED_PASSAGES, only, question.as_of)
    started = time.perf_counter()
    answer = briefing.asking.ask(understood, only, question.as_of)
    milliseconds = (time.perf_counter() - started) * 1000
    verbatim = all(_verbatim(briefing, citation) for citation in answer.citations)
    return Outcome(question, documents(hits), answer, verbatim, milliseconds)


def _understand(briefing: Briefing, question: EvalQuestion, only: Filter) -> str:
    """The question after those before it, which are asked first, as in a conversation."""
    turns: list[Turn] = []
    for earlier in question.before:
        answer = briefing.asking.ask(briefing.asking.follow_up(earlier, turns), only, question.as_of)
        turns.append(turn(earlier, answer))
    return briefing.asking.follow_up(question.question, turns)


def _verbatim(briefing: Briefing, citation: Citation) -> bool:
    _, text = briefing.articles.show(citation.file)
    return text[citation.start : citation.end] == citation.quote


def documents(hits: Sequence[Hit]) -> tuple[str, ...]:
    """The files of the passages without repetitions, best first."""
    return tuple(dict.fromkeys(hit.passage.article.file for hit in hits))


def summarise(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures of `briefing eval`; a share of nothing is null."""
    answerable = [outcome for outcome in outcomes if outcome.question.answerable]
    absent = [outcome for outcome in outcomes if outcome.question.answerable is False]
    gold = [outcome for outcome in answerable if outcome.question.gold]
    return {
        "questions": len(outcomes),
        "answerable": len(answerable),
        **{f"hits@{k}": _share(_rank(outcome) <= k for outcome in gold) for k in (1, 5, 10)},
        "mrr@10": _mean([1 / rank if (rank := _rank(outcome)) <= 10 else 0.0 for outcome in gold]),
        "contained": _share(_contains(outcome) for outcome in gold),
        "cited_gold": _share(_cites_gold(outcome) for outcome in gold),
        "verbatim": _share(outcome.verbatim for outcome in outcomes if outcome.answer.citations),
        "refused": _share(not outcome.answer.grounded for outcome in absent),
        "answered": _share(outcome.answer.grounded for outcome in answerable),
        "auroc": auroc([outcome.answer.score for outcome in answerable], [outcome.answer.score for outcome in absent]),
        "latency_ms": _latency([outcome.milliseconds for outcome in outcomes]),
    }


def summarise_model(
    outcomes: Sequence[Outcome], before: Sequence[DayOfUsage], after: Sequence[DayOfUsage]
) -> dict[str, Any]:
    """The figures that `briefing eval --model` adds: the kept, dropped and unsure statements of a model, its calls
    and cost.

    Calls and cost are the difference of the usage before and after; the latency is the time spent waiting for the
    model.
    """
    answers = [outcome.answer for outcome in outcomes]
    kept = [statement for answer in answers if answer.mode == "generated" for statement in answer.statements]
    spent = {
        name: sum(getattr(day, name) for day in after) - sum(getattr(day, name) for day in before)
        for name in ("calls", "tokens_in", "tokens_out", "cost")
    }
    waited = [answer.timings_ms["model"] for answer in answers if "model" in answer.timings_ms]
    return {
        "written": sum(answer.mode == "generated" for answer in answers),
        "kept": len(kept),
        "dropped": sum(answer.dropped for answer in answers),
        "unsure": sum(statement.unsure for statement in kept),
        "calls": spent["calls"],
        "tokens": spent["tokens_in"] + spent["tokens_out"],
        "cost": round(spent["cost"], 6) or None,
        "model_latency_ms": _latency(waited),
        "prompts": sorted({version for answer in answers for version in answer.prompts}),
    }


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """The probability that a positive scores above a negative, ties counting half; None where either is missing."""
    if not positives or not negatives:
        return None
    wins = sum((p > n) + (p == n) / 2 for p in positives for n in negatives)
    return round(wins / (len(positives) * len(negatives)), 4)


def _rank(outcome: Outcome) -> float:
    """The rank of the first gold file, counted from 1; infinite where none was found."""
    ranks = (rank for rank, file in enumerate(outcome.files, 1) if file in outcome.question.gold)
    return next(ranks, math.inf)


def _contains(outcome: Outcome) -> bool:
    text = outcome.answer.text.casefold()
    return outcome.answer.grounded and any(answer.casefold() in text for answer in outcome.question.answers)


def _cites_gold(outcome: Outcome) -> bool:
    wanted = outcome.question.gold | outcome.question.silver
    return any(citation.file in wanted for citation in outcome.answer.citations)


def _share(hits: Iterable[bool]) -> float | None:
    return _mean([float(hit) for hit in hits])


def _mean(values: Sequence[float]) -> float | None:
    return round(statistics.fmean(values), 4) if values else None


def _latency(milliseconds: Sequence[float]) -> dict[str, float | None]:
    if len(milliseconds) < 2:
        return {"p50": next(iter(milliseconds), None), "p95": next(iter(milliseconds), None)}
    cuts = statistics.quantiles(milliseconds, n=20, method="inclusive")
    return {"p50": round(cuts[9], 2), "p95": round(cuts[18], 2)}
