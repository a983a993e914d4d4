"""The web server of a process: articles with the cited passage marked, a server's digests and notes, the health."""

from __future__ import annotations

import asyncio
import logging
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CONTENT_TYPE_LATEST

from bot.presentation.links import read_permalink
from bot.presentation.words import OwnWords, phrase
from bot.settings import BotSettings, place
from bot.web.metrics import Metrics, Monitor, Readiness
from bot.web.pages import POLICY, compose, notice, policy, render, words_of
from bot.web.published import Kind, PublishedPages
from retrieval.domain.articles import OpenedArticle
from retrieval.errors import SettingsError
from retrieval.services.briefing import Briefing

_log = logging.getLogger(__name__)
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
        _log.exception("A page of the reader could not be made")
        response = _notice(request, 500, _NOTICES[500])
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _notice(request: web.Request, status: int, said: tuple[str, str]) -> web.StreamResponse:
    return web.Response(text=notice(*said, words_of(request)), status=status, content_type="text/html")


async def serve_pages(briefing: Briefing, settings: BotSettings) -> None:
    """Serve the pages until the process is asked to stop.

    Raises:
        SettingsError: the address cannot be listened at.
    """
    if not settings.reader_port:
        raise SettingsError(
            "BRIEFING_READER_PORT is 0: set the port at which `briefing web` shall listen, such as 8080"
        )

    async with listening(briefing, settings, Monitor(briefing, answers=False)):
        await until_stopped(asyncio.Event().wait(), _nothing)


@asynccontextmanager
async def listening(
    briefing: Briefing, settings: BotSettings, monitor: Monitor, pages: bool = True
) -> AsyncIterator[None]:
    """Serve what the monitor tells, and the `pages` too, meanwhile; with the port 0 nothing.

    Raises:
        SettingsError: the address cannot be listened at.
    """
    if not settings.reader_port:
        async with monitor.watching():
            yield
        return

    async def open_article(key: str) -> OpenedArticle | None:
        return await asyncio.to_thread(briefing.articles.open_whole, key) if pages else None

    published = PublishedPages(settings.data_dir / "pages") if pages else None
    # Without an access log: anyone with the address of an article may read it.
    app = make_app(open_article, monitor.readiness, published, monitor.metrics)
    runner, where = web.AppRunner(app, access_log=None), place(settings.reader_host, settings.reader_port)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.reader_host, settings.reader_port).start()
    except OSError as error:
        await runner.cleanup()
        what = "reader page" if pages else "health"
        line = f"the {what} cannot listen at {where} ({error.strerror}): set BRIEFING_READER_PORT"
        raise SettingsError(line) from error
    what = "reader page and /healthz" if pages else "/healthz"
    _log.info("%s at http://%s", what, where)
    try:
        async with monitor.watching():
            yield
    finally:
        await runner.cleanup()


async def until_stopped(work: Coroutine[Any, Any, Any], finish: Callable[[], Awaitable[None]]) -> None:
    """Run `work` until it ends, or until a signal to stop; after a signal run `finish` first."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    running, asked = asyncio.create_task(work), asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({running, asked}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        await finish()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        for task in (running, asked):
            task.cancel()
        # Waited for, not awaited: awaiting would change the traceback of an error.
        await asyncio.wait({running, asked})


async def _nothing() -> None:
    """There is nothing to finish."""
