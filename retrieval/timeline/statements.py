"""The statements that a timeline is made of: sentences about its topic that can be read alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from retrieval.evidence.sentence_selection import Sentence, said
from retrieval.models import Hit
from retrieval.nlp.agents import SAYING, acting, actor, points_back
from retrieval.nlp.anaphora import leans_back
from retrieval.nlp.attribution import opened
from retrieval.nlp.names import NAME, bare, people
from retrieval.nlp.positions import is_turn, position
from retrieval.nlp.readable import readable
from retrieval.nlp.sentences import sentences

# How many sentences before one are looked at for whom its "he" or "she" stands.
_BACK = 3
_PERSONAL = re.compile(r"\b(?:he|she)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
# Behind these a capital may be that of a sentence, of a headline, or of what somebody says.
_OPENS = re.compile(r"(?:\A|[.!?…:;“”\"‘’•*—–-])\s*\Z")
_SAYS = re.compile(rf"\s+(?:also |later |has )?{SAYING}\b")
# Another name goes with it: "Food and Drug Administration", and of two who act nobody knows which is meant.
_JOINED = re.compile(r"\s+(?:and|or|&)\s+(?:the\s+)?[A-Z]")


About = Callable[[Sentence], bool]


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a dated article with its day, and who says or does it as far as that is told."""

    sentence: Sentence
    day: str
    actor: str | None


def state(hits: Sequence[Hit], about: About, around: About) -> Iterator[Statement]:
    """The statements about something in passages; those of undated articles belong nowhere.

    Of a turn it is enough that it stands `around` that. A sentence that opens with "he" or "she" is looked at whatever
    it is about: whoever is meant may be the topic.
    """
    names = _Names([readable(hit.passage.text) for hit in hits])
    for hit in hits:
        day = hit.passage.article.metadata.day
        for sentence in said(hit) if day else ():
            pronoun = points_back(sentence.text)
            if pronoun or about(sentence) or (is_turn(sentence.text) and around(sentence)):
                name = _meant(sentence) if pronoun else names.actor(sentence.text)
                # Behind an opened quotation mark somebody goes on speaking, nobody knows who.
                lost = (pronoun and not name) or opened(hit.passage.text[: sentence.start])
                if not lost and _is_readable(sentence.text, pronoun):
                    yield Statement(sentence, day, name)


def _is_readable(text: str, resolved: bool) -> bool:
    """Whether a sentence can be read alone, or is worth it though it can't: it takes a position."""
    return resolved or is_turn(text) or position(text).held or not leans_back(text)


class _Names:
    """Which names the texts in hand know as whole ones: a capital at the head of a sentence makes none."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words: Counter[str] = Counter()
        self._whole: set[str] = set()
        for text in texts:
            self._words.update(_WORD.findall(text))
            for match in NAME.finditer(text):
                if (name := bare(match[0])) and not _OPENS.search(text[max(match.start() - 9, 0) : match.start()]):
                    self._whole.add(name)
            self._whole.update(name.split()[-1] for name in people(text))

    def actor(self, text: str) -> str | None:
        """Who acts, where the name is sure to be one and all of it; None is better than a wrong one."""
        found = acting(text)
        if found is None:
            return None
        name, after = found
        if _JOINED.match(after):
            return None
        if text.startswith(name):
            name = self._uncapped(name)
        lone = len(name.split()) == 1 and not name.isupper()
        known = name in self._whole or _SAYS.match(after)
        return name if name and (known or not lone) else None

    def _uncapped(self, name: str) -> str:
        """A name that opens a sentence without the words that are usual ones: "Several" before one."""
        parts = name.split()
        while parts and not parts[0].isupper() and self._words[parts[0].lower()] > self._words[parts[0]]:
            parts = parts[1:]
        return "" if parts[:1] == ["of"] else " ".join(parts)


def _meant(sentence: Sentence) -> str | None:
    """Whom the "he" or "she" of a sentence stands for: the one person that the sentences before it name."""
    text, before = sentence.text, sentence.hit.passage.text[: sentence.start]
    for start, end in reversed(sentences(before)[-_BACK:] if _PERSONAL.search(text) else ()):
        earlier = readable(before[start:end])
        named = people(earlier)
        if named:
            return named[0] if len(named) == 1 else None
        if not points_back(earlier) and (name := actor(earlier)):
            return name
    return None
