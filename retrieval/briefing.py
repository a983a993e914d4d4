"""The use cases, a few lines each: what the front ends call."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from retrieval import thresholds
from retrieval.answering.age import warn
from retrieval.answering.conflicts import settle
from retrieval.answering.corpus import courtesy, list_articles
from retrieval.answering.extractive import answer
from retrieval.answering.generated import compose
from retrieval.answering.grounded_generation import Draft, Tell, asked, looked_at, parsed, prompted, write
from retrieval.answering.llm_judge import give_opinion, reword
from retrieval.answering.material import Material
from retrieval.answering.missed import missed
from retrieval.answering.model_evidence import headings, passages, widened
from retrieval.answering.verification import judge
from retrieval.chat.second_look import Ask, SecondLook
from retrieval.comparison.contrast import contrast
from retrieval.comparison.sides import SAME
from retrieval.digest.compose import compose as compose_digest
from retrieval.digest.marks import collect, mark
from retrieval.digest.summary import last_days, no_summary, summarise_article, summarise_days, summarise_topic
from retrieval.digest.topics import Topic
from retrieval.digest.written import leads, rewrite
from retrieval.embedding.base import Embedder
from retrieval.errors import ChatError, NotFoundError, QuestionError
from retrieval.evidence.citations import cite_part, excerpt
from retrieval.evidence.embedded import once
from retrieval.evidence.excerpts import ArticleText, excerpts
from retrieval.evidence.sentence_selection import gather
from retrieval.index import lookup
from retrieval.index.catalog import Catalog
from retrieval.index.follower import FollowingVectors
from retrieval.index.locks import writing_articles
from retrieval.index.stored import StoredVectors
from retrieval.ingest import names as article_names
from retrieval.ingest.arrivals import is_on_disk, place_of
from retrieval.ingest.pipeline import Pipeline
from retrieval.intake.fetching import Rounds
from retrieval.memory.answers import Answers
from retrieval.memory.feedback import Feedback
from retrieval.memory.schedules import Schedules
from retrieval.memory.seen import Seen
from retrieval.memory.usage import Usage
from retrieval.models import (
    Answer,
    Article,
    Citation,
    Comparison,
    Digest,
    Filter,
    Hit,
    IngestReport,
    Listed,
    Passage,
    QuoteInContext,
    Reply,
    Task,
    Timeline,
    Turn,
    Verdict,
    Written,
)
from retrieval.nlp.language import language_of
from retrieval.nlp.tokens import content_terms
from retrieval.progress import Progress
from retrieval.question.followup import standalone
from retrieval.question.kinds import Kind, Wanted
from retrieval.question.outlets import resolve_outlets
from retrieval.question.understanding import Question, about, clean, understand
from retrieval.search.hybrid import Finder, Found, all_of
from retrieval.search.mentions import find_mentions
from retrieval.timeline.trace import trace

if TYPE_CHECKING:
    from retrieval.intake.intake import Intake

_WAITING = "another process holds the vector index: it, or the next command, takes the changes in"


class Briefing:
    """Articles in, cited answers out. Made by `build.open_briefing`; close it to leave everything in good order.

    With `ask` a language model writes answers and digests; `second` says who looks at them again, and at claims.

    Safe to use from several threads; a question waits for no other, and for no ingest.
    """

    def __init__(
        self,
        catalog: Catalog,
        embedder: Callable[[], Embedder],
        vectors: Callable[[], FollowingVectors | StoredVectors],
        data_dir: Path,
        progress: Progress,
        topics: Sequence[str] = (),
        rounds: Rounds = Rounds(),  # noqa: B008 - it cannot change
        ask: Ask | None = None,
        second: SecondLook = SecondLook(),  # noqa: B008 - it cannot change
        aged_days: int = 0,
    ) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._open_vectors = vectors
        self._opened: FollowingVectors | StoredVectors | None = None
        self._waiting = False
        self._data_dir = data_dir
        self._progress = progress
        self._topics = topics
        self._rounds = rounds
        self._ask_model = ask
        self._second = second
        self._aged_days = aged_days
        self._intake: Intake | None = None
        self._opening, self._following, self._beginning = Lock(), Lock(), Lock()
        self.answers = Answers(catalog)
        self.feedback = Feedback(catalog)
        self.usage = Usage(catalog)
        self.schedules = Schedules(catalog)
        self._seen = Seen(catalog)

    def close(self) -> None:
        """Let go of the data folder, in good order."""
        if self._intake:
            self._intake.close()
        try:
            if self._opened:
                self._opened.close()
                self._opened = None
        finally:
            self._catalog.close()

    @property
    def intake(self) -> Intake:
        """Feeds, and articles that come from the web or as attachments."""
        # Its readers of feeds take a while to import.
        from retrieval.intake.intake import Intake

        with self._beginning:
            if self._intake is None:
                parts = self._catalog, self._embedder, self._data_dir, self._progress
                self._intake = Intake(*parts, self.follow, self._rounds)
            return self._intake

    def is_empty(self) -> bool:
        """Whether no article is stored yet."""
        with self._catalog.reading() as connection:
            return lookup.count_articles(connection) == 0

    def ingest(self, paths: Sequence[Path], scope: str | None = None) -> IngestReport:
        """Bring the files below the paths in, and what has gone from them out.

        `scope` says who sees them: `SHARED`, or the name of one audience. Where it is None, what is stored keeps its
        own, and what is new is shared.

        Raises:
            BusyError: another process is adding articles.
            NotFoundError: a path is not there.
        """
        started = time.perf_counter()
        with writing_articles(self._data_dir):
            report = Pipeline(self._catalog, self._embedder, self._progress).run(paths, scope)
            self.follow()
        return replace(report, seconds=round(time.perf_counter() - started, 3))

    def remove(self, *names: str) -> int:
        """Take out the articles of these names, or all that came from these files, folders and web addresses; how many.

        All of them or none. The files may be gone already; where they are not, the next ingest of their folder brings
        them in again.

        Raises:
            BusyError: another process is adding articles.
            NotFoundError: there is no such article, or more than one goes by a name.
        """
        with writing_articles(self._data_dir):
            ids = list(dict.fromkeys(id_ for name in names for id_ in self._named(name)))
            self._catalog.remove(ids)
            self.follow()
        return len(ids)

    def _named(self, name: str) -> list[int]:
        """The ids of the articles that go by a name, or came from a place."""
        with self._catalog.reading() as connection:
            if is_on_disk(name):
                paths = dict.fromkeys((str(Path(name).absolute()), str(Path(name).resolve())))
                ids = [id_ for path in paths for id_ in lookup.articles_below(connection, path)]
            else:
                ids = lookup.articles_at(connection, place_of(name), name)
        return ids or [self.show(name)[0].id]

    def follow(self) -> None:
        """Bring the vector index in step with what this or another process has stored."""
        with self._following:
            with self._catalog.reading() as connection:
                pending = lookup.count_changes(connection)
            if not pending:
                self._waiting = False
                return
            if isinstance(self._opened, StoredVectors):
                self._opened = None  # whoever held the index may have gone
            if not isinstance(self._vectors(), StoredVectors):
                self._vectors().follow()
            elif not self._waiting:
                self._progress.note(_WAITING)
            self._waiting = isinstance(self._opened, StoredVectors)

    def search(self, question: str, count: int, only: Filter, as_of: date | None = None) -> tuple[Hit, ...]:
        """The passages that best match a question, best first."""
        return self._find(question, count, only, as_of)[1].hits

    def ask(
        self,
        question: str,
        only: Filter,
        as_of: date | None = None,
        max_sentences: int | None = None,
        stage: Tell = lambda _stage, _claims: None,
        person: str = "",
    ) -> Answer:
        """Answer a question from the articles, or say that they do not answer it.

        Tells `stage` what it is at, and how many claims a model has written so far; `person`, if any, is whose budget a
        model's tokens are taken from.
        """
        started = time.perf_counter()
        made = self.gather(question, only, as_of, max_sentences, stage, person)
        given = made if isinstance(made, Answer) else self.finish(made, self._written(made, stage))
        return replace(given, timings_ms={**given.timings_ms, "total": (time.perf_counter() - started) * 1000})

    def gather(
        self,
        question: str,
        only: Filter,
        as_of: date | None = None,
        max_sentences: int | None = None,
        stage: Tell = lambda _stage, _claims: None,
        person: str = "",
    ) -> Material | Answer:
        """What a question is answered from; its answer, where it is one that asks for no evidence."""
        stage("searching", 0)
        query, only = self._understand(question, only, as_of)
        if (reply := self._reply(query, only, as_of or date.today())) is not None:
            return reply
        found = self._look_for(query, thresholds.LOOKED_INTO, only, as_of)
        answering = time.perf_counter()
        stage("reading", 0)
        embed = once(self._embedder().documents)
        evidence = gather(query, found, embed)
        plain = settle(answer(query, found, evidence, embed, max_sentences), query, evidence, found, max_sentences)
        chosen = passages(query, found) if self._ask_model and plain.standing != "nothing" else []
        pages = self._pages([each.article.key for each in chosen])
        wide = tuple(widened(chosen, pages))
        return Material(
            query=query,
            found=found,
            plain=plain,
            evidence=tuple(evidence),
            task=Task("answer", query.text, day=(as_of or date.today()).isoformat(), person=person),
            passages=wide,
            above=tuple(headings(wide, pages)),
            embed=embed,
            only=only,
            most=max_sentences,
            timings_ms={**found.timings_ms, "answer": (time.perf_counter() - answering) * 1000},
        )

    def _written(self, made: Material, stage: Tell) -> Callable[[], Written] | None:
        """How a model writes the answer; None where it is not asked."""
        if self._ask_model is None or not made.passages:
            return None
        ask = self._ask_model

        def run() -> Written:
            started = time.monotonic()
            reply = asked(prompted(made.task, made.passages, made.above), made.passages, ask, stage)
            return self.look_again(parsed(reply, made.passages, time.monotonic() - started), made.task.person)

        return run

    def ask_model(self, task: Task, given: Sequence[Passage]) -> Reply:
        """What the language model replies to a task over these passages.

        Raises:
            ChatError: it did not reply, or none is set.
        """
        if self._ask_model is None:
            raise ChatError("no model is set")
        return asked(task, given, self._ask_model)

    def look_again(self, draft: Draft, person: str = "") -> Written:
        """What is left of a model's draft after the second look."""
        return looked_at(draft, self._second, person)

    def finish(self, made: Material, wrote: Callable[[], Written] | None = None) -> Answer:
        """The answer from what was gathered, written by a model where `wrote` gives what one wrote."""
        given, timings, writing = made.plain, dict(made.timings_ms), time.perf_counter()
        if wrote:
            given = compose(given, made.query, made.found, made.evidence, wrote, made.embed, made.most)
            timings["model"] = (time.perf_counter() - writing) * 1000
        day = date.fromisoformat(made.task.day or date.today().isoformat())
        given = missed(warn(given, made.query, day, self._aged_days), made.query, made.found, self._dated(made.only))
        shown = excerpts(given.citations, self._pages([each.key for each in given.citations]))
        return replace(given, excerpts=shown, timings_ms=timings)

    def _pages(self, keys: Sequence[str]) -> dict[str, ArticleText]:
        with self._catalog.reading() as connection:
            stored = lookup.pages(connection, keys)
        return {key: ArticleText(text, tuple(body)) for key, (text, body) in stored.items()}

    def _find(self, question: str, count: int, only: Filter, as_of: date | None) -> tuple[Question, Found]:
        query, only = self._understand(question, only, as_of)
        return query, self._look_for(query, count, only, as_of)

    def _understand(self, question: str, only: Filter, as_of: date | None) -> tuple[Question, Filter]:
        """The question, read; and the filter with the names of outlets as the catalog spells them."""
        known = self.outlets(only.scopes)
        only = replace(only, outlets=resolve_outlets(only.outlets, known))
        return understand(question, as_of=as_of or date.today(), outlets=known), only

    def _reply(self, query: Question, only: Filter, day: date) -> Answer | None:
        """The answer to a question that is not answered by looking for evidence; None where it is."""
        if query.request is None:
            return None
        within = all_of(query, only)
        with self._catalog.reading() as connection:
            everything = lookup.searched(connection, only)
            if query.request.kind == Kind.COURTESY:
                return courtesy(query, everything)
            if query.request.kind == Kind.CORPUS:
                listed = find_mentions(connection, query.request.topic, within)
                # A few words that stand in no article together may still be a question.
                several = len(content_terms(query.request.topic)) > 1
                if query.request.keyword and several and not listed.passages:
                    return None
                return list_articles(query, listed, everything)
            if query.request.file or query.request.newest:
                article = self._summarised(query.request, within)
                made = article and summarise_article(connection, query, article, everything)
                return made or no_summary(query, everything, within)
        return self._summary(query, query.request, only, within, day)

    def _summarised(self, request: Wanted, only: Filter) -> Article | None:
        """The article that a summary is to be of: the one that goes by a name, or the newest."""
        try:
            if request.file:
                return self.show(request.file, only.scopes)[0]
        except NotFoundError:
            return None
        return next(iter(self.articles(only, request.topic, 0, 1)[0]), None)

    def _summary(self, query: Question, request: Wanted, only: Filter, within: Filter, day: date) -> Answer:
        """What the articles tell of a topic, or of some days: of the last days there are where none is asked for."""
        if request.topic and not query.time:
            found = self._look_for(about(request.topic), thresholds.LOOKED_INTO, within, day)
            with self._catalog.reading() as connection:
                return summarise_topic(connection, query, found) or no_summary(query, found.searched, within)
        topic = self._topic(request.topic) if request.topic else None
        with self._catalog.reading() as connection:
            everything = lookup.searched(connection, only)
            days = last_days(within, everything.newest, day)
            digest = compose_digest(connection, days, topic, self._followed)
        return summarise_days(query, digest, everything) or no_summary(query, everything, within)

    def _dated(self, only: Filter) -> float:
        """The share of the articles that have a date; 1 where there is no article."""
        with self._catalog.reading() as connection:
            return lookup.dated_share(connection, only)

    def _look_for(self, query: Question, count: int, only: Filter, day: date | None = None) -> Found:
        finder = Finder(self._catalog, self._embedder(), self._vectors)
        return finder.find(query, count, only, day or date.today())

    def timeline(self, topic: str, only: Filter, actor: str | None = None) -> Timeline:
        """What was said and done about a topic, oldest first; by one actor alone where one is given."""
        # Dates and outlets in a topic are what it is about, not where to look. All stretches of time are looked into.
        query = about(topic, tense="changed")
        found = self._look_for(query, thresholds.TIMELINE_PASSAGES, self._meant(only))
        return trace(query, found, self._embedder().documents, actor)

    def compare(self, topic: str, sides: Sequence[tuple[str, Filter]]) -> Comparison:
        """What two sides, each a label and a filter, say about a topic; `articles` are all that a filter leaves.

        Raises:
            QuestionError: both are the same (one outlet may go by two names), or no article is from an outlet.
        """
        query = about(topic)
        only = [self._meant(side) for _label, side in sides]
        if only[0] == only[1]:
            raise QuestionError(SAME)
        found = [self._look_for(query, thresholds.LOOKED_INTO, each) for each in only]
        labels = [label for label, _side in sides]
        return contrast(query, list(zip(labels, found, strict=True)), self._embedder().documents)

    def _meant(self, only: Filter) -> Filter:
        """The filter with the names of outlets as the catalog spells them."""
        known = self.outlets(only.scopes) if only.outlets else ()
        return replace(only, outlets=resolve_outlets(only.outlets, known))

    def in_context(self, question: str, conversation: str, scope: str, person: str = "") -> str:
        """A question as it can be asked alone, in the light of the conversation's last turns."""
        return self.follow_up(question, self.answers.turns(conversation, scope), person)

    def follow_up(self, question: str, turns: Sequence[Turn], person: str = "") -> str:
        """A question as it can be asked alone, after these turns, the oldest first."""
        made = reword(question, turns, self._ask_model, person) if self._ask_model and turns else None
        return made or standalone(question, turns)

    def verify(self, claim: str, only: Filter, person: str = "", file: str | None = None) -> Verdict:
        """Whether the articles support a claim, by the sentences that come nearest to it.

        With `file` the whole of that article is looked into, and no other.

        Raises:
            NotFoundError: no article, or more than one, goes by the name of the file.
        """
        # Dates and outlets in a claim are what it says, not where to look.
        query = about(claim)
        found = self._look_for(query, thresholds.LOOKED_INTO, only)
        if file is not None:
            found = replace(found, hits=self._whole(self.show(file, only.scopes)[0]))
        verdict = judge(claim, found, self._embedder().documents)
        if not (self._second.judges and found.hits):
            return verdict
        return give_opinion(verdict, [hit.passage for hit in found.hits], self._second, person)

    def _whole(self, article: Article) -> tuple[Hit, ...]:
        with self._catalog.reading() as connection:
            every = lookup.leading_passages(connection, [article.id], lookup.count_passages(connection))
        return tuple(Hit(passage, 0.0) for passage in every)

    def more(self, given: Answer, only: Filter, count: int) -> tuple[Citation, ...]:
        """The passages that match a question best after those that its answer cites."""
        found = [hit.passage for hit in self.search(given.question, count + len(given.citations), only)]
        others = [passage for passage in found if not any(_holds(passage, each) for each in given.citations)]
        return tuple(cite_part(passage, number) for number, passage in enumerate(others[:count], 1))

    def digest(self, only: Filter, topic: str | None = None, destination: str | None = None) -> Digest:
        """What was published in the days of the filter, as stories; about a topic alone where one is given.

        A destination is told what its schedules have not told it yet.
        """
        about = self._topic(topic) if topic else None
        last = self.last_digest(destination) if destination else None
        told = self._seen.of(destination) if destination else frozenset()
        with self._catalog.reading() as connection:
            newest = lookup.searched(connection, only).newest or date.today().isoformat()
            # Open to one side it reaches to the newest article, open to both it is the newest day.
            only = replace(only, since=only.since or only.until or newest, until=only.until or newest)
            made = compose_digest(connection, only, about, self._followed, told)
            written_from = leads(connection, made) if self._ask_model else []
            material = collect(connection, made)
            # What changed within the days of the digest has changed too.
            past = replace(only, since=None, until=(date.fromisoformat(made.until) - timedelta(1)).isoformat())
            known = lookup.searched(connection, past).articles
        seek = (lambda query: self._look_for(query, thresholds.LOOKED_INTO, past)) if known else None
        if self._ask_model:
            made = rewrite(made, written_from, partial(self._write_points, self._ask_model))
        made = mark(made, material, seek, lambda texts: self._embedder().documents(texts))
        return replace(made, last=last.isoformat() if last else None, coverage=self.intake.coverage(only.scopes))

    def _write_points(self, ask: Ask, title: str, passages: Sequence[Passage]) -> Written:
        return write(Task("digest", title), passages, ask, self._second, strict=True)

    def last_digest(self, destination: str) -> datetime | None:
        """When a schedule last told a destination what is new, or that nothing is."""
        return self._seen.last(destination)

    def _topic(self, text: str) -> Topic:
        return Topic(frozenset(content_terms(text)), self._embedder().query(clean(text)))

    @cached_property
    def _followed(self) -> tuple[Topic, ...]:
        return tuple(self._topic(topic) for topic in self._topics)

    def excerpt(self, citation: Citation, scopes: Sequence[str] | None = None) -> QuoteInContext | None:
        """A quote in its paragraph; None where no article of these scopes has it any longer."""
        opened = self.open(citation.key)
        seen = opened and (scopes is None or opened[0].scope in scopes)
        return excerpt(citation, opened[1]) if opened and seen else None

    def outlets(self, scopes: Sequence[str] | None = None) -> tuple[str, ...]:
        """The names of the outlets that articles of these scopes come from."""
        with self._catalog.reading() as connection:
            return lookup.outlets(connection, scopes)

    def articles(
        self, only: Filter, containing: str = "", first: int = 0, count: int = 10
    ) -> tuple[list[Article], int]:
        """Articles that satisfy the filter and hold these words in title, outlet or file name, newest first.

        Gives `count` of them from the `first` on, and how many there are.
        """
        with self._catalog.reading() as connection:
            return lookup.list_articles(connection, only, containing, first, count)

    def listed(self, only: Filter) -> list[Listed]:
        """All articles that satisfy the filter, newest first, with their languages."""
        with self._catalog.reading() as connection:
            found, _ = lookup.list_articles(connection, self._meant(only), "", 0, -1)
            ids = [article.id for article in found]
            came = lookup.places_of(connection, ids)
            noted, passages = lookup.languages_of(connection, ids), lookup.count_passages_of(connection, ids)
            # One that was stored before languages were noted is looked at now; the next ingest notes it.
            return [
                Listed(
                    article,
                    noted.get(article.id) or language_of(lookup.article_body(connection, article.id)),
                    passages.get(article.id, 0),
                    came[article.id].rpartition(" ")[2] if "://" in came[article.id] else came[article.id],
                )
                for article in found
            ]

    def open(self, key: str) -> tuple[Article, str] | None:
        """The article that links name so, and its text."""
        with self._catalog.reading() as connection:
            article = lookup.article_by_key(connection, key)
            return (article, lookup.article_text(connection, article.id)) if article else None

    def show(self, file: str, scopes: Sequence[str] | None = None) -> tuple[Article, str]:
        """A stored article of these scopes and its text, by any name that answers print, a path, an address, or how a
        name begins.

        Raises:
            NotFoundError: no article, or more than one, goes by that name.
        """
        with self._catalog.reading() as connection:
            article = article_names.find(connection, file, scopes)
            return article, lookup.article_text(connection, article.id)

    def places(self, article: Article) -> list[tuple[int, str]]:
        """Where in its source the stretches of an article stand, each from an offset on: (310, "p. 54")."""
        with self._catalog.reading() as connection:
            return lookup.marks_of(connection, article.id)

    def recall(self, name: str) -> str | None:
        """What a front end has asked to be remembered."""
        return self._catalog.fact(name)

    def remember(self, name: str, value: str) -> None:
        """Keep something for a front end until after a restart."""
        self._catalog.remember(name, value)

    def describe(self) -> str:
        """One line on what is stored."""
        with self._catalog.reading() as connection:
            articles, passages = lookup.count_articles(connection), lookup.count_passages(connection)
        return f"{articles} articles, {passages} passages"

    def try_model(self) -> str:
        """Embed a word; one line on the model that did."""
        embedder = self._embedder()
        return f"{embedder.name}, {len(embedder.query('word'))} dimensions"

    def try_chat(self) -> str:
        """Ask the language model something short; one line on how long that took.

        Raises:
            ChatError: it did not answer.
        """
        if self._ask_model is None:
            return "none is set: answers are the articles' own sentences"
        # Asked anew each time: what was asked before is remembered, and would tell nothing.
        turn = Turn("Is the bridge open?", "Is the bridge open?", "It is closed.")
        task = Task("standalone", f"Since when is bridge {secrets.randbelow(10**9)} closed?", turns=(turn,))
        started = time.perf_counter()
        reply = self._ask_model(task, lambda _claims: None)
        return f"{reply.model} answered in {time.perf_counter() - started:.1f} s"

    def try_vectors(self) -> str:
        """Open the vector index, mending it where that is needed; one line on who holds it."""
        if isinstance(self._vectors(), StoredVectors):
            return "held by another process; answers come from the catalog's own vectors"
        return "in step with the catalog"

    def _vectors(self) -> FollowingVectors | StoredVectors:
        with self._opening:
            if self._opened is None:
                self._opened = self._open_vectors()
            return self._opened


def _holds(passage: Passage, cited: Citation) -> bool:
    return passage.article.key == cited.key and passage.start < cited.end and cited.start < passage.end
