"""Which sentences of a passage say something."""

from __future__ import annotations

from retrieval.domain.articles import Article, Metadata, Passage
from retrieval.nlp.statements import statements


def said(text: str, title: str | None = None) -> list[str]:
    article = Article(1, "a.txt", Metadata(title=title), 1, "key")
    return [each.text for each in statements(Passage(1, article, 0, len(text), 1, text))]


def test_questions_and_headings_say_nothing() -> None:
    text = "Key points:\n\nIs it closed? It is closed to lorries.\n\nWhat comes next\n\n- A ferry runs."
    assert said(text) == ["It is closed to lorries.", "A ferry runs."]


def test_the_title_says_nothing() -> None:
    assert said("The bridge is closed.\n\nA ferry runs.", title="The bridge is closed") == ["A ferry runs."]


def test_a_dateline_an_address_and_the_frame_of_a_table_say_nothing() -> None:
    assert said("BRUSSELS (AP) — The bridge is closed.") == ["The bridge is closed."]
    assert said("KYIV, Dec 3 (Reuters) - The bridge is closed.") == ["The bridge is closed."]
    assert said("NATO said on Monday - as before - that it is open.") == [
        "NATO said on Monday - as before - that it is open."
    ]
    assert said("Read https://harbour.example/a.\n\nThe bridge is closed.") == ["The bridge is closed."]
    table = "| Bridge | State |\n|---|---|\n| Harbour | closed |"
    assert said(table) == ["Harbour · closed"]
