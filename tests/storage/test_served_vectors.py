"""A Chroma server that is down, hangs, loses or mixes up what it holds: answers go on, from the stored vectors."""

from __future__ import annotations

import base64
import re
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from retrieval.domain.articles import Vectors
from retrieval.errors import SettingsError, StoreError
from retrieval.settings import ChromaPlace, load_settings
from retrieval.storage.catalog import Catalog
from retrieval.storage.vectors import sync as served_vectors
from retrieval.storage.vectors.sync import ServedVectors, open_vectors
from tests.bulk import fill
from tests.chroma_server import ChromaServer, answering
from tests.fakes import noting, opened

ARTICLES, PARAGRAPHS, DIMENSIONS = 30, 2, 8
JSON = {"Content-Type": "application/json"}
PLAIN = "s3cr3t/of:ours"
WRITTEN = "s3cr3t%2Fof%3Aours"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, an index that has to be filled is waited for."""
    monkeypatch.setattr(served_vectors, "PATIENCE", 600)


@pytest.fixture
def vectors() -> list[Vectors]:
    return []


@pytest.fixture
def catalog(tmp_path: Path, vectors: list[Vectors]) -> Iterator[Catalog]:
    with opened(tmp_path / "data") as catalog:
        vectors.append(fill(catalog, ARTICLES, PARAGRAPHS, DIMENSIONS))
        yield catalog


def served(catalog: Catalog, url: str, notes: list[str], seconds: float = 10) -> ServedVectors:
    index = open_vectors(catalog, Path(), ChromaPlace(url=url, seconds=seconds), noting(notes))
    assert isinstance(index, ServedVectors)
    return index


def finds_all(index: ServedVectors, matrix: Vectors) -> bool:
    """Whether a search for every vector finds it first, with its cosine."""
    found = [index.nearest(vector, 5)[0] for vector in matrix]
    return all(id_ == at + 1 and abs(cosine - 1) < 0.001 for at, (id_, cosine) in enumerate(found))


class Scripted:
    """An index on a server that does as the test says."""

    most: int | None = None

    def __init__(self) -> None:
        self.held = 1_000
        self.up = True
        self.closed = False

    def nearest(self, _vector: Vectors, count: int) -> list[tuple[int, float]]:
        self._answer()
        return [(99, 0.5)] * min(count, self.held)

    def follow(self) -> int:
        self._answer()
        return 7

    def close(self) -> None:
        self.closed = True

    def _answer(self) -> None:
        if not self.up:
            raise StoreError("it is down")


def test_a_server_that_goes_down_is_tried_again_after_a_while(catalog: Catalog, vectors: list[Vectors]) -> None:
    server, notes, now = Scripted(), list[str](), [0.0]

    def connect(_stopped: Callable[[], bool]) -> Scripted:
        server._answer()
        return server

    index = ServedVectors(catalog, connect, noting(notes), lambda: now[0])
    query = vectors[0][4]
    assert index.nearest(query, 1) == [(99, 0.5)]
    server.up = False
    assert index.nearest(query, 1)[0][0] == 5
    assert index.follow() == 0
    server.up = True
    # Not at every search: it may take seconds to find that it does not answer.
    assert index.nearest(query, 1)[0][0] == 5
    assert index.trouble == "it is down"
    now[0] = 61.0
    assert index.nearest(query, 1)[0][0] == 5
    assert index.follow() == 7
    assert index.nearest(query, 1) == [(99, 0.5)]
    server.held = 0
    assert index.nearest(query, 1)[0][0] == 5
    assert notes == [
        f"{why}; until then answers come from the stored vectors"
        for why in ("it is down", "the Chroma server has lost vectors")
    ]
    index.close()
    assert server.closed


def test_a_server_that_hangs_is_not_waited_for(catalog: Catalog, vectors: list[Vectors]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        place = f"127.0.0.1:{silent.getsockname()[1]}"
        notes: list[str] = []
        index = served(catalog, f"http://desk:{WRITTEN}@{place}/chroma/", notes, seconds=0.2)
        assert finds_all(index, vectors[0])
        index.close()
    assert notes == [
        f"no Chroma server answers at http://{place}/chroma: start it, or empty BRIEFING_CHROMA_URL; "
        "until then answers come from the stored vectors"
    ]


def test_something_else_at_the_address_is_named(catalog: Catalog) -> None:
    with answering(lambda _handler: (404, b"nothing here")) as url:
        notes: list[str] = []
        served(catalog, url, notes).close()
    assert notes[0].startswith(f"{url} answers 404 and is no Chroma server: check BRIEFING_CHROMA_URL")


@pytest.mark.parametrize("url", [f"http://desk:{PLAIN}@chroma:8000", "https://", "ftp://chroma"])
def test_an_address_that_cannot_be_read_is_refused_without_showing_it(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRIEFING_CHROMA_URL", url)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value).startswith("BRIEFING_CHROMA_URL ")
    assert "s3cr3t" not in str(refused.value)


def test_the_password_of_the_address_is_not_shown_with_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEFING_CHROMA_URL", f"http://desk:{WRITTEN}@chroma:8000")
    assert "s3cr3t" not in repr(load_settings())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    started = ChromaServer(tmp_path_factory.mktemp("server"))
    yield started
    started.stop()


def made_anew(client: Any, collection: Any, space: str, ids: Sequence[str], vectors: Vectors) -> None:
    client.delete_collection(collection.name)
    made = client.create_collection(collection.name, embedding_function=None, configuration={"hnsw": {"space": space}})
    made.upsert(ids=list(ids), embeddings=vectors)


IDS = [str(id_) for id_ in range(1, ARTICLES * PARAGRAPHS + 1)]
TAMPERED: dict[str, tuple[Callable[[Any, Any, Vectors], object], str]] = {
    "emptied": (lambda _client, made, _: made.delete(ids=IDS), ""),
    "deleted": (lambda client, made, _: client.delete_collection(made.name), ""),
    "distances": (lambda client, made, own: made_anew(client, made, "l2", IDS, own), "it measures l2 distances"),
    "dimensions": (
        lambda client, made, _: made_anew(client, made, "cosine", IDS, np.ones((len(IDS), 5), np.float32)),
        "its vectors have 5 dimensions",
    ),
    "ids": (
        lambda _client, made, own: made.upsert(ids=["of somebody"], embeddings=own[:1]),
        "others have written to the index on the Chroma server: an entry is removed",
    ),
    "vectors": (
        lambda _client, made, own: made.upsert(ids=IDS, embeddings=own[::-1].copy()),
        "its vectors are others than the stored ones",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("tampered", TAMPERED)
def test_what_others_did_to_the_collection_is_mended(
    tampered: str, server: ChromaServer, catalog: Catalog, vectors: list[Vectors]
) -> None:
    served(catalog, server.url, []).close()
    tamper, reason = TAMPERED[tampered]
    tamper(*server.collection(catalog), vectors[0])
    notes: list[str] = []
    index = served(catalog, server.url, notes)
    assert index.trouble is None
    assert finds_all(index, vectors[0])
    index.close()
    assert [note for note in notes if reason in note] == notes
    assert len(notes) == bool(reason)
    assert sorted(server.collection(catalog)[1].get(include=[])["ids"]) == sorted(IDS)


@pytest.mark.slow
def test_a_server_that_stops_and_comes_back_empty_is_filled_again(
    tmp_path: Path, catalog: Catalog, vectors: list[Vectors]
) -> None:
    server, notes = ChromaServer(tmp_path / "first"), list[str]()
    index = served(catalog, server.url, notes)
    assert finds_all(index, vectors[0])
    server.stop()
    assert finds_all(index, vectors[0])
    assert len(notes) == 1
    server.start(tmp_path / "second")
    index.follow()
    assert index.trouble is None
    assert finds_all(index, vectors[0])
    assert server.collection(catalog)[1].count() == len(IDS)
    index.close()
    server.stop()


@pytest.mark.slow
def test_user_password_and_path_of_the_address_are_used_and_not_shown(
    server: ChromaServer, catalog: Catalog, vectors: list[Vectors]
) -> None:
    expected = "Basic " + base64.b64encode(f"desk:{PLAIN}".encode()).decode()

    def pass_on(handler: BaseHTTPRequestHandler) -> tuple[int, bytes]:
        if handler.headers["Authorization"] != expected:
            return 401, b"{}"
        if not handler.path.startswith("/behind/chroma/api/"):
            return 404, b"{}"
        body = handler.rfile.read(int(handler.headers["Content-Length"] or 0))
        path = handler.path.removeprefix("/behind/chroma")
        answer = httpx.request(handler.command, server.url + path, content=body, headers=JSON)
        return answer.status_code, answer.content

    with answering(pass_on) as url:
        place = f"{url.removeprefix('http://')}/behind/chroma"
        notes: list[str] = []
        index = served(catalog, f"http://desk:{WRITTEN}@{place}", notes)
        assert (index.trouble, notes) == (None, [])
        assert finds_all(index, vectors[0])
        index.close()
        served(catalog, f"http://desk:wrong@{place}", notes).close()
    assert re.match(rf"the Chroma server at http://{place} lets nobody in: check user and password", notes[0])
    assert "wrong" not in notes[0]
