"""A question for yes or no as the claim that it asks about: "Is Ukraine in NATO?" asks whether Ukraine is in NATO."""

from __future__ import annotations

import re

from retrieval.question.phrases import phrases

# Only behind a name it is sure where who acts ends.
_INVERTED = re.compile(
    r"(?P<aux>\w+)\s+(?P<subject>(?:(?:the|an?)\s+)?[A-Z][\w.’'&-]*(?:\s+(?:of\s+(?:the\s+)?)?[A-Z][\w.’'&-]*)*)\s+"
    r"(?P<next>\w+)(?P<rest>[^?]*)\?*\s*"
)
_FORMS = {"have": "has", "do": "does", "go": "goes", "be": "is"}


def claim_of(question: str) -> str:
    """The claim of an English question that a simple inversion makes one; empty for any other."""
    match = _INVERTED.fullmatch(question)
    if not match or not phrases("en", "auxiliary").fullmatch(match["aux"]):
        return ""
    verb, following, rest = match["aux"].casefold(), match["next"], match["rest"].rstrip()
    if phrases("en", "noun_ending").fullmatch(following):
        return ""
    if verb == "does":
        return f"{match['subject']} {_third_person(following)}{rest}"
    if verb in ("is", "are", "was", "were"):
        after = phrases("en", "after_name").match(f"{following}{rest}")
        if not (after or following.endswith(("ing", "ed", "en"))):
            return ""
    return f"{match['subject']} {verb} {following}{rest}" if verb != "do" else f"{match['subject']} {following}{rest}"


def _third_person(verb: str) -> str:
    if verb in _FORMS:
        return _FORMS[verb]
    if re.search(r"[^aeiou]y$", verb):
        return f"{verb[:-1]}ies"
    return f"{verb}es" if re.search(r"(?:s|x|z|ch|sh|o)$", verb) else f"{verb}s"
