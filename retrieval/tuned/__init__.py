"""Every number that was tuned, grouped by use, with how it was found.

Tuned on the development sets at once: questions over the seeds and over news, analysts' questions over two corpora,
made-up affairs, claims, conflicts, updates of crises. Frozen since 2026-11-22 but where a comment says otherwise.
"""

from __future__ import annotations

from retrieval.tuned.answers import AnswerNumbers, ClaimNumbers, DuplicateNumbers, PositionNumbers, SearchNumbers
from retrieval.tuned.histories import (
    ChangeNumbers,
    ComparisonNumbers,
    ConflictNumbers,
    DevelopingNumbers,
    HeadlineNumbers,
    PointNumbers,
    ShiftNumbers,
    StoryNumbers,
    TimelineNumbers,
    TopicNumbers,
)

SEARCH = SearchNumbers()
POSITION = PositionNumbers()
ANSWER = AnswerNumbers()
DUPLICATES = DuplicateNumbers()
CLAIMS = ClaimNumbers()
STORIES = StoryNumbers()
POINTS = PointNumbers()
HEADLINES = HeadlineNumbers()
DEVELOPING = DevelopingNumbers()
TOPICS = TopicNumbers()
SHIFTS = ShiftNumbers()
CONFLICTS = ConflictNumbers()
TIMELINE = TimelineNumbers()
COMPARISON = ComparisonNumbers()
CHANGE = ChangeNumbers()
