"""The catalog's tables of what is told unasked: schedules, watches, and what they have posted."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from retrieval.storage.schema import PhraseText, tables

# Scheduled digests, with local times. Everything due up to the moment `since` is settled; `warning` is a line that
# the creator has not received yet, `reason` why it failed last.
schedules = Table(
    "schedules",
    tables,
    # Never reused: messages in Discord contain it.
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scope", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("time", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("weekdays", JSON, nullable=False),
    Column("topic", Text),
    Column("role", String),
    Column("creator", String, nullable=False),
    Column("created", String, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("since", String, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("refusals", Integer, nullable=False),
    Column("retry_at", String),
    Column("warning", PhraseText),
    Column("reason", PhraseText),
    # It is of the week; and the addresses that get it by mail too.
    Column("roundup", Boolean, nullable=False, server_default="0"),
    Column("mail", JSON, nullable=False, server_default="[]"),
    Index("schedules_by_scope", "scope"),
    sqlite_autoincrement=True,
)

# Deliveries that were due: claimed before anything is posted, then posted or given up. `pages` are kept while they are
# posted, so that every attempt posts the same; `messages` show them, in order. `at` is when it was claimed.
deliveries = Table(
    "deliveries",
    tables,
    Column("schedule", ForeignKey("schedules.id", ondelete="CASCADE"), primary_key=True),
    Column("due", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("at", String, nullable=False),
    Column("pages", JSON(none_as_null=True)),
    Column("messages", JSON, nullable=False),
    Column("told", JSON(none_as_null=True)),
    Column("menu", JSON(none_as_null=True)),
)

# Mails that are not sent yet, stored with the pages of their delivery.
mails = Table(
    "mails",
    tables,
    Column("id", Integer, primary_key=True),
    Column("schedule", ForeignKey("schedules.id", ondelete="CASCADE"), nullable=False),
    Column("address", String, nullable=False),
    Column("content", Text, nullable=False),
    Column("at", String, nullable=False),
    Column("retry_at", String),
)

# Topics that are looked at again whenever articles came in. `state` is what was seen last, None before the first look.
watches = Table(
    "watches",
    tables,
    # Never reused: messages in Discord contain it.
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scope", String, nullable=False),
    Column("topic", Text, nullable=False),
    Column("only", String, nullable=False),
    Column("state", JSON(none_as_null=True)),
    Column("paused", Boolean, nullable=False),
    Column("created", String, nullable=False),
    Index("watches_by_scope", "scope"),
    sqlite_autoincrement=True,
)

# The channels in which watches are told about. `warning` is a line that the creator has not received yet.
watch_channels = Table(
    "watch_channels",
    tables,
    Column("watch", ForeignKey("watches.id", ondelete="CASCADE"), primary_key=True),
    Column("channel", String, nullable=False),
    Column("rhythm", String, nullable=False),
    Column("creator", String, nullable=False),
    Column("warning", PhraseText),
)

# Messages that tell news of watches: their `pages` are kept while they are posted, so that every attempt posts the
# same; `messages` show them, in order. Those that are `counted` are bounded a day.
notices = Table(
    "notices",
    tables,
    # Never reused: messages in Discord contain it.
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scope", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("at", String, nullable=False),
    Column("state", String, nullable=False),
    Column("counted", Boolean, nullable=False),
    Column("pages", JSON(none_as_null=True)),
    Column("messages", JSON, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("refusals", Integer, nullable=False),
    Column("retry_at", String),
    Index("notices_by_scope", "scope", "at"),
    sqlite_autoincrement=True,
)

# News of watches that have not been told: they came at the moment `at`, and are in a `notice` once one is made of them.
watch_news = Table(
    "watch_news",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("watch", ForeignKey("watches.id", ondelete="CASCADE"), nullable=False),
    Column("at", String, nullable=False),
    Column("news", JSON, nullable=False),
    Column("notice", Integer),
    Index("watch_news_by_watch", "watch"),
    Index("watch_news_by_notice", "notice"),
)

# The local hours in which a server is told nothing of its watches, and the most notices it gets a day.
quiet_hours = Table(
    "quiet_hours",
    tables,
    Column("scope", String, primary_key=True),
    Column("starts", String, nullable=False),
    Column("ends", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("most", Integer, nullable=False),
)

# The articles (by key) that were posted to a destination, and when; `scope` is its server, where it is known.
seen = Table(
    "seen",
    tables,
    Column("destination", String, primary_key=True),
    Column("article", String, primary_key=True),
    Column("at", String, nullable=False),
    Column("scope", String, nullable=False, server_default=""),
)
