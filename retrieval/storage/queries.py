"""Everything that is read from the catalog: articles, passages, stored vectors."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, exists, func, select, text

from retrieval.domain.articles import Article, Metadata, Passage
from retrieval.domain.searches import Filter, Searched
from retrieval.nlp.tables import BACK, over
from retrieval.storage.full_text import filter_sql
from retrieval.storage.schema import articles, changes, languages, passages, vectors
from retrieval.storage.schema import places as stretches

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]

_ARTICLE = [
    articles.c.id,
    articles.c.file,
    articles.c.story,
    articles.c.title,
    articles.c.author,
    articles.c.outlet,
    articles.c.url,
    articles.c.published,
    articles.c.published_estimated,
    articles.c.tags,
    articles.c.basis,
    articles.c.key,
    articles.c.scope,
    # No path on a disk holds these: what came from elsewhere is named by an address.
    articles.c.path.not_like("%://%").label("on_disk"),
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage belongs: its article, the article's story, its date and its language, where that was noted."""

    article: int
    story: int
    published: str | None
    language: str | None


def searched(connection: Connection, only: Filter) -> Searched:
    """How many articles satisfy the filter, and the day of the newest."""
    where, bound = filter_sql(only)
    # Asked for apart, each is answered by an index alone.
    counted, newest = (f"(SELECT {what} FROM articles WHERE {where})" for what in ("count(*)", "max(published)"))
    count, newest = connection.execute(text(f"SELECT {counted}, {newest}"), bound).one()
    return Searched(count, newest[:10] if newest else None)


def dated_share(connection: Connection, only: Filter) -> float:
    """The share of the articles satisfying the filter that have a date; 1 where there are none."""
    where, bound = filter_sql(only)
    share = connection.execute(text(f"SELECT avg(published IS NOT NULL) FROM articles WHERE {where}"), bound).scalar()
    return 1.0 if share is None else float(share)


def count_passages(connection: Connection) -> int:
    """How many passages are stored."""
    return int(connection.execute(select(func.count()).select_from(passages)).scalar_one())


def outlets(connection: Connection, scopes: Sequence[str] | None = None) -> tuple[str, ...]:
    """The names of all outlets that articles of these scopes come from, sorted."""
    names = connection.execute(_OUTLETS).scalars().all()
    if scopes is None or not hides(connection, scopes):
        return tuple(names)
    seen = exists().where(articles.c.outlet == bindparam("name"), articles.c.scope.in_(scopes))
    return tuple(name for name in names if connection.execute(select(seen), {"name": name}).scalar())


def hides(connection: Connection, scopes: Sequence[str]) -> bool:
    """Whether there are articles of other scopes than these."""
    return bool(connection.execute(select(exists().where(articles.c.scope.not_in(scopes)))).scalar())


def density_window(connection: Connection, day: str, count: int) -> str | None:
    """The date of the `count`-th newest article published up to `day`, or of the oldest where there are fewer."""
    query = (
        select(articles.c.published)
        .where(articles.c.published <= day + "~")
        .order_by(articles.c.published.desc())
        .limit(count)
    )
    dates = list(connection.execute(query).scalars())
    return dates[-1] if dates else None


def find_articles(connection: Connection, file: str, scopes: Sequence[str] | None = None) -> list[Article]:
    """The articles of these scopes stored under this file name, by full name or by its last part."""
    query = select(*_ARTICLE) if scopes is None else select(*_ARTICLE).where(articles.c.scope.in_(scopes))
    exact = list(connection.execute(query.where(articles.c.file == file)))
    if not exact:
        exact = list(connection.execute(query.where(articles.c.file.endswith("/" + file, autoescape=True))))
    return [_article(row) for row in exact]


def find_beginning(connection: Connection, name: str, scopes: Sequence[str] | None = None) -> list[Article]:
    """The articles of these scopes whose file name, or its last part, begins so."""
    query = select(*_ARTICLE) if scopes is None else select(*_ARTICLE).where(articles.c.scope.in_(scopes))
    begins = articles.c.file.startswith(name, autoescape=True) | articles.c.file.contains(f"/{name}", autoescape=True)
    return [_article(row) for row in connection.execute(query.where(begins).limit(20))]


def named(connection: Connection, scopes: Sequence[str] | None = None) -> list[tuple[str, str | None]]:
    """The file names and titles of all articles of these scopes."""
    query = select(articles.c.file, articles.c.title)
    query = query if scopes is None else query.where(articles.c.scope.in_(scopes))
    return [(row.file, row.title) for row in connection.execute(query)]


def places_of(connection: Connection, ids: Sequence[int]) -> Mapping[int, str]:
    """Where articles came from, by their ids: the path of a file, or an address."""
    query = select(articles.c.id, articles.c.path).where(articles.c.id.in_(_IDS))
    return {row.id: row.path for row in connection.execute(query, _these(ids))}


def vectors_of(connection: Connection, article: int) -> dict[str, Vectors]:
    """The stored vectors of an article's passages, by their text."""
    query = (
        select(_TEXT.label("text"), vectors.c.vector)
        .join(articles, articles.c.id == passages.c.article)
        .join(vectors, vectors.c.passage == passages.c.id)
        .where(passages.c.article == article)
    )
    return {row.text: np.frombuffer(row.vector, dtype=np.float32) for row in connection.execute(query)}


def marks_of(connection: Connection, article: int) -> list[tuple[int, str]]:
    """Where in its source the stretches of an article stand, each from an offset on."""
    query = select(stretches.c.start, stretches.c.place).where(stretches.c.article == article)
    query = query.order_by(stretches.c.start)
    return [(row.start, row.place) for row in connection.execute(query)]


def article_by_key(connection: Connection, key: str) -> Article | None:
    """The article that links name so."""
    row = connection.execute(select(*_ARTICLE).where(articles.c.key == key)).one_or_none()
    return _article(row) if row else None


def article_by_place(connection: Connection, place: str) -> Article | None:
    """The article that is stored from this place: a file's path, or the place of one that arrived."""
    row = connection.execute(select(*_ARTICLE).where(articles.c.path == place)).one_or_none()
    return _article(row) if row else None


def list_articles(
    connection: Connection, only: Filter, containing: str, first: int, count: int
) -> tuple[list[Article], int]:
    """Articles that satisfy the filter, newest first, and how many there are.

    `containing`: its title, file or outlet holds these words, whatever their case.
    """
    where, bound = filter_sql(only)
    query = select(*_ARTICLE).where(text(where))
    held = func.coalesce(articles.c.title, "") + " " + articles.c.file + " " + func.coalesce(articles.c.outlet, "")
    for word in containing.split()[:8]:
        query = query.where(held.icontains(word, autoescape=True))
    total = connection.execute(select(func.count()).select_from(query.subquery()), bound).scalar_one()
    order = query.order_by(articles.c.published.desc().nulls_last(), articles.c.id.desc()).limit(count).offset(first)
    return [_article(row) for row in connection.execute(order, bound)], int(total)


def articles_below(connection: Connection, path: str) -> list[int]:
    """The ids of the articles from this file or what is inside it, or from a folder of this path."""
    path = path.rstrip("/")
    below = articles.c.path.startswith(f"{path}/", autoescape=True)
    below |= articles.c.path.startswith(f"{path}!/", autoescape=True)
    return list(connection.execute(select(articles.c.id).where((articles.c.path == path) | below)).scalars())


def articles_at(connection: Connection, place: str, url: str) -> list[int]:
    """The ids of the articles of all audiences that came from this place on the web, or give this as their address."""
    own = articles.c.path.endswith(" " + place, autoescape=True)
    which = (articles.c.path == place) | own | (articles.c.url == url)
    return list(connection.execute(select(articles.c.id).where(which)).scalars())


def place_of(connection: Connection, file: str) -> str | None:
    """The path of the file that goes by this name."""
    return connection.execute(select(articles.c.path).where(articles.c.file == file)).scalar()


def tellers(
    connection: Connection, stories: Collection[int], scopes: Sequence[str] | None = None
) -> Mapping[int, Sequence[str]]:
    """The files of these scopes that tell each of the stories, oldest article first."""
    told: dict[int, list[str]] = {story: [] for story in stories}
    query = select(articles.c.story, articles.c.file).where(articles.c.story.in_(_IDS)).order_by(articles.c.id)
    if scopes is not None:
        query = query.where(articles.c.scope.in_(scopes))
    for story, file in connection.execute(query, _these(list(stories))):
        told[story].append(file)
    return told


def article_text(connection: Connection, article: int) -> str:
    """The stored text of an article."""
    return str(connection.execute(select(articles.c.text).where(articles.c.id == article)).scalar_one())


def pages(connection: Connection, keys: Sequence[str]) -> dict[str, tuple[str, list[tuple[int, int]]]]:
    """The texts of articles by their keys, each with the spans of its passages in order."""
    found: dict[str, tuple[str, list[tuple[int, int]]]] = {}
    for key in dict.fromkeys(keys):
        row = connection.execute(select(articles.c.id, articles.c.text).where(articles.c.key == key)).one_or_none()
        if row:
            spans = select(passages.c.start, passages.c.end).where(passages.c.article == row.id)
            body = [(start, end) for start, end in connection.execute(spans.order_by(passages.c.start))]
            found[key] = row.text, body
    return found


def window(
    connection: Connection, only: Filter, keys: Collection[str] | None = None
) -> list[tuple[Article, str, Vectors]]:
    """The articles that satisfy the filter, oldest first, each with its day and the mean vector of its passages.

    The filter has both days; one of unknown date counts by the day it was first stored. `keys` leaves out all others.
    """
    dated, bound = filter_sql(only)
    undated, _ = filter_sql(only, day="added")
    day = func.coalesce(articles.c.published, articles.c.added).label("day")
    where = text(f"(({dated}) OR (articles.published IS NULL AND {undated}))")
    query = select(*_ARTICLE, articles.c.centroid, day).where(where)
    if keys is not None:
        query, bound = query.where(articles.c.key.in_(_KEYS)), bound | {"keys": json.dumps(list(keys))}
    rows = connection.execute(query.order_by(day, articles.c.id), bound)
    return [(_article(row), row.day, np.frombuffer(row.centroid, np.float32)) for row in rows]


def leading_passages(connection: Connection, ids: Sequence[int], count: int) -> list[Passage]:
    """The first passages of each of the articles, in the order of the ids."""
    firsts = select(passages.c.id).where(passages.c.article == bindparam("article"))
    wanted: list[int] = []
    for article in ids:
        wanted += connection.execute(firsts.order_by(passages.c.start).limit(count), {"article": article}).scalars()
    loaded = load_passages(connection, wanted)
    return [loaded[id_] for id_ in wanted if id_ in loaded]


def article_body(connection: Connection, article: int) -> str:
    """The passages of an article, without the furniture between them."""
    text = article_text(connection, article)
    spans = select(passages.c.start, passages.c.end).where(passages.c.article == article).order_by(passages.c.start)
    return "\n".join(text[start:end] for start, end in connection.execute(spans))


def passages_of(connection: Connection, article: int) -> list[int]:
    """The ids of an article's passages, in order."""
    query = select(passages.c.id).where(passages.c.article == article).order_by(passages.c.start)
    return list(connection.execute(query).scalars())


def count_passages_of(connection: Connection, ids: Sequence[int]) -> Mapping[int, int]:
    """How many passages each of the articles has."""
    count = func.count().label("passages")
    query = select(passages.c.article, count).where(passages.c.article.in_(_IDS)).group_by(passages.c.article)
    return {row.article: row.passages for row in connection.execute(query, _these(ids))}


def languages_of(connection: Connection, ids: Sequence[int]) -> Mapping[int, str]:
    """The languages of those of the articles whose language was noted."""
    query = select(languages.c.article, languages.c.language).where(languages.c.article.in_(_IDS))
    return {row.article: row.language for row in connection.execute(query, _these(ids))}


def without_language(connection: Connection, count: int) -> list[int]:
    """Up to `count` articles whose language was not noted yet."""
    noted = exists().where(languages.c.article == articles.c.id)
    return list(connection.execute(select(articles.c.id).where(~noted).limit(count)).scalars())


def load_article(connection: Connection, article: int) -> Article:
    """An article by its id."""
    return _article(connection.execute(select(*_ARTICLE).where(articles.c.id == article)).one())


def places(connection: Connection, ids: Sequence[int]) -> Mapping[int, Place]:
    """Where each passage belongs; a passage that is gone is left out."""
    rows = connection.execute(_PLACES, _these(ids))
    return {id_: Place(*place) for id_, *place in rows}


def filtered(connection: Connection, ids: Sequence[int], only: Filter) -> list[int]:
    """Those of the passages whose article satisfies the filter, in the order given."""
    where, bound = filter_sql(only)
    query = (
        "SELECT passages.id FROM passages JOIN articles ON articles.id = passages.article "
        f"WHERE passages.id IN (SELECT value FROM json_each(:ids)) AND {where}"
    )
    kept = set(connection.execute(text(query), bound | _these(ids)).scalars())
    return [id_ for id_ in ids if id_ in kept]


def load_passages(connection: Connection, ids: Sequence[int]) -> Mapping[int, Passage]:
    """Passages with their text and article."""
    rows = connection.execute(_PASSAGES, _these(ids)).all()
    places: dict[int, list[tuple[int, str]]] = {}
    for id_, start, place in connection.execute(_PLACES_OF, _these(ids)):
        places.setdefault(id_, []).append((start, place))
    return {
        row.passage: Passage(
            row.passage,
            _article(row),
            row.start,
            row.end,
            row.line,
            row.text,
            tuple(places.get(row.passage, ())),
            over(row.before, row.text),
        )
        for row in rows
    }


def load_vectors(connection: Connection, ids: Sequence[int]) -> tuple[Ids, Vectors]:
    """The stored vectors of passages: ids (n,) and vectors (n, dimensions), in no particular order."""
    return _matrix(connection.execute(_VECTORS, _these(ids)).all())


def vectors_within(connection: Connection, only: Filter, limit: int) -> tuple[Ids, Vectors] | None:
    """The vectors of all passages that satisfy the filter, or None where they are more than `limit`."""
    where, bound = filter_sql(only)
    within = f"FROM articles JOIN passages ON passages.article = articles.id WHERE {where}"
    beyond = text(f"SELECT EXISTS (SELECT 1 {within} LIMIT 1 OFFSET :limit)")
    if connection.execute(beyond, bound | {"limit": limit}).scalar():
        return None
    query = f"SELECT passage, vector FROM vectors WHERE passage IN (SELECT passages.id {within})"
    return _matrix(connection.execute(text(query), bound).all())


def scan_vectors(connection: Connection, chunk: int = 4096) -> Iterator[tuple[Ids, Vectors]]:
    """All stored vectors, a chunk at a time, by growing passage id."""
    last = 0
    query = (
        select(vectors.c.passage, vectors.c.vector)
        .where(vectors.c.passage > bindparam("last"))
        .order_by(vectors.c.passage)
        .limit(chunk)
    )
    while rows := connection.execute(query, {"last": last}).all():
        ids, matrix = _matrix(rows)
        yield ids, matrix
        last = int(ids[-1])


def passage_ids(connection: Connection) -> set[int]:
    """The ids of all passages."""
    return set(connection.execute(select(passages.c.id)).scalars())


def centroids(connection: Connection) -> tuple[Ids, Vectors]:
    """The mean vector of every article: ids (n,) and vectors (n, dimensions)."""
    return _matrix(connection.execute(select(articles.c.id, articles.c.centroid)).all())


def pending_changes(connection: Connection, limit: int | None = None) -> tuple[int, list[int]]:
    """The number of the last change the vector index has yet to follow, and the passages, oldest change first."""
    query = select(changes.c.number, changes.c.passage).order_by(changes.c.number).limit(limit)
    rows = connection.execute(query).all()
    return (rows[-1].number, [row.passage for row in rows]) if rows else (0, [])


def count_changes(connection: Connection) -> int:
    """How many changes the vector index has yet to follow."""
    return int(connection.execute(select(func.count()).select_from(changes)).scalar_one())


def count_articles(connection: Connection) -> int:
    """How many articles are stored."""
    return int(connection.execute(select(func.count()).select_from(articles)).scalar_one())


def _matrix(rows: Sequence[Any]) -> tuple[Ids, Vectors]:
    ids = np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
    flat = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float32)
    return ids, flat.reshape(len(rows), -1) if rows else np.empty((0, 0), np.float32)


def _article(row: Any) -> Article:
    metadata = Metadata(
        title=row.title,
        author=row.author,
        outlet=row.outlet,
        url=row.url,
        published=row.published,
        published_estimated=row.published_estimated,
        tags=tuple(row.tags),
        basis=row.basis,
    )
    return Article(row.id, row.file, metadata, row.story, row.key, row.scope, row.on_disk)


def _these(ids: Sequence[int]) -> dict[str, str]:
    """The ids for a statement: one value, so that the statement is the same however many they are."""
    return {"ids": json.dumps(list(ids))}


_EACH = func.json_each(bindparam("ids")).table_valued("value")
_IDS = select(_EACH.c.value)
_KEYS = select(func.json_each(bindparam("keys")).table_valued("value").c.value)
# From name to name along the index: a DISTINCT would read an entry for each article.
_OUTLETS = text(
    "WITH RECURSIVE names(name) AS (SELECT min(outlet) FROM articles UNION ALL "
    "SELECT (SELECT min(outlet) FROM articles WHERE outlet > name) FROM names WHERE name IS NOT NULL) "
    "SELECT name FROM names WHERE name IS NOT NULL"
)
_PLACES = (
    select(passages.c.id, articles.c.id, articles.c.story, articles.c.published, languages.c.language)
    .join(articles, articles.c.id == passages.c.article)
    .outerjoin(languages, languages.c.article == articles.c.id)
    .where(passages.c.id.in_(_IDS))
)
_TEXT = func.substr(articles.c.text, passages.c.start + 1, passages.c.end - passages.c.start)
_BEFORE = func.substr(articles.c.text, func.max(1, passages.c.start + 1 - BACK), func.min(passages.c.start, BACK))
_PASSAGES = (
    select(
        passages.c.id.label("passage"),
        passages.c.start,
        passages.c.end,
        passages.c.line,
        _TEXT.label("text"),
        _BEFORE.label("before"),
        *_ARTICLE,
    )
    .join(articles, articles.c.id == passages.c.article)
    .where(passages.c.id.in_(_IDS))
)
# The last place that begins before a passage, and those that begin in it.
_PLACES_OF = text(
    "SELECT passages.id, places.start, places.place FROM passages JOIN places ON places.article = passages.article "
    "AND places.start < passages.end AND places.start >= COALESCE((SELECT MAX(start) FROM places AS before "
    "WHERE before.article = passages.article AND before.start <= passages.start), 0) "
    "WHERE passages.id IN (SELECT value FROM json_each(:ids)) ORDER BY places.start"
)
_VECTORS = select(vectors.c.passage, vectors.c.vector).where(vectors.c.passage.in_(_IDS))
