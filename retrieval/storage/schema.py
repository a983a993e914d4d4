"""The catalog's tables. The migrations beside it make them; the word index is in `words.py`."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    func,
)

tables = MetaData()

facts = Table(
    "facts",
    tables,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

articles = Table(
    "articles",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("path", String, nullable=False, unique=True),
    Column("file", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("story", Integer, nullable=False),
    Column("title", String),
    Column("author", String),
    Column("outlet", String),
    Column("url", String),
    Column("published", String),
    Column("published_estimated", Boolean, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("basis", JSON, nullable=False),
    Column("centroid", LargeBinary, nullable=False),
    # After all that a search reads of every candidate, so that SQLite need not walk the pages a long text spills into.
    Column("text", Text, nullable=False),
    Column("key", String, nullable=False, server_default=""),
    Column("scope", String, nullable=False, server_default=""),
    # The day it was first stored, in UTC; empty for those stored before days were noted.
    Column("added", String, nullable=False, server_default=""),
    Index("articles_by_file", "file"),
    Index("articles_by_day", "published"),
    Index("articles_by_outlet", "outlet"),
    Index("articles_by_story", "story"),
    Index("articles_by_key", "key", unique=True),
    Index("articles_by_scope", "scope"),
    sqlite_autoincrement=True,
)

passages = Table(
    "passages",
    tables,
    # Never reused: Chroma may still hold a passage whose removal it has not followed yet.
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("article", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("line", Integer, nullable=False),
    Index("passages_by_article", "article"),
    sqlite_autoincrement=True,
)
# The text of a passage is stored once, within its article's.
PASSAGE_TEXT = func.substr(articles.c.text, passages.c.start + 1, passages.c.end - passages.c.start)

vectors = Table(
    "vectors",
    tables,
    Column("passage", ForeignKey("passages.id", ondelete="CASCADE"), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

# Vectors of another embedding model, kept until all passages have one and they take the place of the old.
next_vectors = Table(
    "next_vectors",
    tables,
    Column("passage", ForeignKey("passages.id", ondelete="CASCADE"), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

# The language of an article, as an ISO 639 code; `und` where its text has none. A table of its own, so that a search
# need not read past the article's text; an article stored before languages were noted has no row yet.
languages = Table(
    "languages",
    tables,
    Column("article", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("language", String, nullable=False),
)

# Where in its source a stretch of an article stands, from `start` on to the next: "p. 54", "slide 3". An article whose
# text is the file's own has none: there it is the line.
places = Table(
    "places",
    tables,
    Column("article", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("place", String, nullable=False),
)

# What the vector index has yet to follow; its numbers only ever grow.
changes = Table(
    "changes",
    tables,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("passage", Integer, nullable=False),
    sqlite_autoincrement=True,
)

# What was answered, so that buttons and follow-ups work after a restart. `conversation` is where it was asked,
# `scope` says who may see it again, `only` is the filter that held.
answers = Table(
    "answers",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False),
    Column("given", String, nullable=False),
    Column("conversation", String, nullable=False),
    Column("scope", String, nullable=False),
    Column("asked", Text, nullable=False),
    Column("only", JSON, nullable=False),
    Column("answer", JSON, nullable=False),
    Index("answers_by_key", "key", unique=True),
    Index("answers_by_conversation", "conversation"),
    sqlite_autoincrement=True,
)

# The messages that show an answer.
shown = Table(
    "shown",
    tables,
    Column("message", String, primary_key=True),
    Column("answer", ForeignKey("answers.id", ondelete="CASCADE"), nullable=False),
    Index("shown_by_answer", "answer"),
)

feedback = Table(
    "feedback",
    tables,
    Column("answer", ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Column("voter", String, primary_key=True),
    Column("given", String, nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("reason", Text),
)

# What is to be delivered, and when by local clocks. `since` is the moment up to which all that was due is settled;
# `warning` is a line that the creator has not been told yet.
schedules = Table(
    "schedules",
    tables,
    # Never reused: messages in Discord are told apart by it.
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
    Column("warning", Text),
    Index("schedules_by_scope", "scope"),
    sqlite_autoincrement=True,
)

# What was due: claimed before anything is posted, then posted or given up. `pages` are kept while they are being
# posted, so that every try posts the same; `messages` show them, in order. `at` is when it was claimed.
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
)

# The articles (by key) that a destination was told of, and when.
seen = Table(
    "seen",
    tables,
    Column("destination", String, primary_key=True),
    Column("article", String, primary_key=True),
    Column("at", String, nullable=False),
)

# The feeds that are polled. `polled` is when one was last asked for, `worked` when it was last read, `updated` the day
# the feed itself says it changed; `reason` is what is wrong with it or with some of its articles, if anything.
# `etag` and `modified` are kept only where nothing of what they stand for is left to do.
feeds = Table(
    "feeds",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scope", String, nullable=False),
    Column("url", String, nullable=False),
    Column("title", String, nullable=False),
    Column("added", String, nullable=False),
    Column("polled", String),
    Column("worked", String),
    Column("updated", String),
    Column("failures", Integer, nullable=False),
    Column("reason", Text),
    Column("next_at", String, nullable=False),
    Column("etag", String),
    Column("modified", String),
    Index("feeds_by_address", "scope", "url", unique=True),
    sqlite_autoincrement=True,
)

# The entries of feeds that were looked at: `mark` changes when the entry does, `tries` counts in vain ones, `place` is
# that of its article, None where it has none or is still to be had; `seen` is when the feed last had it.
entries = Table(
    "entries",
    tables,
    Column("feed", ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    Column("entry", String, primary_key=True),
    Column("mark", String, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("place", String),
    Column("reason", Text),
    Column("seen", String, nullable=False),
)

# What was asked of a language model, a row a call; of days long gone a row holds the sums of `calls` alike, and neither
# person, purpose nor the version of the `prompt`. `day` is in UTC, `person` a digest, `estimated` where the provider
# did not say the tokens.
usage = Table(
    "usage",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("day", String, nullable=False),
    Column("at", String, nullable=False),
    Column("person", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("model", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Column("cost", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("prompt", String, nullable=False, server_default=""),
    Index("usage_by_day", "day", "person"),
)

# What a language model replied, by a digest of all that it was asked.
replies = Table(
    "replies",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False),
    Column("reply", JSON, nullable=False),
    Index("replies_by_key", "key", unique=True),
    sqlite_autoincrement=True,
)
