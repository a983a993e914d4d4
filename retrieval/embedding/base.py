"""The common embedder, for any embedding model."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np

from retrieval.domain.articles import Vectors
from retrieval.embedding.e5 import E5
from retrieval.embedding.local_model import MiniLM, package_folder
from retrieval.errors import BriefingError, EmbeddingError, SettingsError

BATCH = 96  # texts to a request: the smallest limit among the providers LangChain names (Cohere's)
LOCAL_BATCH = 1_024


class EmbeddingModel(Protocol):
    """LangChain's `Embeddings`, as far as it is used here."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]: ...

    def embed_query(self, text: str) -> list[float]: ...


class Embedder:
    """Texts to unit vectors. Every failure of its model is raised as an EmbeddingError of one line.

    Blank text is embedded as a dash, because some providers reject a whole batch for one empty string. With
    `multilingual`, texts that mean the same in two languages have similar vectors.
    """

    def __init__(
        self,
        name: str,
        model: EmbeddingModel,
        *,
        dimensions: int | None = None,
        batch: int = BATCH,
        multilingual: bool = False,
    ) -> None:
        self.name = name
        self.multilingual = multilingual
        self._model = model
        self._dimensions = dimensions
        self._batch = batch

    @property
    def dimensions(self) -> int:
        """The length of a vector; asks the model for one if none has come yet."""
        return self._dimensions or len(self.query("dimensions"))

    def documents(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions), unit length."""
        batches = []
        for start in range(0, len(texts), self._batch):
            batch = [_sendable(text) for text in texts[start : start + self._batch]]
            with self._translated():
                batches.append(self._checked(self._model.embed_documents(batch), len(batch)))
        return np.concatenate(batches) if batches else np.empty((0, self._dimensions or 0), np.float32)

    def query(self, text: str) -> Vectors:
        """Shape (dimensions,), unit length."""
        with self._translated():
            return self._checked([self._model.embed_query(_sendable(text))], 1).reshape(-1)

    def _checked(self, answer: Sequence[Sequence[float]], count: int) -> Vectors:
        """The model's answer as unit vectors; raises EmbeddingError unless it is `count` usable vectors."""
        vectors = np.asarray(answer, np.float64)  # a float32 sum of squares can overflow
        if vectors.ndim != 2 or vectors.shape[0] != count:
            raise EmbeddingError(
                f"{self.name} returned {len(answer)} vectors for {count} texts, or vectors of unequal length"
            )
        if self._dimensions not in (None, vectors.shape[1]):
            raise EmbeddingError(
                f"{self.name} returned vectors of {vectors.shape[1]} numbers, earlier ones had {self._dimensions}"
            )
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or not lengths.all():
            raise EmbeddingError(f"{self.name} returned a vector that is zero or not finite")
        self._dimensions = vectors.shape[1]
        unit: Vectors = (vectors / lengths).astype(np.float32)
        return unit

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except BriefingError:
            raise
        except Exception as error:  # every provider has its own tree of errors
            raise EmbeddingError(f"the embedding model {self.name} did not answer: {_reason(error)}") from error


def mean_direction(vectors: Vectors) -> Vectors:
    """The mean of the vectors, scaled to unit length."""
    mean = vectors.mean(axis=0)
    length = float(np.linalg.norm(mean))
    return np.asarray(mean / length if length else mean, np.float32)


def open_embedder(name: str, models_dir: Path, *, fallback: Callable[[], EmbeddingModel] | None = None) -> Embedder:
    """The embedder for a name in the settings: `minilm`, `e5`, or a LangChain name (`provider:model`).

    `fallback` makes MiniLM where the package with its weights is not installed. Raises SettingsError for an unknown
    name, and for a provider without its package or key.
    """
    if name == E5.name:
        return Embedder(name, E5(models_dir), dimensions=E5.dimensions, batch=LOCAL_BATCH, multilingual=True)
    if name != MiniLM.name:
        return Embedder(name, _named(name), multilingual=True)  # nearly all that can be named are
    model: EmbeddingModel = fallback() if fallback and package_folder() is None else MiniLM(models_dir)
    return Embedder(name, model, dimensions=MiniLM.dimensions, batch=LOCAL_BATCH)


def _named(name: str) -> EmbeddingModel:
    from langchain.embeddings import init_embeddings

    provider, _, model = name.partition(":")
    if not (provider.strip() and model.strip()):
        raise SettingsError(
            f"{name!r} is not an embedding model: use minilm, e5, or LangChain's provider:model, "
            "for example openai:text-embedding-3-small"
        )
    try:
        return init_embeddings(name)
    except Exception as error:  # no package, no key, no such provider: every provider has its own types
        raise SettingsError(f"the embedding model {name} cannot be used: {_reason(error)}") from error


def _sendable(text: str) -> str:
    """Valid UTF-8 (lone surrogates cannot be sent) and not blank."""
    return text.encode("utf-8", "replace").decode("utf-8") if text.strip() else "-"


def _reason(error: Exception) -> str:
    """One line of at most 300 characters on the failure, without any key."""
    from pydantic import ValidationError

    text = str(error)
    if isinstance(error, ValidationError):  # its text repeats the input, and so a key; its messages do not
        text = "; ".join(part["msg"] for part in error.errors())
    for variable, value in os.environ.items():
        if re.search(r"KEY|TOKEN|SECRET|PASSWORD", variable) and len(value) >= 8:
            text = text.replace(value, "[hidden]")
    text = re.sub(r"\b(sk|pk|key)-[\w*-]{6,}", "[hidden]", text)  # providers quote a wrong key half masked
    return " ".join(text.split())[:300] or type(error).__name__
