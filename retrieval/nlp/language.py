"""The language and the script of a text. Only this module knows py3langid (Naive Bayes over byte sequences)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from retrieval.nlp.lexicon import load

# Chinese, Japanese and Korean: two characters are about a word.
PAIRED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
# Thai, Lao, Burmese and Khmer: letters without spaces between words.
TRIPLED = "\u0e00-\u0e4e\u0e80-\u0ece\u1000-\u103f\u1050-\u109f\u1780-\u17d3"
# Of these no full stop is expected at the end of a sentence.
STOPLESS = re.compile(r"[\u0e00-\u0e4e\u0e80-\u0ece]")
# Stemmers of Snowball by the letters that they are for.
STEMMERS = {
    "russian": re.compile(r"[\u0400-\u04ff]"),
    "arabic": re.compile(r"[\u0600-\u06ff]"),
    "greek": re.compile(r"[\u0370-\u03ff]"),
    "hindi": re.compile(r"[\u0900-\u097f]"),
    "armenian": re.compile(r"[\u0530-\u058f]"),
    "tamil": re.compile(r"[\u0b80-\u0bff]"),
}
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-z\u00aa-\u024f\u1e00-\u1eff]")


def is_latin(text: str) -> bool:
    """Tell if most letters of a text are Latin ones; of one without letters it is assumed."""
    return text.isascii() or len(_LATIN.findall(text)) * 2 >= len(_LETTER.findall(text))


UNKNOWN = "und"
# Characters that are looked at: two thousand tell a language as well as twenty thousand.
_LOOKED_AT = 2_000
# How likely a language must be to be believed. Of the tests' everyday sentences in Latin letters and in Chinese all
# reach .9, of the Ukrainian ones all .3; pairs of names and scraps ("tariffs on steel", "Niger coup") stay below .5.
_SURE = 0.5
_SURE_OF_OTHER_LETTERS = 0.3
# Up to so many words that all begin with a capital are names, which have no language: "Viktor Orbán Budapest".
_NAMES = 4
_ENGLISH_SHARE = 0.04
_WORD = re.compile(r"[^\W\d_]+")


def language_of(text: str) -> str:
    """The ISO 639 code of a text's language; `und` where it has too few words to tell."""
    text = text[:_LOOKED_AT].encode("utf-8", "replace").decode("utf-8")
    words = _WORD.findall(text)
    if not words or (len(words) <= _NAMES and all(word[0].isupper() for word in words)):
        return UNKNOWN
    if _plainly_english(words):
        return "en"
    try:
        language, likelihood = _identifier().classify(" ".join(words))
    except OSError:  # it unpacks its model into a temporary file: a full disk must not stop an ingest here
        return UNKNOWN
    return str(language) if likelihood >= (_SURE if _is_latin(words) else _SURE_OF_OTHER_LETTERS) else UNKNOWN


def is_english(text: str) -> bool:
    """Tell if a text reads as English; of a few Latin words of no certain language it is assumed."""
    words = _WORD.findall(text)
    return bool(words) and _is_latin(words) and language_of(text) in ("en", UNKNOWN)


def _is_latin(words: Sequence[str]) -> bool:
    return sum(word.isascii() for word in words) * 2 >= len(words)


def _plainly_english(words: Sequence[str]) -> bool:
    """Told without loading the model, which takes half a second and which an English question should not wait for."""
    english = _listed("english_only")
    return sum(word.casefold() in english for word in words) >= max(1, _ENGLISH_SHARE * len(words))


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(load("languages")[name].split())


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    some = LanguageIdentifier.from_model_file(MODEL_FILE)
    some.set_languages(sorted(_listed("languages")))
    # A new one does without the table of all languages, which takes 28 MB.
    return LanguageIdentifier(
        some.nb_ptc, some.nb_pc, some.nb_classes, some.tk_nextmove, some.tk_output, norm_probs=True, tk_row=some.tk_row
    )
