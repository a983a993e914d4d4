"""The standing of an answer: the articles say it, they may, or they do not; and what a reader is told then."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from retrieval import tuned
from retrieval.domain.answers import Answer, Standing
from retrieval.domain.articles import Closest, Filter, Passage
from retrieval.domain.citations import Citation
from retrieval.domain.phrase import Phrase, either, together
from retrieval.evidence.citations import whole_excerpt
from retrieval.evidence.sentence_selection import Evidence, headed, names_covered
from retrieval.nlp.actors import people
from retrieval.nlp.annotate import annotate, small_terms
from retrieval.nlp.entities import is_named
from retrieval.nlp.forms import is_form
from retrieval.nlp.names import Aliases
from retrieval.nlp.quantities import Quantity
from retrieval.nlp.roles import roles
from retrieval.nlp.tokens import content_terms, terms
from retrieval.question.periods import spell, spell_range
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found

UNSURE = "Not sure this answers it; the closest I have:"
# Articles named as closest.
_CLOSEST = 3
_QUOTED = re.compile(r"[“\"]([^“”\"]{8,})[”\"]")
_MOST_OF_QUOTE = 0.8


def confidence(query: Question, evidence: Sequence[Evidence], found: Found) -> float:
    """The likelihood that the articles answer the question, 0 to 1: a logistic function of the best evidence."""
    if not evidence:
        return 0.0
    near = [(_nearness(each, found), each) for each in evidence]
    features = (
        max((each.context + own) / 2 for own, each in near),
        names_covered(query, found),
        max((own for own, each in near if each.fits), default=0.0),
        math.log10(found.passages),
    )
    weighted = sum(weight * value for weight, value in zip(tuned.ANSWER.confidence_weights, features, strict=True))
    return 1 / (1 + math.exp(-(weighted + tuned.ANSWER.confidence_bias)))


def _nearness(each: Evidence, found: Found) -> float:
    """How near a sentence is to the question, 0 to 1: in a language that the model was not made for all sentences are
    near each other, so words count as much.
    """
    return (each.cosine + each.coverage) / 2 if found.foreign else each.cosine


def standing_of(score: float, query: Question, chosen: Sequence[Evidence], found: Found) -> Standing:
    """The standing that a confidence gives; what lacks a name, figure, quote or the time asked about never answers."""
    whole = not (
        lacking(query, chosen, found)
        or figures_lacking(query, chosen)
        or _lacks_quote(query, chosen)
        or _lacks_counted(query, found)
        or _lacks_holder(query, chosen)
    )
    if score >= tuned.ANSWER.answered_from and whole and not _is_before(query, chosen):
        return "answered"
    return "possible" if score >= tuned.ANSWER.possible_from else "nothing"


def lacking(query: Question, chosen: Sequence[Evidence], found: Found) -> list[str]:
    """The names in the sentence that asks which are in none of the passages of the evidence, in any form."""
    passages = {each.sentence.passage.id: each.sentence.passage for each in chosen}.values()
    terms_of = [(headed(each), _small(each)) for each in passages]
    there = frozenset[str]().union(*(own for own, _ in terms_of))
    names = frozenset[str]().union(*(own - small for own, small in terms_of))
    return [name for name in query.asked_names if not _is_there(name, there, names, found.aliases)]


def figures_lacking(query: Question, chosen: Sequence[Evidence]) -> list[Quantity]:
    """The figures that the question takes as known which none of the passages of the evidence has."""
    there = [each for of in chosen for each in annotate(of.sentence.passage.text).quantities]
    return [each for each in query.known_figures if not any(each.agrees(other) for other in there)]


def _lacks_quote(query: Question, chosen: Sequence[Evidence]) -> bool:
    """Tell if none of the passages of the evidence has most words of a quotation in the question."""
    there = [headed(each.sentence.passage) for each in chosen]
    quoted = [frozenset(content_terms(match[1])) for match in _QUOTED.finditer(query.text)]
    return any(not any(len(own & has) >= _MOST_OF_QUOTE * len(own) for has in there) for own in quoted if own)


def _lacks_counted(query: Question, found: Found) -> bool:
    """Tell if no passage found has what is to be counted, in a language in which words can be compared."""
    there = [headed(hit.passage) for hit in found.hits]
    if not query.counted or not there or found.foreign or not query.content & there[0]:
        return False
    return not any(is_form(term, own) for term in query.counted for own in there)


def _lacks_holder(query: Question, chosen: Sequence[Evidence]) -> bool:
    """Tell if an office is asked for, and none of the evidence names a person, or anybody with a role of its kind."""
    if not query.office:
        return False
    texts = [each.sentence.text for each in chosen]
    return not any(people(text) or any(role.kind == query.office[0] for role in roles(text)) for text in texts)


def naming_all(query: Question, evidence: Sequence[Evidence], found: Found) -> list[Evidence]:
    """The evidence whose own passage has every name in the sentence that asks, in any form."""
    return [each for each in evidence if _names_all(query.asked_names, each.sentence.passage, found.aliases)]


def _names_all(names: Sequence[str], passage: Passage, aliases: Aliases) -> bool:
    there = headed(passage)
    capitals = there - _small(passage)
    return all(_is_there(name, there, capitals, aliases) for name in names)


def _small(passage: Passage) -> frozenset[str]:
    """The terms of a passage and its headline that only words in small letters have."""
    return small_terms(f"{passage.article.metadata.title or ''}. {passage.text}")


def _is_there(name: str, there: frozenset[str], capitals: frozenset[str], aliases: Aliases) -> bool:
    """Tell if a name is among terms: whole, or a known one in another form, any other by its last word as a name."""
    own = content_terms(name)
    if all(is_named(term, there, aliases) for term in own):
        return True
    if aliases.keys(name):
        return not aliases.shortened(tuple(terms(name))).isdisjoint(there)
    return is_named(own[-1], capitals, aliases)  # "Stoltenberg", but no "island" for "Cook Islands"


def _is_before(query: Question, chosen: Sequence[Evidence]) -> bool:
    """Tell if all the evidence came out before the time that is asked about, and none of it names that year, or the
    day where the question names no year.
    """
    time = query.time
    if time is None or time.since is None:
        return False
    since, any_year = time.since, not time.relative and str(time.since.year) not in query.text
    passages = [each.sentence.passage for each in chosen]
    return all(
        "" < each.article.metadata.day < since.isoformat()
        and str(since.year) not in each.text
        and not (any_year and _names_day(since, each.text))
        for each in passages
    )


def _names_day(day: date, text: str) -> bool:
    """Tell if a text has a day of the year, as in "26 April", in any language."""
    dates = [(each.kind, each.value) for each in annotate(text).quantities]
    return any(
        {one, other} == {("day", str(day.day)), ("month", terms(f"{day:%B}")[0])} for one, other in pairwise(dates)
    )


def unsure(query: Question, found: Found, score: float, closest: Sequence[Citation]) -> Answer:
    """An answer that shows the closest there is, and says that it may not be one."""
    return Answer(
        question=query.text,
        standing="possible",
        score=score,
        searched=found.searched,
        message=UNSURE,
        reason="uncertain",
        citations=tuple(closest),
    )


def abstain(query: Question, found: Found, score: float) -> Answer:
    """An answer that says that the articles do not answer the question, and what came closest."""
    articles = {hit.passage.article.id: hit.passage.article for hit in found.hits}
    closest = tuple(
        Closest(article.file, article.metadata.title, article.metadata.published)
        for article in list(articles.values())[:_CLOSEST]
    )
    return Answer(
        question=query.text,
        standing="nothing",
        score=score,
        searched=found.searched,
        message=_sentence(found, closest),
        reason="not_found",
        closest=closest,
        only=found.only,
    )


def _sentence(found: Found, closest: tuple[Closest, ...]) -> str:
    searched = found.searched
    among = f"the {searched.articles} articles" if searched.articles != 1 else "the one article"
    if not searched.articles:
        return f"Not in the articles: there is none{narrowed(found.only)}."
    newest = f", the newest of {spell(searched.newest)}" if searched.newest else ""
    what = f", and what came closest is “{(closest[0].title or closest[0].file).rstrip('.')}”" if closest else ""
    return f"Not in the articles: I searched {among}{narrowed(found.only)}{newest}{what}."


def narrowed(only: Filter) -> str:
    """The outlets and days of a filter, behind what is in them; empty where it has none."""
    days = spell_range(only.since, only.until)
    outlets = either(only.outlets) if only.outlets else ""
    if outlets and days:
        return Phrase(" from {outlets} published {days}", outlets=outlets, days=days)
    if outlets:
        return Phrase(" from {outlets}", outlets=outlets)
    return Phrase(" published {days}", days=days) if days else ""


# The share of dated articles below which days say little.
_HARDLY_ANY = 0.1
_UNDATED = Phrase("Hardly any of the articles has a date, so I could not go by days")


def missed(given: Answer, query: Question, found: Found, dated: float) -> Answer:
    """The answer, with a note where hardly any article has a date although the question asks about a time.

    Where nothing was published in its days, articles of other days only may answer, unless they name that month or
    year.
    """
    if dated < _HARDLY_ANY and (query.time or query.tense) and given.standing != "nothing":
        return replace(given, note=together((given.note, _UNDATED), ". "))
    time = query.time
    if found.missed is None or time is None:
        return given
    if not time.relative and time.is_of_years:
        return given
    none = f"Nothing in the articles was published {spell_range(found.missed.since, found.missed.until)}"
    if given.standing == "nothing":
        return replace(given, message=f"{none}. {given.message}", missed=found.missed)
    named = {word for day in (time.since, time.until) if day for word in (*terms(f"{day:%B}"), f"{day:%Y}")}
    if not time.relative and any(
        one.value in named for each in given.citations for one in annotate(each.quote).quantities
    ):
        return given
    return replace(
        given,
        standing="possible",
        reason="uncertain",
        message=f"{none}: the closest I have is of another time.",
        missed=found.missed,
        statements=(),
        excerpts=given.excerpts or tuple(map(whole_excerpt, given.citations)),
    )
