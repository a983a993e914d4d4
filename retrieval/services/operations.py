"""What an operator asks for: the health of the parts, and the data that is kept of people and servers."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from retrieval.domain.answers import Turn
from retrieval.domain.llm import Task
from retrieval.errors import BriefingError, StoreError
from retrieval.llm.requests import LanguageModel
from retrieval.services.corpus import Corpus
from retrieval.storage import migrations
from retrieval.storage.articles import count_articles
from retrieval.storage.locks import writing_articles
from retrieval.storage.passages import count_passages
from retrieval.storage.retention import Counts, Retention
from retrieval.storage.servers import KnownServers
from retrieval.storage.vectors.exact import ExactVectors
from retrieval.storage.vectors.stored import count_changes
from retrieval.storage.vectors.sync import ServedVectors


@dataclass(frozen=True, slots=True)
class PartState:
    """If a part is ready for questions, and its state in a few words that name no folder and no address."""

    ready: bool
    state: str


@dataclass(frozen=True, slots=True)
class CorpusCounts:
    """The number of stored articles and passages, of changes that the vector index lacks, and its seconds behind."""

    articles: int
    passages: int
    pending: int
    behind: float


class Health:
    """Tries the parts of a corpus, and the language model where one is set."""

    def __init__(self, corpus: Corpus, chat: LanguageModel | None) -> None:
        self._corpus = corpus
        self._chat = chat
        self._embedder = PartState(False, "not loaded yet")
        self._in_step = time.monotonic()

    def warm(self) -> None:
        """Load the embedding model and open the vector index, so that no question waits for that.

        Raises:
            BriefingError: one of them cannot be had.
        """
        try:
            self.try_embedder()
        except BriefingError:
            self._embedder = PartState(False, "fails")
            raise
        self._embedder = PartState(True, "loaded")
        self._corpus.vectors()

    def parts(self) -> dict[str, PartState]:
        """The states of catalog, embedding model and vector index; nothing is loaded or opened for that."""
        return {"catalog": self._catalog_state(), "embedder": self._embedder, "vectors": self._vectors_state()}

    def _catalog_state(self) -> PartState:
        try:
            with self._corpus.catalog.reading() as connection:
                current = migrations.is_current(connection)
        except BriefingError:
            return PartState(False, "does not answer")
        at = f"at revision {migrations.HEAD}" if current else "at another revision"
        return PartState(current, f"{self._corpus.catalog.database.kind} {at}")

    def _vectors_state(self) -> PartState:
        index = self._corpus.opened_vectors
        if index is None:
            return PartState(False, "not open yet")
        if isinstance(index, ServedVectors) and index.trouble:
            return PartState(True, "the server fails: answers come from the stored vectors")
        if isinstance(index, ExactVectors):
            return PartState(True, "held by another process: answers come from the stored vectors")
        try:
            with self._corpus.catalog.reading() as connection:
                pending = count_changes(connection)
        except BriefingError:
            return PartState(False, "unknown")
        return PartState(True, f"{pending} changes to apply" if pending else "in step")

    def counts(self) -> CorpusCounts:
        """Count what is stored, and how far the vector index is behind, as far as earlier calls have seen that.

        Raises:
            StoreError: the catalog does not answer.
        """
        with self._corpus.catalog.reading() as connection:
            articles, passages = count_articles(connection), count_passages(connection)
            pending = count_changes(connection)
        if not pending:
            self._in_step = time.monotonic()
        return CorpusCounts(articles, passages, pending, time.monotonic() - self._in_step)

    def describe(self) -> str:
        """Look at every page of the catalog; the line has the number of stored articles and passages.

        Raises:
            StoreError: it is damaged.
        """
        self._corpus.catalog.check()
        with self._corpus.catalog.reading() as connection:
            articles, passages = count_articles(connection), count_passages(connection)
        return f"{articles} articles, {passages} passages, in {self._corpus.catalog.database.version}"

    def try_embedder(self) -> str:
        """Embed a word; the line names the model."""
        embedder = self._corpus.embedder()
        return f"{embedder.name}, {len(embedder.query('word'))} dimensions"

    def try_chat(self) -> str:
        """Ask the language model something short; the line says how long it took.

        Raises:
            ChatError: it did not answer.
        """
        if self._chat is None:
            return "none is set: answers are the articles' own sentences"
        # A new question every time, because cached replies prove nothing.
        turn = Turn("Is the bridge open?", "Is the bridge open?", "It is closed.")
        task = Task("standalone", f"Since when is bridge {secrets.randbelow(10**9)} closed?", turns=(turn,))
        started = time.perf_counter()
        reply = self._chat.send(self._chat.prepare(task))
        return f"{reply.model} answered in {time.perf_counter() - started:.1f} s"

    def try_vectors(self) -> str:
        """Open the vector index and repair it if needed; the line says if another process holds it.

        Raises:
            StoreError: it cannot be opened, or its server does not answer.
        """
        vectors = self._corpus.vectors()
        if isinstance(vectors, ServedVectors) and vectors.trouble:
            raise StoreError(f"{vectors.trouble}; until then answers come from the stored vectors")
        if isinstance(vectors, ExactVectors):
            return "held by another process; answers come from the catalog's own vectors"
        with self._corpus.catalog.reading() as connection:
            pending = count_changes(connection)
        where = f"on {vectors.where}, " if isinstance(vectors, ServedVectors) else ""
        return f"{where}{f'{pending} passages behind' if pending else 'in step with'} the catalog"


# What a server has that the bot left is kept for this long, so that it may return.
GRACE = timedelta(days=30)


class Privacy(Retention):
    """The data that is kept of people and servers. Questions are kept for `days`, 0 for ever."""

    def __init__(
        self, corpus: Corpus, days: int = 0, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        super().__init__(corpus.catalog, days, clock)
        self._corpus = corpus
        self.servers = KnownServers(corpus.catalog)

    def count_person(self, person: str) -> Counts:
        """Count what is kept of a person, by kind."""
        listed = ((kind.replace("_", " "), rows) for kind, rows in self.about(person).items() if isinstance(rows, list))
        return {kind: len(rows) for kind, rows in listed if rows}

    def forget_server(self, scope: str) -> Counts:
        """Delete everything of a server, and count it by kind.

        Raises:
            BusyError: another process is adding articles.
        """
        with writing_articles(self._corpus.catalog.hold, self._corpus.data_dir):
            gone = super().forget_server(scope)
            self._corpus.follow()
        return gone

    def forget_left(self, owns: Callable[[str], bool] = lambda _server: True) -> dict[str, Counts]:
        """Delete everything of the servers, of these, that the bot left longer than `GRACE` ago, and count it by
        server and kind.

        The servers it is on must have been noted before: one may have taken the bot back.
        """
        gone = filter(owns, self.servers.gone(self._clock() - GRACE))
        return {server: self.forget_server(server) for server in gone}
