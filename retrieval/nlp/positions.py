"""How a sentence takes a position: that it is held, given up or turned, and that another was held before.

Read from a lexicon of the languages there is one for; who takes it, and on what, is for others to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from retrieval.nlp.forms import forms
from retrieval.nlp.lexicon import any_of, load

LANGUAGES = ("en", "de", "fr", "es")
# Before a turn, what denies it; before any position, what only asks for it, puts it on a condition or thinks of it.
_BEFORE = {key: any_of(load("en")["position_phrases"][key].split("|")) for key in ("denying", "maybe")}
_DENIED = re.compile(rf"(?:\b(?:{_BEFORE['denying']})|n['’]t)(?:\s+[\w’'-]+){{0,3}}\s*\Z", re.IGNORECASE)
_MAYBE = re.compile(rf"\b(?:{_BEFORE['maybe']})\b[^,;.]{{0,60}}\Z", re.IGNORECASE)
_HAD = r"\bhad (?:\w+ly |long |always |also |once |only )?"
_SEEN = 80


@dataclass(frozen=True, slots=True)
class Position:
    """How a sentence takes a position: `held`, or `turned` where it is given up or changed; `before` where it tells of
    the one before.
    """

    held: bool
    turned: bool
    before: bool

    @property
    def taken(self) -> bool:
        """Whether it is any."""
        return self.held or self.turned


@cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    """What a language says each kind of position with; what there is no list for is never found."""
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
    """How a sentence takes a position, in whichever of the languages."""
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
    """Whether a sentence tells that a position is given up or changed, or that another was held before."""
    taken = position(text)
    return taken.turned or taken.before
