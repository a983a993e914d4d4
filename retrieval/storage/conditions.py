"""Conditions of SQL statements: a filter over articles, and lists of ids or keys bound as one value."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Integer, bindparam, cast, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from retrieval.domain.articles import Filter


class _Each(FunctionElement[Any]):
    """The values of a JSON array, as a table with the column `value`."""

    inherit_cache = True


@compiles(_Each, "sqlite")
def _in_sqlite(each: _Each, compiler: Any, **options: Any) -> str:
    return f"json_each({compiler.process(each.clauses, **options)})"


@compiles(_Each, "postgresql")
def _in_postgres(each: _Each, compiler: Any, **options: Any) -> str:
    return f"json_array_elements_text(CAST({compiler.process(each.clauses, **options)} AS JSON))"


BOUND_IDS = select(cast(_Each(bindparam("ids")).table_valued("value").c.value, Integer))
BOUND_KEYS = select(_Each(bindparam("keys")).table_valued("value").c.value)


def bind_ids(ids: Iterable[int]) -> dict[str, str]:
    """The ids as one bound value, so that the SQL text does not depend on their number."""
    return {"ids": json.dumps(list(ids))}


def bind_keys(keys: Iterable[str]) -> dict[str, str]:
    """The keys as one bound value."""
    return {"keys": json.dumps(list(keys))}


def filter_sql(only: Filter, day: str = "published") -> tuple[str, dict[str, object]]:
    """The filter as a SQL condition on the table `articles`, with its bound values; `day` names the column of its
    days.
    """
    parts, bound = ["TRUE"], dict[str, object]()
    if only.since:
        parts.append(f"articles.{day} >= :since")
        bound["since"] = only.since
    if only.until:
        # `~` sorts after every character of a time of day, so the whole last day is in.
        parts.append(f"articles.{day} <= :until")
        bound["until"] = only.until + "~"
    if only.outlets:
        names = {f"outlet{number}": name for number, name in enumerate(only.outlets)}
        parts.append(f"articles.outlet IN ({', '.join(':' + key for key in names)})")
        bound |= names
    if only.scopes is not None:
        names = {f"scope{number}": name for number, name in enumerate(only.scopes)}
        parts.append(f"articles.scope IN ({', '.join(':' + key for key in names)})")
        bound |= names
    if only.keys:
        names = {f"key{number}": name for number, name in enumerate(only.keys)}
        parts.append(f"articles.key IN ({', '.join(':' + key for key in names)})")
        bound |= names
    return " AND ".join(parts), bound
