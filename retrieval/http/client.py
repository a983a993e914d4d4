"""Fetches pages from the open web. No link can reach into our network, fill the memory or hang the program."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property

import httpx

from retrieval.domain.phrase import Phrase
from retrieval.http.page import ENCODINGS, FetchedPage, FetchError, check_size, in_words, read_body, refused
from retrieval.http.politeness import Deadline, HostThrottle, Robots, Turns
from retrieval.http.ssrf_guard import Connect, Dialer, Resolve, connect, exchange, resolve
from retrieval.http.url_policy import NOT_PUBLIC, WebAddress, is_reachable, literal, read_address

AGENT = "BriefingBot/0.1"
MOST_REDIRECTS = 5
PAUSE = 1.0

_ACCEPTED = (
    "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
_LASTING = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Statuses from 400 to 499 that may be temporary.
_PASSING = frozenset({408, 421, 423, 425, 429})
_LONGEST_WAIT = 7 * 24 * 3600.0
# Header values of a server that may be sent back.
_PRINTABLE = re.compile(r"[ -~]{1,1000}")


@dataclass(frozen=True, slots=True)
class _Fetch:
    """The state of one fetch over its redirects; cookies are dropped after it."""

    deadline: Deadline
    headers: dict[str, str]
    most_bytes: int
    robots: bool
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    @property
    def conditional(self) -> bool:
        return "If-None-Match" in self.headers or "If-Modified-Since" in self.headers

    def remember(self, head: httpx.Response) -> None:
        """Keep the cookies of an answer: some sites redirect in a circle until they get theirs."""
        self.cookies.extract_cookies(head)
        for cookie in list(self.cookies.jar):
            pair = f"{cookie.name}={cookie.value}"
            # Other cookies cannot be sent in a header.
            if not (pair.isascii() and pair.isprintable()):
                self.cookies.jar.clear(cookie.domain, cookie.path, cookie.name)


class Fetcher:
    """Fetches pages, one at a time from a host, with `turns` among all processes. Thread-safe.

    Connects only to public addresses, and without a proxy. `allow_loopback` allows this machine, for tests; these may
    also replace `clock`, `sleep`, `resolve` and `connect`.
    """

    def __init__(
        self,
        agent: str = AGENT,
        allow_loopback: bool = False,
        turns: Turns | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        resolve: Resolve = resolve,
        connect: Connect = connect,
    ) -> None:
        self._agent = agent
        self._allow_loopback = allow_loopback
        self._clock = clock
        self._resolve = resolve
        self._connect = connect
        self._throttle = HostThrottle(PAUSE, clock, sleep, turns)
        self._robots = Robots(agent.partition("/")[0], self._read_robots, clock, sleep)
        self._closed = False

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        modified: str | None = None,
        most_bytes: int = 10_000_000,
        seconds: float = 30,
        robots: bool = True,
    ) -> FetchedPage:
        """The page, after at most five redirects. A redirect from https to http is allowed, as a link is.

        `seconds` is for everything, robots.txt and redirects included, except for waiting until the host is free.

        Raises:
            FetchError: with the reason.
        """
        headers = self._headers() | conditions(etag, modified)
        fetch = _Fetch(Deadline(seconds, self._clock), headers, most_bytes, robots)
        return self._follow(read_address(url), fetch)

    def close(self) -> None:
        """Start no further request."""
        self._closed = True

    def _headers(self) -> dict[str, str]:
        return {"User-Agent": self._agent, "Accept": _ACCEPTED, "Accept-Encoding": ENCODINGS, "Connection": "close"}

    def _read_robots(self, address: WebAddress, deadline: Deadline) -> bytes:
        return self._follow(address, _Fetch(deadline, self._headers(), 10_000_000, robots=False)).body

    def _follow(self, address: WebAddress, fetch: _Fetch) -> FetchedPage:
        status, moved, lasting = 0, None, True
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._visit(address, fetch)
            if isinstance(answer, FetchedPage):
                return replace(answer, moved=moved)
            status, address = answer
            # Up to the first temporary redirect.
            lasting = lasting and status in _LASTING
            moved = address.url if lasting else moved
        raise FetchError(Phrase("too many redirects"), status=status, permanent=True)

    def _visit(self, address: WebAddress, fetch: _Fetch) -> FetchedPage | tuple[int, WebAddress]:
        """The page, or the status and the target of a redirect."""
        number = literal(address.host)
        if number and not is_reachable(number, self._allow_loopback):
            raise refused(NOT_PUBLIC)
        if fetch.robots:
            self._robots.check(address, fetch.deadline)
        with self._throttle.of(address.host) as waited:
            fetch.deadline.extend(waited)
            if self._closed:
                raise FetchError(Phrase("shutting down"))
            return self._exchange(address, fetch)

    def _exchange(self, address: WebAddress, fetch: _Fetch) -> FetchedPage | tuple[int, WebAddress]:
        dialer = Dialer(fetch.deadline, self._allow_loopback, self._resolve, self._connect)
        request = httpx.Request("GET", address.url, headers=fetch.headers, cookies=fetch.cookies)
        with exchange(address, request.headers.raw, dialer, self._trust) as answer:
            head = httpx.Response(answer.status, headers=answer.headers, request=request)
            fetch.remember(head)
            if head.status_code in _REDIRECTS and "Location" in head.headers:
                return head.status_code, address.joined(head.headers["Location"])
            return _page(address, fetch, head, answer.iter_stream())

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return httpx.create_ssl_context()


def _page(address: WebAddress, fetch: _Fetch, head: httpx.Response, chunks: Iterator[bytes]) -> FetchedPage:
    headers = head.headers
    etag, modified = printable(headers.get("ETag")), printable(headers.get("Last-Modified"))
    kind = headers.get("Content-Type", "")[:200]
    if head.status_code == 304 and fetch.conditional:
        etag, modified = (
            etag or fetch.headers.get("If-None-Match"),
            modified or fetch.headers.get("If-Modified-Since"),
        )
        return FetchedPage(address.url, kind, b"", etag, modified, unchanged=True)
    if not head.is_success:
        raise _turned_away(head)
    if (length := headers.get("Content-Length", "")).isdecimal():
        check_size(int(length[:20]), fetch.most_bytes)
    body = read_body(chunks, headers.get("Content-Encoding", ""), fetch.most_bytes)
    return FetchedPage(address.url, kind, body, etag, modified)


def _turned_away(head: httpx.Response) -> FetchError:
    status = head.status_code
    permanent = head.is_client_error and status not in _PASSING
    return FetchError(in_words(status), status=status, retry_after=retry_after(head.headers), permanent=permanent)


def conditions(etag: str | None, modified: str | None) -> dict[str, str]:
    """The headers of a conditional request; none without a last answer."""
    asked = {"If-None-Match": printable(etag), "If-Modified-Since": printable(modified)}
    return {name: value for name, value in asked.items() if value}


def printable(value: str | None) -> str | None:
    """The value, or None if it cannot be sent."""
    return value if value and _PRINTABLE.fullmatch(value) else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of a Retry-After header, at most a week; a date in it counts from the server's own clock."""
    wait = headers.get("Retry-After", "").strip()
    if wait.isdecimal():
        return min(float(wait[:20]), _LONGEST_WAIT)
    until = _moment(wait)
    if until is None:
        return None
    now = _moment(headers.get("Date", "")) or datetime.now(UTC)
    return min(max((until - now).total_seconds(), 0.0), _LONGEST_WAIT)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
