"""The look into a vector index: what is only approximate is well, what is lost or wrong is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import chromadb
import numpy as np
import pytest
from chromadb.config import Settings

from retrieval.domain.articles import Vectors
from retrieval.storage.vectors.chroma import open_folder
from retrieval.storage.vectors.integrity import look_into, tolerated

COUNT = 6_000
# Few links and short searches, so that searches miss here as they do among hundreds of thousands.
SPARSE = {"space": "cosine", "max_neighbors": 6, "ef_construction": 20, "ef_search": 10}


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    numbers = np.random.default_rng(1)
    made = numbers.standard_normal((COUNT, 24), dtype=np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="module")
def sparse(tmp_path_factory: pytest.TempPathFactory, vectors: Vectors) -> Path:
    """A healthy index whose searches often miss."""
    folder = tmp_path_factory.mktemp("sparse") / "chroma"
    client: Any = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    made = client.create_collection("passages-a", embedding_function=None, configuration={"hnsw": SPARSE})
    for first in range(0, COUNT, 1_000):
        made.upsert(
            ids=[str(id_) for id_ in range(first + 1, first + 1_001)], embeddings=vectors[first : first + 1_000]
        )
    client.close()
    return folder


def test_an_index_that_is_only_approximate_is_well(sparse: Path, vectors: Vectors) -> None:
    index = open_folder(sparse, "a", make=False)
    missed = [id_ for id_ in range(1, COUNT, 20) if index.nearest(vectors[id_ - 1], 10)[0][0] != id_]
    index.close()
    assert len(missed) > tolerated(COUNT // 20, COUNT)
    assert look_into(sparse, "a") == list(range(1, COUNT + 1))


def test_more_misses_than_an_approximation_has_are_damage() -> None:
    assert [tolerated(300, total) for total in (1_000, 6_000, 30_000, 300_000)] == [2, 3, 5, 9]
