"""What servers set about the bot."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "server_settings",
        sa.Column("scope", sa.String, primary_key=True),
        sa.Column("channel", sa.String, primary_key=True),
        sa.Column("chosen", sa.JSON, nullable=False),
    )
