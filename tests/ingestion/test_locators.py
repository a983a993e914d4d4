"""Citations say where in the source a person looks: the line only where the file has that line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.presentation import json_output, terminal
from bot.presentation.links import Bases, best_link
from retrieval.domain.articles import Filter
from retrieval.domain.citations import Citation
from retrieval.evidence.citations import cite_part
from retrieval.services.briefing import Briefing
from tests.fakes import open_with
from tests.ingestion import office
from tests.ingestion.samples import FIRST, PAGE, SECOND, pdf

PIER = "The pier of Velden was sold to the Kellin bank for nine million crowns in May, said the mayor on Tuesday."
BASES = Bases(source_base_url="https://files.example/share")


@pytest.fixture(scope="module")
def briefing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Briefing]:
    folder = tmp_path_factory.mktemp("files") / "share"
    folder.mkdir()
    files = {
        "note.md": f"# Pier sold\n\n{PIER}\n".encode(),
        "report.pdf": pdf([[FIRST, SECOND], [PIER]]),
        "talk.pptx": office.pptx(),
        "report.docx": office.docx(),
        "page.html": PAGE.encode(),
        "staff.xlsx": office.xlsx({"Staff": office.ROWS}),
        "talks.eml": office.eml(),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    with open_with(folder.with_name("data")) as found:
        assert not found.articles.ingest([folder]).skipped
        yield found


def cited(briefing: Briefing, file: str, words: str) -> Citation:
    """The citation of these words."""
    for hit in briefing.asking.search(words, 30, Filter()):
        if hit.passage.article.file == file and (start := hit.passage.text.find(words)) >= 0:
            return cite_part(hit.passage, 1, start, start + len(words))
    raise AssertionError(f"{words} is not in {file}")


@pytest.mark.parametrize(
    ("file", "words", "locator", "where"),
    [
        ("note.md", PIER, "line 3", "note.md:3"),
        ("report.pdf", PIER, "p. 2", "report.pdf, p. 2"),
        ("report.pdf", "Engineers had found cracks", "p. 1", "report.pdf, p. 1"),
        ("talk.pptx", "| California | 4,213", "slide 2", "talk.pptx, slide 2"),
        ("report.docx", "Repairs will take two years", "§ 3 Outlook", "report.docx, § 3 Outlook"),
        ("page.html", "Repairs will take two years", "§ What comes next", "page.html, § What comes next"),
        ("staff.xlsx", "State: Texas", "sheet Staff!A3:C3", "staff.xlsx, sheet Staff!A3:C3"),
        ("talks.eml", FIRST, "mail “Talks in Velden”, 2024-12-03", "talks.eml, mail “Talks in Velden”, 2024-12-03"),
    ],
)
def test_a_citation_says_where_a_person_looks(
    briefing: Briefing, file: str, words: str, locator: str, where: str
) -> None:
    found = cited(briefing, file, words)
    assert (found.locator, found.where) == (locator, where)
    assert where in " ".join(terminal.source(found, Bases()).split())


def test_links_open_the_page_of_a_pdf_and_the_lines_of_a_text(briefing: Briefing) -> None:
    assert best_link(cited(briefing, "report.pdf", PIER), BASES) == "https://files.example/share/report.pdf#page=2"
    assert best_link(cited(briefing, "note.md", PIER), BASES) == "https://files.example/share/note.md#L3"
    assert best_link(cited(briefing, "talk.pptx", FIRST), BASES) == "https://files.example/share/talk.pptx"


def test_documents_for_scripts_have_the_locator(briefing: Briefing) -> None:
    answer = briefing.asking.ask("Who was the pier of Velden sold to?", Filter())
    document = json_output.answer(answer, Bases())
    places = {each["file"]: each["locator"] for each in document["citations"]}
    assert places
    assert places.items() <= {"note.md": "line 3", "report.pdf": "p. 2"}.items()
    assert {each["locator"] for each in document["excerpts"]} <= {"line 1", "line 3", "p. 2"}
    passages = json_output.passages(briefing.asking.search(PIER, 1, Filter()), Bases())["passages"]
    assert passages[0]["locator"] in ("line 1", "line 3", "p. 2")
