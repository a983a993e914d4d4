"""What of a sentence somebody is said to have said: a claim may not tell it as a fact."""

from __future__ import annotations

import re

from retrieval.nlp.forms import forms
from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.tokens import content_terms

_WORDS = load("en")["attribution"]
_LEAVING = [form for verb in _WORDS["leaving"].split() for form in forms(verb)]
_TELLING = [form for verb in _WORDS["telling"].split() for form in list(forms(verb))[1:]]
_SAYING = re.compile(
    rf"\b(?!insist\w*\s+on\b)(?:{any_of(_LEAVING)}|maintain(?:s|ed|ing)?(?=\s+that\b))\b(?!\s+to\b)", re.IGNORECASE
)
_HEARSAY = re.compile(rf"\b(?:{any_of(_WORDS['hearsay'])})\b", re.I)
# Any word by which a claim leaves what it tells to somebody; not in the passive ("which were announced").
_TOLD = re.compile(
    "".join(rf"(?<!\b{word} )" for word in ("is", "are", "was", "were", "been", "be", "to"))
    + rf"\b(?:{any_of([*_LEAVING, *_TELLING, *_WORDS['tellings'], *_WORDS['hearsay']])})\b|[“”\"]",
    re.I,
)
_QUOTED = re.compile(r"[“\"]([^“”\"]{12,})[”\"]")
# A verb of saying behind its words: `..., Rutte said`, `...," he added on Monday`.
_BEHIND = re.compile(r"[,”\"]\s*(?!(?:who|which|that)\b)(?:[\w’'.-]+\s+){0,8}$")
_COUNTING = re.compile(
    rf"\b(?:{any_of(_WORDS['counting'].split())})(?:\s+(?:of|in|for|at)(?:\s+the)?\s+\w+)?(?:\s+(?:also|\w+ly))?\s+(?:said|says?|report(?:s|ed))\b",
    re.IGNORECASE,
)
_THAT = re.compile(r"\s+that\b", re.IGNORECASE)
_INVERTED = re.compile(r"(?:[,”\"]|\b[Ss]o)\s*$")
_AFTER = re.compile(r"\W*(?:[\w’'.,-]+\s*){5,}")


def told(text: str) -> frozenset[str]:
    """The content terms of what a sentence leaves to somebody who says it."""
    parts = [match[1] for match in _QUOTED.finditer(text)]
    if _HEARSAY.search(text):
        parts.append(text)
    for match in _SAYING.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        # Before a participle the comma closes no speech: "Kyiv gave in, said Peskov, suggesting ...".
        # Nor before "that": "Stern, who wanted to wait, warned that ...".
        opens = match[0].lower().endswith("ing") or _THAT.match(after)
        behind = None if opens else _BEHIND.search(before)
        if behind:
            parts.append(before[: behind.start()])
        # `..., said Rutte, who ...`: the speaker is not in what is said.
        after = after.partition(",")[2] if _INVERTED.search(before) else after
        # Always: the comma before may close an introduction ("On Monday, police said ...") and no speech.
        if _AFTER.match(after):
            parts.append(after)
    return frozenset(content_terms(" ".join(parts)))


def tellings(text: str) -> int:
    """How often a text leaves something to somebody who says it."""
    return sum(1 for pattern in (_SAYING, _HEARSAY) for _ in pattern.finditer(text))


def is_told(text: str) -> bool:
    """Whether a claim says of itself that somebody says so."""
    return bool(_TOLD.search(text))


def opened(before: str) -> bool:
    """Whether a quotation stands open at the end of this text."""
    paragraph = before.rpartition("\n\n")[2]
    if "“" in paragraph or "”" in paragraph:
        return paragraph.rfind("“") > paragraph.rfind("”")
    return paragraph.count('"') % 2 == 1


def is_counted(text: str) -> bool:
    """Whether a sentence has what it tells from those whose office it is to count it: police, a hospital, a board."""
    return bool(_COUNTING.search(text))
