"""Stores people's votes on answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select

from retrieval.storage.catalog import Catalog
from retrieval.storage.conversations import restore
from retrieval.storage.engine import put
from retrieval.storage.schema import answers, feedback


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """A person's vote on an answer, with the question and the answer as shown.

    `citations` are (file, quote); `given` is a moment in UTC. The person is not named.
    """

    given: str
    helpful: bool
    reason: str | None
    question: str
    answer: str
    citations: tuple[tuple[str, str], ...]


class Feedback:
    """Votes in the catalog's file, one for every person and answer: the last one counts."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def judge(self, key: str, scope: str, voter: str, helpful: bool, reason: str | None = None) -> bool:
        """Store a vote on an answer; false where there is no such answer. `voter` identifies the person.

        An earlier reason stays until the person gives another one or votes differently.
        """
        with self._catalog.writing() as connection:
            found = select(answers.c.id).where(answers.c.key == key, answers.c.scope == scope)
            answer = connection.execute(found).scalar()
            if answer is None:
                return False
            before = select(feedback.c.reason).where(
                feedback.c.answer == answer, feedback.c.voter == voter, feedback.c.helpful == helpful
            )
            row = {
                "answer": answer,
                "voter": voter,
                "given": datetime.now(UTC).isoformat(timespec="seconds"),
                "helpful": helpful,
                "reason": reason or connection.execute(before).scalar(),
            }
            put(connection, feedback, [row])
        return True

    def retract(self, key: str, scope: str, voter: str, helpful: bool) -> None:
        """Delete a person's vote on an answer, if it is still this one."""
        which = select(answers.c.id).where(answers.c.key == key, answers.c.scope == scope).scalar_subquery()
        own = feedback.c
        with self._catalog.writing() as connection:
            connection.execute(delete(feedback).where(own.answer == which, own.voter == voter, own.helpful == helpful))

    def all(self) -> list[Vote]:
        """All votes, oldest first."""
        query = (
            select(feedback.c.given, feedback.c.helpful, feedback.c.reason, answers.c.asked, answers.c.answer)
            .join(answers, answers.c.id == feedback.c.answer)
            .order_by(feedback.c.given, feedback.c.answer)
        )
        with self._catalog.reading() as connection:
            return [_vote(row) for row in connection.execute(query)]


def _vote(row: Any) -> Vote:
    cited = tuple((citation["file"], citation["quote"]) for citation in row.answer["citations"])
    return Vote(
        given=row.given,
        helpful=row.helpful,
        reason=row.reason,
        question=row.asked,
        answer=restore(row.answer).text,
        citations=cited,
    )
