"""The openings by which a model dates a statement: "As of 14 December 2025, ...", "Earlier, in December 2024: ...".

When a statement was made the program says, by the article that it cites.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from retrieval.question.dates import WRITTEN, written_period

_AT = r"(?:as\s+(?:of|at)|on|in|back\s+in|dated)\s+(?:the\s+)?"
# Behind a comma, or before what can only begin a statement: "In 2024 and 2025 the council met" is dated by both.
_DAY = re.compile(
    rf"(?P<date>(?:{_AT})?{WRITTEN})(?:\s*\([^()]{{0,20}}estimated[^()]{{0,20}}\))?"
    r"(?:\s*[,:–—-]\s+(?![0-9]{4}\b)|\s+(?=(?-i:[A-Z])|the\s))",
    re.IGNORECASE,
)
_WRITTEN = re.compile(WRITTEN, re.IGNORECASE)
_THEN = re.compile(
    r"(?:as\s+of\s+(?:now|today)|now|today|currently|presently|at\s+(?:present|the\s+moment)|(?:most|more)\s+recently"
    r"|earlier|later|previously|formerly|before(?:\s+(?:that|then))?|undated)"
    rf"(?:[,:]\s+|\s+(?={_AT}{WRITTEN}))",
    re.IGNORECASE,
)


def undated(text: str, days: Collection[str], longest: int = 366) -> str:
    """A statement without an opening that says when: of dates only one that names a day of `days`.

    Those are of the articles it cites; any other date stays, to be looked for in what they say. So does a time of more
    than the `longest` days.
    """
    rest = text
    while opening := _THEN.match(rest) or _own(rest, days, longest):
        rest = rest[opening.end() :]
    return rest[:1].upper() + rest[1:] if rest and rest != text else text


def _own(text: str, days: Collection[str], longest: int) -> re.Match[str] | None:
    opening = _DAY.match(text)
    written = _WRITTEN.search(opening["date"]) if opening else None
    # "May, who leads the party, ..."
    if opening is None or written is None or opening["date"].isalpha():
        return None
    for day in map(date.fromisoformat, days):
        period = written_period(written[0], day)
        if period and period.first <= day <= period.last and (period.last - period.first).days < longest:
            return opening
    return None
