"""Digests of a week, and digests by mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("schedules", sa.Column("roundup", sa.Boolean, nullable=False, server_default="0"))
    op.add_column("schedules", sa.Column("mail", sa.JSON, nullable=False, server_default="[]"))
    op.add_column("deliveries", sa.Column("menu", sa.JSON))
    op.create_table(
        "mails",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("schedule", sa.Integer, sa.ForeignKey("schedules.id", ondelete="CASCADE"), nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("retry_at", sa.String),
    )
