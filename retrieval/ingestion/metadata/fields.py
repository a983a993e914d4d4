"""The metadata fields of an article, all with their basis, and `sources.toml`, which declares them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from html import unescape
from typing import Any

from retrieval.domain.articles import Metadata
from retrieval.domain.citations import Basis
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.ingestion.metadata import dates
from retrieval.nlp.lexicon import listed_lines, load

FIELDS = ("title", "author", "outlet", "url", "published", "tags")
LONGEST = 300
MOST_TAGS = 50
# Control characters, lone surrogates, and marks that reorder or hide text in a chat window. Joiners stay, because
# Persian and emoji need them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    "\ufff9-\uffff\ud800-\udfff]"
)
_LINK = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_LONGEST_LINK = 2_000
_NO_AUTHOR = frozenset(listed_lines(load("bylines")["no_author"]))
_DAY_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_.]?)([01]\d)\2([0-3]\d)(?!\d)")
MANIFEST = "sources.toml"
_KEYS = {*FIELDS, "published_estimated"}
Table = dict[str, Any]


def tidy(value: str) -> str:
    """One line of at most 300 characters without control characters."""
    # Cut first: a title of a megabyte is not worth a megabyte's work.
    line = " ".join(_UNWANTED.sub("", value[: LONGEST * 20]).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def strip_controls(text: str) -> str:
    """The text without control characters, lone surrogates and marks that reorder text. Line breaks stay."""
    return _UNWANTED.sub("", text)


def one_line(text: str) -> str:
    """The text in one line, without control characters."""
    return " ".join(strip_controls(text).split())


def from_table(table: Mapping[str, object], basis: Basis) -> Metadata:
    """Metadata from a manifest's or page's values; a value of the wrong type counts as absent."""
    known: dict[str, Any] = {}
    for name in ("title", "author", "outlet"):
        if text := tidy(unescape(_text(table.get(name))[: LONGEST * 20])):
            known[name] = text
    link = _text(table.get("url")).strip()
    if len(link) <= _LONGEST_LINK and _LINK.fullmatch(link):
        known["url"] = strip_controls(link)
    if published := dates.normalise(table.get("published")):
        known["published"] = published
    if tags := _tags(table.get("tags")):
        known["tags"] = tags
    estimated = "published" in known and table.get("published_estimated") in (True, "true", "yes")
    return Metadata(**known, published_estimated=estimated, basis=dict.fromkeys(known, basis))


def merge(*sources: Metadata) -> Metadata:
    """Every field from the first source that has it; `published_estimated` is from the source of the date."""
    known: dict[str, Any] = {}
    basis: dict[str, Basis] = {}
    for name in FIELDS:
        source = next((source for source in sources if getattr(source, name)), None)
        if source is not None:
            known[name] = getattr(source, name)
            basis[name] = source.basis[name]
            if name == "published":
                known["published_estimated"] = source.published_estimated
    return Metadata(**known, basis=basis)


def is_author(name: str | None) -> bool:
    """Tell if a name that a program recorded is a person's, and no filler such as "unknown"."""
    return bool(name) and str(name).strip(" ()[]<>").casefold() not in _NO_AUTHOR


def from_file_name(name: str) -> Metadata:
    """The day that begins a file's name, as blogs write it, or is the only one in it: `2016-04-11-title.md`."""
    own = name.replace("\\", "/").rpartition("/")[2]
    written = {match.start(): dates.normalise("-".join(match.group(1, 3, 4))) for match in _DAY_IN_NAME.finditer(own)}
    days = {at: day for at, day in written.items() if dates.believable(day)}
    day = days.get(0) or (next(iter(days.values())) if len(set(days.values())) == 1 else None)
    return Metadata(published=day, basis={"published": "text"}) if day else Metadata()


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list | tuple):
        return ", ".join(item for item in value[:MOST_TAGS] if isinstance(item, str))
    return ""


def _tags(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split(",", MOST_TAGS)[:MOST_TAGS]
    if not isinstance(value, list | tuple):
        return ()
    tags = (tidy(tag) for tag in value[:MOST_TAGS] if isinstance(tag, str))
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def parse_manifest(data: bytes) -> dict[str, Table]:
    """File name -> its table, with known keys only; the values are not checked.

    Raises UnreadableError, with the line, for invalid TOML.
    """
    try:
        content = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UnreadableError(Phrase("not UTF-8")) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UnreadableError(Phrase("not valid TOML: {error}", error=str(error)[:180])) from None
    tables: dict[str, Table] = {}
    for name, value in content.items():
        _collect(name, value, tables)
    return tables


def _collect(name: str, value: object, tables: dict[str, Table]) -> None:
    if not isinstance(value, dict):
        return
    if known := {key: item for key, item in value.items() if key in _KEYS and not isinstance(item, dict)}:
        tables[name] = known
    # `[note.txt]` without quotes is a table "txt" inside a table "note"; the intention is clear.
    for key, item in value.items():
        _collect(f"{name}.{key}", item, tables)
