"""The figures of `briefing eval`, on outcomes whose figures are known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.presentation.terminal_reports import figures
from retrieval.domain.answers import Answer, Standing
from retrieval.domain.articles import Searched
from retrieval.errors import NotFoundError, QuestionError
from retrieval.evaluation import EvalQuestion, Outcome, auroc, read_questions, summarise


def outcome(
    *files: str, gold: str = "", text: str = "", answers: str = "", grounded: bool = True, score: float = 0.5
) -> Outcome:
    known = (answers,) if answers else ()
    question = EvalQuestion(question="?", answerable=bool(gold), answers=known, gold=frozenset(filter(None, [gold])))
    standing: Standing = "answered" if grounded else "nothing"
    answer = Answer(question="?", standing=standing, score=score, searched=Searched(1, None), message=text)
    return Outcome(question, files, answer, True, 1.0)


def test_hits_and_reciprocal_rank_count_documents() -> None:
    figures = summarise([outcome("a", "b", gold="a"), outcome("a", "b", gold="b"), outcome("a", gold="c")])
    assert figures["hits@1"] == pytest.approx(1 / 3, abs=1e-4)
    assert figures["hits@5"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["mrr@10"] == pytest.approx(0.5)


def test_an_answer_counts_as_contained_whatever_its_case() -> None:
    figures = summarise(
        [outcome(gold="a", text="By MARK Rutte.", answers="mark rutte"), outcome(gold="a", answers="x")]
    )
    assert figures["contained"] == 0.5


def test_refusals_count_only_where_there_is_nothing_to_answer() -> None:
    figures = summarise(
        [outcome(gold="a"), outcome(gold="a", grounded=False), outcome(grounded=False), outcome(grounded=False)]
    )
    assert (figures["answered"], figures["refused"]) == (0.5, 1.0)


def test_auroc_is_the_chance_that_an_answerable_question_scores_higher() -> None:
    assert auroc([0.9, 0.8], [0.1, 0.2]) == 1.0
    assert auroc([0.5], [0.5]) == 0.5
    assert auroc([0.1, 0.9], [0.5]) == 0.5
    assert auroc([0.1], []) is None


def test_a_share_of_nothing_is_null() -> None:
    figures = summarise([outcome(grounded=False)])
    assert figures["hits@1"] is None
    assert figures["answered"] is None


def test_a_line_that_is_no_question_is_named(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps({"question": "?", "answerable": True}) + "\n\n{broken\n", "utf-8")
    with pytest.raises(QuestionError, match="line 3"):
        read_questions(file)
    assert len(read_questions(file, limit=1)) == 1
    with pytest.raises(NotFoundError):
        read_questions(tmp_path / "missing.jsonl")


def test_what_nobody_says_is_answerable_counts_in_no_share(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "What is new\u2028 today?", "before": ["Who?"]}', "utf-8")
    (question,) = read_questions(file)
    assert (question.answerable, question.before, question.id) == (None, ("Who?",), None)
    figures = summarise([replace(outcome(), question=question), outcome(grounded=False)])
    assert (figures["questions"], figures["answerable"], figures["refused"]) == (2, 0, 1.0)


def test_figures_are_shown_a_line_each() -> None:
    measured = {"questions": 4, "auroc": 0.98765, "right": {"who": 1.0, "when": None}}
    assert figures(measured).splitlines() == [
        "questions    4",
        "auroc        0.988",
        "right        who 1.000, when -",
    ]
