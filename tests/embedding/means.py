"""Makes `retrieval/embedding/e5_means.npy`: `python -m tests.embedding.means`, after a change of the model's graph."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np

from retrieval.domain.articles import Vectors
from retrieval.embedding import e5

# English counts three times another language: most articles are English.
ENGLISH_WEIGHT = 3
LANGUAGES = ("en", "de", "fr", "es", "it", "pl", "uk", "zh")


def read_everyday() -> list[dict[str, dict[str, str]]]:
    """Subjects, each with a `question` and a `passage` by language."""
    subjects: list[dict[str, dict[str, str]]] = tomllib.loads(
        Path(__file__).with_name("everyday.toml").read_text("utf-8")
    )["subject"]
    assert subjects
    return subjects


def make_means(model: e5.E5) -> Vectors:
    """The mean vectors of the questions and of the passages, shape (2, 384)."""
    weights = [ENGLISH_WEIGHT if language == "en" else 1 for language in LANGUAGES]
    means = []
    for prefix, part in ((e5.QUESTION, "question"), (e5.PASSAGE, "passage")):
        by_language = [
            model.published(prefix, [subject[part][language] for subject in read_everyday()]).mean(axis=0)
            for language in LANGUAGES
        ]
        means.append(np.average(by_language, axis=0, weights=weights))
    return np.array(means, np.float32)


if __name__ == "__main__":
    from retrieval.settings import load_settings

    models = load_settings().data_dir / "models"
    np.save(Path(e5.__file__).with_name("e5_means.npy"), make_means(e5.E5(models)))
