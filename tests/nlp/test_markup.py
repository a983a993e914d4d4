"""A row of a table and an item of a list say what they say under their header, or the line that leads to them."""

from __future__ import annotations

import pytest

from retrieval.domain.articles import Article, Metadata, Passage
from retrieval.nlp.markup import above, readable
from retrieval.nlp.sentences import sentences
from retrieval.nlp.statements import statements

ARTICLE = Article(1, "a.md", Metadata(), 1, "key")
TABLE = "Tolls by year:\n\n| Year | Cars |\n|---|---|\n| 2023 | 12 |\n| 2024 | 14 |"


def under(text: str, over: str = "") -> dict[str, str]:
    """What the sentences of a passage stand under."""
    passage = Passage(1, ARTICLE, 0, len(text), 1, text, above=over)
    return {each.text: each.under for each in statements(passage)}


def test_a_row_stands_under_its_header_and_the_line_over_it() -> None:
    assert under(TABLE)["2024 · 14"] == "Tolls by year: Year · Cars"


def test_an_item_stands_under_the_line_that_leads_to_it() -> None:
    said = under("The council has two plans:\n\n- A ferry to Torv.\n- A tunnel.\n\nNeither is paid for.")
    assert said == {
        "A ferry to Torv.": "The council has two plans:",
        "A tunnel.": "The council has two plans:",
        "Neither is paid for.": "",
    }


def test_a_passage_that_begins_within_a_table_has_what_stands_over_it() -> None:
    head, _, last = TABLE.rpartition("\n")
    assert under(last, above(head))["2024 · 14"] == "Tolls by year: Year · Cars"


@pytest.mark.parametrize("text", ["", "A sentence.\n\n", "\n"])
def test_nothing_stands_over_the_first(text: str) -> None:
    assert above(text) in ("", text.strip())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[The port][1] pays **[most][tolls]**.", "The port pays most."),
        ("It is in [the Post][https://post.example/a].", "It is in the Post."),
        ("Notes stay: [1][2] and [sic].", "Notes stay: [1][2] and [sic]."),
        ("paid from the [fund](https://a.example)**,** until **2027.**", "paid from the fund, until 2027."),
        ("**It costs 12 million.** More soon.", "It costs 12 million. More soon."),
        ("It costs 12 million.**", "It costs 12 million."),
        ("The sum is 2**3 and 5 * 4 * 3.", "The sum is 2**3 and 5 * 4 * 3."),
        ("C&rsquo;est l&#8217;eau&nbsp;: Smith &amp; Co, AT&T", "C’est l’eau : Smith & Co, AT&T"),
        ("The tag &lt;b&gt; is bold.", "The tag &lt;b> is bold."),
        (f'Seen <img alt="{"x" * 900}" /> today.', "Seen today."),
    ],
)
def test_markup_is_not_read(written: str, read: str) -> None:
    assert readable(written) == read


def test_a_long_sentence_is_not_parted_within_an_entity() -> None:
    text = "Le port de l&rsquo;estuaire " * 20 + "ferme."
    parts = [text[start:end] for start, end in sentences(text)]
    assert len(parts) > 1 and not any(part.endswith("&rsquo;") for part in parts)
