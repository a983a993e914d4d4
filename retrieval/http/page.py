"""The results of a fetch: a page, or an error with one clear reason."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.domain.phrase import Phrase
from retrieval.errors import BriefingError


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


_STATUSES = {
    401: Phrase("the server asks for a password"),
    402: Phrase("the server asks to be paid"),
    403: Phrase("the server refuses us"),
    404: Phrase("the server says there is no such page"),
    410: Phrase("the server says the page is gone for good"),
    429: Phrase("the server asks us to come less often"),
}


def in_words(status: int) -> str:
    """The meaning of an HTTP error status."""
    fault = Phrase("the server has a fault of its own") if status >= 500 else Phrase("the server turns us away")
    return Phrase("{meaning} ({status})", meaning=_STATUSES.get(status, fault), status=str(status))


def refused(why: str) -> FetchError:
    """The error for an address that may not be fetched."""
    return FetchError(Phrase("not a web address that may be fetched ({why})", why=why), permanent=True)
