"""Search, and copies and rewrites among articles."""

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


@dataclass(frozen=True, slots=True)
class DuplicateNumbers:
    """What counts as a copy or a rewrite of a stored article."""

    # Stored articles compared with a new one, and how near their mean vectors must lie.
    candidates: int = 5
    cosine: float = 0.55
    # Published at most this many days apart, two articles may tell of the same occasion.
    days: int = 3
    # A copy: this share of the shorter article's runs of five words stands in the longer one. Far apart in time
    # it takes more: recurring columns ("5 things to know") repeat up to half of theirs.
    copy_cosine: float = 0.75
    copy_containment: float = 0.5
    late_copy_containment: float = 0.8
    # Unless both have so many figures, and no more than this share of them in common: bulletins made from a form.
    copy_count: int = 3
    copy_numbers: float = 0.5
    # A rewrite of an agency's piece, by mean vectors; how much shorter the one may be; by names and numbers with
    # terms, and some of the numbers; or by so many numbers with fewer terms. Over the seeds, three affairs of one
    # set and ten of another, in four languages, the 14 rewrites reach .60 and either .81 of the names with .47 of
    # the terms or, in German, .88 of six numbers with .42; the 50 other near pairs at most .73 with .42, and .75
    # of three numbers. Of 651 near pairs of two outlets in US news this adds one to five that were known.
    rewrite_cosine: float = 0.55
    rewrite_length: float = 0.4
    rewrite_names: float = 0.75
    rewrite_terms: float = 0.45
    rewrite_named_numbers: float = 0.5
    rewrite_count: int = 4
    rewrite_numbers: float = 0.85
    rewrite_counted_terms: float = 0.4
