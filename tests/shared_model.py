"""The real default embedder, shared by all tests of a worker."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import ClassVar

import numpy as np
from filelock import FileLock

from retrieval.embedding.minilm import MiniLM
from retrieval.embedding.onnx import Vectors


class SharedMiniLM(MiniLM):
    """MiniLM as it is, but loaded once a worker and run once a text, in the folder that all tests share.

    Most of a suite's time would go on embedding the same few sentences again. The vector of a text is the same in any
    company, as tests/embedding/test_minilm.py shows.
    """

    folder: ClassVar[Path]
    _known: ClassVar[dict[str, Vectors]] = {}

    def __init__(self, _folder: Path) -> None:
        super().__init__(self.folder)

    def embed(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, _load(self.folder).embed(new), strict=True))
        return np.stack([self._known[text] for text in texts]) if texts else super().embed(texts)


@cache
def _load(folder: Path) -> MiniLM:
    """The model in a folder that several workers share: the first one builds its file."""
    model = MiniLM(folder)
    with FileLock(folder.with_suffix(".lock")):
        model.embed(["anything"])
    return model
