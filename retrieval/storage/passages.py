"""Reads passages from the catalog, and the parts of article texts they cover."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Integer, bindparam, case, func, literal_column, select, text

from retrieval.domain.articles import Filter, Passage
from retrieval.nlp.markup import BACK, over
from retrieval.storage.articles import ARTICLE_COLUMNS, to_article
from retrieval.storage.engine import BOUND_IDS, bind_ids, filter_sql
from retrieval.storage.schema import PASSAGE_TEXT, articles, languages, passages
from retrieval.storage.schema import places as locators

_ORIGINS = (
    select(passages.c.id, articles.c.id, articles.c.story, articles.c.published, languages.c.language)
    .join(articles, articles.c.id == passages.c.article)
    .outerjoin(languages, languages.c.article == articles.c.id)
    .where(passages.c.id.in_(BOUND_IDS))
)
_NEAR: ColumnElement[bool] = passages.c.start < BACK
# The text right before a passage, where a table that it goes on has its header.
_BEFORE = func.substr(
    articles.c.text,
    case((_NEAR, 1), else_=passages.c.start + 1 - BACK),
    case((_NEAR, passages.c.start), else_=BACK),
)
_PASSAGES = (
    select(
        passages.c.id.label("passage"),
        passages.c.start,
        passages.c.end,
        passages.c.line,
        PASSAGE_TEXT.label("text"),
        _BEFORE.label("before"),
        *ARTICLE_COLUMNS,
    )
    .join(articles, articles.c.id == passages.c.article)
    .where(passages.c.id.in_(BOUND_IDS))
)
_TEXTS = select(articles.c.id, articles.c.text).where(articles.c.id.in_(BOUND_IDS))
# The last locator that begins before a passage, and the locators that begin inside it.
_EARLIER = locators.alias()
_LAST_BEFORE = (
    select(func.max(_EARLIER.c.start))
    .where(_EARLIER.c.article == passages.c.article, _EARLIER.c.start <= passages.c.start)
    .scalar_subquery()
)
_LOCATORS = (
    select(passages.c.id, locators.c.start, locators.c.place)
    .join(locators, locators.c.article == passages.c.article)
    .where(locators.c.start < passages.c.end, locators.c.start >= func.coalesce(_LAST_BEFORE, 0))
    .where(passages.c.id.in_(BOUND_IDS))
    .order_by(locators.c.start)
)


@dataclass(frozen=True, slots=True)
class PassageOrigin:
    """The origin of a passage: its article, the article's story, date, and language where it is known."""

    article: int
    story: int
    published: str | None
    language: str | None


def count_passages(connection: Connection) -> int:
    """The number of stored passages."""
    return int(connection.execute(select(func.count()).select_from(passages)).scalar_one())


def texts_with_spans(connection: Connection, keys: Sequence[str]) -> dict[str, tuple[str, list[tuple[int, int]]]]:
    """The texts of articles, by key, with the spans of their passages in order."""
    found: dict[str, tuple[str, list[tuple[int, int]]]] = {}
    for key in dict.fromkeys(keys):
        row = connection.execute(select(articles.c.id, articles.c.text).where(articles.c.key == key)).one_or_none()
        if row:
            spans = select(passages.c.start, passages.c.end).where(passages.c.article == row.id)
            body = [(start, end) for start, end in connection.execute(spans.order_by(passages.c.start))]
            found[key] = row.text, body
    return found


def leading_passages(connection: Connection, ids: Sequence[int], count: int) -> list[Passage]:
    """The first `count` passages of every article, in the order of the ids."""
    firsts = select(passages.c.id).where(passages.c.article == bindparam("article"))
    wanted: list[int] = []
    for article in ids:
        wanted += connection.execute(firsts.order_by(passages.c.start).limit(count), {"article": article}).scalars()
    loaded = load_passages(connection, wanted)
    return [loaded[id_] for id_ in wanted if id_ in loaded]


def article_body(connection: Connection, article: int) -> str:
    """The text of an article's passages, without the boilerplate between them."""
    return article_bodies(connection, [article])[article]


def article_bodies(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """The same of several articles, by id."""
    spans = select(passages.c.article, passages.c.start, passages.c.end).where(passages.c.article.in_(BOUND_IDS))
    covered = defaultdict[int, list[tuple[int, int]]](list)
    for article, start, end in connection.execute(spans.order_by(passages.c.start), bind_ids(ids)):
        covered[article].append((start, end))
    texts = connection.execute(_TEXTS, bind_ids(ids))
    return {id_: "\n".join(text[start:end] for start, end in covered[id_]) for id_, text in texts}


def passage_ids_of(connection: Connection, article: int) -> list[int]:
    """The ids of an article's passages, in order."""
    query = select(passages.c.id).where(passages.c.article == article).order_by(passages.c.start)
    return list(connection.execute(query).scalars())


def count_passages_of(connection: Connection, ids: Sequence[int]) -> Mapping[int, int]:
    """The number of passages of the articles, by article id."""
    count = func.count().label("passages")
    query = select(passages.c.article, count).where(passages.c.article.in_(BOUND_IDS)).group_by(passages.c.article)
    return {row.article: row.passages for row in connection.execute(query, bind_ids(ids))}


def passage_origins(connection: Connection, ids: Sequence[int]) -> Mapping[int, PassageOrigin]:
    """The origins of the passages, by id; deleted passages are left out."""
    rows = connection.execute(_ORIGINS, bind_ids(ids))
    return {id_: PassageOrigin(*place) for id_, *place in rows}


def filter_passages(connection: Connection, ids: Sequence[int], only: Filter) -> list[int]:
    """The passages whose article satisfies the filter, in the order of `ids`."""
    where, bound = filter_sql(only)
    # In this order, because an audience or some days have more articles than `ids` has passages.
    id_ = literal_column("passages.id", Integer)
    query = select(id_).select_from(text("passages CROSS JOIN articles"))
    query = query.where(text("articles.id = passages.article"), id_.in_(BOUND_IDS), text(where))
    kept = set(connection.execute(query, bound | bind_ids(ids)).scalars())
    return [id_ for id_ in ids if id_ in kept]


def load_passages(connection: Connection, ids: Sequence[int]) -> Mapping[int, Passage]:
    """The passages with their text and article, by id."""
    rows = connection.execute(_PASSAGES, bind_ids(ids)).all()
    places: dict[int, list[tuple[int, str]]] = {}
    for id_, start, place in connection.execute(_LOCATORS, bind_ids(ids)):
        places.setdefault(id_, []).append((start, place))
    return {
        row.passage: Passage(
            row.passage,
            to_article(row),
            row.start,
            row.end,
            row.line,
            row.text,
            tuple(places.get(row.passage, ())),
            over(row.before, row.text),
        )
        for row in rows
    }


def next_passage_ids(connection: Connection, after: int, count: int) -> list[int]:
    """The next ids of passages after this one, ascending."""
    query = select(passages.c.id).where(passages.c.id > after).order_by(passages.c.id).limit(count)
    return list(connection.execute(query).scalars())


def existing_passage_ids(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Those of the ids that are passages."""
    query = select(passages.c.id).where(passages.c.id.in_(BOUND_IDS))
    return set(connection.execute(query, bind_ids(ids)).scalars())


def spread_passage_ids(connection: Connection, count: int) -> list[int]:
    """About `count` ids of passages, evenly spread over all that were ever given out."""
    last = connection.execute(select(func.max(passages.c.id))).scalar() or 0
    steps = range(0, last, last // count or 1)
    return sorted({id_ for step in steps for id_ in next_passage_ids(connection, step, 1)})


def all_passage_ids(connection: Connection) -> set[int]:
    """The ids of all passages."""
    return set(connection.execute(select(passages.c.id)).scalars())
