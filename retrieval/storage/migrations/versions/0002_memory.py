"""Keys that name articles in links, scopes that say who sees them, and what was answered and how it was judged."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("articles", sa.Column("key", sa.String, nullable=False, server_default=""))
    op.add_column("articles", sa.Column("scope", sa.String, nullable=False, server_default=""))
    _give_keys()
    op.create_index("articles_by_key", "articles", ["key"], unique=True)
    op.create_index("articles_by_scope", "articles", ["scope"])
    _make_answers()
    op.create_table(
        "shown",
        sa.Column("message", sa.String, primary_key=True),
        sa.Column("answer", sa.Integer, sa.ForeignKey("answers.id", ondelete="CASCADE"), nullable=False),
    )
    op.create_index("shown_by_answer", "shown", ["answer"])
    op.create_table(
        "feedback",
        sa.Column("answer", sa.Integer, sa.ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("voter", sa.String, primary_key=True),
        sa.Column("given", sa.String, nullable=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text),
    )


def _give_keys() -> None:
    connection = op.get_bind()
    for id_ in connection.execute(sa.text("SELECT id FROM articles")).scalars().all():
        bound = {"id": id_, "key": secrets.token_hex(12)}
        connection.execute(sa.text("UPDATE articles SET key = :key WHERE id = :id"), bound)


def _make_answers() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("given", sa.String, nullable=False),
        sa.Column("conversation", sa.String, nullable=False),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("only", sa.JSON, nullable=False),
        sa.Column("answer", sa.JSON, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("answers_by_key", "answers", ["key"], unique=True)
    op.create_index("answers_by_conversation", "answers", ["conversation"])
