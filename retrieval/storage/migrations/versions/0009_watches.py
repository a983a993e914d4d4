"""Watched topics, and the id an article was first stored with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("articles", sa.Column("born", sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "watches",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("only", sa.String, nullable=False),
        sa.Column("state", sa.JSON),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("created", sa.String, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("watches_by_scope", "watches", ["scope"])
