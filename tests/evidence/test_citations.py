"""Quotes in their paragraphs."""

from __future__ import annotations

from dataclasses import replace

from retrieval.domain.articles import Article, Metadata, Passage
from retrieval.domain.citations import QuoteInContext
from retrieval.evidence.citations import cite_part, excerpt

TEXT = "A headline\n\nFirst. The bridge is closed.\nA ferry runs.\n \nThe end."
ARTICLE = Article(1, "a.txt", Metadata(), 1, "key")


def test_a_part_of_a_passage_is_cited_at_its_place_in_the_file() -> None:
    cited = cite_part(Passage(1, ARTICLE, 12, 54, 3, TEXT[12:54]), 2, 7, 28)
    assert (cited.number, cited.quote, cited.line_start) == (2, "The bridge is closed.", 3)
    assert TEXT[cited.start : cited.end] == cited.quote


def test_a_quote_is_shown_in_its_paragraph() -> None:
    cited = cite_part(Passage(1, ARTICLE, 19, 40, 3, "The bridge is closed."), 1)
    assert excerpt(cited, TEXT) == QuoteInContext("First. ", "The bridge is closed.", "\nA ferry runs.")


def test_a_quote_that_is_no_longer_in_its_place_is_not_shown() -> None:
    cited = cite_part(Passage(1, ARTICLE, 19, 40, 3, "The bridge is closed."), 1)
    assert excerpt(replace(cited, start=20, end=41), TEXT) is None
