"""Stores answers, so that their buttons and follow-ups work after a restart, and people's votes on them."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, delete, insert, select, update

from retrieval.domain.answers import Answer, Conflict, Side, Statement, TimelineEntry, Turn, Unanswered
from retrieval.domain.articles import SHARED, Closest, Filter, Searched
from retrieval.domain.citations import Citation, Excerpt
from retrieval.storage.catalog import Catalog
from retrieval.storage.engine import put
from retrieval.storage.schema import answers, digest, feedback, shown

# Turns of a conversation that are used to understand a follow-up.
TURNS = 6
# Answers kept; those with a vote are kept in any case.
KEPT = 20_000
# Questions without an answer: of how long ago, the most that are read, and that are listed.
_ASKED = timedelta(days=7)
_READ, _LISTED = 5_000, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """A stored answer. `key` names it in its buttons, `asked` is the question as the person typed it."""

    key: str
    conversation: str
    scope: str
    asked: str
    only: Filter
    answer: Answer


class Answers:
    """The stored answers, in the catalog's file."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def keep(
        self,
        answer: Answer,
        asked: str,
        only: Filter,
        conversation: str,
        scope: str,
        listed: str | None = None,
        person: str = "",
    ) -> str:
        """Store an answer and return its key. `asked` is the question before the conversation was taken into
        account. Without an answer the question is listed in the channel `listed`, if that is empty in all of the scope.
        The `person` who asked is stored as a hash.
        """
        key = secrets.token_hex(8)
        row = {
            "key": key,
            "given": datetime.now(UTC).isoformat(timespec="seconds"),
            "conversation": conversation,
            "scope": scope,
            "asked": asked,
            "only": asdict(only),
            "answer": asdict(answer),
            "listed": listed,
            "person": digest(person),
        }
        with self._catalog.writing() as connection:
            id_ = connection.execute(insert(answers).returning(answers.c.id), row).scalar_one()
            judged = select(feedback.c.answer)
            connection.execute(delete(answers).where(answers.c.id <= id_ - KEPT, answers.c.id.not_in(judged)))
        return key

    def place(self, key: str, messages: Sequence[str], conversation: str) -> None:
        """Store which messages show an answer, and the conversation it belongs to."""
        found = select(answers.c.id).where(answers.c.key == key)
        with self._catalog.writing() as connection:
            id_ = connection.execute(found).scalar()
            if id_ is not None:
                connection.execute(update(answers).where(answers.c.id == id_).values(conversation=conversation))
                rows = [{"message": message, "answer": id_} for message in messages]
                if rows:
                    put(connection, shown, rows)

    def find(self, key: str, scope: str) -> KeptAnswer | None:
        """The stored answer of this scope; None where there is none, or it was too old to be kept."""
        with self._catalog.reading() as connection:
            query = select(answers).where(answers.c.key == key, answers.c.scope == scope)
            row = connection.execute(query).mappings().one_or_none()
        return _kept_answer(dict(row)) if row else None

    def conversation_of(self, message: str, scope: str) -> str | None:
        """The conversation of the message that shows an answer."""
        return self._shown_by(message, scope, answers.c.conversation)

    def key_at(self, message: str, scope: str) -> str | None:
        """The key of the answer that a message shows."""
        return self._shown_by(message, scope, answers.c.key)

    def _shown_by(self, message: str, scope: str, column: Column[str]) -> str | None:
        query = select(column).join(shown, shown.c.answer == answers.c.id)
        with self._catalog.reading() as connection:
            return connection.execute(query.where(shown.c.message == message, answers.c.scope == scope)).scalar()

    def turns(self, conversation: str, scope: str) -> list[Turn]:
        """The last turns of a conversation, oldest first."""
        query = (
            select(answers)
            .where(answers.c.conversation == conversation, answers.c.scope == scope)
            .order_by(answers.c.id.desc())
            .limit(TURNS)
        )
        with self._catalog.reading() as connection:
            found = [_kept_answer(dict(row)) for row in connection.execute(query).mappings()]
        return [turn(kept.asked, kept.answer) for kept in reversed(found) if kept]

    def unanswered(self, scopes: Sequence[str] | None, channel: str = "") -> tuple[Unanswered, ...]:
        """The questions of the last seven days that have no answer, the most asked first.

        They are those of the scopes that may be listed in the channel, never one asked in private.
        """
        kept = answers.c.answer
        query = (
            select(kept["question"].as_string(), kept["standing"].as_string(), kept["reason"].as_string())
            .where(answers.c.given >= (datetime.now(UTC) - _ASKED).isoformat(timespec="seconds"))
            .where(answers.c.scope != SHARED, answers.c.listed.in_({"", channel}))
            .order_by(answers.c.id.desc())
            .limit(_READ)
        )
        if scopes is not None:
            query = query.where(answers.c.scope.in_(scopes))
        with self._catalog.reading() as connection:
            rows = [(question, *how) for question, *how in connection.execute(query) if question]
        return _unanswered(rows)


def _unanswered(rows: Iterable[tuple[str, str | None, str | None]]) -> tuple[Unanswered, ...]:
    """The questions of these rows, newest first, whose last answer is none.

    Questions that differ in case or punctuation alone are one.
    """
    groups: dict[str, list[tuple[str, bool]]] = {}
    for question, standing, reason in rows:
        if words := " ".join(re.findall(r"\w+", question.casefold())):
            groups.setdefault(words, []).append((question, standing != "answered" and reason != "courtesy"))
    lacking = [own for own in groups.values() if own[0][1]]
    found = (Unanswered(own[0][0], sum(lacks for _, lacks in own)) for own in lacking)
    return tuple(sorted(found, key=lambda each: -each.count)[:_LISTED])


def turn(asked: str, answer: Answer) -> Turn:
    """A turn of a conversation: the question as typed and as understood, and the statements of the answer without
    numbers.
    """
    return Turn(asked, answer.question, " ".join(statement.text for statement in answer.statements))


def _kept_answer(row: Mapping[str, Any]) -> KeptAnswer | None:
    try:
        return KeptAnswer(
            key=row["key"],
            conversation=row["conversation"],
            scope=row["scope"],
            asked=row["asked"],
            only=_filter(row["only"]),
            answer=restore(row["answer"]),
        )
    except (TypeError, KeyError):
        # Stored by another version, with other fields.
        return None


def _filter(kept: Mapping[str, Any]) -> Filter:
    # Filters that old versions stored have no keys.
    names = {name: tuple(named) for name, named in kept.items() if isinstance(named, list)}
    return Filter(**{**kept, **names})


def _conflict(kept: Mapping[str, Any]) -> Conflict:
    return Conflict(tuple(Side(side["said"], tuple(side["citations"])) for side in kept["sides"]))


def _entry(kept: Mapping[str, Any]) -> TimelineEntry:
    return TimelineEntry(**{**kept, "citation": Citation(**kept["citation"])})


def _excerpt(kept: Mapping[str, Any]) -> Excerpt:
    return Excerpt(**{**kept, "marked": tuple((start, end) for start, end in kept["marked"])})


def restore(kept: Mapping[str, Any]) -> Answer:
    """An answer from its stored form. Old versions stored one text instead of statements; it becomes the message."""
    parts = {
        "statements": tuple(map(_statement, kept.get("statements", ()))),
        "excerpts": tuple(map(_excerpt, kept.get("excerpts", ()))),
        "searched": Searched(**kept["searched"]),
        "citations": tuple(Citation(**citation) for citation in kept["citations"]),
        "closest": tuple(Closest(**article) for article in kept["closest"]),
        "timeline": tuple(map(_entry, kept.get("timeline", ()))),
        "conflicts": tuple(map(_conflict, kept.get("conflicts", ()))),
        "prompts": tuple(kept.get("prompts", ())),
        "only": _filter(kept["only"]) if kept.get("only") else None,
        "missed": _filter(kept["missed"]) if kept.get("missed") else None,
    }
    if "text" in kept:
        kept = {**kept, "message": kept["text"], "standing": "answered" if kept["grounded"] else "nothing"}
    same = {name: value for name, value in kept.items() if name not in ("text", "grounded")}
    return Answer(**{**same, **parts})


def _statement(kept: Mapping[str, Any]) -> Statement:
    return Statement(**{**kept, "citations": tuple(kept["citations"])})


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
    return Vote(
        given=row.given,
        helpful=row.helpful,
        reason=row.reason,
        question=row.asked,
        answer=restore(row.answer).text,
        citations=tuple((citation["file"], citation["quote"]) for citation in row.answer["citations"]),
    )


def voter_of(key: str, person: str) -> str:
    """A name that distinguishes people within one answer without revealing who they are."""
    return hashlib.sha256(f"{key} {person}".encode()).hexdigest()[:16]
