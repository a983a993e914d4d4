"""Another embedding model in place of the old one: in the same folder, all at once, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from retrieval import bootstrap
from retrieval.domain.articles import Filter
from retrieval.embedding.base import Embedder
from retrieval.errors import BusyError, EmbeddingError, ModelMismatchError
from retrieval.observing import SILENT
from retrieval.settings import Settings
from retrieval.storage.catalog import Catalog
from retrieval.storage.locks import writing_articles
from retrieval.storage.vectors.stored import BATCH, reindex
from tests import commands
from tests.fakes import WordVectors, copy_data, open_with, opened
from tests.press import held, stored, town, write_articles

pytestmark = pytest.mark.slow

ARTICLES = 70  # of two passages: more than two batches


class Other(WordVectors):
    """A model whose vectors are of another length; stops at a batch, as Ctrl-C or a provider would."""

    def __init__(self, stops_at: int | None = None, error: type[BaseException] = KeyboardInterrupt) -> None:
        super().__init__(dimensions=48)
        self.batches = 0
        self._stops_at = stops_at
        self._error = error

    def embed_documents(self, texts: Sequence[str]) -> list[list[float]]:
        self.batches += 1
        if self.batches == self._stops_at:
            raise self._error
        return super().embed_documents(texts)


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with all articles, to be copied."""
    return ingest(tmp_path_factory.mktemp("ingested"))


@pytest.fixture
def data_dir(ingested: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return copy_data(ingested, tmp_path / "data")


def ingest(folder: Path) -> Path:
    """The data folder that is made of all articles; both in this folder."""
    write_articles(folder / "articles", range(ARTICLES))
    with open_with(folder / "data") as briefing:
        briefing.articles.ingest([folder / "articles"])
    return folder / "data"


def run(catalog: Catalog, model: WordVectors, name: str = "other") -> int:
    return reindex(catalog, name, lambda: Embedder(name, model), SILENT).embedded


def lengths(data_dir: Path) -> set[int]:
    """The lengths in bytes of all stored vectors and centroids."""
    with opened(data_dir) as catalog, catalog.reading() as connection:
        query = "SELECT length(vector) FROM vectors UNION SELECT length(centroid) FROM articles"
        return set(connection.execute(text(query)).scalars())


def best(data_dir: Path, name: str, number: int) -> str:
    with open_with(data_dir, Other() if name == "other" else None, name=name) as briefing:
        return briefing.asking.search(f"What about {town(number)}?", 1, Filter())[0].passage.article.file


def test_all_is_found_with_the_new_model_and_nothing_else_has_changed(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored(data_dir)
    monkeypatch.setattr(bootstrap, "open_embedder", lambda *_, **__: Embedder("other", Other()))
    done = bootstrap.reindex(Settings(data_dir=data_dir, embeddings="other"))
    assert (done.before, done.model, done.embedded) == ("words", "other", done.passages)
    assert stored(data_dir) == before
    assert lengths(data_dir) == {48 * 4}
    assert held(data_dir) == done.passages, "the vector index holds them all"
    assert not list(data_dir.glob("chroma.damaged"))
    assert best(data_dir, "other", 7) == "0007.txt"
    with pytest.raises(ModelMismatchError, match="run `briefing reindex`"):
        best(data_dir, "words", 7)


def test_a_second_time_there_is_nothing_to_do(data_dir: Path) -> None:
    with opened(data_dir) as catalog:
        assert run(catalog, Other()) > 0
        untouched = Other()
        assert run(catalog, untouched) == 0
    assert untouched.batches == 0


@pytest.mark.parametrize("error", [KeyboardInterrupt, ConnectionError])
def test_stopped_in_the_middle_the_old_vectors_answer_and_the_next_run_goes_on(
    data_dir: Path, error: type[BaseException]
) -> None:
    with opened(data_dir) as catalog, pytest.raises((KeyboardInterrupt, EmbeddingError)):
        run(catalog, Other(stops_at=3, error=error))
    assert lengths(data_dir) == {64 * 4}
    assert best(data_dir, "words", 7) == "0007.txt"
    with opened(data_dir) as catalog:
        with catalog.reading() as connection:
            total = connection.execute(text("SELECT count(*) FROM passages")).scalar_one()
        assert run(catalog, Other()) == total - 2 * BATCH
    assert lengths(data_dir) == {48 * 4}


def test_articles_that_come_and_go_between_two_runs_are_as_the_catalog_has_them(tmp_path: Path) -> None:
    data_dir, articles = ingest(tmp_path), tmp_path / "articles"
    with opened(data_dir) as catalog, pytest.raises(KeyboardInterrupt):
        run(catalog, Other(stops_at=2))
    (articles / "0000.txt").unlink()
    write_articles(articles, [1], version=1)
    write_articles(articles, [ARTICLES])
    with open_with(data_dir) as briefing:
        briefing.articles.ingest([articles])
    after = stored(data_dir)
    with opened(data_dir) as catalog:
        run(catalog, Other())
    assert stored(data_dir) == after
    assert lengths(data_dir) == {48 * 4}


def test_what_was_made_towards_a_third_model_is_not_mixed_in(data_dir: Path) -> None:
    with opened(data_dir) as catalog:
        with pytest.raises(KeyboardInterrupt):
            run(catalog, Other(stops_at=2), "third")
        model = Other()
        run(catalog, model)
        with catalog.reading() as connection:
            total = connection.execute(text("SELECT count(*) FROM passages")).scalar_one()
            assert connection.execute(text("SELECT count(*) FROM next_vectors")).scalar_one() == 0
    assert model.embedded == total


def test_without_articles_nothing_is_loaded(tmp_path: Path) -> None:
    def never() -> Embedder:
        raise AssertionError

    with opened(tmp_path) as catalog:
        assert reindex(catalog, "other", never, SILENT).passages == 0


def test_killed_at_any_step_the_next_run_finishes_the_work(data_dir: Path) -> None:
    before = stored(data_dir)
    running = commands.start(commands.reindex, data_dir, "other")
    running.hear()
    for _ in range(2):
        running.say("go on")
        running.hear()
    running.kill()
    running = commands.start(commands.reindex, data_dir, "other")
    last = running.go_on_until("done")
    assert last == f"done: {len(before.passages) - BATCH} of {len(before.passages)}"
    running.wait()
    assert stored(data_dir) == before
    assert lengths(data_dir) == {48 * 4}
    assert held(data_dir) == len(before.passages)


def test_asked_to_end_it_ends_in_good_order(data_dir: Path) -> None:
    running = commands.start(commands.reindex, data_dir, "other")
    running.hear()
    running.process.terminate()
    running.wait()
    assert best(data_dir, "words", 7) == "0007.txt"


def test_beside_a_process_that_has_the_index_it_does_not_start(data_dir: Path) -> None:
    holder = commands.start(commands.hold, data_dir)
    holder.hear()
    with pytest.raises(BusyError, match="stop it"):
        bootstrap.reindex(Settings(data_dir=data_dir, embeddings="other"))
    ended = commands.briefing(data_dir.parent / "reindex", "reindex", "--data-dir", data_dir)
    assert ended.status == 75
    holder.say("close")
    holder.wait()
    with (
        opened(data_dir) as catalog,
        writing_articles(catalog.hold, data_dir),
        pytest.raises(BusyError, match="adding articles"),
    ):
        bootstrap.reindex(Settings(data_dir=data_dir, embeddings="other"))


def test_the_command_says_what_it_did_or_that_there_was_nothing_to_do(data_dir: Path) -> None:
    # Its only model is `words`, whatever the settings name.
    ended = commands.briefing(data_dir.parent / "first", "reindex", "--data-dir", data_dir)
    assert (ended.status, ended.out) == (0, "140 passages are embedded with minilm, before with words\n")
    ended = commands.briefing(data_dir.parent / "second", "reindex", "--json", "--data-dir", data_dir)
    assert ended.status == 0
    assert '"embedded": 0' in ended.out
    ended = commands.briefing(data_dir.parent / "third", "reindex", "--data-dir", data_dir.parent / "new")
    assert ended.out == "nothing to do: no articles yet\n"
