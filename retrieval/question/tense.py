"""Whether a question asks how things are now or how they have changed: read from its wording, without a model."""

from __future__ import annotations

import re
from typing import Literal

from retrieval.question.windows import QUOTED

Tense = Literal["now", "changed"]

_START = r"(?:^|[.?!,:]\s+)"
# Verbs that end or turn a position, as they stand behind "has" and behind "did".
_TURNED = (
    r"dropped|abandoned|renounced|relinquished|shelved|scrapped|given\s+up|backed|withdrawn|ended|stopped|lifted"
    r"|softened|hardened|reversed|agreed|accepted|rejected|compromised|conceded|relented|backtracked"
    r"|(?:walked|moved|turned|backed)\s+away|made\s+(?:any\s+|some\s+)?(?:concessions?|compromises?)"
)
_TURN = (
    r"drop|abandon|renounce|relinquish|shelve|scrap|give\s+up|withdraw|soften|harden|reverse|compromise|concede|relent"
    r"|backtrack|(?:walk|move|turn)\s+away|change|go\s+back\s+on"
)
# Verbs that hold one, and those of them that "what" may ask for the object of: "What does Kyiv insist on?"
_HOLD_WHAT = r"want|wish|insist|support|oppose|favou?r|demand|seek|reject"
_HOLD = (
    rf"{_HOLD_WHAT}|intend|aspire|accept|refuse|recogni[sz]e|prefer|agree|call\s+for|rule\s+out|continue|remain|keep"
    r"|stick|stand|hold|plan|back|defend|advocate|endorse|push|pursue|require|allow|believe|consider|need"
)
_HOLDING = (
    r"in\s+favou?r|against|opposed|(?:un)?willing|prepared\s+to|open\s+to|committed\s+to|adamant|determined|hesitant"
    r"|reluctant|(?:seek|demand|insist|refus|rul|push|pursu|call|back|oppos|support|continu)ing"
)
_POSITION = r"positions?|stances?|attitudes?|polic(?:y|ies)|line|views?"

_NOW = re.compile(
    r"\b(?:still|currently|now|nowadays|anymore|any\s+more(?=\s*(?:[?.,!]|$))|any\s+longer"
    r"|no\s+longer|at\s+present|these\s+days|as\s+things\s+stand|current|newe(?:r|st)|latest(?!\s+(?:to|the)\b))\b"
    # "Has Kyiv dropped its condition?", asked for yes or no
    rf"|(?:^|[.?!,]\s+)(?:has|have)\s[^.?!]*\b(?:{_TURNED})\b",
    re.IGNORECASE,
)
# "Does Kyiv want to join?", "What is its stance on joining?": the plain present tense about a position.
_STANDING = re.compile(
    rf"{_START}(?:does|do|doesn['’]t|don['’]t)\s(?!you\b|we\b|i\b)[^.?!]*\b(?:{_HOLD})\b"
    rf"|\bwhat\s+do(?:es)?\s(?!you\b|we\b|i\b)[^.?!]*\b(?:{_HOLD_WHAT})\b"
    rf"|{_START}(?:is|are|isn['’]t|aren['’]t)\s[^.?!]*\b(?:{_HOLDING})\b"
    # "Is the bid over?"
    rf"|{_START}(?:is|are)\s[^.?!]*\b(?:over|dead|finished|alive|(?:on|off)\s+the\s+table)\s*\?"
    rf"|\bwhat(?:\s+(?:is|are)|['’]s)\s[^.?!]*\b(?:{_POSITION})(?:\s+(?:of|on|towards?|about|regarding)\b|\s*\?)"
    r"|\bwhere\s+do(?:es)?\s[^.?!]*\bstand\b",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"\bhow\s+(?:has|have)\b|\bsince\s+when\b|\bover\s+(?:time|the\s+(?:years|months|weeks))\b"
    r"|\b(?:has|have|had|how|what|what['’]s|whether|when|why)\b[^?.,]*\b(?:changed|changing|evolved|evolving|shifted)\b"
    r"|\b(?:change|shift|evolve)\s+(?:in|of|its|their|his|her|over|since|on)\b"
    r"|\bhow\s+(?:did|does)\s[^.?!]*\b(?:change|evolve|shift|develop)\b"
    rf"|\b(?:why|when)\s+(?:has|have)\s[^.?!]*\b(?:{_TURNED})\b"
    rf"|(?:^|[.?!,]\s+)(?:(?:why|when)\s+)?did\s[^.?!]*\b(?:{_TURN})\b"
    # "What happened to the plan?", "What became of it?"
    r"|\bwhat(?:\s+has|['’]s)?\s+(?:happened\s+to|(?:become|became)\s+of)\b",
    re.IGNORECASE,
)
_BOTH_SIDES = re.compile(r"\bbefore\s+and\s+(?:after|since)\b", re.IGNORECASE)

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")


def tense_of(question: str) -> Tense | None:
    """Which of both a question asks for; None for neither."""
    unquoted = QUOTED.sub(" ", question)  # "Both Sides Now" is a title
    # "Many are still waiting. Who was hurt?" asks about that day.
    asked = " ".join(each for each in _SENTENCE_END.split(unquoted) if each.endswith("?")) or unquoted
    if _CHANGED.search(asked) or _BOTH_SIDES.search(asked):
        return "changed"
    return "now" if _NOW.search(asked) or _STANDING.search(asked) else None


def both_sides(question: str) -> tuple[int, int] | None:
    """Where a question sets two times against each other: "before and after May" asks about all of time."""
    found = _BOTH_SIDES.search(question)
    return (found.start(), len(question)) if found else None
