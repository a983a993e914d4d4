"""What bears on the matter of a question about now or about change, of all that is told of it at any time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from retrieval import thresholds
from retrieval.answering.steps import is_flashback
from retrieval.evidence.sentence_selection import Embed, Evidence, Sentence, headed, said, share, weigh
from retrieval.models import Hit
from retrieval.nlp import positions
from retrieval.nlp.asked import matter, office
from retrieval.nlp.dependence import stands_alone
from retrieval.nlp.entities import is_named
from retrieval.nlp.positions import Matter
from retrieval.nlp.readable import readable
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found
from retrieval.search.time_slices import Topic

# No cosine is taken for less, where others are measured against it.
_LEAST = 0.01


def asked_of(query: Question, known: Sequence[Hit]) -> Matter | None:
    """Whose position is asked for, and on what; none where a number, a name or who holds an office is."""
    if query.answer_type in ("number", "person") or office(query.text):
        return None
    return matter(query.focus, (readable(hit.passage.text) for hit in known))


def known_then(found: Found) -> list[Hit]:
    """The passages of all times that were known on the day of asking."""
    day = found.day.isoformat() if found.day else "9999"
    return [hit for hit in found.across if "" < hit.passage.article.metadata.day <= day]


def bearing(query: Question, found: Found, embed: Embed, known: Sequence[Hit], asked: Matter | None) -> list[Evidence]:
    """The statements of these passages about the matter, strongest first."""
    hits = [hit for hit in known if asked is None or positions.names_holder(headed(hit), asked)] or known
    chosen = _spread(_worth(hits, asked, office(query.text), found))
    if found.topic is None or not chosen:
        return []
    weighed = weigh(query, found, chosen, embed)
    if asked is None and query.answer_type:
        weighed = [each for each in weighed if each.fits] or weighed
    ranked = _ranked(weighed, asked, found.topic)
    # The more there is, the nearer the nearest comes by chance.
    least = min(
        thresholds.COURSE_FROM + thresholds.COURSE_PER_TENFOLD * math.log10(found.passages), thresholds.COURSE_ENOUGH
    )
    return [each for each in ranked if each.score >= least * ranked[0].score]


def _worth(hits: Sequence[Hit], asked: Matter | None, named: frozenset[str], found: Found) -> list[Sentence]:
    """The sentences that promise most of each passage; a longer one would leave no room for what it replaced."""
    news = [
        each
        for hit in hits
        for each in said(hit)
        if thresholds.COURSE_WORDS <= len(each.text.split()) <= thresholds.MAX_WORDS // 2
        and not (asked and positions.is_of_others(each.text, asked))
        and not is_flashback(each)
    ]
    alone = [each for each in news if stands_alone(each.text)] or news
    told = [each for each in alone if all(is_named(term, each.terms) for term in named)] or alone
    promising = sorted(told, key=lambda each: -_gain(each, asked) - share(found.weights, each.terms))
    passages = [[each for each in promising if each.hit is hit] for hit in hits]
    return [each for passage in passages for each in passage[: thresholds.PER_PASSAGE]]


def _ranked(weighed: Sequence[Evidence], asked: Matter | None, topic: Topic) -> list[Evidence]:
    """The evidence by how much it tells of the matter, strongest first: by its passage, itself, and its question."""
    tells = [float(each.vector @ topic.vector) for each in weighed]
    most, best = max([*tells, _LEAST]), max([*(each.cosine for each in weighed), _LEAST])
    scored = [
        replace(
            each,
            score=(topic.near[each.sentence.hit.passage.id] + told / most + each.cosine / best) / 3
            + thresholds.COVERED_GAIN * each.coverage
            + _gain(each.sentence, asked),
        )
        for each, told in zip(weighed, tells, strict=True)
    ]
    return sorted(scored, key=lambda each: -each.score)


def _spread(chosen: Sequence[Sentence]) -> list[Sentence]:
    """As many as may be weighed: of each day the first, then the second, and so on, newer days first."""
    newest = sorted(chosen, key=_day, reverse=True)
    turns = [(turn, each) for _, group in groupby(newest, _day) for turn, each in enumerate(group)]
    return [each for _, each in sorted(turns, key=lambda turn: turn[0])][: thresholds.POSITIONS]


def _gain(sentence: Sentence, asked: Matter | None) -> float:
    """What a sentence gains by stating the position asked for."""
    stated = positions.strength(sentence.text, asked) if asked else 0
    return thresholds.POSITION_GAINS[stated - 1] if stated else 0.0


def _day(sentence: Sentence) -> str:
    return sentence.hit.passage.article.metadata.day
