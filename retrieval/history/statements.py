"""The statements that a timeline is made of: sentences that tell by themselves who said, held or did something."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from retrieval.answer.evidence import Sentence, said
from retrieval.models import Hit
from retrieval.readable import readable
from retrieval.sentences import sentences
from retrieval.wording.actors import actor, points_back
from retrieval.wording.deeds import tells
from retrieval.wording.named import people
from retrieval.wording.tellers import opened

# How many sentences before one are looked at for whom its "he" or "she" stands.
_BACK = 3
_PERSONAL = re.compile(r"\b(?:he|she)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a dated article with its day, and who says or does it as far as that is told."""

    sentence: Sentence
    day: str
    actor: str | None


def state(hits: Sequence[Hit], about: Callable[[Sentence], bool]) -> Iterator[Statement]:
    """The statements about something in passages; those of undated articles belong nowhere.

    A sentence that opens with "he" or "she" is looked at whatever it is about: whoever is meant may be the topic.
    """
    words = Counter(word for hit in hits for word in _WORD.findall(hit.passage.text))
    for hit in hits:
        published = hit.passage.article.metadata.published
        for sentence in said(hit) if published else ():
            pronoun = points_back(sentence.text)
            if pronoun or about(sentence):
                name = _named(sentence, pronoun, words)
                # Behind an opened quotation mark somebody goes on speaking, nobody knows who.
                lost = (pronoun and not name) or opened(hit.passage.text[: sentence.start])
                if not lost and tells(sentence.text, pronoun):
                    yield Statement(sentence, (published or "")[:10], name)


def _named(sentence: Sentence, pronoun: bool, words: Mapping[str, int]) -> str | None:
    if pronoun:
        return _meant(sentence.text, sentence.hit.passage.text[: sentence.start])
    name = actor(sentence.text)
    if not name or not sentence.text.startswith(name):
        return name
    # The capital of a sentence's first word makes no name of it, nor of "Several" before one.
    parts = name.split()
    while parts and not parts[0].isupper() and words[parts[0].lower()] > words[parts[0]]:
        parts = parts[1:]
    return " ".join(parts) or None


def _meant(text: str, before: str) -> str | None:
    """Whom the "he" or "she" of a sentence stands for: the one person that the sentences before it name."""
    for start, end in reversed(sentences(before)[-_BACK:] if _PERSONAL.search(text) else ()):
        earlier = readable(before[start:end])
        named = people(earlier)
        if named:
            return named[0] if len(named) == 1 else None
        if not points_back(earlier) and (name := actor(earlier)):
            return name
    return None
