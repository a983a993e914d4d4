"""Names in a question: places, and who it asks about."""

from __future__ import annotations

import re

PLACE = (
    r"(?:the\s+)?(?:africa|asia|australia|austria|belgium|brazil|britain|bulgaria|canada|china|croatia|czechia|denmark"
    r"|egypt|estonia|europe|finland|france|germany|ghana|greece|hungary|india|indonesia|iran|iraq|ireland|israel|italy"
    r"|japan|kenya|latvia|lebanon|lithuania|mexico|netherlands|nigeria|norway|pakistan|poland|portugal|romania|russia"
    r"|serbia|slovakia|slovenia|south\ (?:africa|korea)|spain|sweden|switzerland|syria|taiwan|turkey|ukraine"
    r"|united\ (?:kingdom|states)|(?-i:UK|USA?|U\.S\.|U\.K\.))"
)
AUXILIARY = r"(?:did|does|do|has|have|had|is|are|was|were|will|would|can|could|should|must)"
ASKS = rf"(?:who(?:m|se)?|what|which|when|where|why|how|since\s+when|{AUXILIARY})"
_CAPITAL = (
    rf"(?!(?i:{ASKS}|according|the|in|on|at|by|for|from|and|but|tell|it|they|s?he|i)\b)"
    r"(?:(?:[A-Z]\.){2,}|[^\W\d_a-zß-ÿ][\w-]*)"
)
NAME = rf"\b(?:(?i:{PLACE})\b|(?:[Tt]he\s+)?{_CAPITAL}(?:\s+(?:(?:of|de|von|van)\s+(?:the\s+)?)?{_CAPITAL})*)"
THING = re.compile(r".*\b(?:Act|Accord|Agreement|Treaty|Deal|Law|Bill|Directive|Pact|Prize|Cup|War|Plan)s?")
_ACTOR = re.compile(
    rf".*?\b{AUXILIARY}\s+(?:(?P<said>\w[\w.'’ -]*?)\s+(?:agree|announce|decide|demand|do|expect|plan|propose|promise"
    rf"|react|reply|report|say|spend|think|want|vote)\b|(?P<named>(?-i:{NAME}))|(?P<many>[a-z ]+?[^\Ws]s)\s)",
    re.IGNORECASE,
)


def find_actor(before: str) -> tuple[int, int] | None:
    """Where who acts is named; laws and the like don't act."""
    match = _ACTOR.match(before)
    return match.span(match.lastgroup or 0) if match and not THING.fullmatch(match[match.lastgroup or 0]) else None
