"""Where the sentences of a news text begin and end, and where a quote stands in it, its words unchanged."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect
from collections.abc import Collection, Iterator
from functools import lru_cache

from retrieval.nlp.language import STOPLESS
from retrieval.nlp.lexicon import load

LONGEST = 400  # characters; what runs on longer is split at a clause

_PARAGRAPH = re.compile(r"\n[^\S\n]*(?=\n)|\u2029")
_BULLET = re.compile(r"\n(?=[^\S\n]*(?:[-*+•‣◦▪●·]|[0-9]{1,2}[.)]|#{1,6}|[–—](?=\s+[A-Z0-9\"“]))\s)")
# A line of a Markdown table is a row, whatever it ends with.
_ROW = re.compile(r"\n(?=[^\S\n]*\|)|(?<=\|)[^\S\n]*\n")
# A link, whose text may have full stops of its own, as its address has, or a tag.
_LINK = re.compile(r"\[[^\[\]\n]{1,300}\]\([^()\s]{0,2000}(?:\([^()\s]*\)[^()\s]*)*\)|</?[A-Za-z][^<>]{0,2000}>")
# A line over one too long for hard-wrapped text: it is a heading if what follows had room beside it.
_LINE_OVER = re.compile(r"^(?P<line>[^\n]+)\n(?=[^\S\n]*(?P<next>[^\sa-z][^\n]{120,}))", re.MULTILINE)
# A full stop with the quotes, brackets and note marks that close behind it; a raised mark has lost its height.
_STOP = re.compile(
    r"(?:[.!?…۔؟]+|[。！？｡।॥።।]+)(?:[\"'”’»›)\]」』）]|\[[0-9]{1,3}\]|\*{1,3}(?=\s))*"
    r"(?P<note>(?:(?<=[^\W\d_A-Z]{2}[.!?])|(?<=[\"”’»)\]][.!?])|(?<=[.!?][\"”’»)\]])|(?<=(?:19|20)[0-9]{2}\.))"
    r"[1-9][0-9]{0,2}(?=\s+[\"“‘«(\[]?[^\W\d_a-z]|\s*\Z|\s*\n))?"
)
_SPACELESS = re.compile("[。！？｡।॥።။]")
# Thai and Lao part sentences by a space, and clauses too: only behind enough of a sentence, and not at a figure.
_GAP = re.compile(r"(?<=[\u0e00-\u0eff])\s+(?=[\u0e00-\u0eff]{6})")
_CLAUSE_LENGTH = 24
_NEXT = re.compile(r"\s*([\"'“‘«‹(\[¿¡「『（„*_]*)\s?(.?)")
_GLUED = re.compile(r"[\"'“‘«(]?[A-Z][a-z]")
_LAST_WORD = re.compile(r"[^\W_][\w.’'&-]*$|[^\W_]$")
_SOLID = re.compile(r"\S")
_WORD = re.compile(r"\w*")
_WEEKDAY = re.compile(r"(?:mon|tues|wednes|thurs|fri|satur|sun)day")
_ACRONYM = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
_CLAUSES = tuple(
    re.compile(pattern) for pattern in (r";(?=\s)|；", r"\s[–—-]+(?=\s)|—", r"[,:，、：](?=\s)|[，、：]", r"\s")
)

_WORDS = {name: frozenset(words.split()) for name, words in load("en")["full_stops"].items()}
_TITLES, _LATIN, _MONTHS, _BEFORE_NUMBER = (_WORDS[name] for name in ("titles", "latin", "months", "before_number"))
_SHORT, _STARTERS, _AFTER_HOUR = (_WORDS[name] for name in ("short", "starters", "after_hour"))

_NEVER, _BEFORE_ORDINAL, _ENGLISH = (
    frozenset(load("full_stops")[name].split()) for name in ("never", "before_ordinal", "english_months")
)
_SHORTENED = (
    _TITLES
    | _LATIN
    | _MONTHS
    | _BEFORE_NUMBER
    | _SHORT
    | _NEVER
    | frozenset(load("full_stops")["before_figure"].split())
)
_MONTH_NAMES = frozenset(name for names in load("months")["months"] for name in names.split()) - _ENGLISH
_BEFORE = re.compile(r"(?:^|[\s(„«“])([^\W\d_]+)\s+$")
# The second half of "z. B.", "d. h." or "т. е."
_HALF = re.compile(r"[^\W\d_]\.")


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) into `text`: trimmed, in order, apart from each other, at most `LONGEST` long.

    Every character that is not white space lies in one. Blank lines, bullets and rows always part sentences, a line
    break only behind a full stop or a heading over unwrapped text. Takes time linear in the length of the text.
    """
    cuts = {match.end() for each in (_PARAGRAPH, _BULLET, _ROW) for match in each.finditer(text)}
    cuts.update(match.end() for match in _LINE_OVER.finditer(text) if 2 * len(match["line"]) < len(match["next"]))
    cuts.update(match.end() for match in _STOP.finditer(text) if _ends(text, match))
    cuts.update(_gaps(text, cuts))
    if "](" in text:
        cuts.difference_update(_inside_links(text, 0, len(text)))
    spans: list[tuple[int, int]] = []
    start = 0
    for cut in (*sorted(cuts), len(text)):
        if trimmed := _trimmed(text, start, cut):
            spans.extend(_pieces(text, *trimmed))
        start = cut
    return spans


def _inside_links(text: str, start: int, end: int) -> Iterator[int]:
    """The places within links and tags, where no sentence ends."""
    for link in _LINK.finditer(text, start, end):
        yield from range(link.start() + 1, link.end())


def note_marks(text: str) -> list[tuple[int, int]]:
    """Spans of the raised marks of notes that stand behind sentences as mere numbers; empty unless they count up."""
    found = [match.span("note") for match in _STOP.finditer(text) if match["note"] and _ends(text, match)]
    numbers = [int(text[start:end]) for start, end in found]
    return found if len(found) > 1 and numbers == sorted(set(numbers)) else []


def _gaps(text: str, cuts: Collection[int]) -> Iterator[int]:
    """Where a space parts two sentences of a script that has no full stop."""
    if not STOPLESS.search(text):
        return
    last, known = 0, sorted(cuts)
    for match in _GAP.finditer(text):
        start = max(last, known[place - 1] if (place := bisect(known, match.start())) else 0)
        if match.start() - start >= _CLAUSE_LENGTH:
            last = match.end()
            yield last


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    piece = text[start:end]
    inner = piece.strip()
    if not inner:
        return None
    start += len(piece) - len(piece.lstrip())
    return start, start + len(inner)


def _ends(text: str, stop: re.Match[str]) -> bool:
    """Tell if a sentence ends with this full stop, by the word before it and what comes after."""
    end = stop.end()
    if end == len(text) or _SPACELESS.match(stop[0]):
        return True
    if not text[end].isspace():
        # Scraped text often lacks the space: "in Kyiv.The war".
        return bool(_GLUED.match(text, end) and text[max(0, stop.start() - 2) : stop.start()].islower())
    following = _NEXT.match(text, end)
    if following is None or not following[2]:
        return True
    opening, letter = following.groups()
    if letter.islower() or not (opening or letter.isalnum() or letter in "$£€#@%&•-–—+"):
        return False
    if letter in "-–—" and "\n" not in following[0]:
        return False
    if stop["note"]:
        before = _LAST_WORD.search(text[max(0, stop.start() - 24) : stop.start()])
        return before is None or re.split("['’]", before[0].lower())[-1] not in _SHORTENED
    if stop[0][0] != "." or len(stop[0]) > 1:
        return True
    return _ends_after_word(text, stop.start(), opening, following.start(2))


def _ends_after_word(text: str, position: int, opening: str, next_start: int) -> bool:
    """For a single full stop: whether the word before it is an abbreviation that goes on."""
    found = _LAST_WORD.search(text[max(0, position - 24) : position])
    if found is None:
        return True
    word, lower = found[0], found[0].lower().rpartition("-")[2]
    letter = text[next_start]
    if lower in _LATIN or lower in _NEVER or (lower in _TITLES and word[0].isupper()):
        return False
    if len(word) == 1 and word.isalpha() and word.islower() and _HALF.match(text, next_start):
        return False
    if lower in _MONTHS or lower in _BEFORE_NUMBER:
        return not letter.isdigit()
    if _numbers_item(text, position - len(word), word):
        return False
    next_word = _WORD.match(text, next_start, next_start + 24)
    after = next_word[0].lower() if next_word else ""
    if word.isdigit() and _is_ordinal(text, position - len(word), word, after):
        return False
    if lower in ("a.m", "p.m"):
        return not (letter.isdigit() or after in _AFTER_HOUR or _WEEKDAY.match(after))
    initial = len(word) == 1 and word.isupper() and word.isalpha()
    if initial or _ACRONYM.fullmatch(word) or (lower in _SHORT and word[0].isupper()) or lower in ("etc", "al"):
        return bool(opening.strip("([")) or after in _STARTERS
    return True


def _is_ordinal(text: str, start: int, word: str, after: str) -> bool:
    """Tell if a number with a full stop is an ordinal, as languages that have the stop for it write "27. März"."""
    if len(word) > 2 or not after or after in _STARTERS:
        return False
    before = _BEFORE.search(text[max(0, start - 24) : start])
    led = before is not None and before[1].lower() in _BEFORE_ORDINAL
    return led or after in _MONTH_NAMES


def _numbers_item(text: str, start: int, word: str) -> bool:
    """Tell if the word is the "1" or "b" that an item of a list begins with, on its own line or in a row."""
    if len(word) > 2 or not (word.isdigit() or len(word) == 1):
        return False
    before = text[max(0, start - 40) : start].rstrip(" \t")
    return not before or before.endswith(("\n", ".", "!", "?", ":", ";"))


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentence itself, or parts of about one length if it runs on for too long."""
    while end - start > LONGEST:
        count = -(-(end - start) // LONGEST)
        cut = _clause_end(text, start, (end - start) // count)
        if trimmed := _trimmed(text, start, cut):
            yield trimmed
        rest = _SOLID.search(text, cut, end)
        if rest is None:
            return
        start = rest.start()
    yield start, end


def _clause_end(text: str, start: int, target: int) -> int:
    """Behind the mark nearest to `target` of the best kind there is; without any, right at the limit."""
    window = text[start : start + LONGEST]
    inside = {place - start for place in _inside_links(text, start, start + 2 * LONGEST)}
    for clause in _CLAUSES:
        ends = [end for match in clause.finditer(window) if target // 2 <= (end := match.end()) and end not in inside]
        if ends:
            return start + min(ends, key=lambda end: abs(end - target))
    return start + LONGEST


# Letters and digits of the shortest quote that shows anything, and of one in a script without spaces.
_SHORTEST, _SHORTEST_SPACELESS = 10, 5
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]")
_SIGNS = {**dict.fromkeys("\"'`´“”„‟‘’‚‛«»‹›″′", "'"), **dict.fromkeys("-‐‑‒–—―−", "-"), "…": "..."}
# What a reader of Markdown or HTML does not see.
_MARKUP = re.compile(
    r"!?\[(?=[^\[\]\n]*\][\[(])|\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)|\]\[[^\[\]\n]{0,300}\]"
    r"|(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|</?[A-Za-z][^<>]{0,2000}>"
)
_LEFT_OUT = re.compile(r"\s*[\[(]?\.\.\.[\])]?\s*")
_EDGE = " '.,;:!?-"

Span = tuple[int, int]
# A text as quotes are compared with it, and where each of its characters stands in the text itself.
Folded = tuple[str, tuple[int, ...]]


def find_quote(quote: str, text: str) -> tuple[Span, ...]:
    """The spans of the text that a quote repeats: one, or one for each part where "..." stands for what is left out.

    Empty where a part does not stand there word for word and in order, or is too short to show anything.
    """
    wanted = "".join(character for character, _ in _characters(quote)).strip(_EDGE)
    for without_markup in (False, True):
        source = _folded(text, without_markup)
        parts = [wanted] if _find(wanted, source) else [each.strip(_EDGE) for each in _LEFT_OUT.split(wanted)]
        spans = list[Span]()
        for part in filter(None, parts):
            span = _find(part, source, spans[-1][1] if spans else 0)
            if span is None:
                break
            spans.append(span)
        else:
            return tuple(spans)
    return ()


def find_sentence(claim: str, text: str) -> Span | None:
    """The span of whole sentences of the text that a claim repeats word for word; not a part of one."""
    spans = find_quote(claim, text)
    if len(spans) != 1:
        return None
    own = [(first, end) for first, end in sentences(text) if first < spans[0][1] and spans[0][0] < end]
    first, end = own[0][0], own[-1][1]
    outside = text[first : spans[0][0]] + text[spans[0][1] : end]
    return None if "?" in outside or any(map(str.isalnum, outside)) else (first, end)


def _characters(text: str, hidden: frozenset[int] = frozenset()) -> Iterator[tuple[str, int]]:
    """The characters that count, each with where it stands; a run of white space is one space."""
    spaced = True
    for place, character in enumerate(text):
        if place in hidden or unicodedata.category(character) == "Cf":
            continue
        if not character.isspace():
            yield from ((each, place) for each in _SIGNS.get(character) or unicodedata.normalize("NFD", character))
        elif not spaced:
            yield " ", place
        spaced = character.isspace()


@lru_cache(maxsize=64)  # the claims of an answer quote the same few passages over and over
def _folded(text: str, without_markup: bool) -> Folded:
    spans = _MARKUP.finditer(text) if without_markup else ()
    pairs = list(_characters(text, frozenset(place for match in spans for place in range(*match.span()))))
    return "".join(character for character, _ in pairs), tuple(place for _, place in pairs)


def _find(part: str, source: Folded, after: int = 0) -> Span | None:
    """The first place at or behind `after` where a part that is long enough stands in whole words."""
    text, places = source
    shortest = _SHORTEST_SPACELESS if _UNSPACED.search(part) else _SHORTEST
    at = text.find(part) if sum(map(str.isalnum, part)) >= shortest else -1
    while at >= 0:
        end = at + len(part)
        # A word goes on where both sides of a bound are letters; scripts without spaces have no words to see.
        bounds = [each for each in (text[max(at - 1, 0) : at + 1], text[end - 1 : end + 1]) if len(each) > 1]
        whole = not any(each.isalnum() and not _UNSPACED.search(each) for each in bounds)
        if whole and places[at] >= after:
            return places[at], places[end - 1] + 1
        at = text.find(part, at + 1)
    return None
