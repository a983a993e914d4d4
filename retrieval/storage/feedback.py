"""What people thought of the answers they were given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select

from retrieval.storage.catalog import Catalog
from retrieval.storage.conversations import restore
from retrieval.storage.schema import answers, feedback


@dataclass(frozen=True, slots=True)
class Vote:
    """What somebody thought of an answer, with the question and the answer as they were.

    `citations` are (file, quote); `given` is a moment in UTC. Who it was is not told.
    """

    given: str
    helpful: bool
    reason: str | None
    question: str
    answer: str
    citations: tuple[tuple[str, str], ...]


class Feedback:
    """Judgements in the catalog's own file, one a person and answer: the last one counts."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def judge(self, key: str, scope: str, voter: str, helpful: bool, reason: str | None = None) -> bool:
        """Keep what somebody thinks of an answer; whether there is such an answer. `voter` tells people apart.

        A reason given before stays until another is given, or the judgement is another.
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
            connection.execute(insert(feedback).values(row).prefix_with("OR REPLACE"))
        return True

    def all(self) -> list[Vote]:
        """Every judgement, oldest first."""
        query = (
            select(feedback.c.given, feedback.c.helpful, feedback.c.reason, answers.c.asked, answers.c.answer)
            .join(answers, answers.c.id == feedback.c.answer)
            .order_by(feedback.c.given, feedback.c.answer)
        )
        with self._catalog.reading() as connection:
            return [_judgement(row) for row in connection.execute(query)]


def _judgement(row: Any) -> Vote:
    cited = tuple((each["file"], each["quote"]) for each in row.answer["citations"])
    return Vote(row.given, row.helpful, row.reason, row.asked, restore(row.answer).text, cited)
