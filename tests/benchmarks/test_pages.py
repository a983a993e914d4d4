"""The measuring of pages counts runs of words, and a page that is refused as an empty one."""

import gzip
import json
from pathlib import Path

import pytest

from tests.benchmarks.pages import compare, measure, report, trafilatura_alone
from tests.ingestion.samples import FIRST, SECOND

PAGES = Path(__file__).parents[3] / "shared/eval/html_dev"
TEXT = f"{FIRST} {SECOND}"


def lay_out(folder: Path, **pages: tuple[str, str]) -> Path:
    (folder / "pages").mkdir()
    truth = {name: {"articleBody": text, "url": f"https://a.example/{name}"} for name, (_, text) in pages.items()}
    (folder / "ground_truth.json").write_text(json.dumps(truth), "utf-8")
    for name, (body, _) in pages.items():
        (folder / "pages" / f"{name}.html.gz").write_bytes(gzip.compress(f"<html><body>{body}</body></html>".encode()))
    return folder


def test_texts_are_compared_by_runs_of_four_words() -> None:
    half = compare("a", "one two three four five", "one two three four six")
    assert (half.precision, half.recall, half.f1) == (0.5, 0.5, 0.5)
    longer = compare("a", "one two three four", "one two three four five six seven")
    assert (longer.precision, longer.recall) == (0.25, 1.0)
    assert compare("a", "one two", "one two").f1 == 1.0
    assert compare("a", "one two three four", "").f1 == 0.0


def test_pages_are_measured_and_those_that_are_refused_count_as_empty(tmp_path: Path) -> None:
    article = f"<nav>Home News</nav><article><p>{FIRST}</p><p>{SECOND}</p></article>"
    folder = lay_out(tmp_path, good=(article, TEXT), none=("<h1>Page not found</h1>", TEXT))
    figures = measure(folder)
    assert [(score.f1, score.refused) for score in figures.scores] == [
        (1.0, None),
        (0.0, "page not found (served as if it were there)"),
    ]
    assert (figures.precision, figures.recall, figures.f1) == (0.5, 0.5, 0.5)
    told = report([("ours", figures), ("alone", measure(folder, trafilatura_alone))], misses=True)
    assert "1 of ours at .9 or above" in told
    assert "0.00 0.00 none page not found" in told


@pytest.mark.eval
@pytest.mark.skipif(not PAGES.is_dir(), reason=f"needs the pages in {PAGES}")
def test_the_development_pages_are_read_as_well_as_they_must() -> None:
    figures = measure(PAGES)
    assert figures.f1 >= 0.95
    assert not [score for score in figures.scores if score.refused]
