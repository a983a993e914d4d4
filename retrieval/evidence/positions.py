"""The position that a sentence takes, and what it changes against an earlier one by the same actor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from retrieval import tuned
from retrieval.domain.answers import Change
from retrieval.domain.articles import Article
from retrieval.evidence.sentence_selection import Evidence
from retrieval.nlp.actors import Actors
from retrieval.nlp.annotate import annotate
from retrieval.nlp.entities import is_named, same_entity
from retrieval.nlp.forms import forms
from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.names import is_title
from retrieval.nlp.statements import Sentence
from retrieval.nlp.tokens import content_terms

LANGUAGES = ("en", "de", "fr", "es")
# Before a turn, what denies it; before any position, what only asks for it, puts it on a condition or thinks of it.
_BEFORE = {key: any_of(load("en")["position_phrases"][key].split("|")) for key in ("denying", "maybe")}
_DENIED = re.compile(rf"(?:\b(?:{_BEFORE['denying']})|n['’]t)(?:\s+[\w’'-]+){{0,3}}\s*\Z", re.IGNORECASE)
_MAYBE = re.compile(rf"\b(?:{_BEFORE['maybe']})\b[^,;.]{{0,60}}\Z", re.IGNORECASE)
_HAD = r"\bhad (?:\w+ly |long |always |also |once |only )?"
_SEEN = 80


@dataclass(frozen=True, slots=True)
class Position:
    """A position that is `held`, or `turned` where given up or changed; `before` where an earlier one is told."""

    held: bool
    turned: bool
    before: bool

    @property
    def taken(self) -> bool:
        """Tell if it is any."""
        return self.held or self.turned


@cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    """The patterns of each kind of position in a language; those without a list never match."""
    verbs, phrases = load(language).get("positions", {}), load(language)["position_phrases"]
    said = {
        kind: [
            *(form for lemma in verbs.get(kind, "").split() for form in _forms(lemma)),
            *filter(None, phrases.get(kind, "").split("|")),
        ]
        for kind in ("hold", "turn", "weak", "earlier")
    }
    had = rf"|{_HAD}{_any([*said['hold'], 'said', 'called', 'told'])}" if verbs else ""
    return {
        kind: re.compile(_any(phrases) + had * (kind == "earlier"), re.IGNORECASE) for kind, phrases in said.items()
    }


def _forms(lemma: str) -> Iterator[str]:
    """The forms of a verb; a particle may stand behind a pronoun too: "ruled it out"."""
    for form in forms(lemma):
        verb, _, particle = form.partition(" ")
        yield from (form, *(f"{verb} {each} {particle}" for each in ("it", "this", "that", "them") if particle))


def _any(phrases: Iterable[str]) -> str:
    return rf"(?<![\w-])(?:{any_of(phrases)})(?![\w-])"


@lru_cache(maxsize=20_000)
def position(text: str) -> Position:
    """The position that a sentence takes, in whichever of the languages."""
    text = text.replace("’", "'")
    found: dict[str, list[int]] = {"hold": [], "turn": [], "weak": [], "earlier": []}
    for language in LANGUAGES:
        for kind, pattern in _patterns(language).items():
            for match in pattern.finditer(text):
                ahead = text[max(match.start() - _SEEN, 0) : match.start()]
                denied = kind in ("turn", "weak") and _DENIED.search(ahead)
                if kind == "earlier" or denied or not _MAYBE.search(ahead):
                    found["hold" if denied else kind].append(match.start())
    if found["earlier"] or found["turn"] or len(found["weak"]) > 1:
        found["turn"] += found["weak"]
    return Position(bool(found["hold"]), bool(found["turn"]), bool(found["earlier"]))


def is_turn(text: str) -> bool:
    """Tell if a sentence tells that a position is given up or changed, or that another was held before."""
    taken = position(text)
    return taken.turned or taken.before


_SPANS = load("spans")
_NUMBERS = {word: number for number, words in enumerate(_SPANS["numbers"], 1) for word in words.split()}
_UNITS = {word: unit for unit, words in _SPANS["units"].items() for word in words.split()}
# The days of a unit, and how many more or fewer are still about so many of them.
_LENGTHS = {"day": (1, 1), "week": (7, 4), "month": (30.4, 20), "year": (365, 90)}
_SPAN = re.compile(rf"\b({any_of(_NUMBERS)}|\d{{1,3}}) (?:\w+ )?({any_of(_UNITS)})\b", re.IGNORECASE)


def looks_back(now: Sentence, before: Sentence) -> bool:
    """Tell if a sentence names the span of time since another was printed: "six weeks after", "zwei Jahre nach"."""
    if not (now.day and before.day) or now.day <= before.day:
        return False
    apart = (date.fromisoformat(now.day) - date.fromisoformat(before.day)).days
    return any(
        abs(apart - (_NUMBERS.get(number.lower()) or int(number)) * days) <= off
        for number, unit in _SPAN.findall(now.text)
        for days, off in (_LENGTHS[_UNITS[unit.lower()]],)
    )


# The characters of an ISO day.
_DAY = 10


def changed(before: Evidence, now: Evidence, matter: frozenset[str], *, sure: bool = False) -> Change | None:
    """The change of a statement against an earlier one, whose actor may be the same; None where none shows.

    Both need a term of the `matter`. A `sure` actor need only refer to what was before, in words or by a span of time.
    """
    took, takes = position(before.sentence.text), position(now.sentence.text)
    near = float(before.vector @ now.vector)
    if near < tuned.CHANGE.near or not shared_terms(before.sentence.terms, now, matter):
        return None
    back = looks_back(now.sentence, before.sentence)
    if back and (sure or takes.turned):
        return "changed"
    if took.turned or took.before:
        return "same" if takes.turned and near >= tuned.TIMELINE.same_position else None
    if (took.held and _grants(before.sentence.text, now.sentence.text)) or (
        (takes.turned and (took.taken or sure)) or (took.taken and sure and takes.before)
    ):
        return "changed"
    return "same" if near >= tuned.TIMELINE.same_position and took.taken and takes.taken and not takes.turned else None


def _grants(before: str, now: str) -> bool:
    """Tell if a statement has as so what an earlier one ruled out, by more than one word."""
    denied, affirmed = annotate(before), annotate(now)
    return len((denied.denied & affirmed.affirmed) - denied.names) > 1


def shared_terms(there: frozenset[str], now: Evidence, matter: frozenset[str]) -> frozenset[str]:
    """The terms of a matter that a statement and others have, names in any form."""
    return frozenset(term for term in matter if is_named(term, there) and is_named(term, now.sentence.terms))


def names_others(before: str, now: str, *actors: str | None) -> bool:
    """Tell if both name something beside who acts, and nothing that the other names: another toll."""
    acting = frozenset(term for actor in actors if actor for term in content_terms(actor))
    ours, theirs = (
        {name for name in annotate(text).names if not is_named(name, acting) and not is_title(name)}
        for text in (now, before)
    )
    return bool(ours and theirs) and not any(is_named(name, frozenset(theirs)) for name in ours)


def is_later(one: Article, other: Article) -> bool:
    """Tell if an article is known to be newer than another; of one day, by the times where both have one."""
    return came_later(one.metadata.published, other.metadata.published)


def came_later(one: str | None, other: str | None) -> bool:
    """Tell if one moment of publication is known to be after another, each an ISO day with or without its time."""
    first, second = one or "", other or ""
    if not first or not second or first[:_DAY] != second[:_DAY]:
        return bool(first and second) and first[:_DAY] > second[:_DAY]
    return len(first) > _DAY and len(second) > _DAY and first > second


def courses(
    steps: Iterable[tuple[str | None, Evidence | None]], matter: frozenset[str], actors: Actors
) -> Iterator[Change | None]:
    """The change of each statement on a matter against those before, oldest first; None if its sentence is unknown."""
    before: list[tuple[str | None, Evidence]] = []
    known: list[str] = []
    for who, now in steps:
        told = [
            changed(each, now, other_terms(matter, other, who), sure=actors.agree(other, who))
            for other, each in before
            if now and is_later(now.sentence.article, each.sentence.article) and actors.may_agree(other, who)
        ]
        first = who is not None and not any(same_entity(who, other) for other in known)
        yield "changed" if "changed" in told else "first" if first else "same" if "same" in told else None
        if "changed" in told:
            before = [(other, each) for other, each in before if not actors.may_agree(other, who)]
        before += [(who, now)] if now else []
        known += [who] if who else []


def other_terms(matter: Iterable[str], *actors: str | None) -> frozenset[str]:
    """The terms of a matter without who acts and their titles; all where none is left."""
    named = frozenset(term for actor in actors if actor for term in content_terms(actor))
    matter = frozenset(matter)
    return frozenset(term for term in matter if not is_named(term, named) and not is_title(term)) or matter
