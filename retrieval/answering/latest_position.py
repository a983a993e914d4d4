"""The latest position: the newest article on the matter leads, older ones stand beside it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from retrieval import tuned
from retrieval.answering.standing import naming_all
from retrieval.domain.answers import TimelineEntry
from retrieval.domain.articles import Embed
from retrieval.domain.citations import Citation
from retrieval.evidence.citations import overlap
from retrieval.evidence.positions import changed, courses, is_turn, position
from retrieval.evidence.sentence_selection import Evidence, cite, is_same, share, weigh
from retrieval.nlp.actors import Actors, actor, stands_alone
from retrieval.nlp.entities import entities, is_named, same_entity
from retrieval.nlp.statements import Sentence, statements
from retrieval.nlp.tokens import content_terms
from retrieval.question.kinds import phrases
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found


def entries(citations: Sequence[Citation], evidence: Sequence[Evidence], found: Found) -> tuple[TimelineEntry, ...]:
    """The dated quotes, oldest first, under their numbers, with who acts and what is new."""
    dated = sorted((each for each in citations if each.published), key=lambda each: each.published or "")
    steps: list[tuple[str | None, Evidence | None]] = []
    actors = Actors(hit.passage.text for hit in (*found.hits, *found.across))
    for quote in dated:
        source = next((each for each in evidence if overlap(cite(each.sentence, 0), quote)), None)
        name = actors.of(source.sentence.text) if source else None
        steps.append((next((who for who, _ in steps if who and name and same_entity(who, name)), name), source))
    changes = courses(steps, frozenset(found.weights), actors)
    told = zip(dated, steps, changes, strict=True)
    return tuple(
        TimelineEntry(date=quote.day, actor=who, text=quote.quote, change=change, citation=quote)
        for quote, (who, _), change in told
    )


# No score is taken for less, where others are measured against it.
_LEAST = 0.01


def in_course(
    query: Question,
    found: Found,
    gathered: Sequence[Evidence],
    embed: Embed,
    plain: Sequence[Evidence],
    most: int | None,
) -> list[Evidence] | None:
    """The latest of the matter of a question, and what it was before; None where the `plain` answer stands: for
    questions neither about now or change nor for a position that a newer article changes.
    """
    # How many, who, when or which it is now is no position: the sentence that says so has to lead.
    if query.tense == "now" and query.target and not _asks_where(query):
        telling = [each for each in plain if each.fits]
        course = [*_newest_first(telling, found.day), *(each for each in plain if not each.fits)]
    elif not query.tense and (query.target or query.time or query.past or not is_known(plain[0], found.day)):
        return None
    else:
        ranked = _of_the_same(query, _on_matter(query, found, embed, gathered), found)
        ranked = _of_whom(query, ranked, found)
        if not query.tense:
            newest = _newest(query, naming_all(query, ranked, found))
            if newest is None or _order(newest) <= _order(plain[0]):
                return None
            if changed(plain[0], newest, frozenset(found.weights), sure=True) != "changed":
                return None
        course = _newest_first(_course(query, ranked, most or tuned.ANSWER.max_sentences) or plain, found.day)
    return course[:most] if most else _fitting(course)


def _asks_where(query: Question) -> bool:
    """Tell if a question asks where somebody stands, not which places are so."""
    return query.target == "place" and not phrases(query.language, "which").search(query.text)


def _on_matter(query: Question, found: Found, embed: Embed, gathered: Sequence[Evidence]) -> list[Evidence]:
    """The statements about the matter that were known on the day of asking, strongest first."""
    weighed = weigh(query, found, _promising(found), embed, gathered)
    topic = found.vector if found.topic is None else found.topic
    tells = [float(each.vector @ topic) for each in weighed]
    if found.foreign:  # All sentences are near each other then, so the words of their passages count as much.
        weighed = [replace(each, cosine=(each.cosine + each.context) / 2) for each in weighed]
        tells = [(told + each.context) / 2 for each, told in zip(weighed, tells, strict=True)]
    most, best = max([*tells, _LEAST]), max([*(each.cosine for each in weighed), _LEAST])
    person = _person(query, found)
    scored = [
        replace(
            each,
            score=(each.sentence.score + told / most + each.cosine / best) / 3
            + _gain(each.sentence)
            + tuned.POSITION.person_gain * (bool(person) and is_named(person, each.sentence.terms)),
        )
        for each, told in zip(weighed, tells, strict=True)
    ]
    return sorted(scored, key=lambda each: -each.score)


def _of_the_same(query: Question, ranked: list[Evidence], found: Found) -> list[Evidence]:
    """The statements about what is asked about: of articles that name it all or share names with the passages that do,
    and of others those whose actor these name.
    """
    named = naming_all(query, ranked, found)
    if not named:
        return ranked
    passages = {each.sentence.passage.id: each.sentence.passage for each in ranked}
    told = {id_: frozenset(name.name for name in entities(each.text)) for id_, each in passages.items()}
    names = frozenset[str]().union(*(told[each.sentence.passage.id] for each in named))
    articles = {each.sentence.article.id for each in named}
    articles |= {
        passages[id_].article.id for id_, own in told.items() if len(names & own) >= tuned.POSITION.shared_names
    }
    return [each for each in ranked if each.sentence.article.id in articles or _acts_among(each, names)]


def _of_whom(query: Question, ranked: list[Evidence], found: Found) -> list[Evidence]:
    """The statements that open with whoever alone a question asks about, or in which they act or who speaks for them,
    where there are any: "What does Russia demand?" names no other matter.
    """
    if not query.actor or query.content - set(content_terms(query.actor)):
        return ranked
    actors = Actors(hit.passage.text for hit in (*found.hits, *found.across))

    def is_theirs(text: str) -> bool:
        who, first = actors.of(text), next(iter(entities(text)), None)
        return bool(who and actors.stands_for(who, query.actor)) or bool(first and same_entity(first, query.actor))

    return [each for each in ranked if is_theirs(each.sentence.text)] or ranked


def _acts_among(each: Evidence, names: Collection[str]) -> bool:
    who = actor(each.sentence.text)
    return who is not None and any(same_entity(who, name) for name in names)


def _promising(found: Found) -> list[Sentence]:
    """The sentences whose vectors are made: of each passage those that promise most, of each article some."""
    passages = []
    day = found.day.isoformat() if found.day else "9999"
    for hit in {hit.passage.id: hit for hit in (*found.across, *found.hits)}.values():
        if not "" < hit.passage.article.metadata.day <= day:
            continue  # not known on the day of asking
        lengths = range(tuned.POSITION.course_words, tuned.ANSWER.max_words + 1)
        own = [
            each
            for each in statements(hit.passage, hit.score)
            if len(each.text.split()) in lengths and stands_alone(each.text)
        ]
        own.sort(key=lambda each: -_gain(each) - share(found.weights, each.terms))
        passages.append(own[: tuned.POSITION.per_passage])
    passages.sort(key=lambda own: own[0].passage.article.metadata.published or "" if own else "", reverse=True)
    rounds = [own[turn] for turn in range(tuned.POSITION.per_passage) for own in passages if turn < len(own)]
    return rounds[: tuned.POSITION.positions]


def _gain(sentence: Sentence) -> float:
    """The gain of a sentence that gives up a position near the matter."""
    return tuned.POSITION.position_gain * position(sentence.text).turned


def _person(query: Question, found: Found) -> str:
    """The last term of the person whose position is asked for: what others hold is none of theirs. Empty for none."""
    if not query.tense or not query.actor:
        return ""
    actors = Actors(hit.passage.text for hit in (*found.hits, *found.across))
    return content_terms(query.actor)[-1] if actors.is_person(query.actor) else ""


def _course(query: Question, ranked: Sequence[Evidence], most: int) -> list[Evidence]:
    """The newest article that is on the matter, by the statement of it that tells most, and of older ones theirs."""
    lead = _newest(query, ranked)
    if lead is None:
        return []
    taken = [lead]
    # Of two that tell about as much the newer was given up last.
    for each in sorted(sorted(ranked, key=_order, reverse=True), key=lambda each: -round(each.score, 1)):
        # A turn may have nearly the words of what it gives up.
        again = any(is_same(each, other) for other in taken[1:]) or any(
            each.sentence.article.story == other.sentence.article.story for other in taken
        )
        if _order(each) < _order(lead) and not again and each.score >= tuned.POSITION.beside_from * ranked[0].score:
            taken.append(each)
    return sorted(taken[:most], key=_order, reverse=True)


def _newest(query: Question, ranked: Sequence[Evidence]) -> Evidence | None:
    """The lead: of the newest article that tells nearly as much of the matter as any, or of a turn and much."""
    best = max((each.score for each in ranked), default=0.0)

    def is_on_matter(each: Evidence) -> bool:
        # Whether something has come about no other turn tells.
        turns = query.tense != "done" and is_turn(each.sentence.text)
        return each.score >= (tuned.POSITION.turn_from if turns else tuned.POSITION.lead_from) * best

    lead = max(filter(is_on_matter, ranked), key=_order, default=None)
    if lead is None:
        return None
    own = [each for each in ranked if each.sentence.article.id == lead.sentence.article.id]
    near = [each for each in own if each.score >= tuned.POSITION.news_from * own[0].score]
    return min(near, key=lambda each: each.sentence.offset)


def _newest_first(chosen: Sequence[Evidence], today: date | None) -> list[Evidence]:
    """The statements, the newest known on that day first, those whose day is not known behind them."""
    known = [each for each in chosen if is_known(each, today)]
    return [*sorted(known, key=_order, reverse=True), *(each for each in chosen if not is_known(each, today))]


def _fitting(course: Sequence[Evidence]) -> list[Evidence]:
    """The first statement, and those after it that an answer has room for."""
    kept, words = list(course[:1]), sum(len(each.sentence.text.split()) for each in course[:1])
    for each in course[1:]:
        own = len(each.sentence.text.split())
        if len(kept) < tuned.ANSWER.max_sentences and words + own <= tuned.ANSWER.max_words:
            kept, words = [*kept, each], words + own
    return kept


def is_known(each: Evidence, today: date | None) -> bool:
    """Tell if the day of its article is known and had come."""
    return bool(each.sentence.day) and (today is None or each.sentence.day <= today.isoformat())


def _order(each: Evidence) -> tuple[str, bool]:
    """When it was told: by its article's day, the time of day where it is known, and of one time a turn comes last."""
    return each.sentence.article.metadata.published or "", is_turn(each.sentence.text)
