"""Pauses between requests to a host, and robots.txt."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

import pytest

from retrieval.http.client import Fetcher
from retrieval.http.page import FetchError
from retrieval.http.politeness import HostThrottle
from tests.http.conftest import Network, Time
from tests.publisher import Asked, Publisher, Says

FORBIDDEN = "robots.txt forbids it"
HOUR = 3600.0


@pytest.mark.parametrize(
    ("text", "target", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /a", "/b", True),
        ("User-agent: *\nAllow: /\nDisallow: /private", "/private/a", False),
        ("User-agent: *\nDisallow: /\nAllow: /news", "/news/1", True),
        ("User-agent: *\nDisallow: /news\nAllow: /news", "/news", True),
        ("User-agent: *\nDisallow: /*/print", "/a/b/print", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", True),
        ("User-agent: *\nDisallow: /a$", "/a", False),
        ("User-agent: *\nDisallow: /a$", "/ab", True),
        ("User-agent: *\nDisallow: /*aa$", "/a", True),
        ("User-agent: *\nDisallow: *?s=", "/x?s=1", False),
        ("User-agent: *\nDisallow: /%7Ejoe", "/~joe/a", False),
        ("User-agent: *\nDisallow: /ü", "/%c3%bc", False),
        ("User-agent: *\nDisallow: /a%2Fb", "/a/b", True),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: BriefingBot\nDisallow: /x", "/a", True),
        ("User-agent: other\nUser-agent: BRIEFINGBOT\nCrawl-delay: 1\nDisallow: /", "/a", False),
        (
            "User-agent: briefingbot\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: briefingbot\nDisallow: /b",
            "/b",
            False,
        ),
        ("Disallow: /", "/a", True),
        ("<html><body>User-agent: *<br>Disallow: /</body></html>", "/a", True),
    ],
)
def test_rules_are_read_as_the_rfc_reads_them(
    text: str, target: str, allowed: bool, publisher: Publisher, fetcher: Fetcher
) -> None:
    publisher.says("/robots.txt", Says(text.encode()))
    try:
        fetcher.get(publisher.url(target))
    except FetchError as error:
        assert allowed == (str(error) != FORBIDDEN)  # what is allowed is asked for, though it is not there
    assert len(publisher.paths()) == 1 + allowed


def test_a_hostile_file_costs_no_time(publisher: Publisher, fetcher: Fetcher) -> None:
    rules = "User-agent: *\n" + f"Disallow: /{'*a' * 2000}b\n" * 20
    publisher.says("/robots.txt", Says(rules.encode()))
    publisher.says("/" + "a" * 1000, Says(b"news"))
    assert fetcher.get(publisher.url("/" + "a" * 1000)).body == b"news"


def test_a_forbidden_page_is_not_asked_for(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.says("/robots.txt", Says(b"User-agent: *\nDisallow: /private"))
    publisher.says("/a", Says(b"news"))
    assert fetcher.get(publisher.url("/a")).body == b"news"
    with pytest.raises(FetchError, match=FORBIDDEN) as caught:
        fetcher.get(publisher.url("/private/a"))
    assert caught.value.permanent
    assert publisher.paths() == ["/robots.txt", "/a"]
    assert publisher.asked[0].headers["user-agent"] == "BriefingBot/0.1"


def test_a_redirect_is_held_to_the_rules_of_where_it_leads(
    publisher: Publisher, network: Network, outside: Fetcher
) -> None:
    publisher.says("/a", Says(status=302, headers={"Location": "http://other.example/private"}))
    publisher.says("/robots.txt", Says(status=404), Says(b"User-agent: *\nDisallow: /private"))
    with pytest.raises(FetchError, match=FORBIDDEN):
        outside.get("http://paper.example/a")
    assert publisher.paths() == ["/robots.txt", "/a", "/robots.txt"]
    assert network.looked_up == ["paper.example", "paper.example", "other.example"]


def test_robots_txt_is_read_once_a_day(publisher: Publisher, fetcher: Fetcher, time: Time) -> None:
    publisher.says("/robots.txt", Says(b""), Says(b"User-agent: *\nDisallow: /"))
    publisher.says("/a", Says(b"news"))
    fetcher.get(publisher.url("/a"))
    time.now += 23 * HOUR
    fetcher.get(publisher.url("/a"))
    time.now += 2 * HOUR
    with pytest.raises(FetchError, match=FORBIDDEN):
        fetcher.get(publisher.url("/a"))
    assert publisher.paths() == ["/robots.txt", "/a", "/a", "/robots.txt"]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_site_that_has_none_allows(publisher: Publisher, fetcher: Fetcher, status: int) -> None:
    publisher.says("/robots.txt", Says(b"User-agent: *\nDisallow: /", status))
    publisher.says("/a", Says(b"news"))
    assert fetcher.get(publisher.url("/a")).body == b"news"


def test_one_that_redirects_for_ever_allows(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.says("/robots.txt", Says(status=301, headers={"Location": "/robots.txt"}))
    publisher.says("/a", Says(b"news"))
    assert fetcher.get(publisher.url("/a")).body == b"news"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_site_that_cannot_say_is_left_alone_for_now(
    publisher: Publisher, fetcher: Fetcher, time: Time, status: int
) -> None:
    publisher.says("/robots.txt", Says(status=status), Says(b""))
    publisher.says("/a", Says(b"news"))
    for _ in range(2):
        with pytest.raises(FetchError, match=rf"robots.txt cannot be read: the server .* \({status}\)") as caught:
            fetcher.get(publisher.url("/a"))
        assert (caught.value.status, caught.value.retry_after, caught.value.permanent) == (status, 600.0, False)
    assert publisher.paths() == ["/robots.txt"]
    time.now += 601
    assert fetcher.get(publisher.url("/a")).body == b"news"


@pytest.mark.parametrize("failing", [Says(status=500), Says(raw=b"")])
def test_a_site_that_cannot_say_any_more_is_held_to_what_it_said(
    publisher: Publisher, fetcher: Fetcher, time: Time, failing: Says
) -> None:
    publisher.says("/robots.txt", Says(b"User-agent: *\nDisallow: /private"), failing)
    publisher.says("/a", Says(b"news"))
    fetcher.get(publisher.url("/a"))
    time.now += 25 * HOUR
    assert fetcher.get(publisher.url("/a")).body == b"news"
    with pytest.raises(FetchError, match=FORBIDDEN):
        fetcher.get(publisher.url("/private"))


def test_who_asks_for_a_feed_of_their_own_may_leave_robots_txt_aside(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.says("/feed", Says(b"<rss/>"))
    fetcher.get(publisher.url("/feed"), robots=False)
    assert publisher.paths() == ["/feed"]


def test_there_is_a_pause_between_two_requests_to_a_host(publisher: Publisher, outside: Fetcher, time: Time) -> None:
    publisher.says("/a", Says(b"news"))
    outside.get("http://paper.example/a")
    assert time.slept == [1.0], "after robots.txt"
    outside.get("http://other.example/a", robots=False)
    assert time.slept == [1.0]
    outside.get("http://paper.example/a")
    assert time.slept == [1.0, 1.0]
    time.now += 0.75
    outside.get("http://paper.example/a")
    assert time.slept == [1.0, 1.0, 0.25]
    time.now += 5
    outside.get("http://paper.example/a")
    assert time.slept == [1.0, 1.0, 0.25]


def test_many_threads_ask_a_host_one_after_the_other(publisher: Publisher, fetcher: Fetcher) -> None:
    inside, most, lock, second = 0, 0, Lock(), Event()

    def counted(_asked: Asked) -> Says:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
            if inside > 1:
                second.set()
        second.wait(0.05)  # time for another one to come, which must not
        with lock:
            inside -= 1
        return Says(b"news")

    publisher.says("/robots.txt", counted)
    publisher.says("/a", counted)
    with ThreadPoolExecutor(6) as threads:
        pages = list(threads.map(lambda _: fetcher.get(publisher.url("/a")), range(6)))
    assert [page.body for page in pages] == [b"news"] * 6
    assert most == 1
    assert publisher.paths() == ["/robots.txt", *["/a"] * 6]


def test_a_slow_host_holds_up_no_other(publisher: Publisher, outside: Fetcher) -> None:
    came, go = Event(), Event()

    def slow(_asked: Asked) -> Says:
        came.set()
        go.wait(10)
        return Says(b"slow")

    publisher.says("/slow", slow)
    publisher.says("/fast", Says(b"fast"))
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(outside.get, "http://paper.example/slow", robots=False)
        assert came.wait(10)
        assert outside.get("http://other.example/fast", robots=False).body == b"fast"
        assert not waiting.done()
        go.set()
        assert waiting.result().body == b"slow"


def test_waiting_for_a_host_does_not_count_against_the_time(publisher: Publisher, time: Time) -> None:
    fetcher = Fetcher(allow_loopback=True, clock=time, sleep=lambda _seconds: time.sleep(100))
    publisher.says("/a", Says(b"news"))
    assert fetcher.get(publisher.url("/a"), seconds=5).body == b"news"
    assert time.slept == [100]


def test_hosts_are_forgotten() -> None:
    time = Time()
    throttle = HostThrottle(1.0, time, time.sleep)
    for number in range(1000):
        time.now += 2
        with throttle.of(f"{number}.example") as waited:
            assert waited == 0
    assert len(throttle._hosts) == 1
