"""Deletes what is kept of a person, of a server, or for too long, and lists what is kept of a person."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, func, select, update

from retrieval.storage.catalog import Catalog, remove_articles
from retrieval.storage.conversations import restore, voter_of
from retrieval.storage.deliveries import deliveries, mails, notices, schedules, seen, watch_channels, watches
from retrieval.storage.full_text import recount, word_index
from retrieval.storage.limits import additions, askings
from retrieval.storage.schema import answers, articles, digest, facts, feedback, notes, tables, written
from retrieval.storage.servers import ARTICLES_KEPT, NOTES_KEPT, server_settings
from retrieval.storage.usage import CALLS_KEPT, replies, sum_up
from retrieval.storage.usage import usage as calls

# How long it is kept what was posted where; no words are kept of it.
KEPT = timedelta(days=100)
_DAY = 86_400
# The kinds of a server's rows, by their table, as a person reads them.
KINDS = {
    "feeds": "feeds",
    "schedules": "schedules",
    "watches": "watches",
    "notices": "notices of watches",
    "notes": "notes",
    "seen": "posted articles",
    "server_settings": "settings",
    "quiet_hours": "settings",
    "additions": "articles added today",
}

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted, counted by kind, and the questions that were among it."""

    counts: Counts
    questions: Sequence[str] = ()


class Retention:
    """What is kept in the catalog, and for how long: what people asked for `days`, 0 for ever."""

    def __init__(self, catalog: Catalog, days: int = 0, clock: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._catalog = catalog
        self.days = days
        self._clock = clock

    def expire(self) -> Counts:
        """Delete what is older than it is kept."""
        now = self._clock()
        asked = written(now - timedelta(days=self.days)) if self.days else ""
        posted = now - min(KEPT, timedelta(days=self.days)) if self.days else now - KEPT
        today = self._today()
        old = {
            "questions": (answers, answers.c.given < asked),
            "replies of the model": (replies, replies.c.at < asked),
            "notes": (notes, notes.c.day < max(asked, written(now - NOTES_KEPT))[:10]),
            "deliveries": (deliveries, (deliveries.c.due < written(posted)) & (deliveries.c.state != "claimed")),
            "notices of watches": (notices, (notices.c.at < written(posted)) & (notices.c.state != "claimed")),
            "posted articles": (seen, seen.c.at < written(now - ARTICLES_KEPT)),
            "articles added": (additions, additions.c.day < today),
        }
        with self._catalog.writing() as connection:
            gone = {kind: _delete(connection, *which) for kind, which in old.items()}
            connection.execute(update(calls).where(calls.c.day < today, calls.c.person != "").values(person=""))
            connection.execute(delete(askings).where(askings.c.since < now.timestamp() - _DAY))
            sum_up(connection, min(posted, now - CALLS_KEPT).date().isoformat())
        if any(gone.values()):
            self._catalog.database.overwrite()
        return _some(gone)

    def forget_person(self, person: str, limits: bool = True) -> Forgotten:
        """Delete what is kept of a person, known by a Discord id or an e-mail address.

        What is counted for the `limits` of a day may stay to its end, as a hash. What a server has set up stays,
        without the name of who did it.
        """
        with self._catalog.writing() as connection:
            asked = answers.c.person == digest(person)
            told = list(connection.execute(select(answers.c.asked).where(asked)).scalars()) if person else []
            # Before the questions, with which their votes go.
            gone = {"votes": sum(_retract(connection, vote) for vote in _votes(connection, person))}
            gone["questions"] = _delete(connection, answers, asked)
            gone["replies of the model"] = _delete(connection, replies, replies.c.person == digest(person))
            for kind, table, name in (
                ("schedules, which stay without the name", schedules, schedules.c.creator),
                ("watches, which stay without the name", watch_channels, watch_channels.c.creator),
            ):
                unnamed = update(table).where(name == person).values(creator="", warning=None)
                gone[kind] = connection.execute(unnamed).rowcount
            gone["digests by mail"] = sum(_unsubscribe(connection, row, person) for row in _mailed(connection, person))
            until = "9999" if limits else self._today()
            gone["counts for limits"] = sum(
                connection.execute(
                    update(table).where(table.c.person == digest(person), table.c.day < until).values(person="")
                ).rowcount
                for table in (calls, additions)
            )
            if limits:
                gone["counts for limits"] += _delete(connection, askings, askings.c.person == digest(person))
        self._catalog.database.overwrite()
        return Forgotten(_some(gone), told)

    def forget_server(self, scope: str) -> Counts:
        """Delete everything of a server. The caller holds the write lock for articles."""
        with self._catalog.writing() as connection:
            own = connection.execute(select(articles.c.id, articles.c.key).where(articles.c.scope == scope)).all()
            gone = {"articles": len(own)}
            remove_articles(connection, [row.id for row in own])
            gone["questions"] = _delete(connection, answers, answers.c.scope == scope)
            gone["questions"] += _forget_cited(connection, {row.key for row in own})
            channels = _channels(connection, scope)
            for table, where in ((notes, notes.c.channel), (seen, seen.c.destination)):
                gone[KINDS[table.name]] = _delete(connection, table, where.in_(channels))
            for table in tables.sorted_tables:
                if "scope" in table.c and (kind := KINDS.get(table.name)):
                    gone[kind] = gone.get(kind, 0) + _delete(connection, table, table.c.scope == scope)
                elif "scope" in table.c:
                    connection.execute(delete(table).where(table.c.scope == scope))
            # A cache, which has words of the articles and does not say of which.
            gone["replies of the model"] = _delete(connection, replies)
            connection.execute(delete(facts).where(facts.c.name.in_([f"welcomed {scope}", "frequent"])))
            recount(connection)
            word_index(connection).analyse(connection)
        self._catalog.database.overwrite()
        return _some(gone)

    def count_server(self, scope: str) -> Counts:
        """What is kept of a server, counted by kind."""
        kinds = {"articles": "articles", "answers": "questions", **KINDS}
        found: dict[str, int] = {}
        with self._catalog.reading() as connection:
            for name, kind in kinds.items():
                table = tables.tables[name]
                count = select(func.count()).select_from(table).where(table.c.scope == scope)
                found[kind] = found.get(kind, 0) + int(connection.execute(count).scalar_one())
        return _some(found)

    def about(self, person: str) -> dict[str, Any]:
        """What is kept of a person, known by a Discord id or an e-mail address, as a document for JSON."""
        who = digest(person)
        with self._catalog.reading() as connection:
            asked = connection.execute(select(answers).where(answers.c.person == who).order_by(answers.c.id)).all()
            votes = _votes(connection, person)
            made = connection.execute(select(schedules).where(schedules.c.creator == person).order_by("id")).all()
            watched = select(watches, watch_channels.c.channel).join(watch_channels).order_by(watches.c.id)
            own = connection.execute(watched.where(watch_channels.c.creator == person)).all()
            spent = connection.execute(select(calls).where(calls.c.person == who)).all()
            added = connection.execute(select(additions).where(additions.c.person == who)).all()
            mailed = _mailed(connection, person)
        return {
            "person": person,
            "questions": [_question(row) for row in asked],
            "votes": [
                {"given": row.given, "helpful": row.helpful, "reason": row.reason, "question": row.asked}
                for row in votes
            ],
            "schedules": [_shown(row, "id", "scope", "channel", "time", "zone", "topic", "created") for row in made],
            "watches": [_shown(row, "id", "scope", "channel", "topic", "created") for row in own],
            "digests_by_mail": [_shown(row, "id", "scope", "channel") for row in mailed],
            "model_calls": [_shown(row, "at", "purpose", "model", "tokens_in", "tokens_out") for row in spent],
            "articles_added": [_shown(row, "day", "scope", "characters") for row in added],
        }

    def _today(self) -> str:
        return self._clock().astimezone(UTC).date().isoformat()


def _delete(connection: Connection, table: Table, which: ColumnElement[bool] | None = None) -> int:
    rows = delete(table)
    return int(connection.execute(rows if which is None else rows.where(which)).rowcount)


def _some(counts: Counts) -> Counts:
    return {kind: count for kind, count in counts.items() if count}


def _votes(connection: Connection, person: str) -> list[Row[Any]]:
    """The votes of a person, with the questions."""
    query = select(feedback, answers.c.key, answers.c.asked).join(answers, answers.c.id == feedback.c.answer)
    rows = connection.execute(query.order_by(feedback.c.given)).all()
    return [row for row in rows if row.voter == voter_of(row.key, person)]


def _retract(connection: Connection, vote: Row[Any]) -> int:
    return _delete(connection, feedback, (feedback.c.answer == vote.answer) & (feedback.c.voter == vote.voter))


def _mailed(connection: Connection, person: str) -> list[Row[Any]]:
    """The schedules whose digests go to a mail address."""
    if "@" not in person:
        return []
    rows = connection.execute(select(schedules).order_by(schedules.c.id)).all()
    return [row for row in rows if person.casefold() in map(str.casefold, row.mail)]


def _unsubscribe(connection: Connection, schedule: Row[Any], address: str) -> int:
    left = [each for each in schedule.mail if each.casefold() != address.casefold()]
    connection.execute(update(schedules).where(schedules.c.id == schedule.id).values(mail=left))
    connection.execute(
        delete(mails).where(mails.c.schedule == schedule.id, func.lower(mails.c.address) == address.lower())
    )
    return 1


def _channels(connection: Connection, scope: str) -> list[str]:
    """The channels of a server that something is known of: notes of old versions do not say whose they are."""
    watched = select(watch_channels.c.channel).join(watches, watches.c.id == watch_channels.c.watch)
    queries = [watched.where(watches.c.scope == scope)]
    queries += [
        select(table.c.channel).where(table.c.scope == scope) for table in (schedules, notices, server_settings)
    ]
    return sorted({channel for query in queries for channel in connection.execute(query).scalars() if channel})


def _forget_cited(connection: Connection, keys: set[str]) -> int:
    """Delete what quotes articles with these keys: answers that were given where all articles are seen, at the command
    line; watches of there look at their topic anew.
    """
    rows = connection.execute(select(answers.c.id, answers.c.answer).where(answers.c.scope == "")).all()
    citing = [row.id for row in rows if _names(row.answer, keys)]
    for id_ in citing:
        connection.execute(delete(answers).where(answers.c.id == id_))
    for row in connection.execute(select(watches.c.id, watches.c.state).where(watches.c.scope == "")).all():
        if row.state and _names(row.state, keys):
            connection.execute(update(watches).where(watches.c.id == row.id).values(state=None))
    return len(citing)


def _names(kept: Any, keys: set[str]) -> bool:
    said = json.dumps(kept)
    return any(key and key in said for key in keys)


def _question(row: Row[Any]) -> dict[str, Any]:
    kept = row.answer
    try:
        text = restore(kept).text
    except (TypeError, KeyError):  # stored by another version
        text = kept.get("message", "")
    cited = [{"file": each["file"], "quote": each["quote"]} for each in kept.get("citations", ())]
    asked = _shown(row, "given", "scope", "asked")
    return {**asked, "understood": kept.get("question", ""), "answer": text, "citations": cited}


def _shown(row: Row[Any], *columns: str) -> dict[str, Any]:
    """Columns of a row, under the words that people use for them."""
    return {"server" if name == "scope" else name: getattr(row, name) for name in columns}
