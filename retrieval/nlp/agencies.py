"""The news agencies whose pieces others print and rewrite."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_SHORT = {"Associated Press": "AP", "Agence France-Presse": "AFP", "PA Media": "PA"}
_AGENCY = re.compile(
    r"\b(?:AP|Associated Press|Reuters|AFP|Agence France-Presse|UPI|dpa|ANSA|Xinhua|TASS|Interfax|PA Media)\b"
)


def credits_agency(text: str) -> bool:
    """Whether a text names an agency."""
    return _AGENCY.search(text) is not None


def common_agency(texts: Iterable[str]) -> str | None:
    """The agency that the most of these texts name, by its short name."""
    named = Counter(name for text in texts for name in {_SHORT.get(each, each) for each in _AGENCY.findall(text)})
    return max(named, key=lambda name: (named[name], name)) if named else None
