"""The answer as a language model writes it, or the extractive one where nothing of that can be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from retrieval import thresholds
from retrieval.answering.conflicts import settle_generated
from retrieval.answering.dated_statements import Succession, Told, quotes, succeed
from retrieval.answering.entries import entries
from retrieval.answering.grounded_generation import Ask, Tell, write
from retrieval.answering.latest_position import states_position
from retrieval.errors import ChatError
from retrieval.evidence.citations import Numbering
from retrieval.evidence.sentence_selection import Embed, Evidence
from retrieval.models import Answer, Passage, Statement, Task
from retrieval.question.understanding import Question
from retrieval.search.hybrid import Found

_NONE = "Extracts only: the model found no answer in these passages"
_FAILED = "Extracts only: nothing that the model wrote passed the checks"
_LEFT = "Partly extracts: what the model left out of then and now is quoted"
_CUT = "The model broke off: there may be more to say"


def compose(
    plain: Answer,
    query: Question,
    found: Found,
    evidence: Sequence[Evidence],
    task: Task,
    ask: Ask,
    embed: Embed,
    tell: Tell = lambda _stage, _claims: None,
    most: int | None = None,
) -> Answer:
    """The model's answer to the question of the `task`, in at most `most` sentences; `plain` is the extractive one.

    One call of the model. Where it fails or nothing it says holds, the answer is `plain`, and has a note. About now or
    change its sentences are dated and put in order, and what they leave out of the course of things is quoted.
    """
    try:
        written = write(task, _passages(plain, query, found), ask, embed, tell)
    except ChatError as error:
        return replace(plain, note=f"Extracts only: {error.reason}")
    said = _relevant([Told(text, citations) for text, citations in written.sentences], found, embed)
    dropped = written.dropped + len(written.sentences) - len(said)
    if not said:
        # That a model finds nothing is no proof that there is nothing: small ones miss much, and an article may have
        # told it to say so.
        return replace(plain, note=_FAILED if dropped else _NONE, dropped=dropped)
    course = Succession(tuple(said[:most]))
    if query.tense:
        course = succeed(said, _relevant(quotes(plain), found, embed), states_position(query, found), found.day, most)
    made = replace(_answer(plain, course, written.cut), model=written.model, dropped=dropped)
    timeline = entries(made.citations, evidence, found) if query.tense else ()
    return settle_generated(replace(made, timeline=timeline), query, evidence, found)


def _passages(plain: Answer, query: Question, found: Found) -> list[Passage]:
    """Those found, best first; before them those that the extractive answer is from, so that they have room.

    For a question about now or about change those of all times, after the answer's own the newest first; what came out
    after the day of asking is left out.
    """
    passages = list({hit.passage.id: hit.passage for hit in (*found.hits, *found.across)}.values())
    if query.tense:
        passages = [each for each in passages if not found.day or _day(each) <= found.day.isoformat()] or passages
        passages.sort(key=_day, reverse=True)
    return sorted(passages, key=lambda each: _place(each, plain))


def _day(passage: Passage) -> str:
    """The day an article came out, empty where it is unknown."""
    return passage.article.metadata.day


def _place(passage: Passage, plain: Answer) -> int:
    """The number of the first quote of the answer that a passage holds, or one behind them all."""
    places = (
        number
        for number, each in enumerate(plain.citations)
        if passage.article.key == each.key and passage.start <= each.start < passage.end
    )
    return next(places, len(plain.citations))


def _relevant(told: Sequence[Told], found: Found, embed: Embed) -> list[Told]:
    """Without what has nothing to do with the question: what an article made the model say is mostly that."""
    if not told:
        return []
    cosines = embed([each.text for each in told]) @ found.vector
    return [each for each, cosine in zip(told, cosines, strict=True) if cosine >= thresholds.RELEVANT_FROM]


def _answer(plain: Answer, course: Succession, cut: bool) -> Answer:
    numbering = Numbering()
    notes = {_LEFT: course.quoted, _CUT: cut}
    return replace(
        plain,
        statements=tuple(_statement(each, numbering.number(each.citations)) for each in course.told),
        citations=numbering.citations,
        mode="generated",
        note=". ".join(note for note, so in notes.items() if so) or None,
    )


def _statement(told: Told, numbers: tuple[int, ...]) -> Statement:
    return Statement(f"{told.text}{'.' if told.text[-1].isalnum() else ''}", numbers, told.opening)
