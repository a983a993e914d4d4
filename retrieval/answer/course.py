"""How things are now, and what they were before: statements the newest first, each with its day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from retrieval import thresholds
from retrieval.answer.dating import Day, openings
from retrieval.answer.evidence import Embed, Evidence, Sentence, said, weigh
from retrieval.readable import readable
from retrieval.search.finder import Found
from retrieval.search.query import Query
from retrieval.wording.positions import Matter, matter, strength, told


@dataclass(frozen=True, slots=True)
class Step:
    """A statement of the course of things; `opening` is what is said of its day before it, if anything."""

    evidence: Evidence
    opening: str = ""

    @property
    def words(self) -> int:
        """How many words it takes in an answer."""
        return len(self.opening.split()) + len(self.evidence.sentence.text.split())


def follow(
    query: Query,
    found: Found,
    embed: Embed,
    evidence: Sequence[Evidence],
    plain: Sequence[Evidence],
    max_sentences: int | None = None,
) -> list[Step]:
    """The latest position and what it replaced, as much as an answer holds; where none is told, `plain` by its days.

    `evidence` is what was weighed already, `plain` what an answer about any other question would give of it. What was
    published after the day of asking was not known then, and what has no date is never the latest.
    """
    held = _course(_positions(query, found, embed, evidence), max_sentences or thresholds.MAX_SENTENCES)
    steps = _opened([*held, *_beside(held, plain)] if held else plain, found.day)
    return steps[:max_sentences] if max_sentences else _fit(steps)


def _positions(query: Query, found: Found, embed: Embed, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The statements of the position asked for that were known on the day of asking, strongest first."""
    if query.answer_type in ("number", "person"):
        return []  # no position is asked for
    hits = {hit.passage.id: hit for hit in (*found.across, *found.hits)}.values()
    asked = matter(query.text, (readable(hit.passage.text) for hit in hits))
    if asked is None:
        return []
    day = found.day.isoformat() if found.day else "9999"
    dated = [hit for hit in hits if (published := hit.passage.article.metadata.published) and published[:10] <= day]
    # A longer one would leave no room for what it replaced.
    chosen = [
        sentence
        for hit in dated
        for sentence in said(hit)
        if len(sentence.text.split()) <= thresholds.MAX_WORDS // 2 and strength(sentence.text, asked)
    ]
    weighed = weigh(query, found, _spread(chosen), embed, evidence)
    strong = [each for each in weighed if each.score >= thresholds.POSITION_FROM * weighed[0].score]
    return sorted((_credited(each, asked) for each in strong), key=lambda each: -each.score)


def _spread(chosen: Sequence[Sentence]) -> list[Sentence]:
    """As many as may be weighed: of each day the first, then the second, and so on, newer days first."""
    newest = sorted(chosen, key=_day, reverse=True)
    turns = [(turn, each) for _, group in groupby(newest, _day) for turn, each in enumerate(group)]
    return [each for _, each in sorted(turns, key=lambda turn: turn[0])][: thresholds.POSITIONS]


def _credited(each: Evidence, asked: Matter) -> Evidence:
    gain = thresholds.POSITION_GAINS[strength(each.sentence.text, asked) - 1]
    return replace(each, score=each.score + gain + thresholds.MATTER_GAINS * told(each.sentence.terms, asked))


def _course(ranked: Sequence[Evidence], most: int) -> list[Evidence]:
    """Of the newest time the best, then the best of times that are apart from those taken; newest first."""
    if not ranked:
        return []
    newest = max(map(_when, ranked))
    taken = [next(each for each in ranked if newest - _when(each) <= timedelta(days=thresholds.SAME_TIME))]
    for each in ranked:
        before = _when(each) < _when(taken[0])
        if before and all(abs(_when(each) - _when(other)) > timedelta(days=thresholds.SAME_TIME) for other in taken):
            taken.append(each)
    return sorted(taken[:most], key=_when, reverse=True)


def _beside(held: Sequence[Evidence], plain: Sequence[Evidence]) -> list[Evidence]:
    """Where the position was never another: what else answers, of the same day."""
    if len(held) > 1:
        return []
    day = _day(held[0].sentence)
    return [each for each in plain if _day(each.sentence) == day and not _same(each, held[0])][:1]


def _same(one: Evidence, other: Evidence) -> bool:
    return float(one.vector @ other.vector) > thresholds.SAME_SENTENCE


def _opened(chosen: Sequence[Evidence], today: date | None) -> list[Step]:
    """The statements, the newest known on that day first, each new day with what is said of it."""
    known = [each for each in chosen if _is_known(each, today)]
    if not known:
        return [Step(each) for each in chosen]
    others = [each for each in chosen if not _is_known(each, today)]
    newest = max(map(_when, known))
    # A day more is no news: of one time the strongest leads.
    lead = next(each for each in known if (newest - _when(each)).days <= thresholds.SAME_TIME)
    rest = [each for each in sorted(known, key=_when, reverse=True) if each is not lead]
    steps = [lead, *rest, *others]
    return [Step(each, opening) for each, opening in zip(steps, openings(list(map(_dated, steps))), strict=True)]


def _is_known(each: Evidence, today: date | None) -> bool:
    return bool(_day(each.sentence)) and (today is None or _when(each) <= today)


def _fit(steps: Sequence[Step]) -> list[Step]:
    """The first, and those after it that an answer has room for."""
    kept = list(steps[:1])
    for step in steps[1:]:
        if (
            len(kept) < thresholds.MAX_SENTENCES
            and step.words + sum(each.words for each in kept) <= thresholds.MAX_WORDS
        ):
            kept.append(step)
    if kept and kept[0].words > thresholds.MAX_WORDS:
        return [replace(kept[0], opening="")]
    return kept


def _dated(each: Evidence) -> Day:
    return Day(_day(each.sentence), each.sentence.hit.passage.article.metadata.published_estimated)


def _day(sentence: Sentence) -> str:
    """The day an article came out, empty where it is unknown."""
    return (sentence.hit.passage.article.metadata.published or "")[:10]


def _when(each: Evidence) -> date:
    return date.fromisoformat(_day(each.sentence))
