"""The points of a digest as a language model wrote them, where they passed the checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from retrieval import tuned
from retrieval.digest.drafts import CitedText, DigestDraft, StoryDraft
from retrieval.domain.articles import Passage
from retrieval.domain.llm import CheckedReply
from retrieval.errors import ChatError
from retrieval.executor import BoundedExecutor

# Writes the points of the story of this title from these passages; raises ChatError where it cannot.
Write = Callable[[str, Sequence[Passage]], CheckedReply]

# For all stories together: a scheduled digest is waited for a minute and a half, its extractive points included.
SECONDS = 60.0
# Stories that are written at a time.
_AT_ONCE = 4
_LATE = ChatError("the model did not answer in time")


def rewrite(draft: DigestDraft, write: Write) -> DigestDraft:
    """The digest with points written by a model, one call a story; a story whose call fails keeps its own.

    Stories not written after `SECONDS` are not waited for. A story still developing is not written: its points must
    add to what the destination has read, so they stay the sentences that were compared with that.
    """
    leads = [story.cited_leads if story.story.new else [] for story in draft.stories]

    def attempt(number: int) -> tuple[int, CheckedReply | ChatError]:
        try:
            return number, write(draft.stories[number].story.title, leads[number])
        except ChatError as error:
            return number, error

    asked = [number for number, passages in enumerate(leads) if passages]
    executor = BoundedExecutor(_AT_ONCE)
    came = dict.fromkeys(asked, _LATE) | dict(executor.map_unordered(attempt, asked, seconds=SECONDS))
    outcomes = [came.get(number) for number in range(len(leads))]
    failed = [outcome for outcome in outcomes if isinstance(outcome, ChatError)]
    written = [outcome if isinstance(outcome, CheckedReply) else None for outcome in outcomes]
    digest = replace(
        draft.digest,
        model=next((each.model for each in written if each and each.sentences), None),
        dropped=sum(each.dropped for each in written if each),
        note=f"{len(failed)} of {len(outcomes)} stories not written: {failed[0].reason}" if failed else None,
    )
    return DigestDraft(digest, tuple(map(_with_points, draft.stories, written)))


def _with_points(story: StoryDraft, written: CheckedReply | None) -> StoryDraft:
    if not written or not written.sentences:
        return story
    points = tuple(CitedText(each.text, each.citations) for each in written.sentences[: tuned.POINTS.most])
    return replace(story, points=points)
