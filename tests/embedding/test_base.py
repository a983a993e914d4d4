"""The embedder around small real models of LangChain's kind, and the names it opens."""

import math
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from retrieval.embedding.base import Embedder, open_embedder
from retrieval.errors import EmbeddingError, SettingsError, StoreError


class Letters(Embeddings):
    """Counts a, b, c and everything else; remembers what it was sent, like a provider's bill."""

    def __init__(self) -> None:
        self.requests: list[list[str]] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.requests.append(texts)
        return [[float(text.count(c)) for c in "abc"] + [float(len(text))] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


class Fixed(Embeddings):
    """Answers the same whatever it is asked."""

    def __init__(self, *vectors: list[float]) -> None:
        self.vectors = list(vectors)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:  # noqa: ARG002
        return self.vectors

    def embed_query(self, text: str) -> list[float]:  # noqa: ARG002
        return self.vectors[0]


class Refusing(Embeddings):
    """Fails the same whatever it is asked."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def embed_documents(self, texts: list[str]) -> list[list[float]]:  # noqa: ARG002
        raise self.error

    def embed_query(self, text: str) -> list[float]:  # noqa: ARG002
        raise self.error


def test_documents_and_queries_are_unit_vectors_in_the_order_of_the_texts() -> None:
    embedder = Embedder("letters", Letters())
    vectors = embedder.documents(["aaa", "b", "cab"])
    assert vectors.shape == (3, 4)
    assert vectors.dtype == embedder.query("a").dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(embedder.query("b"), vectors[1])


def test_requests_go_out_in_batches() -> None:
    model = Letters()
    vectors = Embedder("letters", model, batch=3).documents([f"text {number}" for number in range(7)])
    assert [len(request) for request in model.requests] == [3, 3, 1]
    assert len(vectors) == 7


def test_no_texts_ask_nothing() -> None:
    model = Letters()
    assert Embedder("letters", model).documents([]).shape == (0, 0)
    assert model.requests == []


def test_dimensions_are_known_after_the_first_answer_and_asked_for_before() -> None:
    model = Letters()
    embedder = Embedder("letters", model)
    assert [embedder.dimensions, embedder.dimensions] == [4, 4]
    assert len(model.requests) == 1


def test_blank_text_and_lone_surrogates_reach_no_provider() -> None:
    model = Letters()
    Embedder("letters", model).documents(["", " \n", "half \ud83d"])
    assert model.requests == [["-", "-", "half ?"]]


@pytest.mark.parametrize(
    ("vectors", "complaint"),
    [
        ([[1.0, 0.0]], "1 vectors for 2 texts"),
        ([[1.0, 0.0], [0.0, 0.0]], "zero or not finite"),
        ([[1.0, 0.0], [math.nan, 0.0]], "zero or not finite"),
        ([[1.0, 0.0], [math.inf, 0.0]], "zero or not finite"),
        ([[1.0, 0.0], [1.0]], "fixed did not answer"),
        ([], "0 vectors for 2 texts"),
    ],
)
def test_an_answer_that_is_no_set_of_vectors_is_an_embedding_error(vectors: list[list[float]], complaint: str) -> None:
    with pytest.raises(EmbeddingError, match=complaint):
        Embedder("fixed", Fixed(*vectors)).documents(["a", "b"])


def test_vectors_of_another_length_than_before_are_an_embedding_error() -> None:
    with pytest.raises(EmbeddingError, match="of 2 numbers, earlier ones had 3"):
        Embedder("fixed", Fixed([1.0, 0.0]), dimensions=3).query("a")


def test_very_large_and_very_small_numbers_still_make_unit_vectors() -> None:
    for number in (1e30, 1e-30):
        vector = Embedder("fixed", Fixed([number, number])).query("a")
        np.testing.assert_allclose(vector, [math.sqrt(0.5)] * 2, atol=1e-6)


def test_a_providers_failure_is_one_line_without_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "very-private-1234")
    error = RuntimeError("401 for very-private-1234\nor sk-abc***********xyz\ngiven")
    with pytest.raises(EmbeddingError) as caught:
        Embedder("shop:model", Refusing(error)).query("a")
    assert str(caught.value) == ("the embedding model shop:model did not answer: 401 for [hidden] or [hidden] given")


def test_our_own_errors_pass_unchanged() -> None:
    error = StoreError("disk full")
    with pytest.raises(StoreError, match=r"^disk full$"):
        Embedder("letters", Refusing(error)).documents(["a"])


def test_minilm_is_opened_by_its_name(models_dir: Path) -> None:
    embedder = open_embedder("minilm", models_dir)
    assert (embedder.name, embedder.dimensions) == ("minilm", 384)
    question = embedder.query("Who wants to join the alliance?")
    near, far = embedder.documents(["Kyiv asks to become a member of the alliance.", "Rain in the north."])
    assert question @ near > question @ far + 0.2


def test_the_fallback_stands_in_only_where_the_package_is_absent(
    monkeypatch: pytest.MonkeyPatch, models_dir: Path
) -> None:
    fallback = Fixed([1.0] + [0.0] * 383)
    assert open_embedder("minilm", models_dir, fallback=lambda: fallback).query("a")[0] < 1
    monkeypatch.setattr("retrieval.embedding.local_model.PACKAGE", "no_such_package")
    embedder = open_embedder("minilm", models_dir, fallback=lambda: fallback)
    assert (embedder.name, embedder.query("a")[0]) == ("minilm", 1)


@pytest.mark.parametrize("name", ["", "gpt", "openai:", ":model"])
def test_a_name_that_is_no_model_is_explained_by_an_example(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="for example openai:text-embedding-3-small"):
        open_embedder(name, tmp_path)


def test_an_unknown_provider_is_answered_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Provider 'acme' is not supported.*openai"):
        open_embedder("acme:model", tmp_path)


@pytest.mark.skipif(find_spec("langchain_openai") is not None, reason="langchain-openai is installed")
def test_a_missing_provider_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="pip install langchain-openai"):
        open_embedder("openai:text-embedding-3-small", tmp_path)


PROVIDER = """
import os
from typing import Any
from langchain_core.embeddings import DeterministicFakeEmbedding
from pydantic import model_validator

class CohereEmbeddings(DeterministicFakeEmbedding):
    model: str
    size: int = 8

    @model_validator(mode="after")
    def need_a_key(self) -> Any:
        if "COHERE_API_KEY" not in os.environ:
            raise ValueError("Did not find cohere_api_key, please set `COHERE_API_KEY`")
        return self
"""


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A small LangChain provider package, installed for one test."""
    (tmp_path / "langchain_cohere.py").write_text(PROVIDER)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delenv("COHERE_API_KEY", raising=False)
    yield
    sys.modules.pop("langchain_cohere", None)


@pytest.mark.usefixtures("provider")
def test_any_model_langchain_knows_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COHERE_API_KEY", "not-a-real-one")
    embedder = open_embedder("cohere:embed-english-v3.0", tmp_path)
    assert embedder.name == "cohere:embed-english-v3.0"
    assert embedder.documents(["a", "b"]).shape == (2, 8)
    assert embedder.dimensions == 8


@pytest.mark.usefixtures("provider")
def test_a_missing_key_is_named_and_the_input_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="COHERE_API_KEY") as caught:
        open_embedder("cohere:embed-english-v3.0", tmp_path)
    assert "input_value" not in str(caught.value)
    assert "\n" not in str(caught.value)
