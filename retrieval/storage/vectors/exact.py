"""Exact search over the vectors stored in the catalog, for processes that may not use the Chroma folder."""

from __future__ import annotations

import numpy as np

from retrieval.domain.vectors import Vectors
from retrieval.storage.catalog import Catalog
from retrieval.storage.vectors.stored import scan_vectors


class ExactVectors:
    """Reads all stored vectors at every search: about 0.3 s at 100,000."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def nearest(self, vector: Vectors, count: int) -> list[tuple[int, float]]:
        """The nearest passages as (passage id, cosine), best first."""
        best: list[tuple[int, float]] = []
        with self._catalog.reading() as connection:
            for ids, vectors in scan_vectors(connection):
                cosines = vectors @ vector
                top = np.argsort(-cosines)[:count]
                best += zip(ids[top].tolist(), cosines[top].tolist(), strict=True)
                best = sorted(best, key=lambda pair: -pair[1])[:count]
        return best

    def follow(self) -> int:
        """Does nothing: the process that holds the Chroma folder applies the changes."""
        return 0

    def close(self) -> None:
        """Does nothing."""
