"""One line on every part that answers need, for `briefing doctor` and `/status`."""

from __future__ import annotations

import secrets
import time

from retrieval.domain.answers import Turn
from retrieval.domain.llm import Task
from retrieval.errors import StoreError
from retrieval.llm.second_look import LanguageModel
from retrieval.services.corpus import Corpus
from retrieval.storage.articles import count_articles
from retrieval.storage.passages import count_passages
from retrieval.storage.vectors.exact import ExactVectors
from retrieval.storage.vectors.served import ServedVectors


class Health:
    """Tries the parts of a corpus, and the language model where one is set."""

    def __init__(self, corpus: Corpus, chat: LanguageModel | None) -> None:
        self._corpus = corpus
        self._chat = chat

    def describe(self) -> str:
        """Look at every page of the catalog; the line has the number of stored articles and passages.

        Raises:
            StoreError: it is damaged.
        """
        self._corpus.catalog.check()
        with self._corpus.catalog.reading() as connection:
            articles, passages = count_articles(connection), count_passages(connection)
        return f"{articles} articles, {passages} passages"

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
        return "in step with the catalog"
