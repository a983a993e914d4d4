"""A publisher's web server on this machine, with faults to order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from types import TracebackType


@dataclass(frozen=True)
class Asked:
    """A request that came; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Says:
    """What the server answers with.

    A body that is an iterable is sent piece by piece, without a length, for as long as somebody listens. `length` is
    what Content-Length claims instead of the truth. `raw` is sent as it is, in place of all else. With `hang` nothing
    follows what was sent, and the connection stays open until the server closes; otherwise it is closed.
    """

    body: bytes | Iterable[bytes] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    raw: bytes | Iterable[bytes] | None = None
    hang: bool = False

    def pieces(self) -> Iterable[bytes]:
        if self.raw is not None:
            return [self.raw] if isinstance(self.raw, bytes) else self.raw
        headers = dict(self.headers)
        if isinstance(self.body, bytes):
            headers["Content-Length"] = str(len(self.body) if self.length is None else self.length)
        lines = [f"HTTP/1.1 {self.status} As Ordered", "Connection: close", *(f"{k}: {v}" for k, v in headers.items())]
        head = "".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1")
        return _chain(head, [self.body] if isinstance(self.body, bytes) else self.body)


def _chain(head: bytes, body: Iterable[bytes]) -> Iterable[bytes]:
    yield head
    yield from body


Answer = Says | Callable[[Asked], Says]


class Publisher:
    """The server, while its `with` lasts. `asked` are all requests, in order; a path not set up is a 404.

    Connections are told apart from requests: `connections` also counts those on which nothing was asked.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.connections = 0
        self._answers: dict[str, list[Answer]] = {}
        self._lock = Lock()
        self.closing = Event()
        self._server = _Server(self)
        self.port: int = self._server.server_address[1]
        # How often, in seconds, it looks whether to stop.
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Publisher:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def says(self, path: str, *answers: Answer) -> None:
        """Answer the path (with its query) with these, one after the other; the last one holds for good."""
        self._answers[path] = list(answers)

    def connected(self) -> None:
        with self._lock:
            self.connections += 1

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def answer(self, asked: Asked) -> Says:
        with self._lock:
            self.asked.append(asked)
            answers = self._answers.get(asked.path, [Says(status=404)])
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer if isinstance(answer, Says) else answer(asked)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Those that hang are let go, and end by themselves.
    block_on_close = False

    def __init__(self, publisher: Publisher) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.publisher = publisher


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def setup(self) -> None:
        self.server.publisher.connected()
        super().setup()

    def handle_one_request(self) -> None:
        self.close_connection = True
        with suppress(OSError):  # the other side may hang up at any time
            self._serve()

    def _serve(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        says = self.server.publisher.answer(Asked(self.command, self.path, headers))
        # One request a connection, whatever the other side would like.
        self.close_connection = True
        for piece in says.pieces():
            self.wfile.write(piece)
        if says.hang:
            self.server.publisher.closing.wait()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is given
        pass
