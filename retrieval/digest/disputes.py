"""Where the sources of a story disagree: somebody has two roles, or sentences are alike but for a name or a figure.

Articles of one origin are one source. What came out on another day may have changed since, and what has no date too.
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

# Words in question, and the sentence they stand in.
Quote = tuple[str, Sentence]


def find_dispute(sentences: Sequence[Sentence], naming: Sequence[Sentence]) -> tuple[Quote, Quote] | None:
    """The first fact that two of the sources tell differently; `naming` are the sentences that may give a role."""
    return next(_told_roles(naming), None) or next(_parallels(sentences), None)


def titled(passages: Sequence[Passage]) -> list[Passage]:
    """The passages that give somebody a role while others of them give another."""
    given = [(role, passage) for passage in passages for role in roles(readable(passage.text))]
    rivals = _doubly_named(role for role, _ in given)
    return list({passage.id: passage for role, passage in given if role.name in rivals}.values())


def _doubly_named(given: Iterable[Role]) -> frozenset[str]:
    """The names that have roles which nobody holds together; there are few roles, and may be many names."""
    named = defaultdict[str, dict[tuple[str, frozenset[str]], Role]](dict)
    for each in given:
        named[each.name][each.kind, each.field] = each
    return frozenset(
        name for name, own in named.items() if any(differ(one, other) for one, other in combinations(own.values(), 2))
    )


def _told_roles(sentences: Sequence[Sentence]) -> Iterator[tuple[Quote, Quote]]:
    said = defaultdict[str, dict[tuple[Role, int], tuple[Role, Sentence]]](dict)
    for each in sentences:
        for role in roles(each.text):
            # What an article repeats says no more.
            said[role.name].setdefault((role, each.hit.passage.article.id), (role, each))
    for own in said.values():
        for (ours, one), (theirs, other) in combinations(own.values(), 2):
            if differ(ours, theirs) and _may_disagree(one, other):
                yield (ours.phrase, one), (theirs.phrase, other)


def _parallels(sentences: Sequence[Sentence]) -> Iterator[tuple[Quote, Quote]]:
    for one, other in combinations(sentences, 2):
        if _are_alike(one, other) and _may_disagree(one, other) and differing(one.text, other.text):
            yield (one.text, one), (other.text, other)


def _are_alike(one: Sentence, other: Sentence) -> bool:
    """Whether it is worth taking two sentences apart."""
    shared = len(one.terms & other.terms)
    return shared >= tuned.CONFLICTS.parallel_terms and 3 * shared >= len(one.terms | other.terms)


def _may_disagree(one: Sentence, other: Sentence) -> bool:
    """Whether two sentences are of independent sources of one time, and that is known."""
    ours, theirs = one.hit.passage.article, other.hit.passage.article
    return bool(ours.metadata.published) and is_contemporary(ours, theirs)
