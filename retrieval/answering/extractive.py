"""The answer in the articles' own sentences: verbatim, cited, no longer than it needs to be."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from retrieval import thresholds
from retrieval.answering.entries import entries
from retrieval.answering.latest_position import follow, overtaken
from retrieval.answering.standing import refuse
from retrieval.answering.steps import Step
from retrieval.evidence.sentence_selection import Embed, Evidence, cite, gather, is_same, names_covered
from retrieval.models import Answer, Statement
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found

_BRACKETED = re.compile(r"\[(\d+)\]")


def answer(query: Question, found: Found, embed: Embed, max_sentences: int | None = None) -> Answer:
    """The sentences that answer, best first, or a refusal where the evidence is too weak.

    At most `max_sentences`; by default at most `thresholds.MAX_SENTENCES` and `thresholds.MAX_WORDS` words.
    """
    evidence = gather(query, found, embed)
    score = confidence(query, evidence, found)
    chosen = choose(evidence, max_sentences) if score >= thresholds.ANSWER_FROM else []
    if not chosen:
        return refuse(query, found, score)
    steps = (follow if query.tense else overtaken)(query, found, embed, chosen, max_sentences) or list(
        map(Step, chosen)
    )
    citations = tuple(cite(each.evidence.sentence, number) for number, each in enumerate(steps, 1))
    return Answer(
        question=query.text,
        standing="answered",
        score=score,
        statements=tuple(
            Statement(unmarked(each.evidence.sentence.text), (number,), each.opening)
            for number, each in enumerate(steps, 1)
        ),
        searched=found.searched,
        citations=citations,
        timeline=entries(citations, query, found, embed) if query.tense else (),
    )


def confidence(query: Question, evidence: Sequence[Evidence], found: Found) -> float:
    """How likely the articles answer the question, 0 to 1: a logistic function of the best evidence."""
    if not evidence:
        return 0.0
    features = (
        max((each.context + each.cosine) / 2 for each in evidence),
        names_covered(query, found),
        max((each.cosine for each in evidence if each.fits), default=0.0),
        math.log10(found.passages),
    )
    weighted = sum(weight * value for weight, value in zip(thresholds.CONFIDENCE_WEIGHTS, features, strict=True))
    return 1 / (1 + math.exp(-(weighted + thresholds.CONFIDENCE_BIAS)))


def choose(evidence: Sequence[Evidence], max_sentences: int | None) -> list[Evidence]:
    """The shortest run of the strongest sentences that is worth giving.

    A sentence joins the best one only where it is nearly as strong and says something else; two that say the
    same are one, whichever articles they stand in.
    """
    most_words = math.inf if max_sentences else thresholds.MAX_WORDS
    chosen: list[Evidence] = []
    words = 0
    for each in evidence:
        length = len(each.sentence.text.split())
        if len(chosen) == (max_sentences or thresholds.MAX_SENTENCES):
            break
        if words + length > most_words or any(is_same(each, other) for other in chosen):
            continue
        if chosen and each.score < thresholds.JOINS_FROM * chosen[0].score:
            break
        chosen.append(each)
        words += length
    return chosen


def unmarked(text: str) -> str:
    """A sentence whose own bracketed numbers cannot be taken for citations."""
    return _BRACKETED.sub(r"(\1)", text)
