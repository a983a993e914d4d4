"""The forms of English verbs, made from their lemmas."""

from __future__ import annotations

from collections.abc import Iterator

_IRREGULAR = {
    "seek": "sought",
    "stand": "stood",
    "go": "went gone",
    "see": "saw seen",
    "stick": "stuck",
    "hold": "held",
    "keep": "kept",
    "swear": "swore sworn",
    "dig": "dug",
    "withdraw": "withdrew withdrawn",
    "forgo": "forwent forgone",
    "forsake": "forsook forsaken",
    "give": "gave given",
    "wind": "wound",
    "do": "did done",
    "come": "came",
    "strike": "struck stricken",
    "rethink": "rethought",
    "say": "said",
    "tell": "told",
}
_VOWELS = "aeiou"
# Verbs of one syllable, and others with the stress at the end, double what they end in.
_DOUBLING = frozenset(("drop", "scrap", "plan", "dig", "commit", "admit", "regret", "permit", "stop", "cut", "cancel"))


def forms(lemma: str) -> Iterator[str]:
    """A verb with its endings; a second word, behind a hyphen, stays behind each form."""
    verb, _, particle = lemma.partition("-") if not lemma.startswith("u-") else (lemma, "", "")
    for form in (verb, *_inflected(verb)):
        yield f"{form} {particle}" if particle else form


def _inflected(verb: str) -> Iterator[str]:
    past = _IRREGULAR.get(verb, "").split()
    stem = verb + verb[-1] if verb in _DOUBLING else verb
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        yield from (f"{verb[:-1]}ies", f"{verb}ing", *(past or [f"{verb[:-1]}ied"]))
    elif verb.endswith("e"):
        yield from (f"{verb}s", f"{verb if verb.endswith('ee') else verb[:-1]}ing", *(past or [f"{verb}d"]))
    else:
        hissing = verb.endswith(("s", "sh", "ch", "x", "o"))
        yield from (f"{verb}es" if hissing else f"{verb}s", f"{stem}ing", *(past or [f"{stem}ed"]))
