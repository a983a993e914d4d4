"""PDF pages as their readers see them: columns, tables, notes, what is hidden, and what every page repeats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fpdf import FPDF

from retrieval.domain.articles import Document
from retrieval.errors import UnreadableError
from retrieval.ingestion.reading import read
from tests.ingestion.samples import pdf, texts

BODY = "The harbour board of Velden said on Tuesday that the fund holds 40 million crowns for the years to come."


def made(write: Callable[[FPDF], object]) -> Document:
    """The document in a file with what `write` writes on it, in Helvetica of 11 points."""
    file = FPDF()
    file.set_auto_page_break(False)
    file.add_page()
    file.set_font("Helvetica", size=11)
    write(file)
    return read(bytes(file.output()), "a.pdf")


def flat(document: Document) -> str:
    return " ".join(document.text.split())


def say(file: FPDF, text: str, y: float, x: float = 20, size: float = 11) -> None:
    file.set_font_size(size)
    file.text(x, y, text)


def test_columns_are_read_one_after_the_other_though_drawn_row_by_row() -> None:
    left = [
        "The harbour board of Velden said that both",
        "terminals will open again on Monday if the",
        "union signs the offer.",
    ]
    right = [
        "The union of dock workers rejected it on the",
        "same evening, and its chair called the offer",
        "an insult to them.",
    ]

    def write(file: FPDF) -> None:
        say(file, "Port talks in Velden, and what both sides say of them this week", 20, size=16)
        for row, (one, two) in enumerate(zip(left * 2, right * 2, strict=True)):
            say(file, one, 35 + 5 * row)
            say(file, two, 35 + 5 * row, x=112)

    text = flat(made(write))
    assert "that both terminals will open again on Monday if the union signs the offer." in text
    assert "rejected it on the same evening, and its chair called the offer an insult to them." in text


@pytest.mark.parametrize(("mark", "behind"), [("1", " million tonnes"), ("2,3", " people work there"), ("*", " piers")])
def test_a_raised_mark_never_becomes_part_of_a_figure(mark: str, behind: str) -> None:
    def write(file: FPDF) -> None:
        say(file, BODY, 30)
        file.set_xy(19, 36)
        file.write(5, "The port handled 41")
        file.char_vpos = "SUP"
        file.write(5, mark)
        file.char_vpos = "LINE"
        file.write(5, behind)

    assert f"The port handled 41{behind}" in flat(made(write))


def test_a_power_of_ten_is_no_mark() -> None:
    def write(file: FPDF) -> None:
        say(file, BODY, 30)
        file.set_xy(19, 36)
        file.write(5, "It moved 10")
        file.char_vpos = "SUP"
        file.write(5, "6")
        file.char_vpos = "LINE"
        file.write(5, " tonnes")

    assert "It moved 10^6 tonnes" in flat(made(write))


def test_white_text_on_white_is_not_read_and_on_dark_is() -> None:
    def write(file: FPDF) -> None:
        say(file, BODY, 30)
        file.set_text_color(255, 255, 255)
        say(file, "The fund holds 900 million crowns and the minister has resigned.", 40)
        file.set_fill_color(20, 40, 90)
        file.rect(15, 50, 150, 12, style="F")
        say(file, "Harbour report of the year for the council", 58)

    text = flat(made(write))
    assert "900" not in text
    assert "Harbour report of the year for the council" in text


def test_text_drawn_invisibly_is_not_read() -> None:
    def write(file: FPDF) -> None:
        say(file, BODY, 30)
        file.text_mode = "INVISIBLE"
        say(file, "The fund holds 900 million crowns and the minister has resigned.", 40)

    assert "900" not in flat(made(write))


def test_slides_that_differ_in_their_figures_keep_their_text() -> None:
    def write(file: FPDF) -> None:
        for year in range(2023, 2027):
            if year > 2023:
                file.add_page()
            say(file, f"Budget of the port in {year}", 30, size=20)
            say(file, f"The council set aside {year - 1983} million crowns for the port in {year}.", 60)
            say(file, f"Of these {year - 2010} million crowns went to the north quay.", 70)
            say(file, f"Page {year - 2022} of 4", 280)

    text = flat(made(write))
    assert all(f"set aside {year - 1983} million crowns for the port in {year}." in text for year in range(2023, 2027))
    assert "Page" not in text


def test_a_sentence_reads_on_past_a_note_at_the_foot() -> None:
    def write(file: FPDF) -> None:
        say(file, BODY, 30)
        say(file, "After six hours of talks the ministers agreed, against the advice of the bank, ", 240)
        say(file, "4 The bank had warned in January that the fund would run dry within a year.", 270, size=8)
        file.add_page()
        say(file, "to give the port a loan of 90 million crowns over four years.", 30)
        say(file, BODY, 36)

    found = made(write)
    whole = "the ministers agreed, against the advice of the bank, to give the port a loan of 90 million crowns"
    assert whole in flat(found)
    assert "The bank had warned in January" in texts(found)[-1]


def test_rows_of_a_table_keep_together_under_their_header() -> None:
    rows = [("State", "Employees", "Month"), ("California", "4,213", "February"), ("Texas", "3,977", "February")]

    def write(file: FPDF) -> None:
        say(file, BODY, 20)
        file.set_xy(20, 30)
        with file.table(width=120) as table:
            for cells in [*rows, ("New York", "2,101", "February")]:
                row = table.row()
                for cell in cells:
                    row.cell(cell)

    found = [" ".join(text.split()) for text in texts(made(write))]
    start = found.index("| State | Employees | Month |")
    assert found[start + 2] == "| California | 4,213 | February |"
    assert found[-1] == "| New York | 2,101 | February |"


@pytest.mark.parametrize("turn", [90, 270])
def test_the_lines_of_a_turned_page_are_level(turn: int) -> None:
    def write(file: FPDF) -> None:
        say(file, BODY, 30)
        file.add_page()
        with file.rotation(turn, x=60, y=150):
            say(file, "The quay of the north was closed in March, said the board of the port.", 150, x=60)
            say(file, "It was opened again in May, when the repairs were done at last.", 156, x=60)

    text = flat(made(write))
    assert "The quay of the north was closed in March, said the board of the port. It was opened again" in text


def test_the_numbers_of_lines_in_a_margin_go() -> None:
    lines = [
        "The council shall keep the old bridge open",
        "to carts and to people on foot for as long",
        "as the engineers",
        "allow",
    ]

    def write(file: FPDF) -> None:
        for number, line in enumerate(lines * 2, 1):
            say(file, str(number), 30 + 6 * number, x=10)
            say(file, line, 30 + 6 * number, x=25)

    assert made(write).text and not any(letter.isdigit() for letter in made(write).text)


def test_passages_know_their_page() -> None:
    def write(file: FPDF) -> None:
        for number in range(1, 4):
            if number > 1:
                file.add_page()
            say(file, f"Chapter {number} is about the pier of Velden number {number}, which is closed.", 40)

    assert [block.place for block in made(write).blocks] == ["p. 1", "p. 2", "p. 3"]


def test_a_page_with_nothing_but_hidden_text_has_none() -> None:
    def write(file: FPDF) -> None:
        file.text_mode = "INVISIBLE"
        say(file, BODY, 30)

    with pytest.raises(UnreadableError, match="no text"):
        made(write)


def scan() -> bytes:
    """A page that is a picture of text."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (600, 800), "white")
    ImageDraw.Draw(picture).text((50, 50), "The fund holds 40 million crowns.", fill="black")
    file = FPDF()
    file.add_page()
    file.image(picture, x=0, y=0, w=file.w, h=file.h)
    return bytes(file.output())


def test_a_scan_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreadableError, match="install ocrmypdf"):
        read(scan(), "scan.pdf")


def test_a_scan_is_read_by_the_program_that_reads_scans(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program of that name stands in for it: it takes a file and leaves one with text, as the real one does."""
    (tmp_path / "read.pdf").write_bytes(pdf([[BODY]]))
    program = tmp_path / "ocrmypdf"
    program.write_text(f'#!/bin/sh\nfor last; do :; done\ncp "{tmp_path}/read.pdf" "$last"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert texts(read(scan(), "scan.pdf")) == [BODY]
