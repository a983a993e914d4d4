"""Writes and deletes the rows of an article: its own, and those of its passages and vectors."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from retrieval.domain.articles import SHARED, Document, Vectors
from retrieval.storage.full_text import word_index
from retrieval.storage.schema import articles, changes, languages, passages, places, vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArticle:
    """An article ready to be stored; it replaces the article with the id `replaces`, if any.

    `path` is the path of the file, or a permanent name for an article from elsewhere. `file` is the name people
    use: the path inside the ingested folder, or the address without its scheme. `spans` are the (start, end) of its
    passages, `vectors` has the shape (len(spans), dimensions). `story` is the id of the story it belongs to, None
    where it starts one. `language` is an ISO 639 code, None where it is not known.
    """

    path: str
    file: str
    fingerprint: str
    document: Document
    spans: Sequence[tuple[int, int]]
    vectors: Vectors
    centroid: Vectors
    story: int | None = None
    replaces: int | None = None
    scope: str = SHARED
    language: str | None = None


def kept(connection: Connection, replaces: int | None) -> dict[str, Any]:
    """The key, first day and first id of the replaced article, so that links keep working and it is not taken for a
    new one; a new key and today where none is replaced.
    """
    query = select(articles.c.key, articles.c.added, articles.c.born).where(articles.c.id == replaces)
    if replaces is not None and (row := connection.execute(query).one_or_none()):
        return {"key": row.key or secrets.token_hex(12), "added": row.added, "born": row.born}
    return {"key": secrets.token_hex(12), "added": datetime.now(UTC).date().isoformat()}


def insert_article(connection: Connection, new: NewArticle, kept: Mapping[str, Any]) -> int:
    known = new.document.metadata
    row: dict[str, Any] = {
        "path": new.path,
        "file": new.file,
        "fingerprint": new.fingerprint,
        "story": new.story or 0,
        "title": known.title,
        "author": known.author,
        "outlet": known.outlet,
        "url": known.url,
        "published": known.published,
        "published_estimated": known.published_estimated,
        "tags": list(known.tags),
        "basis": dict(known.basis),
        "centroid": new.centroid.tobytes(),
        "text": new.document.text,
        "scope": new.scope,
        **kept,
    }
    article = int(connection.execute(insert(articles).returning(articles.c.id), row).scalar_one())
    firsts = {"story": article} if new.story is None else {}
    if "born" not in kept:
        firsts["born"] = article
    if firsts:
        connection.execute(articles.update().where(articles.c.id == article).values(firsts))
    if new.language is not None:
        connection.execute(insert(languages).values(article=article, language=new.language))
    if marks := [{"article": article, "start": start, "place": place} for start, place in _places(new.document)]:
        connection.execute(insert(places), marks)
    return article


def _places(document: Document) -> Iterator[tuple[int, str]]:
    """The offsets at which the locator changes, with the new locator."""
    last = ""
    for block in document.blocks:
        if block.place != last:
            last = block.place
            yield block.start, last


def insert_passages(connection: Connection, article: int, new: NewArticle) -> list[int]:
    if not new.spans:
        return []
    body = new.document.text
    rows = [
        {"article": article, "start": start, "end": end, "line": body.count("\n", 0, start) + 1}
        for start, end in new.spans
    ]
    inserting = insert(passages).returning(passages.c.id, sort_by_parameter_order=True)
    ids = list(connection.execute(inserting, rows).scalars())
    connection.execute(
        insert(vectors),
        [{"passage": id_, "vector": row.tobytes()} for id_, row in zip(ids, new.vectors, strict=True)],
    )
    return ids


def delete_article(connection: Connection, article: int) -> int | None:
    """Delete an article. The new id of its story, if the story had this article's id and other articles belong to
    it.
    """
    gone = list(connection.execute(select(passages.c.id).where(passages.c.article == article)).scalars())
    if gone:
        word_index(connection).remove(connection, article)
        connection.execute(insert(changes), [{"passage": id_} for id_ in gone])
    connection.execute(delete(articles).where(articles.c.id == article))
    return _hand_on_story(connection, article)


def _hand_on_story(connection: Connection, gone: int) -> int | None:
    """A story has the id of its oldest article; when that one is deleted, the next oldest gives its id."""
    heir = connection.execute(select(func.min(articles.c.id)).where(articles.c.story == gone)).scalar()
    if heir is not None:
        connection.execute(articles.update().where(articles.c.story == gone).values(story=heir))
    return heir
