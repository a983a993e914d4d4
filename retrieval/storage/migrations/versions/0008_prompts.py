"""By which version of a prompt a language model was asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("usage", sa.Column("prompt", sa.String, nullable=False, server_default=""))
