"""Groups articles into stories by the similarity of their words, names, vectors and days, and weighs the stories.

The two most similar clusters merge while their mean similarity exceeds a bound. A cluster takes in what is similar to
its members on average, so no chain of pairs joins articles that have nothing in common (R. R. Sokal and C. D. Michener,
"A statistical method for evaluating systematic relationships", 1958). The mean is weighted, so that informative pairs
count more.

A paragraph is a small sample of its subject: two paragraphs share few words even on the same event, two long articles
share many even on different ones. So every cosine is corrected for attenuation (C. Spearman, "The proof and measurement
of association between two things", 1904), both sides by the reliability of their length, n / (n + half). With the
correction one threshold serves teasers and whole articles.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from retrieval import tuned
from retrieval.digest.articles import StoryPiece
from retrieval.nlp.tokens import content_terms

Matrix = NDArray[np.float32]

# Columns of words multiplied at a time, to limit the memory.
_COLUMNS = 2_048
# A term in a smaller share of the pieces is multiplied pair by pair: of 2,000, those in up to a hundred.
_RARE = 0.05
# Words that are common in all news. A window of a few articles is too small to find them by counting.
_EVERYDAY = frozenset(
    content_terms("""
    say says said saying tell tells told telling ask asked asks add added adds call called calls speak spoke talk
    announce announced report reported reports reporter reporters according statement spokesman spokeswoman spokesperson
    comment comments news story media press interview official officials government state states country countries
    national world international people person man men woman women family group members leader leaders
    year years month months week weeks day days hour hours today yesterday tomorrow night morning time times moment
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August
    September October November December
    one two three four five six seven eight nine ten first second third last next latest hundred thousand million
    billion percent per cent number numbers dozens several
    new old big small large long short high low good better best great major important recent recently early later
    ago still even just like well way back now already yet however former current far less least
    make makes made making take takes took taken get gets got give gives gave given go goes going went come comes
    came coming keep kept put see seen saw look looking find found use used using need needs want wants know known
    think thought show shows showed shown set become became begin began start started end ended continue continued
    help work working call part place side case point line lot thing things issue issues plan plans move
    include included including expect expected follow followed following around along among near across
    """)
)
# The least weight of a pair in a mean; it must be above 0.
_FARTHEST = np.float32(1e-6)
_GONE = np.float32(-np.inf)


def compare(pieces: Sequence[StoryPiece], days: Matrix) -> Matrix:
    """The similarity of every two pieces, shape (n, n), 0 to 1; `days` are the days between them."""
    words, names, vectors = tuned.STORIES.weights
    half_words, half_names, half_vector = tuned.STORIES.halves
    vocabulary = [{term: n for term, n in piece.terms.items() if term not in _EVERYDAY} for piece in pieces]
    # On shorter texts the correction would amplify chance, and the vector alone would decide.
    lengths = np.maximum(_lengths(vocabulary), tuned.STORIES.shortest)
    by_words = _corrected(_cosines(vocabulary), lengths, half_words)
    named = [dict.fromkeys(piece.names, 1) for piece in pieces]
    by_names = _corrected(_cosines(named), _lengths(named), half_names)
    # Scripts without capitals have no names to go by.
    nameless = np.array([not piece.names for piece in pieces])
    # Of one day, what has no name in common tells of another event in the same words: two earthquakes.
    strangers = (by_names == 0) & ~(nameless[:, None] | nameless[None, :]) & (days == 0)
    by_names = np.where(nameless[:, None] | nameless[None, :], by_words, by_names)
    matrix = np.stack([piece.vector for piece in pieces])
    by_vector = _corrected(np.clip(matrix @ matrix.T, 0, 1), lengths, half_vector)
    # A vector is of an article with its closing words, so between articles that share them it says nothing.
    by_vector = np.where(_closing_alike(pieces), np.minimum(by_vector, by_words), by_vector)
    likeness = words * by_words + names * by_names + vectors * by_vector
    likeness = np.where(strangers, likeness * tuned.STORIES.strangers, likeness)
    faded: Matrix = (likeness * np.exp(-days / tuned.STORIES.days)).astype(np.float32)
    return faded


def _closing_alike(pieces: Sequence[StoryPiece]) -> NDArray[np.bool_]:
    """The pairs of pieces that share closing words, without the pairs of one origin."""
    alike = np.zeros((len(pieces), len(pieces)), np.bool_)
    for sentence in {sentence for each in pieces for sentence in each.closing}:
        ending = [at for at, each in enumerate(pieces) if sentence in each.closing]
        alike[np.ix_(ending, ending)] = True
    stories = np.array([each.story for each in pieces])
    alike &= stories[:, None] != stories[None, :]
    return alike


def days_between(pieces: Sequence[StoryPiece]) -> Matrix:
    """The days between every two pieces; 0 where one date is unknown, since the pieces of a window are near in time."""
    days = np.array([piece.published.toordinal() if piece.published else np.nan for piece in pieces])
    between: Matrix = np.nan_to_num(np.abs(days[:, None] - days[None, :])).astype(np.float32)
    return between


def _lengths(bags: Sequence[Mapping[str, int]]) -> Matrix:
    return np.array([sum(bag.values()) or 1 for bag in bags], np.float32)


def _corrected(cosines: Matrix, lengths: Matrix, half: float) -> Matrix:
    """Cosines corrected for the length of both sides, at most 1."""
    correction = np.sqrt(1 + half / lengths)
    corrected: Matrix = np.minimum(cosines * correction[:, None] * correction[None, :], 1)
    return corrected


def _cosines(bags: Sequence[Mapping[str, int]]) -> Matrix:
    """TF-IDF cosines."""
    shares = Counter(term for bag in bags for term in bag)
    rarity = {term: _rarity(share, len(bags)) for term, share in shares.items()}
    weights = [{term: (1 + math.log(n)) * rarity[term] for term, n in bag.items()} for bag in bags]
    norms = np.array([math.hypot(*bag.values()) or 1.0 for bag in weights], np.float32)
    cosines: Matrix = products(weights, shares)
    cosines /= norms[:, None] * norms[None, :]
    return cosines


def _rarity(share: int, pieces: int) -> float:
    """Inverse document frequency, in news at large where the pieces are few."""
    assumed = tuned.ANSWER.idf_passages
    return math.log((pieces + assumed) / (share + assumed * tuned.ANSWER.idf_share))


def products(bags: Sequence[Mapping[str, float]], shares: Mapping[str, int]) -> Matrix:
    """The product of every two bags, over the terms that several share; `shares` says how many bags have a term.

    Most terms are in few bags: those are multiplied pair by pair, and only the common ones as a matrix, which takes the
    square of the number of bags for every term.
    """
    shared = sorted((term for term, share in shares.items() if share > 1), key=lambda term: (-shares[term], term))
    columns = {term: column for column, term in enumerate(shared)}
    places = [[(columns[term], weight) for term, weight in bag.items() if term in columns] for bag in bags]
    rows = np.array([row for row, place in enumerate(places) for _ in place], np.intp)
    at = np.array([column for place in places for column, _ in place], np.intp)
    values = np.array([weight for place in places for _, weight in place], np.float32)
    counts = np.array([shares[term] for term in shared], np.intp)
    rare = int(_RARE * len(bags))
    found = np.zeros((len(bags), len(bags)), np.float32)
    _add_common(found, int(np.count_nonzero(counts > rare)), rows, at, values)
    order = np.argsort(at, kind="stable")
    rows, values, starts = rows[order], values[order], np.cumsum(counts) - counts
    for count in np.unique(counts[counts <= rare]):
        which = starts[counts == count][:, None] + np.arange(count)
        pairs = rows[which][:, :, None] * len(bags) + rows[which][:, None, :]
        np.add.at(found.reshape(-1), pairs.ravel(), (values[which][:, :, None] * values[which][:, None, :]).ravel())
    return found


def _add_common(
    found: Matrix, common: int, rows: NDArray[np.intp], at: NDArray[np.intp], values: NDArray[np.float32]
) -> None:
    """Add the products over the first columns, as matrices of a few columns at a time."""
    for start in range(0, common, _COLUMNS):
        block = np.zeros((len(found), min(_COLUMNS, common - start)), np.float32)
        within = (at >= start) & (at < start + block.shape[1])
        block[rows[within], at[within] - start] = values[within]
        found += block @ block.T


def cluster(pieces: Sequence[StoryPiece]) -> list[list[int]]:
    """The stories, as indices of their pieces; independent of the order of the pieces.

    Pieces of one `story` stay together. More than `tuned.STORIES.pieces` are compared in runs by date, to bound memory;
    a story over the end of a run becomes two, unless all of it is of one origin.
    """
    order = sorted(range(len(pieces)), key=lambda at: (pieces[at].published or date.min, pieces[at].id))
    found: list[list[int]] = []
    for start in range(0, len(order), tuned.STORIES.pieces):
        found += _cluster([(at, pieces[at]) for at in order[start : start + tuned.STORIES.pieces]])
    return sorted(_joined(found, pieces))


def weigh(pieces: Sequence[StoryPiece], since: date, until: date, *, wanted: bool = False) -> float:
    """The weight of a story in a window of days, both inclusive; the heaviest story comes first.

    Three independent sources instead of one count as much as the window's last day instead of its first; more articles
    of the same sources count little. A story without a date is put in the middle of the window. A `wanted` story is
    about a topic that the team follows.
    """
    first, last = since.toordinal(), until.toordinal()
    newest = max((piece.published.toordinal() for piece in pieces if piece.published), default=(first + last) / 2)
    recency = min(max((newest - first) / max(last - first, 1), 0), 1)
    origins = len({piece.story for piece in pieces})
    return (
        math.log2(1 + count_sources(pieces))
        + tuned.STORIES.recency_weight * recency
        + tuned.STORIES.size_weight * math.log2(origins)
        + tuned.STORIES.topic_weight * wanted
    )


def count_sources(pieces: Iterable[StoryPiece]) -> int:
    """The number of independent sources: an outlet counts once, and so does an origin that several outlets print.

    An origin counts for the outlet that had it first; without a known outlet, it counts by itself.
    """
    first: dict[int, StoryPiece] = {}
    for each in sorted(pieces, key=lambda each: (each.published or date.max, each.id)):
        first.setdefault(each.story, each)
    return len({each.outlet or story for story, each in first.items()})


def _cluster(run: Sequence[tuple[int, StoryPiece]]) -> list[list[int]]:
    """Clusters origins, not articles: copies do not make a story more similar to another.

    Pairs of near days weigh more in the mean, since a long story may end unlike its beginning.
    """
    run = sorted(run, key=lambda each: each[1].story)  # stable: by date within
    stories = np.array([piece.story for _, piece in run])
    starts = np.flatnonzero(np.r_[True, stories[1:] != stories[:-1]])
    days = days_between([piece for _, piece in run])
    weights = np.exp(-days / np.float32(tuned.STORIES.near)) + _FARTHEST
    likeness = compare([piece for _, piece in run], days)
    groups = merge(_means(likeness, starts), _means(weights, starts), tuned.STORIES.same_from)
    origins = np.split(np.array([at for at, _ in run]), starts[1:])
    return [[int(at) for origin in group for at in origins[origin]] for group in groups]


def _means(matrix: Matrix, starts: NDArray[np.intp]) -> Matrix:
    """The means of the blocks of a square matrix that start at these rows and columns."""
    if len(starts) == len(matrix):
        return matrix
    sizes = np.diff(np.append(starts, len(matrix))).astype(np.float32)
    sums = np.add.reduceat(np.add.reduceat(matrix, starts, axis=0), starts, axis=1)
    means: Matrix = sums / (sizes[:, None] * sizes[None, :])
    return means


def _joined(groups: Iterable[list[int]], pieces: Sequence[StoryPiece]) -> list[list[int]]:
    """Groups that have an origin in common become one."""
    group_of: dict[int, frozenset[int]] = {}
    for group in groups:
        stories = {pieces[at].story for at in group}
        joined = frozenset(group).union(*(group_of[story] for story in stories if story in group_of))
        group_of |= {pieces[at].story: joined for at in joined}
    return [sorted(group) for group in set(group_of.values())]


def merge(likeness: Matrix, weights: Matrix, bound: float) -> list[list[int]]:
    """The rows of two symmetric matrices, grouped. `weights` are above 0. Memory: three more such matrices."""
    return _Tree(likeness, weights).grow(bound) if len(likeness) else []


class _Tree:
    """The clusters so far, named by their first row; `between` holds the mean similarity of every two."""

    def __init__(self, likeness: Matrix, weights: Matrix) -> None:
        self._sums = likeness * weights
        self._weights = weights.copy()
        self._between = likeness.copy()
        np.fill_diagonal(self._between, _GONE)
        self._members = [[row] for row in range(len(likeness))]
        self._nearest = self._between.argmax(axis=1)
        self._value = self._between.max(axis=1)

    def grow(self, bound: float) -> list[list[int]]:
        while self._value[one := int(self._value.argmax())] > bound:
            kept, gone = sorted((one, int(self._nearest[one])))
            self._members[kept] += self._members[gone]
            self._members[gone] = []
            self._join(kept, gone)
            self._renew(kept, gone)
        return [sorted(member) for member in self._members if member]

    def _join(self, kept: int, gone: int) -> None:
        """Let one row represent both clusters, and remove the other."""
        for sums in (self._sums, self._weights):
            sums[kept] += sums[gone]
            sums[:, kept] = sums[kept]
        mean = self._sums[kept] / self._weights[kept]
        mean[np.isneginf(self._between[kept])] = _GONE
        mean[[kept, gone]] = _GONE
        self._between[kept] = self._between[:, kept] = mean
        self._between[gone] = self._between[:, gone] = _GONE

    def _renew(self, kept: int, gone: int) -> None:
        """Recompute the nearest row of every row whose nearest was one of the two or is now the merged one."""
        lost = np.flatnonzero((self._nearest == kept) | (self._nearest == gone))
        nearer = self._between[:, kept] > self._value
        self._nearest[nearer], self._value[nearer] = kept, self._between[nearer, kept]
        for row in (*lost.tolist(), kept, gone):
            self._nearest[row] = self._between[row].argmax()
            self._value[row] = self._between[row, self._nearest[row]]
