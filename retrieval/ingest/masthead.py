"""What the top of an article's text says about it: title, author, outlet and date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile, zip_longest

from retrieval.ingest import dates, furniture
from retrieval.ingest.metadata import from_table, tidy
from retrieval.ingest.paragraphs import Paragraph
from retrieval.models import Metadata

_DEEPEST = 25  # paragraphs: no masthead is longer
_SHALLOW = 3
_LONGEST_TITLE = 200
_SHORTENED = 90
_NAME = r"[^\W\d_a-z][\w.'’-]*(?: (?:(?:de|del|van|von|der|al|bin|la|le|da|dos) )?[^\W\d_a-z][\w.'’-]*){1,3}"
_NAMES = rf"{_NAME}(?:(?:, | and | & |, and ){_NAME}){{0,4}}"
_BYLINE = re.compile(
    rf"(?i:(?:story |words |written |reported |posted |published )?by|author|reporter|correspondent):? "
    rf"(?P<names>{_NAMES})(?:(?:,| \||  ?[-–—•]| for| in) .{{1,80}}| (?:on|at) .{{1,60}})?"
)
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


def read(paragraphs: Sequence[Paragraph], *, title: bool = True) -> Metadata:
    """Title, author, outlet and date as the head of the text states them; nothing is guessed from the body.

    Only the title, if wanted, is always there: failing all else it is the beginning of the first paragraph.
    """
    top = head(paragraphs)
    found: dict[str, object] = {"title": _title(paragraphs, top) if title else None, "published": _date(top)}
    found["author"], found["outlet"] = _signature(top)
    opening = paragraphs[: len(top) + 1]
    datelines = (_DATELINE.match(part.text[:100]) for part in opening)
    if dateline := next((match for match in datelines if match), None):
        found["outlet"] = dateline["signed"] or dateline["bare"]
    return from_table(found, "text")


def head(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """The paragraphs above the first that is surely the article's own; in a text without one, the first few."""
    top = list(takewhile(lambda part: not _is_body(part, paragraphs), paragraphs[:_DEEPEST]))
    return top if len(top) < min(len(paragraphs), _DEEPEST) else top[:_SHALLOW]


def find_title(top: Sequence[Paragraph]) -> Paragraph | None:
    """The title among the paragraphs of the head: one that is repeated, or else the first that looks like one."""
    candidates = [part for part in top if _could_be_title(part)]
    texts = [part.text.casefold() for part in top]
    for part in candidates:
        if texts.count(part.text.casefold()) > 1:
            return part
    for part in candidates:
        # A breadcrumb ends with the title it leads to.
        if any(other is not part and part.text.endswith(other.text) for other in candidates):
            continue
        if part.kind == "heading" or not furniture.is_prose(part.text):
            return part
    return None


def is_about_article(part: Paragraph) -> bool:
    """Whether a line of the head is a byline, a date or a dateline: about the article, not of it."""
    text = part.text
    if len(text) > _LONGEST_TITLE:
        return False
    if _BYLINE.fullmatch(text) or _AVATAR.fullmatch(text) or _BY.fullmatch(text) or _date_in(text):
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


def _is_body(part: Paragraph, paragraphs: Sequence[Paragraph]) -> bool:
    """A title may be a whole sentence; then it is one that stands there twice, or ends a breadcrumb."""
    if not furniture.is_body(part.text):
        return False
    if len(part.text) > _LONGEST_TITLE:
        return True
    return sum(other.text.endswith(part.text) for other in paragraphs[:_DEEPEST]) < 2 and not any(
        other is not part and part.text.endswith(other.text) and len(other.words) > 3 for other in paragraphs[:_DEEPEST]
    )


def _could_be_title(part: Paragraph) -> bool:
    text = part.text
    if part.kind == "item" or not 12 <= len(text) <= _LONGEST_TITLE or text.endswith((":", ";", ",")):
        return False
    if len(part.words) < 3 and part.kind != "heading" and len(text) < 25:
        return False
    return not (furniture.is_line(text) or furniture.is_cut_short(text) or is_about_article(part))


def _title(paragraphs: Sequence[Paragraph], top: Sequence[Paragraph]) -> str | None:
    if title := find_title(top):
        return title.text
    body = [part.text for part in paragraphs if furniture.is_body(part.text)] or [part.text for part in paragraphs]
    if not body:
        return None
    start = tidy(body[0][: 4 * _SHORTENED])
    if len(start) <= _SHORTENED:
        return start
    cut = start[:_SHORTENED].rpartition(" ")[0] or start[:_SHORTENED]
    return cut.rstrip(" ,;:–—-") + "…"


def _signature(top: Sequence[Paragraph]) -> tuple[str | None, str | None]:
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


def _date(top: Sequence[Paragraph]) -> str | None:
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
