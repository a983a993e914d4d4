"""Front matter, in YAML or TOML: the metadata that a text declares of itself at its top."""

from __future__ import annotations

import datetime
import re
import tomllib
from typing import Any

from retrieval.domain.articles import Metadata
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.ingestion.metadata import dates
from retrieval.ingestion.metadata.fields import FIELDS, from_table

_OPENING = re.compile(r"\ufeff?(?:---[ \t]*(?:\r\n|\r|\n)(?=[^\r\n])|\+\+\+[ \t]*(?:\r\n|\r|\n))")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_TOML_CLOSING = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)
_TOML_KEY = re.compile(r"[\"']?[A-Za-z_][\w.-]{0,40}[\"']?[ \t]*=|\[")
_KEY = re.compile(r"[\"']?[A-Za-z_][\w -]{0,40}[\"']?[ \t]*:(?:\s|$)")
_OTHER_YAML = re.compile(r"[-\[{%&*!]|\S+(?: \S+){0,2}(?<![.!?])$")
_LONGEST = 1 << 16
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
    head = text[opening.end() : opening.end() + _LONGEST].replace("\r\n", " \n").replace("\r", "\n")
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
    named["published"] = next(
        (named[name] for name in _DATES if _is_plain(named.get(name)) and _is_day(named[name])), None
    )
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


def _is_day(value: str) -> bool:
    return dates.normalise(value) is not None
