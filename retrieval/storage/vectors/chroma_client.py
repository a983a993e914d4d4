"""What Chroma's own client lacks: it waits for a server without end, and leaves old memory in its files."""

from __future__ import annotations

import base64
import ctypes
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlsplit

from retrieval.errors import StoreError
from retrieval.settings import ChromaPlace

# Seconds that a server may take to say that it is there.
_AWAKE = 5.0
_NO_CHROMA = "is no Chroma server: check BRIEFING_CHROMA_URL"
_UNNAMED = (
    "the key of Chroma Cloud is not for one database alone: set BRIEFING_CHROMA_TENANT and BRIEFING_CHROMA_DATABASE"
)


@dataclass(frozen=True, slots=True)
class ReachedServer:
    """A server that answers: its address without a password, the headers that let us in, and whose database it is."""

    address: str
    headers: dict[str, str]
    tenant: str
    database: str


def reach(place: ChromaPlace) -> ReachedServer:
    """Ask a server what Chroma's client asks it first, because the client would wait for the answers without end.

    Raises:
        StoreError: it does not answer, or lets nobody in; the message has no password and no key.
    """
    parts = urlsplit(place.url)
    address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
    headers = {"X-Chroma-Token": place.key} if place.key else _authorization(parts)
    return ReachedServer(address, headers, *_knock(place, address, headers))


def _authorization(parts: SplitResult) -> dict[str, str]:
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _knock(place: ChromaPlace, address: str, headers: dict[str, str]) -> tuple[str, str]:
    """Ask the server for all that the client will; returns the names of tenant and database."""
    import httpx

    def ask(path: str, refusal: str) -> Any:
        try:
            answer = session.get(f"{address}/api/v2/{path}")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise StoreError(unanswered(place, address)) from error
        if answer.status_code in (401, 403):
            raise StoreError(_refused(place, address))
        if answer.is_error:
            raise StoreError(f"{address} answers {answer.status_code} {refusal}")
        try:
            return answer.json()
        except ValueError as error:
            raise StoreError(f"{address} {_NO_CHROMA}") from error

    missing = "check BRIEFING_CHROMA_TENANT and BRIEFING_CHROMA_DATABASE"
    with httpx.Client(headers=headers, timeout=min(place.seconds, _AWAKE)) as session:
        ask("heartbeat", f"and {_NO_CHROMA}")
        tenant, database = _names(place, ask("auth/identity", _UNNAMED) if place.key else {})
        path = f"tenants/{quote(tenant, safe='')}"
        ask(path, f"for the tenant {tenant}: {missing}")
        ask(f"{path}/databases/{quote(database, safe='')}", f"for the database {database}: {missing}")
    return tenant, database


def _names(place: ChromaPlace, identity: Mapping[str, Any]) -> tuple[str, str]:
    """The tenant and the database that are named; in the cloud those that the key is for, if it is for one."""
    if not place.key:
        return place.tenant or "default_tenant", place.database or "default_database"
    own = [name for name in identity.get("databases") or () if name != "*"]
    tenant = place.tenant or identity.get("tenant") or ""
    database = place.database or (own[0] if len(own) == 1 else "")
    if not (tenant and database):
        raise StoreError(_UNNAMED)
    return tenant, database


def unanswered(place: ChromaPlace, address: str) -> str:
    """The line for a server that does not answer."""
    if place.key:
        return f"Chroma Cloud does not answer at {address}: check the network, or empty BRIEFING_CHROMA_API_KEY"
    return f"no Chroma server answers at {address}: start it, or empty BRIEFING_CHROMA_URL"


def _refused(place: ChromaPlace, address: str) -> str:
    if place.key:
        return f"Chroma Cloud at {address} refuses the key: check BRIEFING_CHROMA_API_KEY and what it is for"
    return f"the Chroma server at {address} lets nobody in: check user and password in BRIEFING_CHROMA_URL"


# `M_PERTURB` of glibc's malloc.h: what is allocated is set to the complement of this byte.
_PERTURB = -6
_LOCK = threading.Lock()  # the setting is the process', not the thread's


@contextmanager
def blank_memory() -> Iterator[None]:
    """Have all memory that is allocated meanwhile come blank.

    An index writes blocks to its files of which it fills only a part: when it is made, grows or is loaded. The rest
    would be what the process had there before, such as the text of articles.
    """
    library: Any = ctypes.CDLL(None) if sys.platform == "linux" else None
    if not hasattr(library, "mallopt"):
        yield
        return
    with _LOCK:
        library.mallopt(_PERTURB, 255)
        try:
            yield
        finally:
            library.mallopt(_PERTURB, 0)
