"""Where a citation's link leads."""

from __future__ import annotations

from retrieval.answer.citations import link
from retrieval.models import Article, Metadata


def article(file: str, url: str | None = None) -> Article:
    return Article(1, file, Metadata(url=url), 1)


def test_the_original_article_is_the_best_link() -> None:
    assert link(article("a.txt", "https://example.org/a"), 3, 3, "https://git.example/blob") == "https://example.org/a"


def test_without_one_the_source_file_is_linked_at_its_lines() -> None:
    assert link(article("notes/ä b.txt"), 3, 5, "https://git.example/blob/") == (
        "https://git.example/blob/notes/%C3%A4%20b.txt#L3-L5"
    )


def test_with_neither_the_file_and_its_lines_are_named() -> None:
    assert link(article("a.txt"), 3, 3, "") == "a.txt:3"
    assert link(article("a.txt"), 3, 5, "") == "a.txt:3-5"
