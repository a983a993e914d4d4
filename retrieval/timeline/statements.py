"""The statements that a timeline is made of: sentences about its topic that can be read alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from retrieval.domain.searches import Hit
from retrieval.evidence.sentence_selection import Sentence, said
from retrieval.nlp.agents import SAYING, acting, stands_alone
from retrieval.nlp.names import NAME, bare, people
from retrieval.nlp.positions import is_turn
from retrieval.nlp.readable import readable

# Behind these a capital may be that of a sentence, of a headline, or of what somebody says.
_OPENS = re.compile(r"(?:\A|[.!?…:;“”\"‘’•*—–-])\s*\Z")
_SAYS = re.compile(rf"\s+(?:also |later |has )?{SAYING}\b")
# Another name goes with it: "Food and Drug Administration", and of two who act nobody knows which is meant.
_JOINED = re.compile(r"\s+(?:and|or|&)\s+(?:the\s+)?[A-Z]")


About = Callable[[Sentence], bool]


@dataclass(frozen=True, slots=True)
class TimelineStatement:
    """A sentence of a dated article with its day, and who says or does it as far as that is told."""

    sentence: Sentence
    day: str
    actor: str | None


def state(hits: Sequence[Hit], about: About, around: About) -> Iterator[TimelineStatement]:
    """The statements about something in passages; those of undated articles belong nowhere.

    Of a turn it is enough that it stands `around` that. What only points back ("He said so") cannot be read alone.
    """
    known = _known(readable(hit.passage.text) for hit in hits)
    for hit in hits:
        day = hit.passage.article.metadata.day
        for sentence in said(hit) if day else ():
            told = about(sentence) or (is_turn(sentence.text) and around(sentence))
            if told and stands_alone(sentence.text):
                yield TimelineStatement(sentence, day, _actor(sentence.text, known))


def _known(texts: Iterable[str]) -> frozenset[str]:
    """The names that stand inside of sentences, and people's last names: a capital at the head of one makes none."""
    known = set[str]()
    for text in texts:
        inside = [match for match in NAME.finditer(text) if not _OPENS.search(text[: match.start()][-9:])]
        known.update(filter(None, (bare(match[0]) for match in inside)))
        known.update(name.split()[-1] for name in people(text))
    return frozenset(known)


def _actor(text: str, known: frozenset[str]) -> str | None:
    """Who acts, where the name is sure to be one and all of it; None is better than a wrong one."""
    found = acting(text)
    if found is None or _JOINED.match(found[1]):
        return None
    name, after = found
    lone = len(name.split()) == 1 and not name.isupper()
    return name if not lone or name in known or _SAYS.match(after) else None
