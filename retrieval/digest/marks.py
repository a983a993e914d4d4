"""The marks of a digest's stories: an actor's position has changed, or the sources disagree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from retrieval import tuned
from retrieval.answering.extractive import unmarked
from retrieval.digest.disputes import Quote, find_dispute, titled
from retrieval.digest.drafts import LEADS, CitedText, DigestDraft, DraftMark, StoryDraft
from retrieval.digest.shifts import Seek, Shift, find_shift
from retrieval.domain.articles import Passage
from retrieval.domain.vectors import Embed
from retrieval.errors import BriefingError
from retrieval.evidence.sentence_selection import cite
from retrieval.nlp.statements import Sentence, statements


def mark(draft: DigestDraft, seek: Seek | None, embed: Embed) -> DigestDraft:
    """The digest with its stories marked; `seek` is None where no earlier article is stored.

    Where the search among earlier articles fails, the digest gets a note and no shifts.
    """
    shifts, note = _shifts(draft.stories, seek, embed)
    stories = tuple(
        replace(story, marks=tuple(_marks(story, shift))) for story, shift in zip(draft.stories, shifts, strict=True)
    )
    notes = "; ".join(filter(None, (draft.digest.note, note))) or None
    return DigestDraft(replace(draft.digest, note=notes), stories)


def _shifts(stories: tuple[StoryDraft, ...], seek: Seek | None, embed: Embed) -> tuple[list[Shift | None], str | None]:
    nothing: list[Shift | None] = [None] * len(stories)
    if seek is None:
        return nothing, None
    try:
        weightiest = stories[: tuned.SHIFTS.stories]
        return [*(find_shift(_news(story), seek, embed) for story in weightiest), *nothing[len(weightiest) :]], None
    except BriefingError as error:
        return nothing, f"not compared with earlier articles: {error}"


def _marks(draft: StoryDraft, shift: Shift | None) -> Iterator[DraftMark]:
    if shift:
        yield DraftMark("shift", tuple(_quote((sentence.text, sentence)) for sentence in shift))
    roles = titled([passage for own in draft.passages for passage in own])
    if sides := find_dispute(_leading(draft), _sentences(roles)):
        yield DraftMark("disputed", tuple(map(_quote, sides)))


def _leading(draft: StoryDraft) -> tuple[Sentence, ...]:
    """The sentences at the beginning of the story's articles."""
    return _sentences(passage for own in draft.passages for passage in own[:LEADS])


def _news(draft: StoryDraft) -> tuple[Sentence, ...]:
    """The leading sentences that may report a new position: of a story still developing, only its points."""
    if draft.story.new:
        return _leading(draft)
    cited = {(citation.key, citation.start) for point in draft.points for citation in point.citations}
    return tuple(each for each in _leading(draft) if (each.article.key, each.offset) in cited)


def _sentences(passages: Iterable[Passage]) -> tuple[Sentence, ...]:
    return tuple(sentence for passage in passages for sentence in statements(passage))


def _quote(side: Quote) -> CitedText:
    words, sentence = side
    return CitedText(unmarked(words), (cite(sentence, 0),))
