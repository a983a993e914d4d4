"""Conflicts, timelines, comparisons, changes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConflictNumbers:
    """When sources disagree."""

    # Sources disagree only within so many days of each other (estimates: same_time): on the news set tolls,
    # prices and offices differ from the second day on because they changed.
    conflict_days: int = 1
    # Two sentences tell the same but for a name or a figure from so many shared terms, and such a share of all,
    # on. Not tuned.
    parallel_terms: int = 3
    parallel_share: float = 0.6
    # What makes a source's sentence its answer: its cosine with the question, the question's words that name
    # nobody, the question's names in what opens an article, a thing of the kind asked for. Fitted to whether the
    # sentence has the answer its document gives, on 100 of 200 questions each asked of its own documents, and on
    # the others, and rounded: so the best sentence has it for .75 to .78 of the half that was left out, whichever
    # it is.
    witness_weights: tuple[float, float, float, float] = (3.0, 2.0, 1.0, 3.5)
    # What has less than this share of the best one's score is not to the point: on the same questions .5 to .6
    # serve alike.
    heard_from: float = 0.6
    # Of two undated sources that have such a share of their runs of words in common, one repeats the other; at .1
    # to .3 one question in a hundred more or less is answered.
    repeated_runs: float = 0.15
    # Two undated sources this near say the same, and so many sides of a disagreement are shown.
    same_witness: float = 0.97
    sides: int = 4
    # The context from which an undated source's answer is a side, and the share of terms in common from which two
    # sentences are alike but for what is replaced; at .3 to .6 that changes nothing. Of 13 questions whose
    # sources agree 3 are told to be disputed, without a side_context 5.
    side_context: float = 0.3
    replaced_share: float = 0.5


@dataclass(frozen=True, slots=True)
class TimelineNumbers:
    """What stands in a timeline."""

    # A timeline: passages and sentences looked at, how many of an article, and how many entries are told; the
    # cosine and the coverage from which a sentence is about the topic, and how near two statements tell of one
    # thing. Not tuned: read on the seeds and the news set; the coverage is half of the words, whose weights
    # differ a little (14 crises: 310 of 324 entries to the point, at .5 309 of 323, at .45 316 of 339).
    timeline_passages: int = 150
    entries_weighed: int = 96
    entry_sentences: int = 3
    entries: int = 40
    entry_cosine: float = 0.4
    turn_cosine: float = 0.25
    entry_coverage: float = 0.48
    # The cosine of a passage with the topic from which its sentences may be about it in other words: with the names
    # of 14 crises over 1,091 updates, 120 of 128 entries are of the crisis without it, at .5, .45, .4 and .35 257 of
    # 268, 309 of 323, 320 of 357 and 296 of 335.
    near_from: float = 0.45
    # Stretches that the time of a timeline is divided into where there is more than it tells; how near two
    # statements of one day say the same, and two positions of one actor on different days. Read on 8 topics of
    # the news set, 5 crises and the seeds, the third raised to .6 for one wrong pair.
    stretches: int = 8
    same_entry: float = 0.7
    same_position: float = 0.6


@dataclass(frozen=True, slots=True)
class ComparisonNumbers:
    """What stands beside each other in a comparison."""

    # A comparison: how many statements of a side are shown, how many of one article before others have had their
    # say; the mean of the cosine and of the coverage in the sentence or its passage that the best of a side must
    # reach for it to speak of the topic at all, where one passage is stored and for ten times as many; and that
    # of the sentence itself for those beside it, or their share of the best. On thirteen affairs the sides that
    # tell of their topic reach .48 to .90, topics of others .49 at most and .46 without them; on the news set
    # topics that CNN does not tell .58, six that it does .79 to .87. What a statement gains by its likeness to
    # the other side's nearest, and how alike two are that stand beside each other as one matter.
    statements: int = 4
    of_article: int = 2
    relevant_from: float = 0.4
    per_tenfold: float = 0.055
    beside: float = 0.38
    share: float = 0.8
    alike: float = 0.5
    pair: float = 0.4


@dataclass(frozen=True, slots=True)
class ChangeNumbers:
    """When two statements are about one thing."""

    # How near two statements of one matter must lie for one to change the other. Read on thirteen affairs and
    # news.
    near: float = 0.3
