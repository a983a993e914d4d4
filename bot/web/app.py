"""The reader page, which shows an article with the cited passage marked; a server's digests and notes; the health."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import groupby

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CONTENT_TYPE_LATEST

from bot.presentation.links import read_permalink
from bot.presentation.words import OwnWords, phrase
from bot.web.metrics import Metrics
from bot.web.pages import POLICY, compose, notice, policy, render, words_of
from bot.web.published import Kind, PublishedPages
from retrieval.domain.articles import OpenedArticle
from retrieval.services.operations import PartState

_LOG = logging.getLogger(__name__)
_POLICY = "Content-Security-Policy"
_HEADERS = {
    _POLICY: POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "private, no-store",
    "Vary": "Accept-Language",
    "Server": "briefing",  # no versions
}
_NOTICES = {
    404: (phrase("Not found"), phrase("There is no such page here.")),
    405: (phrase("Not possible"), phrase("This address only serves pages to read.")),
    500: (phrase("Something went wrong"), phrase("The page could not be made. The cause is in the bot’s log.")),
}
_NO_ARTICLE = (
    phrase("No such article"),
    phrase("No article is stored under this address. It may have been removed since."),
)
_NO_PAGE = (phrase("No such page"), phrase("There is no such page here, or its address is not whole."))
_EXPIRED = (phrase("No longer here"), phrase("This address has expired. In Discord, /status gives a new one."))
_KINDS: Mapping[Kind, str] = {"digest": phrase("Digest"), "note": phrase("Note")}
_KEY = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True, slots=True)
class Readiness:
    """The states of the parts that a process needs for its duty."""

    parts: Mapping[str, PartState]

    @property
    def ready(self) -> bool:
        """True if it can do its duty now."""
        return all(part.ready for part in self.parts.values())


def make_app(
    open_article: Callable[[str], Awaitable[OpenedArticle | None]],
    readiness: Callable[[], Awaitable[Readiness]],
    published: PublishedPages | None = None,
    metrics: Metrics | None = None,
) -> web.Application:
    """The application: `/a/{key}` shows the article that `open_article` finds by its key.

    `/healthz` answers as long as the process is alive, `/readyz` says if it can do its duty, `/metrics` what it did.
    `/s/{server}` lists a server's digests and notes, `/s/{server}/{page}` shows one, where the address is signed.
    """
    app = web.Application(middlewares=[_guard])
    if published:
        app.router.add_get("/s/{server}", partial(_show_index, published))
        app.router.add_get("/s/{server}/{page}", partial(_show_published, published))
    app.router.add_get("/a/{key}", partial(_show_article, open_article))
    app.router.add_get("/healthz", _show_life)
    app.router.add_get("/readyz", partial(_show_readiness, readiness))
    if metrics:
        app.router.add_get("/metrics", partial(_show_metrics, metrics))
    return app


async def _show_article(
    open_article: Callable[[str], Awaitable[OpenedArticle | None]], request: web.Request
) -> web.StreamResponse:
    key = request.match_info["key"]
    opened = await open_article(key) if _KEY.fullmatch(key) else None
    if opened is None:
        return _notice(request, 404, _NO_ARTICLE)
    cited = read_permalink(request.query.getall("at", []), request.query.getall("of", []))
    page = await asyncio.to_thread(compose, opened, cited, words_of(request))
    return web.Response(text=page, content_type="text/html")


async def _show_index(published: PublishedPages, request: web.Request) -> web.StreamResponse:
    server = request.match_info["server"]
    if refused := _refusal(published, request):
        return refused
    words, until = words_of(request), int(request.query["until"])
    # Signing reads the secret from the disk, as listing reads the pages.
    paths = await asyncio.to_thread(
        lambda: [
            (each, words(_KINDS[each.kind]), published.path(server, each.id, until))
            for each in published.listed(server)
        ]
    )
    days = [(day, list(pages)) for day, pages in groupby(paths, lambda shown: _day(shown[0].at, words))]
    page = render("index.html", words, title=words("Digests and notes"), until=_day(until, words), days=days)
    return web.Response(text=page, content_type="text/html")


async def _show_published(published: PublishedPages, request: web.Request) -> web.StreamResponse:
    if refused := _refusal(published, request):
        return refused
    page = await asyncio.to_thread(published.read, request.match_info["server"], request.match_info["page"])
    if page is None:
        return _notice(request, 404, _NO_PAGE)
    response = web.Response(text=page, content_type="text/html")
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    response.headers[_POLICY] = policy(style[1] if style else "", images="data:")
    return response


def _refusal(published: PublishedPages, request: web.Request) -> web.StreamResponse | None:
    """The page that an address gets which is not signed, or no longer."""
    signed = request.query.get("until", ""), request.query.get("sig", "")
    allowed = published.allows(request.match_info["server"], request.match_info.get("page", ""), *signed)
    if allowed == "yes":
        return None
    return _notice(request, 410, _EXPIRED) if allowed == "expired" else _notice(request, 404, _NO_PAGE)


def _day(at: int, words: OwnWords) -> str:
    return words.day(datetime.fromtimestamp(at, UTC).date().isoformat())


async def _show_life(_request: web.Request) -> web.StreamResponse:
    return web.json_response({"alive": True})


async def _show_readiness(readiness: Callable[[], Awaitable[Readiness]], _request: web.Request) -> web.StreamResponse:
    found = await readiness()
    parts = {name: asdict(part) for name, part in found.parts.items()}
    return web.json_response({"ready": found.ready, "parts": parts}, status=200 if found.ready else 503)


async def _show_metrics(metrics: Metrics, _request: web.Request) -> web.StreamResponse:
    # In a thread: it reads the catalog.
    return web.Response(body=await asyncio.to_thread(metrics.text), headers={"Content-Type": CONTENT_TYPE_LATEST})


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error into a page, and set the headers of every response."""
    try:
        response = await handler(request)
    except web.HTTPException as refused:
        response = _notice(request, refused.status, _NOTICES.get(refused.status, _NOTICES[405]))
        if allowed := refused.headers.get("Allow"):
            response.headers["Allow"] = allowed
    except Exception:
        _LOG.exception("A page of the reader could not be made")
        response = _notice(request, 500, _NOTICES[500])
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _notice(request: web.Request, status: int, said: tuple[str, str]) -> web.StreamResponse:
    return web.Response(text=notice(*said, words_of(request)), status=status, content_type="text/html")
