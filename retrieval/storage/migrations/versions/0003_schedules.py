"""Schedules and their deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("time", sa.String, nullable=False),
        sa.Column("zone", sa.String, nullable=False),
        sa.Column("weekdays", sa.JSON, nullable=False),
        sa.Column("topic", sa.Text),
        sa.Column("role", sa.String),
        sa.Column("creator", sa.String, nullable=False),
        sa.Column("created", sa.String, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("since", sa.String, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("refusals", sa.Integer, nullable=False),
        sa.Column("retry_at", sa.String),
        sa.Column("warning", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("schedules_by_scope", "schedules", ["scope"])
    op.create_table(
        "deliveries",
        sa.Column("schedule", sa.Integer, sa.ForeignKey("schedules.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("due", sa.String, primary_key=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("pages", sa.JSON),
        sa.Column("messages", sa.JSON, nullable=False),
    )
