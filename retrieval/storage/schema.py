"""The catalog's tables that several modules use; others stand beside their queries, as in `deliveries` and `usage`.

The migrations make all; `full_text` creates and reads the word index.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    func,
)

from retrieval.domain.phrase import read, write

tables = MetaData()


class PhraseText(TypeDecorator[str]):
    """A line in the program's own words, stored with its parts."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: object) -> str | None:
        """The line as it is stored."""
        return write(value)

    def process_result_value(self, value: str | None, _dialect: object) -> str | None:
        """The line with its parts."""
        return read(value)


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
    # After the columns a search reads of every candidate, so that SQLite need not read the pages of a long text.
    Column("text", Text, nullable=False),
    Column("key", String, nullable=False, server_default=""),
    Column("scope", String, nullable=False, server_default=""),
    # The day it was first stored, in UTC; empty for articles stored before this column existed.
    Column("added", String, nullable=False, server_default=""),
    # The id it was first stored with, which an updated article keeps; 0 for articles stored before this column existed.
    Column("born", Integer, nullable=False, server_default="0"),
    Index("articles_by_file", "file"),
    # Every filter is answered from one of these alone: rows are wide, with the text before the scope.
    Index("articles_by_day", "published", "scope", "outlet"),
    Index("articles_by_outlet", "outlet", "scope", "published"),
    Index("articles_by_scope", "scope", "published", "outlet"),
    Index("articles_by_story", "story"),
    Index("articles_by_key", "key", unique=True),
    sqlite_autoincrement=True,
)

passages = Table(
    "passages",
    tables,
    # Never reused: Chroma may still hold a passage that was deleted here.
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

# Vectors of a new embedding model, kept until all passages have one; then they replace the old vectors.
next_vectors = Table(
    "next_vectors",
    tables,
    Column("passage", ForeignKey("passages.id", ondelete="CASCADE"), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

# The language of an article as an ISO 639 code, `und` where its text has none. A table of its own, so that a search
# need not read past the article's text. Articles stored by old versions have no row yet.
languages = Table(
    "languages",
    tables,
    Column("article", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("language", String, nullable=False),
)

# The locators of an article in its source, valid from `start` to the next: "p. 54", "slide 3". Plain text files have
# none, because their locator is the line.
places = Table(
    "places",
    tables,
    Column("article", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("place", String, nullable=False),
)

# Changed passages that the vector index has not applied yet; the numbers only grow.
changes = Table(
    "changes",
    tables,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("passage", Integer, nullable=False),
    sqlite_autoincrement=True,
)

# Answers, so that buttons and follow-ups work after a restart. `scope` says who may see an answer again, `only` is
# the filter it was made with. `listed` says where the question may be listed if it has no answer: empty for anywhere on
# its server, a channel's id for that channel alone, None for nowhere. `person` is a hash of who asked.
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
    Column("listed", String),
    Column("person", String, nullable=False, server_default=""),
    Index("answers_by_key", "key", unique=True),
    Index("answers_by_conversation", "conversation"),
    Index("answers_by_day", "given"),
    Index("answers_by_person", "person"),
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

# The last briefing note on a topic that was posted in a channel: the day it is as of, and the highest id of an article
# then. The topic is in lower case, with single spaces. `scope` is the channel's server, where it is known.
notes = Table(
    "notes",
    tables,
    Column("channel", String, primary_key=True),
    Column("topic", String, primary_key=True),
    Column("day", String, nullable=False),
    Column("article", Integer, nullable=False),
    Column("scope", String, nullable=False, server_default=""),
)

# The feeds that are polled. `polled` is when a feed was last requested, `worked` when it was last read, `updated` the
# day it changed by its own account; `reason` is the problem with it or some of its articles, if any.
# `etag` and `modified` are kept only when all entries of that response are done.
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
    Column("reason", PhraseText),
    Column("next_at", String, nullable=False),
    Column("etag", String),
    Column("modified", String),
    Index("feeds_by_address", "scope", "url", unique=True),
    sqlite_autoincrement=True,
)

# The feed entries that were processed: `mark` is a fingerprint of the entry, `tries` counts failed attempts, `place` is
# the path of its article, None where there is none (yet); `seen` is when the feed last contained the entry.
entries = Table(
    "entries",
    tables,
    Column("feed", ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    Column("entry", String, primary_key=True),
    Column("mark", String, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("place", String),
    Column("reason", PhraseText),
    Column("seen", String, nullable=False),
)


def written(moment: datetime) -> str:
    """A moment as the tables have it: in UTC and of one length, so that moments sort as text."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def digest(person: str) -> str:
    """The hash that a person is stored by; empty for nobody."""
    return hashlib.sha256(person.encode()).hexdigest()[:16] if person else ""
