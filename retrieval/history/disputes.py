"""Where the sources of a story disagree: one man has two offices, or sentences are alike but for a name or a figure.

Articles of one origin are one source. What came out on another day may have changed since, and what has no date too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from retrieval import thresholds
from retrieval.answer.evidence import Sentence
from retrieval.answer.witnesses import at_one_time
from retrieval.models import Article, Passage
from retrieval.readable import readable
from retrieval.wording.offices import Office, differ, offices
from retrieval.wording.parallels import differing

# Words in question, and the sentence they stand in.
Told = tuple[str, Sentence]


def find_dispute(sentences: Sequence[Sentence], naming: Sequence[Sentence]) -> tuple[Told, Told] | None:
    """The first fact that two of the sources tell differently; `naming` are the sentences that may give an office."""
    return next(_offices(naming), None) or next(_parallels(sentences), None)


def titled(passages: Sequence[Passage]) -> list[Passage]:
    """The passages that give somebody an office while others of them give him another."""
    given = [(office, passage) for passage in passages for office in offices(readable(passage.text))]
    rivals = {ours.name for ours, _ in given for theirs, _ in given if differ(ours, theirs)}
    return list({passage.id: passage for office, passage in given if office.name in rivals}.values())


def _offices(sentences: Sequence[Sentence]) -> Iterator[tuple[Told, Told]]:
    given = [(office, each) for each in sentences for office in offices(each.text)]
    for (ours, one), (theirs, other) in combinations(given, 2):
        if differ(ours, theirs) and _are_rivals(one, other):
            yield (_phrase(one.text, ours), one), (_phrase(other.text, theirs), other)


def _phrase(text: str, office: Office) -> str:
    """The words of a sentence that give somebody an office, with the name."""
    name, said = re.escape(office.name), re.escape(office.said)
    found = re.search(rf"{name}, (?:the )?{said}|{said},? {name}", text, re.IGNORECASE)
    return found[0] if found else office.said


def _parallels(sentences: Sequence[Sentence]) -> Iterator[tuple[Told, Told]]:
    for one, other in combinations(sentences, 2):
        if _are_alike(one, other) and _are_rivals(one, other) and differing(one.text, other.text):
            yield (one.text, one), (other.text, other)


def _are_alike(one: Sentence, other: Sentence) -> bool:
    """Whether it is worth taking two sentences apart."""
    shared = len(one.terms & other.terms)
    return shared >= thresholds.PARALLEL_TERMS and 2 * shared > len(one.terms | other.terms)


def _are_rivals(one: Sentence, other: Sentence) -> bool:
    """Whether two sentences are of independent sources of one time."""
    ours, theirs = _article(one), _article(other)
    dated = ours.metadata.published and theirs.metadata.published
    return bool(dated) and ours.story != theirs.story and at_one_time(ours, theirs)


def _article(sentence: Sentence) -> Article:
    return sentence.hit.passage.article
