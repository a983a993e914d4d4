"""What encodings are called on the web, and text that is UTF-8 but for a byte or two."""

from __future__ import annotations

import codecs
import re

from retrieval.nlp.lexicon import load

# By the Encoding Standard these labels mean the fuller encoding that programs have always read them as.
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
_LABELS = {"x-sjis": "cp932", "x-gbk": "gb18030", "ks_c_5601-1987": "cp949", "unicode": "utf-16", "x-cp1252": "cp1252"}
# Other codecs of Python's (punycode, idna, escapes) are no encodings of documents, and some take forever.
_CODECS = tuple(load("charsets")["codecs"].split())
_LETTERS = tuple((each["name"], frozenset(each["letters"])) for each in load("charsets")["encodings"])
_SAMPLE = 1 << 16
_LEAST_SCORE = 0.85
# Capitals behind small letters, and letters of two scripts in one word.
_ODD = re.compile(r"(?<=[a-zà-öø-ÿа-яё])[À-ÖØ-ÞА-ЯЁ]|(?<=[A-Za-z])[\u0370-\u06ff]|(?<=[\u0370-\u06ff])[A-Za-z]")
_LEAST_SOUND = 2  # sound characters of several bytes for every byte that is none: else it is another encoding


def decoded(data: bytes, label: str) -> str | None:
    """The text of these bytes in the encoding that this label means on the web; None where they are not in it."""
    name = label.strip().lower()
    try:
        codec = _LABELS.get(name) or codecs.lookup(name).name
        if not codec.startswith(_CODECS):
            return None
        return data.decode(_MEANT.get(codec, codec))
    except (UnicodeError, LookupError, ValueError):
        return None


def nearly_utf8(data: bytes) -> str | None:
    """The text with a replacement character for every stray byte; None where there are too many to be strays."""
    text = data.decode("utf-8", "replace")
    strays = text.count("\ufffd") - data.count("\ufffd".encode())
    sound = sum(character > "\x7f" for character in text) - text.count("\ufffd")
    return text if strays > 0 and sound >= _LEAST_SOUND * strays else None


def guessed(data: bytes) -> str | None:
    """The likeliest of the encodings that say nothing of themselves, by the letters they give; None for no text.

    Encodings of one byte a character are judged by which letters stand in words, as lists of common ones tell; what
    is in none of them is left to a library that knows the statistics of more.
    """
    sample = data[:_SAMPLE]
    high = sum(byte > 0x7F for byte in sample)
    if not high:
        return "cp1252"
    scored = [
        (score, -at, name) for at, (name, letters) in enumerate(_LETTERS) if (score := _score(sample, name, letters))
    ]
    best = max(scored, default=(0.0, 0, ""))
    if best[0] >= _LEAST_SCORE:
        return best[2]
    from charset_normalizer import from_bytes

    found = from_bytes(sample).best()
    return None if found is None else found.encoding


def _score(sample: bytes, name: str, letters: frozenset[str]) -> float:
    """Of the characters beyond ASCII, the share that are letters of the languages written in an encoding, less that of
    capitals behind small letters, which another encoding's letters turn into."""
    text = sample.decode(name, "replace")
    beyond = [character for character in text if character > "\x7f"]
    known = sum(character in letters for character in beyond)
    odd = len(_ODD.findall(text))
    return (known - 2 * odd) / len(beyond) if beyond else 0.0
