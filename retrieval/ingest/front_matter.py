"""YAML front matter at the top of a text or Markdown file."""

from __future__ import annotations

import re
from typing import Any

from retrieval.errors import UnreadableError
from retrieval.ingest.metadata import FIELDS, from_table
from retrieval.models import Metadata

_OPENING = re.compile(r"\ufeff?---[ \t]*(?:\r\n|\r|\n)(?=[^\r\n])")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_KEY = re.compile(r"[\"']?[A-Za-z_][\w -]{0,40}[\"']?[ \t]*:(?:\s|$)")
_OTHER_YAML = re.compile(r"[-\[{%&*!]|\S+(?: \S+){0,2}(?<![.!?])$")
_LONGEST = 1 << 16
_NOTHING = {"", "~", "null", "none"}


def split(text: str) -> tuple[Metadata, int]:
    """What the front matter says, and where the text after it starts (0: there is none).

    A text that only begins with a `---` rule has none: its first line is blank, or prose, not a key. Raises
    UnreadableError("front matter: ...") for one that is broken, never closed, or not a table of plain values.
    """
    opening = _OPENING.match(text)
    if not opening:
        return Metadata(), 0
    head = text[opening.end() : opening.end() + _LONGEST].replace("\r\n", " \n").replace("\r", "\n")
    closing = _CLOSING.search(head)
    lines = (line.strip() for line in head.split("\n", 20))
    first = next((line for line in lines if line and not line.startswith("#")), "")
    if not _KEY.match(first) and not (closing and _OTHER_YAML.match(first)):
        return Metadata(), 0
    if not closing:
        raise UnreadableError("front matter: never closed")
    return _check(_load(head[: closing.start()])), opening.end() + closing.end()


def _load(block: str) -> dict[Any, Any]:
    # Imported here: the command line must come up without them.
    import yaml  # type: ignore[import-untyped]
    from frontmatter.default_handlers import YAMLHandler

    # The base loader leaves every scalar the text it is, so that no title turns into a number and no author
    # named "No" into False; without aliases nothing can expand beyond the block itself.
    class PlainLoader(yaml.BaseLoader):  # type: ignore[misc]
        def compose_node(self, parent: object, index: object) -> Any:
            if self.check_event(yaml.events.AliasEvent):
                raise UnreadableError("front matter: aliases are not allowed")
            return super().compose_node(parent, index)

    try:
        content = YAMLHandler().load(block, Loader=PlainLoader)
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 2}" if mark else ""
        raise UnreadableError(f"front matter: not valid YAML{place}") from None
    if not isinstance(content, dict):
        raise UnreadableError("front matter: not a mapping")
    return content


def _check(content: dict[Any, Any]) -> Metadata:
    table: dict[str, object] = {}
    # What blogs are written with (Jekyll, Hugo) calls the day of publication `date`.
    if isinstance(content.get("date"), str):
        content = {"published": content["date"], **content}
    for name in (*FIELDS, "published_estimated"):
        value = content.get(name)
        if value is None or (isinstance(value, str) and value.strip().lower() in _NOTHING):
            continue
        listed = isinstance(value, list) and all(isinstance(item, str) for item in value)
        if not isinstance(value, str) and not (listed and name in ("tags", "author")):
            raise UnreadableError(f"front matter: {name} is not plain text")
        table[name] = value.lower() if name == "published_estimated" and isinstance(value, str) else value
    return from_table(table, "front_matter")
