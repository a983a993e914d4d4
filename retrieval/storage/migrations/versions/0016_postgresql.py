"""The word index in PostgreSQL; SQLite has had its own from the first revision on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.create_table(
        "word_forms",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("term", sa.Text, nullable=False),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("passages", sa.Integer, nullable=False),
        # Room on every page for the counts to change in place.
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index("word_forms_by_term", "word_forms", ["term", "form"], unique=True)
    op.create_table(
        "words",
        # The id of the passage, by the name that FTS5 gives it.
        sa.Column("rowid", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("article", sa.Integer, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("forms", sa.ARRAY(sa.Integer), nullable=False),
    )
    op.create_index("words_by_article", "words", ["article"])
    # Without a list of pending entries, which every look-up would read.
    op.execute("CREATE INDEX words_by_form ON words USING gin (forms) WITH (fastupdate = off)")
    # A filter over what the words found looks up articles by their ids: rows are wide, this is narrow.
    op.execute("CREATE INDEX articles_by_id ON articles (id) INCLUDE (scope, outlet, published)")
    op.create_table(
        "word_totals",
        sa.Column("passages", sa.Integer, nullable=False),
        sa.Column("length", sa.BigInteger, nullable=False),
    )
    op.execute("INSERT INTO word_totals VALUES (0, 0)")
