"""How page furniture looks, one line at a time.

A line that could be part of an article is none: it is better to keep a button's label than to lose a sentence.
"""

from __future__ import annotations

import re

from retrieval.ingestion.cleaning import boilerplate_phrases

_LONGEST = 400  # characters; no furniture is longer
_LONGEST_HEADING = 60
_MARKS = " \t:.…|>»›→-–—•*#►▶+"
_CREDITED = re.compile(r"\((?:ap photo|photo|image|credit|source|file photo|via)\b[^()]{2,80}\)\W?$", re.IGNORECASE)
# A link to another story as text: a kicker, a colon with no space after it, a headline.
_KICKER = re.compile(r"[►▶▸»›*]?\s*[^:.!?]{2,60}[.!?]?:(?=[\"'“‘]?[^\W\d_]{2})\S.{8,}")
# Where the page stands in its site: three or more short names with marks between them.
_BREADCRUMB = re.compile(
    r"[^\s>»›/|]+(?: [^\s>»›/|]+){0,3}(?: ?[>»›] ?| [/|] )(?:[^>»›/|]{1,40}(?: ?[>»›] ?| [/|] ))+[^>»›|]{1,200}"
)
_ENDED = re.compile(r"[.!?。！？][\"'”’»)\]]*$")
_CUT_SHORT = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])[\"'”’»)\]]*$")
_NEXT_SENTENCE = re.compile(r"[.!?][\"'”’»)\]]*\s+[\"'“‘«(]?[^\Wa-z_]|[。！？]")
_JUDGED = 2_000  # characters are enough to tell what a text is


def is_line(text: str) -> bool:
    """Whether a line is furniture wherever it stands."""
    if len(text) > _LONGEST:
        return False
    bare = text.strip(" \t:|>»›→←-–—•*")
    if not bare or boilerplate_phrases.LINE.fullmatch(bare):
        return True
    shapes = (_KICKER, _BREADCRUMB, boilerplate_phrases.POINTER)
    return not is_ended(text) and (is_caption(text) or any(shape.fullmatch(text) for shape in shapes))


def is_caption(text: str) -> bool:
    """Whether a line ends with a picture's credit."""
    return len(text) <= _LONGEST and bool(boilerplate_phrases.PICTURE_CREDIT.search(text) or _CREDITED.search(text))


def heads_end(text: str) -> bool:
    """Whether a line heads what comes after an article: a list of other stories, or readers' comments."""
    return _heads(text, boilerplate_phrases.LIST_HEADING) or _heads(text, boilerplate_phrases.END_HEADING)


def heads_box(text: str) -> bool:
    """Whether a line heads anything a page sets around an article, or between its paragraphs."""
    return heads_end(text) or _heads(text, boilerplate_phrases.BOX_HEADING)


def heads_author(text: str) -> bool:
    """Whether a line heads a note on the author."""
    return _heads(text, boilerplate_phrases.AUTHOR_HEADING)


def _heads(text: str, headings: re.Pattern[str]) -> bool:
    return len(text) <= _LONGEST_HEADING and bool(headings.fullmatch(text.strip(_MARKS)))


def is_ended(text: str) -> bool:
    """Whether a text ends as a sentence does; one that trails off in dots was cut short by a page."""
    return bool(_ENDED.search(text[-10:])) and not is_cut_short(text)


def is_cut_short(text: str) -> bool:
    """Whether a text ends in an ellipsis."""
    return bool(_CUT_SHORT.search(text[-10:]))


def is_prose(text: str) -> bool:
    """Whether a text reads as a finished sentence rather than as a headline or label."""
    if not is_ended(text):
        return False
    words = text[:_JUDGED].split()
    if len(words) < 8:  # scripts without spaces have few words and many letters
        return len(text) >= 20 and len(text) > 15 * len(words)
    letters = [word.lstrip("\"'“‘«(")[:1] for word in words if len(word) > 3]
    cased = [letter for letter in letters if letter.isupper() or letter.islower()]
    return sum(letter.isupper() for letter in cased) <= 0.6 * len(cased)


def is_body(text: str) -> bool:
    """Whether a text is surely a paragraph of an article: prose, long or of two sentences."""
    return is_prose(text) and (len(text) >= 120 or bool(_NEXT_SENTENCE.search(text[:_JUDGED])))
