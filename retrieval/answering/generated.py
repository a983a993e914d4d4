"""The answer as a language model writes it, or the extractive one where nothing of that can be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from retrieval import tuned
from retrieval.answering.conflicts import settle_generated
from retrieval.answering.dated_statements import Dated, Succession, quotes, succeed
from retrieval.answering.latest_position import entries
from retrieval.answering.standing import unsure
from retrieval.domain.answers import Answer, Statement
from retrieval.domain.articles import Embed
from retrieval.domain.llm import CheckedReply
from retrieval.domain.phrase import Phrase, together
from retrieval.errors import ChatError
from retrieval.evidence.citations import Numbering
from retrieval.evidence.sentence_selection import Evidence
from retrieval.nlp.anaphora import mended
from retrieval.nlp.markup import readable
from retrieval.nlp.tokens import content_terms
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found

_NONE = Phrase("Extracts only: the model found no answer in these passages")
_FAILED = Phrase("Extracts only: nothing that the model wrote passed the checks")
_LEFT = Phrase("Partly quoted: the model left out what the articles say of now or before")
_CUT = Phrase("The model broke off: there may be more to say")
_ONCE = Phrase("Not looked at again: {reason}")
# Statements of an answer: the one that answers, and five points.
_MOST = 6


def compose(
    plain: Answer,
    query: Question,
    found: Found,
    evidence: Sequence[Evidence],
    write: Callable[[], CheckedReply],
    embed: Embed,
    most: int | None = None,
) -> Answer:
    """The model's answer to the question, in at most `most` sentences; `plain` is the extractive one.

    Where the model fails or nothing it says holds, the answer is `plain`, and has a note; where it says that it cannot
    answer, nothing is sure. About now or change its sentences are dated and put in order, and what they leave out of
    the course of things is quoted.
    """
    try:
        written = write()
    except ChatError as error:
        return replace(plain, note=Phrase("Extracts only: {reason}", reason=error.reason))
    said = _relevant([Dated(each.text, each.citations, by=each) for each in written.sentences], query, found, embed)
    dropped = written.dropped + len(written.sentences) - len(said)
    if not said and not dropped:
        # That a model finds nothing is no proof that there is nothing: small ones miss much, and an article may have
        # told it to say so. But it is not sure any longer.
        return replace(unsure(query, found, plain.score, plain.citations), note=_NONE, prompts=written.prompts)
    if not said:
        return replace(plain, note=_FAILED, dropped=dropped, prompts=written.prompts)
    course = Succession(tuple(said))
    if query.tense:
        past = _relevant(quotes(plain), query, found, embed) if plain.grounded else []
        course = succeed(said, past, found.day, most or _MOST)
    told = _mended(course.told)
    dropped += len(course.told) - len(told)
    if not told:
        return replace(plain, note=_FAILED, dropped=dropped, prompts=written.prompts)
    made = replace(_answer(plain, told[: most or _MOST], course.quoted, written), dropped=dropped)
    timeline = entries(made.citations, evidence, found) if query.tense else ()
    return settle_generated(replace(made, timeline=timeline), query, evidence, found)


def _mended(told: Sequence[Dated]) -> list[Dated]:
    """The statements of which none leans on one that is not there."""
    return mended(
        told,
        at=lambda each: each.by.at if each.by else None,
        text=lambda each: each.text,
        write=lambda each, text: replace(each, text=text),
    )


def _relevant(told: Sequence[Dated], query: Question, found: Found, embed: Embed) -> list[Dated]:
    """Without what has nothing to do with the question: what an article made the model say is mostly that.

    What shares a word with the question or with what it quotes is about it, unless neither is near the question at all.
    """
    if not told:
        return []
    asked = frozenset(content_terms(query.text))
    near = embed([each.text for each in told]) @ found.vector
    quotes_near = embed([_quoted(each) for each in told]) @ found.vector
    kept = []
    for each, itself, its_quotes in zip(told, near, quotes_near, strict=True):
        akin = max(itself, its_quotes) >= tuned.TOPICS.akin_from and _share(content_terms(_quoted(each)), each.text)
        if itself >= tuned.TOPICS.relevant_from or akin or _share(asked, each.text):
            kept.append(each)
    return kept


def _quoted(told: Dated) -> str:
    return " ".join(readable(each.quote) for each in told.citations)


def _share(asked: Iterable[str], text: str) -> bool:
    return not set(asked).isdisjoint(content_terms(text))


def _answer(plain: Answer, told: Sequence[Dated], quoted: bool, written: CheckedReply) -> Answer:
    numbering = Numbering()
    once = _ONCE.filled(reason=written.note) if written.note else None
    notes = (_LEFT if quoted else None, _CUT if written.cut else None, once)
    return replace(
        plain,
        standing="answered",
        reason=None,
        message="",
        statements=tuple(_statement(each, numbering.number(each.citations)) for each in told),
        citations=numbering.citations,
        mode="generated",
        model=written.model,
        prompts=written.prompts,
        note=together(notes, ". "),
    )


def _statement(told: Dated, numbers: tuple[int, ...]) -> Statement:
    text = f"{told.text}{'.' if told.text[-1].isalnum() else ''}"
    if told.by is None:
        return Statement(text, numbers, told.opening)
    by = told.by
    return Statement(text, numbers, told.opening, unsure=by.unsure, side=by.side, translation=by.translation)
