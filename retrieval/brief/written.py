"""The first sentence of a note and its news as a language model wrote them, where they passed the checks."""

from __future__ import annotations

from dataclasses import replace

from retrieval.domain.briefs import Brief, BriefStatement
from retrieval.domain.llm import CheckedReply
from retrieval.evidence.citations import Numbering


def with_written(note: Brief, reply: CheckedReply) -> Brief:
    """The note with the model's statements: the first is its sentence, the others are its news.

    A note whose reply has no statement left keeps its own.
    """
    note = replace(note, dropped=reply.dropped, note=reply.note or note.note)
    if not reply.sentences:
        return note
    numbering = Numbering()
    numbering.number(note.citations)
    first, *others = (
        BriefStatement(
            text=each.text,
            citations=numbering.number(each.citations),
            published=max(citation.day for citation in each.citations),
        )
        for each in reply.sentences
    )
    since = note.since
    news = tuple(each for each in others if each.published > since)
    return replace(note, sentence=first, new=news or note.new, citations=numbering.citations, model=reply.model)
