"""How things are now, and what they were before: statements the newest first, each with its day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from retrieval import thresholds
from retrieval.answering.bearing import asked_of, bearing, known_then
from retrieval.answering.steps import Step, fit, is_flashback, is_known, opened, when
from retrieval.evidence.sentence_selection import Embed, Evidence, is_same
from retrieval.nlp import positions
from retrieval.nlp.asked import office
from retrieval.nlp.positions import Matter
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found


def follow(
    query: Question, found: Found, embed: Embed, plain: Sequence[Evidence], max_sentences: int | None = None
) -> list[Step]:
    """The latest that is told of the matter, and what it replaced, as much as an answer holds.

    `plain` is what an answer about any other question would give. What was published after the day of asking was not
    known then, and what has no date is never the latest.
    """
    if _is_fact(query):
        steps = _facts(plain, found.day)
        return steps[:max_sentences] if max_sentences else fit(steps)
    known = known_then(found) if found.topic else []
    asked = asked_of(query, known)
    held = _course(bearing(query, found, embed, known, asked), asked, max_sentences or thresholds.MAX_SENTENCES)
    news = [each for each in plain if not is_flashback(each.sentence)] or plain
    steps = _opened([*held, *_beside(held, news)] if held else news, found.day)
    return steps[:max_sentences] if max_sentences else fit(steps)


def _is_fact(query: Question) -> bool:
    """Whether it asks how many, who or where it is now: no position, and the sentence that says so has to lead."""
    asks = query.answer_type is not None or query.text[:5].casefold() == "which"
    return query.tense == "now" and asks and not office(query.text)


def _facts(plain: Sequence[Evidence], today: date | None) -> list[Step]:
    """The answer to any other question with its days: the best leads, or what is clearly newer and tells as much."""
    known = [each for each in plain if is_known(each, today)]
    best = known[0] if known else plain[0]
    newer = [each for each in known if _is_newer(each, best) and each.score >= thresholds.NEWER_FROM * best.score]
    lead = max(newer, key=when, default=best)
    steps = [lead, *(each for each in plain if each is not lead)]
    return opened(steps)


def _is_newer(each: Evidence, other: Evidence) -> bool:
    return bool(_day(other)) and when(each) - when(other) > timedelta(days=thresholds.SAME_TIME)


def _course(ranked: Sequence[Evidence], asked: Matter | None, most: int) -> list[Evidence]:
    """Of the newest time the latest, then the best of times that are apart from those taken; newest first."""
    current = [each for each in ranked if not _is_outdone(each, ranked)]
    if not current:
        return []
    latest = _latest(current)
    own = [each for each in current if _is_their_own(each, asked)]
    taken = [_news(latest, own if _is_their_own(latest, asked) else current)]
    for each in ranked:
        before = when(each) < when(taken[0]) and _is_their_own(each, asked)
        if before and all(abs(when(each) - when(other)) > timedelta(days=thresholds.SAME_TIME) for other in taken):
            taken.append(each)
    return sorted(taken[:most], key=when, reverse=True)


def _latest(ranked: Sequence[Evidence]) -> Evidence:
    """Of the newest time the strongest of the last day on which nearly as much is told as ever in it."""
    newest = max(map(when, ranked))
    recent = [each for each in ranked if newest - when(each) <= timedelta(days=thresholds.SAME_TIME)]
    # A day more alone is no news.
    near = [each for each in recent if each.score >= thresholds.NEWER_FROM * recent[0].score]
    return max(near, key=when)


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
        each.score < thresholds.OUTDONE_FROM * other.score and abs(when(each) - when(other)) <= near for other in ranked
    )


def _beside(held: Sequence[Evidence], plain: Sequence[Evidence]) -> list[Evidence]:
    """Where the position was never another: what else answers, of the same day."""
    if len(held) > 1:
        return []
    day = _day(held[0])
    return [each for each in plain if _day(each) == day and not is_same(each, held[0])][:1]


def _opened(chosen: Sequence[Evidence], today: date | None) -> list[Step]:
    """The statements, the newest known on that day first, each new day with what is said of it."""
    known = [each for each in chosen if is_known(each, today)]
    if not known:
        return [Step(each) for each in chosen]
    others = [each for each in chosen if not is_known(each, today)]
    lead = _latest(known)
    rest = [each for each in sorted(known, key=when, reverse=True) if each is not lead]
    steps = [lead, *rest, *others]
    return opened(steps)


def _day(each: Evidence) -> str:
    return each.sentence.hit.passage.article.metadata.day
