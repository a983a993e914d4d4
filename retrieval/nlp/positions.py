"""How a sentence takes a position: that it is held, held firmly, given up or turned, and that another was held before.

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
_PHRASES = {key: any_of(load("en")["position_phrases"][key].split("|")) for key in ("denying", "maybe", "before_to")}
_DENIED = re.compile(rf"(?:\b(?:{_PHRASES['denying']})|n['’]t)(?:\s+[\w’'-]+){{0,3}}\s*\Z", re.IGNORECASE)
_MAYBE = re.compile(
    rf"\b(?:{_PHRASES['maybe']})\b[^,;.]{{0,60}}\Z"
    rf"|\b(?:would(?: \w+ly)?|(?:{_PHRASES['before_to']})\b[^,;.]{{0,30}} to) \Z",
    re.IGNORECASE,
)
_HAD = r"\bhad (?:\w+ly |long |always |also |once |only )?"
_SEEN = 80
_KINDS = ("hold", "firm", "turn", "weak", "earlier")


@dataclass(frozen=True, slots=True)
class Position:
    """How a sentence takes a position. `turned`: it is given up or changed; `before`: it tells of the one before;
    `firm` and `held`: it is held. `at` is where the sentence says that it turned, in characters, `cues` where any.
    """

    held: bool
    firm: bool
    turned: bool
    before: bool
    at: tuple[int, ...]
    cues: tuple[int, ...]

    @property
    def taken(self) -> bool:
        """Whether it is any."""
        return self.held or self.firm or self.turned

    @property
    def strength(self) -> int:
        """2 for a turn, 1 for one that is firm, 0 for any other."""
        return 2 if self.turned else int(self.firm)


@cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    """What a language says each kind of position with; what there is no list for is never found."""
    own = load(language)
    verbs = {
        kind: [form for lemma in lemmas.split() for form in forms(lemma)]
        for kind, lemmas in own.get("positions", {}).items()
    }
    phrases = {kind: words.split("|") for kind, words in own["position_phrases"].items()}
    earlier = _any(phrases["earlier"]).pattern
    if verbs:
        said = _any([*verbs["hold"], *verbs["firm"], "said", "called", "told"]).pattern
        earlier = rf"{earlier}|{_HAD}{said}"
    return {
        "hold": _any(verbs.get("hold", [])),
        "firm": _any([*verbs.get("firm", []), *phrases["firm"]]),
        "turn": _any([*verbs.get("end", []), *phrases["turning"]]),
        "weak": _any([*verbs.get("weak", []), *phrases.get("weak", [])]),
        "earlier": re.compile(earlier, re.IGNORECASE),
    }


def _any(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{any_of(phrases)})(?![\w-])", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def position(text: str) -> Position:
    """How a sentence takes a position, in whichever of the languages."""
    text = text.replace("’", "'")
    found: dict[str, list[int]] = {kind: [] for kind in _KINDS}
    for language in LANGUAGES:
        for kind, pattern in _patterns(language).items():
            for match in pattern.finditer(text):
                ahead = text[max(match.start() - _SEEN, 0) : match.start()]
                denied = kind in ("turn", "weak") and _DENIED.search(ahead)
                if kind == "earlier" or denied or not _MAYBE.search(ahead):
                    found["firm" if denied else kind].append(match.start())
    if found["earlier"] or found["turn"] or len(found["weak"]) > 1:
        found["turn"] += found["weak"]
    return Position(
        bool(found["hold"]),
        bool(found["firm"]),
        bool(found["turn"]),
        bool(found["earlier"]),
        tuple(found["turn"]),
        tuple(sorted({*found["hold"], *found["firm"], *found["turn"]})),
    )


def is_turn(text: str) -> bool:
    """Whether a sentence tells that a position is given up or changed, or that another was held before."""
    taken = position(text)
    return taken.turned or taken.before
