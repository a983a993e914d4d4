"""Indexes that answer a filter alone, and what members added."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_COLUMNS = {
    "articles_by_day": ["published", "scope", "outlet"],
    "articles_by_outlet": ["outlet", "scope", "published"],
    "articles_by_scope": ["scope", "published", "outlet"],
}


def upgrade() -> None:
    for name, columns in _COLUMNS.items():
        op.drop_index(name, "articles")
        op.create_index(name, "articles", columns)
    op.create_table(
        "additions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("day", sa.String, nullable=False),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("characters", sa.Integer, nullable=False),
    )
    op.create_index("additions_by_day", "additions", ["day", "scope", "person"])
    if op.get_bind().execute(sa.text("SELECT EXISTS (SELECT 1 FROM articles)")).scalar():
        if op.get_bind().dialect.name == "sqlite":
            op.execute("PRAGMA analysis_limit=1000")
        op.execute("ANALYZE articles")
        op.execute("ANALYZE passages")
