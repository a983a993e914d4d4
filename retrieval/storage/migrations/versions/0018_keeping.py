"""Who asked, as a hash, and on which server; and the servers that the bot is on or has left."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    for table, column in (("answers", "person"), ("notes", "scope"), ("seen", "scope")):
        op.add_column(table, sa.Column(column, sa.String, nullable=False, server_default=""))
    op.create_index("answers_by_person", "answers", ["person"])
    # A cache, emptied: what is in it does not say whose it is.
    op.execute("DELETE FROM replies")
    for column in ("at", "person"):
        op.add_column("replies", sa.Column(column, sa.String, nullable=False, server_default=""))
    op.create_table(
        "servers",
        sa.Column("scope", sa.String, primary_key=True),
        sa.Column("application", sa.String, nullable=False),
        sa.Column("gone", sa.String),
    )
