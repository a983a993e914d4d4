"""A page comes back whole or with one clear reason, whatever the publisher does."""

from __future__ import annotations

import gzip
import ssl
import tracemalloc
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat
from threading import Event
from typing import Any

import httpcore
import pytest

from retrieval.errors import BriefingError
from retrieval.http.client import Fetcher
from retrieval.http.page import FetchedPage, FetchError, in_words, read_body
from tests.http.conftest import OTHER, PUBLIC, Network, Time
from tests.publisher import Asked, Publisher, Says

NEWS = "Ukraine’s allies met in Brussels.\n".encode() * 400
REFUSED = "not a web address that may be fetched"


def get(publisher: Publisher, fetcher: Fetcher, path: str = "/a", **options: Any) -> FetchedPage:
    return fetcher.get(publisher.url(path), **({"robots": False} | options))


def failure(publisher: Publisher, fetcher: Fetcher, says: Says, **options: Any) -> FetchError:
    publisher.says("/a", says)
    with pytest.raises(FetchError) as caught:
        get(publisher, fetcher, **options)
    assert isinstance(caught.value, BriefingError)
    return caught.value


def redirect(location: str, status: int = 302, cookie: str | None = None) -> Says:
    headers = {"Location": location} | ({"Set-Cookie": cookie} if cookie else {})
    return Says(status=status, headers=headers)


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


# What arrives.


def test_a_page_comes_with_what_the_next_request_needs(publisher: Publisher, fetcher: Fetcher) -> None:
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "ETag": '"v1"',
        "Last-Modified": "Sun, 01 Dec 2024 10:00:00 GMT",
    }
    publisher.says("/a?b=c", Says(NEWS, headers=headers))
    assert get(publisher, fetcher, "/a?b=c#part") == FetchedPage(
        publisher.url("/a?b=c"), "text/html; charset=utf-8", NEWS, '"v1"', "Sun, 01 Dec 2024 10:00:00 GMT"
    )
    asked = publisher.asked[0]
    assert (asked.method, asked.path) == ("GET", "/a?b=c")
    assert asked.headers["host"] == f"127.0.0.1:{publisher.port}"
    assert asked.headers["user-agent"] == "BriefingBot/0.1"
    assert "if-none-match" not in asked.headers


def test_a_page_that_has_not_changed_is_not_sent_again(publisher: Publisher, fetcher: Fetcher) -> None:
    def conditional(asked: Asked) -> Says:
        return Says(status=304) if asked.headers.get("if-none-match") == '"v1"' else Says(NEWS)

    publisher.says("/a", conditional)
    page = get(publisher, fetcher, etag='"v1"', modified="Sun, 01 Dec 2024 10:00:00 GMT")
    assert page == FetchedPage(publisher.url("/a"), "", b"", '"v1"', "Sun, 01 Dec 2024 10:00:00 GMT", unchanged=True)
    assert publisher.asked[0].headers["if-modified-since"] == "Sun, 01 Dec 2024 10:00:00 GMT"
    assert get(publisher, fetcher, etag='"v0"').body == NEWS


def test_nothing_is_unchanged_that_was_not_asked_about(publisher: Publisher, fetcher: Fetcher) -> None:
    assert str(failure(publisher, fetcher, Says(status=304))) == "the server turns us away (304)"


@pytest.mark.parametrize("etag", ["v1\r\nX-Smuggled: 1", "ü", "", "x" * 2000])
def test_only_sound_tags_are_sent(publisher: Publisher, fetcher: Fetcher, etag: str) -> None:
    publisher.says("/a", Says(NEWS, headers={"ETag": "ü"}))
    assert get(publisher, fetcher, etag=etag).etag is None
    assert publisher.asked[0].headers.keys().isdisjoint({"x-smuggled", "if-none-match"})


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(NEWS, mtime=0)),
        ("GZIP", gzip.compress(NEWS, mtime=0)),
        ("x-gzip", gzip.compress(NEWS[:300], mtime=0) + gzip.compress(NEWS[300:], mtime=0) + bytes(512)),
        ("deflate", zlib.compress(NEWS)),
        ("deflate", bare_deflate(NEWS)),
        ("identity", NEWS),
    ],
)
def test_packed_pages_are_unpacked(publisher: Publisher, fetcher: Fetcher, encoding: str, body: bytes) -> None:
    publisher.says("/a", Says(body, headers={"Content-Encoding": encoding}))
    assert get(publisher, fetcher).body == NEWS
    publisher.says("/a", Says((bytes([byte]) for byte in body), headers={"Content-Encoding": encoding}))
    assert get(publisher, fetcher).body == NEWS
    assert publisher.asked[0].headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "identity"])
def test_an_empty_page_is_empty(publisher: Publisher, fetcher: Fetcher, encoding: str) -> None:
    publisher.says("/a", Says(b"", headers={"Content-Encoding": encoding}))
    assert get(publisher, fetcher).body == b""


def test_a_server_that_knows_only_get_is_asked_for_nothing_else(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.says("/a", lambda asked: Says(NEWS) if asked.method == "GET" else Says(status=405))
    assert get(publisher, fetcher).body == NEWS
    assert publisher.connections == 1


def test_a_page_sent_in_chunks_is_put_together(publisher: Publisher, fetcher: Fetcher) -> None:
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    publisher.says("/a", Says(raw=raw))
    assert get(publisher, fetcher).body == b"abcde"


def test_the_proxy_of_the_environment_is_not_asked(
    publisher: Publisher, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Publisher() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url())
        monkeypatch.setenv("http_proxy", proxy.url())
        monkeypatch.setenv("ALL_PROXY", proxy.url())
        publisher.says("/a", Says(NEWS))
        assert get(publisher, fetcher).body == NEWS
        assert proxy.connections == 0


# What does not.


def endless(piece: bytes) -> Iterator[bytes]:
    return repeat(piece)


def bomb() -> Iterable[bytes]:
    """Gigabytes of zeros in a few megabytes."""
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    return (packer.compress(bytes(1 << 20)) for _ in range(4096))


def hollow() -> Iterable[bytes]:
    """Packed blocks for ever, with nothing in them."""
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    return (packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH) for _ in repeat(None))


@pytest.mark.parametrize(
    "says",
    [
        Says(bytes(10_001)),
        Says(b"short", length=10**15),
        Says(endless(b"more and more " * 1000)),
        Says(bomb(), headers={"Content-Encoding": "gzip"}),
        Says(gzip.compress(bytes(10**7)), headers={"Content-Encoding": "gzip"}),
        Says(zlib.compress(bytes(10**7)), headers={"Content-Encoding": "deflate"}),
        Says(hollow(), headers={"Content-Encoding": "gzip"}),
    ],
    ids=["large", "claims to be", "endless", "bomb", "small bomb", "deflate bomb", "hollow"],
)
def test_what_is_too_large_is_left(publisher: Publisher, fetcher: Fetcher, says: Says) -> None:
    error = failure(publisher, fetcher, says, most_bytes=10_000)
    assert str(error) == "too large: over 0.01 MB"
    assert error.permanent


def test_a_page_just_as_large_as_allowed_is_taken(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.says("/a", Says(gzip.compress(NEWS), headers={"Content-Encoding": "gzip"}))
    assert get(publisher, fetcher, most_bytes=len(NEWS)).body == NEWS


def test_a_bomb_costs_little_memory() -> None:
    packed = gzip.compress(gzip.compress(bytes(10**7)) + bytes(10**7))
    tracemalloc.start()
    with pytest.raises(FetchError, match="too large"):
        read_body([packed], "gzip", 100_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_500_000


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        (Says(NEWS[:100], length=200), "the answer broke off, or is not HTTP"),
        (
            Says(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc"),
            "the answer broke off, or is not HTTP",
        ),
        (Says(raw=b"HTTP/1.1 200 OK\r\nContent-Le"), "the answer broke off, or is not HTTP"),
        (Says(b"short", length=10**30), "the answer broke off, or is not HTTP"),
        (Says(raw=b""), "the answer broke off, or is not HTTP"),
        (Says(raw=b"SSH-2.0-OpenSSH_9.6\r\n"), "the answer broke off, or is not HTTP"),
        (Says(raw=b"HTTP/1.1 200 OK\r\n" + b"X-Long: y\r\n" * 20_000), "the answer broke off, or is not HTTP"),
        (
            Says(raw=b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
            "the answer broke off, or is not HTTP",
        ),
        (Says(gzip.compress(NEWS)[:-9], headers={"Content-Encoding": "gzip"}), "the answer broke off"),
        (Says(b"\x1f", headers={"Content-Encoding": "gzip"}), "the answer broke off"),
        (Says(gzip.compress(NEWS)[:-8] + bytes(8), headers={"Content-Encoding": "gzip"}), "compressed wrongly"),
        (Says(b"plain after all", headers={"Content-Encoding": "gzip"}), "compressed wrongly"),
        (Says(NEWS, headers={"Content-Encoding": "br"}), "packed as br, which was not asked for"),
        (
            Says(NEWS, headers={"Content-Encoding": "gzip, gzip"}),
            "packed as something unknown, which was not asked for",
        ),
    ],
)
def test_a_broken_answer_says_so(publisher: Publisher, fetcher: Fetcher, says: Says, reason: str) -> None:
    error = failure(publisher, fetcher, says)
    assert str(error) == reason
    assert not error.permanent


def test_a_body_longer_than_it_claims_ends_where_it_claims(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.says("/a", Says(NEWS, length=100))
    assert get(publisher, fetcher).body == NEWS[:100]


@pytest.mark.parametrize(
    "says", [Says(hang=True, raw=b""), Says(hang=True, raw=b"HTTP/1.1 200"), Says(b"", length=9, hang=True)]
)
def test_silence_ends_with_the_time(publisher: Publisher, says: Says) -> None:
    assert str(failure(publisher, Fetcher(allow_loopback=True), says, seconds=0.2)) == "timed out after 0.2 s"


@pytest.mark.parametrize("says", [Says(endless(b".")), Says(raw=endless(b"HTTP/1.1 103 Early\r\n\r\n"))])
def test_a_drip_ends_with_the_time(publisher: Publisher, says: Says) -> None:
    time = Time(step=1)
    error = failure(publisher, Fetcher(allow_loopback=True, clock=time, sleep=time.sleep), says)
    assert str(error) == "timed out after 30 s"
    assert not error.permanent


def test_the_time_is_for_all_redirects_together(publisher: Publisher, time: Time, fetcher: Fetcher) -> None:
    def slow(asked: Asked) -> Says:
        time.now += 8
        return redirect(f"{asked.path}a")

    for length in range(1, 7):
        publisher.says("/" + "a" * length, slow)
    with pytest.raises(FetchError, match="timed out after 30 s"):
        get(publisher, fetcher)
    assert len(publisher.asked) == 4


def test_a_look_up_that_hangs_ends_with_the_time() -> None:
    def hang(_name: str) -> list[str]:
        Event().wait()
        return []

    with pytest.raises(FetchError, match=r"timed out after 0\.1 s"):
        Fetcher(resolve=hang).get("http://paper.example/", seconds=0.1)


@pytest.mark.parametrize(
    ("status", "headers", "retry_after", "permanent"),
    [
        (404, {}, None, True),
        (410, {}, None, True),
        (403, {}, None, True),
        (429, {"Retry-After": "120"}, 120.0, False),
        (429, {"Retry-After": "soon"}, None, False),
        (429, {"Retry-After": "-5"}, None, False),
        (429, {"Retry-After": "9" * 500}, 604800.0, False),
        (503, {"Retry-After": "Sun, 01 Dec 2024 10:05:00 GMT", "Date": "Sun, 01 Dec 2024 10:00:00 GMT"}, 300.0, False),
        (503, {"Retry-After": "Sun, 01 Dec 2019 10:05:00 GMT"}, 0.0, False),
        (503, {"Retry-After": "Sun, 99 Dec 99999999999999999999 10:05:00 GMT"}, None, False),
        (500, {}, None, False),
        (302, {}, None, False),
        (300, {"Location": "/b"}, None, False),
    ],
)
def test_a_status_says_whether_and_when_to_come_back(
    publisher: Publisher,
    fetcher: Fetcher,
    status: int,
    headers: Mapping[str, str],
    retry_after: float | None,
    permanent: bool,
) -> None:
    error = failure(publisher, fetcher, Says(b"<h1>No.</h1>", status, headers))
    assert str(error) == in_words(status)
    assert (error.status, error.retry_after, error.permanent) == (status, retry_after, permanent)


# Where it leads.


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(publisher: Publisher, fetcher: Fetcher, status: int) -> None:
    publisher.says("/a", redirect("b?c#d", status))
    publisher.says("/b?c", Says(NEWS))
    page = get(publisher, fetcher)
    assert (page.url, page.body) == (publisher.url("/b?c"), NEWS)


def test_five_redirects_are_followed_and_no_more(publisher: Publisher, fetcher: Fetcher) -> None:
    for number in range(6):
        publisher.says(f"/{number}", redirect(f"/{number + 1}"))
    publisher.says("/6", Says(NEWS))
    assert get(publisher, fetcher, "/1").body == NEWS
    with pytest.raises(FetchError, match=r"^too many redirects$") as caught:
        get(publisher, fetcher, "/0")
    assert caught.value.permanent


def test_a_redirect_in_a_circle_ends(publisher: Publisher, fetcher: Fetcher) -> None:
    assert str(failure(publisher, fetcher, redirect("/a"))) == "too many redirects"
    assert len(publisher.asked) == 6


def test_a_redirect_that_only_wants_its_cookie_back_gets_it(publisher: Publisher, fetcher: Fetcher) -> None:
    def wall(asked: Asked) -> Says:
        return Says(NEWS) if asked.headers.get("cookie") == "seen=1" else redirect("/a", cookie="seen=1")

    publisher.says("/a", wall)
    assert get(publisher, fetcher).body == NEWS
    assert len(publisher.asked) == 2
    get(publisher, fetcher)
    assert "cookie" not in publisher.asked[2].headers, "cookies last no longer than one fetch"


@pytest.mark.parametrize(
    "cookie", ["a=é", "a=\x01", "=;=;", "a" * 5000, "a=b; expires=" + "9" * 3000, "é=\x7f; path=ü"]
)
def test_a_strange_cookie_does_no_harm(publisher: Publisher, fetcher: Fetcher, cookie: str) -> None:
    publisher.says("/a", redirect("/b", cookie=cookie))
    publisher.says("/b", Says(NEWS))
    assert get(publisher, fetcher).body == NEWS


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1/", "http://[::1]/", "http://localhost/", "//169.254.169.254/latest", "http://2130706433/",
     "file:///etc/passwd", "http://user@paper.example/", "http://home.example/", "http://[::1", "javascript:1",
     "\\\\x"],
)  # fmt: skip
def test_a_redirect_into_our_network_is_refused(
    publisher: Publisher, network: Network, outside: Fetcher, location: str
) -> None:
    network.names |= {"home.example": [["10.0.0.1"]], "localhost": [["127.0.0.1", "::1"]]}
    publisher.says("/a", redirect(location))
    with pytest.raises(FetchError, match=REFUSED):
        outside.get("http://paper.example/a", robots=False)
    assert network.connected == [(PUBLIC, 80)]


def test_the_connection_goes_to_the_address_that_was_checked(
    publisher: Publisher, network: Network, outside: Fetcher
) -> None:
    network.names["rebinding.example"] = [[PUBLIC], ["127.0.0.1"]]
    publisher.says("/a", Says(NEWS))
    assert outside.get("http://rebinding.example/a", robots=False).body == NEWS
    assert network.looked_up == ["rebinding.example"]
    assert network.connected == [(PUBLIC, 80)]
    assert publisher.asked[0].headers["host"] == "rebinding.example"
    with pytest.raises(FetchError, match=REFUSED):
        outside.get("http://rebinding.example/a", robots=False)
    assert network.connected == [(PUBLIC, 80)]


def test_a_name_that_also_leads_home_is_not_asked_at_all(network: Network, outside: Fetcher) -> None:
    network.names["mixed.example"] = [[PUBLIC, "192.168.0.1"]]
    with pytest.raises(FetchError, match=REFUSED):
        outside.get("http://mixed.example/")
    assert network.connected == []


def test_the_next_address_is_tried_where_the_first_does_not_answer(
    publisher: Publisher, network: Network, outside: Fetcher
) -> None:
    network.names["two.example"] = [[OTHER, PUBLIC, OTHER]]
    network.down = {OTHER}
    publisher.says("/a", Says(NEWS))
    assert outside.get("http://two.example/a", robots=False).body == NEWS
    assert network.connected == [(OTHER, 80), (PUBLIC, 80)]
    network.down = {OTHER, PUBLIC}
    with pytest.raises(FetchError, match=r"^it cannot be reached$"):
        outside.get("http://two.example/a", robots=False)


def test_of_a_names_addresses_four_are_tried_and_share_the_time(network: Network, outside: Fetcher) -> None:
    addresses = [f"93.184.215.{number}" for number in range(1, 8)]
    network.names["many.example"], network.down = [addresses], {*addresses}
    with pytest.raises(FetchError, match=r"^it cannot be reached$"):
        outside.get("http://many.example/a", robots=False)
    assert network.connected == [(address, 80) for address in addresses[:4]]
    assert network.waited == [30 / 4, 30 / 3, 30 / 2, 30]


class _Tls(httpcore.NetworkStream):
    """A machine whose certificate is wrong, and which notes whom it was held against."""

    def __init__(self, error: Exception) -> None:
        self.expected: list[str | None] = []
        self._error = error

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        assert ssl_context.check_hostname
        assert ssl_context.verify_mode is ssl.CERT_REQUIRED
        assert timeout is not None
        self.expected.append(server_hostname)
        try:
            raise self._error
        except ssl.SSLError as error:
            raise httpcore.ConnectError(str(error)) from error

    def close(self) -> None:
        pass


def _certificate_error() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "certificate has expired"
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (_certificate_error(), "its certificate is not valid (certificate has expired)"),
        (ssl.SSLError(1, "wrong version number"), "no secure connection"),
    ],
)
def test_a_certificate_is_held_against_the_name_and_not_the_address(
    network: Network, time: Time, error: Exception, reason: str
) -> None:
    tls = _Tls(error)
    fetcher = Fetcher(clock=time, resolve=network.resolve, connect=lambda *_: tls)
    with pytest.raises(FetchError) as caught:
        fetcher.get("https://paper.example/", robots=False)
    assert str(caught.value) == reason
    assert tls.expected == ["paper.example"]


def test_a_name_that_nobody_has_says_so(outside: Fetcher, network: Network) -> None:
    network.names["empty.example"] = [[]]
    for name in ("gone.example", "empty.example"):
        with pytest.raises(FetchError, match=r"^no such host$") as caught:
            outside.get(f"http://{name}/")
        assert not caught.value.permanent


def test_a_fetcher_that_is_closed_asks_nothing_more(publisher: Publisher, fetcher: Fetcher) -> None:
    fetcher.close()
    with pytest.raises(FetchError, match=r"^shutting down$"):
        fetcher.get(publisher.url("/a"))
    assert publisher.connections == 0
