"""The words of a text as index and overlap scores see them: folded, stemmed, without marks and accents."""

from __future__ import annotations

import re
import threading
import unicodedata

import Stemmer

from retrieval.nlp.lexicon import load
from retrieval.nlp.numerals import plain as plain_figures
from retrieval.nlp.scripts import PAIRED, STEMMERS, TRIPLED

# Marks that belong to the word they stand in: `\w` leaves out the vowel signs of Indic and Arabic script.
_MARKS = "".join(chr(code) for code in range(0x0370, 0x1B00) if unicodedata.category(chr(code)) in ("Mn", "Mc"))
# Over Latin and Greek letters only: elsewhere they make another letter, such as й of и.
_ACCENTS = re.compile("(?<=[A-Za-z\u0370-\u03ff])[\u0300-\u036f]+")
_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_TOKEN = re.compile(
    r"[$£€¥]?[0-9]+(?:[.,][0-9]+)*[^\W_]*"  # 1,600  45.7  $3.7M  1990s  5G
    r"|[^\W\d_](?:\.[^\W\d_])+(?![^\W_])(?:\.?['’]s\b|\.)?"  # U.S.  a.m.
    rf"|[^\W_](?:[^\W_]|[{_MARKS}])*(?:['’&](?:[^\W_]|[{_MARKS}])+)*"  # Ukraine's  don't  AT&T
)
_NUMBER = re.compile(r"([$£€¥]?)([0-9]+(?:[.,][0-9]+)*)([^\W\d_]*)")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_UNITS = {"bn": "billion", "mn": "million", "mln": "million", "mil": "million", "tn": "trillion", "trn": "trillion"}
# These only after a currency sign: "100m" may be a distance, "4K" a screen.
_MONEY_UNITS = _UNITS | {"m": "million", "b": "billion", "k": "thousand", "t": "trillion"}
# Capitals tell them from "us" and "who"; the terms are spelt so that no word of a text meets them.
_ACRONYMS = {"US": "usa", "U.S.": "usa", "U.S": "usa", "U.S.A.": "usa", "WHO": "whoorg", "W.H.O.": "whoorg"}
_ENDING = re.compile(r"['’](?:s|d|m|ll|re|ve)$", re.IGNORECASE)  # "Ukraine's"; "she'll" is no shell
_INNER = re.compile(r"[.'’&](?![0-9])")
_SPACELESS = re.compile(rf"(?P<paired>[{PAIRED}]+)|[{TRIPLED}]+")

_ENDINGS = (
    (re.compile(r"is(?=(?:ation|ations|e|ed|es|er|ers|ing)$)"), "iz"),
    (re.compile(r"(?<=\w\w)our(?=$|s$|ed$|ing$|able$|ful$|ite$|hood$)"), "or"),
    (re.compile(r"(?<=\w\w)enc(?=e$|es$)"), "ens"),
    (re.compile(r"(?<=\w\w)tre(?=$|s$)"), "ter"),
)

_LONGEST = 64  # what is longer is no word, and is cut
_MOST_CACHED = 400_000


class _Terms(dict[str, tuple[str, ...]]):
    """Terms by raw token, made on the first miss: the words of news are few, so nearly every look-up hits."""

    def __init__(self) -> None:
        self._stemmer = Stemmer.Stemmer("english", 0)
        self._others = {name: Stemmer.Stemmer(name, 0) for name in STEMMERS}
        self._lock = threading.Lock()  # a stemmer is not safe to share between threads

    def __missing__(self, token: str) -> tuple[str, ...]:
        with self._lock:
            made = tuple(self._stem(word) for word in _words(token[:_LONGEST]))
        if len(token) <= _LONGEST:
            if len(self) >= _MOST_CACHED:
                self.clear()
            self[token] = made
        return made

    def _stem(self, word: str) -> str:
        script = None if word.isascii() else next((name for name, own in STEMMERS.items() if own.match(word)), None)
        return str((self._others[script] if script else self._stemmer).stemWord(word))


def terms(text: str) -> list[str]:
    """Stems in the order of the text, repeated as often as they stand in it: English ones of all in Latin letters.

    Folded: case, accents, compatibility forms, the ways to write a figure. Hyphenated words give their parts;
    "U.S." and "US" give "usa", apart from the pronoun. Chinese, Japanese and Korean give pairs of characters, Thai,
    Lao, Burmese and Khmer three at a time; scripts without a stemmer pass as they are.
    """
    return [term for token in _TOKEN.findall(folded(plain_figures(text))) for term in _TERMS[token]]


def content_terms(text: str) -> list[str]:
    """`terms` without function and question words."""
    return [term for term in terms(text) if term not in STOPWORDS]


def plain(word: str) -> str:
    """A word without case and accents, unstemmed."""
    return folded(word).casefold().translate(_UNDECOMPOSED)


def folded(text: str) -> str:
    """A text without accents and compatibility forms, in its case."""
    if text.isascii():
        return text
    # Composed again, since decomposing takes Korean syllables apart too.
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))


def _words(token: str) -> list[str]:
    if token in _ACRONYMS:
        return [_ACRONYMS[token]]
    if number := _NUMBER.fullmatch(token):
        return _number_words(*number.groups())
    word = _ENDING.sub("", token)
    if word in _ACRONYMS:
        return [_ACRONYMS[word]]
    word = _INNER.sub("", word).casefold().translate(_UNDECOMPOSED)
    return _pieces(word) if _SPACELESS.search(word) else [_one_spelling(word)]


def _one_spelling(word: str) -> str:
    """British and American endings as one: "defence" and "defense" are the same question.

    What no dictionary spells so ("promize") does no harm: text and question go the same way.
    """
    if len(word) < 5:
        return word
    for ending, other in _ENDINGS:
        word = ending.sub(other, word)
    return word


def _number_words(currency: str, digits: str, suffix: str) -> list[str]:
    suffix = suffix.casefold()
    if _THOUSANDS.fullmatch(digits):
        digits = digits.replace(",", "")
    numbers = digits.split(",")
    unit = (_MONEY_UNITS if currency else _UNITS).get(suffix)
    if unit:
        return [*numbers, unit]
    if suffix == "m":
        return [*numbers, "m"]
    if _SPACELESS.search(suffix):
        return [*numbers, *_pieces(suffix)]
    return [*numbers[:-1], numbers[-1] + suffix]


def _pieces(word: str) -> list[str]:
    """Scripts without spaces: overlapping pieces of two or three characters; what else is in the run stays whole."""
    found: list[str] = []
    position = 0
    for match in _SPACELESS.finditer(word):
        found += [word[position : match.start()]] if match.start() > position else []
        run, size = match[0], 2 if match["paired"] else 3
        found += [run[index : index + size] for index in range(len(run) - size + 1)] or [run]
        position = match.end()
    return found + ([word[position:]] if position < len(word) else [])


_TERMS = _Terms()

# As `terms` gives them, so that they can be compared with its output.
STOPWORDS = frozenset(terms(load("en")["function"]["words"]))
