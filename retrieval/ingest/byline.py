"""Lines that are about an article rather than of it: bylines, dates, datelines, labelled fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from retrieval.ingest import dates
from retrieval.ingest.paragraphs import Paragraph

_LONGEST = 300
_NAME = r"[^\W\d_a-z][\w.'’-]*(?: (?:(?:de|del|van|von|der|al|bin|la|le|da|dos) )?[^\W\d_a-z][\w.'’-]*){1,3}"
_NAMES = rf"{_NAME}(?:(?:, | and | & |, and ){_NAME}){{0,4}}"
_BYLINE = re.compile(
    rf"(?i:(?:story |words |written |reported |posted |published )?by|author|reporter|correspondent):? "
    rf"(?P<names>{_NAMES})(?:(?:,| \||  ?[-–—•]| for| in) .{{0,79}}[^.!?]| (?:on|at) .{{0,59}}[^.!?])?"
)
# Files that somebody saved by hand often start with lines like these.
_LABELLED = re.compile(
    r"(?P<label>title|headline|author|by|source|outlet|publisher|date|published|url|link):\s*(?P<value>\S.*)", re.I
)
_FIELDS = {"headline": "title", "by": "author", "source": "outlet", "publisher": "outlet", "link": "url"}
_SIGNED = re.compile(rf"(?P<names>{_NAMES}), (?P<outlet>(?:[^\W\d_a-z][\w.&'’-]*)(?: [\w.&'’-]+){{0,4}})")
_PRESS = re.compile(
    r"\b(?:news|times|post|press|today|sports|network|journal|tribune|herald|gazette|guardian|telegraph|reuters"
    r"|cnn|bbc|nbc|cbs|abc|npr|ap|afp|bloomberg|magazine|daily|staff|writer|reporter|correspondent|editor)\b",
    re.IGNORECASE,
)
_AVATAR = re.compile(rf"(?P<names>{_NAME}) [Aa]vatar")
_BY = re.compile(r"(?:written |posted |story )?by:?", re.IGNORECASE)
_ROLE = re.compile(r"\b(?:staff|writer|reporter|correspondent|editor)\b", re.IGNORECASE)
# CNN and the agencies sign at the start of the first paragraph.
_DATELINE = re.compile(
    r"(?:[^\W\d_a-z][\w.,'’ -]{0,40}?\s*)?"
    r"(?:\((?P<signed>CNN(?: Business)?|Reuters|REUTERS|AP|AFP|UPI|dpa|Xinhua|TASS|IANS|PTI|ANI|Bloomberg|BBC)\)"
    r"|(?P<bare>CNN(?: Business)?|Reuters|AFP)(?= ?[—–-]))\s*(?:[—–:-]|$|(?=[^\W\d_a-z]))"
)
_AROUND_DATE = re.compile(
    r"\b(?:today|date|published|posted|updated|modified|created|released|last|first|on|at|by|gmt|utc|bst|est|edt|et|pt|pst"
    r"|pdt|cet|cest|ist|am|pm|a\.m\.|p\.m\.|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun|min|mins|minutes?|read"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|edition|news|article|story)\b|\d{1,2}[:.]\d\d(?::\d\d)?|\d+|[^\w\s]",
    re.IGNORECASE,
)
_STATED = re.compile(r"(?:first |originally )?(?:published|posted|released|date|created)\b", re.IGNORECASE)
_WEAKER = re.compile(r"(?:last )?(?:updated|modified)\b|today\b", re.IGNORECASE)


def is_about_article(part: Paragraph) -> bool:
    """Whether a line of the head is a byline, a date or a dateline: about the article, not of it."""
    text = part.text
    if len(text) > _LONGEST:
        return False
    if any(shape.fullmatch(text) for shape in (_LABELLED, _BYLINE, _AVATAR, _BY)) or is_dated(text):
        return True
    if (signed := _SIGNED.fullmatch(text)) and _PRESS.search(signed["outlet"]):
        return True
    bare = _AROUND_DATE.sub("", text).strip()
    dateline = _DATELINE.match(text)
    return not bare or bool(dateline and dateline.end() == len(text))


def is_dated(text: str) -> bool:
    """Whether a line is a date, with nothing but the words that go with dates."""
    return _date_in(text) is not None


def is_signature(text: str) -> bool:
    """Whether a line is nothing but a name, of people or of the press."""
    return len(text) <= 60 and bool(re.fullmatch(_NAMES, text) or (_PRESS.search(text) and len(text.split()) <= 3))


def find_signature(top: Sequence[Paragraph]) -> tuple[str | None, str | None]:
    """Author and outlet of the byline, each only where it is plain."""
    for part, following in zip_longest(top, top[1:]):
        if match := _BYLINE.fullmatch(part.text):
            return match["names"], None
        if (match := _SIGNED.fullmatch(part.text)) and _PRESS.search(match["outlet"]):
            return match["names"], None if _ROLE.search(match["outlet"]) else match["outlet"]
        if following is None:
            continue
        if (match := _AVATAR.fullmatch(part.text)) and _BY.fullmatch(following.text):
            return match["names"], None
        if _BY.fullmatch(part.text) and re.fullmatch(_NAMES, following.text):
            return following.text, None
    return None, None


def find_dateline(opening: Sequence[Paragraph]) -> str | None:
    """The outlet or agency that signs at the start of a paragraph."""
    matches = (_DATELINE.match(part.text[:100]) for part in opening)
    return next((match["signed"] or match["bare"] for match in matches if match), None)


def find_labelled(top: Sequence[Paragraph], *, title: bool) -> dict[str, object]:
    """What the lines say that name their field."""
    found: dict[str, object] = {}
    for part in top:
        if match := _LABELLED.fullmatch(part.text[:_LONGEST]):
            label = match["label"].lower()
            field = _FIELDS.get(label, label)
            if field in ("author", "outlet", "url") or (field == "title" and title):
                found.setdefault(field, match["value"])
    return found


def find_date(top: Sequence[Paragraph]) -> str | None:
    """The date the head states: the one called the publication's, else a bare one, else the day's or update's."""
    ranked = [(rank, found) for part in top if (found := _date_in(part.text)) for rank in (_rank(part.text),)]
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _rank(text: str) -> int:
    return 0 if _STATED.match(text) else 2 if _WEAKER.match(text) else 1


def _date_in(text: str) -> str | None:
    """The date of a line that holds a date and nothing else but a byline or words that go with dates."""
    if len(text) > 150 or not (found := dates.find(text)):
        return None
    rest = _AROUND_DATE.sub("", found[1]).split()
    about = len(rest) <= 1 or _BYLINE.match(found[1]) or (len(rest) <= 4 and _STATED.match(found[1]))
    return dates.believable(found[0]) if about else None
