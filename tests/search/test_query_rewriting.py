"""A misspelt word of a question is searched for as the articles spell it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.search.query_rewriting import corrected
from retrieval.storage.catalog import Catalog, open_catalog
from tests.fakes import catalog_url, open_with

pytestmark = pytest.mark.usefixtures("both_databases")

TEXT = "The tariff on copper imports rose to 50%.\n\nHungry farmers left the harbour.\n"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    folder: Path = tmp_path_factory.mktemp("spelling")
    (folder / "articles").mkdir()
    (folder / "articles" / "copper.txt").write_text(TEXT)
    with open_with(folder / "data") as briefing:
        briefing.articles.ingest([folder / "articles"])
    opened = open_catalog(catalog_url(folder / "data"))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("what is the tarif on coper imports", "what is the tariff on copper imports"),
        ("What is the tariff on copper?", "What is the tariff on copper?"),
        ("Which farmers of Hungary left?", "Which farmers of Hungary left?"),
        ("¿Cuánto cuesta la importación?", "¿Cuánto cuesta la importación?"),
        ("🙂", "🙂"),
    ],
)
def test_only_misspelt_words_are_put_right(catalog: Catalog, asked: str, searched: str) -> None:
    with catalog.reading() as connection:
        assert corrected(connection, asked) == searched
