"""How things are now, and what they were before: statements the newest first, each with its day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from retrieval import thresholds
from retrieval.answer.dating import Day, openings
from retrieval.answer.evidence import Embed, Evidence, Sentence, headed, said, share, weigh
from retrieval.models import Hit
from retrieval.readable import readable
from retrieval.search.eras import Topic
from retrieval.search.finder import Found
from retrieval.search.query import Query
from retrieval.wording import positions
from retrieval.wording.asked import matter, office
from retrieval.wording.dependence import stands_alone
from retrieval.wording.flashbacks import tells_of_before
from retrieval.wording.positions import Matter
from retrieval.wording.statement import is_named

# No cosine is taken for less, where others are measured against it.
_LEAST = 0.01


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
    query: Query, found: Found, embed: Embed, plain: Sequence[Evidence], max_sentences: int | None = None
) -> list[Step]:
    """The latest that is told of the matter, and what it replaced, as much as an answer holds.

    `plain` is what an answer about any other question would give. What was published after the day of asking was not
    known then, and what has no date is never the latest.
    """
    if _is_fact(query):
        steps = _facts(plain, found.day)
        return steps[:max_sentences] if max_sentences else _fit(steps)
    known = _known(found) if found.topic else []
    asked = _asked(query, known)
    held = _course(_told(query, found, embed, known, asked), asked, max_sentences or thresholds.MAX_SENTENCES)
    news = [each for each in plain if not _is_flashback(each.sentence)] or plain
    steps = _opened([*held, *_beside(held, news)] if held else news, found.day)
    return steps[:max_sentences] if max_sentences else _fit(steps)


def _is_fact(query: Query) -> bool:
    """Whether it asks how many, who or where it is now: no position, and the sentence that says so has to lead."""
    asks = query.answer_type is not None or query.text[:5].casefold() == "which"
    return query.tense == "now" and asks and not office(query.text)


def _facts(plain: Sequence[Evidence], today: date | None) -> list[Step]:
    """The answer to any other question with its days: the best leads, or what is clearly newer and tells as much."""
    known = [each for each in plain if _is_known(each, today)]
    best = known[0] if known else plain[0]
    newer = [each for each in known if _is_newer(each, best) and each.score >= thresholds.NEWER_FROM * best.score]
    lead = max(newer, key=_when, default=best)
    steps = [lead, *(each for each in plain if each is not lead)]
    return [Step(each, opening) for each, opening in zip(steps, openings(list(map(_dated, steps))), strict=True)]


def _is_newer(each: Evidence, other: Evidence) -> bool:
    return bool(_day(other.sentence)) and _when(each) - _when(other) > timedelta(days=thresholds.SAME_TIME)


def _known(found: Found) -> list[Hit]:
    """The passages of all times that were known on the day of asking."""
    day = found.day.isoformat() if found.day else "9999"
    return [hit for hit in found.across if (when := hit.passage.article.metadata.published) and when[:10] <= day]


def _asked(query: Query, known: Sequence[Hit]) -> Matter | None:
    """Whose position is asked for, and on what; none where a number, a name or who holds an office is."""
    if query.answer_type in ("number", "person") or office(query.text):
        return None
    return matter(query.focus, (readable(hit.passage.text) for hit in known))


def _told(query: Query, found: Found, embed: Embed, known: Sequence[Hit], asked: Matter | None) -> list[Evidence]:
    """The statements about the matter, strongest first."""
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
        and not _is_flashback(each)
    ]
    alone = [each for each in news if stands_alone(each.text)] or news
    told = [each for each in alone if all(is_named(term, each.terms) for term in named)] or alone
    promising = sorted(told, key=lambda each: -_gain(each, asked) - share(found.weights, each.terms))
    passages = [[each for each in promising if each.hit is hit] for hit in hits]
    return [each for passage in passages for each in passage[: thresholds.PER_PASSAGE]]


def _is_flashback(sentence: Sentence) -> bool:
    return tells_of_before(sentence.text, _day(sentence))


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


def _course(ranked: Sequence[Evidence], asked: Matter | None, most: int) -> list[Evidence]:
    """Of the newest time the latest, then the best of times that are apart from those taken; newest first."""
    current = [each for each in ranked if not _is_outdone(each, ranked)]
    if not current:
        return []
    latest = _latest(current)
    own = [each for each in current if _is_their_own(each, asked)]
    taken = [_news(latest, own if _is_their_own(latest, asked) else current)]
    for each in ranked:
        before = _when(each) < _when(taken[0]) and _is_their_own(each, asked)
        if before and all(abs(_when(each) - _when(other)) > timedelta(days=thresholds.SAME_TIME) for other in taken):
            taken.append(each)
    return sorted(taken[:most], key=_when, reverse=True)


def _latest(ranked: Sequence[Evidence]) -> Evidence:
    """Of the newest time the strongest of the last day on which nearly as much is told as ever in it."""
    newest = max(map(_when, ranked))
    recent = [each for each in ranked if newest - _when(each) <= timedelta(days=thresholds.SAME_TIME)]
    # A day more alone is no news.
    near = [each for each in recent if each.score >= thresholds.NEWER_FROM * recent[0].score]
    return max(near, key=_when)


def _is_their_own(each: Evidence, asked: Matter | None) -> bool:
    """Whether what was before is told of the one asked about: another's position is nothing they gave up."""
    return asked is None or not asked.sure or positions.tells_of_holder(each.sentence.text, asked)


def _news(best: Evidence, current: Sequence[Evidence]) -> Evidence:
    """The first in its article of those that tell nearly as much: what is new stands above what is said of it."""
    article = best.sentence.hit.passage.article
    near = (each for each in current if each.score >= thresholds.NEWS_FROM * best.score)
    return min((each for each in near if each.sentence.hit.passage.article == article), key=_offset)


def _offset(each: Evidence) -> int:
    return each.sentence.hit.passage.start + each.sentence.start


def _is_outdone(each: Evidence, ranked: Sequence[Evidence]) -> bool:
    """Whether it only touches on the matter: others of about its time tell clearly more of it."""
    near = timedelta(days=thresholds.ERA_DAYS[0])
    return any(
        each.score < thresholds.OUTDONE_FROM * other.score and abs(_when(each) - _when(other)) <= near
        for other in ranked
    )


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
    lead = _latest(known)
    rest = [each for each in sorted(known, key=_when, reverse=True) if each is not lead]
    steps = [lead, *rest, *others]
    return [Step(each, opening) for each, opening in zip(steps, openings(list(map(_dated, steps))), strict=True)]


def _is_known(each: Evidence, today: date | None) -> bool:
    """Whether it says how things were on the day of its article, and that day had come."""
    return bool(_day(each.sentence)) and (today is None or _when(each) <= today) and not _is_flashback(each.sentence)


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
