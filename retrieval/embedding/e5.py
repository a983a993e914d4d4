"""multilingual-e5-small (Wang et al. 2024) on this machine: a question finds passages in other languages.

It has LangChain's embedding interface, as `minilm` does. A prefix tells the model questions from passages. The model's
cosines lie between .74 and .82 for any texts. So the mean vector of many questions is subtracted from every question,
that of many passages from every passage, and the result is scaled to unit length. Then the cosine of a question and its
answer is .62, of a question and another passage .03 (MiniLM: .63 and .06), so that the thresholds fitted to MiniLM
apply. Texts in another language come nearer too: over everyday subjects in eight languages among 1,109 passages the
answer's mean reciprocal rank rises from .69 to .85 (means from the other half of the subjects; with one common mean:
.54).

`e5_means.npy` has the two means, [question, passage], of ten questions and their ten answers in eight languages;
English counts three times. `tests/embedding/means.py` makes it from `everyday.toml`.

`Unigram` is our own SentencePiece tokenizer, because `tokenizers` takes a second to load 250,000 pieces, and this one a
quarter of a second.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from math import inf
from pathlib import Path

import numpy as np

from retrieval.embedding import e5_file
from retrieval.embedding.onnx import LocalModel, Tokenize, Vectors

MODEL_FILE = "e5-1-int8.onnx"  # the number rises whenever the graph built here changes
LAYERS, HEADS = 12, 12
START, PADDING, END, UNKNOWN = range(4)
MAX_TOKENS = 512  # as many positions as the model has
QUESTION, PASSAGE = "query: ", "passage: "
SPACE = "▁"
# Longer words are rare, and not worth the memory of a cache.
_CACHED_LENGTH = 40
_CACHED_WORDS = 65_536
# An unknown character scores this much less than the least likely piece.
_UNKNOWN_PENALTY = 10


class E5:
    """Texts to unit vectors of 384 float32; tokens after the 512th are ignored. Thread-safe."""

    name = "e5"
    dimensions = 384

    def __init__(self, models_dir: Path, *, threads: int | None = None) -> None:
        self._model = LocalModel(
            self.name,
            self.dimensions,
            models_dir / MODEL_FILE,
            build=lambda: build(e5_file.required_file()),
            tokenizer=lambda: load_tokenizer(e5_file.required_file()),
            threads=threads,
        )

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        _question, passage = _means()
        return [vector.tolist() for vector in _unit(self.published(PASSAGE, texts) - passage)]

    def embed_query(self, text: str) -> list[float]:
        question, _passage = _means()
        return [float(number) for number in _unit(self.published(QUESTION, [text]) - question)[0]]

    def published(self, prefix: str, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), 384), unit length: the published model's vectors, without the means subtracted.

        Raises EmbeddingError when the model is missing, damaged or does not run, StoreError when the data
        folder cannot hold it.
        """
        return self._model.vectors([prefix + text for text in texts])


def build(file: Path) -> bytes:
    """The int8 model from the package's file; takes two seconds."""
    from retrieval.embedding.graph import build_graph

    weights = e5_file.read_weights(file)
    graph = build_graph("multilingual-e5-small", weights, LAYERS, HEADS, int8=True, by_token=True)
    model: bytes = graph.SerializeToString()
    return model


def load_tokenizer(file: Path) -> Tokenize:
    """Texts to token ids, with start and end tokens."""
    known = e5_file.read_vocabulary(file)
    mask = len(known.pieces) - 1
    special = (START, PADDING, END, UNKNOWN, mask)
    pieces = Unigram(known.pieces, known.scores, known.normal, unknown=UNKNOWN, special=special)
    return lambda text: [START, *pieces.encode(text)[: MAX_TOKENS - 2], END]


@cache
def _means() -> Vectors:
    means: Vectors = np.load(Path(__file__).with_name("e5_means.npy"))
    return means


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


class Unigram:
    """Texts to piece ids; no text gives one of the `special` ids."""

    def __init__(
        self,
        pieces: Sequence[str],
        scores: Sequence[float],
        normal: Mapping[int, str],
        *,
        unknown: int,
        special: Sequence[int],
    ) -> None:
        self._ids = {piece: (id_, score) for id_, (piece, score) in enumerate(zip(pieces, scores, strict=True))}
        for id_ in special:
            self._ids.pop(pieces[id_], None)
        self._normal = dict(normal)
        self._unknown = unknown
        self._unknown_score = min(scores) - _UNKNOWN_PENALTY
        self._longest = max(map(len, pieces))
        self._cached = lru_cache(_CACHED_WORDS)(self._cut)

    def encode(self, text: str) -> list[int]:
        """The ids of the pieces of a text, in order."""
        plain = re.sub(" +", " ", unicodedata.normalize("NFC", text).translate(self._normal))
        words = (SPACE + word for word in plain.removeprefix(" ").split(" "))
        return [id_ for word in words for id_ in (self._cached if len(word) <= _CACHED_LENGTH else self._cut)(word)]

    def _cut(self, word: str) -> tuple[int, ...]:
        """The best cut, by Viterbi's algorithm."""
        best: list[tuple[float, int, int]] = [(0.0, 0, 0), *[(-inf, 0, 0)] * len(word)]  # score, start, id
        for start in range(len(word)):
            score = best[start][0]
            if score + self._unknown_score > best[start + 1][0]:
                best[start + 1] = (score + self._unknown_score, start, self._unknown)
            for end in range(start + 1, min(start + self._longest, len(word)) + 1):
                found = self._ids.get(word[start:end])
                if found and score + found[1] > best[end][0]:
                    best[end] = (score + found[1], start, found[0])
        ids: list[int] = []
        end = len(word)
        while end:
            _, end, id_ = best[end]
            if not (ids and id_ == ids[-1] == self._unknown):  # a run of unknown characters is one
                ids.append(id_)
        return tuple(reversed(ids))
