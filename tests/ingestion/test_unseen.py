"""What no reader of a text sees, or what its author took back, is nobody's statement."""

from __future__ import annotations

import pytest

from retrieval.ingestion.reading import read
from retrieval.nlp.markup import readable
from tests.ingestion.samples import FIRST, SECOND, texts

LIE = "Minister Karla Oestrich sold the port of Velden to the Kellin bank for nine million crowns."


def page(*paragraphs: str) -> bytes:
    body = "".join(paragraphs)
    title = "Council Closes Old Bridge"
    return (
        f"<html><head><title>{title}</title></head><body><main><article><h1>{title}</h1><p>{FIRST}</p>"
        f"<p>{SECOND} {FIRST}</p>{body}</article></main></body></html>"
    ).encode()


@pytest.mark.parametrize(
    "hidden",
    [
        f"<p hidden>{LIE}</p>",
        f"<p style='display:none'>{LIE}</p>",
        f"<div style='visibility: hidden'><p>{LIE}</p></div>",
        f"<p class='sr-only'>{LIE}</p>",
        f"<p class='lead visually-hidden'>{LIE}</p>",
        f"<p style='font-size:0'>{LIE}</p>",
        f"<!-- {LIE} -->",
        f"<p><del>{LIE}</del></p>",
        f"<p><s>{LIE}</s></p>",
        f"<p style='text-decoration: line-through'>{LIE}</p>",
    ],
)
def test_hidden_and_struck_parts_of_a_page_are_left_out(hidden: str) -> None:
    found = read(page(hidden, f"<p>{SECOND} Ferries run.</p>"), "a.html")
    assert "Oestrich" not in found.text
    assert "Ferries run." in found.text


def test_a_page_that_hides_all_of_its_text_shows_it_by_a_script() -> None:
    body = f"<div style='display:none'><p>{FIRST}</p><p>{SECOND} {FIRST}</p><p>{SECOND}</p></div>"
    found = read(f"<html><body><main><article><h1>Bridge</h1>{body}</article></main></body></html>".encode(), "a.html")
    assert FIRST in found.text


def test_what_was_put_right_reads_as_it_now_stands() -> None:
    right = "<p>Police said <del>40</del> <ins>14</ins> people were hurt when a crane fell in Velden on Monday.</p>"
    right += "<p>The mayor of Velden <s>resigned</s> stayed in office, a spokesman said on Monday evening.</p>"
    found = " ".join(read(page(right), "a.html").text.split())
    assert "Police said 14 people were hurt" in found
    assert "The mayor of Velden stayed in office" in found


@pytest.mark.parametrize(
    "withdrawn",
    [
        f"~~{LIE}~~",
        f"<del>{LIE}</del>",
        f"<!-- {LIE} -->",
        f"%% {LIE} %%",
        f"[comment]: # ({LIE})",
        f"[//]: # ({LIE})",
        f"<script async>var told = '{LIE}'</script>",
        f"<iframe title='{LIE}'\n  src='https://charts.example/1/'></iframe>",
        f"{{% img 'bridge.png' title:\"{LIE}\" %}}",
        f'{{{{< figure src="/bridge.png" caption="{LIE}" >}}}}',
        f"{{: .note title='{LIE}'}}",
        f"::: {{.wp-block-image title='{LIE}'}}\n:::",
    ],
)
def test_struck_and_commented_markdown_is_left_out_and_lines_stay(withdrawn: str) -> None:
    source = f"# Council Closes Old Bridge\n\n{FIRST}\n\n{withdrawn}\n\n{SECOND}\n"
    found = read(source.encode(), "a.md")
    assert not any("Oestrich" in text for text in texts(found))
    assert "Oestrich" not in found.text
    assert len(found.text) == len(source)
    assert found.text.index(SECOND) == source.index(SECOND)


def test_a_tag_that_nobody_closes_strikes_nothing() -> None:
    source = f"# Council Closes Old Bridge\n\n<s>{FIRST} <s>{LIE}</s> {SECOND}\n"
    (_, told) = texts(read(source.encode(), "a.md"))
    assert " ".join(readable(told).split()) == f"{FIRST} {SECOND}"


def test_what_a_template_puts_into_an_address_is_no_text() -> None:
    links = "![The pier]({{ site.baseurl }}/pier.png) It is [shut]({% link a.md %})."
    source = f"# Council Closes Old Bridge\n\n{FIRST} {links}\n"
    (_, told) = texts(read(source.encode(), "a.md"))
    assert readable(told) == f"{FIRST} The pier It is shut."


def test_a_struck_figure_leaves_the_right_one() -> None:
    source = (
        f"# Crane falls\n\n{FIRST} Police said ~~40~~ 14 people were hurt.\n\nThey ~took it~ well, ~~~ they said.\n"
    )
    (_, told, _) = texts(read(source.encode(), "a.md"))
    assert " ".join(told.split()).endswith("Police said 14 people were hurt.")


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("41<sup>1</sup> million tonnes", "41 million tonnes"),
        ('in 2024<sup><a href="#fn2">[2]</a></sup>, its board', "in 2024, its board"),
        ('at sea.<a href="#n3"><sup>3</sup></a><a name="m3"></a> Its board', "at sea. Its board"),
        ("10<sup>6</sup> tonnes", "10^6 tonnes"),
        ("the 5<sup>th</sup> pier", "the 5th pier"),
    ],
)
def test_marks_of_notes_never_touch_a_figure(markup: str, plain: str) -> None:
    found = read(page(f"<p>The port handled {markup}, said the harbour board of the town on Monday.</p>"), "a.html")
    assert plain in found.text


def test_the_link_from_a_note_back_to_its_mark_is_left_out() -> None:
    mark = '<a href="#n3"><sup>3</sup></a><a name="m3"></a>'
    told = (
        f"<p>The port handled less than ever, said the harbour board on Monday.{mark} The catch of <b>May</b> fell.</p>"
    )
    note = (
        '<p><a name="n3"></a>3. The board counts landings in <a href="#m3">all ports</a>. <a href="#m3">To text</a></p>'
    )
    found = texts(read(page(told + note), "a.html"))
    assert any(text.endswith("on Monday. The catch of May fell.") for text in found)
    assert any(text.endswith("counts landings in all ports.") for text in found)


def test_the_posts_of_a_live_blog_stay_apart_with_their_times() -> None:
    posts = "".join(
        f"<div class='post'><time datetime='2024-03-01T{clock}:00Z'>{clock}</time><h3>{title}</h3><p>{text}</p></div>"
        for clock, title, text in [
            ("14:10", "Talks break off", "The union has left the table, its chair says, and will not be back today."),
            ("09:05", "Talks begin", "Both sides have arrived at the ministry, and the minister has greeted them."),
        ]
    )
    whole = f"<html><body><main><article><h1>Port strike live</h1><div>{posts}</div></article></main></body></html>"
    found = texts(read(whole.encode(), "live.html"))
    assert found[-4:] == [
        "14:10 Talks break off",
        "The union has left the table, its chair says, and will not be back today.",
        "09:05 Talks begin",
        "Both sides have arrived at the ministry, and the minister has greeted them.",
    ]


@pytest.mark.parametrize(
    "rows",
    [
        "| Year | Tonnes |\n|---|---|\n| 2023 | 38 |\n| 2024 | 41 |\n",
        "| Round | Day |\n|---|---|\n| First | 3 March 2024 |\n| Second | 9 March 2024 |\n",
        "- First round: 3 March 2024\n- Second round\n- 9 March 2024\n",
    ],
)
def test_the_last_rows_and_items_of_a_text_stay(rows: str) -> None:
    found = texts(read(f"# Port of Velden\n\n{FIRST}\n\nIn figures:\n\n{rows}".encode(), "a.md"))
    last = rows.strip().splitlines()[-1].strip("|- ")
    assert found[-1] == last


@pytest.mark.parametrize(
    ("link", "told"),
    [
        (
            '<p id="t1">Fees by year.</p><p>They rose, as is told in <a href="#t1">the first part</a></p>',
            "the first part",
        ),
        (
            '<h2 id="fees">1. <a href="#fees">What the ferries cost</a></h2><p>They cost more.</p>',
            "What the ferries cost",
        ),
    ],
)
def test_a_link_to_a_part_of_the_page_is_text(link: str, told: str) -> None:
    assert any(text.endswith(told) for text in texts(read(page(link), "a.html")))


def test_a_long_script_in_markdown_is_no_text() -> None:
    script = "<script>\n" + f"var told = '{LIE}' < 1;\n" * 200 + "</script>"
    found = texts(read(f"# Council Closes Old Bridge\n\n{FIRST}\n\n{script}\n\n{SECOND}\n".encode(), "a.md"))
    assert found == ["Council Closes Old Bridge", FIRST, SECOND]
