"""From an understood question to the passages that may answer it: one embedding, vector and word search, one score."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from sqlalchemy import Connection

from retrieval import tuned
from retrieval.domain.articles import Filter, Hit, Searched, Vectors
from retrieval.embedding.base import Embedder
from retrieval.nlp.language import is_latin, language_of
from retrieval.nlp.markup import readable
from retrieval.nlp.names import KNOWN, Aliases
from retrieval.question.understanding import Question
from retrieval.search.fusion import Candidate, CorpusPart, Moment, Open, find_candidates, fold, rank, shared_vectors
from retrieval.search.query_rewriting import corrected, with_holder
from retrieval.storage.articles import files_of_stories, has_other_scopes, nth_newest_date
from retrieval.storage.catalog import Catalog
from retrieval.storage.full_text import FREQUENT_SHARE, count_indexed, count_words, frequent_words
from retrieval.storage.passages import load_passages
from retrieval.storage.vectors.stored import load_vectors


@dataclass(frozen=True, slots=True)
class Found:
    """All that an answer needs to know of a search.

    `vector` is the question's, zero where the model cannot read it; `weights` the inverse document frequencies of its
    terms; `only` the filter that held; `missed` the preferred one where no article satisfies it; `passages` how many
    there are in all. `across` are passages of all times, newest first, for a question about now or change; `copies` say
    what a hit of the same story says. It is `foreign` where the model was not made for the language of the question.
    """

    hits: tuple[Hit, ...]
    searched: Searched
    passages: int
    only: Filter
    vector: Vectors
    weights: Mapping[str, float]
    timings_ms: Mapping[str, float]
    across: tuple[Hit, ...] = ()
    day: date | None = None
    topic: Vectors | None = None
    copies: tuple[Hit, ...] = ()
    missed: Filter | None = None
    aliases: Aliases = KNOWN
    foreign: bool = False


Ranked = list[tuple[int, float]]


class Finder:
    """Searches a catalog and the vector index that follows it. `vectors` is asked for at each search."""

    def __init__(self, catalog: Catalog, embedder: Embedder, vectors: Open) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._vectors = vectors

    def find(self, query: Question, count: int, only: Filter, as_of: date) -> Found:
        """The `count` best passages as of a day, best first.

        `only` overrides the days and outlets of the question. Where nothing was published in the days it prefers,
        everything is searched.
        """
        started = time.perf_counter()
        with self._catalog.reading() as connection:
            query = _corrected(connection, query, only)
            vector = self._embedder.query(query.focus)
            if not self._embedder.multilingual and not is_latin(query.focus):
                vector = np.zeros_like(vector)  # of letters the model does not know it makes noise
            embedded = time.perf_counter()
            if only.scopes is not None and not has_other_scopes(connection, only.scopes):
                only = replace(only, scopes=None)  # everything can be seen: the unfiltered search is the quick one
            only, preferred = narrow(query, only)
            missed = None
            count_matching = self._catalog.counts.matching
            searched = count_matching(connection, only)
            stored = count_matching(connection, Filter()).articles
            parts = [CorpusPart(only, searched.articles / max(stored, 1))]
            if preferred:
                liked = count_matching(connection, preferred).articles
                missed = None if liked else preferred
                parts += [CorpusPart(preferred, liked / stored)] if liked else []
            hits, copies, across = tuple[Hit, ...](), tuple[Hit, ...](), tuple[Hit, ...]()
            if searched.articles:
                hits, copies = self._hits(connection, query, vector, parts, as_of, count)
            topic = None
            if hits and query.tense:
                across, topic = self._across(connection, query, vector, only, as_of, stored)
            passages = count_indexed(connection)
            weights = _weights(connection, query, passages)
        done = time.perf_counter()
        timings = {"embed": (embedded - started) * 1000, "search": (done - embedded) * 1000}
        # Names are learnt from the passages only where some are asked for.
        aliases = KNOWN.learn(readable(hit.passage.text) for hit in hits) if query.asked_names else KNOWN
        foreign = not self._embedder.multilingual and query.language != "en"
        return Found(
            hits,
            searched,
            passages,
            only,
            vector,
            weights,
            timings,
            across,
            as_of,
            topic,
            copies,
            missed,
            aliases,
            foreign,
        )

    def _hits(
        self,
        connection: Connection,
        query: Question,
        vector: Vectors,
        parts: Sequence[CorpusPart],
        day: date,
        count: int,
    ) -> tuple[tuple[Hit, ...], tuple[Hit, ...]]:
        """The best passages of the first of the parts, the second preferred, and the copies among those as good."""
        only = parts[0].only
        candidates: dict[int, Candidate] = {}
        for part in parts:
            candidates |= find_candidates(connection, query.focus, vector, part, self._vectors)
        moment = _moment(connection, query, day)
        for preferred in parts[1:]:
            moment = replace(moment, since=preferred.only.since, until=preferred.only.until)
        every, ranked = self._ranked(connection, query, candidates, moment)
        ranked = ranked[:count]
        copies = [each for each in every[:count] if each not in ranked]
        passages = load_passages(connection, [id_ for id_, _ in (*ranked, *copies)])
        tellers = files_of_stories(connection, {passage.article.story for passage in passages.values()}, only.scopes)
        hits = {
            id_: Hit(
                passage,
                score,
                tuple(file for file in tellers[passage.article.story] if file != passage.article.file),
                candidates[id_].cosine,
            )
            for id_, score in (*ranked, *copies)
            if (passage := passages.get(id_))
        }
        best, others = ([hits[id_] for id_, _ in each if id_ in hits] for each in (ranked, copies))
        return tuple(best), tuple(others)

    def _across(
        self, connection: Connection, query: Question, vector: Vectors, only: Filter, as_of: date, stored: int
    ) -> tuple[tuple[Hit, ...], Vectors]:
        """The best passages of each stretch of time, searched alone, for now or change; and the matter's vector."""
        moment = replace(_moment(connection, query, as_of), weight=0.0)
        found: list[Candidate] = []
        scores: dict[int, float] = {}
        for era in eras(only, _starts(connection, as_of), as_of):
            if matching := self._catalog.counts.matching(connection, era).articles:
                part = CorpusPart(era, matching / stored)
                candidates = find_candidates(connection, query.focus, vector, part, self._vectors)
                _, ranked = self._ranked(connection, query, candidates, moment)
                scores |= dict(ranked[: tuned.POSITION.era_passages])
                found += [candidates[id_] for id_, _ in ranked[: tuned.POSITION.era_candidates]]
        ids, matrix = load_vectors(connection, [each.passage for each in found])
        vectors = dict(zip(ids.tolist(), matrix, strict=True))
        passages = load_passages(connection, list(scores))
        near = {each.passage: each.cosine for each in found}
        hits = tuple(Hit(passages[id_], scores[id_], cosine=near[id_]) for id_ in scores if id_ in passages)
        return hits, gauge(vector, self._embedder.query(query.subject), found, vectors)

    def _ranked(
        self, connection: Connection, query: Question, candidates: Mapping[int, Candidate], moment: Moment
    ) -> tuple[Ranked, Ranked]:
        """The candidates by their scores, and those of them that say something of their own."""
        language = language_of(query.focus) if self._embedder.multilingual else None
        every = rank(list(candidates.values()), moment, language)
        return every, fold(every, candidates, shared_vectors(connection, candidates))


def all_of(query: Question, only: Filter) -> Filter:
    """The filter for all that a question names: its days are those of publication, whatever it says of them."""
    within, preferred = narrow(query, only)
    return preferred or within


def narrow(query: Question, only: Filter) -> tuple[Filter, Filter | None]:
    """The filter that holds, and the one that is preferred, if any.

    Outlets filter, and so do days of publication or of a position. Days of events only prefer, since they may be told
    of much later, and so do times relative to today.
    """
    if query.outlets and not only.outlets:
        only = replace(only, outlets=query.outlets)
    time = query.time
    if time is None or only.since or only.until:
        return only, None
    until = time.until
    if until and time.since == until:
        until += timedelta(days=1)  # news of a day is printed on the next
    dated = replace(
        only,
        since=time.since.isoformat() if time.since else None,
        until=until.isoformat() if until else None,
    )
    filters = query.published or (query.tense and time.until)
    return (dated, None) if filters and not time.relative else (only, dated)


def _moment(connection: Connection, query: Question, as_of: date) -> Moment:
    """Recency counts from the day of asking, or from the newest article where that is older."""
    newest = nth_newest_date(connection, as_of.isoformat(), 1)
    reference = date.fromisoformat(newest[:10]) if newest else as_of
    oldest = nth_newest_date(connection, reference.isoformat(), tuned.SEARCH.recency_articles)
    span = (reference - date.fromisoformat(oldest[:10])).days if oldest else 0
    shortest, longest = tuned.SEARCH.recency_days
    weight = tuned.SEARCH.now_recency_weight if query.tense == "now" else tuned.SEARCH.recency_weight
    return Moment(reference, float(min(max(span, shortest), longest)), weight)


def _starts(connection: Connection, as_of: date) -> list[str]:
    """The days on which the stretches of time begin: with the newest article, and with some many times as far back."""
    counts = (tuned.POSITION.slice_growth**power for power in range(tuned.POSITION.slices - 1))
    days = (nth_newest_date(connection, as_of.isoformat(), count) for count in counts)
    return [day[:10] for day in days if day]


def weigh_terms(connection: Connection, query: Question, only: Filter) -> dict[str, float]:
    """The weights of a question's terms that a search with it has."""
    return _weights(connection, _corrected(connection, query, only), count_indexed(connection))


def _corrected(connection: Connection, query: Question, only: Filter) -> Question:
    texts = {text: corrected(connection, text) for text in dict.fromkeys((query.focus, query.subject))}
    return replace(query, focus=with_holder(connection, texts[query.focus], only), subject=texts[query.subject])


def _weights(connection: Connection, query: Question, stored: int) -> dict[str, float]:
    """Inverse document frequencies over passages: ln(1 + N / (n + 1/2)).

    As if the corpus held IDF_PASSAGES more, each word in IDF_SHARE of them: in a handful of articles a word
    they do not use says little about what they tell.
    """
    frequent = frequent_words(connection)
    counts = count_words(connection, set(query.content - frequent))
    many = stored * FREQUENT_SHARE
    assumed = tuned.ANSWER.idf_passages * tuned.ANSWER.idf_share + 0.5
    return {
        term: math.log(
            1 + (stored + tuned.ANSWER.idf_passages) / ((many if term in frequent else counts.get(term, 0)) + assumed)
        )
        for term in query.content
    }


def eras(only: Filter, starts: Sequence[str], last: date) -> list[Filter]:
    """Stretches of time up to the day `last`, newest first, within the filter; `starts` are their first days."""
    found, end = [], last.isoformat()
    for start in [*dict.fromkeys(starts), None]:
        since = max(filter(None, (only.since, start)), default=None)
        until = min(filter(None, (only.until, end)))
        if since is None or since <= until:
            found.append(replace(only, since=since, until=until))
        if start is None:
            break
        end = (date.fromisoformat(start) - timedelta(days=1)).isoformat()
    return found


def gauge(
    question: Vectors, subject: Vectors, candidates: Sequence[Candidate], vectors: Mapping[int, Vectors]
) -> Vectors:
    """The matter of a question as a unit vector: its own and its subject's, with those of the passages nearest to both.

    Rocchio's feedback (1971): the newest may tell of the matter in other words but shares its subject.
    """
    aim = _unit(question + subject)
    known = [each for each in candidates if each.passage in vectors]
    examples: dict[int, Vectors] = {}
    for each in sorted(known, key=lambda each: -float(vectors[each.passage] @ aim)):
        examples.setdefault(each.story, vectors[each.passage])
    nearest = list(examples.values())[: tuned.POSITION.matter_examples]
    return _unit(aim + np.mean(nearest, axis=0)) if nearest else aim


def _unit(vector: Vectors) -> Vectors:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
