"""Which sentences tell of an earlier time than that of their article: what was said in April is no news in November.

Precision first: what is only measured against an earlier time, or beside a word for now, is news.
"""

from __future__ import annotations

import re
from datetime import date

_SAID = (
    r"(?:said|told|insisted|warned|argued|vowed|pledged|promised|claimed|stated|declared|announced|suggested|proposed"
    r"|called|ruled|refused|rejected|opposed|supported|wanted|planned|hoped|intended)"
)
_BACK_THEN = re.compile(
    r"\bat\s+(?:the|that)\s+time\b(?!\s+(?:of|when|that)\b)|\bback\s+(?:then|in\s+(?:the|[A-Z0-9]))|\bin\s+those\s+days\b"
    rf"|\A\W*(?:previously|formerly|originally|initially)\b|\bpreviously\s+{_SAID}\b"
    rf"|\b(?:had|has|have|was|were)\s+(?:previously|formerly|originally|initially)\s+\w+(?:ed|en|id|old)\b"
    rf"|\A(?:(?!\b(?:said|says|told|{_SAID}\s+that)\b).)*\bhad\s+(?:\w+ly\s+|also\s+|long\s+)?(?:said|told|insisted|vowed|pledged)\b",
    re.IGNORECASE | re.DOTALL,
)
_AGO = re.compile(
    r"\b(?:last\s+year|earlier\s+this\s+year|(?:years|decades|months)\s+ago|(?:a|one)\s+(?:year|decade)\s+ago)\b",
    re.IGNORECASE,
)
_SHORT = r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\."
_MONTH = rf"(?:January|February|March|April|May|June|July|August|September|October|November|December|{_SHORT})"
_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_PART = r"(?:(?:the|early|mid|late|spring|summer|autumn|fall|winter|beginning|middle|end|start|of)[\s-]+)*"
# "in April", "on 3 April 2022", "in the spring of 2020"; in "the 2020 election" the year belongs to the election.
_DATED = re.compile(
    rf"\b(?:[Ii]n|[Oo]n|[Dd]uring|[Tt]hroughout)\s+{_PART}(?:[0-9]{{1,2}}\s+)?(?P<month>{_MONTH})?"
    r"(?:\s+[0-9]{1,2}(?:st|nd|rd|th)?\b)?,?\s*(?:of\s+)?(?P<year>(?:1[5-9]|20)[0-9]{2}\b)?"
    r"(?=\W*\Z|[,.;:)—–]|\s[—–-]|\s+(?:[a-z]+)\b)"
)
# A noun behind a year is what the year is of.
_OF_YEAR = re.compile(
    r"\s+(?!(?:and|but|that|when|while|to|by|as|after|before|because|at|on|in|for|with|from|if)\b)[a-z]"
)
# Clauses and asides that only say more of somebody or something.
_ASIDE = re.compile(r",\s(?:which|who|whom|whose|where|when|after|since|before|following|having)\b[^,;.]*|\([^()]*\)")
# An earlier time is only what something is measured or counted from, or what it ends.
_MEASURED = re.compile(
    r"\b(?:than|from|since|compared|versus|unlike|after|before|until|like|as|by)\b[^,;.:]*\Z", re.IGNORECASE
)
_NOW = re.compile(
    r"\b(?:now|today|yesterday|currently|recently|still|again|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|no\s+longer"
    r"|(?:this|last)\s+(?:week|month|morning)|is|are|has|have|will|would|plans?\s+to|expected|due|next|until|years?\s+later)\b"
    r"|['’](?:s|ve|ll|re)\s+(?:\w+ing|been|\w+ed)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:\w{2,}ed|was|were|had|did|said|told|made|took|began|came|went|won|lost|left|met|gave|got|held|sent|put|fell"
    r"|rose|saw|wrote|spoke|ran|led|struck|bought|sold|paid|became|found|kept|brought|built|broke|chose|sought|stood)\b"
)
# A date so many months before that of the article is another time: June’s figures are told as news in August.
_APART = 3


def tells_of_before(text: str, day: str) -> bool:
    """Whether a sentence of an article of this day (ISO; empty where it is unknown) tells of a time before it."""
    if _BACK_THEN.search(text):
        return True
    main = _ASIDE.sub("", text)
    if _NOW.search(main):
        return False
    times = list(_AGO.finditer(main))
    if day:
        times += [each for each in _DATED.finditer(main) if _is_before(each, main, date.fromisoformat(day[:10]))]
    return any(_is_told(main, each) for each in times)


def _is_before(found: re.Match[str], text: str, day: date) -> bool:
    """Whether a date lies before the day; a month without its year is the last one of that name."""
    year, month = found["year"], _number(found["month"])
    if year is None:
        return month is not None and _APART <= (day.month - month) % 12 <= 12 - _APART
    if month is None:
        behind = _OF_YEAR.match(text, found.end())
        # Of a year that has only just ended one is told as news.
        return not behind and int(year) < day.year - (day.month <= _APART)
    return day.year * 12 + day.month - (int(year) * 12 + month) >= _APART


def _number(month: str | None) -> int | None:
    return _NAMES.index(month[:3].casefold()) + 1 if month else None


def _is_told(text: str, time: re.Match[str]) -> bool:
    """Whether the sentence itself tells of then, and not only something in it: "the deal agreed in April"."""
    before, after = text[: time.start()], text[time.end() :]
    if _MEASURED.search(before) or _PAST.match(after.lstrip()):
        return False
    if len(before.split()) < 2:  # "Speaking on 3 April, ..."
        return bool(_PAST.search(after))
    return len(_PAST.findall(before)) == 1
