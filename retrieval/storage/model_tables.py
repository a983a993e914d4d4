"""The catalog's tables of what language models were asked, and what they replied."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, String, Table

from retrieval.storage.schema import tables

# Calls of a language model, one row a call. A row of an old day holds the sums of `calls`, without person, purpose and
# `prompt` version. `day` is in UTC, `person` a hash; `estimated` where the provider did not report the tokens.
usage = Table(
    "usage",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("day", String, nullable=False),
    Column("at", String, nullable=False),
    Column("person", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("model", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Column("cost", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("prompt", String, nullable=False, server_default=""),
    Index("usage_by_day", "day", "person"),
)

# Tokens that calls under way may use, since a moment in seconds since 1970. `person` is a hash.
reserved_tokens = Table(
    "reserved_tokens",
    tables,
    Column("id", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("at", Float, nullable=False),
)

# Replies of a language model, by a hash of the whole request.
replies = Table(
    "replies",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False),
    Column("reply", JSON, nullable=False),
    Index("replies_by_key", "key", unique=True),
    sqlite_autoincrement=True,
)
