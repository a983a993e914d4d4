"""Separates the paragraphs of an article from the boilerplate around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, zip_longest

from retrieval.domain.articles import Block
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.ingestion.cleaning import boilerplate_lines
from retrieval.ingestion.cleaning.paragraphs import Paragraph
from retrieval.ingestion.metadata import byline, masthead
from retrieval.nlp.language import language_of
from retrieval.nlp.markup import LINK
from retrieval.nlp.names import named_agencies
from retrieval.nlp.tokens import content_terms

_LONGEST_TEASER = 300  # characters
_LONGEST_NOTE = 500  # characters
_DASHES = ("-", "–", "—")
_LONGEST_HEADING = 120
_HEADING_WORDS = 16
_AUTHOR_LINES = 4
_BRACKETED = re.compile(r"\([^()]*\)")
_SENTENCE_END = re.compile(r"\w\w[.!?…][\"'”’»)]*\s")
# Lines at the end that may be headlines of other articles, the words of a line (which may have several), the fewest
# terms that tell, and the share of them that this article may have.
_MOST_OTHERS, _HEADLINES, _TELLING, _SHARED = 8, 30, 5, 1 / 6


def clean(paragraphs: Sequence[Paragraph], title: str | None = None) -> list[Paragraph]:
    """The paragraphs of the article proper, headings marked as such.

    Repetitions of a known `title` are dropped but for the first. A short text that is all boilerplate is a note, and is
    returned whole. Raises UnreadableError for a longer one.
    """
    kept = _without_boxes(_without_tail(list(paragraphs)))
    kept = _without_masthead(kept, title)
    kept = [part for part in kept if part.is_row or not boilerplate_lines.is_line(part.text)]
    kept = _without_others(_without_signatures(kept))
    while kept[1:] and (_closes(kept[-1]) or _is_note(kept[-1])):
        kept.pop()
    if not kept and sum(len(part.text) for part in paragraphs if boilerplate_lines.is_line(part.text)) > _LONGEST_NOTE:
        raise UnreadableError(Phrase("nothing but forms and notices"))
    kept = kept or list(paragraphs)
    return [_with_kind(part, after) for part, after in zip_longest(kept, kept[1:])]


def blocks(paragraphs: Sequence[Paragraph]) -> tuple[Block, ...]:
    """The paragraphs as blocks."""
    return tuple(Block(part.start, part.end, part.kind or "paragraph", part.place) for part in paragraphs)


def _without_tail(parts: list[Paragraph]) -> list[Paragraph]:
    """Cuts at the first heading of a list or box that only teasers follow.

    A teaser is a headline, or one sentence under a headline; two sentences in a row, or a long one, are of the
    article. Goes from the end, so that every line is looked at once.
    """
    first = next((index for index, part in enumerate(parts) if _is_sentence(part)), len(parts))
    cut, sentences, headlines, follows = len(parts), 0, 0, False
    for index in range(len(parts) - 1, first, -1):
        part, above = parts[index], _is_sentence(parts[index])
        if above and (follows or len(part.text) > _LONGEST_TEASER):
            break
        if not above and not follows and sentences <= headlines and _opens_tail(part, sentences):
            cut = index
        sentences, headlines, follows = sentences + above, headlines + (not above), above
    return _without_author(parts[:cut])


def _opens_tail(part: Paragraph, sentences: int) -> bool:
    return boilerplate_lines.heads_end(part.text) or (not sentences and boilerplate_lines.heads_box(part.text))


def _without_author(parts: list[Paragraph]) -> list[Paragraph]:
    """Cuts a note on the author off the end."""
    for index in range(max(1, len(parts) - _AUTHOR_LINES), len(parts)):
        if boilerplate_lines.heads_author(parts[index].text):
            return parts[:index]
    return parts


def _without_others(parts: list[Paragraph]) -> list[Paragraph]:
    """Cuts headlines of other articles off the end: lines that are no sentences and share next to no word with this
    one, with the line over them."""
    start = len(parts)
    while start and _may_be_headlines(parts[start - 1]):
        start -= 1
    if parts[start + 1 :] and named_agencies(parts[start].text):
        start += 1  # "(with material from dpa)" is told of this article
    lines = parts[start + 1 :] or parts[start:]
    if not start or not 0 < len(lines) <= _MOST_OTHERS or parts[start - 1].text.endswith(":"):
        return parts
    body = " ".join(part.text for part in parts[:start])
    language = language_of(body)
    told = frozenset(content_terms(body, language))
    own = [term for part in lines for term in content_terms(part.text, language)]
    apart = len(own) >= _TELLING and sum(term in told for term in own) <= _SHARED * len(own)
    return parts[:start] if apart else parts


def _may_be_headlines(part: Paragraph) -> bool:
    """Tell if a line is short and has no whole sentence."""
    whole = boilerplate_lines.is_ended(part.text) or _SENTENCE_END.search(part.text)
    return not (part.is_row or part.text.endswith(":") or len(part.words) > _HEADLINES or whole)


def _without_boxes(parts: list[Paragraph]) -> list[Paragraph]:
    """Drops lists of teasers inside the article: a heading, and headlines or items directly under it. A heading over
    anything else is the article's own."""
    kept: list[Paragraph] = []
    chunk, inside = -1, False
    for part, following in zip_longest(parts, parts[1:]):
        if (
            part.kind is None
            and following
            and boilerplate_lines.heads_box(part.text)
            and _is_listed(following, part.chunk)
        ):
            chunk, inside = part.chunk, True
            continue
        inside = inside and _is_listed(part, chunk)
        if not inside:
            kept.append(part)
    return kept


def _is_listed(part: Paragraph, chunk: int) -> bool:
    return (part.chunk == chunk or part.kind == "item") and not boilerplate_lines.is_ended(part.text)


def _without_masthead(parts: list[Paragraph], title: str | None) -> list[Paragraph]:
    """Drops the lines above the first paragraph, except for the title and the text under it."""
    top = masthead.head(parts)
    nameplate = masthead.find_nameplate(top)
    name = title.casefold() if title else ""
    heading = next((part for part in top if part.text.casefold() == name), None) or masthead.find_title(top, parts)
    # Of a table that has several fields of the article's the others are its own too.
    recorded = sum(part.is_row and byline.is_labelled(part.text) for part in top) > 1
    kept: list[Paragraph] = []
    for index, part in enumerate(top):
        before_title = heading is not None and part.start < heading.start
        last = index == len(top) - 1
        if part is heading:
            kept.append(replace(part, kind="heading"))
        elif part is nameplate or (recorded and part.is_row and byline.is_field(part.text)):
            continue
        elif not _introduces(part, heading, before_title=before_title, last=last):
            kept.append(part)
    name = heading.text.casefold() if heading else name
    rest = (part for part in parts[len(top) :] if part.text.casefold() != name or boilerplate_lines.is_prose(part.text))
    return [*kept, *rest]


def _introduces(part: Paragraph, heading: Paragraph | None, *, before_title: bool, last: bool) -> bool:
    """Tell if a line above the article is a label, byline, date, breadcrumb, count or a repeated title."""
    text = part.text
    if part.is_row and not byline.is_labelled(text):
        return False
    if part.kind == "heading":
        return heading is not None and text.casefold() == heading.text.casefold()
    if byline.is_about_article(part) or byline.is_record(text) or boilerplate_lines.is_line(text):
        return True
    if heading is not None and (text.casefold().endswith(heading.text.casefold()) or _repeats(text, heading.text)):
        return True
    label = len(part.words) <= 3 and not boilerplate_lines.is_ended(text)
    return label and (before_title or not last or byline.is_signature(text))


def _repeats(text: str, title: str) -> bool:
    """Tell if a line is the title with links and a day around it: "Listen The Budget Updated 3 May 2026 (B48914)"."""
    seen, repeated, rest = LINK.sub("", text).partition(title)
    return bool(repeated) and byline.is_dated(_BRACKETED.sub("", f"{seen} {rest}"))


def _without_signatures(parts: list[Paragraph]) -> list[Paragraph]:
    """Drops single lines such as "– Jane Roe"; several in a row are a list of names."""
    kept: list[Paragraph] = []
    for is_item, group in groupby(parts, key=lambda part: part.kind == "item"):
        run = list(group)
        alone = is_item and len(run) == 1 and run[0].bullet in _DASHES
        if not (alone and byline.is_signature(run[0].text)):
            kept.extend(run)
    return kept


def _closes(part: Paragraph) -> bool:
    """Tell if a line at the end is about the article. The last row of a table or item of a list is part of it."""
    if part.kind == "item":
        return False
    short = len(part.text) <= _LONGEST_HEADING and not boilerplate_lines.is_ended(part.text)
    return short and (boilerplate_lines.heads_box(part.text) or byline.is_about_article(part))


def _is_note(part: Paragraph) -> bool:
    """Tell if a whole paragraph is emphasised, as Markdown writes notes on an article."""
    return part.kind is None and any(
        part.text.startswith(mark) and part.text.endswith(mark) and part.text.count(mark) == 2 for mark in "*_"
    )


def _is_sentence(part: Paragraph) -> bool:
    return boilerplate_lines.is_ended(part.text) and len(part.words) >= 6 and not boilerplate_lines.is_line(part.text)


def _with_kind(part: Paragraph, following: Paragraph | None) -> Paragraph:
    """Marks a short line that is no sentence as the heading of the text that follows."""
    if part.kind or following is None or len(part.text) > _LONGEST_HEADING or len(part.words) > _HEADING_WORDS:
        return part
    if part.text.endswith("?"):
        heads = part.chunk != following.chunk and len(part.words) <= 12 and len(following.text) > 80
    elif part.text.endswith(":"):
        heads = _is_titled(part)
    else:
        heads = not boilerplate_lines.is_ended(part.text) and not boilerplate_lines.is_cut_short(part.text)
    return replace(part, kind="heading") if heads else part


def _is_titled(part: Paragraph) -> bool:
    long = [word for word in part.words if len(word) > 3]
    return sum(word[0].isupper() for word in long) > 0.6 * len(long)
