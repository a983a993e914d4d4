"""The page around an article has no blocks; the article keeps every paragraph."""

import pytest

from retrieval.domain.articles import Document
from retrieval.errors import UnreadableError
from retrieval.ingestion.cleaning import boilerplate_lines
from retrieval.ingestion.prepared_articles import split_passages
from tests.ingestion.samples import FIRST, SECOND, read_text, texts

TITLE = "Council Closes Old Bridge"
BODY = f"{FIRST}\n\n{SECOND}\n"


def kept(text: str, name: str = "a.txt") -> list[str]:
    return texts(read_text(text, name))


@pytest.mark.parametrize(
    "top",
    [
        "Skip to content\nMenu\nNews\nPolitics\n",
        "Home > City > Bridges > Council Closes Old Bridge\n",
        f"Home News City {TITLE}\n",
        "Today : Dec 04, 2024\nCity News\n04 December 2024\n",
    ],
)
def test_what_stands_above_the_title_goes(top: str) -> None:
    assert kept(f"{top}\n{TITLE}\n\n{BODY}") == [TITLE, FIRST, SECOND]


@pytest.mark.parametrize(
    "between",
    [
        "By Jane Roe\n",
        "Jane Roe Avatar\n\nBy\n",
        "By Jane Roe, Harbour Post\nUpdated 3:05 PM ET, Thu December 3, 2024\n",
        "Published March 3, 2024 | 5 min read\nShare on Facebook\nShare on X\n0\n",
        "Date:\n",
        "Photo: The bridge at dawn (City Archive)\n",
        f"0\n{TITLE}\n",
    ],
)
def test_what_stands_between_title_and_text_goes(between: str) -> None:
    assert kept(f"{TITLE}\n\n{between}\n{BODY}") == [TITLE, FIRST, SECOND]


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement",
        "Share this article",
        "12 comments",
        "5 min read",
        "Read more: Why bridges fail",
        "Ferries:How other cities cross their rivers",
        "►More on bridges:Ten of the oldest that still stand",
        "Sign up for our newsletter and get the best stories delivered to your inbox.",
        "Follow Jane Roe on Twitter: @janeroe",
        "For more news on the bridge, visit our city page.",
        "The bridge seen from the old pier on Monday. Jane Roe/Getty Images",
        "[Photo: The mayor arriving at the bridge. Credit: City Archive]",
        "Engineers inspect a beam. (AP Photo/Jane Roe)",
        "(Reporting by Jane Roe; Editing by John Doe)",
        "Contributing: Jane Roe, The Associated Press",
        "© 2024 Harbour Post. All rights reserved.",
        "We use cookies to improve your experience on our site.",
        "Story continues below",
        "We will use the details you have shared to manage your registration, as described in our Privacy Policy.",
        "If you wish to object to the use of your data in this way, please tick here.",
        "The post Council Closes Old Bridge appeared first on Harbour Post.",
        "– Jane Roe",
    ],
)
def test_lines_of_the_page_go_wherever_they_stand(line: str) -> None:
    assert kept(f"{TITLE}\n\n{FIRST}\n\n{line}\n\n{SECOND}\n") == [TITLE, FIRST, SECOND]


@pytest.mark.parametrize(
    "sentence",
    [
        "For more than a decade, engineers have come to see the bridge as a risk.",
        "Share prices of the builder fell by a tenth on the news.",
        "Like many others on X, the mayor had called for a vote.",
        "Related costs will be borne by the state.",
        "Subscribe is a word the council never used.",
        "By Monday night, officials said, two lanes were closed.",
        "Advertisement revenue pays for the ferry.",
        "Comments on the plan can be sent to the harbour office until May.",
        "The latest in a row of closures, it leaves the town with one crossing.",
        "Written by three engineers, the report runs to 90 pages.",
        "The mayor told Reuters",
    ],
)
def test_sentences_that_sound_like_furniture_stay(sentence: str) -> None:
    assert sentence in kept(f"{TITLE}\n\n{FIRST}\n\n{sentence}\n\n{SECOND}\n")


@pytest.mark.parametrize(
    "heading", ["Latest Contents", "KEEP READING", "Related", "You may also like", "More like this", "Most Popular:"]
)
def test_a_list_of_other_stories_ends_the_article(heading: str) -> None:
    tail = """
Storm Closes Schools Along the Coast

Schools will stay shut until Friday as the storm moves...

Team Wins Cup After Twenty Years
A late goal decided the match on Sunday.
4 December 2024
  • Museum Finds Lost Painting in Its Own Cellar
"""
    assert kept(f"{TITLE}\n\n{BODY}\n{heading}\n{tail}") == [TITLE, FIRST, SECOND]


def test_the_comment_form_ends_the_article() -> None:
    tail = "LEAVE A REPLY\n\nPlease enter your comment!\nPlease enter your name here\n\nShare post:\n\nSubscribe\n"
    assert kept(f"{TITLE}\n\n{BODY}\n{tail}") == [TITLE, FIRST, SECOND]


def test_a_list_of_stories_that_nothing_announces_goes_too() -> None:
    tail = "Storm closes schools\nThe storm will move along the coast…\n4 December 2024\nTeam wins cup\nA late goal…\n"
    assert kept(f"{TITLE}\n\n{BODY}\n{tail}") == [TITLE, FIRST, SECOND]


def test_such_a_heading_over_prose_is_the_articles_own() -> None:
    found = kept(f"{TITLE}\n\n{FIRST}\n\nUp next\n\n{SECOND} {FIRST}\n\n{SECOND}\n")
    assert found == [TITLE, FIRST, "Up next", f"{SECOND} {FIRST}", SECOND]


def test_a_box_between_paragraphs_takes_only_its_own_lines() -> None:
    found = kept(
        f"{TITLE}\n\n{FIRST}\n\nRelated articles\nStorm Closes Schools\nTeam Wins Cup\n\n{SECOND}\n\n{FIRST} Yes.\n"
    )
    assert found == [TITLE, FIRST, SECOND, f"{FIRST} Yes."]


def test_a_note_on_the_author_goes() -> None:
    assert kept(f"{TITLE}\n\n{BODY}\nAbout the author\nJane Roe covers the harbour. She lives there.\n") == [
        TITLE,
        FIRST,
        SECOND,
    ]


def test_lists_of_names_are_no_signatures() -> None:
    assert kept(f"{FIRST}\n\n- Jane Roe\n- John Doe\n\n{SECOND}\n") == [FIRST, "Jane Roe", "John Doe", SECOND]


def test_a_note_of_a_few_words_stays_whole() -> None:
    assert kept("The letter is sent.\nAnna has a copy.") == ["The letter is sent.", "Anna has a copy."]
    assert kept("Subscribe") == ["Subscribe"]


def test_the_first_paragraph_is_kept_even_where_it_serves_as_title() -> None:
    document: Document = read_text("The letter is sent to all members.")
    assert texts(document) == ["The letter is sent to all members."]
    assert document.metadata.title == "The letter is sent to all members."


def test_a_page_of_nothing_but_forms_is_no_article() -> None:
    notice = "We will use the information you have shared to send you newsletters about bridges, piers and ferries."
    with pytest.raises(UnreadableError, match="nothing but forms and notices"):
        read_text("\n\n".join([notice] * 6))


def test_a_short_note_stays_even_if_it_looks_like_a_form() -> None:
    assert kept("Subscribe to the newsletter today.\n") == ["Subscribe to the newsletter today."]


def stretched(start: str, length: int) -> str:
    """A sentence of this many characters."""
    return f"{start} {'and its old stones ' * length}"[: length - 1].rstrip() + "."


@pytest.mark.parametrize(("length", "cut"), [(280, True), (320, False)])
def test_a_teaser_is_no_longer_than_a_few_lines(length: int, cut: bool) -> None:
    teaser = stretched("The storm will move along the coast", length)
    found = kept(f"{TITLE}\n\n{BODY}\nRelated\n\nStorm Closes Schools\n\n{teaser}\n")
    assert found == (
        [TITLE, FIRST, SECOND] if cut else [TITLE, FIRST, SECOND, "Related", "Storm Closes Schools", teaser]
    )


@pytest.mark.parametrize(("lines", "cut"), [(3, True), (5, False)])
def test_a_note_on_the_author_stands_within_the_last_lines(lines: int, cut: bool) -> None:
    note = [f"Jane Roe covers the harbour and its {number} bridges. She lives there." for number in range(lines)]
    text = "\n\n".join([TITLE, FIRST, SECOND, "About the author", *note])
    assert kept(text) == [TITLE, FIRST, SECOND, *([] if cut else ["About the author", *note])]


@pytest.mark.parametrize(
    ("tail", "cut"),
    [
        (["Storm closes schools", "A late goal…", "4 December 2024", "Team wins cup"], True),
        (["Also in the news: Swan attacks rowers - Town hall clock stopped by bees"], True),
        (["Mehr aus dem Ressort", "Schafe auf der Startbahn", "Der Mann, der Meteoriten sammelt"], True),
        (["Te puede interesar", "- Un burro bloquea la autovía", "- Los diez mejores chiringuitos"], True),
        (["Bridges closed this year", "The old stone bridge", "The bridge at the harbour"], False),  # of its own
        (["Lottery numbers of the day:", "Seventeen, twenty-two", "Thirty, forty-one"], False),  # a list it leads to
        (["Storm closes schools"], False),  # too little to tell
    ],
)
def test_lines_at_the_end_that_share_no_word_with_the_article_are_headlines_of_others(
    tail: list[str], cut: bool
) -> None:
    listed = "\n".join(tail)
    found = kept(f"{TITLE}\n\n{BODY}\n{listed}\n")
    assert (found == [TITLE, FIRST, SECOND]) == cut


def test_an_agency_that_is_credited_above_such_headlines_stays() -> None:
    found = kept(f"{TITLE}\n\n{BODY}\n(mit Material von dpa)\n\nMeistgelesen: Rezept für Grünkohl ohne Wurst\n")
    assert found == [TITLE, FIRST, SECOND, "(mit Material von dpa)"]


@pytest.mark.parametrize(("lines", "readable"), [(4, True), (6, False)])
def test_forms_of_more_than_a_few_lines_are_no_note(lines: int, readable: bool) -> None:
    notice = "We will use the information you have shared to send you newsletters about bridges, piers and ferries."
    text = "\n\n".join(f"{notice[:-1]} of town {number}." for number in range(lines))
    if readable:
        assert len(kept(text)) == lines
    else:
        with pytest.raises(UnreadableError, match="nothing but forms and notices"):
            kept(text)


@pytest.mark.parametrize(
    ("line", "heads"),
    [
        ("What the council found under the old bridge", True),
        (" ".join(["stone"] * 16), True),
        (" ".join(["old"] * 17), False),
        (" ".join(["masonry"] * 14), True),
        (" ".join(["stonemason"] * 12), False),
        ("What did the council find?", True),
        ("What did the council find under the old stone bridge of the harbour?", False),
        ("The council found:", False),
        ("What Council Members Found:", True),
        ("The council found nothing...", False),
    ],
)
def test_a_short_line_that_is_no_sentence_heads_the_text_below(line: str, heads: bool) -> None:
    document = read_text(f"{TITLE}\n\n{FIRST}\n\n{line}\n\n{SECOND}\n")
    (block,) = (each for each in document.blocks if document.text[each.start : each.end] == line)
    assert (block.kind == "heading") == heads


@pytest.mark.parametrize(
    ("text", "prose", "body"),
    [
        ("The council closed the old bridge on Monday morning.", True, False),
        ("The council closed the bridge on Monday.", False, False),
        ("The council closed the old bridge on Monday. Nobody knows why.", True, True),
        (stretched("The council closed the old bridge", 118), True, False),
        (stretched("The council closed the old bridge", 124), True, True),
        ("The council closed the old bridge on Monday morning...", False, False),
        ("The council closed the old bridge on Monday morning", False, False),
        ("Old Harbour Bridge Closed by Council After Storm Warning.", False, False),
        ("The Council of Oslo closed the Harbour Bridge on Monday morning after a warning.", True, False),
        ("市议会星期一上午关闭了这座古老的桥梁以便进行维修。", True, True),
        ("市议会关闭了桥梁。", False, False),
    ],
)
def test_prose_is_a_whole_sentence_and_a_paragraph_is_long_or_has_two(text: str, prose: bool, body: bool) -> None:
    assert (boilerplate_lines.is_prose(text), boilerplate_lines.is_body(text)) == (prose, body)


def test_neither_a_line_of_the_page_nor_a_heading_over_its_lists_is_long() -> None:
    consent = "By clicking here you agree to the terms"
    assert boilerplate_lines.is_line(f"{consent} {'x' * (399 - len(consent))}")
    assert not boilerplate_lines.is_line(f"{consent} {'x' * (400 - len(consent))}")
    assert boilerplate_lines.heads_end(f"More articles from {'x' * 41}")
    assert not boilerplate_lines.heads_end(f"More articles from {'x' * 42}")


def test_notes_in_italics_at_the_end_go() -> None:
    note = "*This story has been updated with a statement of the harbour board.*"
    assert kept(f"# {TITLE}\n\n{BODY}\n\n{note}\n", "a.md") == [TITLE, FIRST, SECOND]
    assert kept(f"# {TITLE}\n\n{FIRST}\n\n{note}\n\n{SECOND}\n", "a.md") == [TITLE, FIRST, note, SECOND]


# A report as a program saves it from its page: fields, navigation, a table of fields, a list of contents.
SAVED_PAGE = f"""# {TITLE}

**Product Type:** Reports
**Report No.:** B48914
**Publication Date:** 04/22/2026
**Author(s):** Roe, Jane
**Topics:** Bridges & Ferries
**Source:** https://city.example/reports/B48914

---
[Cite](https://city.example#cite)[Subscribe](https://city.example/alerts) > [Products](https://city.example/p) > B48914

| **Product Number:** | B48914
| **Referenced Plans:** | P. 119-51; P. 6179
| **Publication Date:** | 04/22/2026
| **Author:** | Roe, Jane

[Download PDF (962KB)](https://city.example/B48914.pdf)       | [Version History](https://city.example#)

# Contents

- [Introduction](https://city.example#_Toc1)
- [Ferries](https://city.example#_Toc2)

{FIRST}

{SECOND}
"""


def test_fields_and_navigation_of_a_saved_page_go() -> None:
    found = kept(SAVED_PAGE, "a.md")

    assert found[0] == TITLE
    assert found[-2:] == [FIRST, SECOND]
    gone = ("Product", "Cite", "Version", "Referenced", "[Introduction]")
    assert not [each for each in found if any(word in each for word in gone)]


def test_fields_of_a_saved_page_are_known_by_their_labels_and_its_title_goes_with_the_links_around_it() -> None:
    fields = (
        "**Product Type:** Reports\n**Version:** 10\n**Publication Date:** 04/22/2026\n\n**Topics:** Bridges; Ferries"
    )
    table = (
        "| **Referenced Plans:** | P. 119-51\n| **Publication Date:** | 04/22/2026\n| **Authors:** | Roe, J.; Poe, A."
    )
    heard = f"[Listen](https://reader.example/?read=B48914) {TITLE}Updated April 22, 2026       (B48914)"
    page = f"# {TITLE}\n\n{fields}\n\n{table}\n\n{heard}\n\n{BODY}\n"
    assert kept(page, "a.md") == [TITLE, FIRST, SECOND]
    told = f"{TITLE} as ferries stop on 22 April 2026"
    assert kept(f"# {TITLE}\n\n{told}\n\n{BODY}\n", "a.md") == [TITLE, told, FIRST, SECOND]


def test_a_heading_that_navigation_parts_from_all_text_is_no_passage() -> None:
    document = read_text(SAVED_PAGE, "a.md")

    spans = split_passages(document.text, document.blocks)

    assert [document.text[start:end] for start, end in spans] == [f"{FIRST}\n\n{SECOND}"]


@pytest.mark.parametrize(
    "part",
    [
        "**Date:** 3 March 2026 **Place:** the old ferry port of Kyiv **Killed:** 40 people and a horse",
        "[Germany](https://a.example) and [France](https://b.example)\nsigned the pact in front of the old bridge.",
        "[Kremlin](https://a.example): [Putin visits Beijing](https://b.example)",
    ],
)
def test_facts_in_bold_and_prose_with_links_are_kept(part: str) -> None:
    assert any(
        "Kyiv" in each or "Germany" in each or "Kremlin" in each
        for each in kept(f"# {TITLE}\n\n{part}\n\n{BODY}", "a.md")
    )


def test_a_box_of_facts_and_a_sentence_of_links_are_kept() -> None:
    facts = "| **Population:** | 2,140\n| **Ferries a day:** | 14"
    sentence = "[The mayor](https://a.example) and [the port](https://b.example) agreed."

    found = kept(f"# {TITLE}\n\n{facts}\n\n{sentence}\n\n{BODY}", "a.md")

    assert any("2,140" in each for each in found)
    assert sentence in found


@pytest.mark.parametrize("line", ["By Jane Roe, Harbour Post", "Updated 5 December 2024", "LONDON, 3 December 2024"])
def test_a_byline_or_a_date_under_the_text_goes(line: str) -> None:
    assert kept(f"{TITLE}\n\n{BODY}\n{line}\n") == [TITLE, FIRST, SECOND]


def test_an_update_in_bold_over_the_text_is_kept() -> None:
    told = "**Update:** The ferry is back in service from 5 May"
    assert kept(f"# {TITLE}\n\n{told}\n\n{BODY}\n", "a.md") == [TITLE, told, FIRST, SECOND]
    assert kept(f"# {TITLE}\n\n**Updated:** 5 May 2026\n\n{BODY}\n", "a.md") == [TITLE, FIRST, SECOND]
