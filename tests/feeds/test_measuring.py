"""The measuring of feeds counts what holds and what does not, and runs nothing it reads."""

from pathlib import Path

import pytest

from tests.benchmarks.feeds import expectations, measure, report

FEEDS = Path(__file__).parents[3] / "shared/eval/feeds_dev"


def test_comments_are_read_as_literals() -> None:
    line = "not bozo and feed['title'] == 'a' and entries[0].links[0]['href'] == entries[1]['link'] == 'b'"
    assert list(expectations(line)) == [("feed.title", "a"), ("entries.0.links.0.href", "b"), ("entries.1.link", "b")]
    assert list(expectations("feed['title'] == __import__('os').getcwd()")) == []
    assert list(expectations("feed['title'] ==")) == []


def test_what_holds_is_told_from_what_does_not(tmp_path: Path) -> None:
    feed = "<!--\nExpect: {}\n--><rss version='2.0'><channel><title>a &lt;b>c&lt;/b></title></channel></rss>"
    for number, line in enumerate(
        ["feed['title'] == 'a <i>c</i>'", "feed['title'] == 'other'", "feed['author'] == 'x'"]
    ):
        (tmp_path / f"{number}.xml").write_text(feed.format(line), "utf-8")
    figures = measure(tmp_path)
    assert (figures.files, figures.said.total(), figures.held.total(), figures.unkept.total()) == (3, 2, 1, 1)
    assert "1 of 2: 50.0%" in report(figures)


@pytest.mark.eval
@pytest.mark.skipif(not FEEDS.is_dir(), reason=f"needs the feeds in {FEEDS}")
def test_the_development_feeds_are_read_as_they_expect() -> None:
    figures = measure(FEEDS)
    assert not figures.crashed
    assert not figures.active
    assert figures.held.total() >= 0.97 * figures.said.total() > 0
