"""Who holds what: the latest position of every actor, and the one it replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.domain.timelines import Change
from retrieval.evidence.positions import changed, other_terms, position
from retrieval.nlp.actors import Actors
from retrieval.timeline.trace import Step


@dataclass(frozen=True, slots=True)
class HeldPosition:
    """An actor's latest position, and the statement it changed."""

    actor: str
    now: Step
    was: Step | None = None


def find_positions(
    steps: Sequence[Step], changes: Sequence[Change | None], matter: frozenset[str], actors: Actors
) -> list[HeldPosition]:
    """The position of every actor on a matter: those that changed first, then the newest.

    `steps` are oldest first, `changes` what they change against those before.
    """
    by_actor: list[list[HeldPosition]] = []
    for place in reversed(range(len(steps))):
        held = _held(steps, changes[place], place, matter, actors)
        if held is None:
            continue
        own = next((each for each in by_actor if actors.agree(each[0].actor, held.actor)), None)
        if own is None:
            by_actor.append([held])
        else:
            own.append(held)
    return sorted((max(own, key=_weight) for own in by_actor), key=_weight, reverse=True)


def _weight(held: HeldPosition) -> tuple[bool, bool]:
    """Changed positions count most, then statements that take one; of equal ones the newest stands first."""
    return held.was is not None, position(held.now[0].sentence.text).taken


def _held(
    steps: Sequence[Step], change: Change | None, place: int, matter: frozenset[str], actors: Actors
) -> HeldPosition | None:
    """The position that a statement takes; None where nobody is known to take it."""
    now = steps[place]
    was = _replaced(steps[:place], now, matter, actors) if change == "changed" else None
    actor = now[0].actor or (was[0].actor if was else None)
    return HeldPosition(actor, now, was) if actor else None


def _replaced(before: Sequence[Step], now: Step, matter: frozenset[str], actors: Actors) -> Step | None:
    """The nearest of the earlier statements that a statement changes."""
    who = now[0].actor
    replaced = [
        step
        for step in before
        if actors.may_agree(step[0].actor, who)
        and changed(step[1], now[1], other_terms(matter, step[0].actor, who), sure=actors.agree(step[0].actor, who))
        == "changed"
    ]
    named = [step for step in replaced if step[0].actor] or replaced
    return max(named, key=lambda step: float(step[1].vector @ now[1].vector), default=None)
