"""The similarity of articles, by their words, names, vectors and the days between them.

A paragraph is a small sample of its subject: two paragraphs share few words even on the same event, two long articles
share many even on different ones. So every cosine is corrected for attenuation (C. Spearman, "The proof and measurement
of association between two things", 1904), both sides by the reliability of their length, n / (n + half). With the
correction one threshold serves teasers and whole articles.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

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
    """Add the products over the first columns, as matrices of some columns each."""
    for start in range(0, common, _COLUMNS):
        block = np.zeros((len(found), min(_COLUMNS, common - start)), np.float32)
        within = (at >= start) & (at < start + block.shape[1])
        block[rows[within], at[within] - start] = values[within]
        found += block @ block.T
