"""Made-up articles, and what must come of them: the same whatever happened on the way."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from retrieval.domain.articles import Filter
from retrieval.observing import SILENT, Progress
from retrieval.storage.catalog import open_catalog
from retrieval.storage.vectors.integrity import REACHED
from retrieval.storage.vectors.stored import scan_vectors
from retrieval.storage.vectors.sync import open_vectors
from retrieval.storage.vectors.synced import SyncedVectors
from tests.fakes import catalog_url, open_with

SYLLABLES = "bar bel dor fen gar hol ist kel lun mar nor pel quin ras sel tor ven wick".split()
_WORDS = [one + other for one in SYLLABLES for other in SYLLABLES]


_MISCOUNTED = (
    "SELECT id, passages FROM word_forms WHERE passages > 0 "
    "EXCEPT SELECT form, count(*) FROM words, unnest(forms) AS form GROUP BY form"
)


def town(number: int) -> str:
    """A name that stands in one article and no other."""
    return "".join(SYLLABLES[number // len(SYLLABLES) ** place % len(SYLLABLES)] for place in range(3)).title()


def write_articles(folder: Path, numbers: Iterable[int], paragraphs: int = 2, version: int = 0) -> None:
    """Write an article a number into the folder, each paragraph long enough to be a passage of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        chance = random.Random(f"{number} {version}")
        parts = [
            " ".join(f"In {town(number)} {' '.join(chance.choices(_WORDS, k=9))}." for _ in range(9))
            for _ in range(paragraphs)
        ]
        (folder / f"{number:04}.txt").write_text("\n\n".join([f"News of {town(number)}", *parts]) + "\n", "utf-8")


@dataclass(frozen=True, slots=True)
class Stored:
    """What a catalog holds, without the ids it goes by there. `stories` are the files that tell one each."""

    articles: frozenset[tuple[str, str]]
    passages: frozenset[tuple[str, int, int, str]]
    stories: frozenset[frozenset[str]]


def stored(data_dir: Path) -> Stored:
    """What the catalog of a data folder holds, after making sure that nothing in it hangs loose."""
    catalog = open_catalog(catalog_url(data_dir))
    with catalog.reading() as connection:
        rows = connection.execute(text("SELECT file, text, story FROM articles")).all()
        passages = connection.execute(
            text(
                'SELECT file, start, "end", substr(text, start + 1, "end" - start) '
                "FROM passages JOIN articles ON articles.id = passages.article"
            )
        ).all()
        ids = [
            set(connection.execute(text(query)).scalars())
            for query in ("SELECT id FROM passages", "SELECT passage FROM vectors", "SELECT rowid FROM words")
        ]
        if connection.dialect.name == "sqlite":
            connection.execute(text("INSERT INTO words(words, rank) VALUES ('integrity-check', 0)"))
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        else:
            # What is counted along is what there is.
            assert connection.execute(text(_MISCOUNTED)).all() == []
            totals = "SELECT count(*), coalesce(sum(length), 0) FROM words UNION SELECT * FROM word_totals"
            assert len(connection.execute(text(totals)).all()) == 1
    catalog.close()
    assert ids[0] == ids[1] == ids[2]
    assert len(passages) == len(ids[0])
    return Stored(
        frozenset((file, body) for file, body, _ in rows),
        frozenset((file, start, end, body) for file, start, end, body in passages),
        frozenset(frozenset(file for file, _, other in rows if other == story) for _, _, story in rows),
    )


def found(data_dir: Path, numbers: Iterable[int], progress: Progress = SILENT) -> dict[tuple[int, str, int], float]:
    """What a search for each number's town finds, with its score: (number, file, start) -> score."""
    with open_with(data_dir, progress=progress) as briefing:
        return {
            (number, hit.passage.article.file, hit.passage.start): hit.score
            for number in numbers
            for hit in briefing.asking.search(f"What is the news of {town(number)}?", 3, Filter())
        }


def held(data_dir: Path) -> int:
    """How many passages the vector index holds, after making sure that it finds each and no other."""
    catalog = open_catalog(catalog_url(data_dir))
    index = open_vectors(catalog, data_dir, None, SILENT)
    with catalog.reading() as connection:
        scanned = list(scan_vectors(connection))
    ids = {int(id_) for some, _ in scanned for id_ in some}
    vectors = [vector for _, matrix in scanned for vector in matrix]
    for vector in vectors[::7]:
        assert index.nearest(vector, 1)[0][1] > 0.999
    # Walking the graph reaches all but a few in ten thousand; what is held is told by its ids.
    everything = {id_ for id_, _ in index.nearest(vectors[0], 2 * len(ids))} if ids else set()
    assert everything <= ids
    assert len(everything) >= REACHED * len(ids)
    assert isinstance(index, SyncedVectors)
    kept = index._chroma.ids()
    assert kept <= ids
    index.close()
    catalog.close()
    return len(kept)
