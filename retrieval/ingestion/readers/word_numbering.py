"""The numbers that Word puts before headings by itself: no text has them, readers see and cite them ("Section 3.2")."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"))
_UNITS = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
_PLACE = re.compile(r"%([1-9])")


class WordNumbering:
    """Counts the headings of a document as they come. `styles` are its style elements by id."""

    def __init__(self, part: Any, styles: dict[str, Any]) -> None:
        self._styles = styles
        self._lists: dict[str, dict[int, Any]] = {}
        self._counts: dict[str, list[int]] = defaultdict(lambda: [0] * _LEVELS)
        element = _element(part)
        if element is not None:
            abstract = {each.get(f"{_W}abstractNumId"): each for each in element.findall(f"{_W}abstractNum")}
            for each in element.findall(f"{_W}num"):
                link = each.find(f"{_W}abstractNumId")
                own = abstract.get(link.get(f"{_W}val")) if link is not None else None
                if own is not None:
                    levels = own.findall(f"{_W}lvl")
                    self._lists[each.get(f"{_W}numId")] = {int(lvl.get(f"{_W}ilvl", 0)): lvl for lvl in levels}

    def label(self, paragraph: Any, style: str) -> str:
        """The number before a heading, such as "3.2" or "A."; empty where it has none."""
        number, level = self._place(paragraph, style)
        levels = self._lists.get(number)
        if not levels or level not in levels:
            return ""
        counts = self._counts[number]
        counts[level] = max(counts[level] + 1, _start(levels[level]))
        counts[level + 1 :] = [0] * (_LEVELS - level - 1)
        text = _value(levels[level], "lvlText")
        return _PLACE.sub(lambda match: _written(counts, levels, int(match[1]) - 1), text).strip()

    def _place(self, paragraph: Any, style: str) -> tuple[str, int]:
        """The list that a paragraph counts in, by itself or by its style, and its level."""
        for element in (paragraph, self._styles.get(style)):
            properties = element.find(f"{_W}pPr/{_W}numPr") if element is not None else None
            if properties is not None:
                number = _value(properties, "numId")
                level = _value(properties, "ilvl") or self._level_of(number, style)
                return number, min(int(level), _LEVELS - 1) if level.isdecimal() else 0
        return "", 0

    def _level_of(self, number: str, style: str) -> str:
        levels = self._lists.get(number, {})
        return next((str(at) for at, level in levels.items() if _value(level, "pStyle") == style), "0")


def _element(part: Any) -> Any:
    related = (each for each in part.rels.values() if not each.is_external and each.reltype.endswith("/numbering"))
    found = next(related, None)
    return getattr(found.target_part, "element", None) if found else None


def _start(level: Any) -> int:
    start = _value(level, "start")
    return int(start) if start.isdecimal() else 1


def _written(counts: list[int], levels: dict[int, Any], at: int) -> str:
    value = max(counts[at], 1)
    form = _value(levels[at], "numFmt") if at in levels else "decimal"
    if form in ("upperLetter", "lowerLetter"):
        letter = chr(ord("A") + (value - 1) % 26)
        return letter if form == "upperLetter" else letter.lower()
    if form in ("upperRoman", "lowerRoman"):
        return _roman(value) if form == "upperRoman" else _roman(value).lower()
    return "" if form in ("bullet", "none") else str(value)


def _value(element: Any, name: str) -> str:
    found = element.find(f"{_W}{name}")
    return (found.get(f"{_W}val") or "") if found is not None else ""


def _roman(value: int) -> str:
    parts = list[str]()
    for size, letters in _ROMAN:
        parts.append(letters * (value // size))
        value %= size
    return "".join(parts) + _UNITS[value]
