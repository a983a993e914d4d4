"""Exact search finds what the catalog holds, whatever happened to the file that it is read from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete, event

from retrieval.domain.articles import Vectors
from retrieval.observing import SILENT
from retrieval.storage.catalog import Catalog
from retrieval.storage.locks import try_lock
from retrieval.storage.schema import vectors
from retrieval.storage.vectors.exact import ExactVectors
from retrieval.storage.vectors.sync import open_vectors
from tests.bulk import fill
from tests.fakes import opened

ARTICLES, COUNT = 400, 10
FILE = "vectors.mapped"


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[tuple[Catalog, Vectors]]:
    with opened(tmp_path) as catalog:
        yield catalog, fill(catalog, ARTICLES, 5)


def nearest(matrix: Vectors, vector: Vectors, but: frozenset[int] = frozenset()) -> list[int]:
    """The ids of the nearest of all, as `fill` numbers them."""
    ids = [int(at) + 1 for at in np.argsort(-(matrix @ vector), kind="stable")]
    return [id_ for id_ in ids if id_ not in but][:COUNT]


def found(index: ExactVectors, vector: Vectors) -> list[int]:
    return [id_ for id_, _ in index.nearest(vector, COUNT)]


def remove(catalog: Catalog, article: int) -> frozenset[int]:
    """Remove an article; the ids of its passages."""
    catalog.remove([article])
    return frozenset(range(5 * article - 4, 5 * article + 1))


def test_a_second_process_reads_the_vectors_from_a_file(filled: tuple[Catalog, Vectors], tmp_path: Path) -> None:
    catalog, matrix = filled
    scans: list[int] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if "FROM vectors" in statement and "ORDER BY" in statement:
            # The id after which vectors are read.
            scans.append(values["last"] if isinstance(values, dict) else values[0])

    event.listen(catalog.database.engine, "before_cursor_execute", note)
    assert found(ExactVectors(catalog, tmp_path), matrix[7]) == nearest(matrix, matrix[7])
    assert scans[0] == 0
    scans.clear()
    index = ExactVectors(catalog, tmp_path)
    assert found(index, matrix[8]) == nearest(matrix, matrix[8])
    assert min(scans) == len(matrix) - 1_000, "only the newest are looked at again"
    scans.clear()
    assert found(index, matrix[9]) == nearest(matrix, matrix[9])
    assert not scans, "nothing has changed since"


@pytest.mark.parametrize("again", [False, True], ids=["the same process", "another process"])
def test_what_was_removed_since_is_left_out(again: bool, filled: tuple[Catalog, Vectors], tmp_path: Path) -> None:
    catalog, matrix = filled
    index = ExactVectors(catalog, tmp_path)
    assert found(index, matrix[50])[0] == 51
    gone = remove(catalog, 11)  # with passages 51 to 55
    if again:
        index = ExactVectors(catalog, tmp_path)
    assert found(index, matrix[50]) == nearest(matrix, matrix[50], gone)


def test_a_passage_committed_after_a_later_one_is_found(filled: tuple[Catalog, Vectors], tmp_path: Path) -> None:
    catalog, matrix = filled
    with catalog.writing() as connection:
        connection.execute(delete(vectors).where(vectors.c.passage == 1_900))
    index = ExactVectors(catalog, tmp_path)
    assert 1_900 not in found(index, matrix[1_899])
    with catalog.writing() as connection:
        connection.execute(vectors.insert().values(passage=1_900, vector=matrix[1_899].tobytes()))
    catalog.remember("articles changed", "now")
    assert found(index, matrix[1_899])[0] == 1_900
    assert found(ExactVectors(catalog, tmp_path), matrix[1_899])[0] == 1_900


def test_a_file_of_removed_passages_is_made_anew(filled: tuple[Catalog, Vectors], tmp_path: Path) -> None:
    catalog, matrix = filled
    found(ExactVectors(catalog, tmp_path), matrix[0])
    before = (tmp_path / FILE).stat().st_size
    catalog.remove(list(range(2, ARTICLES)))
    assert sorted(found(ExactVectors(catalog, tmp_path), matrix[0])) == [1, 2, 3, 4, 5, *range(1_996, 2_001)]
    assert (tmp_path / FILE).stat().st_size < before / 50


def test_the_index_that_follows_a_removal_has_the_file_forget_it(
    filled: tuple[Catalog, Vectors], tmp_path: Path
) -> None:
    catalog, matrix = filled
    found(ExactVectors(catalog, tmp_path), matrix[0])
    index = open_vectors(catalog, tmp_path, None, SILENT)
    remove(catalog, 11)
    index.follow()
    index.close()
    kept = (tmp_path / FILE).read_bytes()
    assert not [at for at in range(50, 55) if matrix[at].tobytes() in kept]
    assert all(matrix[at].tobytes() in kept for at in (49, 55))
    assert found(ExactVectors(catalog, tmp_path), matrix[55])[0] == 56


def half(data: bytes) -> bytes:
    return data[: len(data) // 2 + 3]


def zeros(data: bytes) -> bytes:
    return data[:5_000] + bytes(len(data) - 5_000)


def nothing(_data: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [half, zeros, nothing])
def test_a_damaged_file_costs_no_passage(
    damage: Callable[[bytes], bytes], filled: tuple[Catalog, Vectors], tmp_path: Path
) -> None:
    catalog, matrix = filled
    found(ExactVectors(catalog, tmp_path), matrix[0])
    (tmp_path / FILE).write_bytes(damage((tmp_path / FILE).read_bytes()))
    for at in (1, 1_500, 1_999):
        assert found(ExactVectors(catalog, tmp_path), matrix[at]) == nearest(matrix, matrix[at])


def test_a_catalog_restored_from_a_copy_is_not_answered_from_the_file(tmp_path: Path) -> None:
    with opened(tmp_path / "first") as catalog:
        matrix = fill(catalog, ARTICLES, 5)
        found(ExactVectors(catalog, tmp_path), matrix[0])
        name = catalog.fact("catalog")
    with opened(tmp_path / "restored") as catalog:
        other = fill(catalog, ARTICLES + 1, 5)
        assert name is not None
        catalog.remember("catalog", name)
        assert found(ExactVectors(catalog, tmp_path), other[4]) == nearest(other, other[4])


def test_without_a_place_for_the_file_vectors_are_kept_in_memory(
    filled: tuple[Catalog, Vectors], tmp_path: Path
) -> None:
    catalog, matrix = filled
    for folder in (None, tmp_path / "catalog.sqlite3"):
        index = ExactVectors(catalog, folder)
        assert found(index, matrix[3]) == nearest(matrix, matrix[3])
    lock = try_lock(tmp_path / f"{FILE}.lock")
    assert lock
    index = ExactVectors(catalog, tmp_path)
    assert found(index, matrix[3]) == nearest(matrix, matrix[3])
    lock.release()
    gone = remove(catalog, 1)
    assert found(index, matrix[3]) == nearest(matrix, matrix[3], gone)
    assert found(ExactVectors(catalog, tmp_path), matrix[3]) == nearest(matrix, matrix[3], gone)


def test_an_empty_catalog_has_nothing_near(tmp_path: Path) -> None:
    with opened(tmp_path) as catalog:
        index = ExactVectors(catalog, tmp_path)
        assert index.nearest(np.ones(8, np.float32), COUNT) == []
        matrix = fill(catalog, 5, 5)
        catalog.remember("articles changed", "now")
        assert found(index, matrix[0]) == nearest(matrix, matrix[0])
