"""Watches of channels, their news, the notices that tell them, and the quiet hours of servers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "watch_channels",
        sa.Column("watch", sa.Integer, sa.ForeignKey("watches.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("rhythm", sa.String, nullable=False),
        sa.Column("creator", sa.String, nullable=False),
        sa.Column("warning", sa.Text),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("counted", sa.Boolean, nullable=False),
        sa.Column("pages", sa.JSON),
        sa.Column("messages", sa.JSON, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("refusals", sa.Integer, nullable=False),
        sa.Column("retry_at", sa.String),
        sqlite_autoincrement=True,
    )
    op.create_index("notices_by_scope", "notices", ["scope", "at"])
    op.create_table(
        "watch_news",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("watch", sa.Integer, sa.ForeignKey("watches.id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("news", sa.JSON, nullable=False),
        sa.Column("notice", sa.Integer),
    )
    op.create_index("watch_news_by_watch", "watch_news", ["watch"])
    op.create_index("watch_news_by_notice", "watch_news", ["notice"])
    op.create_table(
        "quiet_hours",
        sa.Column("scope", sa.String, primary_key=True),
        sa.Column("starts", sa.String, nullable=False),
        sa.Column("ends", sa.String, nullable=False),
        sa.Column("zone", sa.String, nullable=False),
        sa.Column("most", sa.Integer, nullable=False),
    )
