"""Lines become paragraphs, headings and items; Markdown's marks stay outside of them."""

import pytest

from retrieval.ingestion.reading import read
from tests.ingestion.samples import FIRST, SECOND, read_text, texts

WRAPPED = """\
The council voted on Tuesday to close the old bridge after engineers had
found cracks in its main beams, and asked the harbour office to run a
ferry from the old pier until the repairs are done in two years or so.

Repairs will be paid for by the state, the mayor said, though it has not
said so itself.
  * The ferry leaves every twenty minutes from the old pier, in summer as
    well as in winter.
  * It takes no cars.
"""


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    document = read_text(WRAPPED)
    assert [piece.split()[0] for piece in texts(document)] == ["The", "Repairs", "The", "It"]
    assert [block.kind for block in document.blocks] == ["paragraph", "paragraph", "item", "item"]
    assert texts(document)[1].endswith("mayor said, though it has not\nsaid so itself.")


def test_each_line_is_a_paragraph_where_nothing_is_wrapped() -> None:
    assert texts(read_text(f"{FIRST}\n{SECOND}\n{FIRST} {SECOND}")) == [FIRST, SECOND, f"{FIRST} {SECOND}"]


def test_short_lines_without_a_full_stop_are_headings() -> None:
    document = read_text(f"{FIRST}\n\nWhat Comes Next\n\n{SECOND}\n\nWhy the delay?\n\n{FIRST} Really.\n")
    assert [block.kind for block in document.blocks] == ["paragraph", "heading", "paragraph", "heading", "paragraph"]


@pytest.mark.parametrize("mark", ["•", "-", "*", "–", "1.", "12)"])
def test_items_start_after_their_mark(mark: str) -> None:
    document = read_text(f"{FIRST}\n\n  {mark} The ferry is free of charge.\n  {mark} It takes no cars at all.\n")
    assert texts(document)[1:] == ["The ferry is free of charge.", "It takes no cars at all."]
    assert document.blocks[1].kind == "item"


def test_markdown_keeps_prose_and_leaves_marks_out() -> None:
    document = read_text(
        f"""# Council Closes Old Bridge

![A bridge](bridge.jpg)

{FIRST}

<!-- editor:
{SECOND} -->

## What comes next ##

> {SECOND}

[Read the decision](https://example.org/x_(y))
[1]: https://example.org

- [A link alone](https://example.org)
- The ferry is **free** of [charge](https://example.org).

**In figures**

| Year | Cost |
|------|-----:|
| 2024 | 3 million |

```
vote = 12
```

The last line is soft
and goes on here.
""",
        "a.md",
    )
    assert list(zip((block.kind for block in document.blocks), texts(document), strict=True)) == [
        ("heading", "Council Closes Old Bridge"),
        ("paragraph", FIRST),
        ("heading", "What comes next"),
        ("paragraph", SECOND),
        ("item", "The ferry is **free** of [charge](https://example.org)."),
        ("heading", "In figures"),
        ("item", "Year | Cost"),
        ("item", "2024 | 3 million"),
        ("heading", "vote = 12"),
        ("paragraph", "The last line is soft\nand goes on here."),
    ]
    assert document.metadata.title == "Council Closes Old Bridge"


def test_only_line_feeds_and_returns_end_lines() -> None:
    body = f"{FIRST}\u2028{SECOND}\x0b{FIRST}\x85{SECOND}"
    assert texts(read_text(body)) == [body]


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize(
    ("above", "day"),
    [
        ("The treaty of both ports was signed by the mayors in the old town hall on", "3 March 2026."),
        ("Den Vertrag beider Häfen unterzeichneten die Bürgermeister im Rathaus am", "3. März 2026."),
    ],
)
def test_a_day_on_a_line_of_its_own_within_a_wrapped_sentence_stays_in_it(above: str, day: str, name: str) -> None:
    sentence = f"{above}\n{day}"
    document = read(f"Council Closes Old Bridge\n\n{WRAPPED}\n{sentence}\n".encode(), name)
    assert texts(document)[-1] == sentence
    assert document.metadata.published is None
