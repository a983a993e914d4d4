"""The results of a fetch: a page, its body decompressed within a bound of memory, or an error with one clear reason."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from retrieval.errors import BriefingError

_STATUSES = {
    401: "the server asks for a password",
    402: "the server asks to be paid",
    403: "the server refuses us",
    404: "the server says there is no such page",
    410: "the server says the page is gone for good",
    429: "the server asks us to come less often",
}
# The encodings that the standard library can decompress in pieces.
ENCODINGS = "gzip, deflate"
_PLAIN = frozenset({"", "identity", "none"})
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})
_PIECE = 1 << 16
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """An answer with a status of 2xx, or with 304 to a conditional request: then it is `unchanged`, and has no body.

    `url` is the last address after redirects, without a fragment; `content_type` is the whole header; `body` is
    decompressed; `moved` is the new address after permanent redirects. `etag` and `modified` are for the next request.
    """

    url: str
    content_type: str
    body: bytes
    etag: str | None
    modified: str | None
    unchanged: bool = False
    moved: str | None = None


class FetchError(BriefingError):
    """A page that could not be fetched; the message is the reason, in a few words.

    `status` is the HTTP status, if there was an answer; `retry_after` the seconds to wait that the server states.
    `permanent` if a retry is not worth it.
    """

    def __init__(
        self, reason: str, *, status: int | None = None, retry_after: float | None = None, permanent: bool = False
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.retry_after = retry_after
        self.permanent = permanent


def in_words(status: int) -> str:
    """The meaning of an HTTP error status."""
    fault = "the server has a fault of its own" if status >= 500 else "the server turns us away"
    return f"{_STATUSES.get(status, fault)} ({status})"


def refused(why: str) -> FetchError:
    """The error for an address that may not be fetched."""
    return FetchError(f"not a web address that may be fetched ({why})", permanent=True)


def read_body(chunks: Iterable[bytes], encoding: str, most: int) -> bytes:
    """The whole body.

    Raises:
        FetchError: over `most` bytes, compressed or not; cut short; or in another encoding than was asked for.
    """
    body = bytearray()
    arrived = 0
    unpacked = _Unpacked(encoding.strip().lower())
    for chunk in chunks:
        arrived += len(chunk)
        for piece in unpacked.pieces(chunk):
            body += piece
            check_size(len(body), most)
        # Compressed data can be endless and decompress to nothing.
        check_size(arrived, most)
    if not unpacked.whole:
        raise FetchError("the answer broke off")
    return bytes(body)


def check_size(size: int, most: int) -> None:
    """Raises FetchError if `size` is over `most` bytes."""
    if size > most:
        raise FetchError(f"too large: over {most / 1e6:g} MB", permanent=True)


class _Unpacked:
    """Decompresses in pieces, so that a small chunk cannot become a huge one."""

    def __init__(self, encoding: str) -> None:
        if encoding not in _PLAIN | _PACKED:
            known = encoding if encoding.isascii() and encoding.isalnum() else "something unknown"
            raise FetchError(f"packed as {known[:20]}, which was not asked for")
        self._packed = encoding in _PACKED
        self._inflater: zlib._Decompress | None = None
        self._start = b""

    @property
    def whole(self) -> bool:
        return not self._start if self._inflater is None else self._inflater.eof

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if not self._packed:
            yield data
            return
        if self._inflater is None:
            # The first two bytes show the format.
            data = self._start = self._start + data
            if len(data) < 2:
                return
            self._inflater = zlib.decompressobj(_window(data))
        try:
            yield from self._inflated(self._inflater, data)
        except zlib.error as error:
            raise FetchError("compressed wrongly") from error

    def _inflated(self, inflater: zlib._Decompress, data: bytes) -> Iterator[bytes]:
        piece = b""
        while data or len(piece) == _PIECE:
            if inflater.eof:
                # The rest is the next member of the same file, or padding.
                if not _GZIP.startswith(data[:2]):
                    return
                inflater = self._inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
            piece = inflater.decompress(data, _PIECE)
            data = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            yield piece


def _window(data: bytes) -> int:
    """zlib's number for the format: gzip, zlib, or (as some servers understand "deflate") the bare stream."""
    if data.startswith(_GZIP):
        return zlib.MAX_WBITS | 16
    zlib_header = data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0
    return zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS
