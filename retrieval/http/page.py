"""What a fetch gives: a page, or one clear reason why not."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.errors import BriefingError


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """An answer with a status of 2xx, or a 304 to a conditional request: then `unchanged`, with no body.

    `url` is where the redirects ended, without a fragment; `content_type` the header as sent, parameters and all;
    `body` is unpacked; `moved` is the address to ask for from now on, where the one asked for has moved for good.
    `etag` and `modified` go into the next request for the same address.
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

    `status` is the HTTP status where the reason is one, `retry_after` the seconds the server asks to be left alone.
    `permanent`: asking again soon will not help.
    """

    def __init__(
        self, reason: str, *, status: int | None = None, retry_after: float | None = None, permanent: bool = False
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.retry_after = retry_after
        self.permanent = permanent


_STATUSES = {
    401: "the server asks for a password",
    402: "the server asks to be paid",
    403: "the server refuses us",
    404: "the server says there is no such page",
    410: "the server says the page is gone for good",
    429: "the server asks us to come less often",
}


def in_words(status: int) -> str:
    """What a server means that turns a request away with this status."""
    fault = "the server has a fault of its own" if status >= 500 else "the server turns us away"
    return f"{_STATUSES.get(status, fault)} ({status})"


def refused(why: str) -> FetchError:
    """The error for an address that is not even tried."""
    return FetchError(f"not a web address that may be fetched ({why})", permanent=True)
