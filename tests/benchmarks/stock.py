"""The stock pipeline: a splitter, langchain-chroma, and Chroma's default embedding function, as tutorials put them.

Chroma's function downloads its model at first use. Here it finds it: an export of the same weights in 32-bit
floats, laid where the download would have put it, in a folder of the benchmark's own.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, cast

from retrieval.embedding.base import EmbeddingModel
from retrieval.embedding.local_model import required_folder

CHUNK_LENGTH, CHUNK_OVERLAP = 1_000, 200
_TOKENIZER_FILES = "config.json special_tokens_map.json tokenizer_config.json tokenizer.json vocab.txt".split()


def provide_model(home: Path) -> None:
    """Make Chroma's default embedding function find its model below `home`, in this process."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2

    cache = home / ".cache" / "chroma" / "onnx_models" / ONNXMiniLM_L6_V2.MODEL_NAME
    _fill(cache / ONNXMiniLM_L6_V2.EXTRACTED_FOLDER_NAME)
    # Chroma asks for the home folder once, when the class is defined.
    ONNXMiniLM_L6_V2.DOWNLOAD_PATH = cache


def _fill(folder: Path) -> None:
    if (folder / "model.onnx").exists():
        return
    from retrieval.embedding.local_model import export_fp32

    folder.mkdir(parents=True)
    for name in _TOKENIZER_FILES:
        shutil.copyfile(required_folder() / name, folder / name)
    export_fp32(folder / "model.onnx")


class KeptModel:
    """Chroma's default function with the model kept loaded: as it comes, it loads it anew at every call."""

    def __init__(self) -> None:
        from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2

        self._function = ONNXMiniLM_L6_V2()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[float(number) for number in vector] for vector in self._function(texts)]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


class Stock:
    """Whole files in, chunks found. `embeddings` None is Chroma's default embedding function as it comes."""

    def __init__(self, folder: Path, embeddings: EmbeddingModel | None = None) -> None:
        import chromadb
        from chromadb.config import Settings
        from langchain_chroma import Chroma
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        settings = Settings(anonymized_telemetry=False)
        self._client: Any = chromadb.PersistentClient(str(folder), settings=settings)
        self._splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_LENGTH, chunk_overlap=CHUNK_OVERLAP)
        self._store = Chroma(client=self._client, embedding_function=cast(Any, embeddings))

    def ingest(self, folder: Path, metadata: dict[str, dict[str, Any]] | None = None) -> int:
        """Read, split and add all files of a folder; how many chunks. `metadata` by file name, beside `source`."""
        from langchain_core.documents import Document

        files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
        documents = [
            Document(page_content=path.read_text("utf-8"), metadata={"source": name} | (metadata or {}).get(name, {}))
            for name, path in files.items()
            if path.suffix in (".txt", ".md")
        ]
        return len(self._store.add_documents(self._splitter.split_documents(documents)))

    def search(self, question: str, count: int, only: dict[str, Any] | None = None) -> list[str]:
        """The files of the chunks found, best first."""
        return [str(each.metadata["source"]) for each in self._store.similarity_search(question, count, only)]

    def close(self) -> None:
        """Let go of the folder."""
        self._client.close()
