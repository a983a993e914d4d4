"""The last note on a topic in a channel, and where an unanswered question may be listed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    # Where an older question was asked is not known, so it is listed nowhere.
    op.add_column("answers", sa.Column("listed", sa.String))
    op.create_index("answers_by_day", "answers", ["given"])
    op.create_table(
        "notes",
        sa.Column("channel", sa.String, primary_key=True),
        sa.Column("topic", sa.String, primary_key=True),
        sa.Column("day", sa.String, nullable=False),
        sa.Column("article", sa.Integer, nullable=False),
    )
