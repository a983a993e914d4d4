"""One request and its answer, over a connection of its own; what goes wrong is told in plain words here."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpcore

from retrieval.http.deadline import Deadline
from retrieval.http.page import FetchError
from retrieval.http.ssrf_guard import Dialer
from retrieval.http.url_policy import WebAddress


@contextmanager
def exchange(
    address: WebAddress, headers: Sequence[tuple[bytes, bytes]], dialer: Dialer, trust: ssl.SSLContext
) -> Iterator[httpcore.Response]:
    """The answer while inside: its head is there, its body comes as it is read. FetchErrors only, also from there."""
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
        # What it came from: the pool takes the cause away on its way here, the context stays.
        raise FetchError(_why_unreachable(error.__context__)) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise FetchError("the answer broke off, or is not HTTP") from error


def _why_unreachable(context: BaseException | None) -> str:
    if isinstance(context, ssl.SSLCertVerificationError):
        return f"its certificate is not valid ({context.verify_message})"
    if isinstance(context, ssl.SSLError):
        return "no secure connection"
    return "it cannot be reached"
