"""Conditions of SQL statements: a filter over articles, and lists of ids or keys bound as one value."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from retrieval.domain.searches import Filter

_EACH = func.json_each(bindparam("ids")).table_valued("value")
BOUND_IDS = select(_EACH.c.value)
BOUND_KEYS = select(func.json_each(bindparam("keys")).table_valued("value").c.value)


def bind_ids(ids: Sequence[int]) -> dict[str, str]:
    """The ids as one bound value, so that the SQL text does not depend on their number."""
    return {"ids": json.dumps(list(ids))}


def filter_sql(only: Filter, day: str = "published") -> tuple[str, dict[str, object]]:
    """The filter as a SQL condition on the table `articles`, with its bound values; `day` names the column of its
    days.
    """
    parts, bound = ["1"], dict[str, object]()
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
