"""What several processes over one catalog share: claims, questions of people, turns at hosts, reserved tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "claims", sa.Column("unit", sa.String, primary_key=True), sa.Column("holder", sa.String, nullable=False)
    )
    op.create_table(
        "askings",
        sa.Column("person", sa.String, primary_key=True),
        sa.Column("since", sa.Float, nullable=False),
        sa.Column("questions", sa.Integer, nullable=False),
    )
    op.create_table(
        "hosts", sa.Column("name", sa.String, primary_key=True), sa.Column("free_at", sa.Float, nullable=False)
    )
    op.create_table(
        "reserved_tokens",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("tokens", sa.Integer, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.add_column("schedules", sa.Column("reason", sa.Text))
