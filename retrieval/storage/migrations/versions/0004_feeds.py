"""Feeds and their entries, what destinations were told of, and the day an article was first stored."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("articles", sa.Column("added", sa.String, nullable=False, server_default=""))
    op.add_column("deliveries", sa.Column("told", sa.JSON))
    op.create_table(
        "seen",
        sa.Column("destination", sa.String, primary_key=True),
        sa.Column("article", sa.String, primary_key=True),
        sa.Column("at", sa.String, nullable=False),
    )
    _make_feeds()
    op.create_table(
        "entries",
        sa.Column("feed", sa.Integer, sa.ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("entry", sa.String, primary_key=True),
        sa.Column("mark", sa.String, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("place", sa.String),
        sa.Column("reason", sa.Text),
        sa.Column("seen", sa.String, nullable=False),
    )


def _make_feeds() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("added", sa.String, nullable=False),
        sa.Column("polled", sa.String),
        sa.Column("worked", sa.String),
        sa.Column("updated", sa.String),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("next_at", sa.String, nullable=False),
        sa.Column("etag", sa.String),
        sa.Column("modified", sa.String),
        sqlite_autoincrement=True,
    )
    op.create_index("feeds_by_address", "feeds", ["scope", "url"], unique=True)
