"""Search."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SearchNumbers:
    """How passages are found and ranked."""

    # Share of the word score in the fused score.
    words_weight: float = 0.5
    # The same where the question is in another language than the article, and the embedding model knows both:
    # they share names at most. Ten short articles in eight languages beside the seeds, asked for in eight
    # languages, come first for 66 of 80 questions, at .5 for 30; twenty of them among 447 English news articles,
    # for 60 questions in a language that the article sought is not in: MRR .32, .54, .66 and .70 at .5, .3, .1
    # and 0. These questions name nobody, so not 0.
    foreign_words_weight: float = 0.1
    # What the newest article gains over one that is old beyond measure.
    recency_weight: float = 0.2
    # The same for a question about now ("still", "currently", "latest").
    now_recency_weight: float = 0.6
    # What an article of the time that a question loosely names ("this week") gains.
    window_weight: float = 0.3
    # What a passage gains by its article's second and third best: at 0 to 0.2 in steps of .05, Hits@1 on the news
    # set ran .56, .61, .68, .70, .67.
    support_weight: float = 0.15
    # What remains of a passage's score for each better passage of its article: without it (1.0) ten passages came
    # from too few articles, Hits@10 over the first ten of them was .91; at .9 it is .955.
    variety: float = 0.9
    # Two passages of one story this near say the same: copies reach 1, passages of the two rewrites among the
    # seeds .86.
    same_passage: float = 0.9
    # The recency scale is the span in days of the newest recency_articles articles, kept between these bounds: a
    # corpus fed daily is asked about the last weeks, one of five articles about the last year.
    recency_articles: int = 100
    recency_days: tuple[int, int] = (30, 365)
    # How many passages each side brings before they are fused.
    candidates: int = 150
    # A filter that leaves at most this many passages is scored exactly; Chroma's own filters take seconds.
    exact_passages: int = 3_000
    # Passages asked of Chroma where a filter leaves more than that.
    over_fetch: int = 1_000
