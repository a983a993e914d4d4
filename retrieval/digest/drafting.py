"""A matter is told: its headline, its outlets, and a few sentences of its articles, cited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from retrieval import tuned
from retrieval.digest.articles import Matter, Report, central, ids
from retrieval.digest.key_sentences import Candidate, choose_points, find_candidates, unsaid
from retrieval.domain.articles import Article
from retrieval.domain.citations import Citation
from retrieval.domain.stories import Point, Story
from retrieval.evidence.citations import cite_part
from retrieval.nlp.agencies import common_agency
from retrieval.storage.articles import article_text
from retrieval.storage.passages import leading_passages

# Passages at the beginning of an article that its story is told from.
_LEADS = 2


class Teller:
    """Tells matters of a digest one after the other; `citations` are numbered through.

    `frequencies` says in how many of the digest's `articles` a term stands.
    """

    def __init__(self, connection: Connection, frequencies: Counter[str], articles: int) -> None:
        self._connection = connection
        self._frequencies = frequencies
        self._articles = articles
        self.citations: list[Citation] = []

    def has_news(self, matter: Matter) -> bool:
        """Whether there is something to tell: what the destination was told before says it all, or not."""
        if not matter.earlier:
            return True
        if matter.is_repeat():
            return False
        said = self._leads(matter.fresh, tuned.DEVELOPING_ARTICLES)
        return not said or bool(self._unsaid(said, matter))

    def tell(self, matter: Matter) -> Story:
        """The story, its points said by none of the earlier reports."""
        articles = tuned.DEVELOPING_ARTICLES if matter.earlier else tuned.POINT_ARTICLES
        candidates = self._unsaid(self._leads(matter.fresh, articles), matter)
        chosen = choose_points(candidates, self._frequencies, self._articles)
        points = []
        for each in chosen:
            number = len(self.citations) + 1
            self.citations.append(cite_part(each.passage, number, each.start, each.end))
            points.append(Point(each.text, (number,)))
        return Story(
            title=_title([each.article for each in central(matter.fresh, tuned.POINT_ARTICLES)]),
            files=tuple(each.article.file for each in matter.fresh),
            outlets=_outlets(matter.fresh),
            origin=self._origin(matter.fresh),
            points=tuple(points),
            new=not matter.earlier,
            earlier=len(matter.earlier),
        )

    def _unsaid(self, candidates: Sequence[Candidate], matter: Matter) -> Sequence[Candidate]:
        if not matter.earlier:
            return candidates
        return unsaid(candidates, self._leads(matter.earlier, tuned.DEVELOPING_ARTICLES))

    def _leads(self, reports: Sequence[Report], articles: int) -> list[Candidate]:
        """What the most central of the reports begin with."""
        return find_candidates(leading_passages(self._connection, ids(central(reports, articles)), _LEADS))

    def _origin(self, reports: Sequence[Report]) -> str | None:
        """The agency whose piece several articles print; it may be credited in the furniture alone."""
        tellers = Counter(each.article.story for each in reports)
        copies = [each.article.id for each in reports if tellers[each.article.story] > 1]
        return common_agency(article_text(self._connection, article) for article in copies)


def _title(articles: Sequence[Article]) -> str:
    """The title of the most central article, of those whose title is whole."""
    titles = [each.metadata.title or each.file for each in articles]
    return next((title for title in titles if not title.endswith(("…", "..."))), titles[0])


def _outlets(reports: Iterable[Report]) -> tuple[str, ...]:
    outlets = (each.article.metadata.outlet for each in reports)
    return tuple(dict.fromkeys(outlet for outlet in outlets if outlet))
