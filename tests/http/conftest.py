"""Shared by the tests of fetching: a publisher, a time of our own, and machines that are not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import httpcore
import pytest

from retrieval.http.client import Fetcher
from retrieval.http.ssrf_guard import connect
from tests.publisher import Publisher

# Names of example, and where the tests say they are.
PUBLIC, OTHER = "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"


class Time:
    """A clock that moves when somebody sleeps, and by `step` whenever it is read."""

    def __init__(self, step: float = 0.0) -> None:
        self.now = 1000.0
        self.step = step
        self.slept: list[float] = []

    def __call__(self) -> float:
        self.now += self.step
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Network:
    """Names and machines: look-ups say what `names` has (lists one after the other, the last for good), and whoever
    connects to a public address there reaches the publisher."""

    def __init__(self, port: int = 0, names: dict[str, list[Sequence[str]]] | None = None) -> None:
        self.names = names or {}
        self.looked_up: list[str] = []
        self.connected: list[tuple[str, int]] = []
        self.waited: list[float] = []
        self.down: set[str] = set()
        self._port = port

    def resolve(self, name: str) -> Sequence[str]:
        self.looked_up.append(name)
        if name not in self.names:
            raise OSError("no such name")
        answers = self.names[name]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def connect(self, address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        self.connected.append((address, port))
        self.waited.append(seconds)
        if address in self.down or not self._port:
            raise httpcore.ConnectError("nobody there")
        return connect("127.0.0.1", self._port, seconds)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as server:
        yield server


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def fetcher(time: Time) -> Fetcher:
    """Goes to the publisher on this machine, and never sleeps."""
    return Fetcher(allow_loopback=True, clock=time, sleep=time.sleep)


@pytest.fixture
def network(publisher: Publisher) -> Network:
    return Network(publisher.port, {"paper.example": [[PUBLIC]], "other.example": [[OTHER]]})


@pytest.fixture
def outside(network: Network, time: Time) -> Fetcher:
    """A fetcher as it is out there: loopback refused, the publisher behind names of example."""
    return Fetcher(clock=time, sleep=time.sleep, resolve=network.resolve, connect=network.connect)
