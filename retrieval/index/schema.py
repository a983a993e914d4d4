"""The catalog's tables. The migrations beside it make them; the word index is in `words.py`."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

tables = MetaData()

facts = Table(
    "facts",
    tables,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

articles = Table(
    "articles",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("path", String, nullable=False, unique=True),
    Column("file", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("story", Integer, nullable=False),
    Column("title", String),
    Column("author", String),
    Column("outlet", String),
    Column("url", String),
    Column("published", String),
    Column("published_estimated", Boolean, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("basis", JSON, nullable=False),
    Column("centroid", LargeBinary, nullable=False),
    # Last, so that SQLite reads the fields above without walking the pages a long text spills into.
    Column("text", Text, nullable=False),
    Index("articles_by_file", "file"),
    Index("articles_by_day", "published"),
    Index("articles_by_outlet", "outlet"),
    Index("articles_by_story", "story"),
    sqlite_autoincrement=True,
)

passages = Table(
    "passages",
    tables,
    # Never reused: Chroma may still hold a passage whose removal it has not followed yet.
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("article", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("line", Integer, nullable=False),
    Index("passages_by_article", "article"),
    sqlite_autoincrement=True,
)

vectors = Table(
    "vectors",
    tables,
    Column("passage", ForeignKey("passages.id", ondelete="CASCADE"), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

# What the vector index has yet to follow; its numbers only ever grow.
changes = Table(
    "changes",
    tables,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("passage", Integer, nullable=False),
    sqlite_autoincrement=True,
)
