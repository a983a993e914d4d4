"""Reads title, author, outlet and date from the head of an article's text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

from retrieval.domain.articles import Metadata
from retrieval.ingestion.cleaning import boilerplate_lines
from retrieval.ingestion.cleaning.paragraphs import Paragraph
from retrieval.ingestion.metadata import byline, dates
from retrieval.ingestion.metadata.fields import from_table, tidy
from retrieval.nlp.language import language_of

_DEEPEST = 25  # paragraphs: no masthead is longer
_SHALLOW = 3
_LONGEST_NAMEPLATE = 6  # words
_LONGEST_TITLE = 200
_SHORTENED = 90
_SPEAKER = re.compile(r"[^\W\d_][\w.'’ ()-]{1,40}:(?=\s|$)")
_TURNS = 3  # of one speaker
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def read(paragraphs: Sequence[Paragraph], *, title: bool = True) -> Metadata:
    """Title, author, outlet and date in the head of the text; nothing is guessed from the body.

    A wanted title is always found: as a last resort it is the beginning of the first paragraph.
    """
    top = head(paragraphs)
    found: dict[str, object] = {"title": _title(paragraphs, top) if title else None, **_day(paragraphs, top)}
    found["author"], found["outlet"] = byline.find_signature(top)
    if speaker := byline.find_speaker(top):
        found["author"] = found["author"] or speaker[1]
    found |= byline.find_labelled(top, title=title)
    nameplate = find_nameplate(top)
    found["outlet"] = (
        found["outlet"]
        or byline.find_dateline(paragraphs[: len(top) + 1])
        or (nameplate.text if nameplate and title else None)
    )
    return from_table(found, "text")


def head(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """The paragraphs above the first one that is surely part of the article; without such a one, the first few."""
    top = list(takewhile(lambda part: not _is_body(part, paragraphs), paragraphs[:_DEEPEST]))
    return top if len(top) < min(len(paragraphs), _DEEPEST) else top[:_SHALLOW]


def find_title(top: Sequence[Paragraph], paragraphs: Sequence[Paragraph] = ()) -> Paragraph | None:
    """The title among the paragraphs of the head: a repeated one, else the first that may be a title.

    `paragraphs` are those of the whole text: the name of a speaker in a transcript is no title.
    """
    speaker = byline.find_speaker(top)
    top = [part for part in top if part is not speaker[0]] if speaker else top[1:] if find_nameplate(top) else top
    turns = {part.text: match[0].casefold() for part in paragraphs if (match := _SPEAKER.match(part.text))}
    speakers = Counter(turns.values())
    candidates = [part for part in top if _could_be_title(part) and not _is_spoken(part, speakers)]
    texts = [part.text.casefold() for part in top]
    for part in candidates:
        if texts.count(part.text.casefold()) > 1:
            return part
    # The main heading, if it says something, is it, also under the name and the department of whoever publishes.
    candidates.sort(key=lambda part: part.bullet != "#" or len(part.words) <= _SHALLOW)
    for part in candidates:
        # A breadcrumb ends with the title it leads to.
        if any(other is not part and part.text.endswith(other.text) for other in candidates):
            continue
        if part.kind == "heading" or not boilerplate_lines.is_prose(part.text):
            return part
    return None


def find_nameplate(top: Sequence[Paragraph]) -> Paragraph | None:
    """The first line where it names the outlet: a short name with capitals, over the day and a longer title, or in
    capitals over a title that is not.
    """
    if not top or byline.find_speaker(top):
        return None
    name, *rest = top
    if name.kind or len(name.words) > _LONGEST_NAMEPLATE or boilerplate_lines.is_ended(name.text):
        return None
    if not _could_be_title(name) and not all(word[:1].isupper() for word in name.words):
        return None
    title = next((part for part in rest if _could_be_title(part) and not boilerplate_lines.is_body(part.text)), None)
    if title is None or len(title.words) <= max(len(name.words), _SHALLOW):
        return None
    dated = byline.is_dated(rest[0].text) and all(word[:1].isupper() for word in name.words if len(word) > _SHALLOW)
    return name if dated or (name.text.isupper() and not title.text.isupper()) else None


def _is_body(part: Paragraph, paragraphs: Sequence[Paragraph]) -> bool:
    """Tell if a paragraph is of the article, and not a title: a sentence that is repeated, or ends a breadcrumb."""
    if not boilerplate_lines.is_body(part.text):
        return False
    if len(part.text) > _LONGEST_TITLE:
        return True
    return sum(other.text.endswith(part.text) for other in paragraphs[:_DEEPEST]) < 2 and not any(
        other is not part and part.text.endswith(other.text) and len(other.words) > 3 for other in paragraphs[:_DEEPEST]
    )


def _could_be_title(part: Paragraph) -> bool:
    text = part.text
    least = 2 if part.kind == "heading" else 6 if _is_spaceless(text) else 12
    if part.kind == "item" or not least <= len(text) <= _LONGEST_TITLE or text.endswith((":", ";", ",")):
        return False
    if len(part.words) < 3 and part.kind != "heading" and len(text) < 25 and not _is_spaceless(text):
        return False
    return not (
        boilerplate_lines.is_line(text) or boilerplate_lines.is_cut_short(text) or byline.is_about_article(part)
    )


def _is_spoken(part: Paragraph, speakers: Counter[str]) -> bool:
    speaker = _SPEAKER.match(part.text) if part.kind != "heading" else None
    return speaker is not None and speakers[speaker[0].casefold()] >= _TURNS


def _is_spaceless(text: str) -> bool:
    """Tell if a text is in a script without spaces: Chinese, Japanese, Thai, Lao, Khmer, Burmese."""
    return sum(map(bool, map(_SPACELESS.match, text))) * 2 > len(text)


def _day(paragraphs: Sequence[Paragraph], top: Sequence[Paragraph]) -> dict[str, object]:
    """The day in the head. An ambiguous one is an estimate: in English the month comes first."""
    day = byline.find_date(top, paragraphs[len(top) : len(top) + 2])
    if day is None:
        return {}
    if day.other is None:
        return {"published": dates.believable(day.iso)}
    english = language_of(" ".join(part.text for part in paragraphs[:_DEEPEST])) in ("en", "und")
    likelier, other = (day.iso, day.other) if english else (day.other, day.iso)
    return {"published": dates.believable(likelier) or dates.believable(other), "published_estimated": True}


def _title(paragraphs: Sequence[Paragraph], top: Sequence[Paragraph]) -> str | None:
    if title := find_title(top, paragraphs):
        return title.text
    body = [part.text for part in paragraphs if boilerplate_lines.is_body(part.text)] or [
        part.text for part in paragraphs
    ]
    if not body:
        return None
    start = tidy(body[0][: 4 * _SHORTENED])
    if len(start) <= _SHORTENED:
        return start
    cut = start[:_SHORTENED].rpartition(" ")[0] or start[:_SHORTENED]
    return (cut.rstrip(" ,;:–—-") or cut) + "…"
