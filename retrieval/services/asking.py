"""Questions: understood, searched for, answered from evidence, by a language model where one is set."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from retrieval import tuned
from retrieval.answering.conflicts import settle
from retrieval.answering.dating import warn
from retrieval.answering.extractive import answer
from retrieval.answering.generated import compose
from retrieval.answering.grounded_generation import Generation, Tell, asked, looked_at, parsed, prompted
from retrieval.answering.llm_judge import reword
from retrieval.answering.material import Gathered
from retrieval.answering.missed import missed
from retrieval.answering.model_evidence import headings, passages, widened
from retrieval.domain.answers import Answer, Turn
from retrieval.domain.articles import Passage
from retrieval.domain.citations import Citation
from retrieval.domain.llm import CheckedReply, Reply, Task
from retrieval.domain.searches import Filter, Hit
from retrieval.errors import ChatError
from retrieval.evidence.citations import cite_part
from retrieval.evidence.embedded import once
from retrieval.evidence.excerpts import excerpts
from retrieval.evidence.sentence_selection import gather
from retrieval.llm.second_look import Ask, SecondLook
from retrieval.question.followup import standalone
from retrieval.services.corpus import Corpus
from retrieval.services.summaries import Summaries
from retrieval.storage.articles import dated_share
from retrieval.storage.conversations import Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRequest:
    """A question with its filter, the day of asking (today by default), and the most statements an answer may have.

    The tokens of a language model are taken from the budget of `person`, if any.
    """

    question: str
    only: Filter = Filter()  # noqa: RUF009 - it cannot change
    as_of: date | None = None
    most: int | None = None
    person: str = ""


def _silent(_stage: str, _claims: int) -> None:
    """Report no progress."""


class Asking:
    """Answers questions. With `ask` a language model writes the answers; `second` says who checks its statements."""

    def __init__(
        self,
        corpus: Corpus,
        summaries: Summaries,
        conversations: Answers,
        ask: Ask | None,
        second: SecondLook,
        aged_days: int,
    ) -> None:
        self._corpus = corpus
        self._summaries = summaries
        self._conversations = conversations
        self._model = ask
        self._second = second
        self._aged_days = aged_days

    def search(self, question: str, count: int, only: Filter, as_of: date | None = None) -> tuple[Hit, ...]:
        """The passages that best match a question, best first."""
        query, only = self._corpus.understand(question, only, as_of)
        return self._corpus.search(query, count, only, as_of).hits

    def more(self, given: Answer, only: Filter, count: int) -> tuple[Citation, ...]:
        """The passages that match a question best after those that its answer cites."""
        found = [hit.passage for hit in self.search(given.question, count + len(given.citations), only)]
        others = [passage for passage in found if not any(_holds(passage, each) for each in given.citations)]
        return tuple(cite_part(passage, number) for number, passage in enumerate(others[:count], 1))

    def ask(
        self,
        question: str,
        only: Filter,
        as_of: date | None = None,
        max_sentences: int | None = None,
        stage: Tell = _silent,
        person: str = "",
    ) -> Answer:
        """Answer a question from the articles, or say that they do not answer it.

        Calls `stage` with the step at work, and how many claims a model has written so far.
        """
        started = time.perf_counter()
        request = QuestionRequest(question=question, only=only, as_of=as_of, most=max_sentences, person=person)
        made = self.gather(request, stage)
        given = made if isinstance(made, Answer) else self.finish(made, self._writer(made, stage))
        return replace(given, timings_ms={**given.timings_ms, "total": (time.perf_counter() - started) * 1000})

    def gather(self, request: QuestionRequest, stage: Tell = _silent) -> Gathered | Answer:
        """The material a question is answered from; the answer itself where it needs no evidence."""
        stage("searching", 0)
        day, most = request.as_of or date.today(), request.most
        query, only = self._corpus.understand(request.question, request.only, day)
        if (reply := self._summaries.answer(query, only, day)) is not None:
            return reply
        found = self._corpus.search(query, tuned.ANSWER.looked_into, only, day)
        answering = time.perf_counter()
        stage("reading", 0)
        embed = once(self._corpus.embedder().documents)
        evidence = gather(query, found, embed)
        plain = settle(answer(query, found, evidence, embed, most), query, evidence, found, most)
        chosen = passages(query, found) if self._model and plain.standing != "nothing" else []
        pages = self._corpus.pages([each.article.key for each in chosen])
        wide = tuple(widened(chosen, pages))
        return Gathered(
            query=query,
            found=found,
            plain=plain,
            evidence=tuple(evidence),
            task=Task("answer", query.text, day=day.isoformat(), person=request.person),
            passages=wide,
            above=tuple(headings(wide, pages)),
            embed=embed,
            only=only,
            most=most,
            timings_ms={**found.timings_ms, "answer": (time.perf_counter() - answering) * 1000},
        )

    def _writer(self, made: Gathered, stage: Tell) -> Callable[[], CheckedReply] | None:
        """The call that has a model write the answer; None where no model is asked."""
        if self._model is None or not made.passages:
            return None
        ask = self._model

        def run() -> CheckedReply:
            started = time.monotonic()
            reply = asked(prompted(made.task, made.passages, made.above), made.passages, ask, stage)
            return self.look_again(parsed(reply, made.passages, time.monotonic() - started), made.task.person)

        return run

    def ask_model(self, task: Task, given: Sequence[Passage]) -> Reply:
        """The language model's reply to a task over these passages.

        Raises:
            ChatError: it did not reply, or none is set.
        """
        if self._model is None:
            raise ChatError("no model is set")
        return asked(task, given, self._model)

    def look_again(self, draft: Generation, person: str = "") -> CheckedReply:
        """The statements of a model's draft that pass the second look."""
        return looked_at(draft, self._second, person)

    def finish(self, made: Gathered, wrote: Callable[[], CheckedReply] | None = None) -> Answer:
        """The answer from what was gathered, written by a model where `wrote` gives its statements."""
        given, timings, writing = made.plain, dict(made.timings_ms), time.perf_counter()
        if wrote:
            given = compose(given, made.query, made.found, made.evidence, wrote, made.embed, made.most)
            timings["model"] = (time.perf_counter() - writing) * 1000
        day = date.fromisoformat(made.task.day or date.today().isoformat())
        given = missed(warn(given, made.query, day, self._aged_days), made.query, made.found, self._dated(made.only))
        shown = excerpts(given.citations, self._corpus.pages([each.key for each in given.citations]))
        return replace(given, excerpts=shown, timings_ms=timings)

    def _dated(self, only: Filter) -> float:
        """The share of the articles that have a date; 1 where there is no article."""
        with self._corpus.catalog.reading() as connection:
            return dated_share(connection, only)

    def in_context(self, question: str, conversation: str, scope: str, person: str = "") -> str:
        """A question as it can be asked alone, after the last turns of a conversation."""
        return self.follow_up(question, self._conversations.turns(conversation, scope), person)

    def follow_up(self, question: str, turns: Sequence[Turn], person: str = "") -> str:
        """A question as it can be asked alone, after these turns, oldest first."""
        made = reword(question, turns, self._model, person) if self._model and turns else None
        return made or standalone(question, turns)


def _holds(passage: Passage, cited: Citation) -> bool:
    return passage.article.key == cited.key and passage.start < cited.end and cited.start < passage.end
