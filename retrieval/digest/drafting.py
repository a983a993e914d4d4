"""The drafts of a digest's stories: a title, and the sentences that say the most, by the articles' own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice

from sqlalchemy import Connection

from retrieval import tuned
from retrieval.digest.articles import DigestArticle, StoryArticles, central, ids
from retrieval.digest.closing_words import is_closing
from retrieval.digest.drafts import LEADS, CitedText, StoryDraft
from retrieval.digest.key_sentences import Candidate, choose_points, find_candidates, without_repeats
from retrieval.domain.articles import Article, Passage
from retrieval.domain.stories import Story
from retrieval.evidence.citations import cite_part
from retrieval.nlp.agencies import common_agency
from retrieval.nlp.statements import Saying
from retrieval.storage.articles import article_text
from retrieval.storage.passages import leading_passages


class Drafter:
    """Drafts the stories of one digest.

    `frequencies` counts in how many of the digest's `articles` a term occurs; `depth` is how many passages of an
    article are kept as evidence.
    """

    def __init__(self, connection: Connection, frequencies: Counter[str], articles: int, depth: int) -> None:
        self._connection = connection
        self._frequencies = frequencies
        self._articles = articles
        self._depth = depth

    def has_news(self, group: StoryArticles) -> bool:
        """Tell if the articles say something that the destination has not read."""
        if not group.earlier:
            return True
        if group.is_repeat():
            return False
        candidates = self._candidates(group.fresh, tuned.DEVELOPING.articles)
        return not candidates or bool(self._new(candidates, group))

    def draft(self, group: StoryArticles) -> StoryDraft:
        """The story; its points repeat none of the earlier articles."""
        articles = tuned.DEVELOPING.articles if group.earlier else tuned.POINTS.articles
        candidates = self._new(self._candidates(group.fresh, articles), group)
        chosen = choose_points(candidates, self._frequencies, self._articles)
        story = Story(
            title=_title([each.article for each in central(group.fresh, tuned.POINTS.articles)]),
            files=tuple(each.article.file for each in group.fresh),
            outlets=_outlets(group.fresh),
            origin=self._origin(group.fresh),
            points=(),
            new=not group.earlier,
            earlier=len(group.earlier),
        )
        points = tuple(CitedText(each.text, (cite_part(each.passage, 0, each.start, each.end),)) for each in chosen)
        return StoryDraft(story, points, self._evidence(chosen, group.fresh))

    def _evidence(self, chosen: Sequence[Saying], fresh: Sequence[DigestArticle]) -> tuple[tuple[Passage, ...], ...]:
        """The first passages of one article of every origin, of the articles of the chosen sentences first."""
        first = _one_of_each_origin([*(each.passage.article for each in chosen), *(each.article for each in fresh)])
        read = leading_passages(self._connection, list(first), self._depth)
        return tuple(tuple(own) for _, own in groupby(read, key=lambda passage: passage.article.id))

    def _new(self, candidates: Sequence[Candidate], group: StoryArticles) -> Sequence[Candidate]:
        if not group.earlier:
            return candidates
        return without_repeats(candidates, self._candidates(group.earlier, tuned.DEVELOPING.articles))

    def _candidates(self, articles: Sequence[DigestArticle], count: int) -> list[Candidate]:
        """The sentences that the most central of the articles begin with."""
        found = find_candidates(leading_passages(self._connection, ids(central(articles, count)), LEADS))
        closing = {sentence for each in articles for sentence in each.piece.closing}
        return [(place, own) for place, own in found if not is_closing(own.text, closing)]

    def _origin(self, articles: Sequence[DigestArticle]) -> str | None:
        """The agency whose piece several articles print; it may be credited outside of their passages alone."""
        printed = Counter(each.article.story for each in articles)
        copies = [each.article.id for each in articles if printed[each.article.story] > 1]
        return common_agency(article_text(self._connection, article) for article in copies)


def _one_of_each_origin(articles: Iterable[Article]) -> Iterator[int]:
    """The ids of the first articles that share no origin."""
    distinct = {article.id: article for article in articles}.values()
    firsts: dict[int, int] = {}
    for article in islice(distinct, tuned.DEVELOPING.articles):
        firsts.setdefault(article.story, article.id)
    return islice(firsts.values(), tuned.POINTS.articles)


def _title(articles: Sequence[Article]) -> str:
    """The title of the most central article whose title is whole."""
    titles = [each.metadata.title or each.file for each in articles]
    return next((title for title in titles if not title.endswith(("…", "..."))), titles[0])


def _outlets(articles: Iterable[DigestArticle]) -> tuple[str, ...]:
    outlets = (each.article.metadata.outlet for each in articles)
    return tuple(dict.fromkeys(outlet for outlet in outlets if outlet))
