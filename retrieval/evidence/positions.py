"""The position that a sentence takes, and what it changes against an earlier one by the same actor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from retrieval import tuned
from retrieval.domain.articles import Article
from retrieval.domain.timelines import Change
from retrieval.evidence.sentence_selection import Evidence
from retrieval.nlp.annotate import annotate
from retrieval.nlp.entities import is_named, same_entity
from retrieval.nlp.forms import forms
from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.names import is_title, people
from retrieval.nlp.roles import roles
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
            *(form for lemma in verbs.get(kind, "").split() for form in forms(lemma)),
            *filter(None, phrases.get(kind, "").split("|")),
        ]
        for kind in ("hold", "turn", "weak", "earlier")
    }
    had = rf"|{_HAD}{_any([*said['hold'], 'said', 'called', 'told'])}" if verbs else ""
    return {
        kind: re.compile(_any(phrases) + had * (kind == "earlier"), re.IGNORECASE) for kind, phrases in said.items()
    }


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


# The characters of an ISO day.
_DAY = 10


def changed(before: Evidence, now: Evidence, matter: frozenset[str], *, sure: bool = False) -> Change | None:
    """The change of a statement against an earlier one, whose actor may be the same; None where none shows.

    Both need a term of the `matter`. With a `sure` actor it is enough to refer to what was before.
    """
    shared = shared_terms(before, now, matter)
    took, takes = position(before.sentence.text), position(now.sentence.text)
    near = float(before.vector @ now.vector)
    if not shared or near < tuned.CHANGE.near:
        return None
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


def shared_terms(one: Evidence, other: Evidence, matter: frozenset[str]) -> frozenset[str]:
    """The terms of a matter that both statements have, names in any form."""
    return frozenset(
        term for term in matter if is_named(term, one.sentence.terms) and is_named(term, other.sentence.terms)
    )


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


class Actors:
    """Who may be one, or speak for another, as the texts in hand tell it."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._fields: dict[str, set[str]] = {}
        for text in texts:
            for role in roles(text):
                self._fields.setdefault(_surname(role.name), set()).update(role.places)

    def may_agree(self, one: str | None, other: str | None) -> bool:
        """Tell if two statements may be of one actor: the same, one that may speak for the other, or not known."""
        if one is None or other is None or same_entity(one, other):
            return True
        return any(self._may_speak(*pair) for pair in ((one, other), (other, one)))

    def agree(self, one: str | None, other: str | None) -> bool:
        """Tell if two statements are of one actor for sure."""
        return bool(one and other) and (self.stands_for(one or "", other or "") or self._speaks(other or "", one or ""))

    def stands_for(self, one: str, other: str) -> bool:
        """Tell if two are the same, or the one is said to have a role in the other, a country or a body."""
        return same_entity(one, other) or self._speaks(one, other)

    def _speaks(self, person: str, other: str) -> bool:
        of = frozenset(self._fields.get(_surname(person), ()))
        return any(is_named(term, of) for term in content_terms(other))

    def _may_speak(self, person: str, other: str) -> bool:
        """Tell if they do, or have a role that names no other: at home ministers go without their country."""
        if _surname(person) not in self._fields or other in people(other):
            return False
        return not self._fields[_surname(person)] or self._speaks(person, other)


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


def _surname(name: str) -> str:
    return (content_terms(name) or [""])[-1]


def other_terms(matter: Iterable[str], *actors: str | None) -> frozenset[str]:
    """The terms of a matter without who acts and their titles; all where none is left."""
    named = frozenset(term for actor in actors if actor for term in content_terms(actor))
    matter = frozenset(matter)
    return frozenset(term for term in matter if not is_named(term, named) and not is_title(term)) or matter
