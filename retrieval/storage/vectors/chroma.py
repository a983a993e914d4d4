"""The vector index: the only module that uses Chroma. It holds passage ids and vectors, never text.

Chroma is disposable: it is rebuilt from the catalog when needed (see `sync`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from retrieval.domain.articles import Vectors
from retrieval.errors import LostIndexError, StoreError
from retrieval.settings import ChromaPlace
from retrieval.storage.vectors.chroma_client import blank_memory, reach, unanswered

# Recall@10 against an exact scan: .998 at 100,000 vectors (100 gives .950 at 500,000).
_HNSW = {"space": "cosine", "ef_search": 200}
# Chroma Cloud takes so many records a write, and gives so many results (docs.trychroma.com, Quotas & Limits).
_CLOUD = 300
# Passages to a look where a server sets no limit: few enough to be answered in time, many enough to be quick.
_PAGE = 1_000
# Seconds until what a server refused in passing is tried again: searches have others waiting.
_PAUSES, _HASTE = (0.2, 1.0, 3.0), (0.2,)


class Nearest(Protocol):
    """Finds the passages whose vectors are nearest to a question's."""

    def nearest(self, vector: Vectors, count: int) -> list[tuple[int, float]]:
        """The nearest passages as (passage id, cosine), best first."""
        ...


class ChromaVectors:
    """One Chroma collection. Raises `StoreError` for every failure of Chroma.

    One on a server (`served`) is looked at in pages, and what it refuses in passing is tried again. `most` is the
    number of results that a request may have, None for any number. With `blank` nothing of this process gets into the
    files of one in a folder.
    """

    def __init__(
        self, client: Any, collection: Any, *, served: bool = False, most: int | None = None, blank: bool = True
    ) -> None:
        self._client = client
        self._collection = collection
        self._blank = blank and not served
        self._loaded = False
        self._pauses: Sequence[float] = _PAUSES if served else ()
        self._haste: Sequence[float] = _HASTE if served else ()
        self.most = most
        self.page = min(most or _PAGE, _PAGE)

    def nearest(self, vector: Vectors, count: int) -> list[tuple[int, float]]:
        """The nearest passages as (passage id, cosine), best first."""
        asked = {"query_embeddings": vector[None, :], "n_results": count, "include": ["distances"]}
        with self._loading():
            found = _call(self._collection.query, self._haste, **asked)
        return [
            (int(id_), 1.0 - distance) for id_, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        ]

    def put(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add passages, or overwrite those already there."""
        with blank_memory() if self._blank else nullcontext():
            _call(self._collection.upsert, self._pauses, ids=[str(id_) for id_ in ids], embeddings=vectors)

    def remove(self, ids: Sequence[int | str]) -> None:
        """Remove passages; unknown ids are ignored."""
        with self._loading():
            _call(self._collection.delete, self._pauses, ids=[str(id_) for id_ in ids])

    def pages(self) -> Iterator[list[str]]:
        """The ids of everything in the index, a page at a time; those of passages are numbers. Nothing may be removed
        meanwhile.
        """
        first = 0
        while names := self._get(limit=self.page, offset=first)["ids"]:
            yield names
            first += len(names)

    def ids(self) -> set[int]:
        """The ids of all passages in the index."""
        return {int(id_) for id_ in self._get()["ids"] if id_.isdecimal()}

    def held(self, ids: Sequence[int]) -> set[int]:
        """Those of the passages that are in the index."""
        return {int(id_) for id_ in self._get(ids=[str(id_) for id_ in ids])["ids"]}

    def flaw(self, ids: Sequence[int], vectors: Vectors) -> str | None:
        """A reason not to use the index, which was made otherwise; `vectors` are those of these passages."""
        configuration = self._collection.configuration_json or {}
        space = (configuration.get("hnsw") or configuration.get("spann") or {}).get("space")  # the latter in the cloud
        if space != "cosine":
            return f"it measures {space} distances"
        if not len(ids):
            return None
        found = self._get(ids=[str(id_) for id_ in ids], include=["embeddings"])
        kept = dict(zip(found["ids"], np.asarray(found["embeddings"], np.float32), strict=True))
        if wrong := {len(vector) for vector in kept.values()} - {vectors.shape[1]}:
            return f"its vectors have {wrong.pop()} dimensions"
        pairs = [(kept[str(id_)], vector) for id_, vector in zip(ids, vectors, strict=True) if str(id_) in kept]
        alike = [
            float(one @ other) >= 0.999 * float(np.linalg.norm(one) * np.linalg.norm(other)) for one, other in pairs
        ]
        return None if all(alike) else "its vectors are others than the stored ones"

    @property
    def mark(self) -> str | None:
        """The catalog's mark that `sign` left with the collection; None if there is none."""
        return (self._collection.metadata or {}).get("mark")

    def sign(self, mark: str) -> None:
        """Leave a mark with the collection, for whoever opens it next."""
        _call(self._collection.modify, self._pauses, metadata={"mark": mark})

    def clear(self) -> None:
        """Remove everything, and begin anew."""
        _call(self._client.delete_collection, self._pauses, self._collection.name)
        self._collection = _make_collection(self._client, self._collection.name, self._pauses)
        self._loaded = False

    def count(self) -> int:
        """The number of passages in the index."""
        return int(_call(self._collection.count, self._pauses))

    def load(self, ids: Sequence[int]) -> Vectors:
        """The vectors of the passages that are in the index, shape (n, dimensions)."""
        found = self._get(ids=[str(id_) for id_ in ids], include=["embeddings"])
        return np.asarray(found["embeddings"], np.float32)

    def close(self) -> None:
        """Write everything and close the folder."""
        _call(self._client.close)

    def _get(self, include: Sequence[str] = (), **which: Any) -> Any:
        with self._loading():
            return _call(self._collection.get, self._pauses, include=list(include), **which)

    @contextmanager
    def _loading(self) -> Iterator[None]:
        """The first call on an index loads it: one that was closed before it was large is then made anew."""
        with blank_memory() if self._blank and not self._loaded else nullcontext():
            yield
        self._loaded = True


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


def open_folder(folder: Path, catalog: str, *, make: bool = True, blank: bool = True) -> ChromaVectors:
    """Open the Chroma folder of the catalog with this id; with `make`, create what is missing.

    The caller holds the lock: two processes on one folder lose vectors silently.

    Raises:
        StoreError: the folder is damaged, there is no space for it, or it is empty and `make` is False.
    """
    import chromadb

    client = _call(chromadb.PersistentClient, (), str(folder), settings=_quiet())
    try:
        if make:
            return ChromaVectors(client, _make_collection(client, _name(catalog)))
        collection = _call(client.get_collection, (), _name(catalog), embedding_function=None)
        return ChromaVectors(client, collection, blank=blank)
    except BaseException:
        # Chroma would keep an unclosed client, and return it to the next caller that opens the same path.
        client.close()
        raise


def open_server(place: ChromaPlace, catalog: str) -> ChromaVectors:
    """Open the collection of the catalog with this id on a Chroma server or in Chroma Cloud.

    Raises:
        StoreError: the server does not answer, or lets nobody in; the message has no password and no key.
    """
    client = _connect(place)
    try:
        collection = _make_collection(client, _name(catalog), _PAUSES)
    except BaseException:
        client.close()
        raise
    return ChromaVectors(client, collection, served=True, most=_CLOUD if place.key else None)


def drop_from_server(place: ChromaPlace, catalog: str) -> None:
    """Remove the collection of the catalog with this id from a server, where there is one.

    Raises:
        StoreError: the server does not answer.
    """
    client = _connect(place)
    with closing(client), suppress(LostIndexError):
        _call(client.delete_collection, _PAUSES, _name(catalog))


def _connect(place: ChromaPlace) -> Any:
    reached = reach(place)
    import chromadb

    try:
        # The address as the host, for its path; then the port beside it counts for nothing.
        client = chromadb.HttpClient(
            reached.address,
            headers=reached.headers,
            ssl=reached.address.startswith("https:"),
            settings=_quiet(),
            tenant=reached.tenant,
            database=reached.database,
        )
        client._server._session.timeout = place.seconds  # type: ignore[attr-defined]  # chromadb has no setting for it
    except Exception as error:  # chromadb raises a plain ValueError, or an error of its HTTP client
        raise StoreError(unanswered(place, reached.address)) from error
    return client


def _name(catalog: str) -> str:
    return f"passages-{catalog}"


def _quiet() -> Any:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)


def _make_collection(client: Any, name: str, pauses: Sequence[float] = ()) -> Any:
    """The collection; the cloud, which has no HNSW, takes the space from its configuration."""
    configuration = {"hnsw": _HNSW}
    return _call(client.get_or_create_collection, pauses, name, embedding_function=None, configuration=configuration)


def _call(method: Any, pauses: Sequence[float] = (), *args: Any, **values: Any) -> Any:
    """The result; what fails in passing is tried again after each of the pauses."""
    for pause in (*pauses, None):
        try:
            return method(*args, **values)
        except Exception as error:  # Chroma's own, the file system's, its HTTP client's, and plain ones for a 5xx
            if pause is None or not _passes(error):
                raise _explained(error) from error
        time.sleep(pause)
    raise AssertionError  # the last try has returned or raised


def _passes(error: Exception) -> bool:
    """True for a failure that may be over in a moment: a broken connection, a limit of requests, a 5xx."""
    import httpx
    from chromadb import errors

    if isinstance(error, httpx.TimeoutException):
        return False  # it was waited for long enough
    return (
        isinstance(error, httpx.TransportError | errors.RateLimitError | errors.InternalError)
        or type(error) is Exception
    )


def _explained(error: Exception) -> StoreError:
    from chromadb import errors

    if isinstance(error, errors.NotFoundError):
        return LostIndexError("the Chroma server has lost the collection of the vector index")
    said = " ".join((str(error).splitlines() or [""])[0].split())[:300]
    return StoreError(f"the vector index failed: {said or repr(error)}")
