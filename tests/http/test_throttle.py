"""A host is asked one thing at a time, with a pause between; other hosts do not wait for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

from retrieval.http.client import Fetcher
from retrieval.http.politeness import HostThrottle
from tests.http.conftest import Time
from tests.publisher import Asked, Publisher, Says


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
