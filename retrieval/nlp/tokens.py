"""The words of a text as index and overlap scores see them: folded, stemmed, with figures in plain English form."""

from __future__ import annotations

import re
import threading
import unicodedata
from decimal import Decimal
from functools import cache

import Stemmer

from retrieval.nlp.language import PAIRED, STEMMERS, TRIPLED
from retrieval.nlp.lexicon import load

_SPACES = " \u00a0\u2009\u202f"
_GAP = rf"[{_SPACES}'’]"
# Nothing below needs to be looked for where no text has this.
_DIGITS = "".join(f"{chr(zero)}-{chr(zero + 9)}" for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10))
_UNUSUAL = re.compile(
    rf"[0-9](?:{_GAP}(?=[0-9]{{3}}|[1-9]/)|,(?![0-9]{{3}}(?![0-9]))(?=[0-9])|(?<=\b0),[0-9]|\.[0-9]{{3}}|[mk]\s)"
)
_FOREIGN = re.compile(f"[¼-¾⅐-⅞{_DIGITS}]")
_BEFORE, _BEHIND = r"(?=[0-9])(?<![\w.,/])", r"(?![\w/]|[.,][0-9])"
_GROUPED = re.compile(
    rf"{_BEFORE}(?:(?P<gap>[0-9]{{1,3}}(?P<mark>{_GAP})[0-9]{{3}}(?:(?P=mark)[0-9]{{3}})*)(?P<rest>[.,][0-9]{{1,2}})?"
    r"|(?P<dots>[0-9]{1,3}(?:\.[0-9]{3}){2,}|[1-9][0-9]{0,2}\.(?:000|[0-9]{3}(?=,[0-9])))(?P<comma>,[0-9]{1,2})?"
    r"|(?P<indian>[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3})(?P<point>\.[0-9]+)?"
    rf"|(?P<decimal>[0-9]+,(?:[0-9]{{1,2}}|[0-9]{{4,}})|0,[0-9]{{3}})){_BEHIND}"
)
# One group behind a common space may as well be another number: "Boeing 737 800", "On 12 December 300 people".
_NAMED = re.compile(r"(?:[^\W\d_]*[A-Z][\w.]*|[0-9]\w*)\s$")
_COUNTING = re.compile(r"\s+[^\W\d_A-Z]|\s*%|[.,;:)]?(?:\s|$)")
_FRACTION = re.compile(
    rf"(?:(?<![\w.,/])([0-9]{{1,3}})[{_SPACES}]?)?([¼-¾⅐-⅞])|{_BEFORE}([0-9]{{1,3}}) ([1-9]/[2-9]){_BEHIND}"
)
# "1.6m tonnes", "40k people": not the metres of "a 30m wave".
_SHORT = re.compile(rf"(?<=[0-9])(m|k)(?=\s(?:{'|'.join(load('en')['numbers']['counted'].split())}|[a-z]+s)\b)")
_LONG = {"m": " million", "k": " thousand"}
_OTHER_DIGITS = re.compile(rf"[{_DIGITS}٫٬]")


def plain_figures(text: str) -> str:
    """The text with figures in ASCII digits, decimal points and commas between thousands; "1.234" stays."""
    if not _UNUSUAL.search(text) and (text.isascii() or not _FOREIGN.search(text)):
        return text
    text = _OTHER_DIGITS.sub(_ascii, text)
    text = _FRACTION.sub(_decimal, text)
    return _SHORT.sub(lambda match: _LONG[match[1]], _GROUPED.sub(_joined, text))


def _ascii(match: re.Match[str]) -> str:
    digit = unicodedata.decimal(match[0], None)
    return {"٫": ".", "٬": ","}.get(match[0], match[0]) if digit is None else str(digit)


def _decimal(match: re.Match[str]) -> str:
    whole = Decimal(match[1] or match[3] or 0)
    above, _, below = unicodedata.normalize("NFKC", match[2] or match[4]).replace("⁄", "/").partition("/")
    return f"{(whole + Decimal(above) / Decimal(below)).quantize(Decimal('.001')).normalize():f}"


def _joined(match: re.Match[str]) -> str:
    if match["gap"]:
        if match["mark"] == " " and match["gap"].count(" ") == 1 and not _is_one(match):
            return match[0]
        return "".join(filter(str.isdigit, match["gap"])) + (match["rest"] or "").replace(",", ".")
    if match["dots"]:
        return match["dots"].replace(".", "") + (match["comma"] or "").replace(",", ".")
    if match["indian"]:
        return match["indian"].replace(",", "") + (match["point"] or "")
    return match["decimal"].replace(",", ".")


def _is_one(match: re.Match[str]) -> bool:
    text = match.string
    before = _NAMED.search(text[max(0, match.start() - 24) : match.start()])
    round_ = match["gap"].endswith(" 000") and not (before and before[0][0].isdigit())
    return (round_ or before is None) and bool(_COUNTING.match(text, match.end()))


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
        # A stemmer may leave nothing of a word that is but a stretched letter.
        return str((self._others[script] if script else self._stemmer).stemWord(word)) or word


def terms(text: str) -> list[str]:
    """Stems in the order of the text, repeated as often as they stand in it: English ones of all in Latin letters.

    Case, accents and ways to write a figure are folded; hyphenated words give their parts. Chinese, Japanese and Korean
    give pairs of characters, Thai, Lao, Burmese and Khmer three at a time.
    """
    return [term for token in _TOKEN.findall(folded(plain_figures(text))) for term in _TERMS[token]]


def content_terms(text: str, language: str = "en") -> list[str]:
    """`terms` without function and question words: those of English, and of another language where one is named."""
    idle = STOPWORDS if language == "en" else _idle(language)
    return [term for term in terms(text) if term not in idle]


@cache
def _idle(language: str) -> frozenset[str]:
    listed = load(language).get("function", {}).get("words", "") if language in _LISTED else ""
    return STOPWORDS | frozenset(terms(listed))


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
    """British and American endings as one: "defence" and "defense" are the same question."""
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

# The languages beside English whose function words are listed.
_LISTED = ("de", "es", "fr", "pl", "uk")
# As `terms` gives them, so that they can be compared with its output.
STOPWORDS = frozenset(terms(load("en")["function"]["words"]))
