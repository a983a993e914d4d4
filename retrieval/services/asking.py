"""Answers questions, from understanding to what a language model writes where one is set; and judges claims."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from retrieval import observing, tuned
from retrieval.answering.conflicts import settle
from retrieval.answering.dating import warn
from retrieval.answering.extractive import answer, in_context_of
from retrieval.answering.generated import Gathered, compose, headings, passages, widened
from retrieval.answering.grounded_generation import Generation, Tell, asked, looked_at, parsed, prompted
from retrieval.answering.llm_judge import give_opinion, reword
from retrieval.answering.standing import missed
from retrieval.answering.verification import judge
from retrieval.domain.answers import Answer, Turn, Verdict
from retrieval.domain.articles import Article, Embed, Filter, Hit, Passage
from retrieval.domain.citations import Citation
from retrieval.domain.llm import CheckedReply, Reply, Task
from retrieval.domain.phrase import Phrase
from retrieval.errors import ChatError
from retrieval.evidence.citations import cite_part
from retrieval.evidence.sentence_selection import Evidence, gather, once
from retrieval.llm.requests import LanguageModel, PromptRequest, SecondLook
from retrieval.question.followup import standalone
from retrieval.question.understanding import Question, about
from retrieval.search.hybrid import Found
from retrieval.services.articles import Articles
from retrieval.services.corpus import Corpus, RecentResults
from retrieval.services.overviews import Summaries
from retrieval.storage.articles import dated_share
from retrieval.storage.conversations import Answers
from retrieval.storage.passages import count_passages, leading_passages

# Answers of extracts that are kept for whoever asks the same.
_MOST_ANSWERS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRequest:
    """A question with its filter, the day of asking (today by default), and the maximum number of statements.

    The tokens of a language model count towards the budget of `person`, if any.
    """

    question: str
    only: Filter = Filter()  # noqa: RUF009 - it cannot change
    as_of: date | None = None
    most: int | None = None
    person: str = ""


def _silent(_stage: str, _claims: int) -> None:
    """Report no progress."""


class Asking:
    """Answers questions. `chat` is the language model that writes answers, `second` the checker of its statements."""

    def __init__(
        self,
        corpus: Corpus,
        summaries: Summaries,
        conversations: Answers,
        chat: LanguageModel | None,
        second: SecondLook,
        aged_days: int,
    ) -> None:
        self._corpus = corpus
        self._summaries = summaries
        self._conversations = conversations
        self._chat = chat
        self._second = second
        self._aged_days = aged_days
        self._recent = RecentResults[Answer](_MOST_ANSWERS)

    def search(self, question: str, count: int, only: Filter, as_of: date | None = None) -> tuple[Hit, ...]:
        """The passages that best match a question, best first."""
        query, only = self._corpus.understand(question, only, as_of)
        return self._corpus.search(query, count, only, as_of).hits

    def more(self, answer: Answer, only: Filter, count: int) -> tuple[Citation, ...]:
        """The best passages for a question after those that its answer cites."""
        found = [hit.passage for hit in self.search(answer.question, count + len(answer.citations), only)]
        others = [passage for passage in found if not any(_contains(passage, cited) for cited in answer.citations)]
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
        """Answer a question from the articles; the answer says so if they do not contain one.

        Calls `stage` with the current step, and the number of claims that a model has written so far.
        """
        started = time.perf_counter()
        request = QuestionRequest(question=question, only=only, as_of=as_of, most=max_sentences, person=person)
        with observing.step("asking"):
            answer_ = self._answer(request, stage)
            observing.tell(observing.AnsweredQuestion(answer_.standing))
        return replace(answer_, timings_ms={**answer_.timings_ms, "total": (time.perf_counter() - started) * 1000})

    def _answer(self, request: QuestionRequest, stage: Tell) -> Answer:
        key = None if self._chat else self._key(request)
        if key and (kept := self._recent.get(key)):
            return kept
        gathered = self.gather(request, stage)
        if isinstance(gathered, Answer):
            return gathered
        finished = self.finish(gathered, self._writer(gathered, stage))
        if key:
            self._recent.put(key, finished)
        return finished

    def _key(self, request: QuestionRequest) -> Hashable:
        """All that an answer of extracts depends on: the question, and what is stored."""
        day, state = request.as_of or date.today(), self._corpus.catalog.state()
        return request.question, request.only, request.most, day, state

    def extracts(self, question: str, only: Filter) -> Answer:
        """The answer without a language model, for a question that nobody has asked."""
        gathered = self.gather(QuestionRequest(question=question, only=only))
        return gathered if isinstance(gathered, Answer) else gathered.plain

    def gather(self, request: QuestionRequest, stage: Tell = _silent) -> Gathered | Answer:
        """The material to answer a question from; the answer itself for a question that needs no evidence."""
        stage("searching", 0)
        day, most = request.as_of or date.today(), request.most
        with observing.step("understanding"):
            query, only = self._corpus.understand(request.question, request.only, day)
        if (reply := self._summaries.answer(query, only, day)) is not None:
            return reply
        with observing.step("search"):
            found = self._corpus.search(query, tuned.ANSWER.looked_into, only, day)
        answering = time.perf_counter()
        stage("reading", 0)
        embed = once(self._corpus.embed)
        with observing.step("evidence"):
            evidence = gather(query, found, embed)
        with observing.step("answering"):
            plain = settled(query, found, evidence, embed, most)
        chosen = passages(query, found) if self._chat and plain.standing != "nothing" else []
        pages = self._corpus.pages([passage.article.key for passage in chosen])
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

    def _writer(self, material: Gathered, stage: Tell) -> Callable[[], CheckedReply] | None:
        """The call that has a model write the answer; None where no model is asked."""
        if not material.passages:
            return None

        def run() -> CheckedReply:
            started = time.monotonic()
            reply = self.send(self.prepare(material), material.passages, stage)
            return self.look_again(parsed(reply, material.passages, time.monotonic() - started), material.task.person)

        return run

    def prepare(self, material: Gathered) -> PromptRequest:
        """The request that has a language model answer from the material.

        Raises:
            ChatError: the question is too long, or no model is set.
        """
        return prompted(material.task, material.passages, self._writing(), material.above)

    def send(self, request: PromptRequest, passages: Sequence[Passage], stage: Tell = _silent) -> Reply:
        """The language model's reply to a request over these passages.

        Raises:
            ChatError: it did not reply, or none is set.
        """
        return asked(request, passages, self._writing(), stage)

    def _writing(self) -> LanguageModel:
        if self._chat is None:
            raise ChatError(Phrase("no model is set"))
        return self._chat

    def look_again(self, draft: Generation, person: str = "") -> CheckedReply:
        """The statements of a model's draft that pass the second check."""
        return looked_at(draft, self._second, person)

    def finish(self, material: Gathered, wrote: Callable[[], CheckedReply] | None = None) -> Answer:
        """The answer from the gathered material, written by a model where `wrote` is its call."""
        final, timings, writing = material.plain, dict(material.timings_ms), time.perf_counter()
        if wrote:
            final = compose(
                final, material.query, material.found, material.evidence, wrote, material.embed, material.most
            )
            timings["model"] = (time.perf_counter() - writing) * 1000
        day = date.fromisoformat(material.task.day or date.today().isoformat())
        final = warn(final, material.query, day, self._aged_days)
        final = missed(final, material.query, material.found, self._dated(material.only))
        pages = self._corpus.pages([citation.key for citation in final.citations])
        return replace(in_context_of(pages, final), timings_ms=timings)

    def _dated(self, only: Filter) -> float:
        """The share of articles with a date; 1 where there is no article."""
        with self._corpus.catalog.reading() as connection:
            return dated_share(connection, only)

    def in_context(self, question: str, conversation: str, scope: str, person: str = "") -> str:
        """The question rewritten so that it can be understood without its conversation."""
        return self.follow_up(question, self._conversations.turns(conversation, scope), person)

    def follow_up(self, question: str, turns: Sequence[Turn], person: str = "") -> str:
        """The question rewritten so that it can be understood without these turns, which are oldest first."""
        with observing.step("understanding"):
            reworded = reword(question, turns, self._chat, person) if self._chat and turns else None
            return reworded or standalone(question, turns)


def settled(
    query: Question, found: Found, evidence: Sequence[Evidence], embed: Embed, most: int | None = None
) -> Answer:
    """The extractive answer, with what its sources disagree on."""
    return settle(answer(query, found, evidence, embed, most), query, evidence, found, most)


def _contains(passage: Passage, cited: Citation) -> bool:
    return passage.article.key == cited.key and passage.start < cited.end and cited.start < passage.end


class Verification:
    """Judges claims, by the language model of `second` where one is to judge."""

    def __init__(self, corpus: Corpus, articles: Articles, second: SecondLook) -> None:
        self._corpus = corpus
        self._articles = articles
        self._second = second

    def verify(self, claim: str, only: Filter, person: str = "", file: str | None = None) -> Verdict:
        """The verdict on a claim, by the sentences nearest to it; with `file`, by that article alone.

        Raises:
            NotFoundError: the name of the file fits no article, or several.
        """
        # Dates and outlets in a claim belong to its content and are no filter.
        found = self._corpus.search(about(claim), tuned.ANSWER.looked_into, only)
        if file is not None:
            found = replace(found, hits=self._whole(self._articles.show(file, only.scopes)[0]))
        verdict = judge(claim, found, self._corpus.embed)
        if not (self._second.judges and found.hits):
            return verdict
        return give_opinion(verdict, [hit.passage for hit in found.hits], self._second, person)

    def _whole(self, article: Article) -> tuple[Hit, ...]:
        with self._corpus.catalog.reading() as connection:
            every = leading_passages(connection, [article.id], count_passages(connection))
        return tuple(Hit(passage, 0.0) for passage in every)
