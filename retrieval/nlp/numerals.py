"""Figures as people of other places write them, as plain English ones: "1 600 000", "2,4", "12,34,567", "1½"."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

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


def plain(text: str) -> str:
    """The text with its figures in ASCII digits, a point before decimals, and no marks between thousands but commas.

    What can be read in two ways stays: "1.234" and "1,234" are the English figures.
    """
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
