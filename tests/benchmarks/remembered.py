"""An embedding model that is asked once for each text, and over several runs of a benchmark where a file keeps them."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from retrieval.embedding.base import Embedder, open_embedder
from retrieval.storage.vectors.chroma import DownloadedMiniLM


class Remembered:
    """The vectors of all texts embedded so far, by the text."""

    def __init__(self, inner: Embedder, known: dict[str, list[float]]) -> None:
        self._inner = inner
        self.known = known

    def embed_documents(self, texts: Sequence[str]) -> list[list[float]]:
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        self.known.update(zip(new, self._inner.documents(new).tolist(), strict=True))
        return [self.known[text] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


@contextmanager
def remembering(models: Path, kept: Path | None) -> Iterator[Embedder]:
    """The default embedder; what it makes is read from `kept` and written there at the end, where it is given."""
    known = pickle.loads(kept.read_bytes()) if kept and kept.is_file() else {}  # noqa: S301 - ours
    model = Remembered(open_embedder("minilm", models, fallback=DownloadedMiniLM), known)
    yield Embedder("minilm", model, batch=1_024)
    if kept:
        kept.write_bytes(pickle.dumps(model.known))
