"""Words of opposite meaning: where a claim has one and its source the other, they do not say the same."""

from __future__ import annotations

from collections.abc import Mapping

from retrieval.nlp.tokens import terms

# Each line: words of one side / words of the other.
_PAIRS = """
    rise rose risen increase grow grew grown climb soar surge jump gain / fall fell fallen decrease drop decline shrink
        plunge slump dwindle lose
    higher / lower
    more / fewer less
    accept approve adopt endorse allow permit welcome / reject refuse ban forbid prohibit veto
    support back favour / oppose resist
    praise applaud / criticise condemn denounce
    agree / disagree
    start begin began begun open launch / end stop finish close cease
    win won / lose lost defeat
    strengthen enhance boost improve expand / weaken reduce worsen cut diminish
    strong stronger / weak weaker
    strength / weakness
    buy bought / sell sold
    hire / fire sack dismiss
    convict guilty / acquit innocent
    success succeed / failure fail
    confirm admit acknowledge / deny
    largest biggest / smallest
    best / worst
    first / last
    oldest older / youngest younger
    majority / minority
    survive / die died
    alive / dead
    safe / dangerous
    attack / defend
    advance / retreat
    arrive enter / leave depart
    positive / negative
    before / after
    eager willing / reluctant hesitant unwilling
    male men / female women
    early earlier / late later
    true / false
    war / peace
    ally / enemy
    presence / absence
    quick quickly rapid rapidly swift fast / slow slowly gradual gradually
    eastward / westward
    north northern / south southern
    east eastern / west western
    left / right
    maximum most / minimum least
    profit / loss
    hope / fear
    include / exclude
    send / receive
    raise / lower cut
    up / down
"""
_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non")


def _read() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _PAIRS.replace("\n        ", " ").strip().splitlines():
        one, other = (frozenset(terms(side)) for side in line.split("/"))
        for term in one:
            found.setdefault(term, set()).update(other)
        for term in other:
            found.setdefault(term, set()).update(one)
    return {term: frozenset(others) for term, others in found.items()}


_OPPOSITES = _read()


def opposites(term: str) -> frozenset[str]:
    """The terms of opposite meaning that are known."""
    made = {prefix + term for prefix in _PREFIXES} | {
        term.removeprefix(prefix) for prefix in _PREFIXES if term.startswith(prefix) and len(term) > len(prefix) + 3
    }
    return _OPPOSITES.get(term, frozenset()) | made
