"""The reader page, which shows an article with the cited passage marked; and the health check."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import jinja2
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.presentation import terminal, wording
from bot.presentation.links import address
from bot.web.permalinks import Cited, find, read_permalink
from retrieval.domain.articles import Article, Metadata
from retrieval.domain.citations import Basis
from retrieval.nlp.markup import beginning

Opened = tuple[Article, str]

_LOG = logging.getLogger(__name__)
_HERE = Path(__file__).parent
_STYLE = (_HERE / "reader.css").read_text("utf-8")
_PAGE = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE), autoescape=True, undefined=jinja2.StrictUndefined
).get_template("reader.html")
# The style is part of the page, so the page needs no other address, whatever the path behind a proxy.
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "private, no-store",
    "Server": "briefing",  # no versions
}
_NOTICES = {
    404: ("Not found", "There is no such page here."),
    405: ("Not possible", "This address only serves pages to read."),
    500: ("Something went wrong", "The page could not be made. The cause is in the bot’s log."),
}
_NO_ARTICLE = ("No such article", "No article is stored under this address. It may have been removed since.")
_BASIS: Mapping[Basis, str] = {
    "front_matter": "stated at the head of the file",
    "manifest": "noted in the list of sources",
    "feed": "stated by the feed",
    "page": "stated by the page",
    "text": "read in the text",
    "unknown": "the source gives no date",
}

_KEY = re.compile(r"[A-Za-z0-9_-]{1,100}")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")


@dataclass(frozen=True, slots=True)
class BotHealth:
    """The health of the bot: `well` if it works, and facts as JSON values or their `str`."""

    well: bool
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ShownParagraph:
    """A paragraph with its marked part; `first` if the mark begins in it."""

    before: str
    marked: str = ""
    after: str = ""
    first: bool = False


def make_app(
    open_article: Callable[[str], Awaitable[Opened | None]], health: Callable[[], Awaitable[BotHealth]]
) -> web.Application:
    """The application: `/a/{key}` shows the article that `open_article` finds by its key, `/healthz` the health."""
    app = web.Application(middlewares=[_guard])
    app.router.add_get("/a/{key}", partial(_show_article, open_article))
    app.router.add_get("/healthz", partial(_show_health, health))
    return app


async def _show_article(
    open_article: Callable[[str], Awaitable[Opened | None]], request: web.Request
) -> web.StreamResponse:
    key = request.match_info["key"]
    opened = await open_article(key) if _KEY.fullmatch(key) else None
    if opened is None:
        return _notice(404, _NO_ARTICLE)
    page = await asyncio.to_thread(_compose, *opened, read_permalink(request.query))
    return web.Response(text=page, content_type="text/html")


async def _show_health(health: Callable[[], Awaitable[BotHealth]], _request: web.Request) -> web.StreamResponse:
    found = await health()
    document = json.dumps({**found.facts, "well": found.well}, default=str)
    return web.json_response(text=document, status=200 if found.well else 503)


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error into a page, and set the headers of every response."""
    try:
        response = await handler(request)
    except web.HTTPException as refused:
        response = _notice(refused.status, _NOTICES.get(refused.status, (refused.reason, "")))
        if allowed := refused.headers.get("Allow"):
            response.headers["Allow"] = allowed
    except Exception:
        _LOG.exception("A page of the reader could not be made")
        response = _notice(500, _NOTICES[500])
    response.headers.update(_HEADERS)
    return response


def _notice(status: int, words: tuple[str, str]) -> web.StreamResponse:
    page = _PAGE.render(style=_STYLE, title=words[0], notice=words[1])
    return web.Response(text=page, status=status, content_type="text/html")


def _compose(article: Article, text: str, cited: Cited | None) -> str:
    known = article.metadata
    span = find(text, cited) if cited else None
    return _PAGE.render(
        style=_STYLE,
        notice=None,
        title=terminal.article(known.title or article.file),
        facts=[(name, terminal.article(value)) for name, value in _facts(article.file, known)],
        original=address(known.url or ""),
        marked=span is not None,
        changed=cited is not None and span is None,
        paragraphs=list(_paragraphs(text, span or (0, 0), beginning(text))),
    )


def _facts(file: str, known: Metadata) -> Iterator[tuple[str, str]]:
    published = wording.day(known.published, known.published_estimated)
    if known.published:
        published += f", {_BASIS[known.basis.get('published', 'unknown')]}"
    facts = {"Outlet": known.outlet, "Author": known.author, "Published": published, "File": file}
    return ((name, value) for name, value in facts.items() if value)


def _paragraphs(text: str, span: tuple[int, int], begins: int) -> Iterator[ShownParagraph]:
    """The paragraphs of the text; the marked span may run over several."""
    shown = terminal.article(text)
    breaks = [match.span() for match in _BLANK_LINES.finditer(text, begins)]
    first = True
    for (_, start), (end, _) in zip([(0, begins), *breaks], [*breaks, (len(text), 0)], strict=True):
        begin, stop = (min(max(place, start), end) for place in span)
        if text[begin:stop].strip():
            yield ShownParagraph(shown[start:begin], shown[begin:stop], shown[stop:end], first)
            first = False
        elif text[start:end].strip():
            yield ShownParagraph(shown[start:end])
