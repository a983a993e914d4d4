"""Conflicts between the sources of a story: a person has two roles, or two sentences differ in a name or a figure
alone.

Articles of one origin are one source. Only articles of one day with known dates are compared, because facts may change
between days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from retrieval import tuned
from retrieval.domain.articles import Passage
from retrieval.evidence.sentence_selection import Sentence
from retrieval.evidence.source_answers import is_contemporary
from retrieval.nlp.parallels import differing
from retrieval.nlp.readable import readable
from retrieval.nlp.roles import Role, differ, roles

# The words that differ, and their sentence.
Quote = tuple[str, Sentence]


def find_dispute(sentences: Sequence[Sentence], naming: Sequence[Sentence]) -> tuple[Quote, Quote] | None:
    """The first fact that two of the sources report differently; `naming` are the sentences that may name a role."""
    return next(find_disputes(sentences, naming), None)


def find_disputes(sentences: Sequence[Sentence], naming: Sequence[Sentence]) -> Iterator[tuple[Quote, Quote]]:
    """The facts that two of the sources report differently, roles first."""
    yield from _conflicting_roles(naming)
    yield from _parallels(sentences)


def titled(passages: Sequence[Passage]) -> list[Passage]:
    """The passages that give a person a role which another passage contradicts."""
    found = [(role, passage) for passage in passages for role in roles(readable(passage.text))]
    rivals = _doubly_named(role for role, _ in found)
    return list({passage.id: passage for role, passage in found if role.name in rivals}.values())


def _doubly_named(found: Iterable[Role]) -> frozenset[str]:
    """The names with roles that no one holds at once. There are few roles, but there may be many names."""
    named = defaultdict[str, dict[tuple[str, frozenset[str]], Role]](dict)
    for role in found:
        named[role.name][role.kind, role.field] = role
    return frozenset(
        name for name, own in named.items() if any(differ(one, other) for one, other in combinations(own.values(), 2))
    )


def _conflicting_roles(sentences: Sequence[Sentence]) -> Iterator[tuple[Quote, Quote]]:
    by_name = defaultdict[str, dict[tuple[Role, int], tuple[Role, Sentence]]](dict)
    for sentence in sentences:
        for role in roles(sentence.text):
            # A repetition within one article adds nothing.
            by_name[role.name].setdefault((role, sentence.article.id), (role, sentence))
    for own in by_name.values():
        for (ours, one), (theirs, other) in combinations(own.values(), 2):
            if differ(ours, theirs) and _may_disagree(one, other):
                yield (ours.phrase, one), (theirs.phrase, other)


def _parallels(sentences: Sequence[Sentence]) -> Iterator[tuple[Quote, Quote]]:
    for one, other in combinations(sentences, 2):
        if _are_alike(one, other) and _may_disagree(one, other) and differing(one.text, other.text):
            yield (one.text, one), (other.text, other)


def _are_alike(one: Sentence, other: Sentence) -> bool:
    """Tell if two sentences share enough terms to be compared."""
    shared = len(one.terms & other.terms)
    return shared >= tuned.CONFLICTS.parallel_terms and 3 * shared >= len(one.terms | other.terms)


def _may_disagree(one: Sentence, other: Sentence) -> bool:
    """Tell if two sentences are known to be of independent sources of one time."""
    ours, theirs = one.article, other.article
    return bool(ours.metadata.published) and is_contemporary(ours, theirs)
