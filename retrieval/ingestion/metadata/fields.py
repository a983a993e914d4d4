"""The metadata fields of an article, all with their basis; and what declares them: `sources.toml`, and front matter in
YAML or TOML at the top of a text."""

from __future__ import annotations

import datetime
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


_OPENING = re.compile(r"\ufeff?(?:---[ \t]*(?:\r\n|\r|\n)(?=[^\r\n])|\+\+\+[ \t]*(?:\r\n|\r|\n))")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_TOML_CLOSING = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)
_TOML_KEY = re.compile(r"[\"']?[A-Za-z_][\w.-]{0,40}[\"']?[ \t]*=|\[")
_KEY = re.compile(r"[\"']?[A-Za-z_][\w -]{0,40}[\"']?[ \t]*:(?:\s|$)")
_OTHER_YAML = re.compile(r"[-\[{%&*!]|\S+(?: \S+){0,2}(?<![.!?])$")
_LONGEST_FRONT = 1 << 16
_NOTHING = {"", "~", "null", "none"}
_PAIR = re.compile(r"[\"']?(?P<key>[A-Za-z_][\w-]{0,40})[\"']?\s*[:=]\s(?P<value>.*\S)")
# Keys of the day of publication, the best first: ours, and those of blogs (Jekyll, Hugo) and notes.
_DATES = ("published", "date", "pubdate", "publishdate", "publish_date", "publication_date", "created", "created_at")


def split_front_matter(text: str) -> tuple[Metadata, int]:
    """The metadata in the front matter, and the offset of the text after it (0 without front matter).

    A text that begins with a `---` rule and a blank line or prose has no front matter; between `+++` it is TOML, as
    Hugo has it. Raises UnreadableError("front matter: ...") if it is never closed, or no table.
    """
    opening = _OPENING.match(text)
    if not opening:
        return Metadata(), 0
    head = text[opening.end() : opening.end() + _LONGEST_FRONT].replace("\r\n", " \n").replace("\r", "\n")
    is_toml = "+" in opening[0]
    closing = (_TOML_CLOSING if is_toml else _CLOSING).search(head)
    lines = (line.strip() for line in head.split("\n", 20))
    first = next((line for line in lines if line and not line.startswith("#")), "")
    if is_toml and not (closing and _TOML_KEY.match(first)):
        return Metadata(), 0
    if not is_toml and not _KEY.match(first) and not (closing and _OTHER_YAML.match(first)):
        return Metadata(), 0
    if not closing:
        raise UnreadableError(Phrase("front matter: never closed"))
    load = _load_toml if is_toml else _load
    return _check(load(head[: closing.start()])), opening.end() + closing.end()


def _load(block: str) -> dict[Any, Any]:
    # Imported here: the command line must come up without them.
    import yaml  # type: ignore[import-untyped]
    from frontmatter.default_handlers import YAMLHandler

    # The base loader leaves every scalar the text it is, so that no title turns into a number and no author
    # named "No" into False; without aliases nothing can expand beyond the block itself.
    class PlainLoader(yaml.BaseLoader):  # type: ignore[misc]
        def compose_node(self, parent: object, index: object) -> Any:
            if self.check_event(yaml.events.AliasEvent):
                raise UnreadableError(Phrase("front matter: aliases are not allowed"))
            return super().compose_node(parent, index)

    try:
        content = YAMLHandler().load(block, Loader=PlainLoader)
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return _load_lines(block)
    if not isinstance(content, dict):
        raise UnreadableError(Phrase("front matter: not a mapping"))
    return content


def _load_toml(block: str) -> dict[Any, Any]:
    try:
        content = tomllib.loads(block)
    except (ValueError, RecursionError):  # also of a number with too many digits
        return _load_lines(block)
    return {key: value if isinstance(value, str | list | dict) else _written(value) for key, value in content.items()}


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _load_lines(block: str) -> dict[Any, Any]:
    """The fields of a block that is not valid YAML or TOML, such as a title with a colon in it, read line by line."""
    found: dict[Any, Any] = {}
    for line in block.split("\n"):
        if pair := _PAIR.fullmatch(line.strip()):
            value = pair["value"].strip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
            found.setdefault(pair["key"], value[1:-1] if quoted else value)
    return found


def _check(content: dict[Any, Any]) -> Metadata:
    """The metadata of a block; names in any case. A value that is not plain text is left out."""
    named = {key.strip().lower(): value for key, value in reversed(content.items()) if isinstance(key, str)}
    days = (named[name] for name in _DATES if _is_plain(named.get(name)))
    named["published"] = next((day for day in days if dates.normalise(day) is not None), None)
    named["author"] = _names(named.get("author")) or _names(named.get("authors"))
    table: dict[str, object] = {}
    for name in (*FIELDS, "published_estimated"):
        value = named.get(name)
        listed = isinstance(value, list) and all(isinstance(item, str) for item in value)
        if _is_plain(value) or (listed and name in ("tags", "author")):
            table[name] = value.lower() if name == "published_estimated" and isinstance(value, str) else value
    return from_table(table, "front_matter")


def _names(value: object) -> list[str]:
    """The names in a text, a table with a `name`, or a list of either."""
    items = value if isinstance(value, list) else [value]
    names = (item.get("name") if isinstance(item, dict) else item for item in items)
    return [name for name in names if isinstance(name, str) and _is_plain(name)]


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and value.strip().lower() not in _NOTHING
