"""The answer as a language model writes it, or the extractive one where nothing of that can be shown."""

from __future__ import annotations

from dataclasses import replace

from retrieval import thresholds
from retrieval.answer.evidence import Embed
from retrieval.answer.writing import Ask, Tell, write
from retrieval.errors import ChatError
from retrieval.models import Answer, Passage, Task, Written
from retrieval.search.citations import Numbering
from retrieval.search.finder import Found
from retrieval.search.query import Query

_NONE = "Extracts only: the model found no answer in these passages"
_FAILED = "Extracts only: nothing that the model wrote passed the checks"
_CUT = "The model broke off: there may be more to say"


def compose(
    plain: Answer,
    query: Query,
    found: Found,
    task: Task,
    ask: Ask,
    embed: Embed,
    tell: Tell = lambda _stage, _claims: None,
    most: int | None = None,
) -> Answer:
    """The model's answer to the question of the `task`, in at most `most` sentences; `plain` is the extractive one.

    One call of the model. Where it fails or nothing it says holds, the answer is `plain`, and has a note.
    """
    try:
        written = write(task, _passages(plain, query, found), ask, embed, tell)
    except ChatError as error:
        return replace(plain, note=f"Extracts only: {error.reason}")
    held = _relevant(written, found, embed)
    if not held.sentences:
        # That a model finds nothing is no proof that there is nothing: small ones miss much, and an article may have
        # told it to say so.
        return replace(plain, note=_FAILED if held.dropped else _NONE, dropped=held.dropped)
    return _answer(plain, held, most)


def _passages(plain: Answer, query: Query, found: Found) -> list[Passage]:
    """Those found, best first; before them those that the extractive answer is from, so that they have room.

    For a question about now or about change those of all times, after the answer's own the newest first.
    """
    passages = list({hit.passage.id: hit.passage for hit in (*found.hits, *found.across)}.values())
    if query.tense:
        passages.sort(key=lambda each: (each.article.metadata.published or "")[:10], reverse=True)
    return sorted(passages, key=lambda each: _place(each, plain))


def _place(passage: Passage, plain: Answer) -> int:
    """The number of the first quote of the answer that a passage holds, or one behind them all."""
    places = (
        number
        for number, each in enumerate(plain.citations)
        if passage.article.key == each.key and passage.start <= each.start < passage.end
    )
    return next(places, len(plain.citations))


def _relevant(written: Written, found: Found, embed: Embed) -> Written:
    """Without what has nothing to do with the question: what an article made the model say is mostly that."""
    if not written.sentences:
        return written
    cosines = embed([text for text, _ in written.sentences]) @ found.vector
    kept = [each for each, cosine in zip(written.sentences, cosines, strict=True) if cosine >= thresholds.RELEVANT_FROM]
    off = len(written.sentences) - len(kept)
    return replace(written, sentences=tuple(kept), dropped=written.dropped + off)


def _answer(plain: Answer, held: Written, most: int | None) -> Answer:
    numbering = Numbering()
    parts = []
    for text, citations in held.sentences[:most]:
        marks = " ".join(f"[{number}]" for number in numbering.number(citations))
        parts.append(f"{text}{'.' if text[-1].isalnum() else ''} {marks}")
    return replace(
        plain,
        text=" ".join(parts),
        citations=numbering.citations,
        mode="generated",
        model=held.model,
        dropped=held.dropped,
        note=_CUT if held.cut else None,
    )
