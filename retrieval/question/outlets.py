"""Names of outlets: which of those in the catalog somebody means, and which a question gives as its source."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from retrieval.domain.phrase import Phrase, either
from retrieval.errors import QuestionError
from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.tokens import content_terms
from retrieval.question.kinds import phrases, words

_OUTLETS = load("outlets")["outlets"]
# Every name under the short one, both as `_keys` spells them.
_ALIASES = {alias: short.casefold() for short, others in _OUTLETS.items() for alias in (short.casefold(), *others)}
_DOMAIN = re.compile(r"(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:/\S*)?")
_SECOND_LEVEL = frozenset(str.split("ac co com edu gov net org"))
_TWO_LETTER_PLACES = frozenset(str.split("eu uk un us"))

Index = Mapping[str, tuple[str, ...]]


def resolve_outlets(names: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """Every known outlet that `names` mean, as spelt in `known`; `QuestionError` for a name that means none."""
    index = index_of(frozenset(known))
    resolved = [name for given in names for name in meant_outlets(given, index) or _refuse(given, known)]
    return tuple(dict.fromkeys(resolved))


def _refuse(name: str, known: Collection[str]) -> tuple[str, ...]:
    spelt = {key: outlet for outlet in sorted(known) for key in _keys(outlet)}
    keys = [key for own in sorted(_keys(name)) for key in difflib.get_close_matches(own, spelt)]
    shown = list(dict.fromkeys(spelt[key] for key in keys))[:3]
    first = ", ".join(sorted(known)[:5])
    if shown:
        hint = Phrase("did you mean {names}?", names=either(shown))
    elif len(known) > 5:
        hint = Phrase("there are {names} and others.", names=first)
    else:
        hint = Phrase("there are {names}.", names=first) if known else Phrase("none of the articles names its outlet.")
    raise QuestionError(Phrase('No article is from "{name}": {hint}', name=name.strip()[:60], hint=hint))


@lru_cache(maxsize=8)
def index_of(known: frozenset[str]) -> Index:
    """Known names by each of their keys; kept for the last few catalogs."""
    index: dict[str, list[str]] = {}
    for name in sorted(known):
        for key in _keys(name):
            index.setdefault(key, []).append(name)
    return {key: tuple(names) for key, names in index.items()}


@lru_cache(maxsize=4096)
def _keys(name: str) -> frozenset[str]:
    """The spellings under which two names are the same outlet; empty for a name without letters."""
    folded = unicodedata.normalize("NFKD", name).casefold().strip()
    folded = re.sub(r"['’]s?$", "", "".join(char for char in folded if not unicodedata.combining(char)))
    domain = _DOMAIN.fullmatch(folded)
    joined = "".join(re.findall(r"[^\W_]+", re.sub(r"^the\s+", "", folded)))
    keys = _domain_keys(domain[1]) if domain else {joined}
    # "BBC News" is the BBC, but "Iran News" is not Iran.
    shorter = {key.removesuffix("news") for key in keys}
    keys |= {key for key in shorter if 2 <= len(key) <= 3 and key not in _TWO_LETTER_PLACES}
    return frozenset(_ALIASES.get(key, key) for key in keys if key)


def _domain_keys(domain: str) -> set[str]:
    labels = domain.split(".")[:-1]
    if len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
        labels.pop()
    keys = {labels[-1].replace("-", "")}
    keys |= {label for label in labels if label.endswith("news") and label != "news"}  # abcnews.go.com
    return keys | {key.removeprefix("the") for key in keys if len(key) > 5}


def meant_outlets(name: str, index: Index) -> tuple[str, ...]:
    """The known outlets of that name; there may be several spellings of one ("AP", "apnews.com")."""
    return tuple(dict.fromkeys(outlet for key in sorted(_keys(name)) for outlet in index.get(key, ())))


_WORD = re.compile(r"[\w&./'’+-]*[\w/]")
_LONGEST = 6  # words of a name
_SAYS = any_of(words("en", "reporting"))
_ACCORDING = re.compile(r"\b(?:according\s+to|per|via|(?:as\s+)?[a-z]+(?:ed|ten)\s+(?:by|in))\s+$", re.IGNORECASE)
_FROM = re.compile(r"\b(?:in|from|by|on|of)\s+$", re.IGNORECASE)
_AUXILIARY = re.compile(rf"\b(?:{any_of(words('en', 'auxiliary'))})\s+$", re.IGNORECASE)
_ASKED_FOR = re.compile(rf"\s+(?:(?:also|now|recently|ever)\s+)?(?:{_SAYS})\b", re.IGNORECASE)
# What it says of itself is news about it: "Fox News said it would pay".
_TELLS = re.compile(rf"\s+(?:{_SAYS})\b(?:\s+that\b)?(?!\s+(?:that|its?|they|their)\b)", re.IGNORECASE)
_ITEM = re.compile(rf"(?P<owns>['’]s?)?\s+(?:{any_of(words('en', 'articles'))}|coverage)\b", re.IGNORECASE)
_ABOUT = re.compile(r"\s+(?:about|regarding|concerning)\b")
_LIST = re.compile(r",?\s+(?:and|or)\s+|,\s+")
# Another name goes on: "CNN President", "the Times of Israel".
_GOES_ON = re.compile(r"\s(?:of\b|[A-Z][\w.]*[a-z])")

Span = tuple[int, int]
Mention = tuple[tuple[str, ...], Span]


def find_attributions(text: str, known: Collection[str]) -> list[Mention]:
    """Known outlets that a question gives as its source, each with the span of that phrase; not those it is about."""
    named = _named(text, index_of(frozenset(known))) if known else ()
    return [(names, phrase) for names, span in named if (phrase := _attribution(text, *span))]


def _attribution(text: str, start: int, end: int) -> Span | None:
    """The phrase that makes the names between two offsets a source; None where they are none."""
    before, after = text[:start], text[end:]
    if cue := _ACCORDING.search(before):
        return cue.start(), end
    if _goes_before(before):
        return None
    if (cue := _AUXILIARY.search(before)) and (says := _ASKED_FOR.match(after)):
        return cue.start(), end + says.end()
    if item := _ITEM.match(after):
        return start, end + len(item["owns"] or "")
    if not cue and (says := _TELLS.match(after)):
        return start, end + says.end()
    # "In the Guardian, ...", "the news from AP", "what was in the Guardian about ...?"
    cue = _FROM.search(before)
    news = cue and (not cue.start() or phrases("en", "published").search(before) or _ABOUT.match(after))
    return (cue.start(), end) if cue and news else None


def _goes_before(before: str) -> bool:
    """Tell if the word before a name is one of a longer name: "The Moscow Times"."""
    word = before[before[:-1].rfind(" ") + 1 : -1]
    return word[:1].isupper() and word[-1].isalnum() and bool(content_terms(word))


def _named(text: str, index: Index) -> Iterator[Mention]:
    """Known names, those of a list ("AP and Reuters") together, and where they stand; the longest name counts."""
    starts = _WORD.finditer(text)
    names: tuple[str, ...] = ()
    span = (0, 0)
    for word in starts:
        found = _name_at(text, word.start(), index) if word.start() >= span[1] else None
        if found and names and _LIST.fullmatch(text[span[1] : word.start()]):
            names, span = names + found[0], (span[0], found[1])
        elif found:
            if names:
                yield names, span
            names, span = found[0], (word.start(), found[1])
    if names:
        yield names, span


def _name_at(text: str, start: int, index: Index) -> tuple[tuple[str, ...], int] | None:
    ends = [word.end() for word, _ in zip(_WORD.finditer(text, start), range(_LONGEST), strict=False)]
    for end in reversed(ends):
        name = re.sub(r"['’]s$", "", text[start:end])
        bare = re.sub(r"^[Tt]he\s+", "", name)
        # Capitals or a domain, else what everybody knows: "in time" is no magazine.
        known = text.islower() and not _keys(bare).isdisjoint(_ALIASES.values())
        if (names := meant_outlets(name, index)) and (bare != bare.lower() or "." in bare or known):
            close = start + len(name)
            return None if _GOES_ON.match(text, close) else (names, close)
    return None
