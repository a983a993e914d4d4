"""Files come in once, change where they change, and leave nothing behind when they go."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import text

from retrieval.domain.articles import Filter, IngestReport
from retrieval.embedding.base import Embedder
from retrieval.errors import EmbeddingError, ModelMismatchError, NotFoundError
from retrieval.ingestion.pipeline import Pipeline
from retrieval.ingestion.prepared_articles import GROUP
from retrieval.observing import SILENT
from retrieval.storage.catalog import open_catalog
from tests.fakes import WordVectors, catalog_url, open_with, opened
from tests.press import held, stored, town, write_articles


class House:
    """A folder of articles, a data folder, and a model that counts what it was asked to embed."""

    def __init__(self, folder: Path) -> None:
        self.articles = folder / "articles"
        self.data = folder / "data"
        self.model = WordVectors()
        self.articles.mkdir()

    def ingest(self, *paths: Path) -> IngestReport:
        self.model.embedded = 0
        with open_with(self.data, self.model) as briefing:
            return briefing.articles.ingest(paths or [self.articles])

    def files(self) -> list[str]:
        return sorted(file for file, _ in stored(self.data).articles)

    def search(self, question: str) -> list[str]:
        with open_with(self.data) as briefing:
            return [hit.passage.article.file for hit in briefing.asking.search(question, 10, Filter())]


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Three articles of two passages each, ingested."""
    house = House(tmp_path)
    write_articles(house.articles, range(3))
    assert counts(house.ingest()) == (3, 0, 0, 0)
    return house


def counts(report: IngestReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.removed


def test_what_is_unchanged_is_neither_embedded_nor_written_again(house: House) -> None:
    before = _rows(house)
    report = house.ingest()
    assert counts(report) == (0, 0, 3, 0)
    assert (report.articles, report.passages) == (3, 6)
    assert house.model.embedded == 0
    assert _rows(house) == before


def _rows(house: House) -> object:
    catalog = open_catalog(catalog_url(house.data))
    with catalog.reading() as connection:
        tables = ("articles", "passages", "vectors", "changes", "facts", "sqlite_sequence")
        rows = [list(connection.execute(text(f"SELECT * FROM {table}")).all()) for table in tables]
    catalog.close()
    return rows


def test_an_ingest_with_nothing_new_loads_neither_chroma_nor_a_model(house: House) -> None:
    code = (
        "import sys; from bot.cli.main import run; status = run(sys.argv[1:]);"
        "print([name for name in ('chromadb', 'onnxruntime', 'langchain', 'alembic') if name in sys.modules]);"
        "sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "ingest", str(house.articles), "--data-dir", str(house.data)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "3 unchanged" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_of_a_changed_file_nothing_old_is_left(house: House) -> None:
    (house.articles / "0001.txt").write_text(f"News of {town(50)}\n\nThe ferry in {town(50)} sank on Monday.\n")
    assert counts(house.ingest()) == (0, 1, 2, 0)
    assert house.model.embedded == 1
    assert stored(house.data).articles and not any(town(1) in body for _, body in stored(house.data).articles)
    assert "0001.txt" not in house.search(town(1))[:4]
    assert house.search(town(50))[0] == "0001.txt"
    assert held(house.data) == 5


def test_of_a_removed_file_nothing_is_left(house: House) -> None:
    (house.articles / "0001.txt").unlink()
    report = house.ingest()
    assert (counts(report), report.articles, report.passages) == ((0, 0, 2, 1), 2, 4)
    assert "0001.txt" not in house.search(town(1))
    assert held(house.data) == 4


def point_nowhere(file: Path) -> None:
    file.unlink()
    file.symlink_to("gone.txt")


def point_to_itself(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.name)


def become_a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


@pytest.mark.parametrize(
    ("ruin", "reason"),
    [
        (lambda file: file.write_bytes(b""), "empty"),
        (lambda file: file.write_bytes(bytes(range(256)) * 40), "binary"),
        (point_nowhere, "no such file or directory"),
        (point_to_itself, "too many levels of symbolic links"),
        (become_a_pipe, "not a regular file"),
    ],
)
def test_a_file_that_became_unreadable_keeps_its_stored_article(
    ruin: Callable[[Path], object], reason: str, house: House
) -> None:
    before = stored(house.data)
    ruin(house.articles / "0001.txt")
    report = house.ingest()
    assert [(each.file, each.reason) for each in report.skipped] == [("0001.txt", reason)]
    assert counts(report) == (0, 0, 2, 0)
    assert stored(house.data) == before


def test_a_renamed_folder_keeps_its_articles_and_embeds_nothing(house: House) -> None:
    content = {body for _, body in stored(house.data).articles}
    house.articles.rename(house.articles.with_name("renamed"))
    report = house.ingest(house.articles.with_name("renamed"))
    assert counts(report) == (0, 0, 3, 0)
    assert report.duplicates == ()
    assert house.model.embedded == 0
    assert {body for _, body in stored(house.data).articles} == content
    assert counts(house.ingest(house.articles.with_name("renamed"))) == (0, 0, 3, 0)


def test_names_stay_apart_when_one_of_two_folders_with_the_same_names_moves(house: House, tmp_path: Path) -> None:
    write_articles(tmp_path / "others", range(3), version=1)
    house.ingest(tmp_path / "others")
    before = house.files()
    assert len(set(before)) == 6
    (tmp_path / "others").rename(tmp_path / "moved")
    assert counts(house.ingest(tmp_path / "moved")) == (0, 0, 3, 0)
    assert house.files() == [file.replace("others/", "moved/") for file in before]


def test_a_file_moved_within_its_folder_goes_by_its_new_name(house: House) -> None:
    (house.articles / "deeper").mkdir()
    (house.articles / "0001.txt").rename(house.articles / "deeper" / "new.txt")
    assert counts(house.ingest()) == (0, 0, 3, 0)
    assert house.model.embedded == 0
    assert house.files() == ["0000.txt", "0002.txt", "deeper/new.txt"]


def test_a_file_renamed_to_another_format_is_read_as_such(house: House) -> None:
    (house.articles / "0001.txt").rename(house.articles / "0001.md")
    assert counts(house.ingest()) == (1, 0, 2, 1)
    assert house.files() == ["0000.txt", "0001.md", "0002.txt"]


def test_a_copy_of_a_file_is_an_article_of_its_own_that_tells_the_same_story(house: House) -> None:
    shutil.copy(house.articles / "0001.txt", house.articles / "copy.txt")
    report = house.ingest()
    assert counts(report) == (1, 0, 3, 0)
    assert [(each.file, each.of, each.kind) for each in report.duplicates] == [("copy.txt", "0001.txt", "copy")]
    assert frozenset({"0001.txt", "copy.txt"}) in stored(house.data).stories


def test_the_first_of_two_copies_stays_in_their_story_when_it_changes(house: House) -> None:
    shutil.copy(house.articles / "0001.txt", house.articles / "copy.txt")
    house.ingest()
    with (house.articles / "0001.txt").open("a") as file:
        file.write("\nThe mayor confirmed it on Monday.\n")
    assert counts(house.ingest()) == (0, 1, 3, 0)
    assert frozenset({"0001.txt", "copy.txt"}) in stored(house.data).stories


@pytest.mark.parametrize(
    "roots",
    [
        [["."], ["deeper"]],
        [["deeper"], ["."]],
        [[".", "deeper"]],
        [[".", "."], ["deeper/0001.txt"]],
        [["deeper/0001.txt", "deeper"], ["."]],
    ],
)
def test_folders_within_folders_do_not_double_their_articles(roots: Sequence[Sequence[str]], tmp_path: Path) -> None:
    house = House(tmp_path)
    write_articles(house.articles, [0])
    write_articles(house.articles / "deeper", [1, 2])
    reports = [house.ingest(*(house.articles / path for path in paths)) for paths in roots]
    assert sum(report.added for report in reports) == 3
    assert sum(report.updated + report.removed + len(report.duplicates) for report in reports) == 0
    assert len(stored(house.data).articles) == 3


def test_a_single_file_comes_in_without_what_lies_beside_it_and_takes_nothing_out(house: House) -> None:
    write_articles(house.articles, [3, 4])
    assert counts(house.ingest(house.articles / "0003.txt")) == (1, 0, 0, 0)
    assert house.files() == ["0000.txt", "0001.txt", "0002.txt", "0003.txt"]
    assert counts(house.ingest()) == (1, 0, 4, 0)


def test_a_folder_that_is_not_named_keeps_its_articles(house: House, tmp_path: Path) -> None:
    write_articles(tmp_path / "others", [7])
    assert counts(house.ingest(tmp_path / "others")) == (1, 0, 0, 0)
    assert len(stored(house.data).articles) == 4


def test_what_the_manifest_says_anew_of_a_file_has_it_read_again(house: House) -> None:
    (house.articles / "sources.toml").write_text('["0001.txt"]\noutlet = "Harbour Post"\n')
    assert counts(house.ingest()) == (0, 1, 2, 0)
    assert house.model.embedded == 0
    with open_with(house.data) as briefing:
        assert briefing.articles.show("0001.txt")[0].metadata.outlet == "Harbour Post"
    assert counts(house.ingest()) == (0, 0, 3, 0)


def test_a_broken_manifest_is_named_and_the_articles_are_read(tmp_path: Path) -> None:
    house = House(tmp_path)
    write_articles(house.articles, [0])
    (house.articles / "sources.toml").write_text("outlet = [")
    report = house.ingest()
    assert counts(report) == (1, 0, 0, 0)
    assert [each.file for each in report.skipped] == ["sources.toml"]


@pytest.mark.parametrize("name", ["gone", "0001.txt/gone", "x" * 300])
def test_a_path_that_is_not_there_is_named_and_nothing_is_touched(name: str, house: House) -> None:
    before = stored(house.data)
    with pytest.raises(NotFoundError, match=name):
        house.ingest(house.articles, house.articles / name)
    assert stored(house.data) == before


def test_articles_of_another_model_are_not_mixed_with_new_ones(house: House) -> None:
    before = stored(house.data)
    write_articles(house.articles, [3])
    line = "embedded with words, the settings name other: run `briefing reindex` to embed them anew, or set"
    with open_with(house.data, name="other") as briefing:
        with pytest.raises(ModelMismatchError, match=line):
            briefing.articles.ingest([house.articles])
        with pytest.raises(ModelMismatchError, match=line):
            briefing.asking.search(town(1), 3, Filter())
    assert stored(house.data) == before


class Tiring(WordVectors):
    """A model whose provider stops answering after some texts."""

    def embed_documents(self, texts: Sequence[str]) -> list[list[float]]:
        if self.embedded >= 64:
            raise ConnectionError("no more today")
        return super().embed_documents(texts)


def test_what_was_embedded_before_the_model_failed_is_kept(tmp_path: Path) -> None:
    write_articles(tmp_path / "articles", range(50))
    with (
        open_with(tmp_path / "data", Tiring()) as briefing,
        pytest.raises(EmbeddingError, match="words did not answer: no more today"),
    ):
        briefing.articles.ingest([tmp_path / "articles"])
    kept = len(stored(tmp_path / "data").articles)
    assert 0 < kept < 50
    model = WordVectors()
    with open_with(tmp_path / "data", model) as briefing:
        assert briefing.articles.ingest([tmp_path / "articles"]).added == 50 - kept
    assert model.embedded == (50 - kept) * 2
    assert held(tmp_path / "data") == 100


def test_the_report_of_a_command_is_the_document_scripts_rely_on(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    from bot.cli.main import run

    (house.articles / "picture.jpg").write_bytes(b"\xff\xd8")
    assert run(["ingest", str(house.articles), "--data-dir", str(house.data), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert {key: report[key] for key in ("added", "unchanged", "duplicates", "skipped", "articles", "passages")} == {
        "added": 0,
        "unchanged": 3,
        "duplicates": [],
        "skipped": [{"file": "picture.jpg", "reason": "not a format that can be read"}],
        "articles": 3,
        "passages": 6,
    }


class Waiting(WordVectors):
    """A model that makes no vectors until another article has been read."""

    def __init__(self, read: Event) -> None:
        super().__init__()
        self._read = read
        self.waited: list[bool] = []

    def embed_documents(self, texts: Sequence[str]) -> list[list[float]]:
        self.waited.append(self._read.wait(30))
        return super().embed_documents(texts)


def test_articles_are_read_while_others_are_embedded_and_written_in_order(tmp_path: Path) -> None:
    write_articles(tmp_path / "articles", range(3), paragraphs=GROUP)  # three groups
    read = Event()
    seen: list[int] = []

    def done(count: int) -> None:
        seen.append(count)
        read.set()

    @contextmanager
    def track(work: str, total: int, unit: str) -> Iterator[Callable[[int], object]]:
        assert (work, total, unit) == ("Reading", 3, "articles")
        yield done

    model = Waiting(read)
    with opened(tmp_path / "data") as catalog:
        progress = replace(SILENT, track=track)
        report = Pipeline(catalog, lambda: Embedder("words", model), progress).run([tmp_path / "articles"])
        with catalog.reading() as connection:
            files = list(connection.execute(text("SELECT file FROM articles ORDER BY id")).scalars())
    assert model.waited
    assert all(model.waited)
    assert (report.added, files) == (3, sorted(files))
