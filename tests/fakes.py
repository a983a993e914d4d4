"""Fakes of what is ours, shipped as real implementations."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.words import content_terms


class WordVectors:
    """An embedding model that hashes words into directions: texts that share words lie near each other."""

    def __init__(self, dimensions: int = 64) -> None:
        self.dimensions = dimensions
        self.embedded = 0

    def embed_documents(self, texts: Sequence[str]) -> list[list[float]]:
        self.embedded += len(texts)
        return [self._vector(text).tolist() for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return list(self._vector(text).tolist())

    def _vector(self, text: str) -> NDArray[np.float64]:
        vector = np.full(self.dimensions, 1e-3)
        for term in content_terms(text):
            vector[zlib.crc32(term.encode()) % self.dimensions] += 1.0
        return vector
