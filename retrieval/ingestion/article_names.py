"""Finds an article by its name in an answer, its path, its address, or the beginning of a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from sqlalchemy import Connection

from retrieval.domain.articles import SHARED, Article
from retrieval.domain.phrase import Phrase, either
from retrieval.errors import NotFoundError
from retrieval.ingestion.files import storable
from retrieval.ingestion.url_identity import alike, is_on_disk, place_of
from retrieval.storage.articles import article_by_path, find_at, find_by_name, find_by_name_start, list_names

# Answers print a position behind a file: its lines, or a place in words.
_LINES = re.compile(r":\d+(?:-\d+)?$")
_PLACE = re.compile(r", (?:p\. \d|slide \d|sheet |line \d|§ |mail[ ,]).*$")
_LEAST = 3  # characters that are enough for the beginning of a name
_MOST = 5  # names that are suggested


def find(connection: Connection, name: str, scopes: Sequence[str] | None = None) -> Article:
    """The one article of this name in these scopes.

    Raises:
        NotFoundError: there is none, or more than one; its message lists candidates.
    """
    name = storable(name.strip())
    bare = _PLACE.sub("", _LINES.sub("", name))
    for named in _ways(connection, dict.fromkeys((name, bare)), scopes):
        found = _nearest_audience(named, scopes)
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(article.file for article in found[:_MOST])
            raise NotFoundError(
                Phrase("{count} articles go by the name {name}: {files}", count=len(found), name=name, files=listed)
            )
    meant = _near(connection, bare, scopes)
    if meant:
        raise NotFoundError(
            Phrase("no article goes by the name {name}: did you mean {names}?", name=name, names=either(meant))
        )
    raise NotFoundError(Phrase("no article goes by the name {name}", name=name))


def _nearest_audience(found: list[Article], scopes: Sequence[str] | None) -> list[Article]:
    """Of articles of one name, as every audience may have one: a server's own, or for the operator the shared one."""
    if len({article.file for article in found}) != 1:
        return found
    return [article for article in found if (article.scope == SHARED) is (scopes is None)] or found


def _ways(connection: Connection, names: dict[str, None], scopes: Sequence[str] | None) -> Iterator[list[Article]]:
    for name in names:
        yield find_by_name(connection, name, scopes)
    for name in names:
        yield _at(connection, name, scopes)
    for name in names:
        yield find_by_name_start(connection, name, scopes) if len(name) >= _LEAST else []
    yield _titled(connection, names, scopes)


def _titled(connection: Connection, names: Iterable[str], scopes: Sequence[str] | None) -> list[Article]:
    """The articles with this title, however its letters, spaces and quotation marks are written.

    What lists print behind a title, its outlet and day, may follow.
    """
    wanted = {_plain(part) for name in names for part in (name, name.partition(" · ")[0])} - {""}
    rows = list_names(connection, scopes)
    files = [file for file, title in rows if title and _plain(title) in wanted]
    found = {each.id: each for file in dict.fromkeys(files) for each in find_by_name(connection, file, scopes)}
    return [each for each in found.values() if _plain(each.metadata.title or "") in wanted]


def _plain(title: str) -> str:
    return " ".join(re.sub(r"[^\w\s]+", "", title).casefold().split())


def _at(connection: Connection, name: str, scopes: Sequence[str] | None) -> list[Article]:
    """The article of this file or address."""
    path = Path(name)
    places = (str(path.absolute()), str(path.resolve())) if is_on_disk(name) else alike(place_of(name))
    found = (article_by_path(connection, place) for place in dict.fromkeys(places))
    kept = {each.id: each for each in found if each and (scopes is None or each.scope in scopes)}
    if not kept and "://" in name:
        return find_at(connection, place_of(name), name, scopes)
    return list(kept.values())


def _near(connection: Connection, name: str, scopes: Sequence[str] | None) -> list[str]:
    """The file names that are similar to a name, or whose titles are."""
    files = list_names(connection, scopes)
    wanted = name.casefold()
    by_name = {each.rpartition("/")[2].casefold(): each for each, _ in files}
    by_title = {title.casefold(): each for each, title in files if title}
    inside = [
        each for each, title in files if wanted and (wanted in each.casefold() or wanted in (title or "").casefold())
    ]
    close = [by_name[match] for match in get_close_matches(wanted.rpartition("/")[2], by_name, _MOST)]
    titled = [by_title[match] for match in get_close_matches(wanted, by_title, _MOST)]
    return list(dict.fromkeys((*close, *inside, *titled)))[:_MOST]
