"""Both parts of the benchmark at toy size: they run offline, and their figures can be true."""

import json
import os
from pathlib import Path

import pytest

from retrieval.bootstrap import seeds_folder
from retrieval.embedding.local_model import package_folder
from tests.benchmarks import alone, corpus, index, press, samples, side_by_side
from tests.benchmarks.report import Row, Target, document, markdown

pytestmark = pytest.mark.slow


def _by_measure(rows: list[Row]) -> dict[tuple[str, str | None], Row]:
    return {(row.measure, row.against): row for row in rows}


@pytest.mark.skipif("BENCHMARKS" not in os.environ, reason="takes a twentieth of the run: set BENCHMARKS=1")
@pytest.mark.skipif(package_folder() is None, reason="needs the weights of the default embedder")
def test_both_sides_ingest_and_find_the_same_articles(tmp_path: Path, models_dir: Path) -> None:
    folder = seeds_folder()
    assert folder is not None
    questions = press.write_press(tmp_path / "press", sorted(folder.glob("*.txt")), 3)
    sample = samples.draw(tmp_path / "press", questions, 2, tmp_path / "sample")
    rows = _by_measure(side_by_side.run(sample, tmp_path / "work", models_dir, lambda _line: None, 1))
    assert len(sample.questions) == 2
    for measure in ("ingest", "query p50", "query p95", "Hits@10", "MRR@10", "peak memory of ingest (a process each)"):
        row = rows[measure, "stock"]
        assert row.ours > 0
        assert row.beside is not None
        assert row.beside > 0
    assert rows["ingest again, unchanged", "first ingest"].ours > rows["ingest", "stock"].ours


def test_the_index_alone_finds_what_an_exact_search_finds(tmp_path: Path) -> None:
    rows = _by_measure(index.run([100], 10, tmp_path, lambda _line: None))
    assert rows["recall@10 of the vector index", "exact search"].ours > 0.9
    for share in ("", ", 1% of the days", ", 10% of the days", ", 50% of the days", ", 90% of the days"):
        assert 0 < rows[f"search p50{share}", "stock"].ours <= rows[f"search p95{share}", "stock"].ours < 10_000


def test_an_unchanged_folder_is_not_embedded_again(tmp_path: Path) -> None:
    corpus.write_corpus(tmp_path / "articles", 50)
    taken = alone.ingest(alone.Job("ours", [str(tmp_path / "articles")], str(tmp_path / "data")))
    assert (taken.passages, taken.embedded) == (50, 0)
    assert 0 < taken.again < taken.seconds


def test_the_largest_index_is_compared_with_the_smallest() -> None:
    def figures(milliseconds: float) -> index.Figures:
        ingest = alone.Ingest(passages=100, seconds=10, peak_mib=200, again=0.1)
        taken = {(side, share): [milliseconds] for side in ("ours", "stock") for share in index.SHARES}
        return index.Figures(ingest, ingest, 1.0, taken)

    rows = index.tabulate({100: figures(5), 1_000: figures(20)})
    growth = rows[-1]
    assert (growth.table, growth.ratio) == ("1,000 generated passages, prepared vectors", 4)
    assert growth.target is not None
    assert not growth.target.met(growth)
    assert _by_measure(rows)["ingest again, unchanged", "first ingest"].ratio == 100


def test_a_sample_holds_the_gold_articles_first(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    for name in "abcde":
        (articles / f"{name}.md").write_text(name, "utf-8")
    lines = [{"question": "What?", "answerable": True, "gold": gold} for gold in (["e.md"], ["d.md", "c.md"], [])]
    questions = tmp_path / "questions.jsonl"
    questions.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    sample = samples.draw(articles, questions, 2, tmp_path / "sample")
    assert sorted(path.name for path in (tmp_path / "sample").rglob("*.md")) == ["c.md", "e.md"]
    assert [question.gold for question in sample.questions] == [{"e.md"}]


def test_rows_print_with_ratio_and_target() -> None:
    rows = [Row("t", "ingest", "articles/s", 12, 3, target=Target("ratio", "≥", 3)), Row("t", "peak", "MiB", 1600.4)]
    assert "| ingest | 12 articles/s | 3 articles/s (stock) | 4 | ratio ≥ 3: met |" in markdown(rows)
    assert "| peak | 1,600 MiB |" in markdown(rows)
    first, second = document(rows)["rows"]
    assert (first["ratio"], first["met"]) == (4, True)
    assert (second["ratio"], second["met"], second["against"]) == (None, None, None)
