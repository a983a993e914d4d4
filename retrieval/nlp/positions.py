"""How a sentence takes a position: that it is held, held firmly, given up or turned, and that another was held before.

Read from a lexicon of the languages there is one for; who takes it, and on what, is for others to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from retrieval.nlp.inflection import forms
from retrieval.nlp.lexicon import table

LANGUAGES = ("en", "de", "fr", "es")
# Words by which what is given up is not: "will not give up", "refuses to drop", "no reason to withdraw".
_DENIED = re.compile(
    r"\b(?:not|never|no|nobody|neither|without|refus\w+|reject\w+|unlikely|instead of|rather than|n['’]t)"
    r"(?:\s+[\w’'-]+){0,3}\s*\Z",
    re.IGNORECASE,
)
# What is asked for, has a condition or is only thought of is no position yet.
_MAYBE = re.compile(
    r"\b(?:if|unless|whether|should|must|ought to|need(?:s|ed)? to|had to|ha(?:s|ve) to|might|may|urg\w+|ask(?:s|ed)?"
    r"|call(?:s|ed)? (?:on|for)|forc\w+|pressur\w+|demand(?:s|ed|ing)? that|reasons? to)\b[^,;.]{0,60}\Z"
    r"|\bwould(?: \w+ly)? \Z",
    re.IGNORECASE,
)
_HAD = r"\bhad (?:\w+ly |long |always |also |once |only )?"
_SEEN = 80


@dataclass(frozen=True, slots=True)
class Position:
    """How a sentence takes a position. `turned`: it is given up or changed; `before`: it tells of the one before;
    `firm` and `held`: it is held. `at` is where the sentence says that it turned, in characters.
    """

    held: bool
    firm: bool
    turned: bool
    before: bool
    at: tuple[int, ...]

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
    own = table(language)
    verbs = {
        kind: [form for lemma in lemmas.split() for form in forms(lemma)]
        for kind, lemmas in own.get("positions", {}).items()
    }
    phrases = {kind: words.split("|") for kind, words in own["phrases"].items()}
    said = [form for kind in ("hold", "firm") for form in verbs.get(kind, ())] + (
        ["said", "called", "told"] if verbs else []
    )
    return {
        "hold": _any(verbs.get("hold", ())),
        "firm": _any([*verbs.get("firm", ()), *phrases["firm"]]),
        "end": _any(verbs.get("end", ())),
        "turn": _any([*verbs.get("turn", ()), *phrases["turning"]]),
        "earlier": re.compile(
            rf"{_any(phrases['earlier']).pattern}|{_HAD}{_any(said).pattern}"
            if said
            else _any(phrases["earlier"]).pattern,
            re.IGNORECASE,
        ),
    }


def _any(words: object) -> re.Pattern[str]:
    listed = sorted(map(re.escape, words), key=len, reverse=True)  # type: ignore[call-overload]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(listed)})(?![\w-])" if listed else r"(?!)", re.IGNORECASE)


def position(text: str) -> Position:
    """How a sentence takes a position, in whichever of the languages."""
    text = text.replace("’", "'")
    held = firm = before = False
    at: list[int] = []
    for language in LANGUAGES:
        patterns = _patterns(language)
        held = held or bool(patterns["hold"].search(text))
        firm = firm or bool(patterns["firm"].search(text))
        before = before or bool(patterns["earlier"].search(text))
        for kind in ("end", "turn"):
            for match in patterns[kind].finditer(text):
                ahead = text[max(match.start() - _SEEN, 0) : match.start()]
                if _DENIED.search(ahead):
                    firm = True
                elif not _MAYBE.search(ahead):
                    at.append(match.start())
    return Position(held, firm, bool(at), before, tuple(at))
