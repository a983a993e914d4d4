"""The first tables: articles, passages, vectors, changes, facts, and the word index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _make_articles()
    _make_passages()
    op.create_table(
        "changes",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("passage", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "facts",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.String, nullable=False),
    )
    if op.get_bind().dialect.name != "sqlite":
        return
    # Terms are stemmed before they come here, so the tokenizer only has to part them at spaces.
    op.execute("CREATE VIRTUAL TABLE words USING fts5(title, outlet, text, tokenize=\"ascii tokenchars '.'\")")
    op.execute("CREATE VIRTUAL TABLE word_counts USING fts5vocab(words, row)")


def _make_articles() -> None:
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("path", sa.String, nullable=False, unique=True),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("story", sa.Integer, nullable=False),
        sa.Column("title", sa.String),
        sa.Column("author", sa.String),
        sa.Column("outlet", sa.String),
        sa.Column("url", sa.String),
        sa.Column("published", sa.String),
        sa.Column("published_estimated", sa.Boolean, nullable=False),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("basis", sa.JSON, nullable=False),
        sa.Column("centroid", sa.LargeBinary, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("articles_by_file", "articles", ["file"])
    op.create_index("articles_by_day", "articles", ["published"])
    op.create_index("articles_by_outlet", "articles", ["outlet"])
    op.create_index("articles_by_story", "articles", ["story"])


def _make_passages() -> None:
    op.create_table(
        "passages",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("article", sa.Integer, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("passages_by_article", "passages", ["article"])
    op.create_table(
        "vectors",
        sa.Column("passage", sa.Integer, sa.ForeignKey("passages.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )
