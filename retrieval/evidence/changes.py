"""What a statement changes against an earlier one: the same actor on the same matter says it otherwise.

Only where that shows: that nothing can be said costs less than a wrong word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from retrieval import tuned
from retrieval.domain.articles import Article
from retrieval.domain.timelines import Change
from retrieval.evidence.sentence_selection import Evidence
from retrieval.nlp.annotate import annotate
from retrieval.nlp.entities import is_named, same_entity
from retrieval.nlp.names import is_title, people
from retrieval.nlp.positions import position
from retrieval.nlp.roles import roles
from retrieval.nlp.tokens import content_terms

# The characters of an ISO day.
_DAY = 10


def changed(before: Evidence, now: Evidence, matter: frozenset[str], *, sure: bool = False) -> Change | None:
    """What a statement changes against an earlier one, whose actor may be the same; None where that does not show.

    Both must have a term of the `matter`, in any form. That it only refers to what was before is enough where it is
    `sure` that the actor is the same.
    """
    shared = shared_terms(before, now, matter)
    took, takes = position(before.sentence.text), position(now.sentence.text)
    near = float(before.vector @ now.vector)
    if not shared or near < tuned.CHANGE.near:
        return None
    if took.turned or took.before:
        return "same" if takes.turned and near >= tuned.TIMELINE.same_position else None
    if (takes.turned and (took.taken or sure)) or (took.taken and sure and takes.before):
        return "changed"
    return "same" if near >= tuned.TIMELINE.same_position and took.taken and takes.taken and not takes.turned else None


def shared_terms(one: Evidence, other: Evidence, matter: frozenset[str]) -> frozenset[str]:
    """The terms of a matter that both statements have, names in any form."""
    return frozenset(
        term for term in matter if is_named(term, one.sentence.terms) and is_named(term, other.sentence.terms)
    )


def names_others(before: str, now: str, *actors: str | None) -> bool:
    """Whether both name something beside who acts, and nothing that the other names: another toll."""
    acting = frozenset(term for actor in actors if actor for term in content_terms(actor))
    ours, theirs = (
        {name for name in annotate(text).names if not is_named(name, acting) and not is_title(name)}
        for text in (now, before)
    )
    return bool(ours and theirs) and not any(is_named(name, frozenset(theirs)) for name in ours)


def is_later(one: Article, other: Article) -> bool:
    """Whether an article is known to be newer than another; of one day, by the times where both have one."""
    first, second = one.metadata.published or "", other.metadata.published or ""
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
        """Whether two statements may be of one actor: the same, one that speaks for the other, or not known."""
        if one is None or other is None or same_entity(one, other):
            return True
        return any(self._may_speak(*pair) for pair in ((one, other), (other, one)))

    def agree(self, one: str | None, other: str | None) -> bool:
        """Whether two statements are of one actor for sure."""
        if one is None or other is None:
            return False
        return same_entity(one, other) or self.speaks(one, other) or self.speaks(other, one)

    def speaks(self, person: str, other: str) -> bool:
        """Whether a person is said to have a role in a country or a body."""
        of = frozenset(self._fields.get(_surname(person), ()))
        return any(is_named(term, of) for term in content_terms(other))

    def _may_speak(self, person: str, other: str) -> bool:
        """Whether they do, or have a role that names no other: at home ministers go without their country."""
        if _surname(person) not in self._fields or other in people(other):
            return False
        return not self._fields[_surname(person)] or self.speaks(person, other)


def courses(
    steps: Iterable[tuple[str | None, Evidence | None]], matter: frozenset[str], actors: Actors
) -> Iterator[Change | None]:
    """What each statement on a matter, by whoever makes it, changes against those before; oldest first.

    What was said before a change is no measure any longer. Nothing is told of a statement whose sentence is not known.
    """
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
