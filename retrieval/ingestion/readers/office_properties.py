"""What office files record about themselves. The day is that of saving, and so an estimate of the article's."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from retrieval.domain.articles import Metadata
from retrieval.ingestion.metadata import dates
from retrieval.ingestion.metadata.fields import from_table

# What programs write where nobody wrote a title or a name.
_NO_TITLE = re.compile(
    r"(?:microsoft )?(?:word|powerpoint|excel)\b.*|untitled.*|(?:power)?point[- ]presentation|presentation|document\d*"
    r"|präsentation|slide 1|.*\.(?:docx?|pptx?|xlsx?|odt|rtf|pdf)|\W*",
    re.IGNORECASE,
)
_NO_AUTHOR = frozenset(("python-docx", "openpyxl", "steve canny", "unknown", "user", "admin", "author"))


def record_of(properties: Any) -> Metadata:
    """The record of an office file that has "core properties", as the libraries for these hand it out."""
    created = getattr(properties, "created", None) or getattr(properties, "modified", None)
    author = getattr(properties, "author", None) or getattr(properties, "creator", None)
    return record(getattr(properties, "title", None), author, created)


def record(title: str | None, author: str | None, created: datetime | str | None) -> Metadata:
    """The record of a file from what its format keeps."""
    table = {
        "title": None if not title or _NO_TITLE.fullmatch(title.strip()) else title,
        "author": None if not author or author.strip().casefold() in _NO_AUTHOR else author,
        "published": dates.believable(dates.normalise(created)),
        "published_estimated": True,
    }
    return from_table(table, "page")
