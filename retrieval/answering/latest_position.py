"""How things are now, and what they were before: the newest article on the matter leads, older ones stand beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from retrieval import thresholds
from retrieval.answering.steps import Step, fit, is_known, opened
from retrieval.evidence.changes import Actors, changed, is_later
from retrieval.evidence.sentence_selection import Embed, Evidence, Sentence, is_same, said, share, weigh
from retrieval.models import Hit
from retrieval.nlp.agents import actor, stands_alone
from retrieval.nlp.annotate import annotate
from retrieval.nlp.entities import is_named
from retrieval.nlp.positions import is_turn, position
from retrieval.nlp.readable import readable
from retrieval.nlp.tokens import content_terms
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found

# No score is taken for less, where others are measured against it.
_LEAST = 0.01
# How many words before its verb who acts in a clause may stand, and what makes of the clause what another says.
_BEFORE_VERB = 4
_COMPLEMENT = frozenset(("that", "to", "for", "with", "on", "of", "from", "urges", "wants"))


def in_course(
    query: Question,
    found: Found,
    gathered: Sequence[Evidence],
    embed: Embed,
    plain: Sequence[Evidence],
    most: int | None,
) -> list[Step] | None:
    """The latest of the matter of a question, and what it was before; None where the plain answer stands.

    That is where the question is not about now or about change, nor asks for a position that a newer article changes.
    `plain` is what an answer about any other question would give. What was published after the day of asking was not
    known then, and what has no date is never the latest.
    """
    if _is_fact(query):
        steps = opened(_facts(plain, found.day))
    elif not query.tense and not _may_be_overtaken(query, plain, found.day):
        return None
    else:
        ranked = _Matter(query, found, embed, gathered).evidence
        if not query.tense and not _is_overtaken(plain[0], _newest(ranked), found):
            return None
        held = _course(ranked, most or thresholds.MAX_SENTENCES)
        steps = _dated(held or plain, found.day)
    return steps[:most] if most else fit(steps)


def _is_fact(query: Question) -> bool:
    """Whether it asks how many, who or when it is now: no position, and the sentence that says so has to lead."""
    return query.tense == "now" and query.target in ("number", "person", "date") and not query.office


def _facts(plain: Sequence[Evidence], today: date | None) -> list[Evidence]:
    """The answer to any other question with its days: the best leads, or what is newer and tells as much."""
    known = [each for each in plain if is_known(each, today)]
    best = known[0] if known else plain[0]
    near = [each for each in known if each.score >= thresholds.NEWER_FROM * best.score]
    newer = [each for each in near if is_later(each.sentence.article, best.sentence.article)]
    lead = max(newer, key=_order, default=best)
    return [lead, *(each for each in plain if each is not lead)]


def _may_be_overtaken(query: Question, plain: Sequence[Evidence], today: date | None) -> bool:
    """Whether a question that does not say that it is about now asks for a position, and of no other time."""
    return query.target is None and not (query.time or query.past) and is_known(plain[0], today)


def _is_overtaken(first: Evidence, newest: Evidence | None, found: Found) -> bool:
    """Whether the newest article changes what a plain answer begins with."""
    if newest is None or _order(newest) <= _order(first):
        return False
    return changed(first, newest, frozenset(found.weights), sure=True) == "changed"


@dataclass(frozen=True)
class _Matter:
    """What a question is about, and the statements of it that were known on the day of asking."""

    query: Question
    found: Found
    embed: Embed
    gathered: Sequence[Evidence]

    @cached_property
    def _hits(self) -> list[Hit]:
        """The passages of all times that were known on the day of asking."""
        day = self.found.day.isoformat() if self.found.day else "9999"
        hits = {hit.passage.id: hit for hit in (*self.found.across, *self.found.hits)}.values()
        return [hit for hit in hits if "" < hit.passage.article.metadata.day <= day]

    @cached_property
    def _actor(self) -> str | None:
        """The name whose position is asked for; None where it is a number, a person, or nobody's."""
        if self.query.target in ("number", "person") or self.query.office:
            return None
        return self.query.actor

    @cached_property
    def _actors(self) -> Actors:
        return Actors(readable(hit.passage.text) for hit in self._hits)

    @cached_property
    def evidence(self) -> list[Evidence]:
        """The statements about the matter, strongest first."""
        chosen = self._chosen()
        if not chosen:
            return []
        weighed = weigh(self.query, self.found, chosen, self.embed, self.gathered)
        topic = self.found.topic
        tells = [float(each.vector @ topic.vector) if topic else each.cosine for each in weighed]
        most, best = max([*tells, _LEAST]), max([*(each.cosine for each in weighed), _LEAST])
        scored = [
            replace(
                each,
                score=(self._nearness(each) + told / most + each.cosine / best) / 3 + self._gain(each.sentence),
            )
            for each, told in zip(weighed, tells, strict=True)
        ]
        return sorted(scored, key=lambda each: -each.score)

    def _nearness(self, each: Evidence) -> float:
        hit = each.sentence.hit
        return self.found.topic.near.get(hit.passage.id, 0.0) if self.found.topic else hit.score

    def _chosen(self) -> list[Sentence]:
        """The sentences whose vectors are made: of each passage those that promise most, of each article some."""
        named = self.query.office
        passages = []
        for hit in self._hits:
            own = [each for each in said(hit) if self._is_of_actor(each)]
            own = [each for each in own if all(is_named(term, each.terms) for term in named)]
            promising = sorted(own, key=lambda each: -self._gain(each) - share(self.found.weights, each.terms))
            passages.append(promising[: thresholds.PER_PASSAGE])
        passages.sort(key=lambda own: own[0].hit.passage.article.metadata.published or "" if own else "", reverse=True)
        rounds = [own[turn] for turn in range(thresholds.PER_PASSAGE) for own in passages if turn < len(own)]
        return rounds[: thresholds.POSITIONS]

    def _is_of_actor(self, sentence: Sentence) -> bool:
        """Whether a sentence can be read alone and does not tell what somebody else holds."""
        text = sentence.text
        taken = position(text)
        if not thresholds.COURSE_WORDS <= len(text.split()) <= thresholds.MAX_WORDS or not stands_alone(text):
            return False
        if annotate(text).maybe and not taken.taken:
            return False
        who = actor(text)
        if self._actor is None or who is None or self._actors.may_agree(who, self._actor):
            return True
        return any(_acts(self._actor, text[:place]) for place in taken.cues)

    def _gain(self, sentence: Sentence) -> float:
        """What a sentence gains by taking a position near the matter: most by giving one up."""
        return thresholds.POSITION_GAIN * position(sentence.text).turned


def _course(ranked: Sequence[Evidence], most: int) -> list[Evidence]:
    """The newest article that is on the matter, by the statement of it that tells most, and of older ones theirs."""
    lead = _newest(ranked)
    if lead is None:
        return []
    taken = [lead]
    # Of two that tell about as much the newer was given up last.
    for each in sorted(sorted(ranked, key=_order, reverse=True), key=lambda each: -round(each.score, 1)):
        # A turn may have nearly the words of what it gives up.
        again = any(is_same(each, other) for other in taken[1:]) or any(
            each.sentence.article.story == other.sentence.article.story for other in taken
        )
        if _order(each) < _order(lead) and not again and each.score >= thresholds.BESIDE_FROM * ranked[0].score:
            taken.append(each)
    return sorted(taken[:most], key=_order, reverse=True)


def _newest(ranked: Sequence[Evidence]) -> Evidence | None:
    """The statement that leads: of the newest article that tells nearly as much of the matter as any, or that tells
    of a turn and still much.
    """
    best = max((each.score for each in ranked), default=0.0)

    def is_on_matter(each: Evidence) -> bool:
        least = thresholds.TURN_FROM if is_turn(each.sentence.text) else thresholds.LEAD_FROM
        return each.score >= least * best

    lead = max(filter(is_on_matter, ranked), key=_order, default=None)
    if lead is None:
        return None
    own = [each for each in ranked if each.sentence.article.id == lead.sentence.article.id]
    near = [each for each in own if each.score >= thresholds.NEWS_FROM * own[0].score]
    return min(near, key=lambda each: each.sentence.offset)


def _dated(chosen: Sequence[Evidence], today: date | None) -> list[Step]:
    """The statements, the newest known on that day first, each new day with what is said of it."""
    known = sorted((each for each in chosen if is_known(each, today)), key=_order, reverse=True)
    if not known:
        return [Step(each) for each in chosen]
    return opened([*known, *(each for each in chosen if each not in known)])


def _order(each: Evidence) -> tuple[str, bool]:
    """When it was told: by its article's day, the time of day where it is known, and of one time a turn comes last."""
    return each.sentence.article.metadata.published or "", is_turn(each.sentence.text)


def _acts(name: str, before: str) -> bool:
    """Whether a name stands right before a verb, as who acts: "after Norland agreed", not "that Norland agrees"."""
    words = before.split()[-_BEFORE_VERB:]
    places = [at for at, word in enumerate(words) if is_named(content_terms(name)[-1], frozenset(content_terms(word)))]
    return bool(places) and (places[0] == 0 or words[places[0] - 1].casefold() not in _COMPLEMENT)


def states_position(query: Question, found: Found) -> Callable[[str], bool]:
    """Tells whether a text takes a position on what is asked; none does where a number or a person is asked for."""
    asked = query.target in ("number", "person")
    matter = frozenset(found.weights)
    return lambda text: (
        not asked and position(text).taken and any(is_named(term, frozenset(content_terms(text))) for term in matter)
    )
