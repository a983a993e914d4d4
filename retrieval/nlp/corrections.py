"""Notes in which a publisher puts an article right: they repeat what was wrong, and state nothing that is so."""

from __future__ import annotations

import re

from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.scripts import PAIRED

_NOTES = load("corrections")
_SPACED, _OTHERS = (
    [each for each in _NOTES["versions"] if bool(re.search(f"[{PAIRED}]", each)) is own] for own in (False, True)
)
_VERSIONS = re.compile(rf"\b(?:{any_of(_SPACED)})|{'|'.join(map(re.escape, _OTHERS))}", re.IGNORECASE)
_WRONGLY = re.compile(rf"\b(?:{any_of(_NOTES['wrongly'])})\b", re.IGNORECASE)
_PIECES = re.compile(rf"\b(?:{any_of(_NOTES['pieces'])})\b", re.IGNORECASE)


def is_correction(sentence: str) -> bool:
    """Whether a sentence tells what an article said before it was corrected."""
    if _VERSIONS.search(sentence):
        return True
    return bool(_WRONGLY.search(sentence) and _PIECES.search(sentence))
