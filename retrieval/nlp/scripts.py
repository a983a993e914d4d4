"""The scripts of the world, as far as they decide how a text is cut into words and sentences."""

from __future__ import annotations

import re

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
    """Whether most letters of a text are Latin ones; of one without letters it is assumed."""
    return text.isascii() or len(_LATIN.findall(text)) * 2 >= len(_LETTER.findall(text))
