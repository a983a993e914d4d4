"""Lines about an article: bylines, dates, datelines, labelled fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from retrieval.ingestion.cleaning.paragraphs import Paragraph
from retrieval.ingestion.metadata import dates
from retrieval.nlp.lexicon import any_of, listed, listed_lines, load
from retrieval.nlp.names import is_title

_WORDS = load("bylines")
_LONGEST = 300
_NAME = r"[^\W\d_a-z][\w.'’-]*(?: (?:(?:de|del|van|von|der|al|bin|la|le|da|dos) )?[^\W\d_a-z][\w.'’-]*){1,3}"
_NAMES = rf"{_NAME}(?:(?:, | and | & |, and ){_NAME}){{0,4}}"
_BYLINE = re.compile(
    rf"(?i:(?:story |words |written |reported |posted |published )?by|author|reporter|correspondent):? "
    rf"(?P<names>{_NAMES})(?:(?:,| \||  ?[-–—•]| for| in) .{{0,79}}[^.!?]| (?:on|at) .{{0,59}}[^.!?])?"
)
_FIELDS = {label: field for field, labels in _WORDS["fields"].items() for label in labels}
_LABELLED = re.compile(rf"(?P<label>{any_of(_FIELDS)}):\s*(?P<value>\S.*)", re.IGNORECASE)
_FILED = re.compile(rf"(?:[\w.]+ )?(?:{any_of(listed(_WORDS['filed'], ';'))})", re.IGNORECASE)
_SIGNED = re.compile(rf"(?P<names>{_NAMES}), (?P<outlet>(?:[^\W\d_a-z][\w.&'’-]*)(?: [\w.&'’-]+){{0,4}})")
_ROLES = listed(_WORDS["roles"])
_PRESS = re.compile(rf"\b(?:{any_of((*listed(_WORDS['press']), *_ROLES))})\b", re.IGNORECASE)
# "Minister of Ports Anna B. Berg": an office, and a name that its initial tells from a headline's words.
_SPEAKER = re.compile(
    r"(?P<office>[^\W\d_a-z][\w’'-]+)(?: (?:of|for|the|and|[^\W\d_a-z][\w’'-]+)){0,8} "
    r"(?P<name>[^\W\d_a-z][\w’'-]+(?: [^\W\d_a-z]\.)+ [^\W\d_a-z][\w’'-]+)"
)
_AVATAR = re.compile(rf"(?P<names>{_NAME}) [Aa]vatar")
_BY = re.compile(r"(?:written |posted |story )?by:?", re.IGNORECASE)
_ROLE = re.compile(rf"\b(?:{any_of(_ROLES)})\b", re.IGNORECASE)
# CNN and the agencies sign at the start of the first paragraph.
_DATELINE = re.compile(
    r"(?:[^\W\d_a-z][\w.,'’ -]{0,40}?\s*)?"
    rf"(?:\((?P<signed>{any_of(listed(_WORDS['signed'], ';'))})\)"
    rf"|(?P<bare>{any_of(listed(_WORDS['bare'], ';'))})(?= ?[—–-]))\s*(?:[—–:-]|$|(?=[^\W\d_a-z]))"
)
_AROUND_DATE = re.compile(
    rf"\b(?:{any_of(listed_lines(_WORDS['around_date']))})\b|\d{{1,2}}[:.]\d\d(?::\d\d)?|\d+|[^\w\s]", re.IGNORECASE
)
_LABELS = load("months")["labels"]


def _labels(name: str) -> str:
    return any_of(listed_lines(_LABELS[name]))


# The label right before a date, at the beginning of its line, behind a mark or in bold.
_CALLED = re.compile(
    rf"(?:^|[^\w\s]\s*|(?<=[a-z])(?=Updated ))"
    rf"(?:(?P<published>{_labels('published')})|(?P<updated>{_labels('updated')}))(?P<mark>\W*)$",
    re.IGNORECASE,
)
_OPENS = re.compile(
    rf"(?:first |originally )?(?:(?P<published>{_labels('published')})|(?P<updated>{_labels('updated')}))(?!\w)",
    re.IGNORECASE,
)
_LONGEST_CALLED = 60
# A label in bold with its value, and a value that is a sentence.
_BOLD_FIELD = re.compile(r"\*\*(?P<label>[^*]{1,40}):\*\*\s*(?P<value>[^*]{0,200})")
_SENTENCE = re.compile(r"(?:\w+\W+){3,}\w{3,}[.!?]\s*\Z")
_PAIR = 2  # cells, or fields
_LONGEST_HEAD = 2_000  # characters of a paragraph into which lines of a head were joined
# "Bern, 8 March 2026." or "BERLIN, 5. März 2026 -": the place and the day that open a text.
_PLACE = re.compile(r"[(*_]*[^\W\d_a-z][\w.'’/-]*(?: [^\W\d_a-z][\w.'’/-]*){0,3}(?:,| [-–—]|:|\(|/)\s*")
_AFTER_PLACE = re.compile(r"(?:\s*(?:г|р|r)\.)?\s*(?:[.:)/–—]|-\s|\([A-Z]|$)")
# What parts the facts of a line: "17 April 2025 | Lisbon | Health Desk".
_PARTED = re.compile(r"\s+[|·•]\s+")
# The ranks of a date, the best first.
_PUBLISHED, _BARE, _DATELINED, _UPDATED = range(4)


class Day(NamedTuple):
    """A day stated by a line; the lowest `rank` is the best. `other` is the second reading of an ambiguous date."""

    rank: int
    iso: str
    other: str | None = None


def is_about_article(part: Paragraph) -> bool:
    """Tell if a line of the head is a byline, a date, a dateline or a labelled field."""
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


def is_labelled(text: str) -> bool:
    """Tell if a row of a table is a labelled field of the article, such as its date or author."""
    cells = [cell.strip(" *_:") for cell in text.strip("| ").split("|")]
    return len(cells) == _PAIR and _names_field(cells[0])


def is_record(text: str) -> bool:
    """Tell if a paragraph is nothing but fields in bold, most of them the article's own, and no sentence:
    "**Report No.:** B48914 **Date:** 3 March 2026 **Author(s):** Roe".
    """
    fields = list(_BOLD_FIELD.finditer(text))
    if not fields or "".join(each[0] for each in fields) != text:
        return False
    if len(fields) == 1 and _OPENS.fullmatch(fields[0]["label"].strip()) and not is_dated(fields[0]["value"].strip()):
        return False  # "**Update:** The ferry is back in service"
    own = sum(_names_field(each["label"]) for each in fields)
    return 2 * own >= min(len(fields), 2 * _PAIR) and not any(_SENTENCE.search(each["value"]) for each in fields)


def is_field(row: str) -> bool:
    """Tell if a row of a table is a label with a colon, and what it labels."""
    cells = [cell.strip(" *_") for cell in row.strip("| ").split("|")]
    return len(cells) == _PAIR and cells[0].endswith(":")


def _names_field(label: str) -> bool:
    """Tell if a label is of a field of articles: "Author(s)", "Report No.", "Publication Date"."""
    label = label.removesuffix("(s)").removesuffix("s").strip()
    return bool(_LABELLED.fullmatch(f"{label}: -") or _OPENS.fullmatch(label) or _FILED.fullmatch(label))


def is_dated(text: str) -> bool:
    """Tell if a line is a date with nothing but the usual words around it."""
    return any(day.rank != _DATELINED for day in _days_in(text, alone=True))


def is_updated(text: str) -> bool:
    """Tell if a line labels its date as that of an update."""
    return _rank(text) == _UPDATED


def is_signature(text: str) -> bool:
    """Tell if a line is only names, of persons or of the press."""
    return len(text) <= 60 and bool(re.fullmatch(_NAMES, text) or (_PRESS.search(text) and len(text.split()) <= 3))


def find_signature(top: Sequence[Paragraph]) -> tuple[str | None, str | None]:
    """Author and outlet of the byline; None where unclear."""
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


def find_speaker(top: Sequence[Paragraph]) -> tuple[Paragraph, str] | None:
    """The line right under a title and a day, in either order, that says who speaks, with the name."""
    for one, two, part in zip(top, top[1:], top[2:], strict=False):
        spoken = _SPEAKER.fullmatch(part.text)
        if spoken and is_title(spoken["office"]) and is_dated(one.text) != is_dated(two.text):
            return part, spoken["name"]
    return None


def find_dateline(opening: Sequence[Paragraph]) -> str | None:
    """The outlet or agency that signs at the start of a paragraph."""
    matches = (_DATELINE.match(part.text[:100]) for part in opening)
    return next((match["signed"] or match["bare"] for match in matches if match), None)


def find_labelled(top: Sequence[Paragraph], *, title: bool) -> dict[str, object]:
    """The values of lines with a label, by fields; `title` is read only if wanted."""
    found: dict[str, object] = {}
    for part in top:
        if match := _LABELLED.fullmatch(part.text[:_LONGEST]):
            label = match["label"].lower()
            field = _FIELDS.get(label, label)
            if field in ("author", "outlet", "url") or (field == "title" and title):
                found.setdefault(field, match["value"])
    return found


def find_date(top: Sequence[Paragraph], opening: Sequence[Paragraph] = ()) -> Day | None:
    """The date in the head: one labelled as publication, else a bare one or that of a dateline, else one of an update.
    `opening` are the paragraphs after the head, which may begin with a dateline.

    An ambiguous date is read as the head writes it elsewhere.
    """
    days = [day for part in top for day in _days_in(part.text)]
    days += [day for part in opening if (day := _dateline_in(part.text))]
    days = [day for day in days if dates.believable(day.iso) or dates.believable(day.other)]
    best = min(days, key=lambda day: day.rank, default=None)
    if best and best.other:
        clear = {written.iso for part in top for written in dates.find(part.text) if not written.other}
        agreed = [iso for iso in (best.iso, best.other) if iso in clear]
        if len(agreed) == 1:
            return Day(best.rank, agreed[0])
    return best


def _days_in(text: str, *, alone: bool = False) -> Iterator[Day]:
    """The days that a line states; with `alone`, only if it contains nothing else."""
    found = list(dates.find(text)) if len(text) <= _LONGEST_HEAD else []
    end = 0
    for written in found:
        before = text[max(end, written.start - _LONGEST_CALLED) : written.start]
        called = _CALLED.search(before)
        end = written.end
        if called and not alone and (len(text) <= _LONGEST or ":" in called["mark"]):
            yield Day(_PUBLISHED if called["published"] else _UPDATED, written.iso, written.other)
    if (
        len(found) >= 1
        and len(text) <= 150
        and (_is_date_alone(text, found) or any(map(dates.is_alone, _PARTED.split(text))))
    ):
        yield Day(_rank(text), found[0].iso, found[0].other)
    elif not alone and (day := _dateline_in(text)):
        yield day


def _is_date_alone(text: str, found: Sequence[dates.WrittenDate]) -> bool:
    before = text[: found[0].start].rstrip(" *_|")
    if before.endswith(":") and not _CALLED.search(text[: found[0].start]) and not _BYLINE.match(text):
        return False  # "Due date: 8 March" is another day
    rest = text[: found[0].start] + " " + text[found[0].end :]
    words = _AROUND_DATE.sub("", rest).split()
    return len(words) <= 1 or bool(_BYLINE.match(rest)) or (len(words) <= 4 and _rank(text) == _PUBLISHED)


def _rank(text: str) -> int:
    start = text.lstrip("*_|#> ")
    if found := _OPENS.match(start):
        return _PUBLISHED if found["published"] else _UPDATED
    return _BARE


def _dateline_in(text: str) -> Day | None:
    place = _PLACE.match(text[:_LONGEST_CALLED])
    if not place:
        return None
    written = next(dates.find(text[:100]), None)
    if written and written.start <= place.end() and _AFTER_PLACE.match(text, written.end):
        return Day(_DATELINED, written.iso, written.other)
    return None
