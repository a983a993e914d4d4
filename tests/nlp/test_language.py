"""The language of questions and articles."""

import subprocess
import sys

import pytest

from retrieval.nlp.language import UNKNOWN, is_english, language_of
from tests.embedding.means import LANGUAGES, read_everyday

SHORT = {
    "Wer ist der NATO-Generalsekretär?": "de",
    "Was sagt Scholz?": "de",
    "¿Quién es el secretario general de la OTAN?": "es",
    "Qui dirige la Commission européenne ?": "fr",
    "Chi ha firmato l'accordo?": "it",
    "Wie is de nieuwe premier?": "nl",
    "Kto podpisał umowę?": "pl",
    "Quem assinou o acordo?": "pt",
    "Хто підписав угоду?": "uk",
    "谁签署了协议？": "zh",
    "Who signed the deal?": "en",
    "Does Ukraine still want to join NATO?": "en",
    "Is membership off the table?": "en",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_short_question_and_passage_is_in_the_language_it_is_in(language: str) -> None:
    for subject in read_everyday():
        for part in ("question", "passage"):
            assert language_of(subject[part][language]) == language, subject[part][language]


@pytest.mark.parametrize(("text", "language"), SHORT.items())
def test_a_question_of_a_few_words_tells_its_language(text: str, language: str) -> None:
    assert language_of(text) == language
    assert is_english(text) == (language == "en")


@pytest.mark.parametrize("text", ["THAAD", "NATO summit", "Viktor Orbán Budapest", "Niger coup", "tariffs on steel"])
def test_names_and_scraps_have_no_certain_language_and_may_be_english(text: str) -> None:
    assert language_of(text) in (UNKNOWN, "en")
    assert is_english(text)


@pytest.mark.parametrize("text", ["", " \n", "12345", "🙂🏳️‍🌈", "\ud83d", "\x00\u202e", "?" * 100_000])
def test_what_has_no_words_has_no_language(text: str) -> None:
    assert language_of(text) == UNKNOWN
    assert not is_english(text)


def test_a_long_text_is_told_by_its_beginning() -> None:
    german = " ".join(subject["passage"]["de"] for subject in read_everyday())
    assert language_of(german * 50 + "The end of the text is English. " * 1_000) == "de"


def test_a_plain_english_question_does_not_wait_for_the_model() -> None:
    code = (
        "import sys; from retrieval.nlp.language import language_of; "
        "assert language_of('Does Ukraine still want to join NATO?') == 'en'; "
        "assert 'py3langid' not in sys.modules; language_of('Was sagt Scholz dazu?'); assert 'py3langid' in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
