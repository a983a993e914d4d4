"""A folder's `sources.toml`: one table a file name, with what is known about the file."""

from __future__ import annotations

import tomllib
from typing import Any

from retrieval.errors import UnreadableError
from retrieval.ingestion.metadata.fields import FIELDS

NAME = "sources.toml"
_KEYS = {*FIELDS, "published_estimated"}

Table = dict[str, Any]


def parse(data: bytes) -> dict[str, Table]:
    """File name -> its table, with the known keys only; values are checked where they are used.

    Raises UnreadableError with the line for what is not TOML, so that the folder's articles can still be
    read and the manifest is named among the skipped files.
    """
    try:
        content = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UnreadableError("not UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UnreadableError(f"not valid TOML: {error}"[:200]) from None
    tables: dict[str, Table] = {}
    for name, value in content.items():
        _collect(name, value, tables)
    return tables


def _collect(name: str, value: object, tables: dict[str, Table]) -> None:
    if not isinstance(value, dict):
        return
    if known := {key: item for key, item in value.items() if key in _KEYS and not isinstance(item, dict)}:
        tables[name] = known
    # `[note.txt]` without quotes means a table "txt" inside a table "note"; what was meant is plain.
    for key, item in value.items():
        _collect(f"{name}.{key}", item, tables)
