"""The use cases over one data folder."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING

from retrieval.digest.compose import Topics
from retrieval.domain.reports import Coverage
from retrieval.feeds.fetching import Rounds
from retrieval.llm.requests import LanguageModel, SecondLook
from retrieval.services.articles import Articles
from retrieval.services.asking import Asking, Verification
from retrieval.services.briefs import Briefs
from retrieval.services.corpus import Corpus
from retrieval.services.next_questions import NextQuestions
from retrieval.services.operations import Health, Privacy
from retrieval.services.overviews import Digests, Summaries, Timelines
from retrieval.services.watches import Watches
from retrieval.storage.conversations import Answers, Feedback
from retrieval.storage.limits import Quotas
from retrieval.storage.usage import Usage

if TYPE_CHECKING:
    from retrieval.services.feeds import Intake


class Briefing:
    """Articles in, cited answers out. Made by `bootstrap.open_briefing`; close it when done.

    `chat` is the language model that writes answers and digests, `second` the checker of its statements and of
    claims. Front ends may keep data of their own in the `catalog`. Thread-safe; a question waits for no other
    question and for no ingest.
    """

    def __init__(
        self,
        corpus: Corpus,
        topics: Sequence[str] = (),
        rounds: Rounds = Rounds(),  # noqa: B008 - it cannot change
        chat: LanguageModel | None = None,
        second: SecondLook = SecondLook(),  # noqa: B008 - it cannot change
        aged_days: int = 0,
        quotas: Quotas = Quotas(),  # noqa: B008 - it cannot change
        keep_days: int = 0,
    ) -> None:
        self.corpus = corpus
        self.catalog = corpus.catalog
        self.conversations = Answers(self.catalog)
        self.feedback = Feedback(self.catalog)
        self.usage = Usage(self.catalog)
        self.articles = Articles(corpus)
        followed = Topics(corpus.embedder, topics)
        summaries = Summaries(corpus, self.articles, followed)
        self.asking = Asking(corpus, summaries, self.conversations, chat, second, aged_days)
        self.next_questions = NextQuestions(corpus, self.articles, self.asking)
        self.timelines = Timelines(corpus)
        self.briefs = Briefs(corpus, self.conversations, chat, second)
        self.watches = Watches(corpus, self.briefs)
        self.verification = Verification(corpus, self.articles, second)
        self.digests = Digests(corpus, self.conversations, followed, chat, second, self._coverage)
        self.health = Health(corpus, chat)
        self.privacy = Privacy(corpus, keep_days, rounds.clock)
        self._rounds = rounds
        self._quotas = quotas
        self._feeds: Intake | None = None
        self._opening = Lock()

    @property
    def feeds(self) -> Intake:
        """Feeds, and articles from the web or from attachments."""
        # Imported here because feed readers are slow to import.
        from retrieval.services.feeds import Intake

        with self._opening:
            if self._feeds is None:
                parts = self.catalog, self.corpus.embedder, self.corpus.data_dir, self.corpus.progress
                self._feeds = Intake(*parts, self.corpus.follow, self._rounds, self._quotas)
            return self._feeds

    def _coverage(self, scopes: Sequence[str] | None) -> Coverage:
        return self.feeds.coverage(scopes)

    def close(self) -> None:
        """Close the data folder."""
        if self._feeds:
            self._feeds.close()
        self.corpus.close()
