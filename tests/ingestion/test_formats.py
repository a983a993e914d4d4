"""What teams keep their texts in: office files, tables, mails, books, saved pages, and archives of these."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from retrieval.errors import UnreadableError
from retrieval.ingestion.reading import read
from tests.fakes import open_with
from tests.ingestion import office
from tests.ingestion.outlook import msg
from tests.ingestion.samples import FIRST, PAGE, SECOND, texts

ROW = "| California | 4,213 | February 2026 |"
UNSEEN = ("It fell down", "It is a secret", "has resigned")


def test_a_word_file_keeps_headings_lists_tables_and_what_is_seen() -> None:
    found = read(office.docx(), "report.docx")
    told = texts(found)
    assert f"{FIRST} Nobody was hurt." in [" ".join(text.split()) for text in told]
    assert {"2.1 Tariffs", "The ferry is free.", ROW, SECOND} <= set(told)
    assert not any(words in found.text for words in UNSEEN)
    assert (found.metadata.title, found.metadata.author) == ("Report on the bridge", "Jane Roe")
    assert (found.metadata.published, found.metadata.published_estimated) == ("2024-12-03", False)
    places = {text: block.place for text, block in zip(told, found.blocks, strict=True)}
    assert (places[ROW], places[SECOND]) == ("§ 2.1 Tariffs", "§ 3 Outlook")
    kinds = {text: block.kind for text, block in zip(told, found.blocks, strict=True)}
    assert (kinds["2.1 Tariffs"], kinds["The ferry is free."]) == ("heading", "item")


def test_headings_have_the_numbers_that_word_gives_them() -> None:
    found = read(office.numbered_docx(), "report.docx")
    headings = [found.text[each.start : each.end] for each in found.blocks if each.kind == "heading"]
    assert headings == ["1 Tariffs", "1.1 Lorries", "1.2 Cars", "2 Outlook", "2.1 Tolls", "A. Annex"]


def test_slides_keep_their_numbers_tables_and_notes_and_hidden_ones_go() -> None:
    found = read(office.pptx(), "talk.pptx")
    places = {text: block.place for text, block in zip(texts(found), found.blocks, strict=True)}
    assert places["Port of Velden"] == "slide 1"
    assert {places["Costs"], places[ROW], places["Notes: Say that the ferry is free."]} == {"slide 2"}
    assert not any(words in found.text for words in UNSEEN)


def test_rows_of_a_sheet_carry_the_names_of_their_columns_and_their_cells() -> None:
    staff = [["Staff of the agency"], [], *office.ROWS, ["New York", 2101, "February 2026"]]
    found = read(office.xlsx({"Staff": staff, "Trade": [["Port", 2023, 2024], ["Velden", 38, 41.5]]}), "staff.xlsx")
    places = {text: block.place for text, block in zip(texts(found), found.blocks, strict=True)}
    assert places["| State: California | Employees: 4,213 | Month: February 2026 |"] == "sheet Staff!A4:C4"
    assert places["| State: New York | Employees: 2101 | Month: February 2026 |"] == "sheet Staff!A6:C6"
    assert places["| Port: Velden | 2023: 38 | 2024: 41.5 |"] == "sheet Trade!A2:C2"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_file_is_a_table_whose_rows_have_lines(delimiter: str) -> None:
    rows = [[cell.replace(",", ".") for cell in cells] for cells in office.ROWS]
    source = "\n".join(delimiter.join(cells) for cells in rows)
    found = read(source.encode("utf-8-sig"), "staff.csv")
    assert texts(found)[0] == "| State: California | Employees: 4.213 | Month: February 2026 |"
    assert [block.place for block in found.blocks] == ["line 2", "line 3"]


def test_an_open_document_keeps_headings_lists_tables_and_notes() -> None:
    found = read(office.odt(), "report.odt")
    told = [" ".join(text.split()) for text in texts(found)]
    assert f"{FIRST} Nobody was hurt." in told
    assert {"The ferry is free.", ROW, SECOND, "Note 1: By one vote."} <= set(told)
    assert not any(words in found.text for words in UNSEEN)
    assert found.metadata.author == "Jane Roe"
    assert (found.metadata.day, found.metadata.published_estimated) == ("2024-12-03", True)


def test_a_mail_has_a_sender_a_subject_and_the_day_of_its_own_zone() -> None:
    found = read(office.eml(), "talks.eml")
    known = found.metadata
    assert (known.title, known.author, known.day) == ("Talks in Velden", "Jane Roe", "2024-12-03")
    assert texts(found)[1:] == ["Dear all,", FIRST, SECOND]
    assert {block.place for block in found.blocks} == {"mail “Talks in Velden”, 2024-12-03"}


def test_a_mail_of_html_alone_is_read_as_it_is_shown() -> None:
    mail = office.eml().partition(b"\n\n")[0].replace(b"text/plain", b"text/html")
    page = f"<p>{FIRST}</p><p style='display:none'>It is a secret.</p><table><tr><td>a<td>1<tr><td>b<td>2</table>"
    found = read(mail + b"\n\n" + page.encode(), "talks.eml")
    assert texts(found)[1:] == [FIRST, "| a | 1 |", "| --- | --- |", "| b | 2 |"]


def test_a_mail_that_outlook_saved_is_read_with_what_is_attached(tmp_path: Path) -> None:
    sent = datetime(2024, 12, 3, 9, 30, tzinfo=UTC)
    data = msg("RE: Talks in Velden", f"Dear all,\r\n\r\n{FIRST}\r\n", "Jane Roe", sent, {"report.docx": office.docx()})
    known = read(data, "talks.msg").metadata
    assert (known.title, known.author, known.published) == ("Talks in Velden", "Jane Roe", "2024-12-03T09:30:00+00:00")
    assert texts(read(data, "talks.msg"))[1:] == ["Dear all,", FIRST]
    (tmp_path / "talks.msg").write_bytes(data)
    with open_with(tmp_path / "data") as briefing:
        assert briefing.articles.ingest([tmp_path / "talks.msg"]).added == 2
        assert SECOND in briefing.articles.show("talks.msg/report.docx")[1]


def test_a_book_is_read_in_the_order_of_its_chapters() -> None:
    found = read(office.epub(), "book.epub")
    assert texts(found) == ["One: the bridge", FIRST, "The ferry is free.", "Two: repairs", SECOND]
    known = found.metadata
    assert (known.title, known.author, known.outlet, known.day) == (
        "The Harbour Book",
        "Jane Roe",
        "Harbour Press",
        "2024-12-03",
    )
    assert found.blocks[-1].place == "§ Two: repairs"


def test_rich_text_keeps_its_letters_and_its_record() -> None:
    found = read(office.rtf(), "note.rtf")
    assert "The Bürgermeister said “yes”." in " ".join(found.text.split())
    assert not any(words in found.text for words in UNSEEN)
    assert ROW in texts(found)
    assert (found.metadata.title, found.metadata.author) == ("Council Closes Old Bridge", "Jane Roe")


def test_a_saved_page_is_the_page_and_knows_its_address() -> None:
    address = "https://harbour.example/saved"
    without = PAGE.replace('<link rel="canonical" href="https://harbour.example/bridge">', "")
    found = read(office.mhtml(without, address), "page.mhtml")
    assert texts(found)[0] == FIRST
    assert (found.metadata.url, found.metadata.day) == (address, "2024-12-03")


@pytest.mark.parametrize("name", ["a.markdown", "a.xhtml"])
def test_other_endings_of_known_formats_are_read(name: str) -> None:
    source = f"# Old Bridge\n\n{FIRST}\n" if name.endswith("n") else PAGE
    assert FIRST in read(source.encode(), name).text


@pytest.mark.parametrize("name", ["a.docx", "a.pptx", "a.xlsx", "a.odt", "a.epub", "a.msg", "a.rtf", "a.eml", "a.mht"])
@pytest.mark.parametrize(
    "data", [b"no such file", b"PK\x03\x04 rubbish", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600]
)
def test_a_broken_file_says_so_in_a_few_words(name: str, data: bytes) -> None:
    with pytest.raises(UnreadableError) as error:
        read(data, name)
    assert 0 < len(str(error.value)) < 100


def test_an_archive_s_files_are_articles_of_their_own(tmp_path: Path) -> None:
    inner: dict[str, bytes | str] = {
        "docs/report.docx": office.docx(),
        "docs/page.html": PAGE.replace("Bridge", "Pier"),
        "../../evil.txt": f"Ferry to Velden\n\n{SECOND}",
        "picture.png": b"\x89PNG",
        "__MACOSX/._report.docx": b"x",
    }
    (tmp_path / "all.zip").write_bytes(office.zipped(inner))
    with open_with(tmp_path / "data") as briefing:
        report = briefing.articles.ingest([tmp_path / "all.zip"])
        assert (report.added, report.skipped) == (2, ())
        assert FIRST in briefing.articles.show("all.zip/docs/report.docx")[1]
        assert briefing.articles.ingest([tmp_path / "all.zip"]).unchanged == 2
        (tmp_path / "all.zip").write_bytes(office.zipped(dict(list(inner.items())[:1])))
        report = briefing.articles.ingest([tmp_path / "all.zip"])
        assert (report.unchanged, report.removed, report.articles) == (1, 1, 1)
        (tmp_path / "all.zip").unlink()
        assert briefing.articles.ingest([tmp_path]).removed == 1


def test_what_is_attached_to_a_mail_is_an_article_of_its_own(tmp_path: Path) -> None:
    attached = {"report.docx": office.docx(), "logo.png": b"\x89PNG"}
    (tmp_path / "talks.eml").write_bytes(office.eml(attached))
    with open_with(tmp_path / "data") as briefing:
        assert briefing.articles.ingest([tmp_path / "talks.eml"]).added == 2
        assert briefing.articles.show("talks.eml/report.docx")[0].metadata.title == "Report on the bridge"
        assert briefing.articles.ingest([tmp_path]).unchanged == 2


@pytest.mark.slow
def test_a_thousand_mails_in_one_box_are_a_thousand_articles(tmp_path: Path) -> None:
    mails = [office.eml(Subject=f"Talks, round {number}", Message_ID=f"<{number}@x>") for number in range(1_000)]
    (tmp_path / "all.mbox").write_bytes(office.mbox(mails))
    with open_with(tmp_path / "data") as briefing:
        report = briefing.articles.ingest([tmp_path / "all.mbox"])
        assert (report.added, report.articles, report.skipped) == (1_000, 1_000, ())


@pytest.mark.parametrize("ending", ["zip", "docx", "epub"])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"bomb.{ending}"
    path.write_bytes(office.zipped({"word/document.xml": b"0" * 6_000_000}))
    with open_with(tmp_path / "data") as briefing:
        (skipped,) = briefing.articles.ingest([path]).skipped
        assert skipped.reason == "too large once it is unpacked"


@pytest.mark.parametrize(
    "declared", ['<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>', "<!DOCTYPE d SYSTEM 'file:///etc/passwd'>"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_in_office_files_are_refused(declared: str, encoding: str) -> None:
    xml = f'<?xml version="1.0"?>{declared}<a>&b;</a>'.encode(encoding)
    for name in ("a.docx", "a.pptx", "a.xlsx", "a.odt"):
        with pytest.raises(UnreadableError, match="entities"):
            read(office.zipped({"[Content_Types].xml": xml, "content.xml": xml}), name)


def test_a_book_s_entities_lead_to_no_file(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("the password")
    evil = f'<!DOCTYPE p [<!ENTITY x SYSTEM "file://{tmp_path}/secret.txt">]>'
    container = f'{evil}<container><rootfiles><rootfile full-path="b.opf"/></rootfiles></container>'
    items = '<manifest><item id="a" href="a.html"/></manifest><spine><itemref idref="a"/></spine>'
    package = f"{evil}<package><metadata><title>&x;</title></metadata>{items}</package>"
    data = office.zipped({"META-INF/container.xml": container, "b.opf": package, "a.html": f"{evil}<p>{FIRST} &x;</p>"})
    found = read(data, "a.epub")
    assert "password" not in found.text + str(found.metadata)
