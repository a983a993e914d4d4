"""The vector index in Chroma Cloud, played by a real Chroma server behind the cloud's key, names and limits."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import chromadb
import httpx
import numpy as np
import pytest
from chromadb.config import Settings as ChromaSettings

from bot.cli.main import run
from retrieval.domain.articles import Vectors
from retrieval.errors import SettingsError
from retrieval.observing import Progress
from retrieval.settings import CHROMA_CLOUD, ChromaPlace, load_settings
from retrieval.storage.catalog import Catalog
from retrieval.storage.vectors.chroma import drop_from_server
from retrieval.storage.vectors.stored import count_changes
from retrieval.storage.vectors.sync import ServedVectors, open_vectors
from retrieval.storage.vectors.synced import FOLLOWING
from tests.bulk import fill
from tests.chroma_server import ChromaServer, answering
from tests.fakes import noting, opened

KEY, TENANT, DATABASE = "ck-0123456789abcdef", "8f3a-tenant", "desk"
ARTICLES, PARAGRAPHS, DIMENSIONS = 350, 2, 8
PASSAGES = ARTICLES * PARAGRAPHS
LIMIT = 300


class Cloud:
    """Passes on to a Chroma server what Chroma Cloud would take, and notes it."""

    def __init__(self, server: ChromaServer, client: httpx.Client) -> None:
        self.server = server
        self._client = client
        self.databases = [DATABASE]
        self.writes: list[int] = []
        self.results: list[int] = []
        self.requests: list[str] = []
        self.failing: list[int] = []
        self.url = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> tuple[int, bytes]:
        body = handler.rfile.read(int(handler.headers["Content-Length"] or 0))
        path = handler.path.removeprefix("/api/v2")
        self.requests.append(f"{handler.command} {path}")
        if handler.headers["X-Chroma-Token"] != KEY:
            return 401, b'{"error": "AuthError", "message": "Permission denied."}'
        if path == "/auth/identity":
            return 200, json.dumps({"user_id": "u", "tenant": TENANT, "databases": self.databases}).encode()
        if self.failing and path.endswith("/upsert"):
            return self.failing.pop(0), b'{"error": "RateLimitError", "message": "Too many requests."}'
        action, asked = path.rpartition("/")[2].partition("?")[0], json.loads(body or b"{}")
        if self._is_too_much(action, asked):
            return 400, b'{"error": "QuotaError", "message": "Quota exceeded."}'
        headers = {"Content-Type": "application/json"}
        try:
            answer = self._client.request(
                handler.command, self.server.url + handler.path, content=body, headers=headers
            )
        except httpx.TransportError:
            return 503, b"no healthy upstream"
        return answer.status_code, re.sub(
            rb'"hnsw":\{(.*?)\},"spann":null', rb'"hnsw":null,"spann":{\1}', answer.content
        )

    def _is_too_much(self, action: str, asked: Any) -> bool:
        ids = asked.get("ids") or []
        if action in ("upsert", "add", "update", "delete"):
            self.writes.append(len(ids))
            return len(ids) > LIMIT
        if action in ("query", "get"):
            wanted = asked.get("n_results") or asked.get("limit") or len(ids) or PASSAGES
            self.results.append(wanted)
            return bool(wanted > LIMIT or len(ids) > LIMIT)
        return False


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, an index that has to be filled is waited for."""
    monkeypatch.setattr("retrieval.storage.vectors.sync.PATIENCE", 600)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    started = ChromaServer(tmp_path_factory.mktemp("server"))
    make_database(started)
    yield started
    started.stop()


def make_database(server: ChromaServer) -> None:
    settings = ChromaSettings(
        anonymized_telemetry=False,
        chroma_api_impl="chromadb.api.fastapi.FastAPI",
        chroma_server_host="127.0.0.1",
        chroma_server_http_port=server.port,
    )
    admin = chromadb.AdminClient(settings)
    admin.create_tenant(TENANT)
    admin.create_database(DATABASE, TENANT)


@contextmanager
def cloud_of(server: ChromaServer) -> Iterator[Cloud]:
    with httpx.Client(timeout=60) as client:
        made = Cloud(server, client)
        with answering(made.answer) as made.url:
            yield made


@pytest.fixture
def cloud(server: ChromaServer) -> Iterator[Cloud]:
    with cloud_of(server) as made:
        yield made


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[tuple[Catalog, Vectors]]:
    with opened(tmp_path / "data") as catalog:
        yield catalog, fill(catalog, ARTICLES, PARAGRAPHS, DIMENSIONS)


def index_in(cloud: Cloud, catalog: Catalog, data_dir: Path, notes: list[str], **other: Any) -> ServedVectors:
    place = replace(ChromaPlace(url=cloud.url, key=KEY), **other)
    index = open_vectors(catalog, data_dir, place, noting(notes))
    assert isinstance(index, ServedVectors)
    return index


def missed(index: ServedVectors, matrix: Vectors) -> int:
    """How many of some vectors a search for them does not find first."""
    return sum(index.nearest(matrix[at], 5)[0][0] != at + 1 for at in range(0, PASSAGES, 50))


@pytest.mark.slow
def test_it_is_filled_and_searched_within_the_clouds_limits(
    cloud: Cloud, filled: tuple[Catalog, Vectors], tmp_path: Path
) -> None:
    catalog, matrix = filled
    notes: list[str] = []
    index = index_in(cloud, catalog, tmp_path, notes)
    assert (index.trouble, notes) == (None, [])
    assert max(cloud.writes) <= LIMIT
    assert sum(cloud.writes) == PASSAGES
    assert missed(index, matrix) == 0
    asked = len(cloud.requests)
    # More than the cloud gives comes from the stored vectors.
    assert len(index.nearest(matrix[0], LIMIT + 1)) == LIMIT + 1
    assert len(cloud.requests) == asked
    assert len(index.nearest(matrix[0], LIMIT)) == LIMIT
    index.close()
    cloud.requests.clear()
    # Its mark vouches for it: nothing is compared and nothing written.
    again = index_in(cloud, catalog, tmp_path, notes, tenant=TENANT, database=DATABASE)
    assert len(cloud.requests) <= 11
    assert not [each for each in cloud.requests if "upsert" in each or "delete" in each]
    assert (again.trouble, notes) == (None, [])
    assert missed(again, matrix) == 0
    again.close()


@pytest.mark.slow
def test_changes_are_followed_by_who_has_the_lock_and_what_differs_is_mended_page_by_page(
    cloud: Cloud, filled: tuple[Catalog, Vectors], tmp_path: Path
) -> None:
    catalog, matrix = filled
    notes: list[str] = []
    index = index_in(cloud, catalog, tmp_path, notes)
    catalog.remove([1, 2])
    lock = catalog.hold(FOLLOWING)
    assert lock
    assert index.follow() == 0
    lock.release()
    assert index.follow() == 4
    assert {id_ for id_, _ in index.nearest(matrix[0], LIMIT)}.isdisjoint({1, 2, 3, 4})
    index.close()
    made = chromadb.HttpClient(
        "127.0.0.1",
        int(cloud.server.port),
        tenant=TENANT,
        database=DATABASE,
        settings=ChromaSettings(anonymized_telemetry=False),
    ).get_collection(f"passages-{catalog.fact('catalog')}", embedding_function=None)
    made.delete([str(id_) for id_ in range(100, 200)])
    made.upsert(["1", "of somebody", "9000", *map(str, range(20_000, 20_100))], embeddings=np.tile(matrix[0], (103, 1)))
    index = index_in(cloud, catalog, tmp_path, notes)
    assert notes == ["others have written to the index on the Chroma server: an entry is removed"]
    assert sorted(map(int, made.get(include=[])["ids"])) == list(range(5, PASSAGES + 1))
    assert max(cloud.writes + cloud.results) <= LIMIT
    index.close()


@pytest.mark.slow
def test_while_another_process_brings_it_up_to_date_answers_come_from_the_stored_vectors(
    cloud: Cloud, filled: tuple[Catalog, Vectors], tmp_path: Path
) -> None:
    catalog, matrix = filled
    notes: list[str] = []
    lock = catalog.hold(FOLLOWING)
    assert lock
    index = index_in(cloud, catalog, tmp_path, notes)
    assert missed(index, matrix) == 0
    assert not cloud.writes
    assert notes == [
        "the vector index on the Chroma server is not up to date, and another process is at it; "
        "until then answers come from the stored vectors"
    ]
    lock.release()
    index.follow()
    assert index.trouble is None
    assert sum(cloud.writes) == PASSAGES
    index.close()


@pytest.mark.slow
def test_what_the_cloud_refuses_in_passing_is_tried_again(
    cloud: Cloud, filled: tuple[Catalog, Vectors], tmp_path: Path
) -> None:
    notes: list[str] = []
    cloud.failing = [429, 503]
    index = index_in(cloud, filled[0], tmp_path, notes)
    assert (index.trouble, notes, cloud.failing) == (None, [], [])
    assert missed(index, filled[1]) == 0
    index.close()


@pytest.mark.slow
def test_a_collection_that_somebody_deleted_is_made_again(
    cloud: Cloud, filled: tuple[Catalog, Vectors], tmp_path: Path
) -> None:
    catalog, matrix = filled
    notes: list[str] = []
    index = index_in(cloud, catalog, tmp_path, notes)
    name = f"passages-{catalog.fact('catalog')}"
    path = f"/api/v2/tenants/{TENANT}/databases/{DATABASE}/collections/{name}"
    for _ in range(2):  # one that is gone is no failure
        drop_from_server(ChromaPlace(url=cloud.url, key=KEY), catalog.fact("catalog") or "")
    assert httpx.get(cloud.server.url + path).status_code == 404
    assert missed(index, matrix) == 0
    index.follow()
    assert index.trouble is None
    assert missed(index, matrix) == 0
    assert httpx.get(cloud.server.url + path).is_success
    assert notes == [
        "the Chroma server has lost the collection of the vector index; until then answers come from the stored vectors"
    ]
    index.close()


@pytest.mark.slow
def test_a_server_that_restarts_amid_an_ingest_loses_nothing(filled: tuple[Catalog, Vectors], tmp_path: Path) -> None:
    catalog, matrix = filled
    server, notes = ChromaServer(tmp_path / "server"), list[str]()
    make_database(server)
    with ExitStack() as stack:
        cloud = stack.enter_context(cloud_of(server))
        stopping = stack.enter_context(_stopping(server, notes))
        place = ChromaPlace(url=cloud.url, key=KEY)
        index = open_vectors(catalog, tmp_path, place, stopping)
        assert isinstance(index, ServedVectors)
        assert missed(index, matrix) == 0
        assert len(notes) == 1
        server.start()
        index.follow()
        assert index.trouble is None
        assert missed(index, matrix) == 0
        with catalog.reading() as connection:
            assert count_changes(connection) == 0
        index.close()
        server.stop()


@contextmanager
def _stopping(server: ChromaServer, notes: list[str]) -> Iterator[Progress]:
    """Progress that stops the server after the first page of passages."""
    stopped: list[int] = []

    def done(count: int) -> None:
        if count and not stopped:
            stopped.append(count)
            server.stop()

    @contextmanager
    def track(work: str, total: int, unit: str) -> Iterator[Callable[[int], object]]:
        del work, total, unit
        yield done

    yield Progress(track, notes.append)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "databases", "says"),
    [
        ({"key": "ck-wrong"}, [DATABASE], "refuses the key: check BRIEFING_CHROMA_API_KEY"),
        ({}, [DATABASE, "other"], "set BRIEFING_CHROMA_TENANT and BRIEFING_CHROMA_DATABASE"),
        ({}, ["*"], "set BRIEFING_CHROMA_TENANT and BRIEFING_CHROMA_DATABASE"),
        ({"database": "nobody"}, [DATABASE], "answers 404 for the database nobody: check"),
        ({"tenant": "nobody/at all"}, [DATABASE], "for the tenant nobody/at all: check"),
    ],
)
def test_what_is_wrong_with_key_or_names_is_told_in_one_line_without_the_key(
    cloud: Cloud,
    filled: tuple[Catalog, Vectors],
    tmp_path: Path,
    place: dict[str, str],
    databases: list[str],
    says: str,
) -> None:
    cloud.databases = databases
    notes: list[str] = []
    index = index_in(cloud, filled[0], tmp_path, notes, **place)
    assert missed(index, filled[1]) == 0
    index.close()
    (note,) = notes
    assert says in note
    assert "\n" not in note
    assert "ck-" not in note


@pytest.mark.slow
def test_the_command_line_uses_it_and_doctor_says_how_it_is(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BRIEFING_CHROMA_API_KEY", KEY)
    monkeypatch.setenv("BRIEFING_CHROMA_URL", cloud.url)
    data = ["--data-dir", str(tmp_path / "data")]
    assert run(["ask", "Does Ukraine still want to join NATO?", *data]) == 0
    assert sum(cloud.writes) > 30
    assert not (tmp_path / "data" / "chroma").exists()
    capsys.readouterr()
    run(["doctor", *data])
    printed = capsys.readouterr()
    assert "ok   vector index: on Chroma Cloud, in step with the catalog" in printed.out
    monkeypatch.setenv("BRIEFING_CHROMA_API_KEY", "ck-wrong")
    assert run(["doctor", *data]) == 1
    refused = capsys.readouterr()
    assert "refuses the key" in " ".join(refused.out.split())
    assert not [each for each in (printed.out, printed.err, refused.out, refused.err) if "ck-" in each]


def test_the_key_alone_names_the_cloud_and_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEFING_CHROMA_API_KEY", KEY)
    settings = load_settings()
    assert settings.chroma == ChromaPlace(url=CHROMA_CLOUD, key=KEY)
    assert KEY not in f"{settings!r} {settings.chroma!r}"
    monkeypatch.setenv("BRIEFING_CHROMA_API_KEY", "")
    assert load_settings().chroma is None


@pytest.mark.parametrize(
    ("key", "url", "says"),
    [
        (KEY, "http://chroma.example", "BRIEFING_CHROMA_API_KEY is sent over https only"),
        ("ck with spaces", "", "BRIEFING_CHROMA_API_KEY is not a key"),
    ],
)
def test_a_key_that_cannot_be_sent_is_refused_without_showing_it(
    key: str, url: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRIEFING_CHROMA_API_KEY", key)
    monkeypatch.setenv("BRIEFING_CHROMA_URL", url)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value).startswith(says)
    assert "ck" not in str(refused.value)
