"""Briefing notes on a topic, written by a language model where one is set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from retrieval import tuned
from retrieval.answering.grounded_generation import write
from retrieval.brief.compose import NEW_DAYS, BriefMaterial, BriefRequest, about, compose, empty, repeated, topical
from retrieval.brief.sections import in_reading_order, with_written
from retrieval.domain.answers import Standing
from retrieval.domain.articles import Embed, Filter, Passage
from retrieval.domain.llm import Task
from retrieval.domain.reports import Brief, Length, NotKnown, PostedNote, Unsaid
from retrieval.errors import ChatError
from retrieval.evidence.sentence_selection import gather, once
from retrieval.llm.requests import LanguageModel, SecondLook
from retrieval.nlp.names import common_agency
from retrieval.question.understanding import about as topic_of
from retrieval.search.hybrid import Found
from retrieval.services.asking import settled
from retrieval.services.corpus import Corpus
from retrieval.storage.articles import article_text
from retrieval.storage.conversations import Answers
from retrieval.storage.deliveries import first_told, newest_ids
from retrieval.storage.passages import leading_passages
from retrieval.storage.servers import PostedNotes

# What a reader of a note asks next; those that the articles do not answer are named at its end.
_QUESTIONS: tuple[tuple[Unsaid, str], ...] = (
    ("who", "Who decides on {}?"),
    ("when", "When will {} be decided or take effect?"),
    ("cost", "How much does {} cost?"),
    ("why", "What is the reason for {}?"),
)
# Passages of an article that are searched for offices.
_PASSAGES = 12
# A longer topic is a text, and makes no question.
_TOPIC_WORDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRequest:
    """A request for a note; `as_of` hides later articles. In a `channel` it tells what is new since the last note."""

    topic: str
    only: Filter = field(default_factory=Filter)
    as_of: date | None = None
    channel: str = ""
    audience: str = ""
    length: Length = "page"
    person: str = ""


class Briefs:
    """Composes briefing notes, and remembers which were posted.

    `chat` is the language model that writes them, `second` the checker of its statements; `answers` have the questions
    without an answer.
    """

    def __init__(self, corpus: Corpus, answers: Answers, chat: LanguageModel | None, second: SecondLook) -> None:
        self._corpus = corpus
        self._answers = answers
        self._chat = chat
        self._second = second
        self._posted = PostedNotes(corpus.catalog)

    def compose(self, request: NoteRequest) -> Brief:
        """The note on a topic, from the articles of the filter.

        Raises:
            QuestionError: the topic is empty or too long, or no article is from an outlet of the filter.
        """
        only = self._corpus.resolve(_until(request.only, request.as_of))
        embed = once(self._corpus.embed)
        note, found = self._extract(request, only, embed)
        note = replace(note, unanswered=self._answers.unanswered(only.scopes, request.channel))
        if note.sentence is None:
            return note
        if self._chat:
            note = self._written(note, found, request, self._chat)
        return replace(in_reading_order(note), not_known=tuple(self._not_known(note, only, embed)))

    def note_posted(self, note: Brief, scope: str, channel: str) -> None:
        """Remember that a note was posted in a channel: the next one on its topic there tells what is new since."""
        self._posted.keep(scope, channel, note.topic, PostedNote(date.fromisoformat(note.as_of), note.article))

    def extract(self, request: NoteRequest) -> Brief:
        """The note in the articles' own sentences, without what is not known.

        Raises:
            QuestionError: as `compose` does.
        """
        only = self._corpus.resolve(_until(request.only, request.as_of))
        return self._extract(request, only, once(self._corpus.embed))[0]

    def _extract(self, request: NoteRequest, only: Filter, embed: Embed) -> tuple[Brief, Found]:
        query = topic_of(request.topic, tense="now")
        day = request.as_of or date.today()
        last = self._posted.last(request.channel, query.text) if request.channel else None
        if last and last.day > day:
            last = None
        since = _since(request.only, last, day)
        with self._corpus.catalog.reading() as connection:
            _, newest = newest_ids(connection)
        found = self._corpus.search_topic(query, tuned.TIMELINE.timeline_passages, only, request.as_of)
        wanted = BriefRequest(query, day, since, request.audience, request.length, newest)
        near = topical(found)
        near = replace(near, hits=near.hits[: tuned.ANSWER.looked_into])
        answer = settled(query, near, gather(query, near, embed), embed) if near.hits else None
        if answer is None or answer.standing != "answered":
            return empty(wanted, found), found
        late = self._late(found, only, last.article) if last else None
        material = BriefMaterial(found, answer, self._naming(found), late, self._agency(found))
        return compose(wanted, material, embed), found

    def _late(self, found: Found, only: Filter, last: int) -> frozenset[int]:
        """The stories found whose first article came in after this one."""
        stories = list({hit.passage.article.story for hit in (*found.hits, *found.across)})
        with self._corpus.catalog.reading() as connection:
            firsts = first_told(connection, stories, only.scopes)
        return frozenset(story for story, first in firsts.items() if first > last)

    def _naming(self, found: Found) -> list[Passage]:
        """The passages of the articles found, which may say who holds an office."""
        articles = dict.fromkeys(hit.passage.article.id for hit in found.hits[: tuned.ANSWER.looked_into])
        with self._corpus.catalog.reading() as connection:
            return leading_passages(connection, list(articles), _PASSAGES)

    def _agency(self, found: Found) -> str | None:
        """The agency whose piece several of the articles print or rewrite."""
        with self._corpus.catalog.reading() as connection:
            return common_agency(article_text(connection, each.id) for each in repeated(about(found)))

    def _written(self, note: Brief, found: Found, request: NoteRequest, chat: LanguageModel) -> Brief:
        """The note with its first sentence and its news written by the model, as far as they pass the checks."""
        cited = {each.key for each in note.citations}
        passages = [hit.passage for hit in (*found.across, *found.hits) if hit.passage.article.key in cited]
        passages = list({each.id: each for each in passages}.values())[: tuned.ANSWER.looked_into]
        topic = f"{note.topic} (for: {request.audience})" if request.audience else note.topic
        try:
            task = Task("brief", topic, day=note.as_of, person=request.person)
            return with_written(note, write(task, passages, chat, self._second, strict=True))
        except ChatError as error:
            return replace(note, note=error.reason)

    def _not_known(self, note: Brief, only: Filter, embed: Embed) -> Iterator[NotKnown]:
        """The things that the articles do not say; the coverage first, where it is thin."""
        yield from _gaps_of(note)
        if len(note.topic.split()) > _TOPIC_WORDS:
            return
        asked = ((what, self._standing(question.format(note.topic), only, embed)) for what, question in _QUESTIONS)
        if unanswered := [what for what, standing in asked if standing == "nothing"]:
            yield NotKnown("unsaid", tuple(unanswered))

    def _standing(self, question: str, only: Filter, embed: Embed) -> Standing:
        query, only = self._corpus.understand(question, only, None)
        found = self._corpus.search(query, tuned.ANSWER.looked_into, only)
        return settled(query, found, gather(query, found, embed), embed).standing


def _until(only: Filter, as_of: date | None) -> Filter:
    """The filter without articles published after the day."""
    if as_of is None or (only.until and only.until <= as_of.isoformat()):
        return only
    return replace(only, until=as_of.isoformat())


def _since(only: Filter, last: PostedNote | None, day: date) -> date:
    """The day since when a statement is new: that of the last note, else the filter's, else some weeks ago."""
    if last:
        return last.day
    return date.fromisoformat(only.since) if only.since else day - NEW_DAYS


def _gaps_of(note: Brief) -> Iterator[NotKnown]:
    """The gaps of a thin note."""
    known = note.coverage
    if known.newest and known.newest <= note.since and not note.new:
        yield NotKnown("nothing_new" if known.newest == note.since else "nothing_newer")
    if known.articles == 1:
        yield NotKnown("one_article")
    elif known.repeats == known.articles:
        yield NotKnown("one_agency")
    if known.undated:
        yield NotKnown("undated")
