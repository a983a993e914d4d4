"""How candidates are ranked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from retrieval import tuned
from retrieval.search.fusion import Candidate, Moment, fold, normalise, rank, recency, words_share

NOW = Moment(date(2025, 12, 14), scale=365.0)


def candidate(
    passage: int,
    *,
    words: float = 1.0,
    cosine: float = 0.5,
    published: str | None = None,
    article: int | None = None,
    story: int = 0,
) -> Candidate:
    article = passage if article is None else article
    return Candidate(passage, article, story or article, published, words, cosine)


def order(*candidates: Candidate, moment: Moment = NOW) -> list[int]:
    return [passage for passage, _ in rank(candidates, moment)]


def test_a_passage_that_words_and_vectors_both_like_comes_first() -> None:
    assert order(candidate(1, words=9), candidate(2, cosine=0.9), candidate(3, words=8, cosine=0.85))[0] == 3


def test_words_count_little_where_the_question_is_in_another_language_than_the_article() -> None:
    shared_name, answer = candidate(1, words=9, cosine=0.4), candidate(2, words=0, cosine=0.8)
    english = [replace(each, language="en") for each in (shared_name, answer)]
    assert rank(english, NOW, "de")[0][0] == 2
    assert rank(english, NOW, "en")[0][0] == 1


@pytest.mark.parametrize(("asked", "written"), [(None, "de"), ("en", None), ("und", "de"), ("en", "und"), ("de", "de")])
def test_words_count_as_ever_where_the_languages_are_the_same_or_not_known(
    asked: str | None, written: str | None
) -> None:
    assert words_share(asked, written) == tuned.SEARCH.words_weight


def test_of_two_equals_the_newer_comes_first() -> None:
    assert order(candidate(1, published="2024-12-03"), candidate(2, published="2025-12-14")) == [2, 1]


def test_an_undated_article_is_never_taken_for_new() -> None:
    assert order(candidate(1), candidate(2, published="2024-12-03")) == [2, 1]


def test_recency_fades_to_a_third_in_its_scale_and_counts_the_future_like_the_past() -> None:
    assert recency("2025-12-14", NOW) == 1.0
    assert 0.36 < recency("2024-12-14", NOW) < 0.37
    assert recency("2026-01-14T08:00:00+00:00", NOW) == recency("2025-11-13", NOW)


def test_the_time_a_question_names_outweighs_a_little_more_relevance() -> None:
    week = Moment(date(2025, 12, 14), 30.0, since="2025-12-07", until="2025-12-14")
    old, new = candidate(1, words=2, cosine=0.6, published="2025-06-01"), candidate(2, published="2025-12-10")
    base = candidate(3, words=0, cosine=0.1)
    assert order(old, new, base, moment=week)[0] == 2


def test_the_time_a_question_names_is_outweighed_by_much_more_relevance() -> None:
    week = Moment(date(2025, 12, 14), 365.0, weight=0.0, since="2025-12-07", until="2025-12-14")
    for better, first in ((0.25, 2), (0.35, 1)):
        old = candidate(1, words=0.5 + better, cosine=0.5 + better, published="2025-12-06")
        new = candidate(2, words=0.5, cosine=0.5, published="2025-12-07")
        others = candidate(3, words=0, cosine=0), candidate(4, words=1, cosine=1, published="2025-12-15")
        ranked = order(old, new, *others, moment=week)
        assert next(each for each in ranked if each in (1, 2)) == first


def test_what_nothing_could_better_scores_one() -> None:
    week = Moment(date(2025, 12, 14), 30.0, since="2025-12-14")
    best = [candidate(id_, article=1, published="2025-12-14") for id_ in (1, 2, 3)]
    ((first, score), *_) = rank(best, week)
    assert first == 1
    assert score == pytest.approx(1)


def test_an_article_that_speaks_of_the_matter_throughout_beats_one_that_mentions_it() -> None:
    mention = candidate(1, words=5, cosine=0.60, article=1)
    throughout = [candidate(id_, words=5, cosine=0.59, article=2) for id_ in (2, 3, 4)]
    noise = candidate(5, words=0, cosine=0.1, article=3)
    assert order(mention, *throughout, noise)[0] == 2


def test_the_first_places_are_shared_among_articles() -> None:
    one = [candidate(id_, words=9, cosine=0.9, article=1) for id_ in range(1, 9)]
    other = candidate(9, words=8, cosine=0.8, article=2)
    noise = candidate(10, words=0, cosine=0.1, article=3)
    assert order(*one, other, noise).index(9) < len(one)


def test_a_passage_that_repeats_a_better_one_of_its_story_is_folded_and_what_a_rewrite_adds_is_kept() -> None:
    told = {id_: candidate(id_, article=article, story=1) for id_, article in ((1, 1), (2, 2), (3, 2), (4, 1))}
    same, other = np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)
    ranked = [(1, 0.9), (2, 0.8), (3, 0.7), (4, 0.6)]
    assert [id_ for id_, _ in fold(ranked, told, {1: same, 2: same, 3: other, 4: same})] == [1, 3, 4]


def test_scores_stay_between_nothing_and_one() -> None:
    scores = [score for _, score in rank([candidate(1, words=9, cosine=1), candidate(2, words=0, cosine=-1)], NOW)]
    assert scores and all(0 <= score <= 1 for score in scores)


def test_scores_that_are_all_alike_normalise_to_one() -> None:
    assert normalise([2.0, 2.0]) == [1.0, 1.0]
    assert normalise([]) == []
    assert normalise([1.0, 3.0, 2.0]) == [0.0, 1.0, 0.5]
