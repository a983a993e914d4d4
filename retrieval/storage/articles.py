"""Reads articles from the catalog."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, bindparam, case, exists, func, select, text, true

from retrieval.domain.articles import Article, Filter, Metadata, Searched, Vectors
from retrieval.storage.engine import BOUND_IDS, BOUND_KEYS, bind_ids, bind_keys, filter_sql
from retrieval.storage.schema import articles, facts, languages
from retrieval.storage.schema import places as locators

ARTICLE_COLUMNS = [
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
    # Paths on disk never contain these characters; addresses do.
    articles.c.path.not_like("%://%").label("on_disk"),
]
_WILD = re.compile("[%_/]")
_STATE = select(facts.c.value).where(facts.c.name == "articles changed")
_MOST_COUNTS = 1_000
# Jumps from value to value in the index; DISTINCT would read one entry an article.
_DISTINCT = (
    "WITH RECURSIVE names(name) AS (SELECT min({column}) FROM articles UNION ALL "
    "SELECT (SELECT min({column}) FROM articles WHERE {column} > name) FROM names WHERE name IS NOT NULL) "
    "SELECT name FROM names WHERE name IS NOT NULL"
)
_OUTLETS, _SCOPES = (text(_DISTINCT.format(column=column)) for column in ("outlet", "scope"))


def count_matching(connection: Connection, only: Filter) -> Searched:
    """The number of articles that satisfy the filter, and the day of the newest."""
    where, bound = filter_sql(only)
    # Two subqueries, because an index alone answers either.
    counted, newest = (f"(SELECT {what} FROM articles WHERE {where})" for what in ("count(*)", "max(published)"))
    count, newest = connection.execute(text(f"SELECT {counted}, {newest}"), bound).one()
    return Searched(count, newest[:10] if newest else None)


class ArticleCounts:
    """What `count_matching` says, counted once until an article changes: PostgreSQL counts row by row. Thread-safe."""

    def __init__(self) -> None:
        self._known: tuple[str | None, dict[Filter, Searched]] = None, {}

    def matching(self, connection: Connection, only: Filter) -> Searched:
        """The number of articles that satisfy the filter, and the day of the newest."""
        state = connection.execute(_STATE).scalar()
        known = self._known
        if state is None or state != known[0] or len(known[1]) >= _MOST_COUNTS:
            known = self._known = state, {}
        if only not in known[1]:
            known[1][only] = count_matching(connection, only)
        return known[1][only]


def matching_share(connection: Connection, only: Filter) -> float:
    """The share of the articles that satisfy the filter."""
    return count_matching(connection, only).articles / max(count_articles(connection), 1) if only else 1.0


def dated_share(connection: Connection, only: Filter) -> float:
    """The share of the articles satisfying the filter that have a date; 1 where there are none."""
    where, bound = filter_sql(only)
    dated = func.avg(case((articles.c.published.is_not(None), 1.0), else_=0.0))
    share = connection.execute(select(dated).where(text(where)), bound).scalar()
    return 1.0 if share is None else float(share)


def outlet_names(connection: Connection, scopes: Sequence[str] | None = None) -> tuple[str, ...]:
    """The names of all outlets that articles of these scopes come from, sorted."""
    names = connection.execute(_OUTLETS).scalars().all()
    if scopes is None or not has_other_scopes(connection, scopes):
        return tuple(names)
    seen = exists().where(articles.c.outlet == bindparam("name"), articles.c.scope.in_(scopes))
    return tuple(name for name in names if connection.execute(select(seen), {"name": name}).scalar())


def has_other_scopes(connection: Connection, scopes: Sequence[str]) -> bool:
    """Tell if an article of a scope not listed is stored."""
    return any(scope not in scopes for scope in connection.execute(_SCOPES).scalars())


def nth_newest_date(connection: Connection, day: str, count: int) -> str | None:
    """The date of the `count`-th newest article published up to `day`, or of the oldest where there are fewer."""
    query = (
        select(articles.c.published)
        .where(articles.c.published <= day + "~")
        .order_by(articles.c.published.desc())
        .limit(count)
    )
    dates = list(connection.execute(query).scalars())
    return dates[-1] if dates else None


def find_by_name(connection: Connection, file: str, scopes: Sequence[str] | None = None) -> list[Article]:
    """The articles of these scopes with this file name, complete or only its last part."""
    query = select(*ARTICLE_COLUMNS).where(_seen_by(scopes))
    exact = connection.execute(query.where(articles.c.file == file)).all()
    found = exact or connection.execute(query.where(_like(articles.c.file, "/" + file, after=""))).all()
    return [to_article(row) for row in found]


def find_by_name_start(connection: Connection, name: str, scopes: Sequence[str] | None = None) -> list[Article]:
    """The articles of these scopes whose file name, or its last part, starts with `name`."""
    query = select(*ARTICLE_COLUMNS).where(_seen_by(scopes))
    begins = _like(articles.c.file, name, before="") | _like(articles.c.file, f"/{name}")
    return [to_article(row) for row in connection.execute(query.where(begins).limit(20))]


def list_names(connection: Connection, scopes: Sequence[str] | None = None) -> list[tuple[str, str | None]]:
    """The file names and titles of all articles of these scopes."""
    query = select(articles.c.file, articles.c.title).where(_seen_by(scopes))
    return [(row.file, row.title) for row in connection.execute(query)]


def paths_of(connection: Connection, ids: Sequence[int]) -> Mapping[int, str]:
    """The paths of files, or the addresses, that articles came from, by article id."""
    query = select(articles.c.id, articles.c.path).where(articles.c.id.in_(BOUND_IDS))
    return {row.id: row.path for row in connection.execute(query, bind_ids(ids))}


def locators_of(connection: Connection, article: int) -> list[tuple[int, str]]:
    """The locators of an article's sections in its source, with the offset where each begins."""
    query = select(locators.c.start, locators.c.place).where(locators.c.article == article)
    query = query.order_by(locators.c.start)
    return [(row.start, row.place) for row in connection.execute(query)]


def article_by_key(connection: Connection, key: str) -> Article | None:
    """The article with the key that links use."""
    row = connection.execute(select(*ARTICLE_COLUMNS).where(articles.c.key == key)).one_or_none()
    return to_article(row) if row else None


def keys_from(connection: Connection, starts: Collection[str], scopes: tuple[str, ...] | None = None) -> list[str]:
    """The keys of articles that begin with some of `starts`, all of one length."""
    length = max(map(len, starts), default=0)
    where, bound = filter_sql(Filter(scopes=scopes))
    query = select(articles.c.key).where(func.substr(articles.c.key, 1, length).in_(BOUND_KEYS), text(where))
    return list(connection.execute(query, bound | bind_keys(starts)).scalars())


def article_by_path(connection: Connection, place: str) -> Article | None:
    """The article stored from this path: that of a file, or the address of one from the web."""
    row = connection.execute(select(*ARTICLE_COLUMNS).where(articles.c.path == place)).one_or_none()
    return to_article(row) if row else None


def list_articles(
    connection: Connection, only: Filter, containing: str, first: int, count: int | None
) -> tuple[list[Article], int]:
    """Articles that satisfy the filter, newest first, and their total number; all of them without a `count`.

    All words of `containing` occur in the article's title, file or outlet, in any case.
    """
    where, bound = filter_sql(only)
    query = select(*ARTICLE_COLUMNS).where(text(where))
    held = func.coalesce(articles.c.title, "") + " " + articles.c.file + " " + func.coalesce(articles.c.outlet, "")
    for word in containing.split()[:8]:
        query = query.where(_like(held, word))
    total = connection.execute(select(func.count()).select_from(query.subquery()), bound).scalar_one()
    order = query.order_by(articles.c.published.desc().nulls_last(), articles.c.id.desc()).limit(count).offset(first)
    return [to_article(row) for row in connection.execute(order, bound)], int(total)


def _like(column: ColumnElement[str], part: str, before: str = "%", after: str = "%") -> ColumnElement[bool]:
    """The column has this part in it, with ASCII letters in any case."""
    plain = _WILD.sub(r"/\g<0>", part)
    return column.ilike(f"{before}{plain}{after}", escape="/")


def ids_below(connection: Connection, path: str) -> list[int]:
    """The ids of the articles from this file (or archive), or from files in this folder."""
    path = path.rstrip("/")
    below = articles.c.path.startswith(f"{path}/", autoescape=True)
    below |= articles.c.path.startswith(f"{path}!/", autoescape=True)
    return list(connection.execute(select(articles.c.id).where((articles.c.path == path) | below)).scalars())


def ids_at(connection: Connection, place: str, url: str) -> list[int]:
    """The ids of the articles of all audiences that came from this address, or name it as theirs."""
    return list(connection.execute(select(articles.c.id).where(_is_at(place, url))).scalars())


def find_at(connection: Connection, place: str, url: str, scopes: Sequence[str] | None = None) -> list[Article]:
    """The articles of these scopes that came from this address, or name it as theirs."""
    query = select(*ARTICLE_COLUMNS).where(_is_at(place, url), _seen_by(scopes))
    return [to_article(row) for row in connection.execute(query)]


def _seen_by(scopes: Sequence[str] | None) -> ColumnElement[bool]:
    return true() if scopes is None else articles.c.scope.in_(scopes)


def _is_at(place: str, url: str) -> ColumnElement[bool]:
    own = articles.c.path.endswith(" " + place, autoescape=True)
    return (articles.c.path == place) | own | (articles.c.url == url)


def paths_named(connection: Connection, file: str, scopes: Sequence[str]) -> set[str]:
    """The paths of the articles of these scopes with this file name."""
    # The name first, since an audience has many articles.
    rows = connection.execute(select(articles.c.path, articles.c.scope).where(articles.c.file == file))
    return {path for path, scope in rows if scope in scopes}


def files_of_stories(
    connection: Connection, stories: Collection[int], scopes: Sequence[str] | None = None
) -> Mapping[int, Sequence[str]]:
    """The files, in these scopes, of the articles of every story, oldest article first."""
    files: dict[int, list[str]] = {story: [] for story in stories}
    query = select(articles.c.story, articles.c.file, articles.c.scope).where(articles.c.story.in_(BOUND_IDS))
    for story, file, scope in connection.execute(query.order_by(articles.c.id), bind_ids(list(stories))):
        # Not in SQL, which might go through all articles of the scopes for these few.
        if scopes is None or scope in scopes:
            files[story].append(file)
    return files


def article_text(connection: Connection, article: int) -> str:
    """The stored text of an article."""
    return str(connection.execute(select(articles.c.text).where(articles.c.id == article)).scalar_one())


def articles_in_window(
    connection: Connection, only: Filter, keys: Collection[str] | None = None
) -> list[tuple[Article, str, Vectors]]:
    """The articles that satisfy the filter, oldest first, with their day and the mean vector of their passages.

    The filter has both days. An article of unknown date counts by the day it was first stored. With `keys` only
    articles with these keys are returned.
    """
    dated, bound = filter_sql(only)
    undated, _ = filter_sql(only, day="added")
    day = func.coalesce(articles.c.published, articles.c.added).label("day")
    where = text(f"(({dated}) OR (articles.published IS NULL AND {undated}))")
    query = select(*ARTICLE_COLUMNS, articles.c.centroid, day).where(where)
    if keys is not None:
        query, bound = query.where(articles.c.key.in_(BOUND_KEYS)), bound | bind_keys(keys)
    rows = connection.execute(query.order_by(day, articles.c.id), bound)
    return [(to_article(row), row.day, np.frombuffer(row.centroid, np.float32)) for row in rows]


def languages_of(connection: Connection, ids: Sequence[int]) -> Mapping[int, str]:
    """The known languages of articles, by article id."""
    query = select(languages.c.article, languages.c.language).where(languages.c.article.in_(BOUND_IDS))
    return {row.article: row.language for row in connection.execute(query, bind_ids(ids))}


def ids_without_language(connection: Connection, count: int) -> list[int]:
    """The ids of up to `count` articles whose language is not known yet."""
    noted = exists().where(languages.c.article == articles.c.id)
    return list(connection.execute(select(articles.c.id).where(~noted).limit(count)).scalars())


def load_article(connection: Connection, article: int) -> Article:
    """The article with this id."""
    return to_article(connection.execute(select(*ARTICLE_COLUMNS).where(articles.c.id == article)).one())


def count_articles(connection: Connection) -> int:
    """The number of stored articles."""
    return int(connection.execute(select(func.count()).select_from(articles)).scalar_one())


def to_article(row: Any) -> Article:
    """The article of a row that has the `ARTICLE_COLUMNS`."""
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
