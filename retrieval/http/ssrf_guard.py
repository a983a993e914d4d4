"""Requests over connections to checked addresses alone, within a deadline.

The name is looked up and checked here, and the connection goes to the checked address: a second look-up could give
another one (DNS rebinding). TLS checks the certificate against the name, as usual.
"""

from __future__ import annotations

import queue
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address
from threading import Thread
from typing import Any

import httpcore

from retrieval.http.page import FetchError, refused
from retrieval.http.politeness import Deadline
from retrieval.http.url_policy import NOT_PUBLIC, IPAddress, WebAddress, is_reachable, literal

# The IP addresses of a name.
Resolve = Callable[[str], Sequence[str]]
# A stream to an IP address and port, within some seconds.
Connect = Callable[[str, int, float], httpcore.NetworkStream]

# Addresses of one name that are tried, one after the other.
_MOST_TRIED = 4


def resolve(name: str) -> list[str]:
    """The addresses from the system's resolver."""
    return [str(found[4][0]) for found in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)]


def connect(address: str, port: int, seconds: float) -> httpcore.NetworkStream:
    """A TCP connection."""
    return httpcore.SyncBackend().connect_tcp(address, port, timeout=seconds)


class Dialer(httpcore.NetworkBackend):
    """Opens httpcore's connections during one fetch."""

    def __init__(self, deadline: Deadline, allow_loopback: bool, resolve: Resolve, connect: Connect) -> None:
        self.deadline = deadline
        self._allow_loopback = allow_loopback
        self._resolve = resolve
        self._connect = connect

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - ours is the deadline
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        addresses = self._checked(host)[:_MOST_TRIED]
        for others, address in zip(reversed(range(len(addresses))), addresses, strict=True):
            try:
                stream = self._connect(str(address), port, self.deadline.left() / (others + 1))
                return _Stream(stream, self.deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not others:
                    raise
        raise FetchError("no such host")

    def _checked(self, host: str) -> list[IPAddress]:
        number = literal(host)
        addresses = [number] if number else self._looked_up(host)
        # If one is not public, none is used: the attacker could choose which one.
        if not all(is_reachable(address, self._allow_loopback) for address in addresses):
            raise refused(NOT_PUBLIC)
        return addresses

    def _looked_up(self, name: str) -> list[IPAddress]:
        """The addresses of a name, in order. In a thread, because the system's look-up has no time limit."""
        found: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()
        Thread(target=_look_up, args=(name, self._resolve, found), daemon=True).start()
        try:
            answer = found.get(timeout=self.deadline.left())
        except queue.Empty:
            raise self.deadline.passed() from None
        if isinstance(answer, OSError):
            raise FetchError("no such host") from answer
        return [ip_address(number) for number in dict.fromkeys(answer)]


def _look_up(name: str, resolve: Resolve, found: queue.SimpleQueue[Sequence[str] | OSError]) -> None:
    try:
        found.put(resolve(name))
    except OSError as error:
        found.put(error)
    except UnicodeError as error:
        found.put(OSError(str(error)))


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends with the deadline, so that an answer in tiny pieces ends too."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@contextmanager
def exchange(
    address: WebAddress, headers: Sequence[tuple[bytes, bytes]], dialer: Dialer, trust: ssl.SSLContext
) -> Iterator[httpcore.Response]:
    """A context with the answer, whose body is read in it. Raises only FetchErrors, also from the body of the
    context."""
    target = httpcore.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target)
    with (
        _in_plain_words(dialer.deadline),
        httpcore.ConnectionPool(ssl_context=trust, network_backend=dialer) as pool,
        pool.stream("GET", target, headers=headers) as answer,
    ):
        yield answer


@contextmanager
def _in_plain_words(deadline: Deadline) -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as error:
        raise deadline.passed() from error
    except httpcore.ConnectError as error:
        # httpcore's pool removes the cause, the context stays.
        raise FetchError(_why_unreachable(error.__context__)) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise FetchError("the answer broke off, or is not HTTP") from error


def _why_unreachable(context: BaseException | None) -> str:
    if isinstance(context, ssl.SSLCertVerificationError):
        return f"its certificate is not valid ({context.verify_message})"
    if isinstance(context, ssl.SSLError):
        return "no secure connection"
    return "it cannot be reached"
