"""The vector index: the only module that uses Chroma. It holds passage ids and vectors, never text.

Chroma is disposable: it is rebuilt from the catalog when needed (see `sync`).
"""

from __future__ import annotations

import base64
import ctypes
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

import numpy as np

from retrieval.domain.vectors import Vectors
from retrieval.errors import StoreError

# Recall@10 against an exact scan: .998 at 100,000 vectors (100 gives .950 at 500,000).
_HNSW = {"space": "cosine", "ef_search": 200}
# `M_PERTURB` of glibc's malloc.h: what is allocated is set to the complement of this byte.
_PERTURB = -6
# Seconds that a server may take for a request, where a search takes milliseconds; and to say that it is there.
SECONDS = 20.0
_AWAKE = 5.0


class Nearest(Protocol):
    """Finds the passages whose vectors are nearest to a question's."""

    def nearest(self, vector: Vectors, count: int) -> list[tuple[int, float]]:
        """The nearest passages as (passage id, cosine), best first."""
        ...


class ChromaVectors:
    """One Chroma collection. Raises `StoreError` for every failure of Chroma."""

    def __init__(self, client: Any, collection: Any) -> None:
        self._client = client
        self._collection = collection
        self._begun = False

    def nearest(self, vector: Vectors, count: int) -> list[tuple[int, float]]:
        """The nearest passages as (passage id, cosine), best first."""
        found = _call(self._collection.query, query_embeddings=vector[None, :], n_results=count, include=["distances"])
        return [
            (int(id_), 1.0 - distance) for id_, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        ]

    def put(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add passages, or overwrite those already there."""
        begun = self._begun or self.count() > 0
        with nullcontext() if begun else _blank_memory():
            _call(self._collection.upsert, ids=[str(id_) for id_ in ids], embeddings=vectors)
        self._begun = True

    def remove(self, ids: Sequence[int]) -> None:
        """Remove passages; unknown ids are ignored."""
        _call(self._collection.delete, ids=[str(id_) for id_ in ids])

    def names(self) -> list[str]:
        """The ids of everything in the index; those of passages are numbers."""
        return list(_call(self._collection.get, include=[])["ids"])

    def ids(self) -> set[int]:
        """The ids of all passages in the index."""
        return {int(id_) for id_ in self.names() if id_.isdecimal()}

    def flaw(self, ids: Sequence[int], vectors: Vectors) -> str | None:
        """A reason not to use the index, which has these passages but was made otherwise; `vectors` are theirs."""
        space = ((self._collection.configuration_json or {}).get("hnsw") or {}).get("space")
        if space != "cosine":
            return f"it measures {space} distances"
        if not len(ids):
            return None
        found = _call(self._collection.get, ids=[str(id_) for id_ in ids], include=["embeddings"])
        kept = dict(zip(found["ids"], np.asarray(found["embeddings"], np.float32), strict=True))
        if wrong := {len(vector) for vector in kept.values()} - {vectors.shape[1]}:
            return f"its vectors have {wrong.pop()} dimensions"
        pairs = [(kept[str(id_)], vector) for id_, vector in zip(ids, vectors, strict=True) if str(id_) in kept]
        alike = [
            float(one @ other) >= 0.999 * float(np.linalg.norm(one) * np.linalg.norm(other)) for one, other in pairs
        ]
        return None if all(alike) else "its vectors are others than the stored ones"

    def clear(self) -> None:
        """Remove everything, and begin anew."""
        _call(self._client.delete_collection, self._collection.name)
        self._collection = _make_collection(self._client, self._collection.name)
        self._begun = False

    def count(self) -> int:
        """The number of passages in the index."""
        return int(_call(self._collection.count))

    def load(self, ids: Sequence[int]) -> Vectors:
        """The vectors of the passages that are in the index, shape (n, dimensions)."""
        found = _call(self._collection.get, ids=[str(id_) for id_ in ids], include=["embeddings"])
        return np.asarray(found["embeddings"], np.float32)

    def close(self) -> None:
        """Write everything and close the folder."""
        _call(self._client.close)


class DownloadedMiniLM:
    """The default embedding model as Chroma ships it, downloaded at first use; for installs without the weights."""

    def __init__(self) -> None:
        _quiet()
        from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2

        self._function = ONNXMiniLM_L6_V2(preferred_providers=["CPUExecutionProvider"])

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[float(number) for number in vector] for vector in self._function(texts)]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def open_folder(folder: Path, catalog: str, *, make: bool = True) -> ChromaVectors:
    """Open the Chroma folder of the catalog with this id; with `make`, create what is missing.

    The caller holds the lock: two processes on one folder lose vectors silently.

    Raises:
        StoreError: the folder is damaged, there is no space for it, or it is empty and `make` is False.
    """
    import chromadb

    client = _call(chromadb.PersistentClient, str(folder), settings=_quiet())
    try:
        return _collection(client, catalog, make=make)
    except BaseException:
        # Chroma would keep an unclosed client, and return it to the next caller that opens the same path.
        client.close()
        raise


@contextmanager
def _blank_memory() -> Iterator[None]:
    """Have all memory that is allocated meanwhile come blank.

    A new index writes blocks to its files of which it fills only a part. The rest would be what the process had there
    before, such as the text of articles.
    """
    library: Any = ctypes.CDLL(None) if sys.platform == "linux" else None
    if not hasattr(library, "mallopt"):
        yield
        return
    library.mallopt(_PERTURB, 255)
    try:
        yield
    finally:
        library.mallopt(_PERTURB, 0)


def open_server(url: str, catalog: str, seconds: float = SECONDS) -> ChromaVectors:
    """Open the collection of the catalog with this id on a Chroma server; a request may take so many seconds.

    User, password and path of the address are used.

    Raises:
        StoreError: the server does not answer, or lets nobody in; the message has no password.
    """
    parts = urlsplit(url)
    place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
    headers = _authorization(parts)
    _knock(place, headers, seconds)
    import chromadb

    try:
        # The address as the host, for its path; then the port beside it counts for nothing.
        client = chromadb.HttpClient(place, headers=headers, ssl=parts.scheme == "https", settings=_quiet())
        client._server._session.timeout = seconds  # type: ignore[attr-defined]  # chromadb has no setting for it
    except Exception as error:  # chromadb raises a plain ValueError, or an error of its HTTP client
        raise StoreError(_unanswered(place)) from error
    return _collection(client, catalog)


def _authorization(parts: SplitResult) -> dict[str, str]:
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _knock(place: str, headers: dict[str, str], seconds: float) -> None:
    """Ask a server what Chroma's client asks it first, because the client would wait for the answers without end."""
    import httpx

    for path in ("heartbeat", "tenants/default_tenant", "tenants/default_tenant/databases/default_database"):
        try:
            answer = httpx.get(f"{place}/api/v2/{path}", headers=headers, timeout=min(seconds, _AWAKE))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise StoreError(_unanswered(place)) from error
        if answer.status_code in (401, 403):
            raise StoreError(
                f"the Chroma server at {place} lets nobody in: check user and password in BRIEFING_CHROMA_URL"
            )
        if answer.is_error:
            raise StoreError(f"{place} answers {answer.status_code} and is no Chroma server: check BRIEFING_CHROMA_URL")


def _unanswered(place: str) -> str:
    return f"no Chroma server answers at {place}: start it, or empty BRIEFING_CHROMA_URL"


def _quiet() -> Any:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)


def _collection(client: Any, catalog: str, *, make: bool = True) -> ChromaVectors:
    name = f"passages-{catalog}"
    if make:
        return ChromaVectors(client, _make_collection(client, name))
    return ChromaVectors(client, _call(client.get_collection, name, embedding_function=None))


def _make_collection(client: Any, name: str) -> Any:
    configuration = {"hnsw": _HNSW}
    return _call(client.get_or_create_collection, name, embedding_function=None, configuration=configuration)


def _call(method: Any, *args: Any, **values: Any) -> Any:
    try:
        return method(*args, **values)
    except Exception as error:  # Chroma's own, the file system's, its HTTP client's, and plain ones for a 5xx
        raise StoreError(f"the vector index failed: {str(error).splitlines()[0] if str(error) else error!r}") from error
