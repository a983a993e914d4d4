"""PDF files give paragraphs, without the page's own lines; locked and broken ones say so."""

import pytest

from retrieval.errors import UnreadableError
from retrieval.ingestion.reading import read
from tests.ingestion.samples import FIRST, SECOND, pdf, texts

PAGES = [
    [
        "Harbour Report 2024",
        "#Council Closes Old Bridge",
        "The council voted on Tuesday to close the old bridge after engineers had found cracks in its",
        "main beams, and asked the harbour office to run a ferry from the old pier until the repairs are",
        "done. The mayor called the decision overdue.",
        "Repairs will be paid for by the state, the mayor said, though the state itself has not said so in pub-",
        "lic. A long-term plan for all bridges is due in May, and the engineers want it to be a long-",
        "term plan indeed, with a budget for every",
        "Page 1",
    ],
    [
        "Harbour Report 2024",
        "year of it. Nobody spoke against that.",
        "\u2022 The ferry is free.",
        "\u2022 It takes no cars.",
        "Page 2",
    ],
    ["Harbour Report 2024", "The council meets again on the first Tuesday of May, as it always does.", "Page 3"],
]


def test_lines_are_paragraphs_again() -> None:
    document = read(pdf(PAGES), "a.pdf")
    assert texts(document) == [
        "Council Closes Old Bridge",
        "The council voted on Tuesday to close the old bridge after engineers had found cracks in its main beams, and "
        "asked the harbour office to run a ferry from the old pier until the repairs are done. The mayor called the "
        "decision overdue.",
        "Repairs will be paid for by the state, the mayor said, though the state itself has not said so in public. A "
        "long-term plan for all bridges is due in May, and the engineers want it to be a long-term plan indeed, with a "
        "budget for every year of it. Nobody spoke against that.",
        "The ferry is free.",
        "It takes no cars.",
        "The council meets again on the first Tuesday of May, as it always does.",
    ]
    assert [block.kind for block in document.blocks] == [
        "heading",
        "paragraph",
        "paragraph",
        "item",
        "item",
        "paragraph",
    ]
    assert document.metadata.title == "Council Closes Old Bridge"


def test_the_record_gives_title_author_and_date() -> None:
    info = "/Title (Report on the bridge) /Author (Jane Roe) /CreationDate (D:20241203093000+01'00')"
    found = read(pdf(PAGES, info), "a.pdf").metadata
    assert (found.title, found.author, found.published) == (
        "Report on the bridge",
        "Jane Roe",
        "2024-12-03T09:30:00+01:00",
    )
    assert set(found.basis.values()) == {"page"}


@pytest.mark.parametrize(
    "info",
    [
        "/Title (Microsoft Word - final_v2.docx)",
        "/Title (untitled)",
        "/CreationDate (D:00000000)",
        "/CreationDate (D:20990101)",
    ],
)
def test_a_record_of_no_worth_is_not_believed(info: str) -> None:
    found = read(pdf(PAGES, info), "a.pdf").metadata
    assert (found.title, found.published) == ("Council Closes Old Bridge", None)


def test_the_date_in_the_text_wins_over_the_day_of_printing() -> None:
    pages = [["#Council Closes Old Bridge", "3 December 2024", *PAGES[0][2:5]]]
    found = read(pdf(pages, "/CreationDate (D:20250110)"), "a.pdf").metadata
    assert (found.published, found.basis["published"]) == ("2024-12-03", "text")


def test_a_locked_file_says_so() -> None:
    with pytest.raises(UnreadableError, match=r"^password-protected$"):
        read(pdf(PAGES, password=b"secret"), "a.pdf")


@pytest.mark.parametrize("data", [b"no pdf at all", b"%PDF-1.4\nrubbish", pdf(PAGES)[:60]])
def test_a_broken_file_says_so(data: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"^not a readable PDF$"):
        read(data, "a.pdf")


@pytest.mark.parametrize("pages", [[[]], [[], []], [["1"], ["2"]]])
def test_a_scan_has_no_text(pages: list[list[str]]) -> None:
    with pytest.raises(UnreadableError, match=r"^no text$"):
        read(pdf(pages), "a.pdf")


@pytest.mark.parametrize("name", ["anonymous", r"\(anonymous\)", "Unknown", "user", "Microsoft Office User"])
def test_what_a_program_writes_in_place_of_a_name_is_no_author(name: str) -> None:
    text = read(pdf([[FIRST, SECOND]], info=f"/Author ({name})"), "a.pdf")
    assert text.metadata.author is None
    assert read(pdf([[FIRST, SECOND]], info="/Author (Anonymous Collective)"), "a.pdf").metadata.author


def rtf(title: str) -> bytes:
    return rf"{{\rtf1{{\info{{\title {title}}}{{\author Unknown}}}}{FIRST}\par {SECOND}}}".encode("cp1252")


def test_a_title_may_begin_with_the_name_of_a_program() -> None:
    for title in ("Word of the year: ceasefire", "Excel errors in a study of the deficit"):
        assert read(pdf([[FIRST, SECOND]], info=f"/Title ({title})"), "a.pdf").metadata.title == title
        assert read(rtf(title), "a.rtf").metadata.title == title
    assert read(rtf("Word Document"), "a.rtf").metadata.title != "Word Document"
