"""Where sentences begin and end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.nlp.sentences import LONGEST, note_marks, sentences
from tests.growth import LINEAR, growth


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def test_the_rows_of_a_table_are_sentences_of_their_own() -> None:
    table = "Staff by state.\n\n| State | Staff |\n|---|---|\n| Ohio | 1,200 |\n| Utah | 310 |\nSource: the agency."
    rows = ["| State | Staff |", "|---|---|", "| Ohio | 1,200 |", "| Utah | 310 |"]
    assert split(table) == ["Staff by state.", *rows, "Source: the agency."]


@pytest.mark.parametrize(
    "parts",
    [
        ["The court overturned Roe v. Wade.", "Protests followed."],
        ["It is told in [Who pays? Part 1. The port (1 of 3)](https://post.example/a.(b).html).", "More soon."],
        ["Mr. Smith met Gen. Mark Milley in the U.S. Senate.", "He left at 4 p.m.", "The vote failed."],
        ["J. K. Rowling wrote it.", "W. H. Auden did not."],
        ["On Jan. 6 it fell 3.5 percent to $1.50.", "No. 10 said No.", "That was it."],
        ["He works for Apple Inc. in Cupertino.", "It is big."],
        ["She lives in the U.S.", "She works for Apple Inc.", "He does not."],
        ["The alert came at 4:45 a.m. ET in Florida.", "It woke Sgt. Miller."],
        ["“We won.”", "“Did we?” she asked.", "(He nodded.)", "‘Yes.’", "So."],
        ['"Really?!" he asked.', "Yes...", "But no… wait... then…", "Good."],
        ["Fruit, e.g. apples, vs. nuts etc. are on sale.", "He said: buy; she did not."],
        ["He left in 2022.", "15 people stayed.", "$5 was lost."],
        ["It was said.[1]", "Nobody heard."],
        [
            "Fees rose.7",
            "In May 2021.8",
            "They “fell.”9",
            "She (he) left (soon).10",
            "See No.11 In Paris.",
            "BA.5 Omicron came.",
        ],
        ["これは文です。", "次の文！", "はい。"],
        ["दूसरा वाक्य।", "तीसरा वाक्य।"],
        ["کیا حال ہے؟", "ٹھیک ہے۔", "اچھا"],
        ["Привет.", "Как дела?", "Хорошо."],
    ],
)
def test_sentences_part_where_they_end(parts: list[str]) -> None:
    assert split(" ".join(parts)) == parts


@pytest.mark.parametrize(
    "parts",
    [
        ["Der Bundestag stimmt am 27. März über das Gesetz ab.", "Die Grünen sind dafür."],
        ["Sie sitzen im 4. Obergeschoss des Hauses.", "Dort tagt der Ausschuss."],
        ["2. März", "Es begann am 8. Dezember 2024."],
        ["Das geschah im 19. Jahrhundert.", "Danach war Ruhe."],
        ["Es waren 40.", "Die Minister gingen."],
        ["Laut Art. 5 Abs. 2 GG gilt das.", "Er sagte z. B. nein, d. h. nichts.", "Das sagt u. a. Merkel."],
        ["La Sra. Díaz no vino.", "El Sr. Sánchez llegó."],
        ["Dne 2. března 2026 odešel.", "Potom mlčel."],
        ["Premier, tj. Tusk, milczał.", "Rada zdecydowała."],
        ["He is 27.", "May said so.", "It has 2.", "The mayor left.", "I am 27.", "Officials agree."],
    ],
)
def test_full_stops_of_other_languages_end_no_sentence(parts: list[str]) -> None:
    text = "\n\n".join(parts) if parts[0] == "2. März" else " ".join(parts)
    assert [text[start:end] for start, end in sentences(text)] == parts


def test_hard_wrapped_prose_joins() -> None:
    assert split("The war goes\non in Kyiv. He saw Gen.\nMilley there.\nIt was late.") == [
        "The war goes\non in Kyiv.",
        "He saw Gen.\nMilley there.",
        "It was late.",
    ]


def test_a_heading_over_a_line_too_long_to_be_wrapped_is_no_part_of_its_sentence() -> None:
    long = "The harbour is deep, " + "and the quay is wide, " * 6
    assert split(f"Ships and Tides\n{long}and so it stays.") == ["Ships and Tides", f"{long}and so it stays."]
    assert split(f"the tide of\nMonday\nis {long}low.") == [f"the tide of\nMonday\nis {long}low."]


def test_blank_lines_and_bullets_always_part() -> None:
    text = "A title\n\nThe list:\n- one\n• two\n1. Three\n2) four\n \r\n# Heading\r\n\r\nThe end"
    assert split(text) == ["A title", "The list:", "- one", "• two", "1. Three", "2) four", "# Heading", "The end"]


def test_a_dash_in_wrapped_prose_is_no_bullet() -> None:
    assert len(split("The plan was late\n– and dear – in the end.")) == 1


def test_a_missing_space_does_not_hide_the_end() -> None:
    assert split("They met in Kyiv.The war goes on at cnn.com and Node.js.") == [
        "They met in Kyiv.",
        "The war goes on at cnn.com and Node.js.",
    ]


def test_numbers_of_a_list_stay_with_their_items() -> None:
    assert split("1. First. 2. Second.") == ["1. First.", "2. Second."]


def test_a_run_on_is_split_at_its_best_clause() -> None:
    half = "the minister said, again, that it was late and that nobody had known of it" + " at all" * 20
    assert split(f"{half}; {half}.") == [f"{half};", f"{half}."]
    assert split(f"{half} — {half}.") == [f"{half} —", f"{half}."]
    for run_on in ("word " * 1000, "x" * 1000):
        parts = split(run_on)
        assert "".join(parts).replace(" ", "") == run_on.replace(" ", "")
        assert all(len(part) <= LONGEST for part in parts)


def test_nothing_has_no_sentences() -> None:
    assert sentences("") == []
    assert sentences(" \n\t\n ") == []


ALPHABET = st.sampled_from([*'.!?…。”"’)( \n\n\r-•1aAz;,—।', "U.S. ", "Mr. ", "\u2029", "\x1c", "[1]", "x" * 150])


@given(st.one_of(st.text(), st.lists(ALPHABET).map("".join)))
def test_spans_are_trimmed_ordered_and_cover_all_but_space(text: str) -> None:
    position = 0
    for start, end in sentences(text):
        assert position <= start < end <= len(text)
        assert end - start <= LONGEST
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


@pytest.mark.parametrize(
    "piece", [".", ". ", "a", "\n", "\n ", '."', "U.S. ", "1. ", "- ", ".[1", "? ", ".((", "。", "\n-", " "]
)
def test_hostile_text_takes_time_by_its_length(piece: str) -> None:
    assert growth(lambda size: sentences(piece * (size // len(piece))), 20_000) < LINEAR


@pytest.mark.parametrize("form", ["[the {words}report]({address})", '<a href="{address}">the {words}report</a>'])
def test_a_long_sentence_is_not_parted_within_a_link(form: str) -> None:
    link = form.format(words="long " * 8, address=f"https://post.example/{'a' * 120}.html")
    parts = split(f"The council read {' and '.join([link] * 6)} on Monday.")
    assert len(parts) > 1
    assert all(part.count("[") == part.count("](") == part.count(")") for part in parts)
    assert all(part.count("<") == part.count(">") for part in parts)


@pytest.mark.parametrize(
    "text",
    [
        "Es kostet ca.5 Millionen Euro. Später waren es ca.7 Millionen Euro.",
        "Das sagt Abs.2 Satz 1. Anders sagt es Abs.3 Satz 1.",
        "Selon l'art.5 Le Port est public. Selon l'art.6 Le Quai aussi.",
        "Children pay max.5 Crowns, and others max.9 Crowns.",
        "Hafen Tel.030 Berlin. Kasse Tel.040 Hamburg.",
    ],
)
def test_a_figure_behind_an_abbreviation_is_no_mark_of_a_note(text: str) -> None:
    assert note_marks(text) == []
