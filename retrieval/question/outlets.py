"""Names of outlets: which of those in the catalog somebody means."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from retrieval.errors import QuestionError
from retrieval.nlp.lexicon import load

_OUTLETS = load("outlets")["outlets"]
# Every name under the short one, both as `_keys` spells them.
_ALIASES = {alias: short.casefold() for short, others in _OUTLETS.items() for alias in (short.casefold(), *others)}
_DOMAIN = re.compile(r"(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:/\S*)?")
_SECOND_LEVEL = frozenset(str.split("ac co com edu gov net org"))
_TWO_LETTER_PLACES = frozenset(str.split("eu uk un us"))

Index = Mapping[str, tuple[str, ...]]


def resolve_outlets(names: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """Every known outlet that one of `names` means, as spelt in `known`.

    Raises `QuestionError` for a name that means none, with the known names that come closest.
    """
    index = index_of(frozenset(known))
    resolved = [name for given in names for name in meant_outlets(given, index) or _refuse(given, known)]
    return tuple(dict.fromkeys(resolved))


def _refuse(name: str, known: Collection[str]) -> tuple[str, ...]:
    spelt = {key: outlet for outlet in sorted(known) for key in _keys(outlet)}
    keys = [key for own in sorted(_keys(name)) for key in difflib.get_close_matches(own, spelt)]
    shown = list(dict.fromkeys(spelt[key] for key in keys))[:3]
    if shown:
        hint = f"did you mean {' or '.join(shown)}?"
    elif known:
        hint = f"there are {', '.join(sorted(known)[:5])}{' and others' if len(known) > 5 else ''}."
    else:
        hint = "none of the articles names its outlet."
    raise QuestionError(f'No article is from "{name.strip()[:60]}": {hint}')


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


def is_common(name: str) -> bool:
    """Whether everybody knows an outlet by that name."""
    return not _keys(name).isdisjoint(_ALIASES.values())
