"""Indexes that answer a filter alone."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0012"
down_revision = "0009"

_COLUMNS = {
    "articles_by_day": ["published", "scope", "outlet"],
    "articles_by_outlet": ["outlet", "scope", "published"],
    "articles_by_scope": ["scope", "published", "outlet"],
}


def upgrade() -> None:
    for name, columns in _COLUMNS.items():
        op.drop_index(name, "articles")
        op.create_index(name, "articles", columns)
    if op.get_bind().execute(text("SELECT EXISTS (SELECT 1 FROM articles)")).scalar():
        op.execute("PRAGMA analysis_limit=1000")
        op.execute("ANALYZE articles")
        op.execute("ANALYZE passages")
